"""
Sessions: access tokens of the users of an account, at most one valid of each kind for each user; and their
authentication.

The text of a session is random, or follows from the user's secret and a nonce: then a client that presents the secret
again gets the same text again, though only its digest is stored.
"""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import ColumnElement, delete, insert, select, update

from kpn_sandbox.auth.bearer_tokens import AccessToken, TokenKind, TokenStore, token_age
from kpn_sandbox.auth.errors import InvalidSession
from kpn_sandbox.storage.tables import tokens
from kpn_sandbox.tenants.accounts import Account
from kpn_sandbox.tenants.secrets import random_text, text_digest
from kpn_sandbox.tenants.tenant import Tenant
from kpn_sandbox.tenants.transactions import account_transaction

FOREVER = float("inf")
"""Lifetime of a session that ends only when it is ended or replaced."""

SESSIONS_PER_USER = 20
"""Stored sessions of one user and kind, ended ones included; when there are more, the oldest become unknown."""

_ROW = tokens.c


@dataclass(frozen=True)
class User:
    """A user of an account who has presented the right secret."""

    account: Account
    name: str
    secret: str


class IssuedSession(NamedTuple):
    """The text of a session as a client gets it, and the rest of its lifetime."""

    text: str
    seconds_left: float


class Sessions(TokenStore):
    """The sessions of a sandbox."""

    def start(self, user: User, kind: TokenKind, text: str, *, nonce: str = "") -> None:
        """
        Start a session; the valid one of the same user and kind ends.

        Args:
            user, kind: The user, and the kind of session.
            text: The text of the session, which nobody can guess.
            nonce: What the text follows from beside the user's secret; empty for a random text.

        Raises:
            UnknownAccount: The account was deleted.
        """
        client_id = user.account.client_id
        row = {"client_id": client_id, "user": user.name, "kind": kind.name, "nonce": nonce, "revoked": 0}
        tenant = self._sandbox.tenant(client_id)
        times = {"issued_at": tenant.now(), "wall_at": tenant.wall_clock()}
        with account_transaction(self._database, client_id) as connection:
            of_user = _of_user(client_id, user.name, kind)
            connection.execute(update(tokens).where(*of_user, _ROW.revoked == 0).values(revoked=1))
            connection.execute(insert(tokens).values(digest=text_digest(text), **times, **row))
            newest_first = select(_ROW.serial).where(*of_user).order_by(_ROW.serial.desc())
            oldest = connection.scalar(newest_first.offset(SESSIONS_PER_USER).limit(1))
            if oldest is not None:
                connection.execute(delete(tokens).where(*of_user, _ROW.serial <= oldest))

    def get_or_begin(self, user: User, kind: TokenKind) -> IssuedSession:
        """
        Return the valid session that follows from a user's secret; if there is none, begin one.

        Args:
            user, kind: The user, and the kind of session.

        Raises:
            UnknownAccount: The account was deleted.
        """
        client_id = user.account.client_id
        tenant = self._sandbox.tenant(client_id)
        valid = (*_of_user(client_id, user.name, kind), _ROW.revoked == 0)
        with self._database.read() as connection:
            row = connection.execute(
                select(_ROW.digest, _ROW.nonce, _ROW.issued_at, _ROW.wall_at).where(*valid)
            ).first()
        age = 0.0 if row is None else token_age(tenant, row.issued_at, row.wall_at)
        if row is not None and 0 <= age < kind.life_seconds:
            text = _derived(user.secret, row.nonce)
            # After a change of the secret the old text cannot be computed any more.
            if text_digest(text) == row.digest:
                return IssuedSession(text, kind.life_seconds - age)
        nonce = random_text()
        text = _derived(user.secret, nonce)
        self.start(user, kind, text, nonce=nonce)
        return IssuedSession(text, kind.life_seconds)

    def end(self, session: AccessToken) -> None:
        """End the valid session of a session's user and kind; UnknownAccount if the account was deleted."""
        client_id = session.tenant.account.client_id
        valid = (*_of_user(client_id, session.user, session.kind), _ROW.revoked == 0)
        with account_transaction(self._database, client_id) as connection:
            connection.execute(update(tokens).where(*valid).values(revoked=1))


class SessionAuth:
    """
    Authenticates requests by the text of a session.

    Args:
        sessions: The sessions that are accepted.
    """

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    def authenticate(self, presented: Iterable[str]) -> AccessToken:
        """
        Return the first valid session, with its tenant and user, among the texts that a request presents.

        Raises:
            InvalidSession: None of the texts is one.
        """
        for text in presented:
            session = self._sessions.find(text)
            if session is not None and not (session.revoked or session.expired()):
                return session
        raise InvalidSession()

    def identify(self, presented: Iterable[str]) -> Tenant | None:
        """Return the tenant of the first session, valid or not, that a request presents; None without one."""
        found = (self._sessions.find(text) for text in presented)
        return next((session.tenant for session in found if session is not None), None)


def _of_user(client_id: str, user: str, kind: TokenKind) -> tuple[ColumnElement[bool], ...]:
    return _ROW.client_id == client_id, _ROW.user == user, _ROW.kind == kind.name


def _derived(secret: str, nonce: str) -> str:
    """Return the text of a session: 64 hexadecimal digits."""
    key = secret.encode("utf-8", "surrogatepass")
    return hmac.digest(key, f"session {nonce}".encode(), "sha256").hex().upper()
