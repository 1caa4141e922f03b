"""
Token endpoints for a client's own credentials: Authlib's authorization server with the client-credentials grant.

`TokenServer` issues a new token each time; `SessionTokenServer` returns the same one, with the rest of its lifetime, as
long as it is valid.

Source:
    RFC 6749, section 4.4, as Authlib implements it.
"""

from abc import ABC, abstractmethod
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
"""Returns the account of a client id and its secret, None if they are wrong."""

OnAuthenticated = Callable[[Account], object]
"""Called with the account of right credentials before the token is issued; an exception prevents that."""


class TokenRequest(OAuth2Request):
    """
    A request for an access token.

    Args:
        method: The HTTP method.
        headers: The request's headers, of which Authorization is used.
        grant_type: The requested grant type, from wherever the vendor's API has it.
        form: The fields of the body, of which client_id and client_secret are used.
        on_authenticated: Called with the account before the token is made.
    """

    # Authlib refuses plain HTTP, and the sandbox does not know whether there is TLS in front of it.
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


class CredentialsServer(AuthorizationServer, ABC):
    """
    Base of the token servers: checks the request, and leaves the token to them.

    Args:
        life_seconds: Lifetime of a new token.
        authenticate: Returns the account, or the user, of a client id and its secret; None if they are wrong.
    """

    def __init__(self, life_seconds: float, authenticate: "Callable[[str, str], Account | User | None]") -> None:
        super().__init__()
        self._authenticate = authenticate
        self.register_grant(_Grant)
        self.register_token_generator("default", BearerTokenGenerator(_random_token, None, life_seconds))
        self.register_client_auth_method("client_secret_basic", _basic)

    @abstractmethod
    def save_token(self, token: dict[str, Any], request: TokenRequest) -> None:
        """Store a token, and complete the dictionary that `token` returns."""

    def token(self, request: TokenRequest) -> dict[str, Any]:
        """
        Issue a token.

        Returns:
            `access_token`, `token_type`, `expires_in` (seconds), and what `save_token` adds.

        Raises:
            UnsupportedGrantTypeError: There is no grant type, or another one.
            InvalidClientError: The id is unknown, the secret is wrong, or there are no credentials.
            Exception: The one that the request's `on_authenticated` raises.
        """
        token: dict[str, Any] = self.create_token_response(request)
        return token

    def query_client(self, client_id: str) -> "_Client":
        """Return a client of that id, whether or not there is an account."""
        return _Client(client_id, self._authenticate)

    def create_oauth2_request(self, request: TokenRequest) -> TokenRequest:
        """Return the request itself, which is one already."""
        return request

    def handle_response(self, status: int, body: dict[str, Any], headers: Any) -> dict[str, Any]:
        """Return the token only; the vendor makes the HTTP response."""
        return body

    def handle_error_response(self, request: TokenRequest, error: OAuth2Error) -> None:
        """
        Raise the error, for which the vendor makes the HTTP response.

        Raises:
            OAuth2Error: The error.
        """
        raise error

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Do nothing: there are no listeners."""


class TokenServer(CredentialsServer):
    """
    Issues a new access token for each request.

    Args:
        tokens: The store of the tokens.
        authenticate: Returns the account of a client id and its secret, None if they are wrong.
    """

    def __init__(self, tokens: Tokens, authenticate: Authenticate) -> None:
        super().__init__(tokens.life_seconds, authenticate)
        self._tokens = tokens

    def save_token(self, token: dict[str, Any], request: TokenRequest) -> None:
        """Store the token, and add `client_id` and `issued_at`, the account's instant in epoch seconds."""
        account: Account = request.client.account
        request.on_authenticated(account)
        token["client_id"] = account.client_id
        token["issued_at"] = self._tokens.save(token["access_token"], account)


class _Grant(ClientCredentialsGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic", "client_secret_post"]


class _Client:
    """
    Adapter for what Authlib calls a client.

    The account is looked up only when the secret is checked, so responses do not reveal which ids exist.
    """

    def __init__(self, client_id: str, authenticate: "Callable[[str, str], Account | User | None]") -> None:
        self._client_id = client_id
        self._authenticate = authenticate
        self.account: Account | User | None = None

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
    """
    Return the client id that a token request presents, whether or not the secret is right.

    Args:
        headers: The request's headers.
        form: The fields of the request's body.

    Returns:
        The client id; None when there is none or it cannot be read.
    """
    try:
        client_id, _ = extract_basic_authorization(headers)
    except ValueError:
        return None
    return client_id or form.get("client_id")


def _basic(query_client: Callable[[str], _Client], request: TokenRequest) -> _Client | None:
    try:
        client: _Client | None = authenticate_client_secret_basic(query_client, request)
    except ValueError:
        # Authlib does not catch the error of a header that is not base64 of UTF-8.
        return None
    return client


def _random_token(**context: Any) -> str:
    return random_text()


@dataclass(frozen=True)
class User:
    """A user of an account who has presented the right secret."""

    account: Account
    name: str
    secret: str


class SessionTokenServer(CredentialsServer):
    """
    Issues access tokens that are sessions.

    Args:
        sessions: The store of the sessions.
        kind: The kind of session.
        recognize: Returns the user of a name and a secret, None if they are wrong.
    """

    def __init__(self, sessions: Sessions, kind: SessionKind, recognize: Callable[[str, str], User | None]) -> None:
        super().__init__(kind.life_seconds, recognize)
        self._sessions = sessions
        self._kind = kind

    def save_token(self, token: dict[str, Any], request: TokenRequest) -> None:
        """Replace the token by the user's active session or a new one, with the rest of its lifetime."""
        user: User = request.client.account
        request.on_authenticated(user.account)
        issued = self._sessions.get_or_begin(user.account.client_id, user.name, self._kind.name, user.secret)
        token["access_token"] = issued.text
        token["expires_in"] = int(issued.seconds_left)
