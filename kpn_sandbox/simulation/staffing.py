"""
The plan of a queue's day: how its calls come and which shifts are there to take them.

Callers follow a smooth curve of their own and know nothing of shifts. The roster is fitted to that curve: one shift
after the other goes where it brings the staff nearest to the agents that the curve needs. Then the volume of the day is
chosen so high that the planned staff reaches the service level nearly everywhere. So a center looks plausible at any
size, and no shift that begins shows in the arrivals.

Everything is planned in quarters of an hour of the wall clock, for every working day alike; a seed decides who works
which shift and how busy a day is, not the plan.

Source:
    Turnella, contact centre volume patterns, and the call profiles of cca2z.com, for the curve: a peak before lunch,
    another one after it. Fitting staff to the load of each interval is the usual planning by intervals.
"""

from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from kpn_sandbox.simulation.randomness import Integers
from kpn_sandbox.simulation.resolved_profile import OpeningHours

QUARTERS = 96
"""Quarters of an hour of a day of the wall clock."""

DEMAND = (
    *(2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2),
    *(4, 8, 16, 30, 50, 70, 85, 95, 100, 100, 100, 92),
    *(78, 74, 82, 90, 97, 98, 98, 96, 90, 80, 65, 52),
    *(42, 38, 36, 34, 30, 26, 22, 18, 14, 10, 7, 4),
)
"""Relative demand of each half hour: a peak before lunch, a second one after it, next to nothing at night."""

CURVE_OFFSETS = (0, 20, -20, 10, -10, 30, -30)
"""Minutes by which the curve of a queue is later than `DEMAND`; queues take them in turn."""

AGENTS = (0, 1000, 2000, 3000, 5000, 8000, 10000, 15000, 20000, 30000, 50000, 100_000, 10_000_000)
ERLANGS = (0, 222, 815, 1515, 3049, 5499, 7183, 11486, 15863, 24728, 42650, 87821, 8_782_100)
"""
Thousandths of agents and the thousandths of Erlang at which they answer 80 % of the calls within 20 seconds.

Source:
    Computed with Erlang A (Mandelbaum and Zeltyn, The Palm/Erlang-A queue, 2005) for a handling time of 290 seconds, a
    patience of 600 and a ring of 5, averaged over days whose load varies by 15 %; at most 0.88 an agent, because large
    queues would reach 80/20 with agents who never pause.
"""

PLANNED_ABSENCE = 120
"""Thousandths of the roster that planners expect to be absent."""

EXCESS = (10, 58)
"""
Thousandths of a day's load, at least and at most, that may lie where the planned staff falls short of it. Small rosters
cannot follow the curve closely; for large ones a shortage of that size would be a queue all morning.
"""

LENGTHS = (510, 510, 510, 450)
"""Shift lengths in minutes, taken in turn."""

CREW = (465, 930, 0)
"""When the first three shifts of a queue begin, in minutes: day, evening and night cover the whole day together."""

ALONE = (1, 2)
"""The shifts that cover the evening and the night alone; whoever works them has no breaks."""

DEFAULT, BREAK, LUNCH, MEETING, PERSONAL, BACK_OFFICE, COACHING, SYSTEM_FAILURE, NO_ANSWER = range(9)
"""
AUX reason codes. Agents log in with the default and are not ready until they say so; 8 follows a call that was not
answered.

Source:
    Published code lists of centers. Avaya advises a code of its own after a redirection on no answer (RONA), so that
    agents who let a call ring can be told from those who chose to pause.
"""

REASONS = (
    *("Default", "Break", "Lunch", "Meeting", "Personal", "Back office", "Coaching", "System failure", "No answer"),
)
"""The AUX reasons in English, by their codes."""

UNPLANNED = (DEFAULT, SYSTEM_FAILURE, NO_ANSWER)
"""Reasons of times in AUX that no plan has."""

BREAK_SHIFTS = (0, -6, 6, -3, 3)
"""Percent of a shift by which its breaks are planned later; shifts take them in turn, so that not all pause at once."""

BACK_OFFICE_PERCENT, BACK_OFFICE_MINUTES = (36, 66, 90, 40, 72, 94), 20
"""
Every second shift has time in the back office, in which agents make calls: at which percent of the shift, which they
take in turns, and how long. So there is some in most hours of the day.
"""

LATE, LATE_BACK_OFFICE_PERCENT = 13 * 60, 86
"""Shifts that begin at this minute or later all have it near their end: who calls in the evening is called back."""

EXTRA_PERCENT, EXTRA_MINUTES = 55, 20
"""A quarter of the agents are off the phone once more: at which percent of the shift, and how long."""

BREAK_SPREAD_MINUTES = 20
"""A break begins up to this long after it is planned."""


# The staff that a curve needs is worked out for these sizes of a roster, and interpolated between them: it changes
# slowly, and working it out for every size would take most of the time of a plan.
_GRID = tuple(
    [3, 4, 5, 6, 8, 10, 12, 15, 18, 22, 27, 33, 40, 48, 58, 70, 85, 100, 125, 150, 190, 240, 300, 380, 480, 600]
    + [750, 950, 1200, 1500, 1900, 2400, 3000, 3800, 5000, 6500, 8192]
)


class PlannedBreak(NamedTuple):
    """A break as planned: at which percent of the shift, how many minutes, and its AUX reason."""

    percent: int
    minutes: int
    reason: int


class PlannedShift(NamedTuple):
    """A shift as planned, in minutes of the wall clock."""

    start: int
    length: int
    breaks: tuple[PlannedBreak, ...]


def demand_curve(hours: OpeningHours, queue: int) -> Integers:
    """
    Return the relative demand of a queue in each quarter of the wall clock.

    Args:
        hours: When the center is open; outside there is no demand.
        queue: Index of the queue, from 0; it decides how late its curve is.

    Returns:
        A column of `QUARTERS` whole numbers.
    """
    return _curve(hours, CURVE_OFFSETS[queue % len(CURVE_OFFSETS)])


def planned_shifts(hours: OpeningHours, queue: int, count: int, *, breaks: bool) -> tuple[PlannedShift, ...]:
    """
    Return the shifts of a queue; those of a smaller roster are the first ones of a larger one.

    Args:
        hours: When the center is open.
        queue: Index of the queue, from 0.
        count: Number of shifts.
        breaks: Whether agents have breaks.
    """
    # Fitted for the next power of two, so that rosters of nearly the same size are fitted once.
    size = max(8, 1 << (count - 1).bit_length())
    return _fitted(hours, CURVE_OFFSETS[queue % len(CURVE_OFFSETS)], size, breaks)[:count]


@lru_cache(maxsize=1024)
def planned_load(hours: OpeningHours, queue: int, count: int, *, breaks: bool) -> tuple[int, ...]:
    """
    Return the load that a roster is planned for in each quarter of the wall clock, in thousandths of Erlang.

    Args:
        hours: When the center is open.
        queue: Index of the queue, from 0.
        count: Number of shifts.
        breaks: Whether agents have breaks.
    """
    if not count:
        return (0,) * QUARTERS
    present = expected_staff(planned_shifts(hours, queue, count, breaks=breaks))
    capacity = erlangs(present)
    # Where nobody is planned nobody is expected to call; a roster of one has such hours.
    curve = np.where(present > 0, demand_curve(hours, queue), 0)

    def fits(volume: int) -> bool:
        load = curve * volume >> 16
        return int(np.maximum(load - capacity, 0).sum()) * 1000 <= _excess(count) * int(load.sum())

    return tuple((curve * _largest(fits) >> 16).tolist())


def expected_staff(shifts: tuple[PlannedShift, ...]) -> Integers:
    """Return the agents that shifts bring to the phones in each quarter, in thousandths, absence and breaks off."""
    present = np.zeros(QUARTERS, dtype=np.int64)
    for shift in shifts:
        _add(present, shift)
    return present


def erlangs(agents: Integers) -> Integers:
    """Return the load, in thousandths of Erlang, that numbers of agents (in thousandths) can take."""
    return _interpolated(agents, AGENTS, ERLANGS)


@lru_cache(maxsize=256)
def _curve(hours: OpeningHours, offset: int) -> Integers:
    values = np.array(DEMAND, dtype=np.int64)
    quarters = np.arange(QUARTERS)
    # From the middles of the half hours to those of the quarters, in a straight line from each to the next.
    half_hour, minute = np.divmod(15 * quarters + 7 - 15 - offset, 30)
    curve = values[half_hour % 48] * (30 - minute) + values[(half_hour + 1) % 48] * minute
    return np.where((15 * quarters >= hours.opens - hours.opens % 15) & (15 * quarters < hours.closes), curve, 0)


@lru_cache(maxsize=256)
def _fitted(hours: OpeningHours, offset: int, count: int, breaks: bool) -> tuple[PlannedShift, ...]:
    shifts: list[PlannedShift] = []
    present = np.zeros(QUARTERS, dtype=np.int64)
    for size, needed in _needed(hours, offset, count, breaks):
        # Weighted by the need: one agent too few hurts an evening of three more than a morning of thirty.
        missing = (needed - present << 20) // (needed + 2000)
        shift = _next_shift(hours, size, missing, breaks)
        _add(present, shift)
        shifts.append(shift)
    return tuple(shifts)


def _next_shift(hours: OpeningHours, size: int, missing: Integers, breaks: bool) -> PlannedShift:
    """The shift that makes a roster of `size` shifts one larger."""
    length = min(LENGTHS[size % len(LENGTHS)], hours.closes - hours.opens)
    planned = _breaks(length, BREAK_SHIFTS[size % len(BREAK_SHIFTS)]) if breaks and size not in ALONE else ()
    if size < len(CREW):
        start = min(max(CREW[size], hours.opens), hours.closes - length)
        return PlannedShift(start, length, _with_back_office(planned, size, start))
    # The square of what is missing falls most where the shift covers most of it.
    score = np.correlate(missing, _presence(length, planned), mode="valid")
    first, last = -(-hours.opens // 15), (hours.closes - length) // 15
    start = 15 * (first + int(np.argmax(score[first : last + 1]))) if last >= first else hours.opens
    return PlannedShift(start, length, _with_back_office(planned, size, start))


def _with_back_office(breaks: tuple[PlannedBreak, ...], size: int, start: int) -> tuple[PlannedBreak, ...]:
    """The breaks of a shift and its time in the back office, if it has one."""
    late = start >= LATE
    if not breaks or not (late or size == 0 or size % 2):
        return breaks
    percent = LATE_BACK_OFFICE_PERCENT if late else BACK_OFFICE_PERCENT[size // 2 % len(BACK_OFFICE_PERCENT)]
    return tuple(sorted((*breaks, PlannedBreak(percent, BACK_OFFICE_MINUTES, BACK_OFFICE))))


def _needed(hours: OpeningHours, offset: int, count: int, breaks: bool) -> list[tuple[int, Integers]]:
    """For each shift of a roster: how many come before it, and the staff (in thousandths) that is needed with it."""
    kernels = [int(_kernel(hours, length, breaks).sum()) for length in LENGTHS]
    mean = sum(kernels) // len(kernels)
    curve = _curve(hours, offset)
    # One size more than is needed, so that a larger roster has the same needs on its way.
    sizes = [*(size for size in _GRID if size < count), next(size for size in _GRID if size >= count)]
    targets = {size: _spread(curve, size * mean) for size in sizes}
    found = [(size, targets[sizes[0]]) for size in range(min(count, sizes[0]))]
    for low, high in pairwise(sizes):
        for size in range(low, high):
            step = (targets[high] - targets[low]) * (size - low) // (high - low)
            found.append((size, targets[low] + step))
    return found


def _spread(curve: Integers, total: int) -> Integers:
    """The staff of each quarter that so many quarters of work (in thousandths) suffice for, if they follow a curve."""

    def fits(volume: int) -> bool:
        return int(_interpolated(curve * volume >> 16, ERLANGS, AGENTS).sum()) <= total

    return _interpolated(curve * _largest(fits) >> 16, ERLANGS, AGENTS)


def _excess(count: int) -> int:
    # A queue may have no agent at all, when a center has fewer agents than queues.
    return min(max(12900 // max(count * count, 1), EXCESS[0]), EXCESS[1])


def _largest(fits: Callable[[int], bool]) -> int:
    """The largest whole number below 2**40 that fits, if all smaller ones do."""
    low = 0
    for bit in reversed(range(40)):
        if fits(low | 1 << bit):
            low |= 1 << bit
    return low


def _interpolated(values: Integers, points: tuple[int, ...], images: tuple[int, ...]) -> Integers:
    at, image = np.array(points), np.array(images)
    place = np.clip(np.searchsorted(at, values, side="right") - 1, 0, len(points) - 2)
    between = (values - at[place]) * (image[place + 1] - image[place]) // (at[place + 1] - at[place])
    found: Integers = image[place] + between
    return found


def _add(present: Integers, shift: PlannedShift) -> None:
    first = shift.start // 15
    kernel = _presence(shift.length, shift.breaks)
    present[first : first + len(kernel)] += kernel[: QUARTERS - first]


def _kernel(hours: OpeningHours, length: int, breaks: bool) -> Integers:
    length = min(length, hours.closes - hours.opens)
    return _presence(length, _breaks(length, 0) if breaks else ())


@lru_cache(maxsize=1024)
def _presence(length: int, breaks: tuple[PlannedBreak, ...]) -> Integers:
    """The agents (in thousandths) that one shift brings to the phones in each of its quarters."""
    share = 1000 - PLANNED_ABSENCE
    present = np.full(-(-length // 15), share, dtype=np.int64)
    # A quarter of the agents are off the phone once more, so each shift is expected to lose a quarter of that time.
    extra = PlannedBreak(EXTRA_PERCENT, EXTRA_MINUTES // 4, PERSONAL)
    for each in (*breaks, extra) if breaks else ():
        first = length * each.percent // 100 // 15
        window = present[first : first + 1 + (each.minutes + BREAK_SPREAD_MINUTES) // 15]
        window -= share * each.minutes // (15 * len(window))
    return present


def _breaks(length: int, later: int) -> tuple[PlannedBreak, ...]:
    """The breaks of a shift of so many minutes, each so many percent of it later than usual."""
    return tuple(PlannedBreak(percent + later, minutes, reason) for percent, minutes, reason in _usual_breaks(length))


def _usual_breaks(length: int) -> tuple[PlannedBreak, ...]:
    # The first break of most shifts follows the peak of the morning.
    if length >= 480:
        return PlannedBreak(32, 15, BREAK), PlannedBreak(48, 30, LUNCH), PlannedBreak(80, 15, BREAK)
    if length >= 360:
        return PlannedBreak(34, 15, BREAK), PlannedBreak(54, 30, LUNCH)
    if length >= 300:
        return PlannedBreak(35, 15, BREAK), PlannedBreak(75, 15, BREAK)
    return (PlannedBreak(50, 15, BREAK),) if length >= 240 else ()
