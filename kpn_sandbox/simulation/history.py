"""
The calls of a day by customer, as much of them as is worth keeping when the day is over.

A log holds neither rings nor breaks nor ports; it takes a tenth of what its trace takes. Blocked calls, which nobody
at the center ever saw, are not in it.

What happened on a date and over many: the fold over day traces.

A summary of a finished day takes a few kilobytes and is kept; today is the same fold, cut at the instant. So what
history tells of yesterday is what the counters told when yesterday ended, to the call.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import NamedTuple

import numpy as np

from kpn_sandbox.caching import SingleFlightCache
from kpn_sandbox.simulation.arrivals import CUSTOMERS
from kpn_sandbox.simulation.attribution import ATTRIBUTIONS, attributions
from kpn_sandbox.simulation.calendar import FIRST_DATE, LAST_DATE, CalendarDay, calendar_day, day_of
from kpn_sandbox.simulation.center import Center
from kpn_sandbox.simulation.day_trace import ABANDONED, ANSWERED, BLOCKED, FLOWED_OUT, CallTable, DayTrace
from kpn_sandbox.simulation.errors import InstantOutOfRange, PeriodTooLong
from kpn_sandbox.simulation.randomness import Integers

WAITING, TALKING, ENDED, HUNG_UP, SENT_AWAY = range(5)
"""What has become of a call: it waits or rings, it is being answered, it was, or it was not."""
CALL_STATES = ("waiting", "talking", "answered", "abandoned", "flowed_out")


class CallsByCustomer(NamedTuple):
    """The calls of a day, by customer and then by queue and arrival; instants are milliseconds since midnight."""

    firsts: Integers
    """For each customer the place of the first call, and behind them the number of all calls."""
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
        first, last = self.firsts[customer], self.firsts[customer + 1]
        firsts = np.clip(self.firsts, first, last) - first
        return CallsByCustomer(firsts, *(column[first:last] for column in self[1:]))

    def until(self, instant: int) -> "CallsByCustomer":
        """The calls that had come by an instant."""
        come = self.arrival <= instant
        firsts = np.concatenate(([0], np.cumsum(come)))[self.firsts]
        return CallsByCustomer(firsts, *(column[come] for column in self[1:]))

    def fates(self, instant: int) -> Integers:
        """What has become of each call by an instant."""
        over = self.end <= instant
        answered = (self.outcome == ANSWERED) & (self.answer <= instant)
        fate = np.zeros(len(self.outcome), dtype=np.int64)
        fate[answered] = TALKING
        fate[answered & over] = ENDED
        fate[over & (self.outcome == ABANDONED)] = HUNG_UP
        fate[over & (self.outcome == FLOWED_OUT)] = SENT_AWAY
        return fate

    def size(self) -> int:
        """How many bytes it takes."""
        return 1000 + sum(column.nbytes for column in self)


def calls_by_customer(seed: str, trace: DayTrace) -> CallsByCustomer:
    """The log of a day."""
    table = trace.calls
    came = np.flatnonzero(table.outcome != BLOCKED)
    order = came[np.argsort(table.customer[came], kind="stable")]
    firsts = np.searchsorted(table.customer[order], np.arange(CUSTOMERS + 1)).astype("i4")
    columns = (table.queue, table.arrival, table.answer, table.end, table.agent, table.outcome)
    led = _attributions(seed, trace.day, table)
    return CallsByCustomer(firsts, *(column[order].astype(kind) for column, kind in zip((*columns, led), _NARROW)))


_NARROW = ("u1", "i4", "i4", "i4", "i2", "i1", "u1")


def _attributions(seed: str, day: CalendarDay, table: CallTable) -> Integers:
    counts = np.bincount(table.queue)
    drawn = [attributions(seed, day, queue, count) for queue, count in enumerate(counts.tolist())]
    return np.concatenate(drawn) if drawn else np.empty(0, dtype="u1")


LONGEST_PERIOD = 366
"""Days that are told at a time."""

NOBODY = -1
"""The index of a customer whom the center does not have."""

HOURS = 24
LENGTHS = (30_000, 60_000, 120_000, 300_000, 600_000)
"""Milliseconds at which the next bucket of talk begins; the first begins at 0."""

TURN_SECONDS = 0.001
"""What a request that computes many days leaves to others between two of them."""
RETRY_SECONDS = 0.02

SUMMARY_BYTES = 32 * 1024 * 1024
LOG_BYTES = 64 * 1024 * 1024


class CallOutcomes(NamedTuple):
    """How many calls were answered, and how many were missed: hung up or sent away."""

    answered: int
    missed: int


@dataclass(frozen=True, eq=False)
class CallSummary:
    """What happened in a day, or in several."""

    calls: Integers
    """By fate (`daylog.FATES`), queue and hour of the wall clock in which they came."""
    lengths: Integers
    """Answered calls that have ended, by length of talk (`LENGTHS`)."""
    callers: Integers
    """Calls of each customer."""
    attributions: Integers
    """Calls by what led to them (`ATTRIBUTIONS`)."""
    talk: int
    """Milliseconds that the answered calls which have ended lasted."""

    @cached_property
    def offered(self) -> int:
        """Calls that came."""
        return int(self.calls.sum())

    @property
    def ended(self) -> int:
        """Answered calls that have ended."""
        return int(self.lengths.sum())

    @cached_property
    def total(self) -> CallOutcomes:
        """Of all calls."""
        return _answers(self.calls.sum(axis=(1, 2), dtype=np.int64))

    def by_hour(self) -> list[CallOutcomes]:
        """For each hour of the wall clock, by the calls that came in it."""
        return [_answers(each) for each in self.calls.sum(axis=1, dtype=np.int64).T]

    def by_queue(self) -> list[CallOutcomes]:
        """For each queue that had calls, and those before it."""
        return [_answers(each) for each in self.calls.sum(axis=2, dtype=np.int64).T]

    @property
    def unique_callers(self) -> int:
        """Customers who called."""
        return int(np.count_nonzero(self.callers))

    def size(self) -> int:
        """How many bytes it takes."""
        return 1000 + sum(column.nbytes for column in (self.calls, self.lengths, self.callers, self.attributions))


@dataclass(frozen=True)
class DailySummaries:
    """What happened from one date to another."""

    each: tuple[tuple[date, CallSummary], ...]
    """Every date of the period, quiet ones included."""

    @cached_property
    def total(self) -> CallSummary:
        """All days together."""
        return _sum(summary for _, summary in self.each)


class History:
    """
    Tells of centers what happened; shared by all of a process.

    Args:
        pause: Lets some seconds pass while others get their turn: before a day is computed, and as long as somebody
            else computes it. None keeps the turn.
    """

    def __init__(self, pause: Callable[[float], None] | None = None) -> None:
        self._summaries = SingleFlightCache(SUMMARY_BYTES)
        self._logs = SingleFlightCache(LOG_BYTES)
        self._pause = pause

    def days(self, center: Center, first: date, last: date, at: float, customer: int | None = None) -> DailySummaries:
        """
        What happened in a period.

        Args:
            center: The center.
            first: Its first date.
            last: Its last date; the day is told as well.
            at: The instant up to which things have happened; epoch seconds.
            customer: Only calls of the customer at this index from 0; `NOBODY` has none.

        Raises:
            PeriodTooLong: More than `LONGEST_PERIOD` days.
            InstantOutOfRange: A date before 2000 or after 2100, or such an instant.
        """
        count = (last - first).days + 1
        if count > LONGEST_PERIOD:
            raise PeriodTooLong(count, LONGEST_PERIOD)
        for end in (first, last):
            if not FIRST_DATE <= end <= LAST_DATE:
                raise InstantOutOfRange(0.0)
        days = [calendar_day(first + timedelta(days=number)) for number in range(count)]
        today = day_of(at)
        return DailySummaries(tuple((day.date, self._summary(center, day, today, at, customer)) for day in days))

    def logs(self, center: Center, at: float, count: int) -> Iterator[tuple[CalendarDay, CallsByCustomer]]:
        """
        The calls of the latest days, the last day first.

        Args:
            center: The center.
            at: The instant up to which calls are told; epoch seconds.
            count: How many days, at most `LONGEST_PERIOD`.
        """
        today = day_of(at)
        yield today, self._log(center, today).until(today.offset(at))
        for back in range(1, count):
            earlier = today.date - timedelta(days=back)
            if earlier < FIRST_DATE:
                return
            yield calendar_day(earlier), self._log(center, calendar_day(earlier))

    def _summary(
        self, center: Center, day: CalendarDay, today: CalendarDay, at: float, customer: int | None
    ) -> CallSummary:
        if day.date > today.date or customer == NOBODY:
            return NOTHING
        if customer is not None:
            log = self._log(center, day).of(customer)
            return summarize(day, log, today.offset(at) if day == today else day.length)
        if day == today:
            return summarize(day, self._log(center, day), today.offset(at))
        key = center.key(day)
        self._wait_for(self._summaries, key)
        found: CallSummary = self._summaries.find(key, lambda: self._whole(center, day), CallSummary.size)
        return found

    def _whole(self, center: Center, day: CalendarDay) -> CallSummary:
        return summarize(day, self._log(center, day), day.length)

    def _log(self, center: Center, day: CalendarDay) -> CallsByCustomer:
        def compute() -> CallsByCustomer:
            if self._pause is not None:
                self._pause(TURN_SECONDS)
            return calls_by_customer(center.seed, center.trace(day))

        key = center.key(day)
        self._wait_for(self._logs, key)
        found: CallsByCustomer = self._logs.find(key, compute, CallsByCustomer.size)
        return found

    def _wait_for(self, cache: SingleFlightCache, key: Hashable) -> None:
        """Wait until nobody computes the thing of a key; a dashboard asks for all its widgets at the same time."""
        while self._pause is not None and cache.is_computing(key):
            self._pause(RETRY_SECONDS)


def summarize(day: CalendarDay, whole: CallsByCustomer, instant: int) -> CallSummary:
    """
    The summary of a day.

    Args:
        day: The day.
        whole: Its calls.
        instant: How far the day has come, in milliseconds.
    """
    log = whole if instant >= day.length else whole.until(instant)
    fate, queues = log.fates(instant), int(log.queue.max(initial=0)) + 1
    hour = np.searchsorted([day.elapsed(60 * hour) for hour in range(HOURS)], log.arrival, side="right") - 1
    cells = np.bincount((fate * queues + log.queue) * HOURS + hour, minlength=len(CALL_STATES) * queues * HOURS)
    ended = fate == ENDED
    talk = (log.end - log.answer)[ended]
    buckets = np.searchsorted(LENGTHS, talk, side="right")
    return CallSummary(
        calls=_narrow(cells.reshape(len(CALL_STATES), queues, HOURS)),
        lengths=_narrow(np.bincount(buckets, minlength=len(LENGTHS) + 1)),
        callers=_narrow(np.diff(log.firsts)),
        attributions=_narrow(np.bincount(log.attribution, minlength=len(ATTRIBUTIONS))),
        talk=int(talk.sum(dtype=np.int64)),
    )


def _sum(summaries: Iterable[CallSummary]) -> CallSummary:
    every = list(summaries)
    calls = np.zeros((len(CALL_STATES), max((each.calls.shape[1] for each in every), default=1), HOURS), dtype=np.int64)
    for each in every:
        calls[:, : each.calls.shape[1]] += each.calls
    return CallSummary(
        calls=calls,
        lengths=_added([each.lengths for each in [NOTHING, *every]]),
        callers=_added([each.callers for each in [NOTHING, *every]]),
        attributions=_added([each.attributions for each in [NOTHING, *every]]),
        talk=sum(each.talk for each in every),
    )


def _added(columns: list[Integers]) -> Integers:
    added: Integers = np.sum(columns, axis=0, dtype=np.int64)
    return added


NOTHING = CallSummary(
    calls=np.zeros((len(CALL_STATES), 1, HOURS), dtype="u1"),
    lengths=np.zeros(len(LENGTHS) + 1, dtype="u1"),
    callers=np.zeros(CUSTOMERS, dtype="u1"),
    attributions=np.zeros(len(ATTRIBUTIONS), dtype="u1"),
    talk=0,
)
"""A day that has not come yet."""


def _narrow(counts: Integers) -> Integers:
    """The same counts in as few bytes as they need: there are hundreds of days."""
    return counts.astype(np.min_scalar_type(counts.max(initial=0)))


def _answers(fates: Integers) -> CallOutcomes:
    return CallOutcomes(int(fates[TALKING] + fates[ENDED]), int(fates[HUNG_UP] + fates[SENT_AWAY]))
