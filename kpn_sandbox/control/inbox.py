"""The inbox: what an account sent in for others to read."""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select

from kpn_sandbox.storage import Database
from kpn_sandbox.storage.tables import inbox

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


class Inbox:
    """The inboxes in a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

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


def _record(row: Row[Any]) -> Record:
    return Record(row.received_at, row.type, row.context, row.kpi, row.element_id, json.loads(row.body))
