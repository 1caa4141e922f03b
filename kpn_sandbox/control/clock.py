"""
The time of an account; the only reader of wall time.

An instant is float seconds since the epoch, UTC. A clock is a small object that knows how to tell it; where wall time
comes from is handed in, so time can be moved instead of waited for.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from kpn_sandbox.simulation.calendar_day import LAST_DATE, calendar_day, day_of, zone

Source = Callable[[], float]
"""Tells wall time."""

FASTEST = 3600
"""Seconds that the fastest clock tells in one."""


def wall_time() -> float:
    """The time of this machine."""
    return time.time()


class Clock(Protocol):
    """Tells the time of one account."""

    @property
    def mode(self) -> str:
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
    mode = "running"

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
    mode = "frozen"
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


def parse_instant(text: str) -> float:
    """
    An instant from ISO 8601 with an offset.

    Raises:
        ValueError: Not such a text; the message says what would be right.
    """
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None:
            return moment.timestamp()
    except (ValueError, OverflowError):
        pass
    raise ValueError("an ISO 8601 instant with offset, like 2026-11-23T10:00:00+01:00")


def format_instant(at: float) -> str:
    """An instant in the center's zone, to the second, with its offset."""
    return datetime.fromtimestamp(at // 1, zone()).isoformat()
