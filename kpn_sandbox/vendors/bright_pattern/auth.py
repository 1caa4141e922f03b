"""
Sessions as Bright Pattern issues them.

A session is an access token, or a UUID that is issued for a user name and a password and also sent as cookies. Clients
present either one as `Authorization` with or without `Bearer`, as header or cookie `X-BP-SESSION-ID`, or as cookie
`X-STATSAPI-TOKEN`.

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
from kpn_sandbox.auth.bearer_tokens import AccessToken, TokenKind
from kpn_sandbox.auth.client_credentials import SessionTokenServer
from kpn_sandbox.auth.sessions import FOREVER, SessionAuth, Sessions, User
from kpn_sandbox.tenants.accounts import Account
from kpn_sandbox.tenants.sandbox import Sandbox
from kpn_sandbox.tenants.tenant import Tenant
from kpn_sandbox.vendors.bright_pattern.errors import LoginClosedError, TokenEndpointError, unauthorized
from kpn_sandbox.vendors.bright_pattern.records import PRIVILEGES, unique_id
from kpn_sandbox.vendors.bright_pattern.schemas import LoginSchema, loaded
from kpn_sandbox.vendors.bright_pattern.subscription import json_body

LOGIN_SESSION = TokenKind("login", FOREVER)
"""A session that lasts until the next log-in of the same user."""
TOKEN_SESSION = TokenKind("bearer", 3600)

LONGEST_USER = 256
"""Characters of a user name."""

SESSION_COOKIE, TOKEN_COOKIE, TENANT_COOKIE, USER_COOKIE = (
    "X-BP-SESSION-ID",
    "X-STATSAPI-TOKEN",
    "X-STATSAPI-TENANT",
    "X-STATSAPI-LOGIN",
)


def _client_ids(user: str) -> Iterator[str]:
    """Yield the client ids that a user name may belong to: the name, and the name without +label."""
    yield user
    if "+" in user:
        yield user.rpartition("+")[0]


class UserDirectory:
    """
    Users of all accounts.

    Args:
        authenticate: Returns the account of a client id and a secret, None when they are wrong.
    """

    def __init__(self, authenticate: Callable[[str, str], Account | None]) -> None:
        self._authenticate = authenticate

    def recognize(self, name: str, secret: str) -> User | None:
        """
        Return the user of a name and a password, None when they are wrong.

        Args:
            name: Client id, or client id+label for a further user of the same account.
            secret: Client secret.
        """
        if len(name) > LONGEST_USER or not name.isprintable():
            return None
        for client_id in _client_ids(name):
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

    def session(self, request: Request) -> AccessToken:
        """
        Return the session of a request: the first active one that it presents.

        Raises:
            InvalidSession: The request presents no active session.
        """
        return self._session_auth.authenticate(presented(request))

    def owner(self, request: Request) -> Tenant | None:
        """Return the account of the session that a request presents, active or not; None for an unknown session."""
        return self._session_auth.identify(presented(request))

    def tenant_of(self, user: str | None) -> Tenant | None:
        """Return the account of a user name whose password may be wrong, None for an unknown one."""
        found = (self._sandbox.find_tenant(client_id) for client_id in (_client_ids(user) if user else ()))
        return next((tenant for tenant in found if tenant is not None), None)


def presented(request: Request) -> Iterator[str]:
    """Yield every text in a request that may be a session."""
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
        is_open: Whether users may still log in with a password.
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
            LoginClosedError: Users may not log in with a password any more.
            BadRequestError: The body does not fit the schema.
            BrightPatternError: No user has that name and password.
            Exception: `on_authenticated` raises it.
        """
        if not self._is_open:
            raise LoginClosedError()
        sent = loaded(LoginSchema, json_body(request))
        user = self._users.recognize(sent["username"], sent["password"])
        if user is None:
            raise unauthorized("Unknown user name or wrong password")
        on_authenticated(user.account)
        token = str(uuid4())
        self._sessions.begin(user, LOGIN_SESSION, token)
        body = {
            "token": token,
            "privileges": list(PRIVILEGES),
            "user_id": unique_id(user.account.seed, f"supervisor {user.name}", 0),
        }
        return body, _cookies(token, sent["tenant_url"], user.name)

    def logout(self, session: AccessToken, response: Response) -> Response:
        """
        End a session and return the response, which deletes the session's cookies.

        Args:
            session: Session of the request.
            response: Response to add the cookies to.
        """
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
            OAuth2Error: The token server rejects the grant type or the credentials.
            Exception: `on_authenticated` raises it.
        """
        names = ("grant_type", "client_id", "client_secret", "scope")
        sent = {name: value for name in names if (value := _single(request.form, name)) is not None}
        headers = {"Authorization": request.headers.get("Authorization", "")}
        token = self._server.token(
            TokenRequest(headers, sent.get("grant_type"), sent, on_authenticated=on_authenticated)
        )
        return {
            "access_token": token["access_token"],
            "token_type": token["token_type"],
            "expires_in": str(token["expires_in"]),
            "scope": sent.get("scope") or request.host,
        }


def presented_client(request: Request) -> str | None:
    """Return the user name in a request for a token or a session, None when it has none that can be read."""
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
    found = values.getlist(name)
    if len(found) > 1:
        raise TokenEndpointError(400, "invalid_request", f"{name} stands there twice")
    return found[0] if found else None
