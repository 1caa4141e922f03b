"""Outbound calls: made in the back office, one after the other, each on a port, until something they need is gone."""

from datetime import UTC, date, datetime
from itertools import pairwise

import numpy as np
import pytest

from kpn_sandbox.caching import SingleFlightCache
from kpn_sandbox.simulation.call_detail_records import ObservedPeriod, find_calls
from kpn_sandbox.simulation.center import Center
from kpn_sandbox.simulation.day_trace import BLOCKED
from kpn_sandbox.simulation.facts import CallFact, Direction, PortState, Status
from kpn_sandbox.simulation.profile import ALWAYS, Epoch, Profile
from kpn_sandbox.simulation.staffing import BACK_OFFICE
from tests.reconciliation import answers, check_instant
from tests.simulation.days import AUTUMN, SPRING, WEDNESDAY, dates, profile, trace

MIDNIGHT = datetime(2026, 11, 23, 23, tzinfo=UTC).timestamp()
DAY = 86_400
TRACES = SingleFlightCache()


def center(first: Profile, *changes: tuple[float, Profile]) -> Center:
    """A center whose profile changes at instants."""
    return Center("outbound", tuple(Epoch(*each) for each in ((ALWAYS, first), *changes)), TRACES)


def outbound_calls(subject: Center, known: float = MIDNIGHT + DAY) -> list[CallFact]:
    """The outbound calls of the day, as far as they are known."""
    return find_calls(subject, ObservedPeriod(MIDNIGHT, MIDNIGHT + DAY, known), direction=Direction.OUTBOUND)


def long_call(subject: Center, queue: int = 1000, trunk: int = 1000) -> CallFact:
    """The longest outbound call of the day of a queue and a trunk that was answered."""
    calls = [call for call in outbound_calls(subject) if (call.queue, call.trunk) == (queue, trunk)]
    return max(calls, key=lambda call: call.ended_at - (call.answered_at or call.ended_at))


def test_calls_lie_in_times_in_the_back_office() -> None:
    """Each call begins and ends while its agent is in the back office, and they follow one another."""
    day = trace(WEDNESDAY, profile(agents=100))
    made, chosen = day.outbound, day.aux.reason == BACK_OFFICE

    times = list(zip(*(column[chosen].tolist() for column in (day.aux.agent, day.aux.start, day.aux.end)), strict=True))
    calls = list(zip(made.agent.tolist(), made.start.tolist(), made.end.tolist(), strict=True))
    assert len(calls) > 100
    for agent, start, end in calls:
        assert any(who == agent and begin < start < end <= over for who, begin, over in times)
    assert all(end < start for (who, _, end), (other, start, _) in pairwise(calls) if who == other)
    assert 0.55 < (made.answer >= 0).mean() < 0.75


def test_a_center_has_room_for_all_calls() -> None:
    """At the default no call finds all ports in use, inbound or outbound, and both share the trunks."""
    for on in dates(5):
        day = trace(on, profile())
        usage = day.port_usage

        assert not (day.calls.outcome == BLOCKED).any()
        assert (usage.outbound >= 0).all() and len(usage.outbound) > 20
        assert {*np.searchsorted(usage.starts, usage.outbound, side="right").tolist()} == {1, 2}


def test_outbound_calls_change_no_inbound_call_where_there_is_room() -> None:
    """With so many ports that each call has one, inbound calls are those of a center with as many again."""
    few, many = (trace(WEDNESDAY, profile(trunks=[{"ports": ports}])) for ports in (60, 480))

    assert [column.tolist() for column in few.calls] == [column.tolist() for column in many.calls]
    assert [column.tolist() for column in few.outbound] == [column.tolist() for column in many.outbound]


def test_a_call_that_finds_no_port_is_not_made() -> None:
    """Where ports run out some outbound calls are not made, and those that are share the ports with inbound calls."""
    many, few = (trace(WEDNESDAY, profile(trunks=[{"ports": ports}])) for ports in (480, 14))

    def keys(day):
        return set(zip(day.outbound.agent.tolist(), day.outbound.queue.tolist(), strict=True))

    assert 0 < len(few.outbound.start) < len(many.outbound.start)
    assert (few.calls.outcome == BLOCKED).any()
    assert keys(few) <= keys(many)
    assert (few.port_usage.outbound >= 0).all()


def test_a_call_as_far_as_it_has_gone() -> None:
    """A call has no outcome before it is answered or ends; its answer and its end are shown when they have come."""
    subject = center(Profile())
    call = long_call(subject)

    dialing, talking, over = (
        next(each for each in outbound_calls(subject, known) if each.arrived_at == call.arrived_at)
        for known in (call.arrived_at, call.answered_at, call.ended_at)
    )

    assert (dialing.outcome, dialing.answered_at, dialing.ended_at) == (None, None, None)
    assert (talking.outcome, talking.answered_at, talking.ended_at) == ("answered", call.answered_at, None)
    assert over == call
    assert (call.vdn, call.rings, call.left_at, call.wrapped_at) == (None, (), None, None)
    lost = [each for each in outbound_calls(subject) if each.answered_at is None]
    assert lost and {each.outcome for each in lost} == {"no_answer"}


def test_every_view_shows_the_same_call() -> None:
    """In a call the agent is in ACD with direction OUT since its start, and its port is seized."""
    subject = center(Profile())
    call = long_call(subject)
    at = call.answered_at // 1 + 1

    agent = subject.agent(call.agent, at)
    trunk = subject.trunk(call.trunk, at)

    assert (agent.status, agent.direction, agent.reason, agent.vdn) == (Status.TALKING, Direction.OUTBOUND, None, None)
    assert agent.since == call.arrived_at
    assert agent.skill == call.queue - 999
    assert trunk.ports[call.port - 1] is PortState.SEIZED


GONE = {
    "agent": lambda call: Profile(trunks=2, agents=call.agent - 40001),
    "queue": lambda call: Profile(trunks=2, queues=call.queue - 1000),
    "port": lambda call: Profile(trunks=call.trunk - 1000),
}
"""By what is gone: a profile without that of a call."""


@pytest.mark.parametrize("what", GONE)
def test_a_change_cuts_a_call_off(what: str) -> None:
    """An outbound call whose agent, queue or port is gone ends at that second; until then it was as it would be."""
    before = Profile(trunks=2)
    call = long_call(center(before), queue=1001, trunk=1001)
    change = call.answered_at // 1 + 2
    subject = center(before, (change, GONE[what](call)))

    cut = next(each for each in outbound_calls(subject) if each.arrived_at == call.arrived_at)

    assert (cut.outcome, cut.ended_at, cut.answered_at) == ("cut_off", change, call.answered_at)
    assert (cut.agent, cut.trunk, cut.port, cut.customer) == (call.agent, call.trunk, call.port, call.customer)
    assert outbound_calls(subject, change - 1) == outbound_calls(center(before), change - 1)
    for at in (change - 1, change, change + 1):
        check_instant(*answers(subject, at))


def test_callbacks_are_shown_with_their_call() -> None:
    """A callback goes to the caller of an earlier call of the same queue, whose arrival it names."""
    subject = center(Profile())
    every = find_calls(subject, ObservedPeriod(MIDNIGHT, MIDNIGHT + DAY, MIDNIGHT + DAY))
    callbacks = [call for call in every if call.callback_of is not None]

    assert len(callbacks) > 20
    assert {call.direction for call in callbacks} == {Direction.OUTBOUND}
    for call in callbacks:
        (origin,) = [
            each
            for each in every
            if (each.arrived_at, each.queue, each.customer) == (call.callback_of, call.queue, call.customer)
        ]
        assert origin.answered_at is not None and call.arrived_at >= origin.ended_at + 600


@pytest.mark.parametrize("on", [SPRING, AUTUMN, *dates(7)])
def test_every_day_has_calls(on: date) -> None:
    """Agents make calls on weekdays, at weekends and when the clocks change."""
    assert len(trace(on, profile()).outbound.start) > 10


def test_constant_centers_make_none() -> None:
    """Where arrivals and staff never change nobody is in the back office, and nobody makes calls."""
    assert len(trace(WEDNESDAY, profile(rhythm="constant")).outbound.start) == 0
