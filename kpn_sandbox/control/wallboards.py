"""Wallboards: screens that the users of an account have stored with it."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from sqlalchemy import Row, delete, insert, select, update

from kpn_sandbox.control.changes import changing
from kpn_sandbox.storage import Database
from kpn_sandbox.storage.tables import wallboards

MOST_WALLBOARDS = 100
"""Of one account; the oldest go first."""

_ROW = wallboards.c


class UnknownWallboard(Exception):
    """No wallboard has that id."""

    def __init__(self, wallboard: str) -> None:
        super().__init__(f"wallboard {wallboard} not found")


@dataclass(frozen=True)
class Wallboard:
    """A stored screen; what its configuration means is for who stored it."""

    id: str
    name: str
    is_global: bool
    config: Any


class Wallboards:
    """The wallboards in a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list(self, client_id: str) -> tuple[Wallboard, ...]:
        """All of an account, the oldest first."""
        with self._database.read() as connection:
            rows = connection.execute(select(wallboards).where(_ROW.client_id == client_id).order_by(_ROW.serial))
            return tuple(map(_wallboard, rows))

    def show(self, client_id: str, wallboard: str) -> Wallboard:
        """
        One of them.

        Raises:
            UnknownWallboard: There is none of that id.
        """
        for each in self.list(client_id):
            if each.id == wallboard:
                return each
        raise UnknownWallboard(wallboard)

    def add(self, client_id: str, name: str, is_global: bool, config: Any) -> Wallboard:
        """
        Store one.

        Raises:
            UnknownAccount: Nobody has that client id.
        """
        made = Wallboard(str(uuid4()).upper(), name, is_global, config)
        with changing(self._database, client_id) as connection:
            connection.execute(insert(wallboards).values(client_id=client_id, **_columns(made)))
            kept = select(_ROW.serial).where(_ROW.client_id == client_id).order_by(_ROW.serial.desc())
            oldest = connection.scalar(kept.offset(MOST_WALLBOARDS).limit(1))
            if oldest is not None:
                connection.execute(delete(wallboards).where(_ROW.client_id == client_id, _ROW.serial <= oldest))
        return made

    def change(self, client_id: str, changed: Wallboard) -> None:
        """
        Store one in place of that of the same id.

        Raises:
            UnknownWallboard: There is none of that id.
        """
        with changing(self._database, client_id) as connection:
            where = update(wallboards).where(_ROW.client_id == client_id, _ROW.id == changed.id)
            if not connection.execute(where.values(**_columns(changed))).rowcount:
                raise UnknownWallboard(changed.id)

    def remove(self, client_id: str, wallboard: str) -> None:
        """
        Forget one.

        Raises:
            UnknownWallboard: There is none of that id.
        """
        self.show(client_id, wallboard)
        with changing(self._database, client_id) as connection:
            connection.execute(delete(wallboards).where(_ROW.client_id == client_id, _ROW.id == wallboard))


def _columns(wallboard: Wallboard) -> dict[str, Any]:
    config = json.dumps(wallboard.config)
    return {**vars(wallboard), "is_global": int(wallboard.is_global), "config": config}


def _wallboard(row: Row[Any]) -> Wallboard:
    return Wallboard(row.id, row.name, bool(row.is_global), json.loads(row.config))
