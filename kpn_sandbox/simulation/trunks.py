"""
The ports of a center: which one carries which call, overflow, blocking and outages.

A call asks for a port of the trunk it came in on and overflows to the next trunk when that is full; when all are full
it is blocked. Within a trunk the port idle longest is taken. Ports go out of service as agents go on a break: at the
planned instant if idle, otherwise when their call ends. Only a port that the profile takes away ends its call.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from heapq import heapify, heappop, heappush, heapreplace
from itertools import pairwise
from typing import NamedTuple

from kpn_sandbox.simulation.calendar import CalendarDay
from kpn_sandbox.simulation.resolved_profile import Span
from kpn_sandbox.validation import minutes

NO_PORT = -1


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


def port_closures(day: CalendarDay, spans: Sequence[Span]) -> list[PortClosure]:
    """
    The closures of all ports that are missing or out of service for a part of a day.

    Args:
        day, spans: The day, and its parts in order.
    """
    most = trunk_sizes(spans)
    starts = PortPool(most).starts
    found = []
    for span in spans:
        for trunk, ports in enumerate(most):
            absent = range(starts[trunk] + _ports(span, trunk), starts[trunk] + ports)
            found += [PortClosure(port, span.start, span.end, False) for port in absent]
        found += _outages(day, span, starts)
    return found


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


def _outages(day: CalendarDay, span: Span, starts: Sequence[int]) -> list[PortClosure]:
    found = []
    for outage in span.resolved.profile.outages:
        first = starts[outage.trunk - 1]
        start = max(day.elapsed(minutes(outage.start)), span.start)
        end = min(day.elapsed(minutes(outage.end)), span.end)
        ports = range(first, first + _ports(span, outage.trunk - 1))
        if start < end:
            found += [PortClosure(port, start, end, True) for port in ports]
    return found
