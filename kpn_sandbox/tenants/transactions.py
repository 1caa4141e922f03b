"""
Transactions on one account: one writer at a time, noticed by every worker at its next request.

Workers cache an account under its version, and read the version at each request; so a change is a transaction that
raises the version first, which also locks the account's row.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, bindparam, update

from kpn_sandbox.storage import Database
from kpn_sandbox.storage.tables import accounts
from kpn_sandbox.tenants.errors import UnknownAccount

_RAISE_VERSION = (
    update(accounts)
    .where(accounts.c.client_id == bindparam("of_client"))
    .values(version=accounts.c.version + 1)
    .returning(accounts.c.version)
)


@contextmanager
def account_transaction(database: Database, client_id: str) -> Iterator[Connection]:
    """
    Open a transaction on one account; another writer of the account waits, whichever machine it runs on.

    Args:
        database, client_id: The database, and the account.

    Raises:
        UnknownAccount: There is no such account.
        StorageError: The database cannot be used.
    """
    # PostgreSQL refuses even a query for a text with that character.
    if "\x00" in client_id:
        raise UnknownAccount(client_id)
    with database.write() as connection:
        if connection.execute(_RAISE_VERSION, {"of_client": client_id}).one_or_none() is None:
            raise UnknownAccount(client_id)
        yield connection


def invalidate(database: Database, client_id: str) -> None:
    """
    Make every worker read an account again, because something of it that is counted has been used up.

    Args:
        database, client_id: The database, and the account; nothing happens when there is none.
    """
    database.fetch_one(_RAISE_VERSION, of_client=client_id)
