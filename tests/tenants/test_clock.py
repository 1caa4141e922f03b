"""The time of an account."""

import time

import pytest

from kpn_sandbox.simulation.errors import InstantOutOfRange
from kpn_sandbox.tenants.clock import FrozenClock, RunningClock, clock_from_dict, format_instant, wall_time


def test_wall_time_is_the_time_of_this_machine():
    """Wall time lies between two readings of the machine's own clock."""
    before = time.time()

    assert before <= wall_time() <= time.time()


def test_a_running_clock_follows_wall_time():
    """It tells what the wall tells."""
    assert RunningClock().now(123.5) == 123.5


def test_a_frozen_clock_stands():
    """It tells its own instant, whatever the wall tells."""
    assert FrozenClock(99.0).now(123.5) == 99.0


def test_a_running_clock_may_run_from_elsewhere_and_faster():
    """From an instant at a time of the wall, so many seconds in one."""
    assert RunningClock(at=1000.0, since=100.0, speed=60.0).now(102.5) == 1150.0


def test_a_clock_stops_at_the_end_of_2100():
    """There is no center beyond."""
    late = RunningClock(at=4_133_890_000.0, since=0.0, speed=3600.0)

    assert format_instant(late.now(3600.0)) == "2100-12-31T23:59:59+01:00"


@pytest.mark.parametrize(
    ("clock", "at"),
    [(RunningClock(), 1_000_000_160.0), (RunningClock(1e9, 90.0, 2.0), 1_000_000_080.0), (FrozenClock(1e9), 1e9 + 60)],
)
def test_a_clock_is_advanced(clock, at):
    """And goes on as it went before."""
    wall = 1_000_000_100.0 if clock == RunningClock() else 100.0

    later = clock.advanced(60.0, wall)

    assert (later.now(wall), later.speed) == (at, clock.speed)
    assert later.now(wall + 1) == at + clock.speed


def test_a_clock_is_not_advanced_out_of_the_world():
    """The refusal says how far it goes."""
    with pytest.raises(InstantOutOfRange, match="2000-01-01 to 2100-12-31"):
        FrozenClock(1_795_424_400.0).advanced(1e10, 0.0)


def test_a_clock_is_started_again():
    """One that ran from an instant runs from it again; the others have nothing to begin with."""
    assert RunningClock(1e9, 90.0, 2.0).restarted(500.0).now(501.0) == 1e9 + 2
    assert RunningClock().restarted(500.0) == RunningClock()
    assert FrozenClock(1e9).restarted(500.0) == FrozenClock(1e9)


@pytest.mark.parametrize("clock", [RunningClock(), RunningClock(1e9, 90.5, 0.5), FrozenClock(1_795_424_400.5)])
def test_a_clock_survives_being_kept(clock):
    """What is written as JSON values comes back the same."""
    assert clock_from_dict(clock.to_dict()) == clock


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (1_795_424_400.9, "2026-11-23T10:00:00+01:00"),
        (1_783_072_800, "2026-07-03T12:00:00+02:00"),
        (1_792_890_000, "2026-10-25T02:00:00+01:00"),
        (1_792_886_400, "2026-10-25T02:00:00+02:00"),
    ],
)
def test_an_instant_is_told_in_the_center_s_zone(at, text):
    """Whole seconds in Europe/Amsterdam; the offset tells the two hours of an autumn night apart."""
    assert format_instant(at) == text
