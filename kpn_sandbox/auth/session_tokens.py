"""
Access tokens that are sessions: who asks again while his token lives is given the same one with what is left of its
life.

Source:
    RFC 6749, section 4.4, as Authlib implements it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kpn_sandbox.auth.client_credentials import TokenRequest, TokenServer
from kpn_sandbox.auth.sessions import Kind, Sessions
from kpn_sandbox.auth.tokens import Tokens
from kpn_sandbox.control.accounts import Account


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

    def __init__(self, tokens: Tokens, sessions: Sessions, kind: Kind, recognize: Recognize) -> None:
        super().__init__(tokens, recognize)  # type: ignore[arg-type]
        self._sessions = sessions
        self._kind = kind

    def save_token(self, token: dict[str, Any], request: TokenRequest) -> None:
        """Put the session that lives, or a new one, in the place of the token."""
        user: User = request.client.account
        request.entered(user.account)
        issued = self._sessions.lasting(user.account.client_id, user.name, self._kind.name, user.secret)
        token["access_token"] = issued.text
        token["expires_in"] = int(issued.seconds_left)
