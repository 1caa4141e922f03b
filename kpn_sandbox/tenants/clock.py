"""
The time of an account; the only reader of wall time.

An instant is float seconds since the epoch, UTC. A clock is a small object that knows how to tell it; where wall time
comes from is handed in, so time can be moved instead of waited for.

Setting the clocks of accounts.
"""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar, Protocol

from sqlalchemy import Connection, select, update

from kpn_sandbox.literals import ClockMode
from kpn_sandbox.simulation.calendar import LAST_DATE, calendar_day, day_of, zone
from kpn_sandbox.storage import Database
from kpn_sandbox.storage.tables import accounts
from kpn_sandbox.tenants.errors import InvalidSetting
from kpn_sandbox.tenants.transactions import account_transaction
from kpn_sandbox.validation import number

WallClock = Callable[[], float]
"""Returns wall time, in epoch seconds."""

FASTEST = 3600
"""Seconds that the fastest clock tells in one."""


def wall_time() -> float:
    """The time of this machine."""
    return time.time()


class Clock(Protocol):
    """Tells the time of one account."""

    @property
    def mode(self) -> ClockMode:
        """Its kind in one word."""

    @property
    def speed(self) -> float:
        """The seconds that it tells in one second of wall time."""

    def now(self, wall: float) -> float:
        """The account's instant when wall time is the given one."""

    def advanced(self, seconds: float, wall: float) -> "Clock":
        """The same clock, put forward."""

    def restarted(self, wall: float) -> "Clock":
        """The same clock as if it were started now."""

    def to_dict(self) -> dict[str, Any]:
        """The clock as JSON values; `clock_from_dict` gives it back."""


@dataclass(frozen=True)
class RunningClock:
    """
    Runs with wall time: from an instant on, and as many times as fast; follows wall time by default.

    It stops at the last second of the year 2100.

    Args:
        at: The instant that it told at the beginning.
        since: Wall time at the beginning.
        speed: Seconds that it tells in one second.
    """

    at: float = 0.0
    since: float = 0.0
    speed: float = 1.0
    mode: ClassVar[ClockMode] = "running"

    def now(self, wall: float) -> float:
        """The instant that it has come to."""
        return min(self.at + (wall - self.since) * self.speed, last_instant())

    def advanced(self, seconds: float, wall: float) -> "RunningClock":
        """Runs on from that many seconds later."""
        return RunningClock(instant(self.now(wall) + seconds), wall, self.speed)

    def restarted(self, wall: float) -> "RunningClock":
        """Runs from its first instant again."""
        return self if self == RunningClock() else replace(self, since=wall)

    def to_dict(self) -> dict[str, Any]:
        """The clock as JSON values."""
        return {"mode": self.mode, "at": self.at, "since": self.since, "speed": self.speed}


@dataclass(frozen=True)
class FrozenClock:
    """Stands still."""

    at: float
    mode: ClassVar[ClockMode] = "frozen"
    speed = 0.0

    def now(self, wall: float) -> float:
        """The instant at which it stands."""
        return self.at

    def advanced(self, seconds: float, wall: float) -> "FrozenClock":
        """Stands that many seconds later."""
        return FrozenClock(instant(self.at + seconds))

    def restarted(self, wall: float) -> "FrozenClock":
        """Nothing else: it stands."""
        return self

    def to_dict(self) -> dict[str, Any]:
        """The clock as JSON values."""
        return {"mode": self.mode, "at": self.at}


def clock_from_dict(settings: Mapping[str, Any]) -> Clock:
    """The clock that `to_dict` described."""
    values = {name: float(value) for name, value in settings.items() if name != "mode"}
    return FrozenClock(**values) if settings["mode"] == "frozen" else RunningClock(**values)


def instant(at: float) -> float:
    """
    An instant that a center has.

    Raises:
        InstantOutOfRange: Before 2000 or after 2100.
    """
    day_of(at)
    return at


def last_instant() -> float:
    """The last second of the year 2100."""
    last = calendar_day(LAST_DATE)
    return last.starts_at + last.length / 1000 - 1


def format_instant(at: float) -> str:
    """An instant in the center's zone, to the second, with its offset."""
    return datetime.fromtimestamp(at // 1, zone()).isoformat()


_LONGEST = 101 * 366 * 86400
_SPEED = number(
    0, FASTEST, above=True, allowed=f"a number of more than 0 and at most {FASTEST:,}, given with a running clock"
)
_SECONDS = number(0, _LONGEST, allowed="a number of seconds from 0 on")


class Clocks:
    """
    The clocks in a database.

    Args:
        database: Where they are.
        wall_clock: Returns wall time, in epoch seconds.
    """

    def __init__(self, database: Database, wall_clock: WallClock) -> None:
        self._database = database
        self._wall_clock = wall_clock

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
        wall = self._wall_clock()
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
        _SECONDS("seconds", seconds, InvalidSetting)
        wall = self._wall_clock()
        return self._changed(client_id, lambda clock: clock.advanced(seconds, wall))

    def _changed(self, client_id: str, change: Callable[[Clock], Clock]) -> Clock:
        with account_transaction(self._database, client_id) as connection:
            stored = connection.scalar(select(accounts.c.clock).where(accounts.c.client_id == client_id))
            clock = change(clock_from_dict(json.loads(stored or "")))
            save_clock(connection, client_id, clock)
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
            raise InvalidSetting("speed", speed, _SPEED.allowed)
        return FrozenClock(now // 1 if at is None else at)
    if mode != "running":
        raise InvalidSetting("mode", mode, "running or frozen")
    if at is None and speed is None:
        return RunningClock()
    return RunningClock(now if at is None else at, wall, _speed(1.0 if speed is None else speed))


def save_clock(connection: Connection, client_id: str, clock: Clock) -> None:
    """Write a clock down."""
    row: dict[str, Any] = {"clock": json.dumps(clock.to_dict())}
    connection.execute(update(accounts).where(accounts.c.client_id == client_id).values(row))


def _speed(speed: float) -> float:
    return float(_SPEED("speed", speed, InvalidSetting))
