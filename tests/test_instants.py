"""Instants and durations as people write them."""

from datetime import datetime

import pytest

from kpn_sandbox.instants import DURATIONS, FORMS, instant_text, seconds_of

FRIDAY = datetime.fromisoformat("2026-11-27T21:30:00+00:00")


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-11-23T10:00:00Z", "2026-11-23T10:00:00Z"),
        ("2026-11-23T10:00:00+05:30", "2026-11-23T10:00:00+05:30"),
        ("2026-11-23T10:00", "2026-11-23T10:00:00+01:00"),
        ("2026-07-01 10:00:05", "2026-07-01T10:00:05+02:00"),
        ("2026-11-23", "2026-11-23T00:00:00+01:00"),
        ("10:00", "2026-11-27T10:00:00+01:00"),
        ("9:05:30", "2026-11-27T09:05:30+01:00"),
        ("friday 10:00", "2026-11-27T10:00:00+01:00"),
        ("Monday  10:00", "2026-11-30T10:00:00+01:00"),
        ("thursday", "2026-12-03T00:00:00+01:00"),
        ("yesterday 23:59", "2026-11-26T23:59:00+01:00"),
        ("tomorrow 00:00", "2026-11-28T00:00:00+01:00"),
    ],
)
def test_an_instant_has_an_offset(text, instant):
    """What is written without an offset is in Europe/Amsterdam, with the day of the clock where it has none."""
    assert instant_text(text, lambda: FRIDAY) == instant


def test_the_day_is_that_of_amsterdam():
    """Shortly before midnight in London it is the next day in Amsterdam already."""
    assert instant_text("10:00", lambda: FRIDAY.replace(hour=23, minute=30)) == "2026-11-28T10:00:00+01:00"


@pytest.mark.parametrize("text", ["noon", "25:00", "10", "10:60", "someday 10:00", "2026-13-01", "10:00 pm"])
def test_anything_else_is_no_instant(text):
    """The error names the forms of an instant."""
    with pytest.raises(ValueError) as refused:
        instant_text(text, lambda: FRIDAY)
    assert str(refused.value) == FORMS


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90", 90), ("90s", 90), ("15m", 900), ("1h30m", 5400), ("1h 30m", 5400), ("2d", 172_800), ("0.5", 0.5)],
)
def test_a_duration_is_in_seconds(text, seconds):
    """A number alone is in seconds."""
    assert seconds_of(text) == seconds


@pytest.mark.parametrize("text", ["", "h", "1x", "30m1h", "-5", "1e3", "five"])
def test_anything_else_is_no_duration(text):
    """The error names the forms of a duration."""
    with pytest.raises(ValueError) as refused:
        seconds_of(text)
    assert str(refused.value) == DURATIONS
