"""Calls come as planned, and what a change leaves alone stays exactly as it was."""

from datetime import date
from itertools import product

import numpy as np
import pytest

from kpn_sandbox.simulation.arrivals import FOREVER, LAST_ARRIVAL, NO_ANSWER_TIMEOUT, DrawnCalls, draw_calls
from kpn_sandbox.simulation.calendar import MINUTE, calendar_day
from kpn_sandbox.simulation.profile import Profile
from tests.simulation.days import AUTUMN, HOUR, SPRING, WEDNESDAY, dates, one_span, profile, spans

CHANGE = 14 * HOUR + 7 * MINUTE + 13_000


@pytest.mark.parametrize(
    "change",
    [
        {"load": 2},
        {"load": 0},
        {"agents": 90},
        {"opening": "14:00-15:00"},
        {"queues": 1},
        {"talk_seconds": 100, "patience_seconds": "unlimited", "service": "exponential"},
    ],
)
def test_the_past_stays_when_the_rate_changes(change: dict[str, object]) -> None:
    """A change in the middle of a quarter of an hour leaves all calls before it as they were, and counts after it."""
    before, after = profile(), profile(**change)
    plain = drawn(WEDNESDAY, before)
    changed = draw_calls("seed", calendar_day(WEDNESDAY), 0, spans(WEDNESDAY, (0, before), (CHANGE, after)))

    count = int(np.searchsorted(plain.arrival, CHANGE))
    assert count > 100
    assert same(head(changed, count), head(plain, count))
    assert not (changed.arrival[count:] < CHANGE).any()
    assert not same(changed, plain)


def test_change_to_the_same_is_no_change() -> None:
    """A change that sets what was set before changes no call, only the part of the day that it belongs to."""
    twice = draw_calls("seed", calendar_day(WEDNESDAY), 0, spans(WEDNESDAY, (0, profile()), (CHANGE, profile())))

    assert same(twice._replace(span=twice.span * 0), drawn(WEDNESDAY, profile()))


def test_another_queue_leaves_the_calls_of_the_others() -> None:
    """A sixth queue with agents of its own does not touch the calls of the first five."""
    five, six = profile(agents=50, queues=5), profile(agents=60, queues=6)

    assert all(same(drawn(WEDNESDAY, five, queue), drawn(WEDNESDAY, six, queue)) for queue in range(5))


def test_call_brings_the_same_whenever_it_comes() -> None:
    """With twice the load the calls come sooner, and the first of them bring along what they always brought."""
    usual, busy = (drawn(WEDNESDAY, profile(queues=1, load=load)) for load in (1, 2))

    count = len(usual.arrival)
    assert len(busy.arrival) == pytest.approx(2 * count, rel=0.1)
    assert same(head(busy, count)._replace(arrival=usual.arrival), usual)
    assert (head(busy, count).arrival < usual.arrival).all()


def test_seeds_dates_and_queues_have_calls_of_their_own() -> None:
    """Another seed, date or queue has other calls."""
    center = profile(rhythm="constant")
    several = [drawn(WEDNESDAY, center), drawn(WEDNESDAY, center, seed="other"), drawn(WEDNESDAY, center, 1)]
    several.append(drawn(SPRING, center))

    assert len({each.talk[:50].tobytes() for each in several}) == 4
    assert same(drawn(WEDNESDAY, center), several[0])


@pytest.mark.parametrize(("on", "rhythm"), [*product([WEDNESDAY, SPRING, AUTUMN], ["daily", "constant"])])
def test_calls_come_in_opening_hours_only(on: date, rhythm: str) -> None:
    """No call comes before the center opens or after it closes, by the wall clock of the date."""
    day, center = calendar_day(on), profile(opening="01:30-20:00", rhythm=rhythm, load=2)

    arrival = np.concatenate([drawn(on, center, queue).arrival for queue in range(5)])
    assert day.elapsed(90) <= arrival.min()
    # In the small hours few call, unless the rate stays the same all day.
    assert rhythm == "daily" or arrival.min() < day.elapsed(90) + HOUR
    assert day.elapsed(1200) - HOUR / 2 < arrival.max() < day.elapsed(1200)


@pytest.mark.parametrize("on", [WEDNESDAY, SPRING, AUTUMN])
def test_calls_come_in_order_until_shortly_before_midnight(on: date) -> None:
    """Calls are sorted, none comes before midnight or in the last ten minutes of the day."""
    arrival = drawn(on, profile(rhythm="constant", load=3)).arrival

    assert (np.diff(arrival) >= 0).all()
    assert 0 <= arrival.min() and arrival.max() < calendar_day(on).length - LAST_ARRIVAL


@pytest.mark.parametrize(
    "settings",
    [{"load": 0}, {"opening": "23:50-24:00"}, {"queues": [{"load": 0}, {}]}, {"queues": [{"agents": 0}, {}]}],
)
def test_days_without_calls(settings: dict[str, object]) -> None:
    """Nobody calls without a load, without agents or when the center opens too late."""
    assert len(drawn(WEDNESDAY, profile(**settings)).arrival) == 0


def test_calls_follow_the_day() -> None:
    """Every office hour has many times the calls of every hour of the night."""
    arrival = np.concatenate([drawn(day, profile(agents=100, queues=1)).arrival for day in dates(10, step=7)])

    hourly = np.bincount(arrival // HOUR, minlength=24)
    assert hourly[9:17].min() > 4 * hourly[:5].max()


def test_shares_of_marked_calls() -> None:
    """Eight percent are transferred, fifteen are held, and the share set finds no answer at first."""
    several = [drawn(day, profile(rhythm="constant", queues=1, unanswered_share=0.1)) for day in dates(10)]

    names = ("transferred", "held", "unanswered")
    shares = [np.concatenate([getattr(each, name) for each in several]).mean() for name in names]
    assert shares == pytest.approx([0.08, 0.15, 0.1], abs=0.005)


def test_limits_of_what_a_call_brings() -> None:
    """Talk lasts at least a moment and at most three quarters of an hour, a ring ends before its time-out."""
    found = drawn(WEDNESDAY, profile(agents=300, queues=1, ring_seconds=10, talk_seconds=270))

    assert 1 <= found.talk.min() and found.talk.max() == 45 * MINUTE
    assert found.ring.max() == NO_ANSWER_TIMEOUT - 1


def test_endless_patience() -> None:
    """Callers who never hang up outlast every day."""
    found = drawn(WEDNESDAY, profile(patience_seconds="unlimited"))

    assert (found.patience == FOREVER).all()


def drawn(on: date, center: Profile, queue: int = 0, seed: str = "seed") -> DrawnCalls:
    """The calls of a queue on a day that is all under one profile."""
    return draw_calls(seed, calendar_day(on), queue, one_span(on, center))


def head(found: DrawnCalls, count: int) -> DrawnCalls:
    """The first calls."""
    return DrawnCalls(*(column[:count] for column in found))


def same(one: DrawnCalls, other: DrawnCalls) -> bool:
    """Whether two lists of calls are equal in everything."""
    return all(map(np.array_equal, one, other))
