"""Which port carries which call: the one idle longest, the next trunk, or none."""

import itertools
from typing import Any

import pytest

from kpn_sandbox.simulation.calendar import calendar_day
from kpn_sandbox.simulation.day_trace import BLOCKED
from kpn_sandbox.simulation.facts import PortState
from kpn_sandbox.simulation.timelines import PortTimeline
from kpn_sandbox.simulation.trunks import (
    LONGEST_FAULT,
    NO_PORT,
    PortClosure,
    PortOutage,
    PortPool,
    most_out_of_service,
    port_closures,
    trunk_sizes,
)
from tests.simulation.days import AUTUMN, HOUR, SPRING, WEDNESDAY, dates, one_span, profile, spans, trace


def test_port_idle_longest_is_taken() -> None:
    """Ports are taken in the order in which they became free, and at first in the order of their numbers."""
    pool = PortPool([3])

    first = [pool.take(0, 0) for _ in range(3)]
    for port, at in ((1, 10), (2, 30), (0, 20)):
        pool.release(port, at)
    assert first == [0, 1, 2]
    assert [pool.take(40, 0) for _ in range(3)] == [1, 0, 2]


def test_full_trunk_overflows_to_the_next() -> None:
    """A call looks for a port from its own trunk onwards and around, and is blocked when all are full."""
    pool = PortPool([1, 2, 1])

    assert [pool.take(0, 1) for _ in range(5)] == [1, 2, 3, 0, NO_PORT]


def test_port_is_free_from_the_instant_it_is_released() -> None:
    """A port released at an instant can be taken at that instant and not before."""
    pool = PortPool([1])
    pool.release(pool.take(0, 0), 100)

    assert [pool.take(99, 0), pool.take(100, 0)] == [NO_PORT, 0]


def test_idle_port_goes_out_of_service_when_planned() -> None:
    """An idle port is out of service from the planned instant to the planned end, and can be taken at the end."""
    pool = PortPool([1], [PortClosure(0, 100, 200, True)])

    assert [pool.take(instant, 0) for instant in (100, 199, 200)] == [NO_PORT, NO_PORT, 0]
    assert pool.outages == [PortOutage(0, 100, 200)]


def test_busy_port_goes_out_of_service_when_its_call_ends() -> None:
    """No call is cut: its port goes out of service behind it."""
    pool = PortPool([1], [PortClosure(0, 100, 200, True)])
    pool.release(pool.take(99, 0), 150)

    assert [pool.take(instant, 0) for instant in (150, 199, 200)] == [NO_PORT, NO_PORT, 0]
    assert pool.outages == [PortOutage(0, 150, 200)]


def test_call_may_outlast_an_outage() -> None:
    """When the outage is over before the call, the port was never out of service."""
    pool = PortPool([1], [PortClosure(0, 100, 200, True)])
    pool.release(pool.take(99, 0), 250)

    assert [pool.take(249, 0), pool.take(250, 0)] == [NO_PORT, 0]
    assert pool.outages == []


def test_outages_follow_one_another() -> None:
    """A port can be out of service more than once; where outages overlap it is out of service once."""
    planned = [PortClosure(0, 100, 200, True), PortClosure(0, 150, 300, True), PortClosure(0, 400, 500, True)]
    pool = PortPool([1], planned)

    assert [pool.take(instant, 0) for instant in (250, 450)] == [NO_PORT, NO_PORT]
    assert pool.outages == [PortOutage(0, 100, 200), PortOutage(0, 200, 300), PortOutage(0, 400, 500)]


def test_missing_port_is_not_out_of_service() -> None:
    """A port that does not exist for a while cannot be taken and is not shown as faulty."""
    pool = PortPool([1], [PortClosure(0, 0, 100, False)])

    assert [pool.take(50, 0), pool.take(100, 0)] == [NO_PORT, 0]
    assert pool.outages == []


def test_outages_happen_without_calls() -> None:
    """At the end of the day all planned outages have happened, whether a call asked for the port or not."""
    pool = PortPool([2], [PortClosure(0, 100, 200, True), PortClosure(1, 150, 300, True)])

    pool.close()
    assert sorted(pool.outages) == [PortOutage(0, 100, 200), PortOutage(1, 150, 300)]


def test_outage_spares_the_other_trunk() -> None:
    """While a trunk is out of service its calls overflow to the next one."""
    pool = PortPool([1, 1], [PortClosure(0, 0, 100, True)])

    assert [pool.take(10, 0), pool.take(20, 0)] == [1, NO_PORT]


@pytest.mark.parametrize(
    ("on", "start", "end"),
    [(WEDNESDAY, 10 * HOUR, 12 * HOUR), (SPRING, 9 * HOUR, 11 * HOUR), (AUTUMN, 11 * HOUR, 13 * HOUR)],
)
def test_outages_follow_the_wall_clock(on: Any, start: int, end: int) -> None:
    """An outage from 10:00 is one by the wall clock, also when the clock was changed at night."""
    center = profile(trunks=[{"ports": 1}, {"ports": 2}], outages=[{"trunk": 2, "start": "10:00", "end": "12:00"}])

    found = port_closures("acme", calendar_day(on), one_span(on, center))
    assert found == [PortClosure(1, start, end, True), PortClosure(2, start, end, True)]


def test_ports_that_come_later_are_missing_before() -> None:
    """A day has the most ports of all its profiles; those not there yet, or no longer, are missing."""
    parts = spans(
        WEDNESDAY,
        (0, profile(trunks=[{"ports": 1}])),
        (HOUR, profile(trunks=[{"ports": 2}, {"ports": 1}])),
        (2 * HOUR, profile(trunks=[{"ports": 2}])),
    )

    assert trunk_sizes(parts) == [2, 1]
    assert port_closures("acme", calendar_day(WEDNESDAY), parts) == [
        PortClosure(1, 0, HOUR, False),
        PortClosure(2, 0, HOUR, False),
        PortClosure(2, 2 * HOUR, 24 * HOUR, False),
    ]


def test_faults_of_a_day() -> None:
    """In an outage every port of the trunk goes out of service once, behind its last call, until the outage ends."""
    day = trace(WEDNESDAY, profile(outages=[{"trunk": 1, "start": "11:00", "end": "13:00"}]))

    faults = sorted(fault for fault in day.port_usage.outages if fault.end == 13 * HOUR)
    starts = [fault.start for fault in faults]
    assert {fault.port for fault in faults} <= set(range(60)) and len(faults) > 55
    assert min(starts) == 11 * HOUR < max(starts)
    assert set(starts) - {11 * HOUR} <= {*day.calls.end.tolist(), *day.outbound.end.tolist()}


def test_port_does_one_thing_at_a_time() -> None:
    """Calls on a port and times out of service follow one another."""
    day = trace(
        WEDNESDAY,
        profile(
            load=2,
            trunks=[{"ports": 12}, {"ports": 8}],
            outages=[{"trunk": 1, "start": "10:00", "end": "11:00"}, {"trunk": 2, "start": "10:30", "end": "16:00"}],
        ),
    )
    port, calls = day.port_usage.port, day.calls

    carried = zip(port.tolist(), calls.arrival.tolist(), calls.end.tolist(), strict=True)
    made = zip(day.port_usage.outbound.tolist(), day.outbound.start.tolist(), day.outbound.end.tolist(), strict=True)
    faults = [tuple(fault) for fault in day.port_usage.outages]
    used = sorted([*(each for each in carried if each[0] >= 0), *made, *faults])
    assert (calls.outcome == BLOCKED).any()
    assert all(one[2] <= other[1] for one, other in itertools.pairwise(used) if one[0] == other[0])


def test_ports_tell_what_they_do() -> None:
    """At any instant the ports that talk, wait and are out of service are those of the calls and of the outage."""
    day = trace(WEDNESDAY, profile(load=1.5, outages=[{"trunk": 2, "start": "09:00", "end": "17:00"}]))
    calls, ports = day.calls, PortTimeline(day)

    for instant in range(0, 24 * HOUR, HOUR // 3):
        here = (day.port_usage.port >= 0) & (calls.arrival <= instant) & (calls.end > instant)
        talking = here & (calls.answer >= 0) & (calls.answer <= instant)
        dialled = (day.outbound.start <= instant) & (day.outbound.end > instant)
        seized = [*day.port_usage.port[talking].tolist(), *day.port_usage.outbound[dialled].tolist()]
        broken = [fault.port for fault in day.port_usage.outages if fault.start <= instant < fault.end]
        states = ports.at(instant)
        assert ports_in(states, PortState.SEIZED) == sorted(seized)
        assert ports_in(states, PortState.QUEUED) == sorted(day.port_usage.port[here & ~talking].tolist())
        assert ports_in(states, PortState.FAULT) == sorted(broken)


def test_ports_have_faults_now_and_then() -> None:
    """On a normal day a port in forty is out of service for some minutes, while no call is on it."""
    days = [trace(on, profile()) for on in dates(20)]

    faults = [fault for day in days for fault in day.port_usage.outages]
    assert 1.5 < len(faults) / len(days) < 4.5
    assert all(0 < fault.end - fault.start <= LONGEST_FAULT for fault in faults)
    assert len({fault.port for fault in faults}) > 20
    assert not any((day.calls.outcome == BLOCKED).any() for day in days)


def test_faults_show_in_the_rows() -> None:
    """While a port has a fault it is shown as one, and counts neither as idle nor as in use."""
    day = next(each for each in (trace(on, profile()) for on in dates(9)) if each.port_usage.outages)
    fault = day.port_usage.outages[0]

    before, during, after = (PortTimeline(day).at(at)[fault.port] for at in (fault.start - 1, fault.start, fault.end))

    assert during is PortState.FAULT
    assert PortState.FAULT not in (before, after)


def test_more_ports_leave_the_faults_of_the_others() -> None:
    """A larger trunk, or another one, has the same faults on the ports that were there, and more."""
    small, large = (
        {closure for closure in port_closures("acme", calendar_day(WEDNESDAY), one_span(WEDNESDAY, center))}
        for center in (profile(trunks=[{"ports": 200}]), profile(trunks=[{"ports": 480}, {"ports": 100}]))
    )

    assert 0 < len(small) < len(large)
    assert small == {closure for closure in large if closure.port < 200}


def test_constant_centers_have_no_faults() -> None:
    """Where arrivals and staff never change ports are in service, too."""
    center = profile(rhythm="constant", trunks=[{"ports": 480}] * 3)

    assert port_closures("acme", calendar_day(WEDNESDAY), one_span(WEDNESDAY, center)) == []


def test_few_ports_out_of_service_leave_the_fast_way() -> None:
    """The most ports that are out of service at once are counted over all trunks, at any time of the day."""
    closures = [PortClosure(0, 100, 200, True), PortClosure(5, 150, 250, True), PortClosure(0, 250, 300, True)]

    assert most_out_of_service(closures) == 2
    assert most_out_of_service([]) == 0


def ports_in(states: list[PortState], state: PortState) -> list[int]:
    """The ports that are in a state."""
    return [port for port, each in enumerate(states) if each is state]
