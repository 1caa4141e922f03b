"""
Access tokens for a client's own credentials: Authlib's authorization server with the client-credentials grant.

Source:
    RFC 6749, section 4.4, as Authlib implements it.

Access tokens that are sessions: who asks again while his token lives is given the same one with what is left of its
life.

Source:
    RFC 6749, section 4.4, as Authlib implements it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from authlib.oauth2 import AuthorizationServer, OAuth2Error, OAuth2Request
from authlib.oauth2.rfc6749.authenticate_client import authenticate_client_secret_basic
from authlib.oauth2.rfc6749.grants import ClientCredentialsGrant
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from authlib.oauth2.rfc6749.util import extract_basic_authorization
from authlib.oauth2.rfc6750 import BearerTokenGenerator

from kpn_sandbox.auth.bearer_tokens import Tokens
from kpn_sandbox.auth.sessions import SessionKind, Sessions
from kpn_sandbox.tenants.accounts import Account
from kpn_sandbox.tenants.secrets import random_text

Authenticate = Callable[[str, str], Account | None]
"""Tells whose id and secret these are."""

OnAuthenticated = Callable[[Account], object]
"""Told whose request it is before he is given a token; may raise what keeps him from it."""


class TokenRequest(OAuth2Request):
    """
    A request for an access token.

    Args:
        method: The HTTP method.
        headers: The request's headers; only Authorization is looked at.
        grant_type: The grant type asked for, from wherever the vendor has it.
        form: The fields of the body; only client_id and client_secret are looked at.
        on_authenticated: Called with the account before the token is made.
    """

    # Authlib refuses plain HTTP; whether there is TLS in front of the sandbox is not the sandbox's to know.
    _URI = "https://sandbox/token"

    def __init__(
        self,
        method: str,
        headers: Mapping[str, str],
        grant_type: str | None,
        form: Mapping[str, str],
        *,
        on_authenticated: OnAuthenticated = lambda account: None,
    ) -> None:
        super().__init__(method, self._URI, headers=headers)
        self.payload = BasicOAuth2Payload({} if grant_type is None else {"grant_type": grant_type})
        self.on_authenticated = on_authenticated
        self._form = form

    @property
    def form(self) -> Mapping[str, str]:
        """The fields of the body."""
        return self._form


class TokenServer(AuthorizationServer):
    """
    Gives out access tokens.

    Args:
        tokens: Where they are remembered.
        authenticate: Tells whose id and secret these are.
    """

    def __init__(self, tokens: Tokens, authenticate: Authenticate) -> None:
        super().__init__()
        self._tokens = tokens
        self._authenticate = authenticate
        self.register_grant(_Grant)
        self.register_token_generator("default", BearerTokenGenerator(_text, None, tokens.life_seconds))
        self.register_client_auth_method("client_secret_basic", _basic)

    def token(self, request: TokenRequest) -> dict[str, Any]:
        """
        A new token.

        Returns:
            `access_token`, `token_type`, `expires_in` (seconds), `client_id`, and `issued_at` by the account's clock.

        Raises:
            UnsupportedGrantTypeError: No grant type or another one.
            InvalidClientError: Unknown id, wrong secret or no credentials.
            Exception: The one that the request's `on_authenticated` raises.
        """
        token: dict[str, Any] = self.create_token_response(request)
        return token

    def query_client(self, client_id: str) -> "_Client":
        """A client of that id, which may or may not exist."""
        return _Client(client_id, self._authenticate)

    def save_token(self, token: dict[str, Any], request: TokenRequest) -> None:
        """Remember the token, and tell whose it is and since when."""
        account: Account = request.client.account
        request.on_authenticated(account)
        token["client_id"] = account.client_id
        token["issued_at"] = self._tokens.save(token["access_token"], account)

    def create_oauth2_request(self, request: TokenRequest) -> TokenRequest:
        """The request as it is."""
        return request

    def handle_response(self, status: int, body: dict[str, Any], headers: Any) -> dict[str, Any]:
        """The token itself; the vendor makes the answer."""
        return body

    def handle_error_response(self, request: TokenRequest, error: OAuth2Error) -> None:
        """The error itself; the vendor makes the answer."""
        raise error

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Nobody listens."""


class _Grant(ClientCredentialsGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic", "client_secret_post"]


class _Client:
    """What Authlib asks of a client; who it is shows only with its secret, so ids cannot be told from answers."""

    def __init__(self, client_id: str, authenticate: Authenticate) -> None:
        self._client_id = client_id
        self._authenticate = authenticate
        self.account: Account | None = None

    def check_client_secret(self, secret: str) -> bool:
        self.account = self._authenticate(self._client_id, secret)
        return self.account is not None

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return True

    def check_grant_type(self, grant_type: str) -> bool:
        return True

    def get_allowed_scope(self, scope: str | None) -> str:
        return ""


def presented_client_id(headers: Mapping[str, str], form: Mapping[str, str]) -> str | None:
    """The client id that a request for a token comes with, whether or not the secret is right; None without one."""
    try:
        client_id, _ = extract_basic_authorization(headers)
    except ValueError:
        return None
    return client_id or form.get("client_id")


def _basic(query_client: Callable[[str], _Client], request: TokenRequest) -> _Client | None:
    try:
        client: _Client | None = authenticate_client_secret_basic(query_client, request)
    except ValueError:
        # Authlib lets through what is no base64 of UTF-8.
        return None
    return client


def _text(**about: Any) -> str:
    return random_text()


@dataclass(frozen=True)
class User:
    """Somebody who has shown his secret: a user of an account."""

    account: Account
    name: str
    secret: str


Recognize = Callable[[str, str], User | None]
"""Tells whose name and secret these are."""


class SessionTokenServer(TokenServer):
    """
    Gives out access tokens that are sessions.

    Args:
        tokens: Not asked; other servers remember theirs there.
        sessions: Where these are remembered.
        kind: Which sessions they are.
        recognize: Tells whose name and secret these are.
    """

    def __init__(self, tokens: Tokens, sessions: Sessions, kind: SessionKind, recognize: Recognize) -> None:
        super().__init__(tokens, recognize)  # type: ignore[arg-type]
        self._sessions = sessions
        self._kind = kind

    def save_token(self, token: dict[str, Any], request: TokenRequest) -> None:
        """Put the session that lives, or a new one, in the place of the token."""
        user: User = request.client.account
        request.on_authenticated(user.account)
        issued = self._sessions.get_or_begin(user.account.client_id, user.name, self._kind.name, user.secret)
        token["access_token"] = issued.text
        token["expires_in"] = int(issued.seconds_left)
