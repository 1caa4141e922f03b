"""
Pins: fields of one object that a tester has fixed, laid over the facts of the center; and their store.

A pin may be limited to a number of reads, which all workers count down together.
"""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from sqlalchemy import Connection, Executable, Row, bindparam, delete, insert, select, update

from kpn_sandbox.literals import MOST_REQUESTS, OBJECT_KINDS, ObjectKind
from kpn_sandbox.storage import Database, tables
from kpn_sandbox.tenants.clock import instant
from kpn_sandbox.tenants.errors import InvalidSetting, UnknownPin
from kpn_sandbox.tenants.secrets import random_text
from kpn_sandbox.tenants.transactions import account_transaction, invalidate
from kpn_sandbox.validation import choice, whole_number

_KIND = choice(*OBJECT_KINDS)
_READS = whole_number(1, MOST_REQUESTS)
_ROW = tables.pins.c
PINS_IN_ORDER = (
    select(tables.pins).where((_ROW.reads_left > 0) | _ROW.reads_left.is_(None)).order_by(_ROW.kind, _ROW.key)
)
"""Query of the pins that some response may still show."""

_OF_ACCOUNT = PINS_IN_ORDER.where(_ROW.client_id == bindparam("client_id"))
_REPLACED = delete(tables.pins).where(
    _ROW.client_id == bindparam("of_client"), _ROW.kind == bindparam("of_kind"), _ROW.key == bindparam("of_key")
)
_INSERT = insert(tables.pins)


@cache
def _take(size: int) -> Executable:
    """Return the statement that counts a read of each pin with one of so many marks."""
    # The mark keeps a read of a pin from counting for the pin that has replaced it meanwhile.
    return (
        update(tables.pins)
        .where(_ROW.client_id == bindparam("of_client"), _ROW.reads_left > 0)
        .where(_ROW.mark.in_([bindparam(f"mark_{number}") for number in range(size)]))
        .values(reads_left=_ROW.reads_left - 1)
        .returning(_ROW.mark, _ROW.reads_left)
    )


@dataclass(frozen=True)
class Pin:
    """
    The pinned fields of one object.

    Args:
        kind: One of `OBJECT_KINDS`.
        key: Number of the object, as in the path of its resource.
        fields: Values by their names in the API.
        expires_at: The account's instant from which the pin no longer holds; None if it does not expire.
        reads_left: Number of responses that it still appears in, up to 1,000,000; None for all.
        mark: Random; changes whenever the pin is set anew.

    Raises:
        InvalidSetting: The kind or the number of reads is not allowed.
        InstantOutOfRange: The pin would expire before 2000 or after 2100.
    """

    kind: ObjectKind
    key: str
    fields: dict[str, Any]
    expires_at: float | None = None
    reads_left: int | None = None
    mark: str = ""

    def __post_init__(self) -> None:
        _KIND("kind", self.kind, InvalidSetting)
        if self.reads_left is not None:
            _READS("reads", self.reads_left, InvalidSetting)
        if self.expires_at is not None:
            instant(self.expires_at)

    def holds(self, at: float) -> bool:
        """Return whether the pin has not expired at an instant."""
        return self.expires_at is None or at < self.expires_at


class Pins:
    """The pins of all accounts of a database; changing those of an unknown account raises UnknownAccount."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, client_id: str, pin: Pin) -> Pin:
        """
        Pin fields of an object, in place of its pin before, and return the pin with its mark.

        Args:
            client_id, pin: The account, and a pin on an object that exists, with fields that are already checked.
        """
        pin = replace(pin, mark=random_text(16))
        with account_transaction(self._database, client_id) as connection:
            connection.execute(_REPLACED, {"of_client": client_id, "of_kind": pin.kind, "of_key": pin.key})
            connection.execute(_INSERT, {"client_id": client_id, **_columns(pin)})
        return pin

    def list(self, client_id: str, at: float) -> tuple[Pin, ...]:
        """
        Return the pins of an account that have reads left.

        Args:
            client_id, at: The account, and the instant at which they hold.
        """
        with self._database.read() as connection:
            return tuple(pin for pin in pins_of(connection, client_id) if pin.holds(at))

    def show(self, client_id: str, kind: str, key: str, at: float) -> Pin:
        """
        Return the pin of one object.

        Args:
            client_id, kind, key: The account, and the kind and the number of the object.
            at: The instant at which it holds.

        Raises:
            UnknownPin: There is none.
        """
        for pin in self.list(client_id, at):
            if (pin.kind, pin.key) == (kind, key):
                return pin
        raise UnknownPin(f"no pin on {key} of {kind}")

    def remove(self, client_id: str, kind: str | None = None, key: str | None = None) -> int:
        """
        Delete pins and return how many there were, those without reads left included.

        Args:
            client_id: The account.
            kind: Only pins on this kind of object.
            key: Only the pin on the object of this number.
        """
        # No object has such a number, and PostgreSQL refuses queries for some of these characters.
        if key is not None and not (key.isascii() and key.isprintable()):
            return 0
        with account_transaction(self._database, client_id) as connection:
            return connection.execute(delete(tables.pins).where(*_at(client_id, kind, key))).rowcount

    def read(self, client_id: str, pins: Iterable[Pin], *, keys: Collection[str] | None, at: float) -> tuple[Pin, ...]:
        """
        Return the pins that one response contains; those with a number of reads lose one.

        Args:
            client_id: The account.
            pins: Its pins on the kind of objects in the response.
            keys: Numbers of the objects in the response; None for all objects.
            at: Instant of the response.
        """
        shown = [pin for pin in pins if (keys is None or pin.key in keys) and pin.holds(at)]
        counted = [pin.mark for pin in shown if pin.reads_left is not None]
        taken = self._take(client_id, counted) if counted else ()
        return tuple(pin for pin in shown if pin.reads_left is None or pin.mark in taken)

    def _take(self, client_id: str, marks: Sequence[str]) -> Collection[str]:
        """Count a read of pins in one statement, and return the marks of those that had one left."""
        # Few sizes make few statements; the last mark stands in for those that there are too few of.
        size = 1 << (len(marks) - 1).bit_length()
        values = {f"mark_{number}": marks[min(number, len(marks) - 1)] for number in range(size)}
        left: dict[str, int] = dict(self._database.fetch_all(_take(size), of_client=client_id, **values))
        if 0 in left.values():
            invalidate(self._database, client_id)
        return left


def pins_of(connection: Connection, client_id: str) -> tuple[Pin, ...]:
    """
    Return the pins of an account that have reads left, expired ones included.

    Args:
        connection, client_id: A connection to the database, and the account.
    """
    return tuple(map(pin_of, connection.execute(_OF_ACCOUNT, {"client_id": client_id})))


def write_pins(connection: Connection, client_id: str, pins: Iterable[Pin]) -> None:
    """
    Store pins in place of all pins of an account.

    Args:
        connection, client_id, pins: A transaction on the account, the account, and at most one pin for each object.
    """
    connection.execute(delete(tables.pins).where(_ROW.client_id == client_id))
    rows = [{"client_id": client_id, **_columns(replace(pin, mark=random_text(16)))} for pin in pins]
    if rows:
        connection.execute(insert(tables.pins), rows)


def _at(client_id: str, kind: str | None, key: str | None) -> list[Any]:
    given = ((_ROW.client_id, client_id), (_ROW.kind, kind), (_ROW.key, key))
    return [column == value for column, value in given if value is not None]


def _columns(pin: Pin) -> dict[str, Any]:
    return {**vars(pin), "fields": json.dumps(pin.fields)}


def pin_of(row: Row[Any]) -> Pin:
    """Return the pin of a row of the table."""
    return Pin(row.kind, row.key, json.loads(row.fields), row.expires_at, row.reads_left, row.mark)
