"""
Simulating a day.

Two ways give the same calls. Usually no trunk is ever full: then each queue runs for itself and the ports are filled
in when somebody asks for them. When ports may run out, all calls go through one pass, in order of arrival, with
ports and agents together.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property, partial
from heapq import heappop, heappush
from itertools import accumulate
from typing import Any

import numpy as np

from kpn_sandbox.simulation import trunks
from kpn_sandbox.simulation.arrivals import draw_calls
from kpn_sandbox.simulation.calendar import CalendarDay
from kpn_sandbox.simulation.day_trace import (
    ABANDONED,
    ANSWERED,
    BLOCKED,
    FLOWED_OUT,
    AuxTable,
    CallTable,
    DayTrace,
    LoginTable,
    PortUsage,
    RingTable,
)
from kpn_sandbox.simulation.queueing import NEVER, DayLimits, OfferedCalls, QueueSimulation
from kpn_sandbox.simulation.randomness import Integers
from kpn_sandbox.simulation.resolved_profile import Span
from kpn_sandbox.simulation.roster import shifts_by_span
from kpn_sandbox.simulation.trunks import PortPool


def simulate_day(seed: str, day: CalendarDay, spans: tuple[Span, ...]) -> DayTrace:
    """
    Simulate a day.

    Args:
        seed: The seed of the account.
        day: The day.
        spans: The plans in force, in order, from midnight to midnight.
    """
    run = _DaySimulation(seed, day, spans)
    if not run.closures:
        run.queue_by_queue()
        if run.most_at_once() <= sum(trunks.trunk_sizes(spans)):
            return run.trace(partial(_ports_afterwards, trunks.trunk_sizes(spans), *run.uses()))
        run = _DaySimulation(seed, day, spans)
    occupation = run.all_together()
    return run.trace(lambda: occupation)


class _DaySimulation:
    """A day while it is being simulated."""

    def __init__(self, seed: str, day: CalendarDay, spans: tuple[Span, ...]) -> None:
        self.day, self.spans = day, spans
        count = max(len(span.plan.queues) for span in spans)
        self.drawn = [draw_calls(seed, day, queue, spans) for queue in range(count)]
        self.limits = DayLimits.of(day.length)
        self.patience = [each.arrival + each.patience for each in self.drawn]
        self.lines = [QueueSimulation(self._offers(queue), self.limits) for queue in range(count)]
        self.sessions = shifts_by_span(seed, day, spans)
        self.closures = trunks.port_closures(day, spans)
        self.whereabouts: dict[int, int] = {}

    def queue_by_queue(self) -> None:
        """Run each queue for itself."""
        arrivals = [drawn.arrival.tolist() for drawn in self.drawn]
        back: list[list[tuple[int, int]]] = [[] for _ in self.lines]
        done = [0] * len(self.lines)
        for number, span in enumerate(self.spans):
            self._change_shifts(number)
            for queue, line in enumerate(self.lines):
                last = int(np.searchsorted(self.drawn[queue].arrival, span.end))
                _offer_in_order(line, arrivals[queue], range(done[queue], last), back[queue], span.end)
                done[queue] = last
        self._close()

    def all_together(self) -> PortUsage:
        """Run all calls in order of arrival through ports and queues."""
        pool = PortPool(trunks.trunk_sizes(self.spans), self.closures)
        desk = _Dispatcher(self.lines, pool, self.offsets)
        done = 0
        for number, span in enumerate(self.spans):
            self._change_shifts(number)
            last = int(np.searchsorted(self.arrival[self.order], span.end))
            desk.offer(*self._in_order(self.order[done:last], self.arrival, self.queue, self.trunk))
            desk.settle(span.end)
            done = last
        self._close()
        pool.close()
        port = np.full(len(self.order), trunks.NO_PORT, dtype="i2")
        port[list(desk.ports)] = list(desk.ports.values())
        return PortUsage(pool.starts, port, pool.faults)

    def uses(self) -> list[Integers]:
        """Row, arrival, end and first trunk of all calls, in order of arrival."""
        columns = (np.arange(len(self.order)), self.arrival, self._ends(), self.trunk)
        return [column[self.order].astype("i4") for column in columns]

    def most_at_once(self) -> int:
        """The most calls that were on trunks at the same time."""
        # A port released at an instant can be seized at the same instant: releases sort first. A caller who hangs up
        # at once needs a port all the same.
        ends = np.maximum(self._ends(), self.arrival + 1)
        events = np.sort(np.concatenate((self.arrival * 2 + 1, ends * 2)))
        return int(np.cumsum(np.where(events & 1, 1, -1)).max(initial=0))

    def trace(self, find_occupation: Callable[[], PortUsage]) -> DayTrace:
        """What the run has found."""
        offsets = self.offsets
        rings = [(call + offsets[q], *rest) for q, line in enumerate(self.lines) for call, *rest in line.rings]
        rests = [(agent, q, *rest) for q, line in enumerate(self.lines) for agent, *rest in line.rests]
        stays = [(agent, q, *rest) for q, line in enumerate(self.lines) for agent, *rest in line.stays]
        return DayTrace(
            day=self.day,
            spans=self.spans,
            calls=self._table().narrow(),
            rings=RingTable(*_columns(rings, 5)),
            rests=AuxTable(*_columns(rests, 5)),
            stays=LoginTable(*_columns(stays, 4)),
            compute_port_usage=find_occupation,
        )

    @cached_property
    def offsets(self) -> list[int]:
        """The row of the first call of each queue."""
        return list(accumulate((len(each.arrival) for each in self.drawn), initial=0))

    @cached_property
    def arrival(self) -> Integers:
        return np.concatenate([each.arrival for each in self.drawn])

    @cached_property
    def queue(self) -> Integers:
        return np.repeat(np.arange(len(self.drawn)), [len(each.arrival) for each in self.drawn])

    @cached_property
    def trunk(self) -> Integers:
        counts = np.array([len(span.plan.trunks) for span in self.spans])
        return np.concatenate([each.trunk * counts[each.span] >> 8 for each in self.drawn])

    @cached_property
    def order(self) -> Integers:
        """The rows of the calls by arrival, then queue."""
        return np.argsort(self.arrival, kind="stable")

    def _in_order(self, rows: Integers, *columns: Integers) -> list[list[int]]:
        return [rows.tolist(), *(column[rows].tolist() for column in columns)]

    def _offers(self, queue: int) -> OfferedCalls:
        drawn = self.drawn[queue]
        spans = range(len(self.spans))
        waits = np.array([span.plan.max_wait for span in self.spans])[drawn.span]
        closing = np.array([self._closing(queue, span) for span in spans])[drawn.span]
        deadline = np.minimum(np.minimum(self.patience[queue], drawn.arrival + waits), closing)
        columns = (self.patience[queue], deadline, drawn.ring, drawn.talk, drawn.wrap, drawn.unanswered)
        return OfferedCalls(*(column.tolist() for column in columns))

    def _closing(self, queue: int, number: int) -> int:
        """When a queue that is open in a span closes for those who wait."""
        span = self.spans[number]
        closes = min(self.day.elapsed(span.plan.hours.closes), self.limits.wait)
        if closes < span.end or number + 1 == len(self.spans):
            return closes
        after = self.spans[number + 1]
        stays_open = queue < len(after.plan.queues) and after.start >= self.day.elapsed(after.plan.hours.opens)
        return max(self._closing(queue, number + 1), after.start) if stays_open else after.start

    def _change_shifts(self, number: int) -> None:
        """At the start of a span agents log in, or move from one queue to another when they are free."""
        last = number + 1 == len(self.spans)
        for line in self.lines:
            line.look_ahead_to(NEVER if last else self.spans[number].end)
        for session in self.sessions[number]:
            before = self.whereabouts.get(session.agent, session.queue)
            free = self.lines[before].leave(session.agent) if before != session.queue else 0
            self.lines[session.queue].join(session, free)
            self.whereabouts[session.agent] = session.queue

    def _close(self) -> None:
        for line in self.lines:
            line.close()

    def _ends(self) -> Integers:
        return np.concatenate([np.array(line.ends, dtype=np.int64) for line in self.lines])

    def _table(self) -> CallTable:
        parts = [self._queue_table(queue) for queue in range(len(self.lines))]
        return CallTable(*(np.concatenate(column) for column in zip(*parts)))

    def _queue_table(self, queue: int) -> CallTable:
        line, drawn = self.lines[queue], self.drawn[queue]
        answer, end = np.array(line.answers, dtype=np.int64), np.array(line.ends, dtype=np.int64)
        answered = answer >= 0
        threshold = np.array([_threshold(span, queue) for span in self.spans])[drawn.span]
        left = np.where(end == self.patience[queue], ABANDONED, np.where(end < 0, BLOCKED, FLOWED_OUT))
        return CallTable(
            queue=np.full(len(answer), queue),
            arrival=drawn.arrival,
            ring_start=np.where(answered, answer - drawn.ring, -1),
            answer=answer,
            end=np.where(end < 0, drawn.arrival, end),
            wrap_end=np.where(answered, np.minimum(end + drawn.wrap, self.limits.wrap), -1),
            agent=np.array(line.agents, dtype=np.int64),
            outcome=np.where(answered, ANSWERED, left),
            in_time=answered & (answer - drawn.arrival <= threshold),
            transferred=answered & drawn.transferred,
            hold_start=np.where(answered & drawn.held, answer + (end - answer) // 3, -1),
            vdn=drawn.vdn,
            customer=drawn.customer,
        )


def _ports_afterwards(
    sizes: Sequence[int], rows: Integers, arrivals: Integers, ends: Integers, firsts: Integers
) -> PortUsage:
    """The ports of calls none of which was blocked."""
    pool = PortPool(sizes)
    taken = []
    for arrival, end, first in zip(arrivals.tolist(), ends.tolist(), firsts.tolist()):
        number = pool.take(arrival, first)
        pool.give(number, end)
        taken.append(number)
    port = np.empty(len(rows), dtype="i2")
    port[rows] = taken
    return PortUsage(pool.starts, port, [])


class _Dispatcher:
    """Calls of all queues as they come, each with its port until it is settled."""

    def __init__(self, lines: Sequence[QueueSimulation], pool: PortPool, offsets: Sequence[int]) -> None:
        self.ports: dict[int, int] = {}
        self._lines, self._pool, self._offsets = lines, pool, offsets
        self._back: list[tuple[int, int, int]] = []

    def offer(self, rows: list[int], arrivals: list[int], queues: list[int], trunks_: list[int]) -> None:
        back, take = self._back, self._pool.take
        for row, arrival, queue, trunk in zip(rows, arrivals, queues, trunks_):
            if back and back[0][0] <= arrival:
                self.settle(arrival + 1)
            port = take(arrival, trunk)
            if port != trunks.NO_PORT:
                self.ports[row] = port
                self._enter(row, queue, arrival)

    def settle(self, until: int) -> None:
        """Offer again what comes back before an instant."""
        while self._back and self._back[0][0] < until:
            again, queue, row = heappop(self._back)
            self._enter(row, queue, again)

    def _enter(self, row: int, queue: int, now: int) -> None:
        line, call = self._lines[queue], row - self._offsets[queue]
        back = line.offer(call, now)
        if back is None:
            self._pool.give(self.ports[row], line.ends[call])
        else:
            heappush(self._back, (back, queue, row))


def _offer_in_order(
    line: QueueSimulation, arrivals: Sequence[int], rows: Iterable[int], back: list[tuple[int, int]], until: int
) -> None:
    """Offer the calls of one queue, and in between those that come back."""
    offer = line.offer
    for call in rows:
        now = arrivals[call]
        if back and back[0][0] <= now:
            _offer_again(line, back, now + 1)
        returned = offer(call, now)
        if returned is not None:
            heappush(back, (returned, call))
    _offer_again(line, back, until)


def _offer_again(line: QueueSimulation, back: list[tuple[int, int]], until: int) -> None:
    while back and back[0][0] < until:
        again, call = heappop(back)
        returned = line.offer(call, again)
        if returned is not None:
            heappush(back, (returned, call))


def _threshold(span: Span, queue: int) -> int:
    return span.plan.queues[queue].threshold if queue < len(span.plan.queues) else 0


def _columns(rows: list[Any], width: int) -> Integers:
    return np.array(rows, dtype=np.int64).reshape(-1, width).T
