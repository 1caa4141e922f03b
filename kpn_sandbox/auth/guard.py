"""Whose access token is this? Authlib's resource protector over our tokens."""

from typing import Any

from authlib.oauth2 import ResourceProtector
from authlib.oauth2.rfc6750 import BearerTokenValidator

from kpn_sandbox.auth.errors import ExpiredToken, RevokedToken, UnknownToken
from kpn_sandbox.auth.tokens import AccessToken, Tokens
from kpn_sandbox.control.tenant import Tenant


class Guard:
    """Stands before everything that needs an access token."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._protector = ResourceProtector()
        self._protector.register_token_validator(_Validator(tokens))

    def tenant(self, authorization: str | None) -> Tenant:
        """
        Who calls.

        Args:
            authorization: The request's Authorization header, None when it has none.

        Raises:
            MissingAuthorizationError, UnsupportedTokenTypeError: No access token in it.
            UnknownToken, ExpiredToken, RevokedToken: One that is not good.
        """
        token: AccessToken = self._protector.validate_request(None, _Bearer(authorization))
        return token.tenant

    def owner(self, authorization: str | None) -> Tenant | None:
        """Whose token that is or was, good or not; None when nobody was given it."""
        scheme, _, text = (authorization or "").partition(" ")
        token = self._tokens.find(text.strip()) if scheme.lower() == "bearer" else None
        return None if token is None else token.tenant


class _Bearer:
    """As much of a request as the protector looks at."""

    __slots__ = ("headers",)

    def __init__(self, authorization: str | None) -> None:
        self.headers = {"Authorization": authorization}


class _Validator(BearerTokenValidator):
    """Checks the state of a token; there are no scopes."""

    def __init__(self, tokens: Tokens) -> None:
        super().__init__()
        self._tokens = tokens

    def authenticate_token(self, token_string: str) -> AccessToken | None:
        return self._tokens.find(token_string)

    def validate_token(self, token: AccessToken | None, scopes: Any, request: Any) -> None:
        if token is None:
            raise UnknownToken()
        if token.revoked:
            raise RevokedToken(token.tenant)
        if token.expired():
            raise ExpiredToken(token.tenant)
