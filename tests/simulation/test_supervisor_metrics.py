"""The metrics of agents and services follow from call detail records and states."""

import itertools
from collections import Counter
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from kpn_sandbox.caching import SingleFlightCache
from kpn_sandbox.simulation import supervisor_metrics as metrics
from kpn_sandbox.simulation.calendar import day_of
from kpn_sandbox.simulation.call_detail_records import ObservedPeriod, find_calls, find_states
from kpn_sandbox.simulation.center import Center
from kpn_sandbox.simulation.dispositions import DISPOSITIONS, code_of
from kpn_sandbox.simulation.facts import Direction, Status
from kpn_sandbox.simulation.profile import ALWAYS, Epoch, Profile
from kpn_sandbox.simulation.scenarios import SCENARIOS, scenario
from kpn_sandbox.simulation.staffing import BACK_OFFICE, BREAK, LUNCH

MIDNIGHT = datetime(2026, 11, 22, 23, tzinfo=UTC).timestamp()
DAY = 86_400
TRACES = SingleFlightCache()
EVERY = range(len(DISPOSITIONS))

names = some.sampled_from(sorted(SCENARIOS))
seconds = some.integers(0, DAY - 1)
checked = settings(max_examples=20, deadline=None)


def center(name: str, *later: tuple[int, Profile], **fields) -> Center:
    profile = scenario(name).over(Profile(**{"agents": 30, "trunks": 2, **fields}))
    changes = (Epoch(MIDNIGHT + second, patch) for second, patch in later)
    return Center("workforce", (Epoch(ALWAYS, profile), *changes), TRACES)


def today(at: float) -> ObservedPeriod:
    return ObservedPeriod(MIDNIGHT, MIDNIGHT + DAY, at)


@checked
@given(name=names, second=seconds)
def test_times_are_those_of_the_states(name, second):
    """Ready, busy, wrap-up and break time of the day are the time that an agent spent in those states."""
    subject, at = center(name), MIDNIGHT + second

    shown = metrics.supervisor_metrics(subject, at)

    for place, agent in list(enumerate(shown.agents))[::5]:
        spent = time_in_states(find_states(subject, agent.login, today(at)), at)
        assert shown.ready_seconds[place] == spent["ready"] // 1000
        assert shown.busy_seconds[place] == spent["busy"] // 1000
        assert shown.wrap_seconds[place] == spent["wrap"] // 1000
        assert shown.break_seconds[place] == spent["break"] // 1000


@checked
@given(name=names, second=seconds)
def test_calls_are_those_of_the_agent(name, second):
    """Calls answered, their average handling time and the talk at hand follow from the agent's calls."""
    subject, at = center(name), MIDNIGHT + second
    calls = find_calls(subject, today(at))

    shown = metrics.supervisor_metrics(subject, at)

    for place, agent in enumerate(shown.agents):
        everything = [call for call in calls if call.agent == agent.login]
        own = [call for call in everything if call.direction is Direction.INBOUND]
        handled = [round((c.wrapped_at - c.answered_at) * 1000) for c in own if c.wrapped_at is not None]
        assert shown.answered[place] == len(own)
        average = (2 * sum(handled) + 1000 * len(handled)) // (2000 * len(handled)) if handled else None
        assert shown.handling_seconds[place] == average
        reached = [call for call in everything if call not in own and call.answered_at is not None]
        assert shown.outbound_answered[place] == len(reached)
        if agent.status is Status.TALKING:
            answered_at = everything[-1].answered_at
            lasted = 0 if answered_at is None else int(at - answered_at)
            assert lasted - 1 <= shown.talk_seconds[place] + shown.hold_seconds[place] <= lasted


@checked
@given(name=names, second=seconds)
def test_services_are_the_sums_of_their_agents(name, second):
    """What is counted per agent and per service gives the same sums."""
    subject, at = center(name), MIDNIGHT + second

    agents, services = metrics.supervisor_metrics(subject, at), metrics.services(subject, at)

    for service in services:
        home = [place for place, agent in enumerate(agents.agents) if agent.skill == service.queue.number - 999]
        assert sum(agents.answered[place] for place in home) == service.queue.answered
        assert sum(agents.outbound_answered[place] for place in home) == service.outbound_answered
    assert sum(metrics.dispositions_by_agent(subject, EVERY, at)) == sum(
        metrics.dispositions_by_queue(subject, EVERY, at).values()
    )


@checked
@given(name=names, second=seconds)
def test_short_abandons_left_within_the_threshold(name, second):
    """A caller who hung up within the service level threshold is a short abandon, every other one a long."""
    subject, at = center(name), MIDNIGHT + second

    for service in metrics.services(subject, at):
        calls = find_calls(subject, today(at), queue=service.queue.number)
        waits = [call.left_at - call.arrived_at for call in calls if call.outcome == "abandoned"]
        assert service.abandoned == len(waits)
        assert service.short_abandoned == sum(wait <= service.threshold_seconds for wait in waits)


@checked
@given(second=seconds)
def test_every_conversation_that_ended_is_disposed_of_once(second):
    """All dispositions together are the calls wrapped up and the calls made; only transferred calls are noted so."""
    subject, at = center("normal"), MIDNIGHT + second
    calls = find_calls(subject, today(at))
    wrapped = [call for call in calls if call.wrapped_at is not None]
    made = subject.trace(day_of(at)).outbound

    every = sum(metrics.dispositions_by_agent(subject, EVERY, at))

    assert every == len(wrapped) + int((made.end <= 1000 * second).sum())
    transferred = sum(metrics.dispositions_by_agent(subject, [code_of("Transferred")], at))
    assert transferred == sum(bool(call.transferred) for call in wrapped)


def test_calls_are_made_in_the_back_office():
    """Agents make calls while they are in AUX for the back office, one after the other, and talk in them."""
    subject = center("normal", agents=200)
    made = subject.trace(day_of(MIDNIGHT)).outbound
    rows = list(zip(*(column.tolist() for column in made), strict=True))

    assert len(rows) > 50
    for agent, _, start, answer, end, *_ in rows:
        states = find_states(subject, 40001 + agent, today(MIDNIGHT + DAY))
        place = next(place for place, state in enumerate(states) if state.at == MIDNIGHT + start / 1000)
        before, call, after = states[place - 1 : place + 2]
        assert before.reason == BACK_OFFICE
        assert (call.status, call.direction, call.vdn) == (Status.TALKING, Direction.OUTBOUND, None)
        assert after.at == MIDNIGHT + end / 1000
        assert start < end and (answer == -1 or start <= answer <= end)
    assert all(one[4] < two[2] for one, two in itertools.pairwise(rows) if one[0] == two[0])


@pytest.mark.parametrize("second", [36_000, 43_200, 60_000])
def test_an_overdue_break_follows_the_call(second):
    """An agent who is due away leaves when the call at hand is over."""
    subject, at = center("busy", agents=300), MIDNIGHT + second
    shown = metrics.supervisor_metrics(subject, at)
    due = [agent for agent, away in zip(shown.agents, shown.due_away, strict=True) if away]

    assert due
    for agent in due:
        period = ObservedPeriod(at + 1, MIDNIGHT + DAY, MIDNIGHT + DAY)
        following = [state.status for state in find_states(subject, agent.login, period)]
        busy = {Status.RINGING, Status.TALKING, Status.WRAPPING}
        assert next(each for each in following if each not in busy) in (Status.AUXILIARY, Status.LOGGED_OUT)


@checked
@given(name=names, change=seconds, before=seconds)
def test_the_past_does_not_depend_on_the_future(name, change, before):
    """What was done before a change of the profile is not touched by it."""
    at = MIDNIGHT + min(before, change - 1)
    plain = center(name)
    changed = center(name, (change, Profile(agents=11, queues=3, trunks=2, service_level_seconds=5)))

    for question in (metrics.supervisor_metrics, metrics.services, metrics.chats):
        if at >= MIDNIGHT:
            assert question(changed, at) == question(plain, at)
    assert at < MIDNIGHT or metrics.dispositions_by_agent(changed, EVERY, at) == metrics.dispositions_by_agent(
        plain, EVERY, at
    )


def test_messages_are_written_by_agents_who_are_there():
    """Messages come newest first, by agents who are logged in, about services that exist."""
    subject, at = center("normal"), MIDNIGHT + DAY - 1

    chats = metrics.chats(subject, at)

    assert len(chats) > 50
    assert [chat.sent_at for chat in chats] == sorted((chat.sent_at for chat in chats), reverse=True)
    for chat in chats[::9]:
        assert subject.agent(chat.login, chat.sent_at + 1).status is not Status.LOGGED_OUT
    assert not any("{" in chat.content for chat in chats)
    assert 0 < Counter(chat.urgent for chat in chats)[True] < len(chats) / 2
    assert metrics.chats(subject, chats[10].sent_at - 1) == chats[11:]


def time_in_states(states, at):
    """Milliseconds in each state until an instant."""
    spent = Counter()
    ends = [*(state.at for state in states[1:]), at]
    for state, end in zip(states, ends, strict=True):
        kind = KINDS.get(state.status)
        if state.status is Status.AUXILIARY and state.reason in (BREAK, LUNCH):
            kind = "break"
        spent[kind] += round((end - state.at) * 1000)
    return spent


KINDS = {Status.AVAILABLE: "ready", Status.RINGING: "busy", Status.TALKING: "busy", Status.WRAPPING: "wrap"}
