"""
Did anybody write since I last looked? Asked once per request, so it must cost next to nothing.

Two answers, one per kind of database, with the same three methods.
"""

import sqlite3
import threading
from typing import Protocol

from sqlalchemy import Connection, Engine, insert, select, update

from .tables import changes


class Changes(Protocol):
    """Counts the writes of all threads, processes and machines on one database."""

    def generation(self) -> int:
        """A number that differs from the last answer whenever something was committed since."""

    def note(self, connection: Connection) -> None:
        """Take part in a transaction that writes."""

    def forget(self) -> None:
        """Let go of what must not cross a fork."""


class FileChanges:
    """
    Asks SQLite itself: `PRAGMA data_version` changes when another connection has committed.

    The one connection that asks never writes, so every commit is another's; two microseconds, no lock on the file.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._version = -1
        self._generation = 0

    def generation(self) -> int:
        """A number that grows whenever something was committed since."""
        with self._lock:
            if self._connection is None:
                self._connection = sqlite3.connect(self._path, check_same_thread=False, isolation_level=None)
                self._version = -1
            version = self._connection.execute("PRAGMA data_version").fetchone()[0]
            if version != self._version:
                self._version = version
                self._generation += 1
            return self._generation

    def note(self, connection: Connection) -> None:
        """Nothing to do: SQLite counts by itself."""

    def forget(self) -> None:
        """Close the connection; the next question opens a new one."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
            self._connection = None


class CountedChanges:
    """Keeps a count in a row, for databases that have no cheaper answer."""

    NAME = "writes"

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def prepare(self, connection: Connection) -> None:
        """Make the row if there is none."""
        if connection.scalar(select(changes.c.count)) is None:
            connection.execute(insert(changes).values(name=self.NAME, count=0))

    def generation(self) -> int:
        """The count itself."""
        with self._engine.connect() as connection:
            return int(connection.scalar(select(changes.c.count)) or 0)

    def note(self, connection: Connection) -> None:
        """Count this transaction."""
        connection.execute(update(changes).values(count=changes.c.count + 1))

    def forget(self) -> None:
        """Nothing to do: the engine holds the connections."""
