"""
URL to answer: each request is admitted, read, answered by its view and written out.

Who answers what: a view for the key of each operation.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any

import orjson
from flask import Blueprint, Response, request
from marshmallow import Schema

from kpn_sandbox.control_api.auth import ControlAuth, unknown_account
from kpn_sandbox.control_api.context import Call, Parts, View
from kpn_sandbox.control_api.errors import BadRequest
from kpn_sandbox.control_api.operations import OPERATIONS, PREFIX, Operation
from kpn_sandbox.control_api.views import accounts
from kpn_sandbox.control_api.views import configuration as worlds
from kpn_sandbox.control_api.views import inspection as evidence
from kpn_sandbox.control_api.views import overrides as troubles
from kpn_sandbox.control_api.views import status as about
from kpn_sandbox.gateway.api import VendorApi
from kpn_sandbox.tenants.sandbox import Sandbox

_ID = re.compile(r"[!-~]{1,128}")


def blueprint(sandbox: Sandbox, door: ControlAuth, faces: Sequence[VendorApi]) -> Blueprint:
    """
    The routes.

    Args:
        sandbox: Whose accounts are turned; it is up since the first asking.
        door: Lets callers in.
        faces: The vendors' APIs.
    """
    parts = Parts(sandbox, faces, sandbox.wall_clock())
    control = Blueprint("control", __name__, url_prefix=PREFIX)
    for operation in OPERATIONS:
        view = _view(operation, parts, door)
        rule = operation.rule
        control.add_url_rule(rule, operation.key, view, methods=[operation.method], provide_automatic_options=False)
    return control


def _view(operation: Operation, parts: Parts, door: ControlAuth) -> Callable[..., Response]:
    def view(**path: str) -> Response:
        # Imported here because most starts are never asked anything of this.
        door.admit(request, operation.access, path.get("id"))
        _check_account(parts.sandbox, path.get("id"))
        given = _given(operation)
        query = _loaded(schema, _query()) if (schema := operation.query_schema) else {}
        body = _loaded(schema, given) if (schema := operation.body_schema) else {}
        call = Call(parts, path, body, given, query, request.url_root.rstrip("/"))
        return _written(operation, VIEWS[operation.key](call))

    return view


def _check_account(sandbox: Sandbox, client_id: str | None) -> None:
    """Whether there is such an account comes before what is said of it."""
    if client_id is not None:
        if not _ID.fullmatch(client_id):
            raise unknown_account(client_id)
        sandbox.tenant(client_id)


def _given(operation: Operation) -> Any:
    if operation.method not in ("POST", "PUT", "PATCH"):
        return None
    data = request.get_data()
    if not data.strip() and operation.method == "POST":
        return {}
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise BadRequest(f"The body must be JSON: {error}.") from None


def _query() -> dict[str, str]:
    for name, values in request.args.lists():
        if len(values) > 1:
            raise BadRequest.of([{"field": name, "value": values, "allowed": "given once"}])
    return request.args.to_dict()


def _loaded(schema: type[Schema], given: Any) -> dict[str, Any]:
    loaded: dict[str, Any] = schema().load(given)
    return loaded


def _written(operation: Operation, told: "dict[str, Any] | Response | None") -> Response:
    if isinstance(told, Response):
        response = told
    elif told is None:
        response = Response(status=operation.success)
        del response.headers["Content-Type"]
    else:
        response = Response(orjson.dumps(told), operation.success, content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


VIEWS: dict[str, View] = {**about.VIEWS, **accounts.VIEWS, **worlds.VIEWS, **troubles.VIEWS, **evidence.VIEWS}
