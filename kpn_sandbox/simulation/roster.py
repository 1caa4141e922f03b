"""
Who works when: shifts, absence and breaks.

Shifts follow the calls: the middles of the shifts of a queue lie at even steps of the day's demand, with one agent
each kept for the night and the evening. Which agent works which shift rotates from day to day among each eight of a
queue. How late an agent is and when his breaks fall comes from a stream of his own, so more agents never change that;
they may change the shifts of the last few before them, whose eight becomes full.

The sessions of a day whose profile changes: each plan's roster as far as that plan is in force.

Whoever works under both plans stays; whoever works under the old one only logs out at the change, after the call he
is on; whoever works under the new one only logs in.
"""

import struct
from collections.abc import Sequence
from typing import NamedTuple

from kpn_sandbox.simulation.calendar import MINUTE, CalendarDay
from kpn_sandbox.simulation.randomness import WORDS, octets, words
from kpn_sandbox.simulation.resolved_profile import OpeningHours, ResolvedProfile, Span

PLANNED_ABSENCE = 120
"""Thousandths of the roster that planners expect to be absent."""

WEEKDAY_SHARES = (1200, 1050, 1000, 970, 930, 450, 200)
"""Calls and staff from Monday to Sunday, in thousandths of an average working day."""

FEWEST_SHIFTS = 4
"""A queue keeps that many shifts on its quietest day, else nobody covers the night."""

CREW = 3
"""The first shifts of a queue cover day, evening and night; for these, planners keep stand-ins."""

ALONE = (1, 2)
"""Whoever covers the evening or the night alone does not leave the phone for a break."""

DEMAND = (
    *(2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2),
    *(4, 8, 16, 30, 50, 70, 85, 95, 100, 100, 100, 92),
    *(78, 74, 82, 90, 97, 98, 98, 96, 90, 80, 65, 52),
    *(42, 38, 36, 34, 30, 26, 22, 18, 14, 10, 7, 4),
)
"""Relative demand of each half hour of the wall clock: a peak before lunch, a second one after it."""

LENGTHS = (510, 510, 390, 330)
"""Shift lengths in minutes."""

LAST_LOGOUT = MINUTE // 2
"""Shifts end at the latest this long before midnight, so that each day ends empty."""


class Break(NamedTuple):
    """Time off the phone: when it is due, how long it is and its AUX reason."""

    due: int
    length: int
    reason: int


class AgentShift(NamedTuple):
    """One agent logged in for one queue, with the breaks that fall into it, in order."""

    agent: int
    queue: int
    login: int
    logout: int
    breaks: tuple[Break, ...]


class PlannedBreak(NamedTuple):
    """A break as planned: at which percent of the shift, how many minutes, and its AUX reason."""

    percent: int
    minutes: int
    reason: int


class PlannedShift(NamedTuple):
    """A shift as planned, in minutes of the wall clock."""

    start: int
    length: int
    pauses: tuple[PlannedBreak, ...]


BREAK, LUNCH, MEETING, PERSONAL, BACK_OFFICE, COACHING, NO_ANSWER = 1, 2, 3, 4, 5, 6, 8
"""AUX reason codes; 0 is the default and 8 follows a call that was not answered."""

EXTRA_MINUTES = 45
EXTRA_REASONS = (MEETING, BACK_OFFICE, COACHING, PERSONAL)
"""Why a quarter of the agents are off the phone once more, and for how long."""

BREAK_SPREAD = 20 * MINUTE
"""A break begins up to this long after it is planned."""

GOLDEN = 2_654_435_769
"""2**32 divided by the golden ratio."""


def agent_shifts(seed: str, plan: ResolvedProfile, day: CalendarDay) -> list[AgentShift]:
    """Everybody's working day, as if the plan were in force all day; at most one session for each agent."""
    if plan.constant:
        return [AgentShift(agent, home, 0, day.length - LAST_LOGOUT, ()) for agent, home in enumerate(plan.homes)]
    found = []
    for queue in range(len(plan.queues)):
        staff = plan.staff(queue)
        shifts = planned_shifts(plan.hours, day, len(staff))
        absent = _absent(seed, plan, day, queue, len(shifts))
        for place, agent in enumerate(staff):
            slot = _slot(place, len(staff), day)
            if slot < len(shifts) and slot not in absent:
                found.append(_session(seed, plan, day, agent, queue, shifts[slot]))
    return found


def planned_shifts(hours: OpeningHours, day: CalendarDay, staff: int) -> list[PlannedShift]:
    """The shifts of a queue on a date, for a number of agents."""
    share = WEEKDAY_SHARES[day.date.weekday()]
    count = min(staff, max(FEWEST_SHIFTS, -(-staff * share // max(WEEKDAY_SHARES))))
    return [_shift(hours, slot) for slot in range(count)]


def _absent(seed: str, plan: ResolvedProfile, day: CalendarDay, queue: int, shifts: int) -> set[int]:
    """
    The shifts nobody comes to.

    Steps of the golden ratio from a random start hit a share of the shifts almost exactly, and a larger share hits
    those of a smaller one too.
    """
    start = int(words(1, seed, day.date, "absence", queue)[0])
    expected = PLANNED_ABSENCE * WORDS // 1000
    share = round(plan.profile.absent_share * 1000) * WORDS // 1000
    return {slot for slot in range(shifts) if (start + slot * GOLDEN) % WORDS < share - expected * (slot < CREW)}


def _session(
    seed: str, plan: ResolvedProfile, day: CalendarDay, agent: int, queue: int, shift: PlannedShift
) -> AgentShift:
    spread, *draws = struct.unpack("<8I", octets(32, seed, day.date, "roster", agent))
    late = spread * 10 * MINUTE // WORDS
    opening, closing = day.elapsed(plan.hours.opens), day.elapsed(plan.hours.closes)
    login = day.elapsed(shift.start)
    # Whoever opens the center is there in time; the others drift in and out.
    login += late if login > opening else -min(late, login)
    logout = day.elapsed(shift.start + shift.length)
    logout = min(logout + late if logout < closing else logout, day.length - LAST_LOGOUT)
    return AgentShift(agent, queue, login, logout, _breaks(plan, login, logout, shift, draws))


def _breaks(
    plan: ResolvedProfile, login: int, logout: int, shift: PlannedShift, draws: Sequence[int]
) -> tuple[Break, ...]:
    if not plan.profile.breaks:
        return ()
    pauses = shift.pauses
    if pauses and draws[0] < WORDS // 4:
        pauses = tuple(sorted((*pauses, PlannedBreak(62, EXTRA_MINUTES, EXTRA_REASONS[draws[1] & 3]))))
    span = logout - login
    return tuple(
        Break(login + span * pause.percent // 100 + draw * BREAK_SPREAD // WORDS, pause.minutes * MINUTE, pause.reason)
        for pause, draw in zip(pauses, draws[2:])
    )


def _pauses(length: int) -> tuple[PlannedBreak, ...]:
    if length >= 480:
        return PlannedBreak(22, 15, BREAK), PlannedBreak(45, 30, LUNCH), PlannedBreak(78, 15, BREAK)
    if length >= 360:
        return PlannedBreak(28, 15, BREAK), PlannedBreak(50, 30, LUNCH)
    if length >= 300:
        return PlannedBreak(35, 15, BREAK), PlannedBreak(75, 15, BREAK)
    return (PlannedBreak(50, 15, BREAK),) if length >= 240 else ()


def _slot(place: int, staff: int, day: CalendarDay) -> int:
    # Eight agents swap shifts among themselves; a group that is not full keeps its shifts until it is.
    group = place & ~7
    if group + 8 > staff:
        return place
    return group | ((place + 3 * day.date.toordinal()) & 7)


def _shift(hours: OpeningHours, slot: int) -> PlannedShift:
    length = min(LENGTHS[(slot + slot // 4) % 4 if slot >= CREW else 0], hours.closes - hours.opens)
    middle = _demand_quantile(hours, _position(slot))
    start = min(max(middle - length // 2, hours.opens), hours.closes - length)
    begin = start - start % 15 if start > hours.opens else hours.opens
    return PlannedShift(begin, length, () if slot in ALONE else _pauses(length))


def _position(slot: int) -> int:
    """Where in the day's demand a shift has its middle, in 1/65,536: day, evening, night, then ever finer halves."""
    if slot < CREW:
        return (32768, 65000, 100)[slot]
    return int(f"{slot - 1:016b}"[::-1], 2)


def _demand_quantile(hours: OpeningHours, position: int) -> int:
    first, last = hours.opens // 30, -(-hours.closes // 30)
    target = sum(DEMAND[first:last]) * position
    half_hour = first
    while target >= DEMAND[half_hour] << 16:
        target -= DEMAND[half_hour] << 16
        half_hour += 1
    return 30 * half_hour + (30 * target // DEMAND[half_hour] >> 16)


def shifts_by_span(seed: str, day: CalendarDay, spans: Sequence[Span]) -> list[list[AgentShift]]:
    """For each span the sessions that begin in it, in order of the agents."""
    begun: list[list[AgentShift]] = [[] for _ in spans]
    open_at: dict[int, tuple[int, int]] = {}
    for number, span in enumerate(spans):
        for session in agent_shifts(seed, span.plan, day):
            part = _clipped(session, span)
            if part is None:
                continue
            before = open_at.get(part.agent)
            if before and _continues(begun[before[0]][before[1]], part):
                begun[before[0]][before[1]] = _joined(begun[before[0]][before[1]], part)
            else:
                open_at[part.agent] = (number, len(begun[number]))
                begun[number].append(part)
    return begun


def _clipped(session: AgentShift, span: Span) -> AgentShift | None:
    login, logout = max(session.login, span.start), min(session.logout, span.end)
    if login >= logout:
        return None
    breaks = tuple(each for each in session.breaks if login <= each.due < logout)
    return session._replace(login=login, logout=logout, breaks=breaks)


def _continues(before: AgentShift, after: AgentShift) -> bool:
    return before.queue == after.queue and before.logout == after.login


def _joined(before: AgentShift, after: AgentShift) -> AgentShift:
    return before._replace(logout=after.logout, breaks=before.breaks + after.breaks)
