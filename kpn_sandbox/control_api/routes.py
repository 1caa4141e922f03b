"""
Routes of the control API.

Every request goes the same way: authenticate, find the account, validate body and query, call the view, write the
response.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import orjson
from flask import Blueprint, Request, Response, request
from marshmallow import Schema

from kpn_sandbox.control_api.auth import ControlAuth, unknown_account
from kpn_sandbox.control_api.context import ControlContext, ControlRequest
from kpn_sandbox.control_api.errors import ProblemError, invalid_fields
from kpn_sandbox.control_api.operations import OPERATIONS, PREFIX, ControlOperation
from kpn_sandbox.gateway.api import VendorApi
from kpn_sandbox.gateway.hosts import base_url
from kpn_sandbox.gateway.request_context import CONTROL
from kpn_sandbox.literals import LARGEST_BODY_BYTES, LARGEST_SNAPSHOT_BYTES
from kpn_sandbox.tenants.sandbox import Sandbox

_CLIENT_ID = re.compile(r"[!-~]{1,128}")


def blueprint(
    sandbox: Sandbox, auth: ControlAuth, apis: Sequence[type[VendorApi]], pause: Callable[[float], bool]
) -> Blueprint:
    """
    Return the blueprint of the control API.

    Args:
        sandbox: Accounts and their stores; uptime counts from this call.
        auth: Authenticates the requests.
        apis: APIs of the vendors.
        pause: Waits for some seconds while other requests are served; says whether the server stops.
    """
    behaviors = [operation.behavior for operation in OPERATIONS]
    context = ControlContext(sandbox, apis, behaviors, sandbox.wall_clock(), pause)
    routes = Blueprint(CONTROL, __name__, url_prefix=PREFIX)
    for operation in OPERATIONS:
        view = _flask_view(operation, context, auth)
        rule = operation.path.replace("{", "<").replace("}", ">")
        routes.add_url_rule(rule, operation.key, view, methods=[operation.method], provide_automatic_options=False)
    return routes


def body_limit(method: str, path: str) -> int:
    """
    Return how many bytes the body of a request may have.

    Args:
        method, path: Method and path of the request, to whichever API.
    """
    is_snapshot = method == "PUT" and path.startswith(PREFIX) and path.endswith("/snapshot")
    return LARGEST_SNAPSHOT_BYTES if is_snapshot else LARGEST_BODY_BYTES


def _flask_view(operation: ControlOperation, context: ControlContext, auth: ControlAuth) -> Callable[..., Response]:
    def view(**path: str) -> Response:
        auth.authenticate(request, operation.access, path.get("id"))
        _check_account(context.sandbox, path.get("id"), operation)
        given = json_body(request, may_lack=operation.may_lack_body)
        query: dict[str, Any] = _schema(operation.query).load(single_values())
        body: dict[str, Any] = _schema(operation.body).load(given) if operation.body else {}
        made = ControlRequest(context, path, body, given, query, base_url(request.environ))
        return _response(operation, operation.view(made))

    return view


@cache
def _schema(kind: type[Schema]) -> Schema:
    """Return the schema of a body or query; making one takes longer than loading with it."""
    return kind()


def _check_account(sandbox: Sandbox, client_id: str | None, operation: ControlOperation) -> None:
    # An account that does not exist is a 404 whatever is wrong with body and query.
    if client_id is not None:
        known = operation.reads_account or sandbox.accounts.exists(client_id)
        if not (_CLIENT_ID.fullmatch(client_id) and known):
            raise unknown_account(client_id)
        if operation.reads_account:
            sandbox.tenant(client_id)


def json_body(request: Request, *, may_lack: bool) -> Any:
    """
    Return the JSON of a request.

    Args:
        request: The request.
        may_lack: Whether an empty body stands for an empty object.

    Raises:
        ProblemError: The body is no JSON, has NaN, or is nested too deeply.
    """
    data = request.get_data()
    if not data.strip() and may_lack:
        return {}
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise ProblemError(400, f"The body must be JSON: {error}.") from None


def single_values() -> dict[str, str]:
    """
    Return the query of the current request.

    Raises:
        ProblemError: A parameter is given twice.
    """
    for name, values in request.args.lists():
        if len(values) > 1:
            raise invalid_fields({"field": name, "value": values, "allowed": "given once"})
    return request.args.to_dict()


def _response(operation: ControlOperation, result: Mapping[str, Any] | Response | None) -> Response:
    if isinstance(result, Response):
        response = result
    elif result is None:
        response = Response(status=operation.success)
        del response.headers["Content-Type"]
    else:
        response = Response(orjson.dumps(result), operation.success, content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response
