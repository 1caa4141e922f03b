"""The panel as a web page: what ITX would show of a customer, and what is wrong with the endpoint's answer."""

from pathlib import Path
from typing import Any

from flask import Flask, Response, render_template, request

from kpn_sandbox.itx_check.caller import CallFailed, panel_url, request_panel
from kpn_sandbox.itx_check.panel import panel_rows
from kpn_sandbox.itx_check.rules import check_panel

_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
    "Referrer-Policy": "no-referrer",
}


def panel_app(url: str, customer_id: str, seconds: float) -> Flask:
    """
    Make the application that serves the page.

    Args:
        url: The provider's URL, as configured in ITX.
        customer_id: The customer whose panel is shown first.
        seconds: How long to wait for a response.
    """
    app = Flask("kpn_sandbox.itx_panel", static_folder=None, template_folder=str(Path(__file__).parent))

    @app.get("/")
    def show() -> Response:
        chosen = request.args.get("customerId", customer_id).strip()
        page = render_template("panel.html", customer_id=chosen, **_content(url, chosen, seconds))
        return Response(page, headers=_HEADERS)

    return app


def _content(url: str, customer_id: str, seconds: float) -> dict[str, Any]:
    """The values of the template."""
    if not customer_id:
        return {"failure": "Whose panel? Give any identifier of a customer.", "rows": [], "findings": []}
    try:
        response = request_panel(url, customer_id, seconds)
    except CallFailed as error:
        return {"failure": str(error), "url": panel_url(url, customer_id), "rows": [], "findings": []}
    body, findings = check_panel(response.body)
    return {"url": response.url, "seconds": response.seconds, "rows": panel_rows(body), "findings": findings}
