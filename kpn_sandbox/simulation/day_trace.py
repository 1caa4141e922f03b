"""
The day trace: everything that happens in a center on one date, as columns of integers.

A trace is computed once and never changes; every instant of the day is read from it by binary search, so freezing,
moving and jumping the clock cost nothing, and no state has to be kept or shared. All instants are milliseconds since
midnight, -1 where a thing did not happen; agents, queues, trunks, ports and calls are counted from 0.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from kpn_sandbox.simulation.calendar import CalendarDay
from kpn_sandbox.simulation.randomness import Flags, Integers
from kpn_sandbox.simulation.resolved_profile import Span
from kpn_sandbox.simulation.trunks import PortOutage

BLOCKED, ANSWERED, ABANDONED, FLOWED_OUT = range(4)
"""How a call ended; numbers rather than an enum, because they stand in columns."""


class CallTable(NamedTuple):
    """
    All calls of a day, by queue and then by arrival, one column for each thing known of them.

    A kept table is narrow: its columns are as small as their values allow, so many days fit into memory. What is
    computed from it may not fit; `wide` gives the same table in 64 bits.
    """

    queue: Integers
    arrival: Integers
    ring_start: Integers
    """When the ring began that was answered."""
    answer: Integers
    end: Integers
    """When the call let go of its trunk: end of talk, hang-up, flow-out; of a blocked call its arrival."""
    wrap_end: Integers
    agent: Integers
    outcome: Integers
    in_time: Flags
    transferred: Flags
    hold_start: Integers
    vdn: Integers
    """Eight bits from which the number follows that was dialled."""
    cut_off: Flags
    """Whether the call ended because the profile changed: its agent, queue or port was gone."""

    def narrow(self) -> "CallTable":
        """The table to keep."""
        return CallTable(*(column.astype(kind) for column, kind in zip(self, _NARROW, strict=True)))

    def wide(self) -> "CallTable":
        """The table to compute with."""
        columns: Iterable[Any] = (column if column.dtype == bool else column.astype(np.int64) for column in self)
        return CallTable(*columns)


# At most 5,000 agents, 200 queues and 90,000,000 milliseconds.
_NARROW = ("i2", "i4", "i4", "i4", "i4", "i4", "i2", "i1", "?", "?", "i4", "u1", "?")


class RingTable(NamedTuple):
    """Rings that were not answered: the caller hung up, or the time-out returned the call to its queue."""

    call: Integers
    agent: Integers
    start: Integers
    end: Integers
    returned: Integers


class AuxTable(NamedTuple):
    """Times in AUX."""

    agent: Integers
    queue: Integers
    start: Integers
    end: Integers
    reason: Integers
    planned_end: Integers
    """Later than the end if the agent was gone before."""


class LoginTable(NamedTuple):
    """Times logged in."""

    agent: Integers
    queue: Integers
    login: Integers
    logout: Integers


class PortUsage(NamedTuple):
    """The port of each call and the outages of ports."""

    starts: list[int]
    """The first port of each trunk, and behind them the number of all ports."""
    port: Integers
    """For each call its port, or -1."""
    outages: list[PortOutage]
    outbound: Integers
    """For each outbound call its port."""


class OutboundTable(NamedTuple):
    """Calls that agents made, in order of agent and start; -1 where a thing did not happen."""

    agent: Integers
    queue: Integers
    start: Integers
    """When the agent dialled."""
    answer: Integers
    end: Integers
    draw: Integers
    """A word from which the trunk and the disposition follow."""
    contact: Integers
    """A word from which it follows who is called, unless it is a callback."""
    cut_off: Flags
    """Whether the call ended because the profile changed: its agent, queue or port was gone."""


class Callers(NamedTuple):
    """Who is in the calls of a day."""

    inbound: Integers
    """The customer, from 0, of each inbound call."""
    outbound: Integers
    """The customer of each outbound call."""
    promises: Integers
    """For each outbound call the row of the call whose caller it calls back (outbound calls come last), or -1."""


@dataclass(frozen=True)
class DayTrace:
    """A day of a center."""

    day: CalendarDay
    spans: tuple[Span, ...]
    calls: CallTable
    rings: RingTable
    aux: AuxTable
    logins: LoginTable
    outbound: OutboundTable
    compute_port_usage: Callable[[], PortUsage]
    """Must not refer to more than it needs: it is kept as long as the trace."""
    find_callers: Callable[[CallTable, OutboundTable], Callers]

    @cached_property
    def port_usage(self) -> PortUsage:
        """The ports, computed when they are first needed unless the calls depended on them."""
        return self.compute_port_usage()

    @cached_property
    def everybody(self) -> Callers:
        """The customers of all calls, found when they are first needed: no counter depends on them."""
        return self.find_callers(self.calls, self.outbound)

    @property
    def callers(self) -> Integers:
        """The customer, from 0, of each inbound call."""
        return self.everybody.inbound

    def span_at(self, instant: int) -> Span:
        """The part of the day that an instant lies in."""
        return next(span for span in reversed(self.spans) if span.start <= instant)
