"""
The schedule of a day: which shift and breaks each agent was planned for, and how far the agent kept to it.

A shift is planned as the queue's roster has it, in quarters of an hour; agents come and leave some minutes later.
Breaks are planned at the instants at which they are due for the agent. Nothing that happens after the instant up to
which things are known is shown, but the whole plan is: it stands in advance.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import NamedTuple

from kpn_sandbox.simulation.calendar import CalendarDay
from kpn_sandbox.simulation.center import Center
from kpn_sandbox.simulation.day_index import FIRST_LOGIN, FIRST_NUMBER
from kpn_sandbox.simulation.day_trace import DayTrace
from kpn_sandbox.simulation.resolved_profile import ResolvedProfile, Span, resolve_profile
from kpn_sandbox.simulation.roster import AgentShift, agent_shifts, roster_key, shift_count, shift_slot
from kpn_sandbox.simulation.staffing import UNPLANNED, planned_shifts


class BreakFact(NamedTuple):
    """A planned break, in epoch seconds, with its AUX reason."""

    start: float
    end: float
    reason: int


class ScheduleFact(NamedTuple):
    """The schedule of one agent; instants are epoch seconds."""

    agent: int
    """The login id."""
    queue: int
    """The number of the queue that the agent is planned for, or whose agent it is."""
    shift: tuple[float, float] | None
    """The beginning and end of the planned shift, None on a day off."""
    breaks: tuple[BreakFact, ...]
    absent: bool
    """Whether the agent does not work the shift, or a part of it."""
    login: float | None
    """The first log-in."""
    logout: float | None
    """The last log-out; None while the agent is logged in."""
    adherence: float | None
    """
    The share of the planned time so far, absence left out, in which the agent did as planned: logged in and not in AUX
    outside the planned breaks, and during a break in AUX with the reason of it. None without planned time.
    """


class _Period(NamedTuple):
    """A period of an agent's day in milliseconds since midnight; `kind` is a reason, or true for an absence."""

    start: int
    end: int
    kind: int = 0


class _Plan(NamedTuple):
    """What an agent was planned for: parts of a shift, and breaks, each in order."""

    queue: int
    parts: list[_Period]
    breaks: list[_Period]


def find_schedule(center: Center, day: CalendarDay, known: float) -> list[ScheduleFact]:
    """
    Find the schedules of all agents of a day, in order of their login ids.

    Args:
        center, day: The center, and the day.
        known: The last instant of which anything is known, in epoch seconds.
    """
    trace = center.day_index(day).trace
    until = round((known - day.starts_at) * 1000)
    plans = _plans(center.seed, trace)
    logins = _by_agent(zip(trace.logins.agent, trace.logins.login, trace.logins.logout, strict=True))
    aux = _by_agent(zip(trace.aux.agent, trace.aux.start, trace.aux.end, trace.aux.reason, strict=True))
    return [
        _fact(day, agent, plan, sorted(logins.get(agent, [])), aux.get(agent, []), until)
        for agent, plan in sorted(plans.items())
    ]


def _plans(seed: str, trace: DayTrace) -> dict[int, _Plan]:
    """The plan of each agent of the day, made of those of the profiles that were in force."""
    plans: dict[int, _Plan] = {}
    # Profiles that change nothing of the plan may follow one another by the hundred.
    for _, group in groupby(trace.spans, key=lambda span: roster_key(span.resolved)):
        spans = list(group)
        _add_plans(plans, seed, trace.day, Span(spans[0].start, spans[-1].end, spans[0].resolved))
    return plans


def _add_plans(plans: dict[int, _Plan], seed: str, day: CalendarDay, span: Span) -> None:
    """Add what is planned in a part of a day."""
    for agent, home in enumerate(span.resolved.homes):
        before = plans.get(agent)
        plans[agent] = before._replace(queue=home) if before else _Plan(home, [], [])
    present = {shift.agent for shift in agent_shifts(seed, span.resolved, day)}
    everybody = resolve_profile(replace(span.resolved.profile, absent_share=0))
    shifts = {shift.agent: shift for shift in agent_shifts(seed, everybody, day)}
    for agent, start, end in _planned_times(span.resolved, day, shifts):
        part = _Period(max(start, span.start), min(end, span.end), agent not in present)
        if part.start < part.end:
            parts, breaks = plans[agent].parts, plans[agent].breaks
            if parts and (parts[-1].end, parts[-1].kind) == (part.start, part.kind):
                part = part._replace(start=parts.pop().start)
            parts.append(part)
            breaks += _planned_breaks(shifts[agent], span, breaks[-1].end if breaks else 0)


def _planned_times(
    resolved: ResolvedProfile, day: CalendarDay, shifts: dict[int, AgentShift]
) -> Iterator[tuple[int, int, int]]:
    """Each agent who has a shift, with its planned beginning and end."""
    if resolved.constant:
        yield from ((agent, shift.login, shift.logout) for agent, shift in shifts.items())
        return
    for queue in range(len(resolved.queues)):
        staff = resolved.staff(queue)
        count = shift_count(day, len(staff))
        planned = planned_shifts(resolved.hours, queue, count, breaks=resolved.profile.breaks)
        for place, agent in enumerate(staff):
            if agent in shifts:
                shift = planned[shift_slot(place, len(staff), day)]
                yield agent, day.elapsed(shift.start), day.elapsed(shift.start + shift.length)


def _planned_breaks(shift: AgentShift, span: Span, free: int) -> Iterator[_Period]:
    """The breaks that are due in a part of a day; one that would begin before the last one is over follows it."""
    for each in (each for each in shift.breaks if each.reason not in UNPLANNED):
        start = max(each.due, free)
        free = start + each.length
        if span.start <= each.due < span.end:
            yield _Period(start, free, each.reason)


def _by_agent(rows: Iterable[Sequence[int]]) -> dict[int, list[_Period]]:
    found: dict[int, list[_Period]] = {}
    for agent, *period in rows:
        found.setdefault(int(agent), []).append(_Period(*map(int, period)))
    return found


def _fact(
    day: CalendarDay, agent: int, plan: _Plan, logins: list[_Period], aux: list[_Period], until: int
) -> ScheduleFact:
    def at(instant: int) -> float:
        return day.starts_at + instant / 1000

    begun = [each for each in logins if each.start <= until]
    out = bool(begun) and begun[-1].end <= until
    return ScheduleFact(
        agent=FIRST_LOGIN + agent,
        queue=FIRST_NUMBER + plan.queue,
        shift=(at(plan.parts[0].start), at(plan.parts[-1].end)) if plan.parts else None,
        breaks=tuple(BreakFact(at(start), at(end), reason) for start, end, reason in plan.breaks),
        absent=any(each.kind for each in plan.parts),
        login=at(begun[0].start) if begun else None,
        logout=at(begun[-1].end) if out else None,
        adherence=_adherence(plan, logins, aux, until),
    )


def _adherence(plan: _Plan, logins: list[_Period], aux: list[_Period], until: int) -> float | None:
    planned = _common([each for each in plan.parts if not each.kind], [_Period(0, until)])
    breaks = _common(plan.breaks, planned)
    working = _common(planned, logins)
    off = _common(working, aux)
    # Of the time logged in neither AUX nor a planned break is work as planned; what is both was subtracted twice.
    worked = _total(working) - _total(off) - _total(_common(working, breaks)) + _total(_common(off, breaks))
    rested = sum(_total(_common([each], [time for time in aux if time.kind == each.kind])) for each in breaks)
    return round((worked + rested) / _total(planned), 3) if planned else None


def _common(periods: list[_Period], others: list[_Period]) -> list[_Period]:
    """The parts of periods that lie in others, which do not overlap each other."""
    pairs = ((each, max(each.start, other.start), min(each.end, other.end)) for each in periods for other in others)
    return [each._replace(start=start, end=end) for each, start, end in pairs if start < end]


def _total(periods: list[_Period]) -> int:
    return sum(each.end - each.start for each in periods)
