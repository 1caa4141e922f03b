"""URL to page."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from flask import Blueprint, Response

if TYPE_CHECKING:
    from kpn_sandbox.web.house import House


def blueprint(house: "Callable[[], House]") -> Blueprint:
    """
    The routes.

    Args:
        house: Gives who answers visitors, when the first one comes.
    """
    web = Blueprint("web", __name__, template_folder="templates")
    views: dict[str, Callable[..., Response]] = {
        "/": lambda: house().start(),
        "/docs": lambda: house().docs(),
        "/wallboard": lambda: house().plain("wallboard.html"),
        "/wallboard/day": lambda: house().day(),
        "/history": lambda: house().plain("history.html"),
        "/history/days": lambda: house().days(),
        "/panel": lambda: house().plain("panel.html"),
        "/panel/rows": lambda: house().rows(),
        "/console": lambda: house().console(),
        "/assets/<name>": lambda name: house().asset(name),
        "/docs/assets/<name>": lambda name: house().swagger_ui(name),
    }
    for rule, view in views.items():
        web.add_url_rule(rule, rule.strip("/").replace("/", " ") or "start", view, provide_automatic_options=False)
    web.add_url_rule(
        "/wallboard/token", "token", lambda: house().token(), methods=["POST"], provide_automatic_options=False
    )
    web.register_error_handler(Exception, _refused)
    return web


def _refused(error: Exception) -> Response:
    from kpn_sandbox.web.house import refused

    return refused(error)
