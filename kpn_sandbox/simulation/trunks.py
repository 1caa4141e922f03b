"""
The ports of a center: which one carries which call, overflow, blocking and outages.

A call asks for a port of the trunk it came in on and overflows to the next trunk when that is full; when all are full
it is blocked. Within a trunk the port idle longest is taken. Ports go out of service as agents go on a break: at the
planned instant if idle, otherwise when their call ends. Only a port that the profile takes away ends its call.

Unless the rhythm of the center is constant, one port in forty has a fault on a day and is out of service for some
minutes, which comes from a stream of its trunk. How often and how long is assumed.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from heapq import heapify, heappop, heappush, heapreplace
from itertools import accumulate, pairwise
from typing import NamedTuple

import numpy as np

from kpn_sandbox.simulation.calendar import MINUTE, CalendarDay
from kpn_sandbox.simulation.randomness import WORDS, variates, words
from kpn_sandbox.simulation.resolved_profile import Span
from kpn_sandbox.validation import minutes

NO_PORT = -1

FAULTS = WORDS // 40
"""A port has a fault on a day when its word lies below this: a trunk of 30 ports has three in four days."""

SHORTEST_FAULT, MEAN_FAULT, LONGEST_FAULT = 3 * MINUTE, 12 * MINUTE, 60 * MINUTE


class PortClosure(NamedTuple):
    """A time in which a port is not to be used; a port that is absent rather than faulty is not shown either."""

    port: int
    start: int
    end: int
    faulty: bool


class PortOutage(NamedTuple):
    """A port was out of service."""

    port: int
    start: int
    end: int


class PortPool:
    """
    All ports of a center on one day, numbered from 0 through all trunks, of which the sizes are given.

    Attributes:
        starts: The first port of each trunk, and behind them the number of all ports.
        outages: The times in which ports were out of service, complete once `close` was called.
    """

    def __init__(self, sizes: Sequence[int], closures: Iterable[PortClosure] = ()) -> None:
        self.starts = [sum(sizes[:trunk]) for trunk in range(len(sizes) + 1)]
        self.outages: list[PortOutage] = []
        self._free = [[(0, port) for port in range(*pair)] for pair in pairwise(self.starts)]
        # The next closure of a port stands last, where it is cheap to take.
        self._planned: dict[int, list[PortClosure]] = {}
        for closure in sorted(closures, reverse=True):
            self._planned.setdefault(closure.port, []).append(closure)
        for trunk in self._free:
            heapify(trunk)

    def take(self, now: int, trunk: int) -> int:
        """
        Seize a port.

        Args:
            now, trunk: The instant, never earlier than that of the call before, and the trunk to try first.

        Returns:
            The port, or `NO_PORT` when all are in use or closed.
        """
        # Free ports lie in a heap by the instant since when they are free, so the first one is the one idle longest.
        for each in range(trunk, trunk + len(self._free)):
            free = self._free[each % len(self._free)]
            while free and free[0][0] <= now:
                port = free[0][1]
                planned = self._planned.get(port)
                if planned and planned[-1].start <= now:
                    heapreplace(free, (self._close(*free[0]), port))
                    continue
                heappop(free)
                return port
        return NO_PORT

    def release(self, port: int, at: int) -> None:
        """
        Let a port go.

        Args:
            port, at: The port, and the instant, which may lie ahead: the end of a call is known at its answer.
        """
        heappush(self._free[bisect_right(self.starts, port) - 1], (at, port))

    def end_call(self, port: int, at: int) -> None:
        """
        Let a port go that is in use, now rather than at the instant it was to be released, if that was known.

        Args:
            port, at: The port, and the instant.
        """
        trunk = self._free[bisect_right(self.starts, port) - 1]
        trunk[:] = [each for each in trunk if each[1] != port] + [(at, port)]
        heapify(trunk)

    def close(self) -> None:
        """Carry out all outages that are still planned."""
        for trunk in self._free:
            for free, port in trunk:
                while self._planned.get(port):
                    free = self._close(free, port)

    def _close(self, free: int, port: int) -> int:
        """Carry out the next closure of a port that is free from an instant on; returns when it is free again."""
        closure = self._planned[port].pop()
        start = max(free, closure.start)
        if closure.faulty and start < closure.end:
            self.outages.append(PortOutage(port, start, closure.end))
        return max(start, closure.end)


def trunk_sizes(spans: Sequence[Span]) -> list[int]:
    """The most ports that each trunk has at any time of a day."""
    count = max(len(span.resolved.trunks) for span in spans)
    return [max(_ports(span, trunk) for span in spans) for trunk in range(count)]


def port_closures(seed: str, day: CalendarDay, spans: Sequence[Span]) -> list[PortClosure]:
    """
    The closures of all ports that are missing or out of service for a part of a day.

    Args:
        seed, day, spans: The account's seed, the day, and its parts in order.
    """
    most = trunk_sizes(spans)
    faults = [_faults(seed, day, trunk, ports) for trunk, ports in enumerate(most)]
    found, first = [], 0
    for trunk, ports in enumerate(most):
        for span in spans:
            own = _ports(span, trunk)
            found += [PortClosure(first + port, span.start, span.end, False) for port in range(own, ports)]
            broken = [] if span.resolved.constant else [each for each in faults[trunk] if each.port < own]
            for port, start, end, _ in (*broken, *_outages(day, span, trunk)):
                start, end = max(start, span.start), min(end, span.end)
                if start < end:
                    found.append(PortClosure(first + port, start, end, True))
        first += ports
    return found


def most_out_of_service(closures: Iterable[PortClosure]) -> int:
    """The most ports that are out of service at once at any time of a day."""
    changes = sorted(change for each in closures for change in ((each.start, 1), (each.end, -1)))
    return max(accumulate(change for _, change in changes), default=0)


def gone_ports(spans: Sequence[Span], number: int, sizes: Sequence[int]) -> set[int]:
    """
    The ports that a center had in the span before and has no more.

    Args:
        spans, number: The parts of a day in order, and the position of one.
        sizes: The most ports that each trunk has at any time of the day.
    """
    if not number:
        return set()
    before, span = spans[number - 1 : number + 1]
    found: set[int] = set()
    if before.resolved.trunks != span.resolved.trunks:
        first = 0
        for trunk, most in enumerate(sizes):
            found.update(range(first + _ports(span, trunk), first + _ports(before, trunk)))
            first += most
    return found


def _ports(span: Span, trunk: int) -> int:
    """The ports of a trunk, 0 of one that does not exist in a span."""
    trunks = span.resolved.trunks
    return trunks[trunk].ports if trunk < len(trunks) else 0


def _outages(day: CalendarDay, span: Span, trunk: int) -> list[PortClosure]:
    """The outages that the profile of a span plans for a trunk; ports are counted within it."""
    return [
        PortClosure(port, day.elapsed(minutes(outage.start)), day.elapsed(minutes(outage.end)), True)
        for outage in span.resolved.profile.outages
        if outage.trunk == trunk + 1
        for port in range(_ports(span, trunk))
    ]


def _faults(seed: str, day: CalendarDay, trunk: int, ports: int) -> list[PortClosure]:
    """The faults of a trunk on a day; ports are counted within it."""
    drawn = words(3 * ports, seed, day.date, "port faults", trunk).reshape(ports, 3)
    drawn = np.column_stack((np.arange(ports), drawn))[drawn[:, 0] < FAULTS]
    lengths = np.clip(variates("exponential", drawn[:, 3], MEAN_FAULT), SHORTEST_FAULT, LONGEST_FAULT)
    starts = drawn[:, 2] * day.length // WORDS
    rows = zip(drawn[:, 0].tolist(), starts.tolist(), (starts + lengths).tolist(), strict=True)
    return [PortClosure(port, start, min(end, day.length), True) for port, start, end in rows]
