"""
Sessions as Bright Pattern issues them.

A session is an access token, or a UUID that is issued for a user name and a password and also sent as cookies. Clients
present either one as `Authorization` with or without `Bearer`, as header or cookie `X-BP-SESSION-ID`, or as cookie
`X-STATSAPI-TOKEN`.

Source:
    The page and the reference for both ways to log in; github.com/i4way-hong/BP_Statistics and recorded cookies for
    `X-BP-SESSION-ID` and the bare `Authorization`.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from flask import request
from werkzeug.exceptions import HTTPException
from werkzeug.sansio.http import parse_cookie

from kpn_sandbox.auth import OnAuthenticated, TokenRequest, presented_client_id
from kpn_sandbox.auth.bearer_tokens import AccessToken, TokenKind
from kpn_sandbox.auth.client_credentials import SessionTokenServer
from kpn_sandbox.auth.sessions import FOREVER, SessionAuth, Sessions, User
from kpn_sandbox.gateway.api import Services
from kpn_sandbox.gateway.hosts import base_url, is_own_origin
from kpn_sandbox.tenants.tenant import Tenant
from kpn_sandbox.vendors.bright_pattern.errors import BrightPatternError, Code, LoginClosedError, unauthorized
from kpn_sandbox.vendors.bright_pattern.records import PRIVILEGES, unique_id
from kpn_sandbox.vendors.bright_pattern.schemas import LoginSchema, loaded
from kpn_sandbox.vendors.bright_pattern.subscription import json_body

LOGIN_SESSION = TokenKind("login", FOREVER)
"""A session that lasts until the next log-in of the same user."""
TOKEN_SESSION = TokenKind("bearer", 3600)

COOKIES = ("X-BP-SESSION-ID", "X-STATSAPI-TOKEN", "X-STATSAPI-TENANT", "X-STATSAPI-LOGIN")
"""Cookies of a log-in: its session twice, the tenant URL, the user name."""

SESSION_COOKIES = COOKIES[:2]
"""Cookies that hold the session."""
_LONGEST_USER = 256


class BrightPatternAuth:
    """
    Users of all accounts, their sessions and access tokens; methods without an environment are about Flask's request.

    Args:
        services: Parts of the application that the APIs share.
    """

    def __init__(self, services: Services) -> None:
        self._services = services
        self._sessions = Sessions(services.sandbox, LOGIN_SESSION, TOKEN_SESSION)
        self._session_auth = SessionAuth(self._sessions)
        self._token_server = SessionTokenServer(self._sessions, TOKEN_SESSION, self._recognize)

    def session(self, environ: dict[str, Any]) -> AccessToken:
        """
        Return the first active session that a request presents by its WSGI environment.

        Raises:
            InvalidSession: The request presents no active session.
        """
        return self._session_auth.authenticate(_presented(environ))

    def owner(self) -> Tenant | None:
        """Return the account of the session that the request presents, active or not; None for an unknown session."""
        return self._session_auth.identify(_presented(request.environ))

    def requesting_owner(self) -> Tenant | None:
        """Return the account of the user who requests a session or a token, None for an unknown or unreadable one."""
        find_tenant = self._services.sandbox.find_tenant
        return next((found for each in _client_ids(_presented_user()) if (found := find_tenant(each))), None)

    def log_in(self, on_authenticated: OnAuthenticated) -> tuple[dict[str, Any], dict[str, str]]:
        """
        Begin a session, and return the body of the response and its cookies; `on_authenticated` may prevent it.

        Raises:
            LoginClosedError: Users may not log in with a password any more.
            BrightPatternError: The body does not fit the schema, or no user has that name and password.
        """
        if not self._services.settings.bright_pattern_login:
            raise LoginClosedError()
        sent = loaded(LoginSchema, json_body(request))
        user = self._recognize(sent["username"], sent["password"])
        if user is None:
            raise unauthorized("Unknown user name or wrong password")
        on_authenticated(user.account)
        token, user_id = str(uuid4()), unique_id(user.account.seed, f"supervisor {user.name}", 0)
        self._sessions.start(user, LOGIN_SESSION, token)
        body = {"token": token, "privileges": list(PRIVILEGES), "user_id": user_id}
        return body, dict(zip(COOKIES, (token, token, sent["tenant_url"], user.name), strict=True))

    def log_out(self) -> None:
        """
        End the session of the request.

        Raises:
            BrightPatternError: A page of another origin presents cookies alone, which browsers send without asking.
        """
        origin, own = request.environ.get("HTTP_ORIGIN"), (SESSION_COOKIES[0] in request.headers)
        if origin and not (own or "HTTP_AUTHORIZATION" in request.environ or is_own_origin(request.environ, origin)):
            raise BrightPatternError(403, Code.FORBIDDEN, "A page of another origin cannot end a session by its cookie")
        self._sessions.end(self.session(request.environ))

    def issue_token(self, on_authenticated: OnAuthenticated) -> dict[str, str]:
        """Issue a token and return the body of the response; `on_authenticated` may prevent it."""
        names = ("grant_type", "client_id", "client_secret", "scope")
        # Of a repeated field the first value counts, as in Java's servlets; how the vendor's server does it is unknown.
        sent = {name: request.form[name] for name in names if name in request.form}
        headers = {"Authorization": request.headers.get("Authorization", "")}
        token = self._token_server.token(TokenRequest(headers, sent.get("grant_type"), sent, on_authenticated))
        return {
            "access_token": token["access_token"],
            "token_type": token["token_type"],
            "expires_in": str(token["expires_in"]),
            "scope": sent.get("scope") or urlsplit(base_url(request.environ)).netloc,
        }

    def _recognize(self, name: str, secret: str) -> User | None:
        if len(name) > _LONGEST_USER or not name.isprintable():
            return None
        for client_id in _client_ids(name):
            account = self._services.authenticate(client_id, secret)
            if account is not None:
                return User(account, name, secret)
        return None


def _client_ids(user: str | None) -> Iterator[str]:
    """Yield the client ids that a user name may belong to: the name, and the name without +label."""
    if user:
        yield user
        if "+" in user:
            yield user.rpartition("+")[0]


def _presented(environ: dict[str, Any]) -> Iterator[str]:
    """Yield every text in a request that may be a session."""
    authorization = environ.get("HTTP_AUTHORIZATION", "").strip()
    if authorization:
        scheme, _, text = authorization.partition(" ")
        yield text.strip() if scheme.lower() == "bearer" else authorization
    if "HTTP_X_BP_SESSION_ID" in environ:
        yield environ["HTTP_X_BP_SESSION_ID"].strip()
    if "HTTP_COOKIE" in environ:
        cookies = parse_cookie(environ["HTTP_COOKIE"])
        for name in SESSION_COOKIES:
            yield from cookies.getlist(name)


def _presented_user() -> str | None:
    """Return the user name in the request for a token or a session, None when it has none that can be read."""
    try:
        if request.is_json:
            body = request.get_json(silent=True)
            name = body.get("username") if isinstance(body, dict) else None
            return name if isinstance(name, str) else None
        return presented_client_id(dict(request.headers), request.form)
    except (HTTPException, RecursionError):
        return None
