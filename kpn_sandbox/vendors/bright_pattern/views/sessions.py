"""Views of log-in, log-out and access tokens."""

from typing import Any

import orjson
from flask import Response

from kpn_sandbox.gateway.operations import endpoint
from kpn_sandbox.gateway.request_context import RequestContext
from kpn_sandbox.gateway.responses import JSON, NO_STORE
from kpn_sandbox.vendors.bright_pattern.auth import COOKIES, SESSION_COOKIES, BrightPatternAuth
from kpn_sandbox.vendors.bright_pattern.context import empty_response
from kpn_sandbox.vendors.bright_pattern.operations import LOGIN, LOGOUT, TOKEN


@endpoint(LOGIN, authenticated=False, counted=False)
def login(context: RequestContext, auth: BrightPatternAuth) -> Response:
    """Begin a session; log-ins do not count for the quota."""
    body, cookies = auth.log_in(context.authorize_account)
    response = Response(orjson.dumps(body), 200, [JSON, *NO_STORE])
    for name, value in cookies.items():
        response.set_cookie(name, value, **_cookie_options(name))
    return response


@endpoint(TOKEN, authenticated=False, counted=False)
def token(context: RequestContext, auth: BrightPatternAuth) -> Response:
    """Issue an access token; requests for tokens do not count for the quota."""
    return Response(orjson.dumps(auth.issue_token(context.authorize_account)), 200, [JSON, *NO_STORE])


@endpoint(LOGOUT, counted=False)
def logout(context: RequestContext, auth: BrightPatternAuth) -> Response:
    """End the session of the request and delete its cookies."""
    auth.log_out()
    response = empty_response()
    for name in COOKIES:
        response.delete_cookie(name, **_cookie_options(name))
    return response


def _cookie_options(name: str) -> dict[str, Any]:
    # No script of the vendor's client reads the session's own cookies, whose text it has from the body.
    return {"path": "/", "httponly": name in SESSION_COOKIES, "samesite": "Lax"}


ENDPOINTS = (login, token, logout)
