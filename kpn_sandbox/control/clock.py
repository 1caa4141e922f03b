"""
The time of an account; the only reader of wall time.

An instant is float seconds since the epoch, UTC. A clock is a small object that knows how to tell it; where wall time
comes from is handed in, so time can be moved instead of waited for.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from ..simulation.calendar_day import zone

Source = Callable[[], float]
"""Tells wall time."""


def wall_time() -> float:
    """The time of this machine."""
    return time.time()


class Clock(Protocol):
    """Tells the time of one account."""

    def now(self, wall: float) -> float:
        """The account's instant when wall time is the given one."""

    def to_dict(self) -> dict[str, Any]:
        """The clock as JSON values; `clock_from_dict` gives it back."""


@dataclass(frozen=True)
class RunningClock:
    """Follows wall time."""

    def now(self, wall: float) -> float:
        """Wall time itself."""
        return wall

    def to_dict(self) -> dict[str, Any]:
        """The clock as JSON values."""
        return {"mode": "running"}


@dataclass(frozen=True)
class FrozenClock:
    """Stands still."""

    at: float

    def now(self, wall: float) -> float:
        """The instant at which it stands."""
        return self.at

    def to_dict(self) -> dict[str, Any]:
        """The clock as JSON values."""
        return {"mode": "frozen", "at": self.at}


def clock_from_dict(settings: Mapping[str, Any]) -> Clock:
    """The clock that `to_dict` described."""
    return FrozenClock(float(settings["at"])) if settings["mode"] == "frozen" else RunningClock()


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
