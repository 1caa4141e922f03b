"""
Sessions: proofs of who somebody is that last, at most one of each kind for each user of an account.

The text of a session is random, or follows from the user's secret and a nonce: then who shows the secret again is given
the same text again, though nobody keeps it.
"""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import ColumnElement, bindparam, delete, insert, select, update

from kpn_sandbox.auth.errors import InvalidSession
from kpn_sandbox.caching import BoundedCache
from kpn_sandbox.storage.tables import sessions
from kpn_sandbox.tenants.errors import UnknownAccount
from kpn_sandbox.tenants.sandbox import Sandbox
from kpn_sandbox.tenants.secrets import random_text, text_digest
from kpn_sandbox.tenants.tenant import Tenant
from kpn_sandbox.tenants.transactions import account_transaction

FOREVER = float("inf")
KEPT = 20
"""Sessions of one user and kind that are remembered, those that ended included."""

_OWNERS = 100_000
_ROW = sessions.c
_FIND = select(_ROW.client_id, _ROW.user, _ROW.kind, _ROW.issued_at, _ROW.ended).where(
    _ROW.digest == bindparam("digest")
)


class SessionKind(NamedTuple):
    """A kind of session."""

    name: str
    life_seconds: float
    """By the account's clock."""


@dataclass(frozen=True)
class Session:
    """One session that was begun."""

    tenant: Tenant
    user: str
    kind: str
    issued_at: float
    ended: bool


class IssuedSession(NamedTuple):
    """A session as it is handed out."""

    text: str
    seconds_left: float


class Sessions:
    """
    The sessions of a sandbox.

    Args:
        sandbox: Knows the accounts.
        kinds: The kinds of session that there are.
    """

    def __init__(self, sandbox: Sandbox, *kinds: SessionKind) -> None:
        self._sandbox = sandbox
        self._database = sandbox.database
        self._lives = {kind.name: kind.life_seconds for kind in kinds}
        self._owners: BoundedCache[str] = BoundedCache(_OWNERS)

    def begin(self, client_id: str, user: str, kind: str, text: str) -> None:
        """
        Begin a session; that of the same user and kind ends.

        Raises:
            UnknownAccount: The account is gone.
        """
        self._begin(client_id, user, kind, text, "")

    def get_or_begin(self, client_id: str, user: str, kind: str, secret: str) -> IssuedSession:
        """
        The session of who shows his secret: the one that still lives, else a new one.

        Raises:
            UnknownAccount: The account is gone.
        """
        now = self._sandbox.tenant(client_id).now()
        with self._database.read() as connection:
            row = connection.execute(
                select(_ROW.digest, _ROW.nonce, _ROW.issued_at).where(*_living(client_id, user, kind))
            ).first()
        if row is not None and 0 <= now - row.issued_at < self._lives[kind]:
            text = _derived(secret, row.nonce)
            # After a change of the secret the old text cannot be told any more.
            if text_digest(text) == row.digest:
                return IssuedSession(text, row.issued_at + self._lives[kind] - now)
        nonce = random_text()
        text = _derived(secret, nonce)
        self._begin(client_id, user, kind, text, nonce)
        return IssuedSession(text, self._lives[kind])

    def end(self, session: Session) -> None:
        """
        End the session of a kind that a user has.

        Raises:
            UnknownAccount: The account is gone.
        """
        client_id = session.tenant.account.client_id
        with account_transaction(self._database, client_id) as connection:
            ending = update(sessions).where(*_living(client_id, session.user, session.kind))
            connection.execute(ending.values(ended=1))

    def find(self, text: str) -> Session | None:
        """The session of that text, ended or not; None when it was never begun."""
        owner = self._owners.find(text) or self._owner(text)
        if owner is None:
            return None
        try:
            tenant = self._sandbox.tenant(owner)
        except UnknownAccount:
            return None
        known = tenant.cache.get(f"session {text}")
        return known if isinstance(known, Session) else self._read(text, tenant)

    def is_active(self, session: Session) -> bool:
        """Whether a session has not ended and its life is not over by the account's clock."""
        return not session.ended and session.tenant.now() - session.issued_at < self._lives[session.kind]

    def _begin(self, client_id: str, user: str, kind: str, text: str, nonce: str) -> None:
        values = {"client_id": client_id, "user": user, "kind": kind, "nonce": nonce, "ended": 0}
        issued_at = self._sandbox.tenant(client_id).now()
        with account_transaction(self._database, client_id) as connection:
            connection.execute(update(sessions).where(*_living(client_id, user, kind)).values(ended=1))
            connection.execute(insert(sessions).values(digest=text_digest(text), issued_at=issued_at, **values))
            his = (_ROW.client_id == client_id, _ROW.user == user, _ROW.kind == kind)
            kept = select(_ROW.serial).where(*his).order_by(_ROW.serial.desc())
            oldest = connection.scalar(kept.offset(KEPT).limit(1))
            if oldest is not None:
                connection.execute(delete(sessions).where(*his, _ROW.serial <= oldest))

    def _owner(self, text: str) -> str | None:
        row = self._database.fetch_one(_FIND, digest=text_digest(text))
        if row is None:
            return None
        self._owners.put(text, row[0])
        return str(row[0])

    def _read(self, text: str, tenant: Tenant) -> Session | None:
        row = self._database.fetch_one(_FIND, digest=text_digest(text))
        if row is None or row[0] != tenant.account.client_id:
            return None
        session = Session(tenant, row[1], row[2], row[3], bool(row[4]))
        tenant.cache[f"session {text}"] = session
        return session


class SessionAuth:
    """
    Authenticates requests by the text of a session.

    Args:
        sessions: The sessions that are accepted.
    """

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    def authenticate(self, presented: Iterable[str]) -> Session:
        """
        Return the first active session that a request presents, which holds its tenant and user.

        Args:
            presented: Every text of the request that may be that of a session, the one that counts most first.

        Raises:
            InvalidSession: None of them is.
        """
        for text in presented:
            session = self._sessions.find(text)
            if session is not None and self._sessions.is_active(session):
                return session
        raise InvalidSession()

    def identify(self, presented: Iterable[str]) -> Tenant | None:
        """Return the tenant of the first session, active or not, that a request presents; None without one."""
        found = (self._sessions.find(text) for text in presented)
        return next((session.tenant for session in found if session is not None), None)


def _living(client_id: str, user: str, kind: str) -> tuple[ColumnElement[bool], ...]:
    return _ROW.client_id == client_id, _ROW.user == user, _ROW.kind == kind, _ROW.ended == 0


def _derived(secret: str, nonce: str) -> str:
    """Sixty-four hexadecimal digits."""
    key = secret.encode("utf-8", "surrogatepass")
    return hmac.digest(key, f"session {nonce}".encode(), "sha256").hex().upper()
