"""How an account is changed: one writer at a time, and noticed by everybody at their next request."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, bindparam, update

from kpn_sandbox.storage import Database
from kpn_sandbox.storage.tables import accounts
from kpn_sandbox.tenants.errors import UnknownAccount

BUMP = (
    update(accounts)
    .where(accounts.c.client_id == bindparam("of_client"))
    .values(version=accounts.c.version + 1)
    .returning(accounts.c.version)
)
"""Makes what others know of an account out of date."""


@contextmanager
def account_transaction(database: Database, client_id: str) -> Iterator[Connection]:
    """
    A transaction on one account; who changes it at the same time waits, whichever machine he is on.

    Raises:
        UnknownAccount: Nobody has that client id.
    """
    # PostgreSQL cannot even be asked for a text with that character.
    if "\x00" in client_id:
        raise UnknownAccount(client_id)
    with database.write() as connection:
        if connection.execute(BUMP, {"of_client": client_id}).one_or_none() is None:
            raise UnknownAccount(client_id)
        yield connection


def invalidate(database: Database, client_id: str) -> None:
    """Make everybody look again at an account whose counted things have run out."""
    database.fetch_one(BUMP, of_client=client_id)
