"""The inbox: what an account sent in for others to read."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, delete, insert, select

from kpn_sandbox.storage import Database
from kpn_sandbox.storage.tables import inbox
from kpn_sandbox.tenants.transactions import account_transaction

PIECE = 500
"""Records that one statement is about."""

_ROW = inbox.c


@dataclass(frozen=True)
class Record:
    """
    One thing that was received.

    Args:
        received_at: The account's instant.
        body: All of it, as JSON values.
    """

    received_at: float
    type: str | None
    context: str | None
    kpi: str | None
    element_id: str | None
    body: Any


class Received(NamedTuple):
    """What became of records that were received."""

    created: int
    updated: int


class Inbox:
    """The inboxes in a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def receive(self, client_id: str, records: Sequence[Record]) -> Received:
        """
        Take records in, all or none; one whose type, context and element id are known takes the other's place.

        Args:
            client_id: Whose they are.
            records: Of one type and one context, each with an element id of its own.

        Returns:
            How many are new and how many are not.

        Raises:
            UnknownAccount: Nobody has that client id.
        """
        with account_transaction(self._database, client_id) as connection:
            updated = sum(_forget(connection, client_id, piece) for piece in _pieces(records))
            for piece in _pieces(records):
                connection.execute(insert(inbox), [_values(client_id, record) for record in piece])
        return Received(len(records) - updated, updated)

    def list(
        self,
        client_id: str,
        *,
        type: str | None = None,
        context: str | None = None,
        kpi: str | None = None,
        since: float | None = None,
    ) -> tuple[Record, ...]:
        """
        What an account sent in, the newest last.

        Args:
            client_id: Whose.
            type: Only that of a type.
            context: Only that in a context.
            kpi: Only that about a figure.
            since: Only that from an instant of the account on.
        """
        wanted = {"client_id": client_id, "type": type, "context": context, "kpi": kpi}
        conditions = [_ROW[name] == value for name, value in wanted.items() if value is not None]
        if since is not None:
            conditions.append(_ROW.received_at >= since)
        with self._database.read() as connection:
            rows = connection.execute(select(inbox).where(*conditions).order_by(_ROW.serial)).all()
        return tuple(map(_record, rows))


def _pieces(records: Sequence[Record]) -> Iterator[Sequence[Record]]:
    return (records[start : start + PIECE] for start in range(0, len(records), PIECE))


def _forget(connection: Connection, client_id: str, records: Sequence[Record]) -> int:
    which = (
        _ROW.client_id == client_id,
        _ROW.type == records[0].type,
        _ROW.context == records[0].context,
        _ROW.element_id.in_([record.element_id for record in records]),
    )
    return connection.execute(delete(inbox).where(*which)).rowcount


def _values(client_id: str, record: Record) -> dict[str, Any]:
    return {
        "client_id": client_id,
        "type": record.type,
        "context": record.context,
        "kpi": record.kpi,
        "element_id": record.element_id,
        "received_at": record.received_at,
        "body": json.dumps(record.body),
    }


def _record(row: Row[Any]) -> Record:
    return Record(row.received_at, row.type, row.context, row.kpi, row.element_id, json.loads(row.body))
