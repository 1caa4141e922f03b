"""
The door: ways to prove who you are. Knows no vendor; a vendor's package dresses it.

`TokenServer` gives an access token for a client's credentials, `Guard` tells whose an access token is.
"""

from .client_credentials import TokenRequest, TokenServer
from .guard import Guard
from .tokens import AccessToken, Tokens

__all__ = ["AccessToken", "Guard", "TokenRequest", "TokenServer", "Tokens"]
