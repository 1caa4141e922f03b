"""
Quotas: how often an account may ask, by its own clock.

Minutes and hours are counted through, days, weeks and months by the calendar in Europe/Amsterdam, all from the first
of January 2000 on; so every machine has the same windows and a day begins at midnight in summer and winter.
"""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from kpn_sandbox.control.errors import InvalidSetting
from kpn_sandbox.control.numbers import between
from kpn_sandbox.simulation.calendar_day import zone

UNITS = ("minute", "hour", "day", "week", "month")
_SECONDS = {"minute": 60, "hour": 3600}
_DAYS = {"day": 1, "week": 7}
_FIRST = datetime(2000, 1, 1)
_FIRST_MONDAY = datetime(2000, 1, 3)


class Window(NamedTuple):
    """From an instant to before another one; epoch seconds."""

    starts_at: int
    ends_at: int


class Count(NamedTuple):
    """What a request finds of its quota."""

    limit: int
    interval: int
    unit: str
    used: int
    """Requests of the window that were let through, this one included."""
    resets_at: int
    """When the next window begins; epoch seconds."""
    exceeded: bool
    retry_after: int | None
    """Seconds until then, None when the caller is not to be told."""


@dataclass(frozen=True)
class Quota:
    """
    So many requests in so many units of time.

    Args:
        limit: Requests, 1 to 1,000,000.
        interval: Units that a window lasts, 1 to 1,000.
        unit: One of `UNITS`.
        retry_after: Whether a refusal says how long to wait.

    Raises:
        InvalidSetting: Something is not what it may be.
    """

    limit: int
    interval: int = 1
    unit: str = "minute"
    retry_after: bool = False

    def __post_init__(self) -> None:
        between("limit", self.limit, 1, 1_000_000)
        between("interval", self.interval, 1, 1000)
        if self.unit not in UNITS:
            raise InvalidSetting("unit", self.unit, f"one of {', '.join(UNITS)}")
        if not isinstance(self.retry_after, bool):
            raise InvalidSetting("retry_after", self.retry_after, "true or false")

    def window(self, at: float) -> Window:
        """The window that an instant lies in."""
        if self.unit in _SECONDS:
            return self._counted_through(int(at // 1), self.interval * _SECONDS[self.unit])
        local = datetime.fromtimestamp(at // 1, zone()).replace(tzinfo=None)
        if self.unit == "month":
            month = ((local.year - 2000) * 12 + local.month - 1) // self.interval * self.interval
            return Window(_epoch(_month(month)), _epoch(_month(month + self.interval)))
        first = _FIRST_MONDAY if self.unit == "week" else _FIRST
        length = timedelta(days=self.interval * _DAYS[self.unit])
        start = first + (local - first) // length * length
        return Window(_epoch(start), _epoch(start + length))

    def to_dict(self) -> dict[str, Any]:
        """The quota as JSON values, which make it again."""
        return asdict(self)

    def _counted_through(self, at: int, length: int) -> Window:
        first = _epoch(_FIRST)
        start = first + (at - first) // length * length
        return Window(start, start + length)


def _month(number: int) -> datetime:
    return datetime(2000 + number // 12, number % 12 + 1, 1)


def _epoch(local: datetime) -> int:
    return int(local.replace(tzinfo=zone()).timestamp())
