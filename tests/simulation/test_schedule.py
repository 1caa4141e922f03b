"""The schedule is the roster's plan, and adherence what the states of agents make of it."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from kpn_sandbox.caching import SingleFlightCache
from kpn_sandbox.simulation.calendar import calendar_day
from kpn_sandbox.simulation.call_detail_records import ObservedPeriod, find_states
from kpn_sandbox.simulation.center import Center
from kpn_sandbox.simulation.facts import Direction, Status
from kpn_sandbox.simulation.profile import ALWAYS, Epoch, Profile
from kpn_sandbox.simulation.roster import LATEST
from kpn_sandbox.simulation.scenarios import SCENARIOS, scenario
from kpn_sandbox.simulation.schedule import ScheduleFact, find_schedule
from kpn_sandbox.simulation.staffing import BACK_OFFICE

MONDAY, SUNDAY = calendar_day(date(2026, 11, 23)), calendar_day(date(2026, 11, 22))
SPRING = calendar_day(date(2026, 3, 29))
TRACES = SingleFlightCache()


def center(name: str = "normal", **fields) -> Center:
    return changing_center((ALWAYS, scenario(name).over(Profile(**{"agents": 40, "trunks": 2, **fields}))))


def changing_center(*changes: tuple[float, Profile]) -> Center:
    return Center("schedule", tuple(Epoch(*each) for each in changes), TRACES)


def schedule(subject: Center, second: float = 86_399, day=MONDAY) -> list[ScheduleFact]:
    return find_schedule(subject, day, day.starts_at + second)


def as_planned(subject: Center, fact: ScheduleFact, second: int) -> float:
    """The adherence of an agent whose shift has begun, worked out from the states that the agent entered."""
    until = MONDAY.starts_at + second
    states = find_states(subject, fact.agent, ObservedPeriod(MONDAY.starts_at, until + 1, until))
    ends = [state.at for state in states[1:]] + [until]
    start, end = fact.shift[0], min(fact.shift[1], until)
    kept = 0.0
    for state, over in zip(states, ends, strict=True):
        here = [max(start, state.at), min(end, over)]
        pauses = [(common(here, each), each.reason) for each in fact.breaks]
        # Who makes calls is in the back office.
        reason = BACK_OFFICE if state.direction is Direction.OUTBOUND else state.reason
        if reason is not None:
            kept += sum(length for length, planned in pauses if planned == reason)
        elif state.status is not Status.LOGGED_OUT:
            kept += max(here[1] - here[0], 0) - sum(length for length, _ in pauses)
    return kept / (end - start)


def common(here, pause) -> float:
    return max(min(here[1], pause.end) - max(here[0], pause.start), 0)


@settings(max_examples=25, deadline=None)
@given(name=some.sampled_from(sorted(SCENARIOS)), second=some.integers(0, 86_399))
def test_adherence_follows_from_the_states(name, second):
    """It is the share of the planned time so far in which the states of the agent were the planned ones."""
    subject = center(name)

    for fact in schedule(subject, second)[::5]:
        if fact.shift and not fact.absent and fact.shift[0] < MONDAY.starts_at + second:
            assert fact.adherence == pytest.approx(as_planned(subject, fact, second), abs=0.002)
        else:
            assert fact.adherence is None


@settings(max_examples=25, deadline=None)
@given(name=some.sampled_from(sorted(SCENARIOS)), second=some.integers(0, 86_399))
def test_who_is_logged_in_has_no_log_out(name, second):
    """At any instant those who logged in and not out are those whom the center shows."""
    subject = center(name)

    facts = schedule(subject, second)

    shown = subject.agents(MONDAY.starts_at + second)
    present = {fact.agent for fact in facts if fact.login is not None and fact.logout is None}
    assert present == {each.login for each in shown if each.status is not Status.LOGGED_OUT}
    assert [fact.agent for fact in facts] == [each.login for each in shown]


def test_who_is_planned_and_not_absent_comes():
    """Agents log in around the beginning of their shift; nobody comes who is absent or has a day off."""
    facts = schedule(center(absent_share=0.3))

    for fact in facts:
        assert (fact.login is not None) == (fact.shift is not None and not fact.absent)
        if fact.login is not None:
            assert abs(fact.login - fact.shift[0]) <= LATEST / 1000
            assert fact.logout >= fact.shift[1] - LATEST / 1000
    assert 4 < sum(fact.absent for fact in facts) < 20


def test_weekends_have_days_off():
    """Who has a day off is planned for nothing."""
    free = [fact for fact in schedule(center(), day=SUNDAY) if fact.shift is None]

    assert free
    assert {(fact.breaks, fact.absent, fact.login, fact.adherence) for fact in free} == {((), False, None, None)}


@pytest.mark.parametrize("day", [MONDAY, SUNDAY, SPRING])
def test_plans_are_in_order(day):
    """Shifts begin on a quarter of an hour; breaks follow one another within the shift."""
    for fact in schedule(center(), day=day):
        bounds = [instant for pause in fact.breaks for instant in (pause.start, pause.end)]
        assert bounds == sorted(bounds)
        if fact.shift:
            assert fact.shift[0] % 900 == 0
            assert fact.shift[0] < fact.shift[1] and (not bounds or fact.shift[0] < bounds[0] < fact.shift[1])


def test_the_plan_stands_in_advance():
    """Before a day begins its plan is the one of its end; logins and adherence are still unknown."""
    subject = center()

    before, after = schedule(subject, -1000), schedule(subject)

    assert [fact[:5] for fact in before] == [fact[:5] for fact in after]
    assert {fact[5:] for fact in before} == {(None, None, None)}


def test_an_agent_who_comes_later_is_planned_from_then_on():
    """Who is hired at noon has a shift from noon on; who is not any more has one until then."""
    noon = MONDAY.starts_at + 12 * 3600
    more = changing_center((ALWAYS, Profile(agents=20)), (noon, Profile(agents=40)))
    fewer = changing_center((ALWAYS, Profile(agents=40)), (noon, Profile(agents=20)))

    assert all(fact.shift[0] >= noon for fact in schedule(more)[24:] if fact.shift)
    assert all(fact.shift[1] <= noon for fact in schedule(fewer)[24:] if fact.shift)
    assert all(fact.adherence is None or 0 <= fact.adherence <= 1 for fact in schedule(more) + schedule(fewer))


CHANGES = some.fixed_dictionaries(
    {},
    optional={
        "agents": some.sampled_from((10, 20, 30, 50)),
        "queues": some.integers(1, 5),
        "absent_share": some.sampled_from((0.0, 0.4)),
        "opening": some.sampled_from(("24x7", "08:00-20:00", "09:00-10:00")),
    },
)


@settings(max_examples=25, deadline=None)
@given(changes=some.lists(some.tuples(some.integers(1, 3600), CHANGES), min_size=2, max_size=6))
def test_schedules_hold_after_any_sequence_of_changes(changes):
    """However the profile changes, who is logged in is whom the center shows, and adherence is a share."""
    since, fields, epochs = MONDAY.starts_at + 34_200, {"agents": 30}, [(ALWAYS, Profile(agents=30))]
    for seconds, change in changes:
        since, fields = since + seconds, {**fields, **change}
        epochs.append((since, Profile(**fields)))
    subject = changing_center(*epochs)

    facts = find_schedule(subject, MONDAY, since + 600)

    shown = subject.agents(since + 600)
    present = {fact.agent for fact in facts if fact.login is not None and fact.logout is None}
    assert present == {each.login for each in shown if each.status is not Status.LOGGED_OUT}
    assert all(0 <= fact.adherence <= 1 for fact in facts if fact.adherence is not None)


def test_a_change_that_does_not_touch_the_plan_leaves_it_whole():
    """A scenario that only brings more calls changes no shift."""
    parts = ((ALWAYS, Profile(agents=40)), (MONDAY.starts_at + 36_000, Profile(agents=40, load=1.5)))

    changed, same = schedule(changing_center(*parts)), schedule(changing_center(parts[0]))

    assert [fact[:5] for fact in changed] == [fact[:5] for fact in same]


def test_a_constant_center_is_planned_all_day():
    """Where staff stays the same all day, the plan is the whole day without a break."""
    facts = schedule(center("lab"), 40_000)

    assert {fact.shift[0] for fact in facts} == {MONDAY.starts_at} and {fact.breaks for fact in facts} == {()}
    assert {fact.adherence for fact in facts} == {1.0}
