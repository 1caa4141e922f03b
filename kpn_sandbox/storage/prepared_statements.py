"""
Precompiled statements in autocommit on raw connections of the driver, for the few that every request runs.

A statement is built from the tables and compiled once; running it then costs microseconds, where SQLAlchemy Core costs
a tenth of a millisecond.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from operator import itemgetter
from threading import BoundedSemaphore
from typing import Any, NamedTuple

from sqlalchemy import Dialect, Executable, Select
from sqlalchemy.exc import IntegrityError

from kpn_sandbox.storage.writer_turns import WriterTurns

Row = tuple[Any, ...]

MOST_CONNECTIONS = 16
"""Most connections of a process to a server, beside those of transactions."""


class _Compiled(NamedTuple):
    text: str
    defaults: dict[str, Any]
    in_order: Callable[[dict[str, Any]], Any] | None
    """Returns the values of the parameters in the order of the driver; None if it takes them by name."""
    is_select: bool

    def arguments(self, values: dict[str, Any]) -> Any:
        if self.defaults:
            values = {**self.defaults, **values}
        return values if self.in_order is None else self.in_order(values)


class PreparedStatements:
    """
    Runs single statements on connections of its own; safe to share between threads.

    Each running statement has a connection to itself, so there are as many as statements ever ran at the same time.

    Args:
        dialect: The SQL dialect of the database.
        connect: Opens a raw connection that commits each statement by itself.
        turns: The turns of writers; None where the database itself keeps them apart.
        wait_seconds: How long a statement waits for a connection where the database itself keeps writers apart.
    """

    def __init__(
        self, dialect: Dialect, connect: Callable[[], Any], turns: WriterTurns | None = None, wait_seconds: float = 5
    ) -> None:
        self._turns = turns
        self._wait_seconds = wait_seconds
        self._free = BoundedSemaphore(MOST_CONNECTIONS)
        self._dialect = dialect
        self._connect = connect
        # `pop` and `append` of a list are atomic, so threads take and return connections without a lock; two threads
        # that compile the same statement store equal results.
        self._idle: list[Any] = []
        self._compiled: dict[Executable, _Compiled] = {}

    def fetch_all(self, statement: Executable, values: dict[str, Any]) -> Sequence[Row]:
        """
        Run a statement, commit it, and return the rows of its result.

        Args:
            statement: A statement that is built once, not per call: its compiled form is cached by identity.
            values: The values of its parameters.

        Raises:
            IntegrityError: A row contradicts another one.
            dbapi.Error: Any other error of the driver.
        """
        compiled = self._compiled.get(statement) or self._compile(statement)
        if self._turns is None:
            with self._one_of_few():
                return self._fetch_all(compiled, values)
        if compiled.is_select:
            return self._fetch_all(compiled, values)
        with self._turns.turn() as seconds:
            return self._fetch_all(compiled, values, seconds)

    def execute_many(self, statement: Executable, rows: Sequence[dict[str, Any]]) -> None:
        """
        Run a statement that writes once for each row, all in one transaction.

        Args:
            statement: As for `fetch_all`.
            rows: The values of its parameters, for each run.

        Raises:
            IntegrityError: A row contradicts another one, so none is written.
            dbapi.Error: Any other error of the driver.
        """
        compiled = self._compiled.get(statement) or self._compile(statement)
        arguments = [compiled.arguments(row) for row in rows]
        with self._one_of_few() if self._turns is None else self._turns.turn() as seconds:
            connection = self._idle.pop() if self._idle else self._connect()
            try:
                self._write_all(connection, compiled.text, arguments, seconds)
            except self._errors.IntegrityError as error:
                self._idle.append(connection)
                raise IntegrityError(compiled.text, rows, error) from error
            except BaseException:
                self._discard(connection)
                raise
            self._idle.append(connection)

    def close(self) -> None:
        """Close all idle connections; the next statement opens a new one."""
        while self._idle:
            connection = self._idle.pop()
            with suppress(self._errors.Error):
                connection.close()

    def forget(self) -> None:
        """Forget all connections without closing them; they belong to the parent process."""
        self._idle = []
        self._free = BoundedSemaphore(MOST_CONNECTIONS)

    @contextmanager
    def _one_of_few(self) -> Iterator[None]:
        """Wait for one of the connections that a process may have to a server."""
        # A thousand requests may be waiting for a server that has stopped; it does not have as many connections.
        if not self._free.acquire(timeout=self._wait_seconds):
            raise self._errors.OperationalError("all connections are busy")
        try:
            yield
        finally:
            self._free.release()

    def _fetch_all(self, compiled: _Compiled, values: dict[str, Any], seconds: float | None = None) -> Sequence[Row]:
        try:
            connection = self._idle.pop()
        except IndexError:
            return self._run(self._connect(), compiled, values, seconds)
        try:
            return self._run(connection, compiled, values, seconds)
        except self._errors.OperationalError:
            # The server may have been restarted since the connection was last used. Only a SELECT may be tried again:
            # nobody knows whether a lost write was committed.
            if not (compiled.is_select and getattr(connection, "broken", False)):
                raise
        return self._run(self._connect(), compiled, values, seconds)

    @property
    def _errors(self) -> Any:
        return self._dialect.loaded_dbapi

    def _run(
        self, connection: Any, compiled: _Compiled, values: dict[str, Any], seconds: float | None
    ) -> Sequence[Row]:
        try:
            cursor = self._executed(connection, compiled.text, compiled.arguments(values), seconds)
            # All rows are fetched, because SQLite commits only when the last one is.
            rows: Sequence[Row] = cursor.fetchall() if cursor.description else ()
        except self._errors.IntegrityError as error:
            self._idle.append(connection)
            raise IntegrityError(compiled.text, values, error) from error
        except Exception:
            self._discard(connection)
            raise
        self._idle.append(connection)
        return rows

    def _executed(self, connection: Any, text: str, arguments: Any, seconds: float | None) -> Any:
        if self._turns is None:
            return connection.execute(text, arguments)
        return self._turns.retry(lambda: connection.execute(text, arguments), seconds)

    def _write_all(self, connection: Any, text: str, arguments: list[Any], seconds: float | None) -> None:
        if self._turns is None:
            with connection.transaction(), connection.cursor() as cursor:
                cursor.executemany(text, arguments)
            return
        self._turns.retry(lambda: connection.execute("BEGIN IMMEDIATE"), seconds)
        try:
            connection.executemany(text, arguments)
            connection.execute("COMMIT")
        except BaseException:
            connection.rollback()
            raise

    def _discard(self, connection: Any) -> None:
        """Close a connection that failed and all idle ones, which have most likely lost the same server."""
        self._idle.append(connection)
        self.close()

    def _compile(self, statement: Executable) -> _Compiled:
        compiled: Any = statement.compile(dialect=self._dialect)  # type: ignore[attr-defined]
        defaults = {name: value for name, value in compiled.params.items() if value is not None}
        known = _Compiled(str(compiled), defaults, _in_order(compiled.positiontup), isinstance(statement, Select))
        self._compiled[statement] = known
        return known


def _in_order(names: Sequence[str] | None) -> Callable[[dict[str, Any]], Any] | None:
    if names is None or len(names) > 1:
        return None if names is None else itemgetter(*names)
    # Of a single name an itemgetter returns no tuple, and it takes no fewer.
    return lambda values: [values[name] for name in names]
