"""
Pins: fields of one object that a tester has fixed, laid over what the center tells.

Keeping pins, and counting the answers that show them.
"""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from kpn_sandbox.literals import OBJECT_KINDS, ObjectKind
from kpn_sandbox.storage import Database, tables
from kpn_sandbox.tenants.clock import instant
from kpn_sandbox.tenants.errors import InvalidSetting, UnknownPin
from kpn_sandbox.tenants.secrets import random_text
from kpn_sandbox.tenants.transactions import account_transaction, invalidate
from kpn_sandbox.validation import whole_number

"""What can be pinned."""


@dataclass(frozen=True)
class Pin:
    """
    Fixed fields of one object.

    Args:
        kind: One of `OBJECT_KINDS`.
        key: The number of the object, as it stands in the path of its resource.
        fields: Values by their names on the wire.
        expires_at: The instant of the account from which it no longer holds; None holds for ever.
        reads_left: How many more answers show it; None shows it in all.
        mark: Another whenever the pin is set anew.
    """

    kind: ObjectKind
    key: str
    fields: dict[str, Any]
    expires_at: float | None = None
    reads_left: int | None = None
    mark: str = ""

    def holds(self, at: float) -> bool:
        """Whether it has not expired at an instant."""
        return self.expires_at is None or at < self.expires_at


MOST_READS = 1_000_000
_READS = whole_number(1, MOST_READS)
_ROW = tables.pins.c
_OF_ACCOUNT = (
    select(tables.pins)
    .where(_ROW.client_id == bindparam("client_id"), (_ROW.reads_left > 0) | _ROW.reads_left.is_(None))
    .order_by(_ROW.kind, _ROW.key)
)
_TAKE = (
    update(tables.pins)
    .where(_ROW.client_id == bindparam("of_client"), _ROW.kind == bindparam("of_kind"), _ROW.key == bindparam("of_key"))
    .where(_ROW.mark == bindparam("of_mark"), _ROW.reads_left > 0)
    .values(reads_left=_ROW.reads_left - 1)
    .returning(_ROW.reads_left)
)


class Pins:
    """The pins in a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(
        self,
        client_id: str,
        kind: str,
        key: str,
        fields: dict[str, Any],
        *,
        expires_at: float | None = None,
        reads: int | None = None,
    ) -> Pin:
        """
        Fix fields of an object, in place of what was fixed of it before.

        Args:
            client_id: Whose.
            kind: One of `OBJECT_KINDS`.
            key: The number of the object, which must exist.
            fields: Values by their names on the wire, already checked.
            expires_at: The instant of the account at which it ends.
            reads: The number of answers that show it.

        Raises:
            UnknownAccount: Nobody has that client id.
            InvalidSetting: The kind or the number of reads is not what it may be.
            InstantOutOfRange: It would end before 2000 or after 2100.
        """
        if kind not in OBJECT_KINDS:
            raise InvalidSetting("kind", kind, f"one of {', '.join(OBJECT_KINDS)}")
        if reads is not None:
            _READS("reads", reads, InvalidSetting)
        if expires_at is not None:
            instant(expires_at)
        pin = Pin(kind, key, fields, expires_at, reads, random_text(16))
        with account_transaction(self._database, client_id) as connection:
            connection.execute(delete(tables.pins).where(*_at(client_id, kind, key)))
            connection.execute(insert(tables.pins).values(client_id=client_id, **_columns(pin)))
        return pin

    def list(self, client_id: str, at: float) -> tuple[Pin, ...]:
        """The pins of an account that hold at an instant and have reads left."""
        with self._database.read() as connection:
            return tuple(pin for pin in pins_of(connection, client_id) if pin.holds(at))

    def show(self, client_id: str, kind: str, key: str, at: float) -> Pin:
        """
        The pin of one object.

        Raises:
            UnknownPin: Nothing is pinned there.
        """
        for pin in self.list(client_id, at):
            if (pin.kind, pin.key) == (kind, key):
                return pin
        raise UnknownPin(kind, key)

    def remove(self, client_id: str, kind: str | None = None, key: str | None = None) -> int:
        """
        Take pins away: all, those of a kind, or that of one object.

        Returns:
            How many there were, used up ones included.

        Raises:
            UnknownAccount: Nobody has that client id.
        """
        # A key with characters that no object has is not asked for: PostgreSQL would refuse some of them.
        if key is not None and not (key.isascii() and key.isprintable()):
            return 0
        with account_transaction(self._database, client_id) as connection:
            return connection.execute(delete(tables.pins).where(*_at(client_id, kind, key))).rowcount

    def read(self, client_id: str, pins: Iterable[Pin], *, keys: Collection[str] | None, at: float) -> tuple[Pin, ...]:
        """
        The pins that one answer shows; those with a number of reads lose one.

        Args:
            client_id: The account.
            pins: Its pins on the kind of objects that the answer shows.
            keys: The numbers of the objects that the answer shows; None shows all.
            at: The instant of the answer.
        """
        shown = (pin for pin in pins if (keys is None or pin.key in keys) and pin.holds(at))
        return tuple(pin for pin in shown if pin.reads_left is None or self._takes(client_id, pin))

    def _takes(self, client_id: str, pin: Pin) -> bool:
        left = self._database.fetch_one(_TAKE, of_client=client_id, of_kind=pin.kind, of_key=pin.key, of_mark=pin.mark)
        if left == (0,):
            invalidate(self._database, client_id)
        return left is not None


def pins_of(connection: Connection, client_id: str) -> tuple[Pin, ...]:
    """The pins of an account that have reads left, expired ones included."""
    return tuple(map(_pin, connection.execute(_OF_ACCOUNT, {"client_id": client_id})))


def _at(client_id: str, kind: str | None, key: str | None) -> list[Any]:
    given = ((_ROW.client_id, client_id), (_ROW.kind, kind), (_ROW.key, key))
    return [column == value for column, value in given if value is not None]


def _columns(pin: Pin) -> dict[str, Any]:
    return {**vars(pin), "fields": json.dumps(pin.fields)}


def _pin(row: Row[Any]) -> Pin:
    return Pin(row.kind, row.key, json.loads(row.fields), row.expires_at, row.reads_left, row.mark)
