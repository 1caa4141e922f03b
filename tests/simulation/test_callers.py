"""Callers: in proportion to the calls, in one call at a time, and as people call."""

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from kpn_sandbox.caching import SingleFlightCache
from kpn_sandbox.simulation.calendar import calendar_day
from kpn_sandbox.simulation.callers import NOBODY_BEFORE, Callbacks, CallerRequests, assign_callers, customer_count
from kpn_sandbox.simulation.center import Center
from kpn_sandbox.simulation.day_trace import ABANDONED, BLOCKED, DayTrace
from kpn_sandbox.simulation.dispositions import CALLBACK_AGREED, inbound_dispositions, outbound_dispositions
from kpn_sandbox.simulation.profile import ALWAYS, Epoch, Profile
from kpn_sandbox.simulation.resolved_profile import resolve_profile
from kpn_sandbox.simulation.scenarios import SCENARIOS

MONDAY = date(2026, 11, 2)


def center(seed: str, *profiles: Profile, changes: tuple[float, ...] = ()) -> Center:
    """A center whose profile changes at instants, without a cache."""
    starts = (ALWAYS, *changes)
    return Center(seed, tuple(map(Epoch, starts, profiles)), SingleFlightCache(0))


def traces(subject: Center, days: int) -> list[DayTrace]:
    return [subject.trace(calendar_day(MONDAY + timedelta(days=number))) for number in range(days)]


def overlaps(trace: DayTrace) -> int:
    """How often a call, inbound or outbound, begins while its customer is in another one."""
    last, found = {}, 0
    start, end = np.concatenate((trace.calls.arrival, trace.outbound.start)), [*trace.calls.end, *trace.outbound.end]
    customers = np.concatenate(trace.everybody[:2])
    for row in np.argsort(start, kind="stable").tolist():
        customer = int(customers[row])
        found += last.get(customer, 0) > start[row]
        last[customer] = max(last.get(customer, 0), int(end[row]))
    return found


@pytest.mark.parametrize(
    ("agents", "queues", "least", "most"),
    [(1, 1, 20, 300), (50, 3, 15_000, 23_000), (200, 15, 50_000, 90_000), (1000, 50, 300_000, 500_000)],
)
def test_customers_are_in_proportion_to_the_calls(agents, queues, least, most):
    """A center has the more customers the more calls it is planned for."""
    assert least <= customer_count(resolve_profile(Profile(agents=agents, queues=queues))) <= most


def test_customers_follow_the_load():
    """Twice the load is twice the customers; a center that nobody calls keeps a few."""
    normal, double, quiet = (customer_count(resolve_profile(Profile(load=load))) for load in (1, 2, 0))

    assert double == pytest.approx(2 * normal, rel=0.001)
    assert quiet == 20


@pytest.mark.parametrize(("agents", "queues"), [(1, 1), (8, 2), (50, 3), (300, 10)])
@pytest.mark.parametrize("seed", ["one", "two"])
def test_a_caller_is_in_one_call_at_a_time(agents, queues, seed):
    """No call begins while its caller is in another one, in centers of several sizes."""
    subject = center(seed, Profile(agents=agents, queues=queues))

    assert [overlaps(trace) for trace in traces(subject, 3)] == [0, 0, 0]


@pytest.mark.parametrize("name", SCENARIOS)
def test_no_scenario_lets_a_caller_call_twice_at_once(name):
    """Also where calls queue up or find no port, callers are customers of the center and in one call at a time."""
    subject = center("scenario", SCENARIOS[name].over(Profile(agents=20, queues=2)))

    (trace,) = traces(subject, 1)

    assert overlaps(trace) == 0
    assert trace.callers.max() < subject.customer_count(trace.day.starts_at)


def test_blocked_calls_have_callers():
    """Who finds no port is a customer, too, and not one who is in a call."""
    profile = Profile(agents=20, queues=1, trunks=1, load=3)

    (trace,) = traces(center("blocked", SCENARIOS["trunk outage"].over(profile)), 1)

    blocked = trace.calls.outcome == BLOCKED
    assert blocked.sum() > 10
    assert len(set(trace.callers[blocked].tolist())) > 5
    assert overlaps(trace) == 0


def test_people_call_as_people_do():
    """In four weeks a customer calls twice; two thirds of a week's callers call once, nobody all day long."""
    subject = center("people", Profile())
    month = traces(subject, 28)

    week = Counter(caller for trace in month[:7] for caller in trace.callers.tolist())
    calls = sum(len(trace.callers) for trace in month)

    assert calls / subject.customer_count(month[0].day.starts_at) == pytest.approx(2.1, abs=0.3)
    assert 0.6 < sum(count == 1 for count in week.values()) / len(week) < 0.7
    assert 0.25 < len(week) / subject.customer_count(month[0].day.starts_at) < 0.45
    assert max(max(Counter(trace.callers.tolist()).values()) for trace in month) < 12
    assert max(week.values()) > 8


def test_some_who_hung_up_call_again():
    """A third of those who abandoned make a later call of the same queue within ten minutes."""
    abandoned = again = 0
    for trace in traces(center("redial", Profile()), 7):
        rows: dict[int, list[int]] = {}
        for row in np.argsort(trace.calls.arrival, kind="stable").tolist():
            rows.setdefault(int(trace.callers[row]), []).append(row)
        lost = np.flatnonzero(trace.calls.outcome == ABANDONED)
        abandoned += len(lost)
        for first, second in (pair for own in rows.values() for pair in pairwise(own)):
            soon = trace.calls.arrival[second] - trace.calls.end[first] < 600_000
            again += trace.calls.outcome[first] == ABANDONED and soon

    assert abandoned > 200
    assert 0.3 < again / abandoned < 0.4


PROFILES = [Profile(agents=agents, queues=2, load=load) for agents in (4, 30) for load in (0.5, 1.5)]


@settings(max_examples=15, deadline=None)
@given(before=some.sampled_from(PROFILES), after=some.sampled_from(PROFILES), second=some.integers(0, 86_399))
def test_a_change_leaves_earlier_callers_as_they_were(before, after, second):
    """Who made the calls that arrived before a change of the profile does not depend on it."""
    day = calendar_day(MONDAY)
    changed = center("change", before, after, changes=(day.starts_at + second,)).trace(day)
    unchanged = center("change", before).trace(day)

    known = [
        list(zip(*(column[begin < 1000 * second].tolist() for column in columns), strict=True))
        for each in (changed, unchanged)
        for begin, *columns in [
            (each.calls.arrival, each.calls.queue, each.calls.arrival, each.callers),
            (each.outbound.start, each.outbound.agent, each.outbound.start, each.everybody.outbound),
        ]
    ]

    assert known[:2] == known[2:]
    assert overlaps(changed) == 0


def test_a_center_that_shrinks_keeps_its_customers():
    """Who was a customer before a change from an instant on stays one; a larger center has more of them."""
    day = calendar_day(MONDAY)
    small, large = Profile(agents=5, queues=1), Profile(agents=80, queues=1)
    subject = center("shrink", small, large, small, changes=(day.starts_at + 100, day.starts_at + 200))

    counts = [subject.customer_count(day.starts_at + second) for second in (0, 100, 200)]

    assert counts == [customer_count(resolve_profile(small)), *[customer_count(resolve_profile(large))] * 2]


def requests(*rows: tuple[int, ...]) -> CallerRequests:
    return CallerRequests(*np.array(rows).T)


def test_the_next_free_customer_takes_the_place_of_a_busy_one():
    """A customer in a call is replaced by the next one who is free; beyond the last one the first ones follow."""
    rows = [(0, 100, NOBODY_BEFORE, 3, 5), (10, 90, NOBODY_BEFORE, 3, 5), (20, 80, NOBODY_BEFORE, 4, 5)]
    free_again = (100, 120, NOBODY_BEFORE, 3, 5)

    assert assign_callers(requests(*rows, free_again)).tolist() == [3, 4, 0, 3]


def test_the_caller_of_an_earlier_call_comes_first():
    """A call that follows an earlier one has its caller, unless that one is in a call: then the one it wanted."""
    rows = [(0, 10, NOBODY_BEFORE, 1, 9), (20, 30, 0, 5, 9), (25, 28, 0, 6, 9), (40, 50, 2, 7, 9)]

    assert assign_callers(requests(*rows)).tolist() == [1, 1, 6, 6]


def test_callers_are_found_in_order_of_arrival():
    """The order of the rows does not matter, only that of the starts."""
    rows = [(30, 40, NOBODY_BEFORE, 2, 9), (10, 35, NOBODY_BEFORE, 2, 9)]

    assert assign_callers(requests(*rows)).tolist() == [3, 2]


def test_more_calls_at_once_than_customers():
    """When all customers are in a call, those of a larger center help out."""
    rows = [(0, 100, NOBODY_BEFORE, 0, 2)] * 4

    assert assign_callers(requests(*rows)).tolist() == [0, 1, 2, 3]


def test_nobody_calls_a_center_without_calls():
    """A day without calls has no callers, and its center a few customers."""
    subject = center("quiet", Profile(load=0))

    (trace,) = traces(subject, 1)

    assert (len(trace.callers), subject.customer_count(trace.day.starts_at)) == (0, 20)


def promised(seed: str, trace: DayTrace) -> np.ndarray:
    """The rows of the calls after which a callback was agreed on; outbound calls come last."""
    codes = inbound_dispositions(seed, trace.day, trace.calls), outbound_dispositions(trace.outbound)
    return np.flatnonzero(np.concatenate(codes) == CALLBACK_AGREED)


def test_callbacks_are_made_as_they_were_agreed():
    """Each callback is made once, ten minutes later or more, to the same customer, for the same queue."""
    for trace in traces(center("callbacks", Profile()), 3):
        customers = np.concatenate(trace.everybody[:2])
        queues = np.concatenate((trace.calls.queue, trace.outbound.queue))
        over = np.concatenate((trace.calls.wrap_end, trace.outbound.end))

        made = np.flatnonzero(trace.everybody.promises >= 0)
        origins, rows = trace.everybody.promises[made], made + len(trace.calls.queue)

        assert len(set(origins.tolist())) == len(origins) > 20
        assert set(origins.tolist()) <= set(promised("callbacks", trace).tolist())
        assert (customers[rows] == customers[origins]).all()
        assert (queues[rows] == queues[origins]).all()
        assert (trace.outbound.start[made] >= over[origins] + 600_000).all()


@pytest.mark.parametrize("seed", ["one", "two"])
def test_nearly_all_callbacks_are_made_on_the_day(seed):
    """On weekdays 95 of 100 callbacks that are agreed on are made; agents make more calls than those."""
    agreed = made = outbound = 0
    for trace in traces(center(seed, Profile()), 5):
        agreed += len(promised(seed, trace))
        made += int((trace.everybody.promises >= 0).sum())
        outbound += len(trace.outbound.start)

    assert agreed > 200
    assert 0.95 < made / agreed <= 1
    assert made < outbound


def test_the_longest_waiting_is_called_back_first():
    """Of those who are due and in no call the first one is called back, and only for the own queue."""
    callbacks = Callbacks([7, 7, 8, 7, 7, 7, 8], {0: 100, 1: 50, 2: 10}, 3)
    for row in (0, 1, 2):
        callbacks.promise(row)

    assert callbacks.take(3, 40, lambda row: 0) is None
    assert callbacks.take(4, 120, {0: 0, 1: 130}.__getitem__) == 0
    assert callbacks.take(5, 130, {1: 130}.__getitem__) == 1
    assert callbacks.take(6, 130, {2: 0}.__getitem__) == 2
    assert callbacks.made == {4: 0, 5: 1, 6: 2}


def test_a_callback_finds_a_customer_who_is_free():
    """Who is promised a callback and calls again is called back after that call; meanwhile others are called."""
    rows = [(0, 10, NOBODY_BEFORE, 3, 9), (30, 60, NOBODY_BEFORE, 3, 9), (40, 50, NOBODY_BEFORE, 5, 9)]
    later = (70, 80, NOBODY_BEFORE, 6, 9)
    callbacks = Callbacks([0] * 4, {0: 20}, 2)

    assert assign_callers(requests(*rows, later), callbacks).tolist() == [3, 3, 5, 3]
    assert callbacks.made == {3: 0}
