"""
The history of a center: what happened on a date and over many, as folds over day traces.

Of a finished day two things are worth keeping: its calls by customer, which take a tenth of the trace because they
hold neither rings nor breaks nor ports, and its summary: three bytes for each customer who called, and little else.
Today is the same fold, cut at the instant. So what history says of yesterday is what the counters said when yesterday
ended, to the call. Blocked calls, which nobody at the center ever saw, are in neither.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import NamedTuple

import numpy as np

from kpn_sandbox.caching import SingleFlightCache
from kpn_sandbox.simulation.calendar import FIRST_DATE, LAST_DATE, CalendarDay, calendar_day, day_of
from kpn_sandbox.simulation.center import Center
from kpn_sandbox.simulation.day_trace import ABANDONED, ANSWERED, BLOCKED, FLOWED_OUT, CallTable, DayTrace
from kpn_sandbox.simulation.errors import DateOutOfRange, PeriodTooLong
from kpn_sandbox.simulation.names import words_of
from kpn_sandbox.simulation.randomness import Integers, octets

SHARES: dict[str, int] = words_of("attributions")
"""Names and their shares of 256, so that one octet of a stream chooses one."""

ATTRIBUTIONS = tuple(SHARES)
_BY_OCTET = np.repeat(np.arange(len(SHARES), dtype="u1"), list(SHARES.values()))

WAITING, TALKING, ENDED, HUNG_UP, SENT_AWAY = range(5)
CALL_STATES = ("waiting", "talking", "answered", "abandoned", "flowed_out")
"""The states of a call: it waits or rings, its caller talks, was answered, hung up, or was sent away."""

LONGEST_PERIOD = 366
"""The most days of a period."""

NOBODY = -1
"""The index of a customer whom the center does not have."""

HOURS = 24
LENGTHS = (30_000, 60_000, 120_000, 300_000, 600_000)
"""Milliseconds at which the next bucket of talk begins; the first begins at 0."""


class CallsByCustomer(NamedTuple):
    """The calls of a day, by customer and then by queue and arrival; instants are milliseconds since midnight."""

    customer: Integers
    queue: Integers
    arrival: Integers
    answer: Integers
    """-1 when nobody answered."""
    end: Integers
    agent: Integers
    outcome: Integers
    attribution: Integers

    def of(self, customer: int) -> "CallsByCustomer":
        """The calls of one customer."""
        first, last = np.searchsorted(self.customer, np.array((customer, customer + 1), dtype=self.customer.dtype))
        return CallsByCustomer(*(column[first:last] for column in self))

    def until(self, instant: int) -> "CallsByCustomer":
        """The calls that had arrived by an instant."""
        arrived = self.arrival <= instant
        return CallsByCustomer(*(column[arrived] for column in self))

    def row(self, place: int) -> tuple[int, ...]:
        """The columns of one call, from its queue to its attribution."""
        return tuple(int(column[place]) for column in self[1:])

    def states(self, instant: int) -> Integers:
        """The state of each call at an instant, by its position in `CALL_STATES`."""
        over = self.end <= instant
        answered = (self.outcome == ANSWERED) & (self.answer <= instant)
        state = np.full(len(self.outcome), WAITING, dtype=np.int64)
        state[answered] = TALKING
        state[answered & over] = ENDED
        state[over & (self.outcome == ABANDONED)] = HUNG_UP
        state[over & (self.outcome == FLOWED_OUT)] = SENT_AWAY
        return state

    def size(self) -> int:
        """Bytes in memory."""
        return 1000 + sum(column.nbytes for column in self)


@dataclass(frozen=True, eq=False)
class CallerCounts:
    """How often each customer called who called at all, in order of the customers."""

    steps: Integers
    """From each customer to the next one, and from 0 to the first: small numbers, which need few bytes."""
    count: Integers

    @cached_property
    def customer(self) -> Integers:
        """The customers, from 0."""
        return np.cumsum(self.steps, dtype=np.int64)

    def top(self, most: int) -> list[tuple[int, int]]:
        """The customers who called most, in their order, each with the number of calls; more of them at a tie."""
        least = [*np.sort(self.count)[-most:].tolist(), 1][0]
        chosen = np.flatnonzero(self.count >= least)
        return list(zip(self.customer[chosen].tolist(), self.count[chosen].tolist(), strict=True))


class AnsweredAndMissed(NamedTuple):
    """How many calls were answered, and how many were missed: hung up or sent away."""

    answered: int
    missed: int


@dataclass(frozen=True, eq=False)
class CallSummary:
    """The calls of a day, or of several, in numbers."""

    calls: Integers
    """Calls by state (`CALL_STATES`), queue and hour of the wall clock in which they arrived."""
    lengths: Integers
    """Answered calls that have ended, by length of talk (`LENGTHS`)."""
    callers: CallerCounts
    attributions: Integers
    """Calls by what led to them (`ATTRIBUTIONS`)."""
    talk: int
    """Milliseconds that the answered calls which have ended lasted."""

    @cached_property
    def offered(self) -> int:
        """Calls that arrived."""
        return int(self.calls.sum())

    @property
    def ended(self) -> int:
        """Answered calls that have ended."""
        return int(self.lengths.sum())

    @cached_property
    def total(self) -> AnsweredAndMissed:
        """Answered and missed calls of the whole period."""
        return _answered_and_missed(self.calls.sum(axis=(1, 2), dtype=np.int64))

    def by_hour(self) -> list[AnsweredAndMissed]:
        """Answered and missed calls for each hour of the wall clock in which they arrived."""
        return [_answered_and_missed(each) for each in self.calls.sum(axis=1, dtype=np.int64).T]

    @property
    def unique_callers(self) -> int:
        """Customers who called."""
        return len(self.callers.count)

    def size(self) -> int:
        """Bytes in memory."""
        callers = self.callers.steps.nbytes + self.callers.count.nbytes
        return 1000 + callers + sum(column.nbytes for column in (self.calls, self.lengths, self.attributions))


@dataclass(frozen=True)
class DailySummaries:
    """The summaries of the days from one date to another."""

    each: tuple[tuple[date, CallSummary], ...]
    """Every date of the period, quiet ones included."""

    @cached_property
    def total(self) -> CallSummary:
        """All days together."""
        return _sum([summary for _, summary in self.each])


class History:
    """
    The history of all centers of a process, with the caches of what was computed.

    Args:
        cache: Keeps what was computed; may be shared with the days of centers.
    """

    def __init__(self, cache: SingleFlightCache | None = None) -> None:
        self._cache = SingleFlightCache() if cache is None else cache

    def days(
        self, center: Center, first: date, last: date, at: float, *, customer: int | None = None
    ) -> DailySummaries:
        """
        The summaries of a period.

        Args:
            center, first, last: The center, and the first and the last date of the period.
            at: The instant up to which things have happened, epoch seconds; later days are empty.
            customer: Only calls of the customer at this index from 0; `NOBODY` has none.

        Raises:
            PeriodTooLong: The period has more than `LONGEST_PERIOD` days.
            DateOutOfRange: A date lies before 2000 or after 2100.
            InstantOutOfRange: The instant does.
        """
        count = (last - first).days + 1
        if count > LONGEST_PERIOD:
            raise PeriodTooLong(count, LONGEST_PERIOD)
        for end in (first, last):
            if not FIRST_DATE <= end <= LAST_DATE:
                raise DateOutOfRange(end, FIRST_DATE, LAST_DATE)
        days = [calendar_day(first + timedelta(days=number)) for number in range(count)]
        return DailySummaries(tuple((day.date, self._summary(center, day, at, customer)) for day in days))

    def latest_days(self, center: Center, at: float, count: int) -> Iterator[tuple[CalendarDay, CallsByCustomer]]:
        """
        The calls of the latest days, the last day first.

        Args:
            center, count: The center, and how many days.
            at: The instant up to which calls are known, epoch seconds.
        """
        today = day_of(at)
        yield today, self._calls_of(center, today).until(today.offset(at))
        for back in range(1, count):
            earlier = today.date - timedelta(days=back)
            if earlier < FIRST_DATE:
                return
            yield calendar_day(earlier), self._calls_of(center, calendar_day(earlier))

    def _summary(self, center: Center, day: CalendarDay, at: float, customer: int | None) -> CallSummary:
        today = day_of(at)
        if day.date > today.date or customer == NOBODY:
            return NOTHING
        instant = today.offset(at) if day == today else day.length
        if customer is not None:
            return summarize(day, self._calls_of(center, day).of(customer), instant)
        if day == today:
            return summarize(day, self._calls_of(center, day), instant)
        # Only whole days of all customers are kept: today changes every second, and customers are many.
        key = (*center.day_key(day), "summary")
        kept: CallSummary | None = self._cache.get(key)
        if kept is not None:
            return kept
        calls = self._calls_of(center, day)
        found: CallSummary = self._cache.get_or_compute(
            key, lambda: summarize(day, calls, day.length), CallSummary.size
        )
        return found

    def _calls_of(self, center: Center, day: CalendarDay) -> CallsByCustomer:
        def compute() -> CallsByCustomer:
            return calls_by_customer(center.seed, center.trace(day))

        key = (*center.day_key(day), "calls")
        found: CallsByCustomer = self._cache.get_or_compute(key, compute, CallsByCustomer.size)
        return found


def calls_by_customer(seed: str, trace: DayTrace) -> CallsByCustomer:
    """
    The calls of a day by customer, in as few bytes as they need.

    Args:
        seed, trace: The account's seed, and the day.
    """
    table, callers = trace.calls, trace.callers
    offered = np.flatnonzero(table.outcome != BLOCKED)
    order = offered[np.argsort(callers[offered], kind="stable")]
    attribution = _attributions(seed, trace.day, table)
    columns = (callers, table.queue, table.arrival, table.answer, table.end, table.agent, table.outcome, attribution)
    return CallsByCustomer(*(column[order].astype(kind) for column, kind in zip(columns, _NARROW, strict=True)))


_NARROW = ("i4", "u1", "i4", "i4", "i4", "i2", "i1", "u1")


def _attributions(seed: str, day: CalendarDay, table: CallTable) -> Integers:
    counts = np.bincount(table.queue)
    drawn = [attributions(seed, day, queue, count) for queue, count in enumerate(counts.tolist())]
    return np.concatenate(drawn) if drawn else np.empty(0, dtype="u1")


def summarize(day: CalendarDay, calls: CallsByCustomer, instant: int) -> CallSummary:
    """
    The summary of a day.

    Args:
        day, calls, instant: The day, its calls, and how far it has come in milliseconds.
    """
    known = calls if instant >= day.length else calls.until(instant)
    state, queues = known.states(instant), int(known.queue.max(initial=0)) + 1
    # Hours are those of the wall clock: on the day of 25 hours one of them lasts two.
    hour = np.searchsorted([day.elapsed(60 * hour) for hour in range(HOURS)], known.arrival, side="right") - 1
    cells = np.bincount((state * queues + known.queue) * HOURS + hour, minlength=len(CALL_STATES) * queues * HOURS)
    ended = state == ENDED
    talk = (known.end - known.answer)[ended]
    buckets = np.searchsorted(LENGTHS, talk, side="right")
    return CallSummary(
        calls=_narrow(cells.reshape(len(CALL_STATES), queues, HOURS)),
        lengths=_narrow(np.bincount(buckets, minlength=len(LENGTHS) + 1)),
        callers=_counted(*np.unique(known.customer, return_counts=True)),
        attributions=_narrow(np.bincount(known.attribution, minlength=len(ATTRIBUTIONS))),
        talk=int(talk.sum(dtype=np.int64)),
    )


NOTHING = CallSummary(
    calls=np.zeros((len(CALL_STATES), 1, HOURS), dtype="u1"),
    lengths=np.zeros(len(LENGTHS) + 1, dtype="u1"),
    callers=CallerCounts(*np.zeros((2, 0), dtype="u1")),
    attributions=np.zeros(len(ATTRIBUTIONS), dtype="u1"),
    talk=0,
)
"""The summary of a day that lies ahead."""


def _sum(summaries: list[CallSummary]) -> CallSummary:
    # Days may have different numbers of queues.
    queues = max((each.calls.shape[1] for each in summaries), default=1)
    calls = np.zeros((len(CALL_STATES), queues, HOURS), dtype=np.int64)
    for each in summaries:
        calls[:, : each.calls.shape[1]] += each.calls
    padded = [NOTHING, *summaries]
    return CallSummary(
        calls=calls,
        lengths=_added(each.lengths for each in padded),
        callers=_callers_of_all(summaries),
        attributions=_added(each.attributions for each in padded),
        talk=sum(each.talk for each in summaries),
    )


def _callers_of_all(summaries: list[CallSummary]) -> CallerCounts:
    known = [each.callers for each in summaries if len(each.callers.count)]
    total = np.zeros(max((int(each.customer[-1]) for each in known), default=-1) + 1, dtype=np.int64)
    for each in known:
        total[each.customer] += each.count
    called = np.flatnonzero(total)
    return _counted(called, total[called])


def _counted(customer: Integers, count: Integers) -> CallerCounts:
    return CallerCounts(_narrow(np.diff(customer, prepend=0)), _narrow(count))


def _added(columns: Iterable[Integers]) -> Integers:
    added: Integers = np.sum(list(columns), axis=0, dtype=np.int64)
    return added


def _narrow(counts: Integers) -> Integers:
    """The same counts in as few bytes as they need: there are hundreds of days."""
    return counts.astype(np.min_scalar_type(counts.max(initial=0)))


def _answered_and_missed(states: Integers) -> AnsweredAndMissed:
    return AnsweredAndMissed(int(states[TALKING] + states[ENDED]), int(states[HUNG_UP] + states[SENT_AWAY]))


def attributions(seed: str, day: CalendarDay, queue: int, count: int) -> Integers:
    """
    Draw what led the callers of a queue to the center.

    Args:
        seed, day: The account's seed, and the day.
        queue: The queue, from 0.
        count: How many calls it has, in order of arrival.

    Returns:
        A position in `ATTRIBUTIONS` for each call.
    """
    drawn = np.frombuffer(octets(count, seed, day.date, "attribution", queue), dtype="u1")
    found: Integers = _BY_OCTET[drawn]
    return found
