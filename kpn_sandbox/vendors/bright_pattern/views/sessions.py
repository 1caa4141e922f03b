"""Log-in, log-out and access tokens."""

from collections.abc import Callable
from functools import partial

import orjson
from flask import Response, request

from kpn_sandbox.auth.sessions import Session
from kpn_sandbox.gateway.api import Operation
from kpn_sandbox.gateway.request_context import RequestContext, RequestLifecycle
from kpn_sandbox.tenants.accounts import Account
from kpn_sandbox.tenants.sandbox import Sandbox
from kpn_sandbox.vendors.bright_pattern.api import BrightPatternManners
from kpn_sandbox.vendors.bright_pattern.auth import BrightPatternAuth, BrightPatternTokenEndpoint, LoginEndpoint
from kpn_sandbox.vendors.bright_pattern.context import empty, forced
from kpn_sandbox.vendors.bright_pattern.headers import JSON
from kpn_sandbox.vendors.bright_pattern.operations import LOGIN, LOGOUT, TOKEN


class Doors:
    """
    Answers who wants a session, or no longer wants it.

    Args:
        gate: Tells who calls.
        login: Begins and ends sessions.
        tokens: Gives out access tokens.
        around: Begins each exchange.
        manners: Bright Pattern's.
        sandbox: Knows the accounts.
    """

    def __init__(
        self,
        gate: BrightPatternAuth,
        login: LoginEndpoint,
        tokens: BrightPatternTokenEndpoint,
        *,
        around: RequestLifecycle,
        manners: BrightPatternManners,
        sandbox: Sandbox,
    ) -> None:
        self._gate = gate
        self._login = login
        self._tokens = tokens
        self._around = around
        self._manners = manners
        self._sandbox = sandbox

    def login(self) -> Response:
        """A session."""
        body, cookies = self._login.login(request, self._on_authenticated(LOGIN))
        response = Response(orjson.dumps(body), 200, [JSON])
        for name, value in cookies.items():
            response.set_cookie(name, value, path="/")
        return response

    def token(self) -> Response:
        """An access token."""
        body = self._tokens.answer(request, self._on_authenticated(TOKEN))
        return Response(orjson.dumps(body), 200, [JSON, ("Cache-Control", "no-store"), ("Pragma", "no-cache")])

    def logout(self) -> Response:
        """The end of a session."""
        exchange = self._begin(LOGOUT)
        session: Session = self._gate.session(request)
        self._around.admit(exchange, session.tenant, counted=False)
        return self._login.logout(session, empty(200))

    def _on_authenticated(self, operation: Operation) -> Callable[[Account], None]:
        exchange = self._begin(operation)

        def admit(account: Account) -> None:
            self._around.admit(exchange, self._sandbox.tenant(account.client_id), counted=False)

        return admit

    def _begin(self, operation: Operation) -> RequestContext:
        return self._around.begin(self._manners, operation.key, partial(forced, operation))
