"""
The simulation of a day: agents, queues and ports together, from midnight to midnight.

Two ways give the same calls. Usually there is always a port: then each queue runs for itself, and the ports are filled
in when they are first needed. When ports may run out, all calls go through one pass, in order of arrival, with ports
and agents together; that costs twice as much.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence, Set
from functools import cached_property, partial
from heapq import heappop, heappush
from itertools import accumulate, pairwise
from typing import Any

import numpy as np

from kpn_sandbox.simulation.arrivals import draw_calls
from kpn_sandbox.simulation.calendar import CalendarDay
from kpn_sandbox.simulation.callers import find_callers
from kpn_sandbox.simulation.day_trace import (
    ABANDONED,
    ANSWERED,
    BLOCKED,
    FLOWED_OUT,
    AuxTable,
    CallTable,
    DayTrace,
    LoginTable,
    OutboundTable,
    PortUsage,
    RingTable,
)
from kpn_sandbox.simulation.outbound import OutboundDispatcher, first_trunks, made_calls, outbound_calls
from kpn_sandbox.simulation.queueing import NEVER, DayLimits, OfferedCalls, QueueSimulation
from kpn_sandbox.simulation.randomness import Flags, Integers
from kpn_sandbox.simulation.resolved_profile import Span, most_queues
from kpn_sandbox.simulation.roster import shifts_by_span
from kpn_sandbox.simulation.trunks import NO_PORT, PortPool, gone_ports, most_out_of_service, port_closures, trunk_sizes


def simulate_day(seed: str, day: CalendarDay, spans: tuple[Span, ...]) -> DayTrace:
    """
    Simulate a day.

    Args:
        seed, day: The account's seed, and the day.
        spans: Its parts, in order, from midnight to midnight.
    """
    simulation = DaySimulation(seed, day, spans)
    if all(closure.faulty for closure in simulation.closures):
        simulation.run_queue_by_queue()
        # If all ports in service were never full, overflow found a port for every call, and nothing was blocked.
        if simulation.peak_occupancy() + most_out_of_service(simulation.closures) <= sum(trunk_sizes(spans)):
            pool = partial(PortPool, trunk_sizes(spans), simulation.closures)
            return simulation.trace(partial(_ports_afterwards, pool, *simulation.port_requests()))
        simulation = DaySimulation(seed, day, spans)
    usage = simulation.run_all_together()
    return simulation.trace(lambda: usage)


class DaySimulation:
    """A day while it is being simulated, its parts in order from midnight to midnight; one object serves one run."""

    def __init__(self, seed: str, day: CalendarDay, spans: tuple[Span, ...]) -> None:
        self.seed, self.day, self.spans = seed, day, spans
        count = most_queues(spans)
        self.drawn = [draw_calls(seed, day, queue, spans) for queue in range(count)]
        self.limits = DayLimits.of(day.length)
        self.patience = [each.arrival + each.patience for each in self.drawn]
        self._closings = [self._closing_instants(queue) for queue in range(count)]
        logouts: dict[int, int] = {}
        self.queues = [QueueSimulation(self._offered(queue), self.limits, logouts) for queue in range(count)]
        self.shifts = shifts_by_span(seed, day, spans)
        self.closures = port_closures(seed, day, spans)
        self._queue_of_agent: dict[int, int] = {}

    def run_queue_by_queue(self) -> None:
        """Run each queue for itself, as if there were always a port."""
        arrivals = [drawn.arrival.tolist() for drawn in self.drawn]
        returning: list[list[tuple[int, int]]] = [[] for _ in self.queues]
        done = [0] * len(self.queues)
        for number, span in enumerate(self.spans):
            self._cut(number)
            self._begin_span(number)
            for index, queue in enumerate(self.queues):
                last = int(np.searchsorted(self.drawn[index].arrival, span.end))
                _offer_in_order(queue, arrivals[index], range(done[index], last), returning[index])
                _offer_again(queue, returning[index], span.end)
                done[index] = last
        self._close_queues()

    def run_all_together(self) -> PortUsage:
        """Run all calls in order of arrival through ports and queues."""
        sizes = trunk_sizes(self.spans)
        pool = PortPool(sizes, self.closures)
        outbound = OutboundDispatcher(self.seed, self.day, spans=self.spans, queues=self.queues, pool=pool)
        dispatcher = _Dispatcher(self.queues, pool, self.offsets, outbound)
        arrivals, done = self.arrival[self.order], 0
        for number, span in enumerate(self.spans):
            # Ports before agents: whoever was on a call that ends with its port is free to move.
            dispatcher.cut(span.start, self._cut(number), gone_ports(self.spans, number, sizes))
            self._begin_span(number)
            for shift in self.shifts[number]:
                outbound.watch(shift)
            last = int(np.searchsorted(arrivals, span.end))
            rows = self.order[done:last]
            dispatcher.offer(*(column.tolist() for column in (rows, *self._columns_of(rows))))
            dispatcher.settle(span.end)
            outbound.advance(span.end)
            done = last
        self._close_queues()
        pool.close()
        port = np.full(len(self.order), NO_PORT, dtype="i2")
        port[list(dispatcher.ports)] = list(dispatcher.ports.values())
        self.outbound, outbound_port = made_calls(self.outbound, outbound.made)
        return PortUsage(pool.starts, port, pool.outages, outbound_port)

    def port_requests(self) -> tuple[int, list[Integers]]:
        """The number of inbound calls, and row, beginning, end and first trunk of all calls, in order of beginning."""
        begin = np.concatenate((self.arrival, self.outbound.start))
        trunk = np.concatenate((self.trunk, first_trunks(self.outbound, self.spans)))
        # Inbound calls come first at the same instant, each kind by its own order.
        order = np.argsort(begin, kind="stable")
        columns = (np.arange(len(begin)), begin, np.concatenate((self._ends(), self.outbound.end)), trunk)
        return len(self.arrival), [column[order].astype("i4") for column in columns]

    def peak_occupancy(self) -> int:
        """The most calls that were on trunks at the same time."""
        # A port released at an instant can be seized at the same instant: releases sort first. A caller who hangs up
        # at once needs a port all the same.
        ends = np.maximum(self._ends(), self.arrival + 1)
        begun, over = (
            np.concatenate(pair) for pair in ((self.arrival, self.outbound.start), (ends, self.outbound.end))
        )
        events = np.sort(np.concatenate((begun * 2 + 1, over * 2)))
        return int(np.cumsum(np.where(events & 1, 1, -1)).max(initial=0))

    def trace(self, compute_port_usage: Callable[[], PortUsage]) -> DayTrace:
        """The day as it was simulated, with a function that computes the ports when they are first needed."""
        numbered = list(enumerate(self.queues))
        rings = [(call + self.offsets[q], *rest) for q, queue in numbered for call, *rest in queue.rings]
        logins = [(agent, q, *rest) for q, queue in numbered for agent, *rest in queue.logins]
        tables = RingTable(*_columns(rings, 5)), self._aux(), LoginTable(*_columns(logins, 4)), self.outbound
        callers = partial(find_callers, self.seed, self.day, self.spans)
        return DayTrace(self.day, self.spans, self._call_table().narrow(), *tables, compute_port_usage, callers)

    @cached_property
    def outbound(self) -> OutboundTable:
        """The calls that agents make, known when all queues are closed."""
        return outbound_calls(self.seed, self.day, self._aux())

    @cached_property
    def offsets(self) -> list[int]:
        """The row of the first call of each queue, and behind them the number of all calls."""
        return list(accumulate((len(each.arrival) for each in self.drawn), initial=0))

    @cached_property
    def arrival(self) -> Integers:
        """The arrival of each call, by queue."""
        return np.concatenate([each.arrival for each in self.drawn])

    @cached_property
    def trunk(self) -> Integers:
        """The trunk that each call comes in on, by queue."""
        counts = np.array([len(span.resolved.trunks) for span in self.spans])
        return np.concatenate([each.trunk * counts[each.span] >> 8 for each in self.drawn])

    @cached_property
    def order(self) -> Integers:
        """The rows of the calls by arrival, then queue."""
        # A stable sort makes the order of simultaneous calls a rule instead of an accident.
        return np.argsort(self.arrival, kind="stable")

    def _columns_of(self, rows: Integers) -> tuple[Integers, Integers, Integers]:
        """Arrival, queue and trunk of calls."""
        queue = np.searchsorted(self.offsets, rows, side="right") - 1
        return self.arrival[rows], queue, self.trunk[rows]

    def _offered(self, queue: int) -> OfferedCalls:
        drawn = self.drawn[queue]
        waits = np.array([span.resolved.max_wait for span in self.spans])[drawn.span]
        closing = np.array(self._closings[queue])[drawn.span]
        deadline = np.minimum(np.minimum(self.patience[queue], drawn.arrival + waits), closing)
        columns = (self.patience[queue], deadline, drawn.ring, drawn.talk, drawn.wrap, drawn.unanswered)
        return OfferedCalls(*(column.tolist() for column in columns))

    def _closing_instants(self, queue: int) -> list[int]:
        """For each span the instant at which a queue that is open in it closes for calls that wait."""
        found: list[int] = []
        after = None
        for span in reversed(self.spans):
            closes = min(self.day.elapsed(span.resolved.hours.closes), self.limits.wait)
            if closes >= span.end and after is not None:
                exists = queue < len(after.resolved.queues)
                stays_open = exists and after.start >= self.day.elapsed(after.resolved.hours.opens)
                closes = max(found[-1], after.start) if stays_open else after.start
            found.append(closes)
            after = span
        return found[::-1]

    def _begin_span(self, number: int) -> None:
        """Let agents log in, or move from one queue to another when they are free."""
        last = number + 1 == len(self.spans)
        for queue in self.queues:
            queue.set_horizon(NEVER if last else self.spans[number].end)
        for shift in self.shifts[number]:
            before = self._queue_of_agent.get(shift.agent, shift.queue)
            if before != shift.queue:
                self.queues[before].remove(shift.agent)
            self.queues[shift.queue].add(shift)
            self._queue_of_agent[shift.agent] = shift.queue

    def _cut(self, number: int) -> list[int]:
        """End what is gone with the beginning of a span; returns the rows of the calls that end by it."""
        if not number:
            return []
        before, span = self.spans[number - 1 : number + 1]
        agents, queues = len(span.resolved.homes), len(span.resolved.queues)
        rows: list[int] = []
        for index, queue in enumerate(self.queues):
            gone = queues <= index < len(before.resolved.queues)
            if gone or agents < len(before.resolved.homes):
                calls = queue.cut_agents(span.start, 0 if gone else agents)
                rows += [self.offsets[index] + call for call in calls]
        return rows

    def _aux(self) -> AuxTable:
        rows = [(agent, q, *rest) for q, queue in enumerate(self.queues) for agent, *rest in queue.aux]
        return AuxTable(*_columns(rows, 6))

    def _close_queues(self) -> None:
        for queue in self.queues:
            queue.close()

    def _ends(self) -> Integers:
        return np.concatenate([np.array(queue.ends, dtype=np.int64) for queue in self.queues])

    def _call_table(self) -> CallTable:
        parts = [self._queue_table(queue) for queue in range(len(self.queues))]
        return CallTable(*(np.concatenate(column) for column in zip(*parts, strict=True)))

    def _queue_table(self, index: int) -> CallTable:
        queue, drawn = self.queues[index], self.drawn[index]
        answer, end = np.array(queue.answers, dtype=np.int64), np.array(queue.ends, dtype=np.int64)
        answered = answer >= 0
        cut_off, planned = self._cut_offs(index, answered, end)
        threshold = np.array([_threshold(span, index) for span in self.spans])[drawn.span]
        # A call without an end was never offered: it found no port. One that ended with its patience was abandoned.
        left = np.where(end == self.patience[index], ABANDONED, np.where(end < 0, BLOCKED, FLOWED_OUT))
        wrap_end = np.where(answered, np.minimum(end + drawn.wrap, self.limits.wrap), -1)
        wrap_end[list(queue.wrap_ends)] = list(queue.wrap_ends.values())
        # A call on hold is put there a third into the talk that was planned.
        hold_start = np.where(answered & drawn.held, answer + (planned - answer) // 3, -1)
        return CallTable(
            queue=np.full(len(answer), index),
            arrival=drawn.arrival,
            ring_start=np.where(answered, answer - drawn.ring, -1),
            answer=answer,
            end=np.where(end < 0, drawn.arrival, end),
            wrap_end=wrap_end,
            agent=np.array(queue.agents, dtype=np.int64),
            outcome=np.where(answered, ANSWERED, np.where(cut_off, FLOWED_OUT, left)),
            in_time=answered & (answer - drawn.arrival <= threshold),
            transferred=answered & drawn.transferred & ~cut_off,
            hold_start=np.where(hold_start < end, hold_start, -1),
            vdn=drawn.vdn,
            cut_off=cut_off,
        )

    def _cut_offs(self, index: int, answered: Flags, end: Integers) -> tuple[Flags, Integers]:
        """Which calls of a queue were cut off, and the planned end of each call that was answered."""
        cut, planned = self.queues[index].cut_off, end.copy()
        removals = [
            span.start for before, span in pairwise(self.spans) if _has(before, index) and not _has(span, index)
        ]
        # Callers who wait in a queue that is removed leave with it, as they do when it closes.
        cut_off = ~answered & np.isin(end, removals) & (end != self.patience[index])
        cut_off[list(cut)] = True
        for call, plan in cut.items():
            # Who had not been answered had no end planned.
            if plan is not None:
                planned[call] = plan
        return cut_off, planned


class _Dispatcher:
    """Offers the calls of all queues as they arrive, each with a port that it keeps until it is settled."""

    def __init__(
        self, queues: Sequence[QueueSimulation], pool: PortPool, offsets: Sequence[int], outbound: OutboundDispatcher
    ) -> None:
        self.ports: dict[int, int] = {}
        """The port of each row that was not blocked."""
        self._queues, self._pool, self._offsets, self._outbound = queues, pool, offsets, outbound
        self._returning: list[tuple[int, int, int]] = []

    def offer(self, rows: list[int], arrivals: list[int], queues: list[int], trunks: list[int]) -> None:
        """Offer calls, given by their columns in order of arrival."""
        returning, take, advance = self._returning, self._pool.take, self._outbound.advance
        for row, arrival, queue, trunk in zip(rows, arrivals, queues, trunks, strict=True):
            if returning and returning[0][0] <= arrival:
                self.settle(arrival + 1)
            advance(arrival)
            port = take(arrival, trunk)
            if port != NO_PORT:
                self.ports[row] = port
                self._enter(row, queue, arrival)

    def settle(self, until: int) -> None:
        """Offer the calls again that return to their queues before an instant."""
        while self._returning and self._returning[0][0] < until:
            again, queue, row = heappop(self._returning)
            # A call that was cut off meanwhile does not come back.
            if self._queues[queue].ends[row - self._offsets[queue]] < 0:
                self._enter(row, queue, again)

    def cut(self, instant: int, rows: Iterable[int], gone_ports: Set[int]) -> None:
        """
        End the calls of agents, queues and ports that are gone from an instant on.

        Args:
            instant, rows: The instant, and the rows of the calls that have ended with their agents.
            gone_ports: The ports that are gone.
        """
        for row in rows:
            self._pool.end_call(self.ports[row], instant)
        self._outbound.cut(instant, gone_ports)
        if not gone_ports:
            return
        for row, port in self.ports.items():
            if port in gone_ports:
                index = bisect_right(self._offsets, row) - 1
                queue, call = self._queues[index], row - self._offsets[index]
                if not 0 <= queue.ends[call] <= instant:
                    queue.cut_call(call, instant)
                    self._pool.end_call(port, instant)

    def _enter(self, row: int, index: int, now: int) -> None:
        queue, call = self._queues[index], row - self._offsets[index]
        back = queue.offer(call, now)
        if back is None:
            self._pool.release(self.ports[row], queue.ends[call])
        else:
            heappush(self._returning, (back, index, row))


def _ports_afterwards(make_pool: Callable[[], PortPool], inbound: int, requests: Sequence[Integers]) -> PortUsage:
    """The ports of calls none of which was blocked, from what `DaySimulation.port_requests` returns."""
    pool = make_pool()
    rows, *columns = requests
    taken = []
    for begin, end, first in zip(*(column.tolist() for column in columns), strict=True):
        number = pool.take(begin, first)
        pool.release(number, end)
        taken.append(number)
    pool.close()
    port = np.empty(len(rows), dtype="i2")
    port[rows] = taken
    return PortUsage(pool.starts, port[:inbound], pool.outages, port[inbound:])


def _offer_in_order(
    queue: QueueSimulation, arrivals: Sequence[int], rows: Iterable[int], returning: list[tuple[int, int]]
) -> None:
    """Offer some calls of one queue, and in between those of the heap that return to it, with their instants."""
    offer = queue.offer
    for call in rows:
        now = arrivals[call]
        if returning and returning[0][0] <= now:
            _offer_again(queue, returning, now + 1)
        back = offer(call, now)
        if back is not None:
            heappush(returning, (back, call))


def _offer_again(queue: QueueSimulation, returning: list[tuple[int, int]], until: int) -> None:
    """Offer the calls again that return before an instant."""
    while returning and returning[0][0] < until:
        again, call = heappop(returning)
        # A call that was cut off meanwhile does not come back.
        back = queue.offer(call, again) if queue.ends[call] < 0 else None
        if back is not None:
            heappush(returning, (back, call))


def _has(span: Span, queue: int) -> bool:
    return queue < len(span.resolved.queues)


def _threshold(span: Span, queue: int) -> int:
    """The service level threshold of a queue, 0 in a span without it."""
    queues = span.resolved.queues
    return queues[queue].threshold if queue < len(queues) else 0


def _columns(rows: list[Any], width: int) -> Integers:
    return np.array(rows, dtype=np.int64).reshape(-1, width).T
