"""Views of log-in, log-out and access tokens."""

from typing import NamedTuple

import orjson
from flask import Response, request

from kpn_sandbox.gateway.operations import endpoint
from kpn_sandbox.gateway.request_context import RequestContext
from kpn_sandbox.gateway.responses import JSON, NO_STORE
from kpn_sandbox.vendors.bright_pattern.auth import BrightPatternAuth, BrightPatternTokenEndpoint, LoginEndpoint
from kpn_sandbox.vendors.bright_pattern.context import empty_response
from kpn_sandbox.vendors.bright_pattern.operations import LOGIN, LOGOUT, TOKEN


class SessionEndpoints(NamedTuple):
    """Objects that begin and end sessions."""

    auth: BrightPatternAuth
    login: LoginEndpoint
    tokens: BrightPatternTokenEndpoint


@endpoint(LOGIN, authenticated=False, counted=False)
def login(context: RequestContext, sessions: SessionEndpoints) -> Response:
    """Begin a session; log-ins do not count for the quota."""
    body, cookies = sessions.login.login(request, context.authorize_account)
    response = Response(orjson.dumps(body), 200, [JSON])
    for name, value in cookies.items():
        response.set_cookie(name, value, path="/")
    return response


@endpoint(TOKEN, authenticated=False, counted=False)
def token(context: RequestContext, sessions: SessionEndpoints) -> Response:
    """Issue an access token; requests for tokens do not count for the quota."""
    body = sessions.tokens.issue(request, context.authorize_account)
    return Response(orjson.dumps(body), 200, [JSON, *NO_STORE])


@endpoint(LOGOUT, counted=False)
def logout(context: RequestContext, sessions: SessionEndpoints) -> Response:
    """End the session of the request."""
    return sessions.login.logout(sessions.auth.session(request), empty_response())


ENDPOINTS = (login, token, logout)
