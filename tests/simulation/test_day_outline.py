"""The outline of a day has the calls that wait at each instant, and what marks the day where it happens."""

from datetime import UTC, date, datetime

import pytest

from kpn_sandbox.caching import SingleFlightCache
from kpn_sandbox.simulation.calendar import HOUR, calendar_day
from kpn_sandbox.simulation.center import Center
from kpn_sandbox.simulation.day_outline import landmarks, waiting_curve
from kpn_sandbox.simulation.profile import ALWAYS, Epoch, Profile
from kpn_sandbox.simulation.scenarios import scenario

MIDNIGHT = datetime(2026, 11, 22, 23, tzinfo=UTC).timestamp()
MONDAY = calendar_day(date(2026, 11, 23))
TRACES = SingleFlightCache()
STEP = 300


def center(name: str) -> Center:
    return Center("outline", (Epoch(ALWAYS, scenario(name).over(Profile(agents=30, trunks=2))),), TRACES)


def marks(name: str, day=MONDAY) -> dict[str, tuple[float, float]]:
    """The hours at which each mark of a day begins and ends."""
    found = landmarks(center(name).day_index(day).trace)
    return {mark.kind: (mark.start / HOUR, mark.end / HOUR) for mark in found}


@pytest.mark.parametrize("name", ["peak", "night closed"])
def test_the_curve_has_the_counters(name):
    """At each step as many calls wait as the counters of the queues say."""
    subject = center(name)

    curve = waiting_curve(subject.day_index(MONDAY).trace, STEP * 1000)

    # The last point is the next midnight, which belongs to the next day.
    instants = [MIDNIGHT + step * STEP for step in range(len(curve.at) - 1)]
    assert curve.at[:-1] == [sum(queue.waiting for queue in subject.queues(at)) for at in instants]
    assert len(curve.at) == 289


def test_between_two_steps_at_most_as_many_wait_as_the_curve_says():
    """The curve of the most calls has the highest number of any second between two steps."""
    subject = center("peak")
    most = waiting_curve(subject.day_index(MONDAY).trace, STEP * 1000).most

    for step in (120, 132, 150):
        waiting = [
            sum(queue.waiting for queue in subject.queues(MIDNIGHT + second))
            for second in range((step - 1) * STEP, step * STEP + 1)
        ]
        # Calls that come and go within a second are seen at no whole second.
        assert max(waiting) <= most[step] <= max(waiting) + 3


def test_the_morning_peak_and_lunch_are_marked():
    """The busiest hour of the morning comes before lunch, and both come when people expect them."""
    found = marks("normal")

    assert 9 <= found["morning_peak"][0] <= 11.5
    assert 11 <= found["lunch"][0] <= 14
    assert {"opens", "closes", "outage"} & found.keys() == set()


def test_opening_hours_are_marked():
    """A center that is closed at night opens and closes at its hours, also on the day on which clocks change."""
    assert marks("night closed")["opens"] == (8, 8)
    assert marks("night closed")["closes"] == (20, 20)
    assert marks("night closed", calendar_day(date(2026, 10, 25)))["opens"] == (9, 9)


def test_an_outage_is_marked_with_its_trunk():
    """A trunk that is out of service all day is marked from midnight to midnight."""
    found = landmarks(center("trunk outage").day_index(MONDAY).trace)

    assert [(mark.start, mark.end, mark.trunk) for mark in found if mark.kind == "outage"] == [(0, 24 * HOUR, 0)]


def test_a_constant_day_has_no_peak():
    """A center whose arrivals never change has neither a peak nor a lunch hour."""
    assert marks("lab") == {}
