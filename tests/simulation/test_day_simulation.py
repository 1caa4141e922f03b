"""Simulating a day: two ways to the same calls, and every day begins and ends empty."""

from datetime import date
from itertools import product
from typing import Any

import numpy as np
import pytest

from kpn_sandbox.simulation.calendar import calendar_day
from kpn_sandbox.simulation.counters import QueueCounters
from kpn_sandbox.simulation.day_simulation import DaySimulation, simulate_day
from kpn_sandbox.simulation.day_trace import ABANDONED, ANSWERED, BLOCKED, FLOWED_OUT, DayTrace
from kpn_sandbox.simulation.facts import QueueFact
from kpn_sandbox.simulation.profile import Profile
from kpn_sandbox.simulation.resolved_profile import Span
from kpn_sandbox.simulation.trunks import PortOutage
from tests.simulation.days import AUTUMN, HOUR, SPRING, WEDNESDAY, dates, profile, spans, trace

SIZES: list[dict[str, Any]] = [
    {"agents": 1, "queues": 1, "trunks": 1},
    {"agents": 1, "queues": 50, "trunks": 20},
    {"agents": 50, "queues": 5, "load": 3},
    {"agents": 50, "queues": 5, "rhythm": "constant", "patience_seconds": "unlimited", "max_wait_seconds": 86400},
    {"agents": 30, "queues": 2, "wrap_seconds": 1800, "talk_seconds": 2700, "unanswered_share": 0.5},
    {"agents": 20, "queues": 2, "opening": "07:30-18:00"},
    {"agents": 40, "queues": 3, "trunks": [{"ports": 5}, {"ports": 3}]},
]

LARGE: dict[str, Any] = {"agents": 1000, "queues": 50, "trunks": 20}

DAYS = [WEDNESDAY, SPRING, AUTUMN, date(2028, 2, 29), date(2026, 12, 31)]


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"agents": 200, "queues": 15, "trunks": 6, "unanswered_share": 0.1},
        {"agents": 10, "queues": 1, "trunks": [{"ports": 3}, {"ports": 60}], "load": 2},
        {
            "agents": 30,
            "queues": 2,
            "service": "exponential",
            "rhythm": "constant",
            "ring_seconds": 0,
            "wrap_seconds": 0,
        },
    ],
)
def test_both_ways_lead_to_the_same_calls(settings: dict[str, Any]) -> None:
    """When no call is blocked, agents and ports simulated together give what agents simulated alone give."""
    outages = [{"trunk": 1, "start": "10:00", "end": "16:00"}] if "trunks" not in settings else []
    for day in dates(3):
        parts = spans(day, (0, profile(**settings, outages=outages)))
        alone, together = simulate_day("seed", calendar_day(day), parts), together_on(day, parts)

        assert not (alone.calls.outcome == BLOCKED).any()
        assert columns(alone) == columns(together)
        assert ports(alone) == ports(together)


def figures(day: DayTrace, instant: int) -> list[QueueFact]:
    return [QueueFact("", 0, *row) for row in QueueCounters(day).at(instant)]


def test_both_ways_lead_to_the_same_calls_across_a_change() -> None:
    """The same holds for a day on which agents and queues change."""
    trunks = [{"ports": 60}, {"ports": 60}]
    first, *later = (
        {"agents": 30, "queues": 3},
        *({"agents": 50 - 30 * (number % 2), "queues": 5 - number % 3} for number in range(40)),
    )
    changes = [(0, first), *((10 * HOUR + number * HOUR // 8, each) for number, each in enumerate(later))]
    parts = spans(WEDNESDAY, *((start, profile(**change, trunks=trunks)) for start, change in changes))

    alone, together = simulate_day("seed", calendar_day(WEDNESDAY), parts), together_on(WEDNESDAY, parts)

    assert alone.outbound.cut_off.any()
    assert columns(alone) == columns(together)
    assert ports(alone) == ports(together)


def test_blocked_calls_are_never_offered() -> None:
    """A call that finds no port rings nowhere, holds nothing and counts in no queue."""
    day = trace(WEDNESDAY, profile(load=1.5, trunks=[{"ports": 20}], unanswered_share=0.1))
    calls, lost = day.calls, day.calls.outcome == BLOCKED

    counted = figures(day, calendar_day(WEDNESDAY).length - 1000)
    assert 0 < lost.sum() < len(lost) / 2
    assert sum(totals.offered for totals in counted) == (~lost).sum()
    assert set(day.rings.call.tolist()).isdisjoint(np.flatnonzero(lost).tolist())
    assert np.array_equal(calls.end[lost], calls.arrival[lost])
    for column in (calls.agent, calls.answer, calls.ring_start, calls.wrap_end, day.port_usage.port):
        assert (column[lost] == -1).all()


def test_only_blocked_calls_have_no_port() -> None:
    """
    Every call but a blocked one has a port, also one whose caller hangs up at once.

    On this day such a call comes while all ports are taken, and without it they would just have been enough.
    """
    day = trace(
        date(2017, 12, 25),
        profile(
            agents=1,
            queues=1,
            patience_seconds=1,
            load=0.12,
            rhythm="constant",
            ring_seconds=0,
            wrap_seconds=0,
            talk_seconds=1,
            trunks=[{"ports": 2}],
        ),
        seed="s",
    )

    assert np.array_equal(day.port_usage.port < 0, day.calls.outcome == BLOCKED)
    assert day.calls.arrival[day.calls.outcome == BLOCKED].size == 1


@pytest.mark.parametrize(("settings", "on"), [*product(SIZES, DAYS), (LARGE, SPRING), (LARGE, WEDNESDAY)])
def test_every_day_begins_and_ends_empty(settings: dict[str, Any], on: date) -> None:
    """At every size and on days of every length nothing happens before midnight or is left at the next one."""
    day = trace(on, profile(**settings))
    length = calendar_day(on).length

    last = figures(day, length - 1000)
    assert all(
        (totals.waiting, totals.available, totals.talking, totals.wrapping, totals.auxiliary, totals.staffed)
        == (0,) * 6
        for totals in last
    )
    assert min([0, *day.calls.arrival.tolist(), *day.logins.login.tolist()]) == 0
    assert (
        max(
            max(column.tolist(), default=0)
            for column in (day.calls.end, day.calls.wrap_end, day.rings.end, day.aux.end, day.logins.logout)
        )
        <= length - 30_000
    )


@pytest.mark.parametrize("settings", [*SIZES, LARGE])
def test_calls_go_their_way_in_order(settings: dict[str, Any]) -> None:
    """A call arrives, rings, is answered, ends and is wrapped up in this order, or leaves without an agent."""
    calls = trace(WEDNESDAY, profile(**settings)).calls

    answered = calls.outcome == ANSWERED
    order = np.stack([calls.arrival, calls.ring_start, calls.answer, calls.end, calls.wrap_end])[:, answered]
    assert (np.diff(order, axis=0) >= 0).all()
    assert set(calls.outcome.tolist()) <= {BLOCKED, ANSWERED, ABANDONED, FLOWED_OUT}
    assert (calls.end >= calls.arrival).all() and (calls.agent[answered] >= 0).all()
    assert (calls.agent[~answered] == -1).all() and not calls.in_time[~answered].any()
    assert not (calls.transferred | (calls.hold_start >= 0))[~answered].any()


def test_agents_work_for_their_queue_only() -> None:
    """Every call is answered by an agent whose home is the call's queue."""
    center = profile(agents=40, queues=7)
    day = trace(WEDNESDAY, center)

    answered = day.calls.outcome == ANSWERED
    homes = np.array(day.spans[0].resolved.homes)
    assert np.array_equal(homes[day.calls.agent[answered]], day.calls.queue[answered])


def test_queue_without_staff_sends_its_calls_away() -> None:
    """When everybody is absent, callers hang up or are sent away after the maximum wait."""
    calls = trace(WEDNESDAY, profile(agents=8, queues=1, absent_share=0.9, max_wait_seconds=30)).calls

    waited = (calls.end - calls.arrival)[calls.outcome == FLOWED_OUT]
    assert (calls.outcome == FLOWED_OUT).sum() > 10
    assert (waited >= 30_000).all() and (waited < 46_000).all()


def test_closing_sends_the_waiting_away() -> None:
    """At closing time those who wait are sent away at once, and those who talk go on."""
    calls = trace(WEDNESDAY, profile(opening="09:00-17:00", load=3, queues=1, patience_seconds="unlimited")).calls

    at_closing = calls.end[calls.outcome == FLOWED_OUT] == 17 * HOUR
    assert at_closing.sum() > 3
    assert calls.end.max() > 17 * HOUR
    assert calls.ring_start[calls.outcome == ANSWERED].max() < 17 * HOUR


def test_many_ports_carry_few_calls() -> None:
    """Trunks of 480 ports are all there, and each is used in turn."""
    day = trace(WEDNESDAY, profile(agents=20, trunks=[{"ports": 480}] * 20))

    assert day.port_usage.starts == list(range(0, 9601, 480))
    assert len(set(day.port_usage.port.tolist())) == len(day.calls.arrival)


def test_day_without_calls_has_ports_and_agents() -> None:
    """When nobody calls, agents come all the same, and trunks have their outages."""
    day = trace(WEDNESDAY, profile(load=0, outages=[{"trunk": 1}]))

    assert len(day.calls.arrival) == len(day.port_usage.port) == 0
    assert {outage.port for outage in day.port_usage.outages} >= set(range(60))
    assert len(day.logins.agent) > 30


def test_same_day_twice_is_the_same() -> None:
    """A day simulated twice is equal in everything, and another seed gives another day."""
    one, again, other = (trace(WEDNESDAY, profile(), seed) for seed in ("one", "one", "other"))

    assert columns(one) == columns(again) != columns(other)


def changing_day(parts: list[tuple[int, Profile]]) -> DayTrace:
    """A day under several profiles, simulated."""
    return simulate_day("seed", calendar_day(WEDNESDAY), spans(WEDNESDAY, *parts))


def together_on(on: date, parts: tuple[Span, ...]) -> DayTrace:
    """A day simulated with ports and agents together, whether that is needed or not."""
    simulation = DaySimulation("seed", calendar_day(on), parts)
    usage = simulation.run_all_together()
    return simulation.trace(lambda: usage)


def columns(day: DayTrace) -> list[bytes]:
    """Everything that happened on a day, as octets to compare, each table in an order of its own."""
    sorted_tables = (np.array(sorted(zip(*table, strict=True))) for table in (day.rings, day.aux, day.logins))
    columns = [column for table in (day.calls, day.outbound) for column in table]
    return [each.tobytes() for each in (*columns, *sorted_tables)]


def ports(day: DayTrace) -> tuple[list[int], list[int], list[PortOutage]]:
    """The ports of all calls, and their outages."""
    usage = day.port_usage
    return usage.port.tolist(), usage.outbound.tolist(), sorted(usage.outages)
