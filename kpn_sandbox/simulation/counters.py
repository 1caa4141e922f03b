"""
The counters of queues: how much has happened in each of them by an instant.

Every kind of event is kept as one sorted column over all queues, so an instant costs one binary search per kind. An
event has happened at an instant when it is not later; a state holds from its beginning until just before its end.

Source:
    Avaya Communication Manager and CMS give the items their meaning (CMS Database Items and Calculations, release 21),
    with three differences: calls count as offered when they arrive, not when they end; talk time includes hold and
    grows while a call lasts; and outbound calls count as talk, from dialling on, but as nothing else.
"""

from typing import Any

import numpy as np

from kpn_sandbox.simulation.day_trace import ABANDONED, ANSWERED, BLOCKED, FLOWED_OUT, CallTable, DayTrace, RingTable
from kpn_sandbox.simulation.events import INSTANT_BITS, Events, owners_of
from kpn_sandbox.simulation.randomness import Flags, Integers
from kpn_sandbox.simulation.resolved_profile import most_queues


def rounded(part: Any, whole: Any) -> Any:
    """
    The quotient of whole numbers, or of each pair in two columns, rounded half up.

    Args:
        part, whole: Dividend and divisor, which is above 0.
    """
    return (2 * part + whole) // (2 * whole)


class QueueCounters:
    """The events of a day by queue, ready to be counted."""

    def __init__(self, trace: DayTrace) -> None:
        self._queues = owners_of(most_queues(trace.spans))
        calls = trace.calls.wide()
        answered, left = calls.outcome == ANSWERED, calls.outcome == ABANDONED
        self._offered = self._column(calls.queue, calls.arrival, calls.outcome != BLOCKED)
        self._answered = self._column(calls.queue, calls.answer, answered, calls.answer - calls.arrival, calls.answer)
        self._in_time = self._column(calls.queue, calls.answer, calls.in_time)
        self._abandoned = self._column(calls.queue, calls.end, left, calls.end - calls.arrival)
        self._flowed_out = self._column(calls.queue, calls.end, calls.outcome == FLOWED_OUT)
        self._ended = self._column(calls.queue, calls.end, answered, calls.end)
        self._wrapped = self._column(calls.queue, calls.wrap_end, answered)
        self._held = self._column(calls.queue, calls.hold_start, calls.hold_start >= 0)
        self._transferred = self._column(calls.queue, calls.end, calls.transferred)
        self._count_rings(calls, trace.rings, answered)
        self._logins = self._column(trace.logins.queue, trace.logins.login)
        self._logouts = self._column(trace.logins.queue, trace.logins.logout)
        self._aux = self._column(trace.aux.queue, trace.aux.start)
        self._aux_over = self._column(trace.aux.queue, trace.aux.end)
        made = trace.outbound
        self._dialled = self._column(made.queue, made.start, None, made.start)
        self._hung_up = self._column(made.queue, made.end, None, made.end)
        self._oldest = _OldestCalls(calls, self._queues)

    def at(self, instant: int) -> list[tuple[int, ...]]:
        """The figures of each queue at an instant (milliseconds since midnight), in the order of a `QueueFact`."""
        probes = (self._queues << INSTANT_BITS) + instant
        offered, answered, ended = (each.count(probes) for each in (self._offered, self._answered, self._ended))
        abandoned, flowed_out = self._abandoned.count(probes), self._flowed_out.count(probes)
        outbound = self._dialled.count(probes) - self._hung_up.count(probes)
        talking, wrapping = answered - ended + outbound, ended - self._wrapped.count(probes)
        ringing = self._rings.count(probes) - self._rings_over.count(probes)
        staffed = self._logins.count(probes) - self._logouts.count(probes)
        auxiliary = self._aux.count(probes) - self._aux_over.count(probes) - outbound
        begun = self._answered.total(probes, 1) + self._dialled.total(probes)
        over = self._ended.total(probes) + self._hung_up.total(probes)
        waiting, in_time = offered - answered - abandoned - flowed_out, self._in_time.count(probes)
        finished = offered - waiting
        columns = (
            # A call that rings still waits: so times to answer and to hang up contain the ring, and Little's law holds.
            waiting,
            offered,
            answered,
            in_time,
            self._transferred.count(probes),
            self._held.count(probes),
            self._unanswered.count(probes),
            self._rings_over.total(probes) // 1000,
            self._answered.total(probes) // 1000,
            # All ends minus all beginnings, with the instant itself as the end of calls that are still connected.
            (over + talking * instant - begun) // 1000,
            self._abandoned.total(probes) // 1000,
            flowed_out,
            self._oldest.age(probes, instant) // 1000,
            staffed,
            staffed - talking - wrapping - auxiliary - ringing,
            talking,
            auxiliary,
            wrapping,
            np.where(finished > 0, rounded(100 * in_time, np.maximum(finished, 1)), 100),
        )
        return list(zip(*(column.tolist() for column in columns), strict=True))

    def _count_rings(self, calls: CallTable, rings: RingTable, answered: Flags) -> None:
        # A ring counts when it ends, whatever becomes of the call next.
        queue = calls.queue[rings.call]
        every = np.concatenate((calls.queue[answered], queue))
        start = np.concatenate((calls.ring_start[answered], rings.start))
        end = np.concatenate((calls.answer[answered], rings.end))
        self._rings = self._column(every, start)
        self._rings_over = self._column(every, end, None, end - start)
        self._unanswered = self._column(queue, rings.end, rings.returned == 1)

    def _column(self, queue: Integers, instant: Integers, chosen: Flags | None = None, *weights: Integers) -> Events:
        kept = slice(None) if chosen is None else chosen
        keys = (queue[kept] << INSTANT_BITS) + instant[kept]
        return Events(keys, [each[kept] for each in weights], self._queues)


class _OldestCalls:
    """
    How long the oldest waiting call of each queue has waited.

    Over the calls in order of arrival the running maximum of the instants of leaving the queue never falls; the first
    call at which it lies beyond an instant is the oldest that has not left by then, also when calls leave out of order.
    """

    def __init__(self, calls: CallTable, owners: Integers) -> None:
        entered = calls.outcome != BLOCKED
        left = np.where(calls.answer >= 0, calls.answer, calls.end)[entered]
        # The calls are sorted by queue and the number of the queue leads the keys, so one running maximum serves all.
        keys = (calls.queue[entered] << INSTANT_BITS) + left
        self._left = np.maximum.accumulate(keys).astype(owners.dtype)
        self._arrivals = np.append(calls.arrival[entered], 0).astype("i4")
        self._queue = np.append(calls.queue[entered], -1).astype("i2")

    def age(self, probes: Integers, instant: int) -> Integers:
        call = np.searchsorted(self._left, probes, side="right")
        here = self._queue[call] == probes >> INSTANT_BITS
        return np.where(here, np.maximum(instant - self._arrivals[call], 0), 0)
