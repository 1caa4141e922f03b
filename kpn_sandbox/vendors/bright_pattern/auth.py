"""
Sessions as Bright Pattern gives them out.

A session is a UUID, given for a user name and a password and sent as cookies too, or an access token. Both may be
presented in every way that clients are seen to present one: as `Authorization` with or without `Bearer`, as header or
cookie `X-BP-SESSION-ID`, as cookie `X-STATSAPI-TOKEN`.

Source:
    The page and the reference for both ways to log in; github.com/i4way-hong/BP_Statistics and recorded cookies for
    `X-BP-SESSION-ID` and the bare `Authorization`.
"""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

from flask import Request, Response
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

from kpn_sandbox.auth import OnAuthenticated, TokenRequest, presented_client_id
from kpn_sandbox.auth.client_credentials import SessionTokenServer, User
from kpn_sandbox.auth.sessions import FOREVER, Session, SessionAuth, SessionKind, Sessions
from kpn_sandbox.tenants.accounts import Account
from kpn_sandbox.tenants.errors import UnknownAccount
from kpn_sandbox.tenants.sandbox import Sandbox
from kpn_sandbox.tenants.tenant import Tenant
from kpn_sandbox.vendors.bright_pattern.errors import LoginClosedError, TokenEndpointError, unauthorized
from kpn_sandbox.vendors.bright_pattern.records import PRIVILEGES, unique_id
from kpn_sandbox.vendors.bright_pattern.schemas import LoginSchema, loaded
from kpn_sandbox.vendors.bright_pattern.subscription import json_body

LOGIN_SESSION = SessionKind("login", FOREVER)
"""Until the next log-in of the same user."""

TOKEN_SESSION = SessionKind("bearer", 3600)

LONGEST_USER = 256
"""Characters of a user name."""

SESSION_COOKIE, TOKEN_COOKIE, TENANT_COOKIE, USER_COOKIE = (
    "X-BP-SESSION-ID",
    "X-STATSAPI-TOKEN",
    "X-STATSAPI-TENANT",
    "X-STATSAPI-LOGIN",
)

Authenticate = Callable[[str, str], Account | None]


def account_names(user: str) -> Iterator[str]:
    """The client ids that a user name may stand for: itself, or what stands before +label."""
    yield user
    if "+" in user:
        yield user.rpartition("+")[0]


class UserDirectory:
    """
    Users of all accounts.

    Args:
        authenticate: Returns the account of a client id and a secret, None when they are wrong.
    """

    def __init__(self, authenticate: Authenticate) -> None:
        self._authenticate = authenticate

    def recognize(self, name: str, secret: str) -> User | None:
        """The user of that name and password; `client id+label` is one more user of the same account."""
        if len(name) > LONGEST_USER or not name.isprintable():
            return None
        for client_id in account_names(name):
            account = self._authenticate(client_id, secret)
            if account is not None:
                return User(account, name, secret)
        return None


class BrightPatternAuth:
    """
    Authenticates requests by their sessions.

    Args:
        sessions: Sessions of all accounts.
        sandbox: Accounts.
    """

    def __init__(self, sessions: Sessions, sandbox: Sandbox) -> None:
        self._session_auth = SessionAuth(sessions)
        self._sandbox = sandbox

    def session(self, request: Request) -> Session:
        """
        Return the session of a request: the first good one that it presents.

        Raises:
            InvalidSession: The request presents none that is good.
        """
        return self._session_auth.authenticate(presented(request))

    def owner(self, request: Request) -> Tenant | None:
        """Return the account of the session that a request presents, good or not; None for an unknown one."""
        return self._session_auth.identify(presented(request))

    def tenant_of(self, user: str | None) -> Tenant | None:
        """Return the account of a user name, whether or not the password is right."""
        for client_id in account_names(user) if user else ():
            try:
                return self._sandbox.tenant(client_id)
            except UnknownAccount:
                continue
        return None


def presented(request: Request) -> Iterator[str]:
    """Yield every text by which a request may present a session."""
    authorization = request.environ.get("HTTP_AUTHORIZATION", "").strip()
    if authorization:
        scheme, _, text = authorization.partition(" ")
        yield text.strip() if scheme.lower() == "bearer" else authorization
    if SESSION_COOKIE in request.headers:
        yield request.headers[SESSION_COOKIE].strip()
    if "HTTP_COOKIE" in request.environ:
        for name in (SESSION_COOKIE, TOKEN_COOKIE):
            yield from request.cookies.getlist(name)


class LoginEndpoint:
    """
    Answers log-ins and log-outs.

    Args:
        users: Users of all accounts.
        sessions: Sessions of all accounts.
        is_open: Whether this way to log in still exists.
    """

    def __init__(self, users: UserDirectory, sessions: Sessions, *, is_open: bool) -> None:
        self._users = users
        self._sessions = sessions
        self._is_open = is_open

    def login(self, request: Request, on_authenticated: OnAuthenticated) -> tuple[dict[str, Any], dict[str, str]]:
        """
        Begin a session.

        Args:
            request: Request for the session.
            on_authenticated: Called with the account before the session begins.

        Returns:
            The body of the response, and its cookies by name.

        Raises:
            LoginClosedError: This way to log in is closed.
            BadRequestError: The body is not what it may be.
            BrightPatternError: No user has that name and password.
            Exception: Whatever `on_authenticated` raises.
        """
        if not self._is_open:
            raise LoginClosedError()
        given = loaded(LoginSchema, json_body(request))
        user = self._users.recognize(given["username"], given["password"])
        if user is None:
            raise unauthorized("Unknown user name or wrong password")
        on_authenticated(user.account)
        token = str(uuid4())
        self._sessions.begin(user.account.client_id, user.name, LOGIN_SESSION.name, token)
        body = {
            "token": token,
            "privileges": list(PRIVILEGES),
            "user_id": unique_id(user.account.seed, f"supervisor {user.name}", 0),
        }
        return body, _cookies(token, given["tenant_url"], user.name)

    def logout(self, session: Session, response: Response) -> Response:
        """End a session and delete its cookies."""
        self._sessions.end(session)
        for name in _cookies("", "", ""):
            response.delete_cookie(name)
        return response


class BrightPatternTokenEndpoint:
    """
    Answers requests for an access token.

    Args:
        server: Issues tokens.
    """

    def __init__(self, server: SessionTokenServer) -> None:
        self._server = server

    def issue(self, request: Request, on_authenticated: OnAuthenticated) -> dict[str, str]:
        """
        Issue a token and return the body of the response, with every value a string.

        Args:
            request: Request for the token.
            on_authenticated: Called with the account before the token is issued.

        Raises:
            TokenEndpointError: A parameter is repeated.
            OAuth2Error: The token server refuses the grant type or the credentials.
            Exception: Whatever `on_authenticated` raises.
        """
        names = ("grant_type", "client_id", "client_secret", "scope")
        given = {name: value for name in names if (value := _single(request.form, name)) is not None}
        headers = {"Authorization": request.headers.get("Authorization", "")}
        token = self._server.token(
            TokenRequest("POST", headers, given.get("grant_type"), given, on_authenticated=on_authenticated)
        )
        return {
            "access_token": token["access_token"],
            "token_type": token["token_type"],
            "expires_in": str(token["expires_in"]),
            "scope": given.get("scope") or request.host,
        }


def presented_client(request: Request) -> str | None:
    """Return the user name that a request for a token or a session presents; None when it cannot be read."""
    try:
        if request.is_json:
            body = request.get_json(silent=True)
            name = body.get("username") if isinstance(body, dict) else None
            return name if isinstance(name, str) else None
        return presented_client_id(dict(request.headers), request.form)
    except (HTTPException, RecursionError):
        return None


def _cookies(token: str, tenant: str, user: str) -> dict[str, str]:
    return {SESSION_COOKIE: token, TOKEN_COOKIE: token, TENANT_COOKIE: tenant, USER_COOKIE: user}


def _single(values: MultiDict[str, str], name: str) -> str | None:
    given = values.getlist(name)
    if len(given) > 1:
        raise TokenEndpointError(400, "invalid_request", f"{name} stands there twice")
    return given[0] if given else None
