"""Setting the clocks of accounts."""

import json
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, select, update

from kpn_sandbox.control.changes import changing
from kpn_sandbox.control.clock import FASTEST, Clock, FrozenClock, RunningClock, Source, clock_from_dict, instant
from kpn_sandbox.control.errors import InvalidSetting
from kpn_sandbox.control.numbers import number
from kpn_sandbox.storage import Database
from kpn_sandbox.storage.tables import accounts

_LONGEST = 101 * 366 * 86400
_SPEED = f"a number of more than 0 and at most {FASTEST:,}, given with a running clock"
_SECONDS = "a number of seconds from 0 on"


class Clocks:
    """
    The clocks in a database.

    Args:
        database: Where they are.
        source: Tells wall time.
    """

    def __init__(self, database: Database, source: Source) -> None:
        self._database = database
        self._source = source

    def set(self, client_id: str, mode: str, *, at: float | None = None, speed: float | None = None) -> Clock:
        """
        Give an account another clock, which everybody reads at the next request.

        Args:
            client_id: Whose.
            mode: `frozen`: stands at `at`, or where it is. `running`: follows wall time; with `at` or `speed` it runs
                from that instant, or from where it is.
            at: Epoch seconds.
            speed: Seconds that a running clock tells in one second.

        Raises:
            UnknownAccount: Nobody has that client id.
            InvalidSetting: The mode or the speed is not what it may be.
            InstantOutOfRange: Before 2000 or after 2100.
        """
        wall = self._source()
        if at is not None:
            instant(at)
        return self._changed(client_id, lambda clock: new_clock(clock.now(wall), wall, mode, at=at, speed=speed))

    def advance(self, client_id: str, seconds: float) -> Clock:
        """
        Put a clock forward, whether it runs or stands.

        Raises:
            UnknownAccount: Nobody has that client id.
            InvalidSetting: No number of seconds, or a negative one.
            InstantOutOfRange: It would reach beyond 2100.
        """
        if not 0 <= number("seconds", seconds, _SECONDS) <= _LONGEST:
            raise InvalidSetting("seconds", seconds, _SECONDS)
        wall = self._source()
        return self._changed(client_id, lambda clock: clock.advanced(seconds, wall))

    def _changed(self, client_id: str, change: Callable[[Clock], Clock]) -> Clock:
        with changing(self._database, client_id) as connection:
            stored = connection.scalar(select(accounts.c.clock).where(accounts.c.client_id == client_id))
            clock = change(clock_from_dict(json.loads(stored or "")))
            keep(connection, client_id, clock)
        return clock


def new_clock(now: float, wall: float, mode: str, *, at: float | None = None, speed: float | None = None) -> Clock:
    """
    The clock that somebody asks for.

    Args:
        now: The instant of the clock before.
        wall: Wall time.
        mode: `running` or `frozen`.
        at: Where it shall stand or run from.
        speed: How fast it shall run.

    Raises:
        InvalidSetting: The mode or the speed is not what it may be.
    """
    if mode == "frozen":
        if speed is not None:
            raise InvalidSetting("speed", speed, _SPEED)
        return FrozenClock(now // 1 if at is None else at)
    if mode != "running":
        raise InvalidSetting("mode", mode, "running or frozen")
    if at is None and speed is None:
        return RunningClock()
    return RunningClock(now if at is None else at, wall, _speed(1.0 if speed is None else speed))


def keep(connection: Connection, client_id: str, clock: Clock) -> None:
    """Write a clock down."""
    row: dict[str, Any] = {"clock": json.dumps(clock.to_dict())}
    connection.execute(update(accounts).where(accounts.c.client_id == client_id).values(row))


def _speed(speed: float) -> float:
    if not 0 < number("speed", speed, _SPEED) <= FASTEST:
        raise InvalidSetting("speed", speed, _SPEED)
    return float(speed)
