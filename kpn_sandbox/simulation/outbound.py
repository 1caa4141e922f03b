"""
The calls that agents make themselves while they are in AUX for the back office.

Whom they reach and how long they talk comes from a stream of its own, so inbound calls do not depend on it. An agent
dials one number after the other; a call that would outlast the time in the back office is not made, and neither is one
that finds no port. All rates are assumed.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from heapq import heapify, heappop, heappush
from typing import Any, NamedTuple

import numpy as np

from kpn_sandbox.simulation.calendar import CalendarDay
from kpn_sandbox.simulation.day_trace import OutboundTable
from kpn_sandbox.simulation.queueing import AuxPeriod, QueueSimulation
from kpn_sandbox.simulation.randomness import WORDS, Integers, octets, variates
from kpn_sandbox.simulation.resolved_profile import Span, span_positions
from kpn_sandbox.simulation.roster import AgentShift
from kpn_sandbox.simulation.staffing import BACK_OFFICE
from kpn_sandbox.simulation.trunks import NO_PORT, PortPool

DIAL_MEAN, RING_MEAN, TALK_MEAN = 40_000, 15_000, 150_000
"""Milliseconds that pass on average between two calls, while a call rings at the other end, and while the two talk."""

SHORTEST = 1000
"""Each of them takes at least a second, so that no two changes of an agent fall on one instant."""

REACHED = WORDS * 65 // 100
"""A call is answered when its word lies below this: two of three are."""

CALLS_AT_MOST = 24
"""In one period in the back office: more than its 20 minutes have room for."""

_WORDS_PER_CALL = 6


def outbound_calls(seed: str, day: CalendarDay, aux: Sequence[Integers]) -> OutboundTable:
    """
    The calls that agents make on a day, if there is always a port.

    Args:
        seed, day, aux: The account's seed, the day, and the columns of an `AuxTable` with the times of all agents.
    """
    agent, _, start, _, reason, _ = aux
    chosen = np.flatnonzero(reason == BACK_OFFICE)
    order = chosen[np.lexsort((start[chosen], agent[chosen]))]
    periods = [column[order] for column in aux]
    # The number of the turn names the stream, so breaks of other kinds change no call.
    turns = np.arange(len(order)) - np.searchsorted(periods[0], periods[0])
    return _calls(seed, day, periods, turns.tolist())


def _calls(seed: str, day: CalendarDay, periods: Sequence[Integers], turns: Sequence[int]) -> OutboundTable:
    """The calls of periods in the back office, given by columns as in an `AuxTable`, each an agent's so manieth."""
    agent, queue, begin, end, _, planned_end = (column[:, np.newaxis] for column in periods)
    count = 4 * _WORDS_PER_CALL * CALLS_AT_MOST
    names = (f"{who} {turn}" for who, turn in zip(periods[0].tolist(), turns, strict=True))
    stream = b"".join(octets(count, seed, day.date, "outbound", name) for name in names)
    drawn = np.frombuffer(stream, dtype="<u4").astype(np.int64).reshape(len(turns), CALLS_AT_MOST, _WORDS_PER_CALL)
    dialling = np.maximum(variates("exponential", drawn[:, :, 0], DIAL_MEAN), SHORTEST)
    ringing = np.maximum(variates("lognormal_cv_0.7", drawn[:, :, 1], RING_MEAN), SHORTEST)
    talk = np.maximum(variates("lognormal_cv_1", drawn[:, :, 2], TALK_MEAN), SHORTEST)
    reached = drawn[:, :, 3] < REACHED
    talking = np.where(reached, talk, 0)
    ends = begin + np.cumsum(dialling + ringing + talking, axis=1)
    start, answer = ends - talking - ringing, ends - talking
    # Who is gone before the planned end hangs up.
    answer = np.where(reached & (answer < end), answer, -1)
    columns = (agent, queue, start, answer, np.minimum(ends, end), drawn[:, :, 4], drawn[:, :, 5], ends > end)
    made = (ends <= planned_end) & (start < end)
    return OutboundTable(*(np.broadcast_to(column, made.shape)[made] for column in columns))


def first_trunks(calls: OutboundTable, spans: Sequence[Span]) -> Integers:
    """
    The trunk on which each call looks for a port first.

    Args:
        calls, spans: The calls, and the parts of their day in order.
    """
    counts = np.array([len(span.resolved.trunks) for span in spans])
    span = span_positions(spans, calls.start)
    trunks: Integers = (calls.draw & 0xFF) * counts[span] >> 8
    return trunks


class _PlannedCall(NamedTuple):
    """A call that is to be made, unless it finds no port."""

    start: int
    agent: int
    end: int
    trunk: int
    period: int
    """When the agent went to the back office."""


class MadeCall(NamedTuple):
    """A call that was made: its port, its end, and when its agent went to the back office."""

    port: int
    end: int
    period: int


class OutboundDispatcher:
    """
    Makes the outbound calls of a day in between the inbound ones; needed where ports may run out.

    Breaks are carried out as late as possible, because a queue asks only then; here they are carried out when they
    are due, so that every call is known before it begins.

    Attributes:
        made: The calls that found a port, by agent and start.
    """

    def __init__(
        self, seed: str, day: CalendarDay, *, spans: Sequence[Span], queues: Sequence[QueueSimulation], pool: PortPool
    ) -> None:
        self.made: dict[tuple[int, int], MadeCall] = {}
        self._seed, self._day, self._spans, self._queues, self._pool = seed, day, spans, queues, pool
        self._due: list[tuple[int, int, int]] = []
        self._planned: list[_PlannedCall] = []
        self._periods: dict[int, list[int]] = {}

    def watch(self, shift: AgentShift) -> None:
        """Look after the times in the back office of an agent's shift."""
        for each in shift.breaks:
            if each.reason == BACK_OFFICE:
                heappush(self._due, (each.due, shift.queue, shift.agent))

    def advance(self, until: int) -> None:
        """Make all calls that begin before an instant, up to which all inbound calls have been offered."""
        while self._due and self._due[0][0] < until:
            due, index, agent = heappop(self._due)
            queue = self._queues[index]
            again = queue.carry_out(agent, due)
            if again is not None:
                heappush(self._due, (again, index, agent))
            for each in queue.back_office:
                self._plan(each, index)
            queue.back_office.clear()
        while self._planned and self._planned[0].start < until:
            start, agent, end, trunk, period = heappop(self._planned)
            port = self._pool.take(start, trunk)
            if port != NO_PORT:
                self._pool.release(port, end)
                self.made[agent, start] = MadeCall(port, end, period)

    def cut(self, instant: int, gone_ports: Set[int]) -> None:
        """
        End the calls of agents and ports that are gone from an instant on.

        Args:
            instant, gone_ports: The instant, and the ports that are gone; the agents have been cut in their queues.
        """
        times = [[each for each in queue.aux if each.reason == BACK_OFFICE] for queue in self._queues]
        ends = {(each.agent, each.start): each.end for periods in times for each in periods}
        for key, (port, end, period) in self.made.items():
            left = instant if port in gone_ports else ends.get((key[0], period), end)
            if instant <= left < end:
                self._pool.end_call(port, left)
                self.made[key] = MadeCall(port, left, period)
        self._planned = [each for each in self._planned if each.start < ends.get((each.agent, each.period), 0)]
        heapify(self._planned)
        for agent, periods in self._periods.items():
            periods[:] = [start for start in periods if (agent, start) in ends]
        for queue, current in zip(self._queues, times, strict=True):
            unknown = {(each.agent, each.start) for each in queue.back_office}
            queue.back_office[:] = [each for each in current if (each.agent, each.start) in unknown]
        # Whoever was on a call that has ended may be free for the back office earlier.
        self._due = [(min(due, instant), index, agent) for due, index, agent in self._due]
        heapify(self._due)

    def _plan(self, period: AuxPeriod, queue: int) -> None:
        turns = self._periods.setdefault(period.agent, [])
        columns = [np.array([value]) for value in (period.agent, queue, *period[1:])]
        calls = _calls(self._seed, self._day, columns, [len(turns)])
        turns.append(period.start)
        trunks = first_trunks(calls, self._spans).tolist()
        for start, end, trunk in zip(calls.start.tolist(), calls.end.tolist(), trunks, strict=True):
            heappush(self._planned, _PlannedCall(start, period.agent, end, trunk, period.start))


def made_calls(calls: OutboundTable, made: Mapping[tuple[int, int], MadeCall]) -> tuple[OutboundTable, Integers]:
    """
    The calls of a day that found a port, with their ports.

    Args:
        calls, made: All calls that agents would make, and what an `OutboundDispatcher` made of them.
    """
    keys = list(zip(calls.agent.tolist(), calls.start.tolist(), strict=True))
    rows = [row for row, key in enumerate(keys) if key in made]
    found = [made[keys[row]] for row in rows]
    ends = np.array([each.end for each in found], dtype=np.int64)
    columns: Iterable[Any] = (column[rows] for column in calls)
    kept = OutboundTable(*columns)
    answer = np.where(kept.answer < ends, kept.answer, -1)
    cut_off = kept.cut_off | (ends < kept.end)
    table = kept._replace(answer=answer, end=ends, cut_off=cut_off)
    return table, np.array([each.port for each in found], dtype="i2")
