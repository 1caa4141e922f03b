"""
The door: ways to prove who you are. Knows no vendor; a vendor's package dresses it.

`TokenServer` gives an access token for a client's credentials, `Guard` tells whose an access token is.
"""

from kpn_sandbox.auth.client_credentials import Entered, TokenRequest, TokenServer, claimed_id
from kpn_sandbox.auth.guard import Guard
from kpn_sandbox.auth.tokens import AccessToken, Tokens

__all__ = ["AccessToken", "Entered", "Guard", "TokenRequest", "TokenServer", "Tokens", "claimed_id"]
