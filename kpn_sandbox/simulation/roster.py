"""
The roster: which agents work when, with their breaks, and how it changes when the profile of a day does.

The shifts are planned in `staffing`. Which agent works which shift rotates from day to day among each eight of a
queue. How late an agent is and when the breaks fall comes from a stream of the agent's own, so more agents never
change that; they may change the shifts of the last few before them, whose eight becomes full.

On a day whose profile changes, each profile's roster counts as far as the profile is in force. An agent who works
under both stays; one who works under the old profile only logs out at the change, after the call at hand; one who
works under the new profile only logs in.
"""

import struct
from collections.abc import Hashable, Sequence
from itertools import groupby
from typing import NamedTuple

from kpn_sandbox.simulation.calendar import MINUTE, CalendarDay
from kpn_sandbox.simulation.randomness import WORDS, octets, words
from kpn_sandbox.simulation.resolved_profile import ResolvedProfile, Span
from kpn_sandbox.simulation.staffing import (
    BREAK_SPREAD_MINUTES,
    COACHING,
    CREW,
    DEFAULT,
    EXTRA_MINUTES,
    EXTRA_PERCENT,
    MEETING,
    PERSONAL,
    PLANNED_ABSENCE,
    SYSTEM_FAILURE,
    PlannedBreak,
    PlannedShift,
    planned_shifts,
)

WEEKDAY_SHARES = (1200, 1050, 1000, 970, 930, 450, 200)
"""Calls and staff from Monday to Sunday, in thousandths of an average working day."""

FEWEST_SHIFTS = 4
"""A queue keeps that many shifts on its quietest day, else nobody covers the night."""

ROTATION = 8
"""Agents of a queue who take turns with their shifts; a power of two."""

LAST_LOGOUT = MINUTE // 2
"""Shifts end at the latest this long before midnight, so that each day ends empty."""

LATEST = 10 * MINUTE
"""Agents log in and out at most this long after their shift begins and ends."""

EXTRA_REASONS = (MEETING, COACHING, PERSONAL, MEETING)
"""Why a quarter of the agents are off the phone once more."""

BREAK_SPREAD = BREAK_SPREAD_MINUTES * MINUTE
"""A break begins up to this long after it is planned, or a whole queue would pause at once."""

LOGIN_AUX = MINUTE // 3, MINUTE * 3 // 2
"""How long, at least and at most, agents who have logged in are in AUX before they are ready."""

FAILURES = 16
"""Of the 256 values of a byte those with which an agent's workplace fails once in a shift, for 3 to 10 minutes."""

GOLDEN = 2_654_435_769
"""2**32 divided by the golden ratio."""


class Break(NamedTuple):
    """Time off the phone: the instant when it is due, its length and its AUX reason."""

    due: int
    length: int
    reason: int


class AgentShift(NamedTuple):
    """One agent logged in for one queue, in milliseconds since midnight, with the breaks due in it, in order."""

    agent: int
    queue: int
    login: int
    logout: int
    breaks: tuple[Break, ...]


def shifts_by_span(seed: str, day: CalendarDay, spans: Sequence[Span]) -> list[list[AgentShift]]:
    """
    The shifts of a day whose profile may change.

    Args:
        seed, day, spans: The account's seed, the day, and its parts in order.

    Returns:
        For each span the shifts that its roster begins, in order of the agents; they may reach into later spans.
    """
    begun: list[list[AgentShift]] = [[] for _ in spans]
    last: dict[int, tuple[list[AgentShift], int]] = {}
    # What the roster does not depend on may change often: a roster is made once, and once more for each other one.
    made: dict[Hashable, list[AgentShift]] = {}
    for key, group in groupby(enumerate(spans), key=lambda numbered: roster_key(numbered[1].resolved)):
        members = list(group)
        (number, first), (_, end) = members[0], members[-1]
        if key not in made:
            made[key] = agent_shifts(seed, first.resolved, day)
        for shift in made[key]:
            part = _clipped(shift, first.start, end.end)
            if part is None:
                continue
            shifts, place = last.get(part.agent, (begun[number], -1))
            before = shifts[place] if place >= 0 else None
            if before and (before.queue, before.logout) == (part.queue, part.login):
                shifts[place] = before._replace(logout=part.logout, breaks=before.breaks + part.breaks)
            else:
                last[part.agent] = begun[number], len(begun[number])
                begun[number].append(part)
    return begun


def roster_key(resolved: ResolvedProfile) -> Hashable:
    """The settings that the roster of a day depends on; profiles in which they are equal share it."""
    profile = resolved.profile
    return resolved.constant, resolved.homes, resolved.hours, profile.breaks, profile.absent_share


def agent_shifts(seed: str, resolved: ResolvedProfile, day: CalendarDay) -> list[AgentShift]:
    """
    The shifts of a day that is all under one profile, at most one for each agent.

    Args:
        seed, resolved, day: The account's seed, the profile, and the day.
    """
    if resolved.constant:
        logout = day.length - LAST_LOGOUT
        return [AgentShift(agent, home, 0, logout, ()) for agent, home in enumerate(resolved.homes)]
    found = []
    for queue in range(len(resolved.queues)):
        staff = resolved.staff(queue)
        count = shift_count(day, len(staff))
        shifts = planned_shifts(resolved.hours, queue, count, breaks=resolved.profile.breaks)
        absent = _absent(seed, resolved, day, queue=queue, shifts=len(shifts))
        for place, agent in enumerate(staff):
            slot = shift_slot(place, len(staff), day)
            if slot < len(shifts) and slot not in absent:
                found.append(_agent_shift(seed, resolved, day, shifts[slot], agent=agent, queue=queue))
    return found


def shift_count(day: CalendarDay, staff: int) -> int:
    """
    The number of shifts of a queue on a day; weekends need fewer.

    Args:
        day, staff: The day, and the number of agents whose home the queue is.
    """
    share = WEEKDAY_SHARES[day.date.weekday()]
    return min(staff, max(FEWEST_SHIFTS, -(-staff * share // max(WEEKDAY_SHARES))))


def _absent(seed: str, resolved: ResolvedProfile, day: CalendarDay, *, queue: int, shifts: int) -> set[int]:
    """The shifts that nobody works."""
    # Steps of the golden ratio from a random start spread evenly (Knuth, The Art of Computer Programming 3, 6.4), so
    # they hit a share of the shifts almost exactly, and a larger share hits those of a smaller one, too.
    start = int(words(1, seed, day.date, "absence", queue)[0])
    expected = PLANNED_ABSENCE * WORDS // 1000
    share = round(resolved.profile.absent_share * 1000) * WORDS // 1000
    return {slot for slot in range(shifts) if (start + slot * GOLDEN) % WORDS < share - expected * (slot < len(CREW))}


def _agent_shift(
    seed: str, resolved: ResolvedProfile, day: CalendarDay, shift: PlannedShift, *, agent: int, queue: int
) -> AgentShift:
    spread, *draws = struct.unpack("<8I", octets(32, seed, day.date, "roster", agent))
    late = spread * LATEST // WORDS
    opening, closing = day.elapsed(resolved.hours.opens), day.elapsed(resolved.hours.closes)
    login = day.elapsed(shift.start)
    # Whoever opens the center comes early instead of late; whoever closes it does not stay longer.
    login += late if login > opening else -min(late, login)
    logout = day.elapsed(shift.start + shift.length)
    logout = min(logout + late if logout < closing else logout, day.length - LAST_LOGOUT)
    return AgentShift(agent, queue, login, logout, _breaks(shift.breaks, login, logout, draws))


def _breaks(planned: tuple[PlannedBreak, ...], login: int, logout: int, draws: Sequence[int]) -> tuple[Break, ...]:
    """The breaks of an agent, from seven words: whether and why there are other ones, then the delay of each."""
    # Whoever covers a queue alone has none at all.
    if not planned:
        return ()
    shortest, longest = LOGIN_AUX
    others = [Break(login, shortest + ((draws[0] & 0xFFFF) * (longest - shortest) >> 16), DEFAULT)]
    span = logout - login
    if draws[1] >> 24 < FAILURES:
        due, length = span * (draws[1] >> 16 & 0xFF) >> 8, (3 + (draws[1] >> 8 & 7)) * MINUTE
        others.append(Break(login + due, length, SYSTEM_FAILURE))
    if draws[0] < WORDS // 4:
        extra = PlannedBreak(EXTRA_PERCENT, EXTRA_MINUTES, EXTRA_REASONS[draws[1] & 3])
        planned = tuple(sorted((*planned, extra)))
    found = [
        Break(login + span * each.percent // 100 + draw * BREAK_SPREAD // WORDS, each.minutes * MINUTE, each.reason)
        for each, draw in zip(planned, draws[2:], strict=False)
    ]
    return tuple(sorted((*others, *found)))


def shift_slot(place: int, staff: int, day: CalendarDay) -> int:
    """
    The shift that an agent works on a day, by its position among the shifts of the queue.

    Args:
        place, staff, day: The agent's place among the staff of the queue, the size of that staff, and the day.
    """
    # A group that is not full yet keeps its shifts until it is, so that more agents change no more than that. Three and
    # eight have no common factor: after eight days each agent has worked each shift of the group.
    group = place - place % ROTATION
    if group + ROTATION > staff:
        return place
    return group + (place + 3 * day.date.toordinal()) % ROTATION


def _clipped(shift: AgentShift, start: int, end: int) -> AgentShift | None:
    """The part of a shift that lies between two instants, None if there is none."""
    login, logout = max(shift.login, start), min(shift.logout, end)
    if login >= logout:
        return None
    breaks = tuple(each for each in shift.breaks if login <= each.due < logout)
    return shift._replace(login=login, logout=logout, breaks=breaks)
