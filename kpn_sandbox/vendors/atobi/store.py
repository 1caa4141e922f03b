"""The inbox: figures that accounts sent in, which the control API shows to them."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Column, Connection, Float, Index, Row, Table, Text, delete, insert, select

from kpn_sandbox.storage import Database
from kpn_sandbox.storage.tables import RESET_LAYER, client_id_column, metadata, serial_column
from kpn_sandbox.tenants.clock import exact_instant
from kpn_sandbox.tenants.transactions import account_transaction

CHUNK = 500
"""Records per statement: databases limit the parameters of one statement."""

inbox = Table(
    "inbox",
    metadata,
    serial_column(),
    client_id_column(),
    Column("type", Text),
    Column("context", Text),
    Column("kpi", Text),
    Column("element_id", Text),
    Column("received_at", Float, nullable=False),
    Column("body", Text, nullable=False),
    Index("inbox_by_account", "client_id"),
    Index("inbox_by_element", "client_id", "type", "context", "element_id"),
    info={RESET_LAYER: "inbox"},
)
"""One row per record that an account sent in; the body is JSON."""

_ROW = inbox.c


@dataclass(frozen=True)
class Record:
    """
    One record that was received.

    Args:
        received_at: The account's instant, in epoch seconds.
        type: Type of the record, None without one.
        context: Context of the record, None without one.
        kpi: The figure that it is about, None without one.
        element_id: The sender's id of the record, None without one.
        body: The whole record, as JSON values.
    """

    received_at: float
    type: str | None
    context: str | None
    kpi: str | None
    element_id: str | None
    body: Any


def identity(record: Record) -> tuple[str | None, ...]:
    """Return what a later record must have in common with a record to replace it."""
    return record.type, record.context, record.element_id


class Received(NamedTuple):
    """How many of several received records are new, and how many replaced one."""

    created: int
    updated: int


class Inbox:
    """The inboxes of all accounts of a database; changing that of an unknown account raises UnknownAccount."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def receive(self, client_id: str, records: Sequence[Record]) -> Received:
        """
        Store records, all or none; one whose type, context and element id are stored already replaces that one.

        Args:
            client_id: The account.
            records: Records of one type and one context, each with an element id of its own.
        """
        with account_transaction(self._database, client_id) as connection:
            updated = sum(_delete(connection, client_id, chunk) for chunk in _chunks(records))
            for chunk in _chunks(records):
                connection.execute(insert(inbox), [_values(client_id, record) for record in chunk])
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
        Return the records of an account, the newest last.

        Args:
            client_id: The account.
            type: Only records of this type.
            context: Only records in this context.
            kpi: Only records about this figure.
            since: Only records received at this instant of the account or later.
        """
        wanted = {"client_id": client_id, "type": type, "context": context, "kpi": kpi}
        conditions = [_ROW[name] == value for name, value in wanted.items() if value is not None]
        if since is not None:
            conditions.append(_ROW.received_at >= since)
        with self._database.read() as connection:
            rows = connection.execute(select(inbox).where(*conditions).order_by(_ROW.serial)).all()
        return tuple(map(_record, rows))


def read_records(connection: Connection, client_id: str) -> list[dict[str, Any]]:
    """
    Return the inbox of an account as a snapshot has it, the newest record last.

    Args:
        connection, client_id: A connection to the database, and the account.
    """
    rows = connection.execute(select(inbox).where(_ROW.client_id == client_id).order_by(_ROW.serial))
    found = map(_record, rows)
    return [{"received_at": exact_instant(each.received_at), "record": each.body} for each in found]


def write_records(connection: Connection, client_id: str, records: Sequence[Record]) -> None:
    """
    Store the records of a snapshot in place of the whole inbox of an account.

    Args:
        connection, client_id, records: A transaction on the account, the account, and the records, the newest last.
    """
    connection.execute(delete(inbox).where(_ROW.client_id == client_id))
    for chunk in _chunks(records):
        connection.execute(insert(inbox), [_values(client_id, record) for record in chunk])


def _chunks(records: Sequence[Record]) -> Iterator[Sequence[Record]]:
    return (records[start : start + CHUNK] for start in range(0, len(records), CHUNK))


def _delete(connection: Connection, client_id: str, records: Sequence[Record]) -> int:
    replaced = (
        _ROW.client_id == client_id,
        _ROW.type == records[0].type,
        _ROW.context == records[0].context,
        _ROW.element_id.in_([record.element_id for record in records]),
    )
    return connection.execute(delete(inbox).where(*replaced)).rowcount


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
