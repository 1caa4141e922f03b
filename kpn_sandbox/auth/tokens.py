"""Access tokens: given out, found again, taken back."""

from dataclasses import dataclass

from sqlalchemy import delete, insert, select, update

from ..control.accounts import Account
from ..control.sandbox import Sandbox, Tenant
from ..control.secrets import text_digest
from ..storage import tables

LIFE_SECONDS = 3599
"""
How long a token is good, by its account's clock.

Source:
    KPN's page prints "expires_in": "3599".
"""

KEPT = 100_000
"""Tokens remembered in all; older ones become unknown."""


@dataclass(frozen=True)
class AccessToken:
    """One token that was given out."""

    tenant: Tenant
    issued_at: float
    revoked: bool

    def expired(self) -> bool:
        """Whether its time is over; a clock put back gives it new life."""
        return self.tenant.now() - self.issued_at >= LIFE_SECONDS


class Tokens:
    """The access tokens of a sandbox."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._database = sandbox.database

    def save(self, text: str, account: Account) -> float:
        """
        Remember a token that is given to an account.

        Returns:
            The account's instant, from which its life counts.
        """
        issued_at = self._sandbox.open(account).now()
        row = {"digest": text_digest(text), "client_id": account.client_id, "issued_at": issued_at, "revoked": 0}
        with self._database.write() as connection:
            saved = connection.execute(insert(tables.tokens).values(row).returning(tables.tokens.c.serial))
            serial: int = saved.scalar_one()
            connection.execute(delete(tables.tokens).where(tables.tokens.c.serial <= serial - KEPT))
        return issued_at

    def find(self, text: str) -> AccessToken | None:
        """The token of that text, None when it was never given out."""
        known = self._sandbox.memory.fresh()
        token: AccessToken | None = known.get(text)
        if token is None:
            token = self._read(text)
            if token is not None:
                known[text] = token
        return token

    def revoke(self, text: str) -> None:
        """Take a token back; nothing happens when there is none."""
        with self._database.write() as connection:
            change = update(tables.tokens).where(tables.tokens.c.digest == text_digest(text))
            connection.execute(change.values(revoked=1))

    def _read(self, text: str) -> AccessToken | None:
        with self._database.read() as connection:
            row = connection.execute(select(tables.tokens).where(tables.tokens.c.digest == text_digest(text))).first()
        account = None if row is None else self._sandbox.accounts.find(row.client_id)
        if row is None or account is None:
            return None
        return AccessToken(self._sandbox.open(account), row.issued_at, bool(row.revoked))
