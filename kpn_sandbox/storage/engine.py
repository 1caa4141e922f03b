"""
One database: opened with a check of its schema, read and written.

SQLite and PostgreSQL differ in how a transaction begins, how long a writer waits and how an insert deals with a row
that exists; all of that stays in this module.
"""

import sqlite3
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache
from time import monotonic
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, Executable, Select, Table, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, IntegrityError, SQLAlchemyError
from sqlalchemy.pool import QueuePool

from kpn_sandbox.storage.errors import LockedError, SchemaError, StorageError
from kpn_sandbox.storage.prepared_statements import PreparedStatements, Row
from kpn_sandbox.storage.schema import TOUCH, prepare
from kpn_sandbox.storage.sqlite_file import SqliteFile
from kpn_sandbox.storage.writer_turns import WriterTurns, is_busy

Result = TypeVar("Result")

BUSY_SECONDS = 5.0
"""Time for which a writer waits while another process writes to the same SQLite file."""

# Locks of PostgreSQL that belong to a connection and vanish with it, whatever ends the process that has it. Each
# connection of a sandbox shares the first one, so whoever gets it alone knows that nobody else is there. The number is
# one that others are unlikely to have; the schema of the tables is beside it.
_KEY = "7041646, hashtext(current_schema())"
_TRY_ALONE = f"SELECT pg_try_advisory_lock({_KEY})"
_NOT_ALONE = f"SELECT pg_advisory_unlock({_KEY})"
_SHARE = f"SELECT pg_advisory_lock_shared({_KEY})"
_PREPARE_ALONE = "SELECT pg_advisory_xact_lock(7041647, hashtext(current_schema()))"


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
        self._busy_seconds = busy_seconds
        self._is_sqlite = url.startswith("sqlite")
        self._url = URL.create("sqlite") if self._is_sqlite else _parsed(url)
        self.shown_url = url if self._is_sqlite else _without_password(self._url)
        """URL for messages, without a password."""
        self.is_open_elsewhere = False
        """Whether another process had the database open when this one opened it."""
        self._presence: Any = None
        try:
            self._file = SqliteFile(url) if self._is_sqlite else None
        except OSError as error:
            raise StorageError(f"cannot be used: unable to open database file ({error.strerror})", url) from None
        self._turns = WriterTurns(busy_seconds) if self._is_sqlite else None
        self._engine = self._new_engine()
        self._driver: Any = self._engine.dialect.loaded_dbapi
        # On PostgreSQL, all statements of a reader see the same moment only at this level; on SQLite they always do.
        self._reader = (
            self._engine if self._is_sqlite else self._engine.execution_options(isolation_level="REPEATABLE READ")
        )
        self._statements = PreparedStatements(self._engine.dialect, self._connect, self._turns, busy_seconds)
        self._open()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a connection for reading, all of whose statements see the same moment."""
        with self._translated():
            self._require_file()
            with self._reader.connect() as connection:
                # The snapshot is taken here, where a file that is being recovered after a crash is waited for.
                self._begin(connection, "BEGIN", "SELECT 1 FROM sqlite_schema LIMIT 1")
                yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Open a transaction, committed at the end and rolled back after an exception."""
        with self._translated(), self._turn() as seconds:
            self._require_file()
            with self._engine.begin() as connection:
                # IMMEDIATE takes the lock first: a reader that becomes a writer could not wait, only fail.
                self._begin(connection, "BEGIN IMMEDIATE", seconds=seconds)
                yield connection
            # What was written to a file that is gone by now is lost, so nobody may hear that it was written.
            self._require_file()

    def fetch_one(self, statement: Executable, **values: Any) -> Row | None:
        """
        Run one statement in a transaction of its own and return the first row of its result, None without one.

        Args:
            statement: A statement that is built once, not per call: its compiled form is cached by identity.
            values: The values of its parameters.

        Raises:
            IntegrityError, StorageError: As for all methods.
        """
        rows = self.fetch_all(statement, **values)
        return rows[0] if rows else None

    def fetch_all(self, statement: Executable, **values: Any) -> Sequence[Row]:
        """
        Run one statement in a transaction of its own and return the rows of its result.

        Args:
            statement, values: As for `fetch_one`.

        Raises:
            IntegrityError, StorageError: As for all methods.
        """
        return self._run(self._statements.fetch_all, statement, values, writes=not isinstance(statement, Select))

    def execute_many(self, statement: Executable, rows: Sequence[dict[str, Any]]) -> None:
        """
        Run one statement that writes once for each row, all in one transaction.

        Args:
            statement: As for `fetch_one`.
            rows: The values of its parameters, for each run.

        Raises:
            IntegrityError, StorageError: As for all methods; nothing is written then.
        """
        self._run(self._statements.execute_many, statement, rows, writes=True)

    def _run(self, action: Callable[..., Result], statement: Executable, values: Any, *, writes: bool) -> Result:
        """Run something on the prepared statements and return its result; translate its errors."""
        try:
            if writes:
                self._require_file()
            result = action(statement, values)
            # What was written to a file that is gone by now is lost, so nobody may hear that it was written.
            self._require_file()
            return result
        except IntegrityError:
            raise
        except (StorageError, SQLAlchemyError, self._driver.Error, OSError, UnicodeError, OverflowError) as error:
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
        """Write something small, to find out whether the database can be used."""
        with self.write() as connection:
            connection.execute(TOUCH)
            if self._file is not None:
                self._file.require_space()

    def after_fork(self) -> None:
        """Forget the connections of the parent process without closing them; call it in the child."""
        self._engine.dispose(close=False)
        self._statements.forget()
        if self._turns is not None:
            self._turns.after_fork()

    def disconnect(self) -> None:
        """Close all connections, as before a fork; the next use opens new ones, and others still see it in use."""
        self._engine.dispose()
        self._statements.close()

    def close(self) -> None:
        """Close the database for good: SQLite's log is written into its file, and others see it in use no longer."""
        self.disconnect()
        if self._file is not None:
            self._file.empty_log()
            self._file.release()
        elif self._presence is not None:
            self._presence.close()
            self._presence = None

    def _connect(self) -> Any:
        """Open a raw connection that commits each statement by itself."""
        if self._file is not None:
            connection: Any = self._file.connect()
            try:
                self._configure(connection, None)
            except BaseException:
                # The file may be damaged; nobody else would close it.
                connection.close()
                raise
            return connection
        connection = self._connect_postgresql()
        connection.execute(_SHARE)
        return connection

    def _connect_postgresql(self) -> Any:
        arguments, options = self._engine.dialect.create_connect_args(self._url)
        options.update(_timeouts(self._url, self._busy_seconds))
        connection: Any = self._connect_in_time(None, None, arguments, options)
        connection.autocommit = True
        return connection

    def _connect_in_time(self, dialect: Any, record: Any, arguments: Any, options: Any) -> Any:
        """Open a connection that gives up a server which does not answer in time, for SQLAlchemy's engine, too."""
        return _connection_class(self._busy_seconds).connect(*arguments, **options)

    def _new_engine(self) -> Engine:
        try:
            if self._file is None:
                timeouts = _timeouts(self._url, self._busy_seconds)
                wait = {"pool_pre_ping": True, "pool_timeout": self._busy_seconds}
                engine = create_engine(self._url, connect_args=timeouts, **wait)
                event.listen(engine, "do_connect", self._connect_in_time)
                event.listen(engine, "connect", _share_postgresql)
                return engine
            # Without a limit on connections: threads wait for the file's lock, and need not wait for a connection.
            engine = create_engine("sqlite://", creator=self._file.connect, poolclass=QueuePool, max_overflow=-1)
        except (SQLAlchemyError, ImportError) as error:
            raise self._error_for(error) from None
        event.listen(engine, "connect", self._configure)
        return engine

    def _require_file(self) -> None:
        if self._file is not None:
            self._file.require()

    def _configure(self, connection: Any, record: Any) -> None:
        """Configure a new connection to SQLite, which takes a moment of its lock."""
        assert self._turns is not None, "only SQLite is configured by statements"
        self._turns.retry(lambda: _configure_sqlite(connection))

    def _turn(self) -> AbstractContextManager[float | None]:
        return nullcontext() if self._turns is None else self._turns.turn()

    def _begin(self, connection: Connection, *statements: str, seconds: float | None = None) -> None:
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

        self._turns.retry(begin, seconds)

    def _open(self) -> None:
        """Claim the database, and create what is missing or refuse a database of another schema."""
        try:
            with self._translated():
                self.is_open_elsewhere = self._claim()
                if self._file is not None:
                    self._file.require_space()
                with self._turn(), self._engine.begin() as connection:
                    # Two starts must not create the same tables; the second one finds them all.
                    self._begin(connection, "BEGIN IMMEDIATE")
                    if not self._is_sqlite:
                        connection.exec_driver_sql(_PREPARE_ALONE)
                    prepare(connection)
                if self._file is not None:
                    self._file.narrow_mode()
        except StorageError:
            self.close()
            raise

    def _claim(self) -> bool:
        """Return whether another process has the database open, and let others know that this one has."""
        if self._file is not None:
            return self._file.claim()
        self._presence = self._connect_postgresql()
        alone = bool(self._presence.execute(_TRY_ALONE).fetchone()[0])
        self._presence.execute(_SHARE)
        if alone:
            self._presence.execute(_NOT_ALONE)
        return not alone

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except IntegrityError:
            raise
        except SchemaError as error:
            raise SchemaError(error.reason, self.shown_url) from None
        except StorageError as error:
            # One that names the database already is whole.
            if str(error) != error.reason:
                raise
            raise self._error_for(error) from error
        except (SQLAlchemyError, sqlite3.Error, self._driver.Error, OSError) as error:
            raise self._error_for(error) from error

    def _error_for(self, error: Exception) -> StorageError:
        if is_busy(error) or "database is locked" in str(error):
            return LockedError("cannot be used: database is locked by another process", self.shown_url)
        reason = str(getattr(error, "orig", None) or error).strip().splitlines() or [type(error).__name__]
        return StorageError(f"cannot be used: {reason[0]}", self.shown_url)


def _parsed(text_url: str) -> URL:
    try:
        return make_url(text_url)
    except (ArgumentError, ValueError):
        raise StorageError(f"database URL must be like sqlite:////srv/sandbox.db, not {text_url!r}") from None


def _without_password(url: URL) -> str:
    """Return a URL for messages; a password may be in its options, too."""
    hidden = {name: "***" for name in url.query if "pass" in name.lower()}
    return url.update_query_dict(hidden).render_as_string()


@cache
def _connection_class(seconds: float) -> Any:
    """
    Return a class of connections to PostgreSQL that are closed when the server does not answer for so many seconds.

    The server's own time-outs do not help: a server that is stopped, or that the network has lost, cannot fire them.
    """
    # psycopg is an extra.
    from psycopg import Connection as PsycopgConnection
    from psycopg import OperationalError

    class ImpatientConnection(PsycopgConnection[Any]):
        def wait(self, gen: Any, *arguments: Any, **options: Any) -> Any:
            try:
                return super().wait(_until(gen, monotonic() + seconds), *arguments, **options)
            except _NoAnswer:
                # Nobody knows what the server does with the statement, so the connection is of no more use.
                self.close()
                raise OperationalError(f"the server does not answer within {seconds:g} seconds") from None

    return ImpatientConnection


def _until(steps: Generator[Any, Any, Any], end: float) -> Generator[Any, Any, Any]:
    """Take the steps of psycopg's generator, which it resumes every now and then even when nothing has arrived."""
    ready = None
    while True:
        try:
            step = steps.send(ready)
        except StopIteration as done:
            return done.value
        ready = yield step
        if not ready and monotonic() > end:
            raise _NoAnswer


class _NoAnswer(Exception):
    """The server has not answered in time."""


def _share_postgresql(connection: Any, record: Any) -> None:
    was, connection.autocommit = connection.autocommit, True
    connection.execute(_SHARE)
    connection.autocommit = was


def _timeouts(url: URL, busy_seconds: float) -> dict[str, Any]:
    """Return how long PostgreSQL's driver waits for a lock or a connection; what the URL says itself counts."""
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
