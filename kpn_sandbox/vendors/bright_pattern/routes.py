"""URL to question: sessions, the subscription and its data, the configuration, wallboards."""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from flask import Blueprint, Response, request

from kpn_sandbox.gateway.api import Operation
from kpn_sandbox.vendors.bright_pattern.headers import JSON, cors_headers, preflight_headers
from kpn_sandbox.vendors.bright_pattern.operations import (
    AVAILABLE_AGENTS,
    LOGIN,
    LOGOUT,
    OPERATIONS,
    TOKEN,
    methods_of,
)

if TYPE_CHECKING:
    from kpn_sandbox.vendors.bright_pattern.api import BrightPatternManners
    from kpn_sandbox.vendors.bright_pattern.views.sessions import Doors
    from kpn_sandbox.vendors.bright_pattern.views.subscriptions import Statsapi


class Rooms(NamedTuple):
    """Who answers requests."""

    statsapi: "Statsapi"
    """Whoever has a session."""
    doors: "Doors"
    """Who wants one."""
    manners: "BrightPatternManners"


def blueprint(rooms: Callable[[], Rooms]) -> Blueprint:
    """
    The routes.

    Args:
        rooms: Gives who answers requests, when the first one comes.
    """
    routes = Blueprint("bright_pattern", __name__)
    views: dict[Operation, Callable[..., Response]] = {
        LOGIN: lambda: rooms().doors.login(),
        LOGOUT: lambda: rooms().doors.logout(),
        TOKEN: lambda: rooms().doors.token(),
        AVAILABLE_AGENTS: lambda: rooms().statsapi.available_agents(),
    }
    for operation in OPERATIONS:
        view = views.get(operation) or _view(rooms, operation)
        rule, methods = operation.rules[0], [operation.method]
        routes.add_url_rule(rule, operation.key, _shared(view), methods=methods, provide_automatic_options=False)
    for path in dict.fromkeys(operation.rules[0] for operation in OPERATIONS):
        routes.add_url_rule(path, f"preflight {path}".replace(".", " "), _preflight(path), methods=["OPTIONS"])
    return routes


def _view(rooms: Callable[[], Rooms], operation: Operation) -> Callable[..., Response]:
    def view(**variables: str) -> Response:
        return rooms().statsapi.respond(operation, variables)

    return view


def _shared(view: Callable[..., Response]) -> Callable[..., Response]:
    """A view whose answers browsers may read."""

    def shared(**variables: str) -> Response:
        response = view(**variables)
        response.headers.extend(cors_headers(request.environ.get("HTTP_ORIGIN")))
        return response

    return shared


def _preflight(rule: str) -> Callable[..., Response]:
    path = rule.replace("<", "{").replace(">", "}")
    allow = ("Allow", ", ".join(methods_of(path)))

    def view(**variables: str) -> Response:
        return Response(status=200, headers=[JSON, allow, *preflight_headers(request.environ.get("HTTP_ORIGIN"))])

    return view
