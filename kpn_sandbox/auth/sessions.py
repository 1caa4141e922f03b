"""
Sessions of users: at most one active session of each kind for each user of an account; and their authentication.

The text of a session is random, or follows from the user's secret and a nonce: then a client that presents the secret
again gets the same text again, though only its digest is stored. Lookups are cached like those of access tokens.
"""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import ColumnElement, bindparam, delete, insert, select, update

from kpn_sandbox.auth.errors import InvalidSession
from kpn_sandbox.caching import BoundedCache
from kpn_sandbox.storage.tables import sessions
from kpn_sandbox.tenants.accounts import Account
from kpn_sandbox.tenants.sandbox import Sandbox
from kpn_sandbox.tenants.secrets import random_text, text_digest
from kpn_sandbox.tenants.tenant import CacheSlot, Tenant
from kpn_sandbox.tenants.transactions import account_transaction

FOREVER = float("inf")
"""Lifetime of a session that ends only when it is ended or replaced."""

SESSIONS_PER_USER = 20
"""Stored sessions of one user and kind, ended ones included; when there are more, the oldest become unknown."""

_OWNERS = 100_000
_ROW = sessions.c
_FIND = select(_ROW.client_id, _ROW.user, _ROW.kind, _ROW.issued_at, _ROW.ended).where(
    _ROW.digest == bindparam("digest")
)


@dataclass(frozen=True)
class User:
    """A user of an account who has presented the right secret."""

    account: Account
    name: str
    secret: str


class SessionKind(NamedTuple):
    """A kind of session, with its lifetime by the account's clock."""

    name: str
    life_seconds: float


@dataclass(frozen=True)
class Session:
    """A session that was begun, and whether it was ended since."""

    tenant: Tenant
    user: str
    kind: SessionKind
    issued_at: float
    ended: bool

    def is_active(self) -> bool:
        """Return whether the session has not ended and its lifetime is not over."""
        return not self.ended and self.tenant.now() - self.issued_at < self.kind.life_seconds


class IssuedSession(NamedTuple):
    """The text of a session as a client gets it, and the rest of its lifetime."""

    text: str
    seconds_left: float


class Sessions:
    """
    The sessions of a sandbox; safe to share between threads.

    Args:
        sandbox: The sandbox whose accounts have them.
        kinds: All kinds of session.
    """

    def __init__(self, sandbox: Sandbox, *kinds: SessionKind) -> None:
        self._sandbox = sandbox
        self._database = sandbox.database
        self._kinds = {kind.name: kind for kind in kinds}
        self._owners: BoundedCache[str] = BoundedCache(_OWNERS)
        self._read_sessions = CacheSlot[Session]()

    def begin(self, user: User, kind: SessionKind, text: str, *, nonce: str = "") -> None:
        """
        Begin a session; the active one of the same user and kind ends.

        Args:
            user: The user.
            kind: The kind of session.
            text: The text of the session, which nobody can guess.
            nonce: What the text follows from beside the user's secret; empty for a random text.

        Raises:
            UnknownAccount: The account was deleted.
        """
        client_id = user.account.client_id
        row = {"client_id": client_id, "user": user.name, "kind": kind.name, "nonce": nonce, "ended": 0}
        issued_at = self._sandbox.tenant(client_id).now()
        with account_transaction(self._database, client_id) as connection:
            of_user = _of_user(client_id, user.name, kind)
            connection.execute(update(sessions).where(*of_user, _ROW.ended == 0).values(ended=1))
            connection.execute(insert(sessions).values(digest=text_digest(text), issued_at=issued_at, **row))
            newest_first = select(_ROW.serial).where(*of_user).order_by(_ROW.serial.desc())
            oldest = connection.scalar(newest_first.offset(SESSIONS_PER_USER).limit(1))
            if oldest is not None:
                connection.execute(delete(sessions).where(*of_user, _ROW.serial <= oldest))

    def get_or_begin(self, user: User, kind: SessionKind) -> IssuedSession:
        """
        Return the active session that follows from a user's secret; if there is none, begin one.

        Args:
            user: The user.
            kind: The kind of session.

        Raises:
            UnknownAccount: The account was deleted.
        """
        client_id = user.account.client_id
        now = self._sandbox.tenant(client_id).now()
        active = (*_of_user(client_id, user.name, kind), _ROW.ended == 0)
        with self._database.read() as connection:
            row = connection.execute(select(_ROW.digest, _ROW.nonce, _ROW.issued_at).where(*active)).first()
        if row is not None and 0 <= now - row.issued_at < kind.life_seconds:
            text = _derived(user.secret, row.nonce)
            # After a change of the secret the old text cannot be computed any more.
            if text_digest(text) == row.digest:
                return IssuedSession(text, row.issued_at + kind.life_seconds - now)
        nonce = random_text()
        text = _derived(user.secret, nonce)
        self.begin(user, kind, text, nonce=nonce)
        return IssuedSession(text, kind.life_seconds)

    def end(self, session: Session) -> None:
        """
        End the active session of a session's user and kind.

        Raises:
            UnknownAccount: The account was deleted.
        """
        client_id = session.tenant.account.client_id
        active = (*_of_user(client_id, session.user, session.kind), _ROW.ended == 0)
        with account_transaction(self._database, client_id) as connection:
            connection.execute(update(sessions).where(*active).values(ended=1))

    def find(self, text: str) -> Session | None:
        """Return the session of a text, ended or not; None when it was never begun or was pruned."""
        owner = self._owners.get(text) or self._owner(text)
        tenant = None if owner is None else self._sandbox.find_tenant(owner)
        if tenant is None:
            return None
        return tenant.cache(self._read_sessions).get(text) or self._read(text, tenant)

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
        session = Session(tenant, row[1], self._kinds[row[2]], row[3], bool(row[4]))
        tenant.cache(self._read_sessions).put(text, session)
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
        Return the first active session, with its tenant and user, among the texts that a request presents.

        Raises:
            InvalidSession: None of the texts is one.
        """
        for text in presented:
            session = self._sessions.find(text)
            if session is not None and session.is_active():
                return session
        raise InvalidSession()

    def identify(self, presented: Iterable[str]) -> Tenant | None:
        """Return the tenant of the first session, active or not, that a request presents; None without one."""
        found = (self._sessions.find(text) for text in presented)
        return next((session.tenant for session in found if session is not None), None)


def _of_user(client_id: str, user: str, kind: SessionKind) -> tuple[ColumnElement[bool], ...]:
    return _ROW.client_id == client_id, _ROW.user == user, _ROW.kind == kind.name


def _derived(secret: str, nonce: str) -> str:
    """Return the text of a session: 64 hexadecimal digits."""
    key = secret.encode("utf-8", "surrogatepass")
    return hmac.digest(key, f"session {nonce}".encode(), "sha256").hex().upper()
