"""URL to question: the widgets data, the customers and the sign of life."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from flask import Blueprint, Response

from kpn_sandbox.apis.browsers import preflight
from kpn_sandbox.apis.kaisa.operations import OPERATIONS
from kpn_sandbox.apis.operation import Operation

if TYPE_CHECKING:
    from kpn_sandbox.apis.kaisa.desk import Desk


def blueprint(desk: "Callable[[], Desk]") -> Blueprint:
    """
    The routes.

    Args:
        desk: Gives who answers requests, when the first one comes.
    """
    kaisa = Blueprint("kaisa", __name__)
    methods: dict[str, list[str]] = {}
    for operation in OPERATIONS:
        for number, rule in enumerate(operation.rules):
            view, name = _view(desk, operation), f"{operation.key}_{number}"
            kaisa.add_url_rule(rule, name, view, methods=[operation.method], provide_automatic_options=False)
            methods.setdefault(rule, []).append(operation.method)
    for number, (rule, known) in enumerate(methods.items()):
        allowed = [*known, "HEAD"] if "GET" in known else known
        kaisa.add_url_rule(rule, f"preflight_{number}", preflight(allowed), methods=["OPTIONS"])
    return kaisa


def _view(desk: "Callable[[], Desk]", operation: Operation) -> Callable[..., Response]:
    def view(customer_id: str | None = None) -> Response:
        return desk().respond(operation, customer_id)

    return view
