"""Call detail records give the counters."""

import itertools
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from kpn_sandbox.caching import SingleFlightCache
from kpn_sandbox.simulation.call_detail_records import ObservedPeriod, find_calls, find_states, recent_calls
from kpn_sandbox.simulation.center import Center
from kpn_sandbox.simulation.customers import customers_of
from kpn_sandbox.simulation.errors import UnknownAgent
from kpn_sandbox.simulation.facts import Direction
from kpn_sandbox.simulation.profile import ALWAYS, Epoch, Profile
from kpn_sandbox.simulation.scenarios import SCENARIOS, scenario

MIDNIGHT = datetime(2026, 11, 22, 23, tzinfo=UTC).timestamp()
DAY = 86_400
TRACES = SingleFlightCache()


def center(name: str, **fields) -> Center:
    profile = scenario(name).over(Profile(**{"agents": 30, "trunks": 2, **fields}))
    return Center("truth", (Epoch(ALWAYS, profile),), TRACES)


def today(at: float) -> ObservedPeriod:
    return ObservedPeriod(MIDNIGHT, MIDNIGHT + DAY, at)


@settings(max_examples=40, deadline=None)
@given(name=some.sampled_from(sorted(SCENARIOS)), second=some.integers(0, DAY - 1))
def test_calls_alone_give_every_counter(name, second):
    """Every figure of a queue that is about calls follows from its call detail records."""
    subject, at = center(name), MIDNIGHT + second

    for queue in subject.queues(at):
        calls = find_calls(subject, today(at), queue=queue.number)
        assert recomputed(calls, at) == {name: getattr(queue, name) for name in recomputed(calls, at)}


@settings(max_examples=20, deadline=None)
@given(name=some.sampled_from(sorted(SCENARIOS)), second=some.integers(0, DAY - 1))
def test_changes_alone_give_every_state(name, second):
    """The last state that an agent entered is the state that the agent is in."""
    subject, at = center(name), MIDNIGHT + second

    for agent in subject.agents(at)[::7]:
        last = find_states(subject, agent.login, today(at))[-1]
        assert (last.status, last.reason, last.vdn) == (agent.status, agent.reason, agent.vdn)
        assert int(at - last.at) == agent.seconds_in_status(at)


def last_event(call) -> float:
    """When something happened to a call last; the ring counts that was answered."""
    rung = [ring.started_at for ring in call.rings if ring.answered]
    instants = (call.arrived_at, *rung, call.answered_at, call.ended_at, call.left_at, call.wrapped_at)
    return max(instant for instant in instants if instant is not None)


@pytest.mark.parametrize("second", [300, 36_000, 39_600, DAY - 1])
def test_recent_calls_are_those_of_the_records(second):
    """The calls that wait come in order of arrival, then the others by what happened to them last."""
    subject, at = center("peak"), MIDNIGHT + second
    calls = find_calls(subject, today(at))
    waiting = [call for call in calls if call.outcome is None and call.direction is Direction.INBOUND]
    others = [call for call in calls if call not in waiting]

    found = recent_calls(subject, at, 10)

    assert found[: len(waiting[:10])] == waiting[:10]
    assert [*map(last_event, found[len(waiting[:10]) :])] == sorted(map(last_event, others), reverse=True)[:10]


def test_recent_calls_of_a_queue():
    """Of one queue only its own calls are found."""
    assert {call.queue for call in recent_calls(center("peak"), MIDNIGHT + 39_600, 10, queue=1001)} == {1001}


def test_what_lies_ahead_is_not_shown():
    """No instant after the one up to which things are known appears, and undecided calls have no outcome."""
    at = MIDNIGHT + 39_600

    calls = find_calls(center("peak"), today(at))

    instants = [value for call in calls for value in call if isinstance(value, float)]
    assert max(instants) <= at
    assert all((call.outcome is None) == (call.left_at is None) for call in inbound(calls))


def test_a_port_carries_one_call_at_a_time():
    """Calls on the same port follow one another."""
    calls = find_calls(center("peak"), today(MIDNIGHT + DAY))
    by_port: dict = {}
    for call in calls:
        by_port.setdefault((call.trunk, call.port), []).append((call.arrived_at, call.ended_at or call.left_at))

    assert all(end <= start for held in by_port.values() for (_, end), (start, _) in itertools.pairwise(held))


def test_everyone_who_calls_is_a_customer():
    """Each call names its caller by the primary key of a customer of the center."""
    subject = center("normal")
    customers = customers_of(subject, MIDNIGHT)

    callers = {str(call.customer) for call in find_calls(subject, today(MIDNIGHT + DAY))}

    assert None not in {customers.find(caller, ("primary_key",)) for caller in callers}


def test_calls_of_an_agent_are_those_that_rang_there():
    """The calls of an agent are those that rang at the agent, answered or not."""
    subject, at = center("normal", unanswered_share=0.2), MIDNIGHT + 43_200
    every = find_calls(subject, today(at))
    login = next(call.agent for call in every if call.agent)

    own = find_calls(subject, today(at), agent=login)

    assert own == [call for call in every if login in {call.agent, *(ring.agent for ring in call.rings)}]


def test_an_unknown_agent_is_refused():
    """No agent has a login id beyond the last one."""
    with pytest.raises(UnknownAgent):
        find_states(center("normal"), 49_999, today(MIDNIGHT))


def test_a_period_spans_midnight():
    """Calls of two days come in one list, each once."""
    whole = ObservedPeriod(MIDNIGHT, MIDNIGHT + 2 * DAY, MIDNIGHT + 3 * DAY)
    parts = [ObservedPeriod(MIDNIGHT + DAY * day, MIDNIGHT + DAY * (day + 1), MIDNIGHT + 3 * DAY) for day in (0, 1)]
    subject = center("normal")

    together = find_calls(subject, whole)

    assert together == [call for part in parts for call in find_calls(subject, part)]


@pytest.mark.parametrize("edge", ["2000-01-01T00:00:00+01:00", "2100-12-31T23:59:59+01:00"])
def test_a_period_touches_the_first_or_the_last_date(edge):
    """A period that touches the first or the last date of a center has the calls of that date and of no other."""
    at = datetime.fromisoformat(edge).timestamp()
    midnight = at // DAY * DAY - 3600 if edge > "2100" else at

    days = list(ObservedPeriod(midnight, at + 0.001, at).days())

    assert [day.date.isoformat() for day in days] == [edge[:10]]


def inbound(calls):
    """The calls that came in."""
    return [call for call in calls if call.direction is Direction.INBOUND]


def recomputed(calls, at):
    """The figures of a queue, counted call by call."""
    made = [call for call in calls if call.direction is Direction.OUTBOUND]
    offered = [call for call in inbound(calls) if call.outcome != "blocked"]
    answered = [call for call in offered if call.answered_at is not None]
    waiting = [call for call in offered if call.left_at is None]
    rings = [ring for call in offered for ring in call.rings if ring.ended_at is not None]
    abandoned = [call for call in offered if call.outcome == "abandoned"]
    in_time, finished = sum(bool(call.in_service_level) for call in offered), len(offered) - len(waiting)
    return {
        "waiting": len(waiting),
        "offered": len(offered),
        "answered": len(answered),
        "answered_in_time": in_time,
        "transferred": sum(bool(call.transferred) for call in offered),
        "held": sum(call.held_at is not None for call in offered),
        "unanswered_rings": sum(not ring.answered and ring.ended_at != call_end(offered, ring) for ring in rings),
        "ring_seconds": seconds((ring.started_at, ring.ended_at) for ring in rings),
        "answer_seconds": seconds((call.arrived_at, call.answered_at) for call in answered),
        "talk_seconds": seconds(
            [(call.answered_at, call.ended_at or at) for call in answered]
            + [(call.arrived_at, call.ended_at or at) for call in made]
        ),
        "abandon_seconds": seconds((call.arrived_at, call.left_at) for call in abandoned),
        "flowed_out": sum(call.outcome == "flowed_out" for call in offered),
        "longest_wait_seconds": int(max((at - call.arrived_at for call in waiting), default=0)),
        "talking": sum(call.ended_at is None for call in (*answered, *made)),
        "wrapping": sum(call.ended_at is not None and call.wrapped_at is None for call in answered),
        "service_level_percent": (200 * in_time + finished) // (2 * finished) if finished else 100,
    }


def call_end(calls, ring):
    """When the call of a ring left its queue."""
    return next(call.left_at for call in calls if ring in call.rings)


def seconds(spans):
    """Whole seconds in all spans together; the instants are exact to the millisecond."""
    return sum(round((end - start) * 1000) for start, end in spans) // 1000
