"""
Token endpoints for a client's own credentials: Authlib's authorization server with the client-credentials grant.

`TokenServer` issues a new token each time; `SessionTokenServer` returns the same one, with the rest of its lifetime, as
long as it is valid.

Source:
    RFC 6749, section 4.4, as Authlib implements it.
"""

from collections.abc import Callable, Mapping
from typing import Any

from authlib.oauth2 import AuthorizationServer, OAuth2Error, OAuth2Request
from authlib.oauth2.rfc6749.authenticate_client import authenticate_client_secret_basic
from authlib.oauth2.rfc6749.grants import ClientCredentialsGrant
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from authlib.oauth2.rfc6749.util import extract_basic_authorization
from authlib.oauth2.rfc6750 import BearerTokenGenerator

from kpn_sandbox.auth.bearer_tokens import TokenKind, Tokens
from kpn_sandbox.auth.sessions import Sessions, User
from kpn_sandbox.tenants.accounts import Account
from kpn_sandbox.tenants.secrets import random_text

Fields = Mapping[str, str]

Authenticate = Callable[[str, str], Account | None]
"""Returns the account of a client id and its secret, None if they are wrong."""

OnAuthenticated = Callable[[Account], object]
"""Called with the account of right credentials before the token is issued; an exception prevents that."""


class TokenRequest(OAuth2Request):
    """
    A request for an access token.

    Args:
        headers: The request's headers, of which Authorization is used.
        grant_type: The requested grant type, from wherever the vendor's API has it.
        form: The fields of the body, of which client_id and client_secret are used.
        on_authenticated: Called with the account before the token is made.
    """

    # Authlib refuses plain HTTP, and the sandbox does not know whether there is TLS in front of it.
    _URI = "https://sandbox/token"

    def __init__(
        self, headers: Fields, grant_type: str | None, form: Fields, on_authenticated: OnAuthenticated | None = None
    ) -> None:
        super().__init__("POST", self._URI, headers=headers)
        self.payload = BasicOAuth2Payload({} if grant_type is None else {"grant_type": grant_type})
        self.on_authenticated: OnAuthenticated = on_authenticated or (lambda account: None)
        self._form = form

    @property
    def form(self) -> Fields:
        """The fields of the body."""
        return self._form


class _CredentialsServer(AuthorizationServer):
    """Authlib's server without its HTTP: checks a request, and leaves the token to `save_token` of a subclass."""

    def __init__(self, life_seconds: float, authenticate: Callable[[str, str], Account | User | None]) -> None:
        super().__init__()
        self._authenticate = authenticate
        self.register_grant(_Grant)
        self.register_token_generator("default", BearerTokenGenerator(_random_token, None, life_seconds))
        self.register_client_auth_method("client_secret_basic", _basic)

    def token(self, request: TokenRequest) -> dict[str, Any]:
        """
        Issue a token and return `access_token`, `token_type`, `expires_in` (seconds), and what `save_token` adds.

        Raises:
            UnsupportedGrantTypeError: There is no grant type, or another one.
            InvalidClientError: The id is unknown, the secret is wrong, or there are no credentials.
        """
        token: dict[str, Any] = self.create_token_response(request)
        return token

    # What follows is called by Authlib; it would make HTTP responses and send signals, which the vendors do not need.

    def query_client(self, client_id: str) -> "_Client":
        return _Client(client_id, self._authenticate)

    def create_oauth2_request(self, request: TokenRequest) -> TokenRequest:
        return request

    def handle_response(self, status: int, body: dict[str, Any], headers: Any) -> dict[str, Any]:
        return body

    def handle_error_response(self, request: TokenRequest, error: OAuth2Error) -> None:
        raise error

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        pass


class TokenServer(_CredentialsServer):
    """
    Issues a new access token for each request.

    Args:
        tokens, authenticate: The store of the tokens, and what checks the credentials.
    """

    def __init__(self, tokens: Tokens, authenticate: Authenticate) -> None:
        super().__init__(tokens.life_seconds, authenticate)
        self._tokens = tokens

    def save_token(self, token: dict[str, Any], request: TokenRequest) -> None:
        """Store the token, and add `client_id` and `issued_at`, from which its lifetime counts (epoch seconds)."""
        account: Account = request.client.account
        request.on_authenticated(account)
        token["client_id"] = account.client_id
        token["issued_at"] = self._tokens.save(token["access_token"], account)


class SessionTokenServer(_CredentialsServer):
    """
    Issues access tokens that are sessions.

    Args:
        sessions, kind: The store of the sessions, and their kind.
        recognize: Returns the user of a name and a secret, None if they are wrong.
    """

    def __init__(self, sessions: Sessions, kind: TokenKind, recognize: Callable[[str, str], User | None]) -> None:
        super().__init__(kind.life_seconds, recognize)
        self._sessions = sessions
        self._kind = kind

    def save_token(self, token: dict[str, Any], request: TokenRequest) -> None:
        """Replace the token by the user's active session or a new one, with the rest of its lifetime."""
        user: User = request.client.account
        request.on_authenticated(user.account)
        issued = self._sessions.get_or_begin(user, self._kind)
        token["access_token"] = issued.text
        token["expires_in"] = int(issued.seconds_left)


class _Grant(ClientCredentialsGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic", "client_secret_post"]


class _Client:
    """
    Adapter for what Authlib calls a client.

    The account is looked up only when the secret is checked, so responses do not reveal which ids exist.
    """

    def __init__(self, client_id: str, authenticate: Callable[[str, str], Account | User | None]) -> None:
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


def presented_client_id(headers: Fields, form: Fields) -> str | None:
    """
    Return the client id that a token request presents, whether or not the secret is right; None if it has none.

    Args:
        headers, form: The request's headers, and the fields of its body.
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
