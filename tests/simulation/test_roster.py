"""Who works when: every agent once a day at most, in turn, and off the phone when it is time and no call is left."""

from datetime import date
from itertools import pairwise, product

import numpy as np
import pytest

from kpn_sandbox.simulation.calendar import MINUTE, calendar_day
from kpn_sandbox.simulation.day_trace import ANSWERED
from kpn_sandbox.simulation.profile import Profile
from kpn_sandbox.simulation.resolved_profile import resolve_profile
from kpn_sandbox.simulation.roster import LAST_LOGOUT, AgentShift, agent_shifts, shift_count
from kpn_sandbox.simulation.staffing import BACK_OFFICE, DEFAULT, LUNCH, NO_ANSWER, SYSTEM_FAILURE, UNPLANNED
from tests.simulation.days import AUTUMN, HOUR, SPRING, WEDNESDAY, dates, profile, trace

MONDAY = date(2026, 1, 5)
OPENINGS = ["24x7", "08:00-20:00", "02:10-02:50", "23:59-24:00", "00:00-00:01"]


@pytest.mark.parametrize(("opening", "on"), [*product(OPENINGS, [MONDAY, SPRING, AUTUMN, date(2028, 2, 29)])])
def test_nobody_works_twice_or_at_night(opening: str, on: date) -> None:
    """An agent has one shift a day at most, inside the day, with breaks that lie in it one after the other."""
    length = calendar_day(on).length

    for shift in roster(on, profile(opening=opening, agents=60, queues=4)):
        due = [each.due for each in shift.breaks]
        assert 0 <= shift.login <= shift.logout <= length - LAST_LOGOUT
        assert due == sorted(due) and all(shift.login <= each < shift.logout for each in due)
    agents = [shift.agent for shift in roster(on, profile(opening=opening, agents=60, queues=4))]
    assert len(agents) == len(set(agents))


def test_shifts_lie_in_opening_hours() -> None:
    """Whoever opens is there in time, nobody comes earlier than ten minutes before or stays past the closing time."""
    shifts = roster(MONDAY, profile(opening="08:00-20:00"))

    assert min(shift.login for shift in shifts) <= 8 * HOUR
    assert min(shift.login for shift in shifts) >= 8 * HOUR - 10 * MINUTE
    assert max(shift.logout for shift in shifts) == 20 * HOUR


@pytest.mark.parametrize("agents", [8, 10, 50])
def test_somebody_is_always_there(agents: int) -> None:
    """A queue of eight agents or more is staffed around the clock, on the quietest day too."""
    for day in dates(14):
        present = roster(day, profile(agents=agents, queues=1))
        edges = sorted({0, *(shift.logout for shift in present)})

        assert all(any(each.login <= edge < each.logout for each in present) for edge in edges[:-1]), day
        assert edges[-1] == 24 * HOUR - LAST_LOGOUT


def test_weekends_are_quiet() -> None:
    """From Monday to Sunday the shifts follow the calls of the weekday."""
    counts = [shift_count(calendar_day(day), 60) for day in dates(7, MONDAY)]

    assert counts == [60, 53, 50, 49, 47, 23, 10]


def test_agents_take_turns() -> None:
    """Over eight Mondays each of eight agents works each shift once."""
    center = profile(agents=8, queues=1, absent_share=0)
    starts: dict[int, list[int]] = {agent: [] for agent in range(8)}
    for day in dates(8, MONDAY, step=7):
        for shift in roster(day, center):
            starts[shift.agent].append(shift.login // (15 * MINUTE))

    turns = [sorted(each) for each in starts.values()]
    assert len(turns[0]) == 8 and len(set(turns[0])) > 4
    assert all(turn == turns[0] for turn in turns)


def test_more_agents_leave_the_days_of_the_others() -> None:
    """On a day on which everybody works, twice the agents do not change what the first ones do."""
    fewer, more = (by_agent(roster(MONDAY, profile(agents=agents, queues=5))) for agents in (40, 80))

    assert len(more) > len(fewer)
    assert {agent: more.get(agent) for agent in range(40)} == {agent: fewer.get(agent) for agent in range(40)}


def test_agents_keep_their_stream() -> None:
    """Who works the same shift in a larger center comes and goes and takes breaks at the very same instants."""
    fewer, more = (by_agent(roster(WEDNESDAY, profile(agents=agents, queues=5))) for agents in (40, 80))

    assert fewer and all(more[agent] == shift for agent, shift in fewer.items())


def test_greater_absence_misses_the_same_agents_first() -> None:
    """Whoever is absent when few are is absent when more are."""
    for day in dates(10):
        present = [
            {shift.agent for shift in roster(day, profile(absent_share=share))} for share in (0, 0.05, 0.12, 0.37, 0.9)
        ]

        assert all(more >= fewer for more, fewer in pairwise(present)), day
        assert present[0] > present[-1], day


@pytest.mark.parametrize("share", [0.12, 0.37])
def test_absence_is_the_share_asked_for(share: float) -> None:
    """Every day the share of the roster that stays away is as set, but for the three shifts with stand-ins."""
    for day in dates(20):
        planned, present = (len(roster(day, profile(agents=200, queues=1, absent_share=each))) for each in (0, share))

        assert planned - present == pytest.approx(share * planned - 3 * 0.12, abs=3), day


def test_breaks_are_those_of_the_shift() -> None:
    """
    A long shift has two breaks and a lunch, over half of all have time in the back office, and a quarter of agents are
    off the phone once more.
    """
    found = [shift for day in dates(20) for shift in roster(day, profile(agents=100, queues=1, absent_share=0))]
    long = [shift for shift in found if shift.logout - shift.login > 8 * HOUR and shift.breaks]

    reasons = [[each.reason for each in shift.breaks if each.reason not in UNPLANNED] for shift in long]
    back_office = [BACK_OFFICE in each for each in reasons]
    extra = [len(each) - there == 4 for each, there in zip(reasons, back_office, strict=True)]
    assert all(len(each) - there in (3, 4) for each, there in zip(reasons, back_office, strict=True))
    assert sum(extra) / len(extra) == pytest.approx(0.25, abs=0.05)
    paused = [shift for shift in found if shift.breaks]
    there = [any(each.reason == BACK_OFFICE for each in shift.breaks) for shift in paused]
    assert 0.5 < sum(there) / len(paused) < 0.65
    assert all(sum(each.reason == LUNCH for each in shift.breaks) == 1 for shift in long)


def test_agents_are_not_ready_at_once() -> None:
    """Whoever has breaks logs in with AUX 0, for 20 to 90 seconds; the breaks begin after that."""
    shifts = [shift for day in dates(20) for shift in roster(day, profile()) if shift.breaks]

    first = [shift.breaks[0] for shift in shifts]
    assert [(each.due, each.reason) for each in first] == [(shift.login, DEFAULT) for shift in shifts]
    assert all(20_000 <= each.length <= 90_000 for each in first)
    assert not any(each.reason == DEFAULT for shift in shifts for each in shift.breaks[1:])


def test_workplaces_fail_now_and_then() -> None:
    """In one of sixteen shifts the agent is in AUX 7 for 3 to 10 minutes."""
    shifts = [shift for day in dates(40) for shift in roster(day, profile(agents=100)) if shift.breaks]

    failures = [[each.length for each in shift.breaks if each.reason == SYSTEM_FAILURE] for shift in shifts]
    assert {len(each) for each in failures} == {0, 1}
    assert all(3 * MINUTE <= length <= 10 * MINUTE for each in failures for length in each)
    assert sum(map(len, failures)) / len(shifts) == pytest.approx(1 / 16, rel=0.2)


def test_breaks_can_be_left_out() -> None:
    """Without breaks nobody is off the phone."""
    assert all(shift.breaks == () for shift in roster(MONDAY, profile(breaks=False)))


def test_constant_rhythm_has_no_shifts() -> None:
    """With a constant rhythm everybody works from midnight to midnight."""
    length = calendar_day(SPRING).length

    found = roster(SPRING, profile(rhythm="constant", agents=3, queues=1))
    assert found == [AgentShift(agent, 0, 0, length - LAST_LOGOUT, ()) for agent in range(3)]


def test_breaks_wait_for_the_call() -> None:
    """A break begins when it is due, or when the call is over that the agent was on, and log-outs likewise."""
    center = profile(load=1.5, agents=30, queues=2)
    due = {(shift.agent, each.due) for shift in roster(MONDAY, center) for each in shift.breaks}
    logouts = {(shift.agent, shift.logout) for shift in roster(MONDAY, center)}
    day = trace(MONDAY, center)

    over = set(zip(day.calls.agent.tolist(), day.calls.wrap_end.tolist(), strict=True))
    over |= set(zip(day.rings.agent.tolist(), day.rings.end.tolist(), strict=True))
    over |= set(zip(day.aux.agent.tolist(), day.aux.end.tolist(), strict=True))
    planned = day.aux.reason != NO_ANSWER
    begun = set(zip(day.aux.agent[planned].tolist(), day.aux.start[planned].tolist(), strict=True))
    left = set(zip(day.logins.agent.tolist(), day.logins.logout.tolist(), strict=True))
    assert begun <= due | over and begun & due and begun - due
    assert left <= logouts | over and left & logouts and left - logouts


def test_nobody_does_two_things_at_once() -> None:
    """Calls, unanswered rings and time in AUX of an agent follow one another between log-in and log-out."""
    day = trace(MONDAY, profile(load=1.5, unanswered_share=0.1, patience_seconds=60))
    answered = day.calls.outcome == ANSWERED
    work = np.concatenate(
        [
            np.stack([day.calls.agent[answered], day.calls.ring_start[answered], day.calls.wrap_end[answered]]),
            np.stack([day.rings.agent, day.rings.start, day.rings.end]),
            np.stack([day.aux.agent, day.aux.start, day.aux.end]),
        ],
        axis=1,
    )
    agent, start, end = work[:, np.lexsort((work[2], work[1], work[0]))]

    login, logout = (dict(zip(day.logins.agent.tolist(), each.tolist(), strict=True)) for each in day.logins[2:])
    assert (start <= end).all()
    assert (end[:-1] <= start[1:])[agent[:-1] == agent[1:]].all()
    assert all(login[who] <= one <= other <= logout[who] for who, one, other in work.T.tolist())


def test_reasons_are_known() -> None:
    """In ten normal days each reason of the list occurs, the last one after calls that were not answered."""
    reasons = {reason for day in dates(10) for reason in trace(day, profile()).aux.reason.tolist()}

    assert reasons == {*range(9)}


def roster(on: date, center: Profile) -> list[AgentShift]:
    """Everybody's working day."""
    return agent_shifts("seed", resolve_profile(center), calendar_day(on))


def by_agent(found: list[AgentShift]) -> dict[int, AgentShift]:
    """The sessions, each under its agent."""
    return {shift.agent: shift for shift in found}
