"""
One database: opened with a check of its schema, read and written.

SQLite and PostgreSQL differ in how a transaction begins, how long a writer waits and how an insert deals with a row
that exists; all of that stays in this module.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from sqlalchemy import Connection, Engine, Executable, Table, create_engine, event, func, insert, inspect, select
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.schema import CreateIndex, CreateTable

from kpn_sandbox.storage.errors import SchemaError, StorageError
from kpn_sandbox.storage.prepared_statements import PreparedStatements, Row
from kpn_sandbox.storage.tables import SCHEMA, generated_secrets, metadata, schema_version
from kpn_sandbox.storage.writer_turns import WriterTurns

BUSY_SECONDS = 5.0
"""Time for which a writer waits while another process writes to the same SQLite file."""


class Database:
    """
    The database of all accounts and what belongs to them; safe to share between threads.

    All methods raise StorageError if it cannot be used, and IntegrityError if a row contradicts another one.

    Args:
        url: A SQLAlchemy URL, `sqlite:///file` or `postgresql+psycopg://...`.
        busy_seconds: How long a writer waits for another one; more than 0.

    Raises:
        SchemaError: The database was made by another version of the sandbox.
        StorageError: The database cannot be opened or is locked.
    """

    def __init__(self, url: str, *, busy_seconds: float = BUSY_SECONDS) -> None:
        self.url = _parsed(url)
        self._is_sqlite = self.url.get_backend_name() == "sqlite"
        self._busy_seconds = busy_seconds
        self._turns = WriterTurns(busy_seconds) if self._is_sqlite else None
        self._engine = _engine(self.url, busy_seconds, self._configure)
        self._driver: Any = self._engine.dialect.loaded_dbapi
        # On PostgreSQL, all statements of a reader see the same moment only at this level; on SQLite they always do.
        self._reader = (
            self._engine if self._is_sqlite else self._engine.execution_options(isolation_level="REPEATABLE READ")
        )
        self._statements = PreparedStatements(self._engine.dialect, self._connect, self._turns)
        self._prepare()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a connection for reading, all of whose statements see the same moment."""
        with self._translated(), self._reader.connect() as connection:
            # The snapshot is taken here, where a file that is being recovered after a crash is waited for.
            self._begin(connection, "BEGIN", "SELECT 1 FROM sqlite_schema LIMIT 1")
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Open a transaction, committed at the end and rolled back after an exception."""
        with self._translated(), self._turn(), self._engine.begin() as connection:
            # IMMEDIATE takes the lock first: a reader that becomes a writer could not wait, only fail.
            self._begin(connection, "BEGIN IMMEDIATE")
            yield connection

    def fetch_one(self, statement: Executable, **values: Any) -> Row | None:
        """
        Run one statement in a transaction of its own, as `PreparedStatements.fetch_one` does.

        Args:
            statement: A statement that is built once, not per call: its compiled form is cached by identity.
            values: The values of its parameters.

        Raises:
            IntegrityError, StorageError: As for all methods.
        """
        try:
            return self._statements.fetch_one(statement, **values)
        except IntegrityError:
            raise
        except (SQLAlchemyError, self._driver.Error, OSError, UnicodeError, OverflowError) as error:
            # The last two: a value that the driver cannot send.
            raise self._error_for(error) from error

    def insert(self, table: Table) -> Any:
        """Return an insert in the dialect of this database, which has `on_conflict_do_update`."""
        # Each dialect takes time to import, and create_engine has imported the one at hand.
        if self._is_sqlite:
            from sqlalchemy.dialects.sqlite import insert as insert_into_sqlite

            return insert_into_sqlite(table)
        from sqlalchemy.dialects.postgresql import insert as insert_into_postgresql

        return insert_into_postgresql(table)

    def check(self) -> None:
        """Read something small, to find out whether the database can be used."""
        with self.read() as connection:
            connection.execute(select(func.count()).select_from(generated_secrets))

    def after_fork(self) -> None:
        """Forget the connections of the parent process without closing them; call it in the child."""
        self._engine.dispose(close=False)
        self._statements.forget()
        if self._turns is not None:
            self._turns.after_fork()

    def close(self) -> None:
        """Close all connections; the next use opens new ones."""
        self._engine.dispose()
        self._statements.close()

    def _connect(self) -> Any:
        """Open a raw connection that commits each statement by itself."""
        arguments, options = self._engine.dialect.create_connect_args(self.url)
        options.update(_timeouts(self.url, self._busy_seconds))
        connection: Any = self._engine.dialect.connect(*arguments, **options)
        if self._is_sqlite:
            self._configure(connection, None)
        else:
            connection.autocommit = True
        return connection

    def _configure(self, connection: Any, record: Any) -> None:
        """Configure a new connection to SQLite, which takes a moment of its lock."""
        assert self._turns is not None, "only SQLite is configured by statements"
        self._turns.retry(lambda: _configure_sqlite(connection))

    def _turn(self) -> AbstractContextManager[None]:
        return nullcontext() if self._turns is None else self._turns.turn()

    def _begin(self, connection: Connection, *statements: str) -> None:
        """Begin a transaction on SQLite; elsewhere the driver does."""
        if self._turns is None:
            return
        driver: Any = connection.connection.driver_connection

        def begin() -> None:
            try:
                for statement in statements:
                    driver.execute(statement).fetchall()
            except sqlite3.OperationalError:
                driver.rollback()
                raise

        self._turns.retry(begin)

    def _prepare(self) -> None:
        """Create what is missing, or refuse a database of another schema."""
        try:
            with self._translated():
                try:
                    self._create_tables()
                except DBAPIError:
                    # Two starts on an empty PostgreSQL database may both find no table and create the same ones. The
                    # second then fails when the first commits, and finds them all when it looks again. On SQLite the
                    # lock keeps them apart, so a second try would only wait for the lock once more.
                    if self._is_sqlite:
                        raise
                    self._create_tables()
        except StorageError:
            self.close()
            raise

    def _create_tables(self) -> None:
        with self._turn(), self._engine.begin() as connection:
            self._begin(connection, "BEGIN IMMEDIATE")
            present = set(inspect(connection).get_table_names())
            # Tables of others may share a PostgreSQL database; they say nothing about ours.
            if present & metadata.tables.keys():
                self._check_schema(_schema_number(connection) if schema_version.name in present else 0)
            else:
                connection.execute(CreateTable(schema_version))
                connection.execute(insert(schema_version).values(number=SCHEMA))
                present.add(schema_version.name)
            for table in metadata.sorted_tables:
                if table.name not in present:
                    connection.execute(CreateTable(table))
                    for index in table.indexes:
                        connection.execute(CreateIndex(index))

    def _check_schema(self, number: int) -> None:
        if number != SCHEMA:
            made_by = f"{'an older' if number < SCHEMA else 'a newer'} version"
            raise SchemaError(
                f"database {self.url.render_as_string()} was made by {made_by} (schema {number}, this version needs "
                f"{SCHEMA}): name another one with --database-url, or remove it"
            )

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except IntegrityError:
            raise
        except (SQLAlchemyError, sqlite3.Error, OSError) as error:
            raise self._error_for(error) from error

    def _error_for(self, error: Exception) -> StorageError:
        reason = str(getattr(error, "orig", None) or error).strip().splitlines() or [type(error).__name__]
        return StorageError(f"database {self.url.render_as_string()} cannot be used: {reason[0]}")


def _schema_number(connection: Connection) -> int:
    return connection.scalar(select(schema_version.c.number)) or 0


def _parsed(text_url: str) -> URL:
    try:
        url = make_url(text_url)
    except ArgumentError:
        raise StorageError(f"database URL must be like sqlite:////srv/sandbox.db, not {text_url!r}") from None
    if url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:"):
        raise StorageError("database URL must name a file, like sqlite:////srv/sandbox.db: workers share it")
    return url


def _engine(url: URL, busy_seconds: float, configure: Callable[[Any, Any], None]) -> Engine:
    timeouts = _timeouts(url, busy_seconds)
    try:
        if url.get_backend_name() != "sqlite":
            return create_engine(url, pool_pre_ping=True, connect_args=timeouts)
        # Without a limit on connections: threads wait for the file's lock, and need not wait for a connection as well.
        engine = create_engine(url, connect_args=timeouts, max_overflow=-1)
    except (SQLAlchemyError, ImportError) as error:
        raise StorageError(f"database {url.render_as_string()} cannot be used: {error}") from None
    event.listen(engine, "connect", configure)
    return engine


def _timeouts(url: URL, busy_seconds: float) -> dict[str, Any]:
    """Return how long the driver waits for a lock or a connection; what the URL says itself counts."""
    if url.get_backend_name() == "sqlite":
        # `WriterTurns` waits instead: a wait inside SQLite would stop all other requests of a process.
        return {"timeout": 0}
    wanted = {"connect_timeout": max(2, round(busy_seconds)), "options": f"-c lock_timeout={busy_seconds:.3f}s"}
    return {name: value for name, value in wanted.items() if name not in url.query}


def _configure_sqlite(connection: Any) -> None:
    # Transactions begin where this module says so, not where the driver guesses.
    connection.isolation_level = None
    cursor = connection.cursor()
    # With a write-ahead log, readers and a writer do not block each other.
    cursor.execute("PRAGMA journal_mode=WAL")
    # A power cut may lose the last commits but never the file; a crash of the sandbox loses nothing.
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()
