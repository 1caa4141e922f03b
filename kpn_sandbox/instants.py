"""
Instants and durations as people write them.

A time without an offset means Europe/Amsterdam, where the centers are. Its day is that of the clock it is given to,
and a day of the week is the coming one, today included, as in GNU date.
"""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NEAR = {"yesterday": -1, "today": 0, "tomorrow": 1}

FORMS = (
    "an ISO 8601 instant like 2026-11-23T10:00:00+01:00, or in Europe/Amsterdam 2026-11-23T10:00, 10:00, "
    '"monday 10:00" or "tomorrow 10:00"'
)
"""The forms of an instant, to be read after "must be"."""

DURATIONS = "a duration like 90, 90s, 15m or 1h30m"
"""The forms of a duration, to be read after "must be"."""

_TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9]))?")
_PART = r"(?:([0-9]+(?:\.[0-9]+)?){})?"
_DURATION = re.compile("".join(_PART.format(unit) for unit in "dhms"))
_SECONDS = (86_400, 3_600, 60, 1)

Now = Callable[[], datetime]
"""Returns the present instant of the clock that a time without a day belongs to."""


def instant_text(text: str, now: Now) -> str:
    """
    Return an instant in ISO 8601 with offset.

    Args:
        text: One of `FORMS`.
        now: Called only if the text has no date.

    Raises:
        ValueError: It is no instant; the message says what would be right.
    """
    words = " ".join(text.lower().split())
    if not is_complete(words):
        return in_amsterdam(_relative(words, now)).isoformat()
    moment = datetime.fromisoformat(words.upper())
    return text.strip() if moment.tzinfo else in_amsterdam(moment).isoformat()


def is_complete(text: str) -> bool:
    """Return whether a text is an instant, or a date, that no clock is needed for."""
    try:
        datetime.fromisoformat(text.strip().upper())
    except ValueError:
        return False
    return True


def in_amsterdam(moment: datetime) -> datetime:
    """Return a moment with a time zone: its own, or if it has none Europe/Amsterdam's."""
    return moment if moment.utcoffset() is not None else moment.replace(tzinfo=_zone())


@cache
def _zone() -> ZoneInfo:
    # Not at the top: where the system has no time zones, they come from a package that few uses of the client need.
    return ZoneInfo("Europe/Amsterdam")


def date_of(text: str, now: Now) -> date:
    """
    Return the date of Europe/Amsterdam on which an instant is.

    Args:
        text, now: As for `instant_text`.
    """
    return datetime.fromisoformat(instant_text(text, now)).astimezone(_zone()).date()


def _relative(words: str, now: Now) -> datetime:
    day, _, reading = words.rpartition(" ")
    if reading in DAYS or reading in _NEAR:
        day, reading = reading, "00:00"
    found = _TIME.fullmatch(reading)
    if found is None or day not in ("", *DAYS, *_NEAR):
        raise ValueError(FORMS)
    present = now().astimezone(_zone()).replace(tzinfo=None)
    ahead = (DAYS.index(day) - present.weekday()) % 7 if day in DAYS else _NEAR.get(day, 0)
    hour, minute, second = (int(part or 0) for part in found.groups())
    return (present + timedelta(days=ahead)).replace(hour=hour, minute=minute, second=second, microsecond=0)


def seconds_of(text: str) -> float:
    """
    Return the seconds of a duration, as an int where there is no fraction.

    Raises:
        ValueError: It is no duration; the message says what would be right.
    """
    words = "".join(text.lower().split())
    if re.fullmatch(r"[0-9]+(\.[0-9]+)?", words):
        words += "s"
    found = _DURATION.fullmatch(words)
    if found is None or not words:
        raise ValueError(DURATIONS)
    total = sum(float(part or 0) * unit for part, unit in zip(found.groups(), _SECONDS, strict=True))
    return int(total) if total == int(total) else total
