"""Setting the clocks of accounts."""

import pytest

from kpn_sandbox.simulation.errors import InstantOutOfRange
from kpn_sandbox.tenants.clock import FrozenClock, RunningClock
from kpn_sandbox.tenants.errors import InvalidSetting, UnknownAccount
from tests.tenants.concurrency import in_threads

AT = 1_700_000_000.0


def now(sandbox):
    return sandbox.tenant("anna").now()


def test_a_clock_that_is_set_here_tells_it_there(anna, sandbox, other, wall):
    """At the very next request."""
    before = now(other)

    sandbox.clocks.set(anna, "frozen", at=AT)

    assert (before, now(other)) == (wall.at, AT)


def test_a_clock_freezes_where_it_is(anna, sandbox, wall):
    """At the whole second."""
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
    """As the wall does, or from an instant on, or from where it stands, as fast as asked."""
    sandbox.clocks.set(anna, "frozen", at=1_600_000_000.0)

    sandbox.clocks.set(anna, "running", **asked)
    first = now(other)
    wall.at += 10

    assert (first, now(other)) == (at_once, after_ten_seconds)


def test_a_fast_clock_that_slows_down_does_not_jump(anna, sandbox, wall):
    """It runs on from where it has come to."""
    sandbox.clocks.set(anna, "running", at=AT, speed=60)
    wall.at += 10

    sandbox.clocks.set(anna, "running", speed=1)

    assert now(sandbox) == AT + 600


def test_steps_add_up(anna, sandbox, other):
    """Whoever makes them, also at the same time."""
    sandbox.clocks.set(anna, "frozen", at=AT)

    in_threads(lambda turn: (sandbox, other)[turn % 2].clocks.advance(anna, 1), 40)

    assert (now(sandbox), now(other)) == (AT + 40, AT + 40)


def test_a_running_clock_is_put_forward(anna, sandbox, wall):
    """And runs on."""
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
def test_a_clock_that_cannot_be_is_refused(anna, sandbox, wall, asked, refusal, field):
    """And the one before goes on."""
    with pytest.raises(refusal) as refused:
        sandbox.clocks.set(anna, **asked)

    assert getattr(refused.value, "field", None) == field
    assert now(sandbox) == wall.at


@pytest.mark.parametrize(
    "seconds", [-1, True, "5", float("inf"), float("nan"), None, 1e300, 10**400], ids=lambda seconds: str(seconds)[:5]
)
def test_time_is_advanced_by_seconds(anna, sandbox, wall, seconds):
    """Anything else is refused; backward it is set, not advanced."""
    with pytest.raises(InvalidSetting, match="seconds must be"):
        sandbox.clocks.advance(anna, seconds)

    assert now(sandbox) == wall.at


def test_nobody_has_no_clock(sandbox):
    """There must be an account."""
    with pytest.raises(UnknownAccount):
        sandbox.clocks.advance("nobody", 1)
