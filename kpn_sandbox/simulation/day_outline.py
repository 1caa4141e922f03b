"""
The outline of a day, for a time bar: how many calls wait from midnight to midnight, and what marks the day.

Unlike counters and records an outline knows the whole day, also what lies ahead, as the profile in force has it.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from kpn_sandbox.simulation.calendar import HOUR, MINUTE, CalendarDay
from kpn_sandbox.simulation.day_trace import BLOCKED, DayTrace
from kpn_sandbox.simulation.randomness import Integers
from kpn_sandbox.simulation.resolved_profile import Span
from kpn_sandbox.simulation.staffing import LUNCH
from kpn_sandbox.validation import minutes

OPENS, CLOSES, MORNING_PEAK, LUNCH_HOUR, OUTAGE = "opens", "closes", "morning_peak", "lunch", "outage"

_QUARTER = 15 * MINUTE
_MORNING = 6 * HOUR, 13 * HOUR


class Landmark(NamedTuple):
    """Something that marks a day; instants are milliseconds since midnight."""

    kind: str
    start: int
    end: int
    """The same as the start for what happens in a moment."""
    trunk: int | None = None
    """The trunk, from 0, that is out of service."""


class WaitingCurve(NamedTuple):
    """The calls that wait, in all queues together or in one, from midnight to midnight in equal steps."""

    at: list[int]
    """How many wait at each step, as counters have it."""
    most: list[int]
    """The most that waited at once since the step before."""


def waiting_curve(trace: DayTrace, step: int, queue: int | None = None) -> WaitingCurve:
    """
    Return the calls that wait over a day.

    Args:
        trace: The day.
        step: Milliseconds between two points; the first point is midnight, the last one the next midnight.
        queue: Only calls of this queue, from 0.
    """
    calls = trace.calls
    entered = (calls.outcome != BLOCKED) & (True if queue is None else calls.queue == queue)
    arrival = np.sort(calls.arrival[entered])
    left = np.sort(np.where(calls.answer >= 0, calls.answer, calls.end)[entered])
    points = np.arange(0, trace.day.length + 1, step, dtype=np.int64)
    at = np.searchsorted(arrival, points, side="right") - np.searchsorted(left, points, side="right")
    # The number is greatest right after an arrival, so only these instants are looked at.
    waiting = np.arange(1, len(arrival) + 1) - np.searchsorted(left, arrival, side="right")
    most = np.maximum(at, np.concatenate(([0], at[:-1])))
    np.maximum.at(most, np.searchsorted(points, arrival).clip(max=len(points) - 1), waiting)
    return WaitingCurve(at.tolist(), most.tolist())


def landmarks(trace: DayTrace) -> list[Landmark]:
    """Return what marks a day: opening and closing, its busiest morning hour, lunch, and outages of trunks."""
    found = [mark for span in trace.spans for mark in _planned(trace.day, span)]
    if any(span.resolved.constant for span in trace.spans):
        return found
    aux = trace.aux
    at_lunch = (aux.start + (aux.end - aux.start) // 2)[aux.reason == LUNCH]
    low, high = _MORNING
    arrival = trace.calls.arrival
    for kind, instants in ((MORNING_PEAK, arrival[(arrival >= low) & (arrival < high)]), (LUNCH_HOUR, at_lunch)):
        if len(instants):
            start = _busiest_hour(instants, trace.day.length)
            found.append(Landmark(kind, start, start + HOUR))
    return sorted(found, key=lambda mark: mark.start)


def _planned(day: CalendarDay, span: Span) -> Iterator[Landmark]:
    """Return what the profile of a part of a day plans for it."""
    opens, closes = (day.elapsed(each) for each in span.resolved.hours)
    for kind, instant in ((OPENS, opens), (CLOSES, closes)):
        if 0 < instant < day.length and span.start <= instant <= span.end:
            yield Landmark(kind, instant, instant)
    for outage in span.resolved.profile.outages:
        start, end = (day.elapsed(minutes(reading)) for reading in (outage.start, outage.end))
        start, end = max(start, span.start), min(end, span.end)
        if start < end and outage.trunk <= len(span.resolved.trunks):
            yield Landmark(OUTAGE, start, end, outage.trunk - 1)


def _busiest_hour(instants: Integers, length: int) -> int:
    """Return when the hour with most of some instants begins, to a quarter."""
    quarters = np.bincount(instants // _QUARTER, minlength=length // _QUARTER)
    return int(np.argmax(np.convolve(quarters, np.ones(4, dtype=np.int64), mode="valid"))) * _QUARTER
