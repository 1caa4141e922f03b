"""One database: opened, checked, read and written."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, Executable, Table, create_engine, event, func, select, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.schema import CreateIndex, CreateTable

from kpn_sandbox.storage.errors import StorageError
from kpn_sandbox.storage.prepared_statements import PreparedStatements, Row, pauses
from kpn_sandbox.storage.tables import accounts, metadata

BUSY_SECONDS = 5.0


class Database:
    """
    Where accounts and all that belongs to them are kept.

    Args:
        url: A SQLAlchemy URL, `sqlite:///file` or `postgresql+psycopg://...`.
        busy_seconds: How long a writer waits for another one who holds a file.

    Raises:
        StorageError: The database cannot be opened or its tables cannot be made.
    """

    def __init__(self, url: str, *, busy_seconds: float = BUSY_SECONDS) -> None:
        self.url = _parsed(url)
        self._file = self.url.get_backend_name() == "sqlite"
        self._busy_seconds = busy_seconds
        self._engine = _engine(self.url, busy_seconds)
        # A reader is to see one moment; SQLite has no other way.
        self._reader = self._engine if self._file else self._engine.execution_options(isolation_level="REPEATABLE READ")
        self._statements = PreparedStatements(
            self._engine.dialect, self._connected, tuple(pauses(busy_seconds)) if self._file else ()
        )
        self._prepare()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection for reading, which sees everything as it was at one moment."""
        with self._translated(), self._reader.connect() as connection:
            if self._file:
                connection.exec_driver_sql("BEGIN")
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction, committed at the end."""
        with self._translated(), self._engine.begin() as connection:
            if self._file:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield connection

    def fetch_one(self, statement: Executable, **values: Any) -> Row | None:
        """
        Make one statement, quickly and in a transaction of its own.

        Args:
            statement: Written once, not per call: it is remembered.
            values: The values of its parameters.

        Returns:
            The first row that it gives, None when it gives none.

        Raises:
            IntegrityError: The row cannot stand beside the others.
            StorageError: The database cannot be used.
        """
        try:
            return self._statements.fetch_one(statement, **values)
        except IntegrityError:
            raise
        except Exception as error:
            raise self._refusal(error) from error

    def insert(self, table: Table) -> Any:
        """An insert in this database's own dialect, which knows what to do about a row that is there already."""
        # Each dialect takes time to import, and the one at hand is there already.
        if self._file:
            from sqlalchemy.dialects.sqlite import insert as insert_into_file

            return insert_into_file(table)
        from sqlalchemy.dialects.postgresql import insert

        return insert(table)

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
        self._statements.forget()

    def close(self) -> None:
        """Let go of all connections; the next use opens new ones."""
        self._engine.dispose()
        self._statements.close()

    def _connected(self) -> Any:
        arguments, options = self._engine.dialect.create_connect_args(self.url)
        options.update(_patience(self.url, self._busy_seconds))
        connection: Any = self._engine.dialect.connect(*arguments, **options)
        if self._file:
            _set_up(connection, None)
            connection.execute("PRAGMA busy_timeout=0")
        else:
            connection.autocommit = True
        return connection

    def _prepare(self) -> None:
        try:
            with self._translated():
                try:
                    self._create_tables()
                except DBAPIError:
                    # Two starts at the same moment may both find no table; the second then finds them all.
                    self._create_tables()
            self.fetch_one(select(*accounts.c).limit(0))
        except StorageError:
            if not self._holds_accounts():
                raise
            shown = self.url.render_as_string()
            raise StorageError(f"database {shown} was made by another version: name another one or remove it") from None

    def _holds_accounts(self) -> bool:
        try:
            return self.fetch_one(select(func.count()).select_from(accounts)) is not None
        except StorageError:
            return False

    def _create_tables(self) -> None:
        with self._engine.begin() as connection:
            if self._file:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            for table in metadata.sorted_tables:
                connection.execute(CreateTable(table, if_not_exists=True))
                for index in table.indexes:
                    connection.execute(CreateIndex(index, if_not_exists=True))

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except IntegrityError:
            raise
        except (SQLAlchemyError, sqlite3.Error, OSError) as error:
            raise self._refusal(error) from error

    def _refusal(self, error: Exception) -> StorageError:
        reason = str(getattr(error, "orig", None) or error).strip().splitlines() or [type(error).__name__]
        return StorageError(f"database {self.url.render_as_string()} cannot be used: {reason[0]}")


def _parsed(text_url: str) -> URL:
    try:
        url = make_url(text_url)
    except ArgumentError:
        raise StorageError(f"database URL must be like sqlite:////srv/sandbox.db, not {text_url!r}") from None
    if url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:"):
        raise StorageError("database URL must name a file, like sqlite:////srv/sandbox.db: workers share it")
    return url


def _engine(url: URL, busy_seconds: float) -> Engine:
    patience = _patience(url, busy_seconds)
    try:
        if url.get_backend_name() != "sqlite":
            return create_engine(url, pool_pre_ping=True, connect_args=patience)
        engine = create_engine(url, connect_args=patience, max_overflow=-1)
    except (SQLAlchemyError, ImportError) as error:
        raise StorageError(f"database {url.render_as_string()} cannot be used: {error}") from None
    event.listen(engine, "connect", _set_up)
    return engine


def _patience(url: URL, busy_seconds: float) -> dict[str, Any]:
    """How long the driver waits, unless the URL says it."""
    if url.get_backend_name() == "sqlite":
        return {"timeout": busy_seconds}
    wanted = {"connect_timeout": max(2, round(busy_seconds)), "options": f"-c lock_timeout={busy_seconds:.3f}s"}
    return {name: value for name, value in wanted.items() if name not in url.query}


def _set_up(connection: Any, record: Any) -> None:
    # Transactions begin where we say so, not where the driver guesses.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()
