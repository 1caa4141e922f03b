"""The panel as a web page: who opens it sees what ITX would show of a customer, and what is wrong with the answer."""

from pathlib import Path
from typing import Any

from flask import Flask, Response, render_template, request

from kpn_sandbox.itx_check.caller import CallFailed, address, call
from kpn_sandbox.itx_check.panel import rows
from kpn_sandbox.itx_check.rules import check


def panel_app(url: str, customer_id: str, seconds: float) -> Flask:
    """
    The application that serves the page.

    Args:
        url: Of the provider, as configured in ITX.
        customer_id: Whose panel is shown first.
        seconds: How long to wait for an answer.
    """
    app = Flask("kpn_sandbox.itx_panel", static_folder=None, template_folder=str(Path(__file__).parent))

    @app.get("/")
    def show() -> Response:
        wanted = request.args.get("customerId", customer_id).strip()
        page = render_template("panel.html", customer_id=wanted, **_shown(url, wanted, seconds))
        return Response(page, headers=_HEADERS)

    return app


_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
    "Referrer-Policy": "no-referrer",
}


def _shown(url: str, customer_id: str, seconds: float) -> dict[str, Any]:
    if not customer_id:
        return {"failure": "Whose panel? Give any identifier of a customer.", "rows": [], "findings": []}
    try:
        answer = call(url, customer_id, seconds=seconds)
    except CallFailed as error:
        return {"failure": str(error), "url": address(url, customer_id), "rows": [], "findings": []}
    given, findings = check(answer.body)
    return {"url": answer.url, "seconds": answer.seconds, "rows": rows(given), "findings": findings}
