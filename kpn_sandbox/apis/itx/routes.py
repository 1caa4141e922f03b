"""URL to question: what a panel shows."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from flask import Blueprint, Response

from kpn_sandbox.apis.browsers import preflight
from kpn_sandbox.apis.itx.operations import KPI

if TYPE_CHECKING:
    from kpn_sandbox.apis.itx.provider import Provider


def blueprint(provider: "Callable[[], Provider]") -> Blueprint:
    """
    The routes.

    Args:
        provider: Gives who answers requests, when the first one comes.
    """

    def view() -> Response:
        return provider().respond()

    itx = Blueprint("itx", __name__)
    itx.add_url_rule(KPI.path, KPI.key, view, methods=["GET"], provide_automatic_options=False)
    itx.add_url_rule(KPI.path, "preflight", preflight(["GET", "HEAD"]), methods=["OPTIONS"])
    return itx
