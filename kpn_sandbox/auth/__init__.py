"""
The door: ways to prove who you are. Knows no vendor; a vendor's package dresses it.

`TokenServer` gives an access token for a client's credentials, `Guard` tells whose an access token is.
"""

from kpn_sandbox.auth.bearer_tokens import AccessToken, Guard, Tokens
from kpn_sandbox.auth.client_credentials import Entered, TokenRequest, TokenServer, claimed_id

__all__ = ["AccessToken", "Entered", "Guard", "TokenRequest", "TokenServer", "Tokens", "claimed_id"]
