"""
The figures of queues by interval, as a planner reads them: calls, waits and staff per quarter, half or full hour.

They are a fold of the day trace and count an event in the interval in which it happens, as the counters do: a call is
offered when it arrives, answered when it is answered. So figures of an interval that is over never change, and their
sums over a day are the counters. Nothing after the instant up to which things are known counts.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from kpn_sandbox.simulation.calendar import MINUTE
from kpn_sandbox.simulation.call_detail_records import ObservedPeriod
from kpn_sandbox.simulation.center import Center
from kpn_sandbox.simulation.day_index import FIRST_NUMBER
from kpn_sandbox.simulation.day_trace import ABANDONED, BLOCKED, DayTrace
from kpn_sandbox.simulation.events import INSTANT_BITS, Events
from kpn_sandbox.simulation.randomness import Flags, Integers
from kpn_sandbox.simulation.resolved_profile import most_queues


class IntervalFact(NamedTuple):
    """One queue in one interval; a mean or share is None where there is nothing to divide by."""

    start: float
    """Epoch seconds, as `end`; both are those of the whole interval."""
    end: float
    seconds: float
    """The part of the interval that counts: it lies in the period that was asked for, and has passed."""
    queue: int
    offered: int
    answered: int
    answered_in_time: int
    abandoned: int
    flowed_out: int
    handled: int
    """Answered calls whose wrap-up ended."""
    speed_of_answer: float | None
    """Mean seconds from arrival to answer, of the calls answered."""
    handle_time: float | None
    """Mean seconds from answer to the end of the wrap-up, of the calls handled."""
    staffed: float | None
    """Mean number of agents logged in."""
    occupancy: float | None
    """Share of the time logged in and not in AUX in which agents rang, talked, outbound too, or wrapped up."""


def fold_intervals(
    center: Center, period: ObservedPeriod, *, minutes: int, queue: int | None = None
) -> Iterator[list[IntervalFact]]:
    """
    Fold the calls and staff of a period by interval and queue.

    Args:
        center, period: The center, and the period; of intervals that reach over its ends only what lies in it counts.
        minutes: Length of an interval, a divisor of 60; the first one of a day begins at local midnight.
        queue: Only the queue with this number.

    Yields:
        For each day its intervals in order, in each of them the queues that the center had on that day.
    """
    for day in period.days():
        first, last, known = (round((at - day.starts_at) * 1000) for at in (period.start, period.end, period.known))
        first, last = max(first, 0), min(last, day.length, known + 1)
        step = minutes * MINUTE
        starts = list(range(first - first % step, last, step)) if first < last else []
        if starts:
            # The first interval counts from the beginning of the period, the last one to its end.
            edges = np.array([first, *starts[1:], last], dtype=np.int64)
            fold = _DayFold(center.day_index(day).trace, edges, known)
            yield list(fold.facts(starts, step, queue))


class _DayFold:
    """The sums of one day between instants, each column with a row for an interval and a column for a queue."""

    def __init__(self, trace: DayTrace, edges: Integers, known: int) -> None:
        self._day = trace.day
        self._queues = np.arange(most_queues(trace.spans))
        # Events count up to just before an edge, times up to the edge; no time passes after the last known instant.
        self._events_until = (self._queues << INSTANT_BITS) + edges[:, None] - 1
        self._edges = np.minimum(edges, known)[:, None]
        self._times_until = (self._queues << INSTANT_BITS) + self._edges
        self._count_calls(trace)
        self._add_times(trace)

    def facts(self, starts: list[int], step: int, queue: int | None) -> Iterator[IntervalFact]:
        """
        Return the facts of each interval and queue.

        Args:
            starts, step: The instants at which intervals begin, and their length, in milliseconds.
            queue: Only the queue with this number.
        """
        counts = np.stack((*self._counts, *self._times), axis=-1).tolist()
        lengths = np.diff(self._edges[:, 0]).tolist()
        for start, length, rows in zip(starts, lengths, counts, strict=True):
            begin, end = (self._day.starts_at + at / 1000 for at in (start, start + step))
            for index, row in enumerate(rows):
                if queue in (None, FIRST_NUMBER + index):
                    yield _fact((begin, end, length / 1000, FIRST_NUMBER + index), row, length)

    def _count_calls(self, trace: DayTrace) -> None:
        calls = trace.calls.wide()
        answered, entered = calls.answer >= 0, calls.outcome != BLOCKED
        abandoned = calls.outcome == ABANDONED
        given_up = entered & ~answered & ~abandoned
        waits, handling = calls.answer - calls.arrival, calls.wrap_end - calls.answer
        offered, _ = self._sums(calls.queue, calls.arrival, entered)
        taken, waited = self._sums(calls.queue, calls.answer, answered, waits)
        in_time, _ = self._sums(calls.queue, calls.answer, calls.in_time)
        left, _ = self._sums(calls.queue, calls.end, abandoned)
        flowed_out, _ = self._sums(calls.queue, calls.end, given_up)
        handled, took = self._sums(calls.queue, calls.wrap_end, answered, handling)
        self._counts = offered, taken, in_time, left, flowed_out, handled, waited, took

    def _add_times(self, trace: DayTrace) -> None:
        calls, rings = trace.calls.wide(), trace.rings
        answered = calls.answer >= 0
        handled = self._time(calls.queue[answered], calls.ring_start[answered], calls.wrap_end[answered])
        rang = self._time(calls.queue[rings.call], rings.start, rings.end)
        staffed = self._time(trace.logins.queue, trace.logins.login, trace.logins.logout)
        # Agents make calls while they are in AUX for the back office, and are not in AUX meanwhile.
        made = self._time(trace.outbound.queue, trace.outbound.start, trace.outbound.end)
        auxiliary = self._time(trace.aux.queue, trace.aux.start, trace.aux.end) - made
        self._times = staffed, auxiliary, handled + rang + made

    def _sums(
        self, queue: Integers, instant: Integers, chosen: Flags, weight: Integers | None = None
    ) -> tuple[Integers, Integers]:
        """The number and the total weight of chosen events."""
        weights = np.zeros_like(instant) if weight is None else weight
        events = Events((queue[chosen] << INSTANT_BITS) + instant[chosen], [weights[chosen]], self._queues)
        return np.diff(events.count(self._events_until), axis=0), np.diff(events.total(self._events_until), axis=0)

    def _time(self, queue: Integers, start: Integers, end: Integers) -> Integers:
        """The milliseconds that times last, given by their queues, beginnings and ends."""
        total = np.zeros(self._times_until.shape, dtype=np.int64)
        # Up to an instant, each time that has begun lasted from its beginning to there, but for what followed its end.
        for sign, instant in ((1, start), (-1, end)):
            events = Events((queue << INSTANT_BITS) + instant, [instant], self._queues)
            total += sign * (events.count(self._times_until) * self._edges - events.total(self._times_until))
        return np.diff(total, axis=0)


def _fact(head: tuple[float, float, float, int], row: list[int], length: int) -> IntervalFact:
    offered, answered, in_time, abandoned, flowed_out, handled, waited, took, staffed, auxiliary, busy = row
    return IntervalFact(
        *head,
        offered,
        answered,
        in_time,
        abandoned,
        flowed_out,
        handled,
        speed_of_answer=_ratio(waited, answered * 1000),
        handle_time=_ratio(took, handled * 1000),
        staffed=_ratio(staffed, length),
        occupancy=_ratio(busy, staffed - auxiliary),
    )


def _ratio(part: int, whole: int) -> float | None:
    # Three decimals: milliseconds of a time, thousandths of an agent or a share.
    return round(part / whole, 3) if whole else None
