"""
The day of the center: from local midnight to local midnight in Europe/Amsterdam.

The zone comes from the tzdata package, never from the host, so every machine has the same midnights. Inside a day
all instants are milliseconds since its midnight; the days on which clocks change are 23 or 25 hours long.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from io import BytesIO
from pkgutil import get_data
from zoneinfo import ZoneInfo

from kpn_sandbox.simulation.errors import InstantOutOfRange

FIRST_DATE = date(2000, 1, 1)
LAST_DATE = date(2100, 12, 31)
"""The dates on which the center exists, both included."""

MINUTE = 60_000
HOUR = 60 * MINUTE


@cache
def zone() -> ZoneInfo:
    """The time zone of the center, the same on every machine."""
    data = BytesIO(get_data("tzdata", "zoneinfo/Europe/Amsterdam") or b"")
    return ZoneInfo.from_file(data, key="Europe/Amsterdam")


@dataclass(frozen=True)
class CalendarDay:
    """A date with its midnights."""

    date: date
    starts_at: int
    """Epoch seconds of the midnight at which it begins."""
    length: int
    """Milliseconds until the next midnight: 82,800,000, 86,400,000 or 90,000,000."""
    shift: int
    """Milliseconds that the clock is put forward (negative) or back during the day, else 0."""

    def elapsed(self, wall_minutes: int) -> int:
        """Milliseconds from midnight to a reading of the wall clock, given in minutes past 00:00, 0 to 1,440."""
        # Europe changes its clocks at 01:00 UTC (directive 2000/84/EC): here from 02:00 to 03:00 in spring, so that
        # readings in between do not exist and all count as 02:00, and from 03:00 to 02:00 in autumn, where readings
        # in between count as their first occurrence.
        if wall_minutes >= 3 * 60:
            return wall_minutes * MINUTE + self.shift
        return min(wall_minutes, 2 * 60) * MINUTE if self.shift < 0 else wall_minutes * MINUTE

    def contains(self, at: float) -> bool:
        """Whether an instant (epoch seconds) belongs to the day."""
        return self.starts_at <= at < self.starts_at + self.length / 1000

    def offset(self, at: float) -> int:
        """Milliseconds from midnight to an instant (epoch seconds), rounded down to whole seconds."""
        return (int(at // 1) - self.starts_at) * 1000


@lru_cache(maxsize=1024)
def calendar_day(day: date) -> CalendarDay:
    """The calendar day of a date from `FIRST_DATE` to `LAST_DATE`."""
    starts_at = _midnight(day)
    length = (_midnight(day + timedelta(days=1)) - starts_at) * 1000
    return CalendarDay(day, starts_at, length, length - 24 * HOUR)


def day_of(at: float) -> CalendarDay:
    """
    The calendar day that an instant (epoch seconds) belongs to.

    Raises:
        InstantOutOfRange: The instant lies before 2000 or after 2100, or is infinite or not a number.
    """
    try:
        day = datetime.fromtimestamp(at // 1, zone()).date()
    # Which of the three it is for an instant far away, infinite or not a number depends on the platform.
    except (ValueError, OverflowError, OSError):
        raise InstantOutOfRange(at, FIRST_DATE, LAST_DATE) from None
    if not FIRST_DATE <= day <= LAST_DATE:
        raise InstantOutOfRange(at, FIRST_DATE, LAST_DATE)
    return calendar_day(day)


def _midnight(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=zone()).timestamp())
