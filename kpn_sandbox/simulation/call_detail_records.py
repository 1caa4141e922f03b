"""
The call detail records: every call and every change of an agent behind the counters, as far as they have come.

Whatever happens after the instant up to which things are known is shown as not having happened: a later change of the
profile may yet make it otherwise.
"""

from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from kpn_sandbox.simulation.calendar import CalendarDay, day_of
from kpn_sandbox.simulation.center import Center
from kpn_sandbox.simulation.day_index import FIRST_LOGIN, FIRST_NUMBER, DayIndex
from kpn_sandbox.simulation.day_trace import ABANDONED, ANSWERED, BLOCKED, FLOWED_OUT
from kpn_sandbox.simulation.errors import UnknownAgent
from kpn_sandbox.simulation.facts import CallFact, Direction, RingFact, StateFact, Status, direction_of
from kpn_sandbox.simulation.randomness import Flags, Integers
from kpn_sandbox.simulation.trunks import NO_PORT

CUT_OFF, NO_ANSWER = "cut_off", "no_answer"
"""
The outcomes of a call that ended because its agent, queue or port was gone, answered or not, and of an outbound call
that was not answered.
"""

OUTCOMES = {ANSWERED: "answered", ABANDONED: "abandoned", FLOWED_OUT: "flowed_out", BLOCKED: "blocked"}


class ObservedPeriod(NamedTuple):
    """A period from an instant to before another one, as far as things are known; epoch seconds."""

    start: float
    end: float
    known: float
    """The last instant of which anything is known."""

    def days(self) -> Iterator[CalendarDay]:
        """The days that the period touches."""
        last = min(self.end, self.known)
        starts_at: float = day_of(self.start).starts_at
        while starts_at <= last:
            day = day_of(starts_at)
            yield day
            # No day follows the last date, so the next one is looked for only when the period touches it.
            starts_at += day.length / 1000


def find_calls(
    center: Center,
    period: ObservedPeriod,
    *,
    queue: int | None = None,
    agent: int | None = None,
    direction: Direction | None = None,
) -> list[CallFact]:
    """
    The calls that arrived in a period or that agents dialled in it, in order of their beginning.

    Args:
        center, period: The center, and the period.
        queue: Only calls of the queue with this number.
        agent: Only calls that rang at the agent with this login id, answered or not, or that the agent made.
        direction: Only calls of this direction.
    """
    return [
        fact
        for day in period.days()
        for fact in _DayRecords(center.day_index(day), period).calls(queue, agent)
        if direction in (None, fact.direction)
    ]


def find_states(center: Center, login: int, period: ObservedPeriod) -> list[StateFact]:
    """
    The states that an agent entered in a period, in order.

    Args:
        center, login, period: The center, the login id of the agent, and the period.

    Raises:
        UnknownAgent: No agent had that login id on any of its days.
    """
    found, known = [], False
    for day in period.days():
        index = center.day_index(day)
        if 0 <= login - FIRST_LOGIN < len(index.identities[0]):
            known = True
            found += list(_states(index, login - FIRST_LOGIN, period))
    if not known:
        raise UnknownAgent(login)
    return found


def recent_calls(center: Center, at: float, most: int, *, queue: int | None = None) -> list[CallFact]:
    """
    The calls of an instant: those that wait, the oldest first, then those to which something happened last.

    Args:
        center, at: The center, and the instant (epoch seconds); no call before its day counts.
        most: The greatest number of calls that wait, and of the others.
        queue: Only calls of the queue with this number.
    """
    day = day_of(at)
    period = ObservedPeriod(day.starts_at, at + 0.001, at // 1)
    return list(_DayRecords(center.day_index(day), period).recent(most, queue))


class _DayRecords:
    """The calls of a day, as far as they are known."""

    def __init__(self, index: DayIndex, period: ObservedPeriod) -> None:
        self._index, self._period = index, period
        self._start = index.trace.day.starts_at
        self._known = round((period.known - self._start) * 1000)
        self._usage = index.trace.port_usage
        self._rings: dict[int, list[tuple[int, int, int]]] = {}
        for call, agent, start, end, _ in zip(*(column.tolist() for column in index.trace.rings), strict=True):
            self._rings.setdefault(call, []).append((agent, start, end))

    def calls(self, queue: int | None, agent: int | None) -> Iterator[CallFact]:
        table, made = self._index.trace.calls, self._index.trace.outbound
        first, last = ((at - self._start) * 1000 for at in (self._period.start, self._period.end))
        begin = np.concatenate((table.arrival, made.start))
        chosen = (begin >= first) & (begin < last) & (begin <= self._known)
        if queue is not None:
            chosen &= np.concatenate((table.queue, made.queue)) == queue - FIRST_NUMBER
        if agent is not None:
            chosen &= self._of_agent(agent - FIRST_LOGIN)
        rows = np.flatnonzero(chosen)
        for fact in map(self._any_fact, rows[np.argsort(begin[rows], kind="stable")].tolist()):
            if agent in (None, fact.agent) or any(ring.agent == agent for ring in fact.rings):
                yield fact

    def recent(self, most: int, queue: int | None) -> Iterator[CallFact]:
        table, made = self._index.trace.calls, self._index.trace.outbound
        # The last thing that has happened to each call; what lies ahead counts as the beginning of time.
        happened = (table.arrival, table.ring_start, table.answer, table.end, table.wrap_end)
        last = np.concatenate([self._latest(happened), self._latest((made.start, made.answer, made.end))])
        if queue is not None:
            last[np.concatenate((table.queue, made.queue)) != queue - FIRST_NUMBER] = -1
        left = np.where(table.answer >= 0, table.answer, table.end)
        inbound = len(table.arrival)
        waits = (last[:inbound] >= 0) & (left > self._known)
        waiting = np.flatnonzero(waits)
        waiting = waiting[np.argsort(table.arrival[waiting], kind="stable")][:most]
        last[:inbound][waits] = -1
        others = np.flatnonzero(last >= 0)
        others = others[np.argsort(-last[others], kind="stable")][:most]
        yield from map(self._any_fact, [*waiting.tolist(), *others.tolist()])

    def _latest(self, columns: tuple[Integers, ...]) -> Integers:
        """Return the last known instant of each row, -1 where there is none."""
        latest: Integers = np.max([np.where(column <= self._known, column, -1) for column in columns], axis=0)
        return latest

    def _of_agent(self, agent: int) -> Flags:
        """Return which calls an agent may have answered, heard ring or made; outbound calls come last."""
        table, made, rings = self._index.trace.calls, self._index.trace.outbound, self._index.trace.rings
        chosen: Flags = np.concatenate((table.agent, made.agent)) == agent
        chosen[rings.call[rings.agent == agent]] = True
        return chosen

    def _any_fact(self, row: int) -> CallFact:
        inbound = len(self._index.trace.calls.arrival)
        return self._fact(row) if row < inbound else self._outbound_fact(row - inbound)

    def _outbound_fact(self, row: int) -> CallFact:
        table = self._index.trace.outbound
        answered_at, ended_at = self._at(table.answer[row]), self._at(table.end[row])
        span, port = self._index.trace.span_at(int(table.start[row])), int(self._usage.outbound[row])
        everybody = self._index.trace.everybody
        promise = int(everybody.promises[row])
        outcome = OUTCOMES[ANSWERED] if answered_at is not None else NO_ANSWER if ended_at is not None else None
        return CallFact(
            direction=Direction.OUTBOUND,
            queue=FIRST_NUMBER + int(table.queue[row]),
            vdn=None,
            **self._place_of(port),
            customer=self._index.names(span).customer_numbers.primary_key(int(everybody.outbound[row])),
            callback_of=None if promise < 0 else self._start + self._begin(promise) / 1000,
            arrived_at=self._start + int(table.start[row]) / 1000,
            ringing_at=None,
            rings=(),
            answered_at=answered_at,
            held_at=None,
            ended_at=ended_at,
            wrapped_at=None,
            left_at=None,
            agent=FIRST_LOGIN + int(table.agent[row]),
            outcome=CUT_OFF if ended_at is not None and table.cut_off[row] else outcome,
            in_service_level=None,
            transferred=None,
        )

    def _begin(self, row: int) -> int:
        """When a call began, given by its row; outbound calls come last."""
        calls, made = self._index.trace.calls.arrival, self._index.trace.outbound.start
        return int(calls[row] if row < len(calls) else made[row - len(calls)])

    def _place_of(self, port: int) -> dict[str, int | None]:
        """The numbers of a port and of its trunk."""
        trunk = bisect_right(self._usage.starts, port) - 1
        found = port != NO_PORT
        return {
            "trunk": FIRST_NUMBER + trunk if found else None,
            "port": port - self._usage.starts[trunk] + 1 if found else None,
        }

    def _fact(self, row: int) -> CallFact:
        table, span = self._index.trace.calls, self._index.trace.span_at(int(self._index.trace.calls.arrival[row]))
        outcome, port = int(table.outcome[row]), int(self._usage.port[row])
        answered = outcome == ANSWERED
        answered_at, ended_at = self._at(table.answer[row]), self._at(table.end[row])
        # An answered call leaves its queue at the answer, every other one when it ends.
        left_at = answered_at if answered else ended_at
        rings = self._rings_of(row, answered)
        return CallFact(
            direction=Direction.INBOUND,
            queue=FIRST_NUMBER + int(table.queue[row]),
            vdn=self._index.vdn_name(span, row),
            **self._place_of(port),
            customer=self._index.names(span).customer_numbers.primary_key(int(self._index.trace.callers[row])),
            callback_of=None,
            arrived_at=self._start + int(table.arrival[row]) / 1000,
            ringing_at=rings[0].started_at if rings else None,
            rings=rings,
            answered_at=answered_at,
            held_at=self._at(table.hold_start[row]),
            ended_at=ended_at if answered else None,
            wrapped_at=self._at(table.wrap_end[row]),
            left_at=left_at,
            agent=FIRST_LOGIN + int(table.agent[row]) if answered_at is not None else None,
            outcome=None if left_at is None else CUT_OFF if ended_at and table.cut_off[row] else OUTCOMES[outcome],
            in_service_level=None if left_at is None else bool(table.in_time[row]),
            transferred=None if ended_at is None else bool(table.transferred[row]),
        )

    def _rings_of(self, row: int, answered: bool) -> tuple[RingFact, ...]:
        table = self._index.trace.calls
        rang = [(*ring, False) for ring in self._rings.get(row, [])]
        if answered:
            rang.append((int(table.agent[row]), int(table.ring_start[row]), int(table.answer[row]), True))
        return tuple(
            RingFact(FIRST_LOGIN + agent, self._start + start / 1000, self._at(end), took and end <= self._known)
            for agent, start, end, took in sorted(rang, key=lambda ring: ring[1])
            if start <= self._known
        )

    def _at(self, instant: int) -> float | None:
        return self._start + int(instant) / 1000 if 0 <= instant <= self._known else None


def _states(index: DayIndex, agent: int, period: ObservedPeriod) -> Iterator[StateFact]:
    trace = index.trace
    for status, instant, detail, outbound in index.agents.of(agent):
        at = trace.day.starts_at + instant / 1000
        if period.start <= at < period.end and at <= period.known:
            span = trace.span_at(instant)
            inbound = status in (Status.RINGING, Status.TALKING, Status.WRAPPING) and not outbound
            yield StateFact(
                at=at,
                status=status,
                reason=detail if status is Status.AUXILIARY else None,
                queue=FIRST_NUMBER + index.homes(span, instant)[agent],
                vdn=index.vdn_name(span, detail) if inbound else None,
                direction=direction_of(status, outbound=outbound),
            )
