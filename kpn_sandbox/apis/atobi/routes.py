"""URL to answer: the token endpoint and the one that takes key figures in."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from flask import Blueprint, Response

from kpn_sandbox.apis.atobi.operations import KPI, TOKEN
from kpn_sandbox.apis.browsers import preflight
from kpn_sandbox.apis.operation import Operation

if TYPE_CHECKING:
    from kpn_sandbox.apis.atobi.reception import Reception


def blueprint(reception: "Callable[[], Reception]") -> Blueprint:
    """
    The routes.

    Args:
        reception: Gives who answers requests, when the first one comes.
    """
    atobi = Blueprint("atobi", __name__)
    views: dict[Operation, Callable[..., Response]] = {
        TOKEN: lambda: reception().give_token(),
        KPI: lambda api_version: reception().take_in(api_version),
    }
    for operation, view in views.items():
        (rule,) = operation.rules
        atobi.add_url_rule(rule, operation.key, view, methods=["POST"], provide_automatic_options=False)
        atobi.add_url_rule(rule, f"{operation.key}_preflight", preflight(["POST"]), methods=["OPTIONS"])
    return atobi
