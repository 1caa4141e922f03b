"""The clock of an account."""

import time

import pytest

from kpn_sandbox.simulation.errors import InstantOutOfRange
from kpn_sandbox.tenants.clock import FrozenClock, RunningClock, clock_from_dict, format_instant, wall_time
from kpn_sandbox.tenants.errors import InvalidSetting, UnknownAccount
from tests.tenants.concurrency import in_threads

AT = 1_700_000_000.0


def test_wall_time_is_the_time_of_this_machine():
    """Wall time lies between two readings of the machine's own clock."""
    before = time.time()

    assert before <= wall_time() <= time.time()


def test_a_running_clock_follows_wall_time():
    """The default clock shows wall time."""
    assert RunningClock().now(AT + 0.5) == AT + 0.5


def test_a_frozen_clock_stands():
    """A frozen clock shows its own instant at every wall time."""
    assert FrozenClock(99.0).now(123.5) == 99.0


def test_a_running_clock_may_run_from_another_instant_and_faster():
    """A clock runs from its instant since a wall time, at its speed."""
    assert RunningClock(at=AT, since=100.0, speed=60.0).now(102.5) == AT + 150


def test_a_clock_stops_at_the_end_of_2100():
    """A running clock does not leave the years of a center."""
    late = RunningClock(at=4_133_890_000.0, since=0.0, speed=3600.0)

    assert format_instant(late.now(3600.0)) == "2100-12-31T23:59:59+01:00"


@pytest.mark.parametrize("clock", [RunningClock(), RunningClock(at=AT, since=AT, speed=3600.0)])
def test_a_clock_starts_at_the_beginning_of_2000(clock):
    """A running clock does not leave the years of a center when the machine's date is long before them."""
    assert format_instant(clock.now(820_454_400.0)) == "2000-01-01T00:00:00+01:00"


@pytest.mark.parametrize(
    ("clock", "at"),
    [(RunningClock(), 1_000_000_160.0), (RunningClock(1e9, 90.0, 2.0), 1_000_000_080.0), (FrozenClock(1e9), 1e9 + 60)],
)
def test_a_clock_is_advanced(clock, at):
    """An advanced clock goes on in the same mode, from later."""
    wall = 1_000_000_100.0 if clock == RunningClock() else 100.0

    later = clock.advanced(60.0, wall)

    assert (later.now(wall), later.speed) == (at, clock.speed)
    assert later.now(wall + 1) == at + clock.speed


def test_a_clock_is_not_advanced_beyond_2100():
    """The error names the last instant."""
    with pytest.raises(InstantOutOfRange, match="2000-01-01 to 2100-12-31"):
        FrozenClock(1_795_424_400.0).advanced(1e10, 0.0)


def test_a_clock_is_restarted():
    """A clock that ran from an instant runs from it again; the others stay as they are."""
    assert RunningClock(1e9, 90.0, 2.0).restarted(500.0).now(501.0) == 1e9 + 2
    assert RunningClock().restarted(500.0) == RunningClock()
    assert FrozenClock(1e9).restarted(500.0) == FrozenClock(1e9)


@pytest.mark.parametrize("clock", [RunningClock(), RunningClock(1e9, 90.5, 0.5), FrozenClock(1_795_424_400.5)])
def test_a_clock_survives_storing(clock):
    """A clock comes back the same from its JSON values."""
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
def test_an_instant_is_formatted_in_the_center_s_zone(at, text):
    """Instants are whole seconds in Europe/Amsterdam; the offset distinguishes the two hours of an autumn night."""
    assert format_instant(at) == text


def now(sandbox):
    return sandbox.tenant("anna").now()


def test_a_clock_is_set_for_all_workers(anna, sandbox, other, wall):
    """Another worker has the new instant at its next request."""
    before = now(other)

    sandbox.clocks.set(anna, "frozen", at=AT)

    assert (before, now(other)) == (wall.at, AT)


def test_a_clock_freezes_where_it_is(anna, sandbox, wall):
    """Without an instant, a clock freezes at its present second."""
    assert sandbox.clocks.set(anna, "frozen") == FrozenClock(wall.at // 1)


@pytest.mark.parametrize(
    ("asked", "at_once", "after_ten_seconds"),
    [
        ({}, 1_795_424_400.25, 1_795_424_410.25),
        ({"at": AT}, AT, AT + 10),
        ({"at": AT, "speed": 60}, AT, AT + 600),
        ({"at": AT, "speed": 0.5}, AT, AT + 5),
        ({"speed": 3600}, 1_600_000_000.0, 1_600_036_000.0),
    ],
)
def test_a_clock_runs(anna, sandbox, other, wall, asked, at_once, after_ten_seconds):
    """A clock follows wall time, or runs from an instant or from where it is, at the speed given."""
    sandbox.clocks.set(anna, "frozen", at=1_600_000_000.0)

    sandbox.clocks.set(anna, "running", **asked)
    first = now(other)
    wall.at += 10

    assert (first, now(other)) == (at_once, after_ten_seconds)


def test_a_fast_clock_that_slows_down_does_not_jump(anna, sandbox, wall):
    """A clock of another speed runs on from the present instant."""
    sandbox.clocks.set(anna, "running", at=AT, speed=60)
    wall.at += 10

    sandbox.clocks.set(anna, "running", speed=1)

    assert now(sandbox) == AT + 600


def test_simultaneous_advances_add_up(anna, sandbox, other):
    """No advance of many workers at the same time is lost."""
    sandbox.clocks.set(anna, "frozen", at=AT)

    in_threads(lambda turn: (sandbox, other)[turn % 2].clocks.advance(anna, 1), 40)

    assert (now(sandbox), now(other)) == (AT + 40, AT + 40)


def test_a_running_clock_is_advanced(anna, sandbox, wall):
    """An advanced running clock runs on."""
    assert sandbox.clocks.advance(anna, 3600) == RunningClock(wall.at + 3600, wall.at, 1.0)


@pytest.mark.parametrize(
    ("asked", "refusal", "field"),
    [
        ({"mode": "stopped"}, InvalidSetting, "mode"),
        ({"mode": "frozen", "speed": 1}, InvalidSetting, "speed"),
        ({"mode": "running", "speed": 0}, InvalidSetting, "speed"),
        ({"mode": "running", "speed": -1}, InvalidSetting, "speed"),
        ({"mode": "running", "speed": 3600.5}, InvalidSetting, "speed"),
        ({"mode": "running", "speed": float("nan")}, InvalidSetting, "speed"),
        ({"mode": "running", "speed": True}, InvalidSetting, "speed"),
        ({"mode": "frozen", "at": 946_681_000.0}, InstantOutOfRange, None),
        ({"mode": "running", "at": 4_133_980_800.0}, InstantOutOfRange, None),
        ({"mode": "running", "at": float("nan")}, InstantOutOfRange, None),
    ],
)
def test_a_wrong_clock_is_refused(anna, sandbox, wall, asked, refusal, field):
    """The clock before stays."""
    with pytest.raises(refusal) as refused:
        sandbox.clocks.set(anna, **asked)

    assert getattr(refused.value, "field", None) == field
    assert now(sandbox) == wall.at


@pytest.mark.parametrize(
    "seconds", [-1, True, "5", float("inf"), float("nan"), None, 1e300, 10**400], ids=lambda seconds: str(seconds)[:5]
)
def test_time_is_advanced_by_seconds(anna, sandbox, wall, seconds):
    """Only numbers from 0 on are accepted; a clock is set backward, not advanced."""
    with pytest.raises(InvalidSetting, match="seconds must be"):
        sandbox.clocks.advance(anna, seconds)

    assert now(sandbox) == wall.at


def test_an_unknown_account_has_no_clock(sandbox):
    """Setting and advancing raise UnknownAccount."""
    with pytest.raises(UnknownAccount):
        sandbox.clocks.advance("nobody", 1)
