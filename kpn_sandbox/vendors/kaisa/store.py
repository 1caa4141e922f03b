"""Customers that an account added or changed through the API, beside those that its center has anyway."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, Table, Text, delete, func, insert, select

from kpn_sandbox.storage import Database
from kpn_sandbox.storage.tables import RESET_LAYER, client_id_column, metadata
from kpn_sandbox.tenants.transactions import account_transaction

FIRST_ADDED = 900_000_000
"""The id of the first customer that an account adds; those of the center have lower ones."""

Fields = dict[str, str]
"""Fields of a customer, by name."""

kaisa_customers = Table(
    "kaisa_customers",
    metadata,
    client_id_column(primary_key=True),
    Column("customer_id", BigInteger, primary_key=True, autoincrement=False),
    Column("fields", Text, nullable=False),
    info={RESET_LAYER: "inbox"},
)
"""Fields of customers that an account changed or added, as JSON."""

_ROW = kaisa_customers.c


class CustomerStore:
    """The added and changed customers of all accounts; changing those of an unknown account raises UnknownAccount."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def entries(self, client_id: str) -> dict[int, Fields]:
        """Return the fields that an account added or changed, by customer id in ascending order."""
        with self._database.read() as connection:
            return {each["customer_id"]: each["fields"] for each in read_customers(connection, client_id)}

    def add(self, client_id: str, fields: Mapping[str, str]) -> int:
        """
        Add a customer and return its id.

        Args:
            client_id: The account.
            fields: The customer's fields, by name.
        """
        with account_transaction(self._database, client_id) as connection:
            # The transaction locks the account, so no other worker can take the same id.
            highest = connection.scalar(select(func.max(_ROW.customer_id)).where(_ROW.client_id == client_id))
            customer_id = max(FIRST_ADDED, (highest or 0) + 1)
            _write(connection, client_id, customer_id, dict(fields))
        return customer_id

    def change(self, client_id: str, customer_id: int, fields: Mapping[str, str]) -> None:
        """
        Change fields of a customer, whether the account added it or the center has it.

        Args:
            client_id: The account.
            customer_id: The customer.
            fields: The new fields, by name; all others stay.
        """
        this = (_ROW.client_id == client_id, _ROW.customer_id == customer_id)
        with account_transaction(self._database, client_id) as connection:
            stored = connection.scalar(select(_ROW.fields).where(*this))
            connection.execute(delete(kaisa_customers).where(*this))
            _write(connection, client_id, customer_id, {**json.loads(stored or "{}"), **fields})


def read_customers(connection: Connection, client_id: str) -> list[dict[str, Any]]:
    """
    Return the customers that an account added or changed, as a snapshot has them.

    Args:
        connection, client_id: A connection to the database, and the account.
    """
    query = select(_ROW.customer_id, _ROW.fields).where(_ROW.client_id == client_id).order_by(_ROW.customer_id)
    return [{"customer_id": row.customer_id, "fields": json.loads(row.fields)} for row in connection.execute(query)]


def write_customers(connection: Connection, client_id: str, customers: Sequence[dict[str, Any]]) -> None:
    """
    Store the customers of a snapshot in place of all that an account added or changed.

    Args:
        connection, client_id, customers: A transaction on the account, the account, and customers with different ids.
    """
    connection.execute(delete(kaisa_customers).where(_ROW.client_id == client_id))
    for customer in customers:
        _write(connection, client_id, **customer)


def _write(connection: Connection, client_id: str, customer_id: int, fields: Fields) -> None:
    values = {"client_id": client_id, "customer_id": customer_id, "fields": json.dumps(fields)}
    connection.execute(insert(kaisa_customers).values(values))
