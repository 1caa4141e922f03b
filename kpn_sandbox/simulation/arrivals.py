"""
Who calls when, and what each call brings along.

Arrivals are a doubly stochastic Poisson process: exponential gaps of mean one, mapped through the inverse of the
cumulative rate. That change of time keeps every arrival before an instant where it was when the rate after the
instant changes, which counting calls per half hour would not.

The rate follows the staff: as many calls as the planned agents can answer at 80 % within 20 seconds. Thus a center
looks plausible at any size, and a load is a factor on what was planned for.
"""

import math
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from kpn_sandbox.simulation.calendar import MINUTE, CalendarDay
from kpn_sandbox.simulation.randomness import UNIT, UNIT_BITS, Flags, Integers, variates, words
from kpn_sandbox.simulation.resolved_profile import OpeningHours, ResolvedProfile, Span
from kpn_sandbox.simulation.roster import (
    BREAK_SPREAD,
    EXTRA_MINUTES,
    PERSONAL,
    PLANNED_ABSENCE,
    PlannedBreak,
    PlannedShift,
    planned_shifts,
)

SLOT = 15 * MINUTE
LAST_ARRIVAL = 10 * MINUTE
"""No call comes later than this before midnight, so that each day ends empty."""

NO_ANSWER_TIMEOUT = 15_000
"""A call that rings this long unanswered goes back to its queue."""

LONGEST_TALK = 45 * MINUTE
FOREVER = 1 << 40
"""The patience of callers who never hang up, in milliseconds."""

ERLANGS = (
    (0, 0),
    (1000, 236),
    (2000, 868),
    (3000, 1617),
    (5000, 3255),
    (8000, 5888),
    (10000, 7700),
    (15000, 12345),
    (20000, 17100),
    (30000, 26790),
    (50000, 45000),
    (1000000, 900000),
)
"""Thousandths of agents and the thousandths of Erlang at which they reach 80/20, at most 0.9 an agent."""

PLANNING_MARGIN = 900
"""Thousandths of the load above that are planned for, which absorbs absence and busy days."""

CUSTOMERS = 1000
"""How many customers a center has."""

PRESSURE = {9: 108, 10: 116, 11: 108, 12: 84, 13: 88, 14: 106, 15: 102, 16: 96}
"""
Hours of the wall clock in which callers are more or fewer than the planned staff can take, in percent.

Callers have a peak before lunch and another one after it; shifts of eight hours cannot follow that.
"""

DENSITY_BITS = 2 * UNIT_BITS
"""Rates are calls per millisecond in units of 2**-40."""


class DrawnCalls(NamedTuple):
    """The calls of one queue on one day, in order of arrival; one column for each thing a call brings along."""

    arrival: Integers
    talk: Integers
    wrap: Integers
    patience: Integers
    ring: Integers
    span: Integers
    unanswered: Flags
    transferred: Flags
    held: Flags
    trunk: Integers
    vdn: Integers
    customer: Integers


def draw_calls(seed: str, day: CalendarDay, queue: int, spans: Sequence[Span]) -> DrawnCalls:
    """
    The calls of a queue on a day.

    Args:
        seed: The seed of the account.
        day: The day.
        queue: The queue, from 0; its number names the stream.
        spans: The plans of the day, in order; a span without the queue has no calls.
    """
    starts, densities = _rates(seed, day, queue, spans)
    mass = np.concatenate(([0], np.cumsum(densities * np.diff(np.append(starts, day.length)))))
    record, total = _record(seed, day, queue, int(mass[-1]))
    scaled = total << UNIT_BITS
    piece = np.searchsorted(mass, scaled, side="right") - 1
    arrival = starts[piece] + (scaled - mass[piece]) // densities[piece]
    return _attributes(queue, spans, arrival, record)


def arrivals_per_hour(plan: ResolvedProfile, queue: int) -> float:
    """The constant rate of a queue in a plan whose rhythm is constant."""
    density = _density(plan, queue, _erlangs(1000 * len(plan.staff(queue))))
    return density * 3_600_000 / (1 << DENSITY_BITS)


def arrival_window(day: CalendarDay, plan: ResolvedProfile) -> tuple[int, int]:
    """When calls may come, in milliseconds since midnight."""
    return day.elapsed(plan.hours.opens), min(day.elapsed(plan.hours.closes), day.length - LAST_ARRIVAL)


def _record(seed: str, day: CalendarDay, queue: int, mass: int) -> tuple[Integers, Integers]:
    """Eight words for each call that comes, and the sums of their gaps."""
    expected = mass >> DENSITY_BITS
    count = expected + 6 * math.isqrt(expected) + 32
    while True:
        record = words(8 * count, seed, day.date, "calls", queue).reshape(count, 8)
        total = np.cumsum(variates("exponential", record[:, 0], UNIT))
        if total[-1] << UNIT_BITS >= mass:
            come = int(np.searchsorted(total << UNIT_BITS, mass))
            return record[:come], total[:come]
        count *= 2


def _attributes(queue: int, spans: Sequence[Span], arrival: Integers, record: Integers) -> DrawnCalls:
    span = np.searchsorted([each.start for each in spans], arrival, side="right") - 1
    plans = [each.plan if queue < len(each.plan.queues) else None for each in spans]

    def by_span(values: list[int]) -> Integers:
        return np.array(values, dtype=np.int64)[span]

    own = [(plan, plan.queues[queue]) if plan else None for plan in plans]
    talk = by_span([each[1].talk if each else 0 for each in own])
    exponential = by_span([each is not None and each[0].profile.service == "exponential" for each in own])
    duration = np.where(
        exponential, variates("exponential", record[:, 1], talk), variates("lognormal_cv_1", record[:, 1], talk)
    )
    patience = by_span([each[1].patience or 0 if each else 0 for each in own])
    unanswered = by_span([round(each[0].profile.unanswered_share * 65536) if each else 0 for each in own])
    flags, pick = record[:, 5], record[:, 6]
    return DrawnCalls(
        arrival=arrival,
        talk=np.clip(duration, 1, np.maximum(LONGEST_TALK, 10 * talk)),
        wrap=variates("lognormal_cv_0.7", record[:, 2], by_span([each[1].wrap if each else 0 for each in own])),
        patience=np.where(patience == 0, FOREVER, variates("exponential", record[:, 3], patience)),
        ring=np.minimum(
            variates("lognormal_cv_0.7", record[:, 4], by_span([each[0].ring if each else 0 for each in own])),
            NO_ANSWER_TIMEOUT - 1,
        ),
        span=span,
        unanswered=(flags & 0xFFFF) < unanswered,
        transferred=flags >> 16 < 5243,
        held=pick >> 16 < 9830,
        trunk=pick & 0xFF,
        vdn=pick >> 8 & 0xFF,
        customer=_customer(record[:, 7] >> 12),
    )


def _customer(drawn: Integers) -> Integers:
    """Who calls, from 20 bits: halfway between everybody alike and the square, by which a few would call all day."""
    return (drawn + (drawn * drawn >> 20)) * CUSTOMERS >> 21


def _rates(seed: str, day: CalendarDay, queue: int, spans: Sequence[Span]) -> tuple[Integers, Integers]:
    """Where a new rate begins, and the rates; together they cover the day."""
    factor = _day_factor(seed, day, queue)
    starts, densities = [], []
    for span in spans:
        for start, end, density in _planned(span.plan, day, queue, factor):
            if max(start, span.start) < min(end, span.end):
                starts.append(max(start, span.start))
                densities.append(density)
    return np.array(starts, dtype=np.int64), np.array(densities, dtype=np.int64)


def _planned(plan: ResolvedProfile, day: CalendarDay, queue: int, factor: int) -> Iterator[tuple[int, int, int]]:
    """Start, end and rate of each piece of a day that is all under one plan."""
    opens, closes = arrival_window(day, plan)
    if queue >= len(plan.queues) or opens >= closes:
        yield 0, day.length, 0
        return
    staff = len(plan.staff(queue))
    if plan.constant:
        load, factor = [_erlangs(1000 * staff)] * (day.length // SLOT), UNIT
    else:
        load = offered_load(plan.hours, plan.profile.breaks, day, staff)
    edges = sorted({*range(0, day.length + 1, SLOT), opens, closes})
    for start, end in zip(edges, edges[1:]):
        is_open = opens <= start < closes
        yield start, end, _density(plan, queue, load[start // SLOT]) * factor >> UNIT_BITS if is_open else 0


@lru_cache(maxsize=1024)
def offered_load(hours: OpeningHours, breaks: bool, day: CalendarDay, staff: int) -> list[int]:
    """Thousandths of Erlang that the planned staff of a queue can take in each quarter of an hour."""
    present = np.zeros(day.length // SLOT, dtype=np.int64)
    for shift in planned_shifts(hours, day, staff):
        _count_shift(present, shift, breaks, day)
    # Callers do not know when shifts begin: their number rises and falls smoothly.
    smooth = np.convolve(np.pad(present, 1, mode="edge"), np.ones(3, dtype=np.int64), mode="valid") // 3
    pressure = np.full(len(smooth), PLANNING_MARGIN)
    for hour, percent in PRESSURE.items():
        pressure[day.elapsed(60 * hour) // SLOT : day.elapsed(60 * hour + 60) // SLOT] = (
            PLANNING_MARGIN * percent // 100
        )
    return [_erlangs(each) * factor // 1000 for each, factor in zip(smooth.tolist(), pressure.tolist())]


def _count_shift(present: Integers, shift: PlannedShift, breaks: bool, day: CalendarDay) -> None:
    """Add an agent to the quarters of his shift, and take off the share of each in which he is expected to pause."""
    share = 1000 - PLANNED_ABSENCE
    start, end = day.elapsed(shift.start), day.elapsed(shift.start + shift.length)
    present[start // SLOT : -(-end // SLOT)] += share
    expected = (*shift.pauses, PlannedBreak(62, EXTRA_MINUTES // 4, PERSONAL)) if breaks and shift.pauses else ()
    for pause in expected:
        first = (start + (end - start) * pause.percent // 100) // SLOT
        window = present[first : first + 1 + (pause.minutes * MINUTE + BREAK_SPREAD) // SLOT]
        window -= share * pause.minutes * MINUTE // (SLOT * len(window))


def _erlangs(agents: int) -> int:
    """The load that a number of agents (in thousandths) can take."""
    for (low, start), (high, end) in zip(ERLANGS, ERLANGS[1:]):
        if agents <= high:
            return start + (agents - low) * (end - start) // (high - low)
    return ERLANGS[-1][1]


def _density(plan: ResolvedProfile, queue: int, erlangs: int) -> int:
    """The rate at which calls of a queue come when they are to keep so many agents (in thousandths) busy."""
    settings = plan.queues[queue]
    handling = settings.talk + settings.wrap + plan.ring
    return (erlangs * settings.load << DENSITY_BITS) // (1_000_000 * handling)


def _day_factor(seed: str, day: CalendarDay, queue: int) -> int:
    """How busy the day is for the center and for the queue, in 2**-20."""
    center = variates("lognormal_cv_0.1", words(1, seed, day.date, "day"), UNIT)
    own = variates("lognormal_cv_0.05", words(1, seed, day.date, "queue day", queue), UNIT)
    return int(center[0] * own[0] >> UNIT_BITS)
