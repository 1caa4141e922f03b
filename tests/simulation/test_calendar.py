"""The day lasts from midnight to midnight in Amsterdam, on every date of a century."""

import itertools
from datetime import UTC, date, datetime, timedelta
from math import inf, nan
from zoneinfo import ZoneInfo

import pytest

from kpn_sandbox.simulation.calendar import FIRST_DATE, LAST_DATE, MINUTE, calendar_day, day_of
from kpn_sandbox.simulation.errors import InstantOutOfRange
from tests.simulation.days import AUTUMN, HOUR, SPRING, WEDNESDAY


def test_ordinary_day() -> None:
    """A winter day begins at 23:00 UTC and has 24 hours, and the wall clock tells how much of it is over."""
    day = calendar_day(WEDNESDAY)

    assert day.starts_at == datetime(2026, 1, 6, 23, tzinfo=UTC).timestamp()
    assert (day.length, day.shift) == (24 * HOUR, 0)
    assert [day.elapsed(minutes) for minutes in (0, 150, 1440)] == [0, 150 * MINUTE, 24 * HOUR]


def test_spring_day_is_short() -> None:
    """The clock jumps from 02:00 to 03:00: readings in between come at once, later ones an hour early."""
    day = calendar_day(SPRING)

    assert (day.length, day.shift) == (23 * HOUR, -HOUR)
    assert [day.elapsed(60 * hours) for hours in (1, 2, 3, 24)] == [HOUR, 2 * HOUR, 2 * HOUR, 23 * HOUR]
    assert day.elapsed(150) == 2 * HOUR


def test_autumn_day_is_long() -> None:
    """The hour from 02:00 comes twice: readings in it mean the first time, later ones come an hour late."""
    day = calendar_day(AUTUMN)

    assert (day.length, day.shift) == (25 * HOUR, HOUR)
    assert [day.elapsed(60 * hours) for hours in (2, 3, 24)] == [2 * HOUR, 4 * HOUR, 25 * HOUR]
    assert day.elapsed(150) == 150 * MINUTE


@pytest.mark.parametrize("on", [WEDNESDAY, SPRING, AUTUMN])
def test_readings_of_the_clock_never_run_backwards(on: date) -> None:
    """Over a day later readings of the wall clock never mean earlier instants."""
    instants = [calendar_day(on).elapsed(minutes) for minutes in range(1441)]

    assert instants == sorted(instants)


def test_days_follow_one_another_without_gap() -> None:
    """From the first date to the last, each day ends where the next begins, and two a year have no 24 hours."""
    count = (LAST_DATE - FIRST_DATE).days + 1
    days = [calendar_day(FIRST_DATE + timedelta(days=number)) for number in range(count)]

    assert all(day.starts_at + day.length // 1000 == after.starts_at for day, after in itertools.pairwise(days))
    assert sum(day.shift != 0 for day in days) == 2 * 101


@pytest.mark.parametrize("on", [date(2024, 2, 29), date(2000, 2, 29), date(2026, 12, 31), date(2027, 1, 1), AUTUMN])
def test_instants_find_their_day(on: date) -> None:
    """The first and the last second of a date belong to it, leap days and turns of the year included."""
    day = calendar_day(on)

    assert day_of(day.starts_at) is day
    assert day_of(day.starts_at + day.length / 1000 - 0.001) is day
    assert day_of(day.starts_at - 0.001).date == on - timedelta(days=1)


def test_day_is_that_of_the_wall_clock() -> None:
    """A wall clock in Amsterdam and the day agree on the date, in both hours that are called 02:30."""
    for fold in (0, 1):
        instant = datetime(2026, 10, 25, 2, 30, fold=fold, tzinfo=ZoneInfo("Europe/Amsterdam"))

        assert day_of(instant.timestamp()).offset(instant.timestamp()) == 150 * MINUTE + fold * HOUR


@pytest.mark.parametrize(("fraction", "offset"), [(0.0, 5000), (0.999, 5000), (1.0, 6000)])
def test_seconds_are_whole(fraction: float, offset: int) -> None:
    """Fractions of a second do not count."""
    day = calendar_day(WEDNESDAY)

    assert day.offset(day.starts_at + 5 + fraction) == offset


@pytest.mark.parametrize(
    "at",
    [
        calendar_day(FIRST_DATE).starts_at - 1,
        calendar_day(LAST_DATE).starts_at + 86400,
        datetime(1999, 6, 1, tzinfo=UTC).timestamp(),
        datetime(2101, 6, 1, tzinfo=UTC).timestamp(),
        -1e30,
        1e30,
        -inf,
        inf,
        nan,
    ],
)
def test_instants_outside_the_century_are_refused(at: float) -> None:
    """Before 2000 and after 2100 there is no center, nor at an instant that is no number."""
    with pytest.raises(InstantOutOfRange):
        day_of(at)


def test_first_and_last_second_of_the_century() -> None:
    """The bounds are dates in Amsterdam, both included."""
    first, last = calendar_day(FIRST_DATE), calendar_day(LAST_DATE)

    assert day_of(first.starts_at) is first
    assert day_of(last.starts_at + 86399) is last
