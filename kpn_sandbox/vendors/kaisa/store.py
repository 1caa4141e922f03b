"""The customers that an account added or changed, beside those whom its center has anyway."""

import json
from collections.abc import Mapping

from sqlalchemy import Connection, delete, func, insert, select

from kpn_sandbox.storage import Database
from kpn_sandbox.storage.tables import kaisa_customers
from kpn_sandbox.tenants.transactions import account_transaction

FIRST_ADDED = 900_000
"""The id of the first customer that an account adds; the center's own have lower ones."""

Fields = dict[str, str]

_ROW = kaisa_customers.c


class CustomerStore:
    """The directories in a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def entries(self, client_id: str) -> dict[int, Fields]:
        """What an account changed, by customer id; the oldest id first."""
        query = select(_ROW.customer_id, _ROW.fields).where(_ROW.client_id == client_id).order_by(_ROW.customer_id)
        with self._database.read() as connection:
            return {row.customer_id: json.loads(row.fields) for row in connection.execute(query)}

    def add(self, client_id: str, fields: Mapping[str, str]) -> int:
        """
        Add a customer.

        Returns:
            The customer's id.

        Raises:
            UnknownAccount: Nobody has that client id.
        """
        with account_transaction(self._database, client_id) as connection:
            highest = connection.scalar(select(func.max(_ROW.customer_id)).where(_ROW.client_id == client_id))
            customer_id = max(FIRST_ADDED, (highest or 0) + 1)
            _write(connection, client_id, customer_id, dict(fields))
        return customer_id

    def change(self, client_id: str, customer_id: int, fields: Mapping[str, str]) -> None:
        """
        Change fields of a customer, whoever knows of him.

        Raises:
            UnknownAccount: Nobody has that client id.
        """
        this = (_ROW.client_id == client_id, _ROW.customer_id == customer_id)
        with account_transaction(self._database, client_id) as connection:
            known = connection.scalar(select(_ROW.fields).where(*this))
            connection.execute(delete(kaisa_customers).where(*this))
            _write(connection, client_id, customer_id, {**json.loads(known or "{}"), **fields})


def _write(connection: Connection, client_id: str, customer_id: int, fields: Fields) -> None:
    values = {"client_id": client_id, "customer_id": customer_id, "fields": json.dumps(fields)}
    connection.execute(insert(kaisa_customers).values(values))
