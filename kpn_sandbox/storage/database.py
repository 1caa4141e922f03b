"""One database: opened, checked, read and written."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.schema import CreateIndex, CreateTable

from .changes import Changes, CountedChanges, FileChanges
from .errors import StorageError
from .tables import metadata

BUSY_SECONDS = 30
"""How long a writer waits for another one."""


class Database:
    """
    Where accounts and tokens are kept.

    Args:
        url: A SQLAlchemy URL, `sqlite:///file` or `postgresql+psycopg://...`.

    Raises:
        StorageError: The database cannot be opened or its tables cannot be made.
    """

    def __init__(self, url: str) -> None:
        self.url = _parsed(url)
        self._engine = _engine(self.url)
        self._changes = self._prepared()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection for reading."""
        with self._translated(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """
        A transaction, committed at the end.

        Begin it with a statement that writes: SQLite then waits for its turn, while it refuses a read that becomes a
        write.
        """
        with self._translated(), self._engine.begin() as connection:
            yield connection
            self._changes.note(connection)

    def generation(self) -> int:
        """A number that differs from the last answer when anybody has written since."""
        with self._translated():
            return self._changes.generation()

    def check(self) -> None:
        """
        Ask something simple.

        Raises:
            StorageError: No answer.
        """
        with self.read() as connection:
            connection.execute(text("SELECT COUNT(*) FROM kept"))

    def renew(self) -> None:
        """Forget the connections of the parent process; called in a worker after the fork."""
        self._engine.dispose(close=False)
        self._changes.forget()

    def close(self) -> None:
        """Let go of all connections; the next use opens new ones."""
        self._engine.dispose()
        self._changes.forget()

    def _prepared(self) -> Changes:
        with self._translated():
            try:
                _create_tables(self._engine)
            except DBAPIError:
                # Two starts at the same moment may both find no table; the second then finds them all.
                _create_tables(self._engine)
            if self.url.get_backend_name() == "sqlite":
                return FileChanges(str(self.url.database))
            changes = CountedChanges(self._engine)
            with suppress(IntegrityError), self._engine.begin() as connection:
                changes.prepare(connection)
            return changes

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except IntegrityError:
            raise
        except (SQLAlchemyError, sqlite3.Error, OSError) as error:
            reason = str(getattr(error, "orig", None) or error).strip().splitlines() or [type(error).__name__]
            raise StorageError(f"database {self.url.render_as_string()} cannot be used: {reason[0]}") from error


def _parsed(text_url: str) -> URL:
    try:
        url = make_url(text_url)
    except ArgumentError:
        raise StorageError(f"database URL must be like sqlite:////srv/sandbox.db, not {text_url!r}") from None
    if url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:"):
        raise StorageError("database URL must name a file, like sqlite:////srv/sandbox.db: workers share it")
    return url


def _engine(url: URL) -> Engine:
    try:
        if url.get_backend_name() != "sqlite":
            return create_engine(url, pool_pre_ping=True)
        engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS})
    except (SQLAlchemyError, ImportError) as error:
        raise StorageError(f"database {url.render_as_string()} cannot be used: {error}") from None
    event.listen(engine, "connect", _set_up)
    return engine


def _set_up(connection: Any, record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _create_tables(engine: Engine) -> None:
    with engine.begin() as connection:
        for table in metadata.sorted_tables:
            connection.execute(CreateTable(table, if_not_exists=True))
            for index in table.indexes:
                connection.execute(CreateIndex(index, if_not_exists=True))
