"""
The calls of a queue as they are drawn: when each arrives and what it brings along.

Arrivals are a doubly stochastic Poisson process: exponential gaps of mean one, mapped through the inverse of the
cumulative rate, which itself varies from day to day. That change of time keeps every arrival before an instant where
it was when the rate after the instant changes, which drawing a count per half hour would not.

The rate follows the staff: as many calls as the planned agents can answer at 80 % within 20 seconds. So a center looks
plausible at any size, and a load is a factor on what was planned for.

Source:
    Avramidis, Deslauriers and L'Ecuyer, Modeling daily arrivals to a telephone call center, Management Science 50
    (2004), and Brown et al., JASA 100 (2005), for days that differ more than Poisson arrivals would and whose hours
    are correlated.
"""

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from kpn_sandbox.simulation.calendar import MINUTE, CalendarDay, calendar_day
from kpn_sandbox.simulation.randomness import UNIT, UNIT_BITS, Flags, Integers, variates, words
from kpn_sandbox.simulation.resolved_profile import ResolvedProfile, ResolvedQueue, Span, span_positions
from kpn_sandbox.simulation.roster import WEEKDAY_SHARES, shift_count
from kpn_sandbox.simulation.staffing import erlangs, planned_load

SLOT = 15 * MINUTE
LAST_ARRIVAL = 10 * MINUTE
"""No call comes later than this before midnight, so that each day ends empty."""

NO_ANSWER_TIMEOUT = 15_000
"""A call that rings this long unanswered goes back to its queue, in milliseconds."""

LONGEST_TALK = 45 * MINUTE
"""Talk is cut here: lognormal draws have no end, and a call of hours would bind an agent of a small center all day."""

FOREVER = 1 << 40
"""The patience of callers who never hang up, in milliseconds."""

TRANSFERRED, HELD = 5243, 9830
"""Of 65,536 answered calls so many are transferred (8 %) and put on hold (15 %), about what benchmarks publish."""

TYPICAL_DAY = calendar_day(date(2026, 1, 7))
"""A Wednesday, from whose plan that of a week follows."""

DENSITY_BITS = 2 * UNIT_BITS
"""Rates are calls per millisecond in units of 2**-40."""


class DrawnCalls(NamedTuple):
    """The calls of one queue on one day, in order of arrival; one column for each thing a call brings along."""

    arrival: Integers
    """Milliseconds since midnight."""
    talk: Integers
    wrap: Integers
    patience: Integers
    """How long the caller waits before hanging up, in milliseconds like all durations."""
    ring: Integers
    span: Integers
    """The position of the span in which the call arrives."""
    unanswered: Flags
    """Whether the first agent at whom it rings lets it ring."""
    transferred: Flags
    held: Flags
    trunk: Integers
    """Eight bits from which the trunk follows that it comes in on."""
    vdn: Integers
    """Eight bits from which the number follows that was dialled."""


def draw_calls(seed: str, day: CalendarDay, queue: int, spans: Sequence[Span]) -> DrawnCalls:
    """
    Draw the calls of a queue on a day.

    Args:
        seed, day: The account's seed, and the day.
        queue: The queue, from 0; its number names the stream.
        spans: The parts of the day, in order; one whose profile does not have the queue has no calls.
    """
    starts, densities = _rates(seed, day, queue, spans)
    mass = np.concatenate(([0], np.cumsum(densities * np.diff(np.append(starts, day.length)))))
    record, total = _record(seed, day, queue, int(mass[-1]))
    scaled = total << UNIT_BITS
    piece = np.searchsorted(mass, scaled, side="right") - 1
    arrival = starts[piece] + (scaled - mass[piece]) // densities[piece]
    return _attributes(queue, spans, arrival, record)


def arrivals_per_hour(resolved: ResolvedProfile, queue: int) -> float:
    """
    The constant rate of a queue.

    Args:
        resolved, queue: A profile whose rhythm is constant, and the queue from 0.
    """
    density = _density(resolved, queue, _erlangs(1000 * len(resolved.staff(queue))))
    return density * 3_600_000 / (1 << DENSITY_BITS)


def calls_per_week(resolved: ResolvedProfile) -> int:
    """The calls that a center is planned for in a week."""
    staff = Counter(resolved.homes)
    return sum(
        _weekly_load(resolved, queue, staff[queue]) * each.load // (1_000_000 * _handling(resolved, each))
        for queue, each in enumerate(resolved.queues)
    )


def _weekly_load(resolved: ResolvedProfile, queue: int, staff: int) -> int:
    """The load that a queue is planned for in a week, in thousandths of Erlang times milliseconds."""
    if resolved.constant:
        opens, closes = _arrival_window(TYPICAL_DAY, resolved)
        return 7 * _erlangs(1000 * staff) * max(closes - opens, 0)
    count = shift_count(TYPICAL_DAY, staff)
    load = SLOT * sum(planned_load(resolved.hours, queue, count, breaks=resolved.profile.breaks))
    return load * sum(WEEKDAY_SHARES) // WEEKDAY_SHARES[TYPICAL_DAY.date.weekday()]


def _handling(resolved: ResolvedProfile, queue: ResolvedQueue) -> int:
    return queue.talk + queue.wrap + resolved.ring


def _arrival_window(day: CalendarDay, resolved: ResolvedProfile) -> tuple[int, int]:
    """The first and the last instant at which calls may arrive."""
    return day.elapsed(resolved.hours.opens), min(day.elapsed(resolved.hours.closes), day.length - LAST_ARRIVAL)


def _record(seed: str, day: CalendarDay, queue: int, mass: int) -> tuple[Integers, Integers]:
    """Eight words for each call that arrives, and the sums of their gaps; the mass is their number, in 2**-40."""
    # The eighth is not used yet. It stays, because a record of another size would be another day.
    # Six standard deviations of a Poisson count are nearly always enough; if not, more of the same stream is drawn.
    count = (mass >> DENSITY_BITS) + 6 * math.isqrt(mass >> DENSITY_BITS) + 32
    while True:
        record = words(8 * count, seed, day.date, "calls", queue).reshape(count, 8)
        total = np.cumsum(variates("exponential", record[:, 0], UNIT))
        if total[-1] << UNIT_BITS >= mass:
            count = int(np.searchsorted(total << UNIT_BITS, mass))
            return record[:count], total[:count]
        count *= 2


def _attributes(queue: int, spans: Sequence[Span], arrival: Integers, record: Integers) -> DrawnCalls:
    span = span_positions(spans, arrival)

    def setting(read: Callable[[ResolvedProfile, ResolvedQueue], int]) -> Integers:
        return _by_span(queue, spans, read)[span]

    talk = setting(lambda resolved, own: own.talk)
    exponential = setting(lambda resolved, own: resolved.profile.service == "exponential")
    patience = setting(lambda resolved, own: own.patience or 0)
    ring = variates("lognormal_cv_0.7", record[:, 4], setting(lambda resolved, own: resolved.ring))
    flags, pick = record[:, 5], record[:, 6]
    return DrawnCalls(
        arrival=arrival,
        talk=_talk(record[:, 1], talk, exponential),
        wrap=variates("lognormal_cv_0.7", record[:, 2], setting(lambda resolved, own: own.wrap)),
        patience=np.where(patience == 0, FOREVER, variates("exponential", record[:, 3], patience)),
        # A ring as long as the time-out would be one that nobody answered.
        ring=np.minimum(ring, NO_ANSWER_TIMEOUT - 1),
        span=span,
        unanswered=(flags & 0xFFFF) < setting(lambda resolved, own: round(resolved.profile.unanswered_share * 65536)),
        transferred=flags >> 16 < TRANSFERRED,
        held=pick >> 16 < HELD,
        trunk=pick & 0xFF,
        vdn=pick >> 8 & 0xFF,
    )


def _by_span(queue: int, spans: Sequence[Span], read: Callable[[ResolvedProfile, ResolvedQueue], int]) -> Integers:
    """A setting of a queue in each span, 0 in spans without the queue."""
    profiles = [span.resolved for span in spans]
    values = [read(each, each.queues[queue]) if queue < len(each.queues) else 0 for each in profiles]
    return np.array(values, dtype=np.int64)


def _talk(drawn: Integers, mean: Integers, exponential: Integers) -> Integers:
    """Talk of at least a millisecond; the cut lies at ten times the mean where talk is long by itself."""
    talk = np.where(exponential, variates("exponential", drawn, mean), variates("lognormal_cv_1", drawn, mean))
    return np.clip(talk, 1, np.maximum(LONGEST_TALK, 10 * mean))


def _rates(seed: str, day: CalendarDay, queue: int, spans: Sequence[Span]) -> tuple[Integers, Integers]:
    """Where each rate begins, and the rates in units of 2**-40; together they cover the day."""
    factor = _day_factor(seed, day, queue)
    starts, densities = [], []
    for span in spans:
        for start, density in _planned(span, day, queue, factor):
            starts.append(start)
            densities.append(density)
    return np.array(starts, dtype=np.int64), np.array(densities, dtype=np.int64)


def _planned(span: Span, day: CalendarDay, queue: int, factor: int) -> Iterator[tuple[int, int]]:
    """Start and rate of each piece of a span."""
    resolved = span.resolved
    opens, closes = _arrival_window(day, resolved)
    if queue >= len(resolved.queues) or opens >= closes:
        yield span.start, 0
        return
    staff = len(resolved.staff(queue))
    if resolved.constant:
        load, factor = [_erlangs(1000 * staff)] * (day.length // SLOT), UNIT
    else:
        count = shift_count(day, staff)
        load = _by_elapsed_time(planned_load(resolved.hours, queue, count, breaks=resolved.profile.breaks), day)
    # Opening and closing need not lie on a quarter of an hour.
    first = span.start - span.start % SLOT + SLOT
    inside = {edge for edge in (opens, closes) if span.start < edge < span.end}
    for start in sorted({span.start, *range(first, span.end, SLOT), *inside}):
        is_open = opens <= start < closes
        yield start, _density(resolved, queue, load[start // SLOT]) * factor >> UNIT_BITS if is_open else 0


@lru_cache(maxsize=256)
def _by_elapsed_time(load: tuple[int, ...], day: CalendarDay) -> list[int]:
    """The load of each quarter of an hour since midnight; it differs from the wall clock's when the clocks change."""
    starts = [day.elapsed(15 * quarter) // SLOT for quarter in range(len(load))]
    return [load[bisect_right(starts, slot) - 1] for slot in range(day.length // SLOT)]


def _erlangs(agents: int) -> int:
    """The load, in thousandths of Erlang, that a number of agents (in thousandths) can take."""
    return int(erlangs(np.array([agents]))[0])


def _density(resolved: ResolvedProfile, queue: int, erlangs: int) -> int:
    """The rate, in units of 2**-40, at which calls arrive that are to keep so many agents (in thousandths) busy."""
    settings = resolved.queues[queue]
    return (erlangs * settings.load << DENSITY_BITS) // (1_000_000 * _handling(resolved, settings))


def _day_factor(seed: str, day: CalendarDay, queue: int) -> int:
    """How busy the day is for the center and for the queue, as one factor in units of 2**-20."""
    center = variates("lognormal_cv_0.1", words(1, seed, day.date, "day"), UNIT)
    own = variates("lognormal_cv_0.05", words(1, seed, day.date, "queue day", queue), UNIT)
    # Seven tenths of it: how busy a center is varies by 7 percent from day to day, the volume of a queue by 9.
    shared = UNIT + (int(center[0]) - UNIT) * 7 // 10
    return shared * int(own[0]) >> UNIT_BITS
