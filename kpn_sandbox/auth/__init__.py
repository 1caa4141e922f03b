"""
The door: ways to prove who you are. Knows no vendor; a vendor's package dresses it.

`TokenServer` gives an access token for a client's credentials, `BearerAuth` tells whose an access token is.
"""

from kpn_sandbox.auth.bearer_tokens import AccessToken, BearerAuth, Tokens
from kpn_sandbox.auth.client_credentials import OnAuthenticated, TokenRequest, TokenServer, presented_client_id

__all__ = [
    "AccessToken",
    "OnAuthenticated",
    "BearerAuth",
    "TokenRequest",
    "TokenServer",
    "Tokens",
    "presented_client_id",
]
