"""
Ways to authenticate a request, without any vendor.

Each has a class with a method `authenticate`: `BearerAuth` takes access tokens, `SessionAuth` sessions, `DigestAuth`
HTTP Digest, `UrlTokenAuth` fixed tokens in the URL. `TokenServer` issues access tokens.
"""

from kpn_sandbox.auth.bearer_tokens import AccessToken, BearerAuth, Tokens, revoke_tokens
from kpn_sandbox.auth.client_credentials import OnAuthenticated, TokenRequest, TokenServer, presented_client_id

__all__ = [
    "AccessToken",
    "BearerAuth",
    "OnAuthenticated",
    "TokenRequest",
    "TokenServer",
    "Tokens",
    "presented_client_id",
    "revoke_tokens",
]
