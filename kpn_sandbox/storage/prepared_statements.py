"""
The few statements that every request makes, past all that SQLAlchemy does for comfort.

A statement is written with the tables, compiled once for the database at hand and then given to the driver as it is,
each in a transaction of its own: microseconds instead of a tenth of a millisecond.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from time import sleep
from typing import Any, NamedTuple

from sqlalchemy import Dialect, Executable, Select
from sqlalchemy.exc import IntegrityError

Row = tuple[Any, ...]

_FIRST_PAUSE = 0.0003
_LONGEST_PAUSE = 0.01
_GROWTH = 1.1


class _Compiled(NamedTuple):
    text: str
    defaults: dict[str, Any]
    order: list[str] | None
    """The names in the order in which the driver wants the values, None when it wants them by name."""
    reads: bool

    def arguments(self, values: dict[str, Any]) -> list[Any] | dict[str, Any]:
        if self.order is None:
            return {**self.defaults, **values} if self.defaults else values
        if not self.defaults:
            return [values[name] for name in self.order]
        return [values[name] if name in values else self.defaults[name] for name in self.order]


def pauses(seconds: float) -> Iterator[float]:
    """
    Ever longer pauses between tries to write, so many seconds in all.

    SQLite's own begin with milliseconds, and a statement takes a small part of one: two workers would mostly sleep.
    """
    pause = _FIRST_PAUSE
    while seconds > 0:
        yield pause
        seconds -= pause
        pause = min(pause * _GROWTH, _LONGEST_PAUSE)


class PreparedStatements:
    """
    Makes single statements on connections of its own, as many as there are statements at a time.

    Args:
        dialect: How the database wants its statements.
        connect: Opens a connection that commits each statement by itself.
        pauses: Between tries, where a database that somebody else writes to says so at once.
    """

    def __init__(self, dialect: Dialect, connect: Callable[[], Any], pauses: Sequence[float] = ()) -> None:
        self._pauses = pauses
        self._dialect = dialect
        self._connect = connect
        self._idle: list[Any] = []
        self._known: dict[Executable, _Compiled] = {}

    def fetch_one(self, statement: Executable, **values: Any) -> Row | None:
        """
        Make a statement.

        Args:
            statement: Written once, not per call: it is remembered.
            values: The values of its parameters.

        Returns:
            The first row that it gives, None when it gives none.

        Raises:
            IntegrityError: The row cannot stand beside the others.
            dbapi.Error: Whatever the driver raises otherwise.
        """
        compiled = self._known.get(statement) or self._compile(statement)
        try:
            connection = self._idle.pop()
        except IndexError:
            return self._run(self._connect(), compiled, values)
        try:
            return self._run(connection, compiled, values)
        except self._errors.OperationalError:
            # The server may have gone and come back since the connection was last used; what only reads may be
            # asked again.
            if not (compiled.reads and getattr(connection, "broken", False)):
                raise
        return self._run(self._connect(), compiled, values)

    def close(self) -> None:
        """Let go of all connections; the next statement opens a new one."""
        while self._idle:
            connection = self._idle.pop()
            with suppress(self._errors.Error):
                connection.close()

    def forget(self) -> None:
        """Leave the connections to the parent process."""
        self._idle = []

    @property
    def _errors(self) -> Any:
        return self._dialect.loaded_dbapi

    def _run(self, connection: Any, compiled: _Compiled, values: dict[str, Any]) -> Row | None:
        try:
            cursor = self._executed(connection, compiled.text, compiled.arguments(values))
            # All rows are fetched, because SQLite commits when the last one is.
            rows = cursor.fetchall() if cursor.description else ()
        except self._errors.IntegrityError as error:
            self._idle.append(connection)
            raise IntegrityError(compiled.text, values, error) from error
        except Exception:
            self._give_up(connection)
            raise
        self._idle.append(connection)
        return rows[0] if rows else None

    def _executed(self, connection: Any, text: str, arguments: Any) -> Any:
        for pause in self._pauses:
            try:
                return connection.execute(text, arguments)
            except self._errors.OperationalError as error:
                # The low byte: a file that another process recovers after a crash is busy, too.
                if getattr(error, "sqlite_errorcode", 0) & 0xFF != self._errors.SQLITE_BUSY:
                    raise
            sleep(pause)
        return connection.execute(text, arguments)

    def _give_up(self, connection: Any) -> None:
        """When one connection fails the others are no better."""
        self._idle.append(connection)
        self.close()

    def _compile(self, statement: Executable) -> _Compiled:
        compiled: Any = statement.compile(dialect=self._dialect)  # type: ignore[attr-defined]
        defaults = {name: value for name, value in compiled.params.items() if value is not None}
        known = _Compiled(str(compiled), defaults, compiled.positiontup, isinstance(statement, Select))
        self._known[statement] = known
        return known
