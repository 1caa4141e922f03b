"""
The calls of a day by customer, as much of them as is worth keeping when the day is over.

A log holds neither rings nor breaks nor ports; it takes a tenth of what its trace takes. Blocked calls, which nobody
at the center ever saw, are not in it.
"""

from typing import NamedTuple

import numpy as np

from kpn_sandbox.simulation.arrivals import CUSTOMERS
from kpn_sandbox.simulation.attribution import attributions
from kpn_sandbox.simulation.calendar_day import CalendarDay
from kpn_sandbox.simulation.day import ABANDONED, ANSWERED, BLOCKED, FLOWED_OUT, CallTable, DayTrace
from kpn_sandbox.simulation.randomness import Integers

WAITING, TALKING, ENDED, HUNG_UP, SENT_AWAY = range(5)
"""What has become of a call: it waits or rings, it is being answered, it was, or it was not."""
FATES = ("waiting", "talking", "answered", "abandoned", "flowed_out")


class DayLog(NamedTuple):
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

    def of(self, customer: int) -> "DayLog":
        """The calls of one customer."""
        first, last = self.firsts[customer], self.firsts[customer + 1]
        firsts = np.clip(self.firsts, first, last) - first
        return DayLog(firsts, *(column[first:last] for column in self[1:]))

    def until(self, instant: int) -> "DayLog":
        """The calls that had come by an instant."""
        come = self.arrival <= instant
        firsts = np.concatenate(([0], np.cumsum(come)))[self.firsts]
        return DayLog(firsts, *(column[come] for column in self[1:]))

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


def day_log(seed: str, trace: DayTrace) -> DayLog:
    """The log of a day."""
    table = trace.calls
    came = np.flatnonzero(table.outcome != BLOCKED)
    order = came[np.argsort(table.customer[came], kind="stable")]
    firsts = np.searchsorted(table.customer[order], np.arange(CUSTOMERS + 1)).astype("i4")
    columns = (table.queue, table.arrival, table.answer, table.end, table.agent, table.outcome)
    led = _attributions(seed, trace.day, table)
    return DayLog(firsts, *(column[order].astype(kind) for column, kind in zip((*columns, led), _NARROW)))


_NARROW = ("u1", "i4", "i4", "i4", "i2", "i1", "u1")


def _attributions(seed: str, day: CalendarDay, table: CallTable) -> Integers:
    counts = np.bincount(table.queue)
    drawn = [attributions(seed, day, queue, count) for queue, count in enumerate(counts.tolist())]
    return np.concatenate(drawn) if drawn else np.empty(0, dtype="u1")
