"""
Which port carries which call: overflow, blocking, outages.

A call asks for a port of the trunk it came in on and overflows to the next trunk when that is full; when all are full
it is blocked. Within a trunk the port idle longest is taken. Ports go out of service as agents go on a break: at the
planned instant if idle, otherwise when their call ends, so that no call is cut.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from heapq import heapify, heappop, heappush, heapreplace
from typing import NamedTuple

from kpn_sandbox.simulation.calendar import CalendarDay
from kpn_sandbox.simulation.resolved_profile import Span
from kpn_sandbox.validation import minutes

NO_PORT = -1


class PortClosure(NamedTuple):
    """A span in which a port is not to be used; a port that is absent rather than faulty is not shown either."""

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
    All ports of a center on one day, numbered through over the trunks.

    Attributes:
        starts: The first port of each trunk, and behind them the number of all ports.
        faults: When which port was out of service, complete once `close` was called.
    """

    def __init__(self, sizes: Sequence[int], closures: Iterable[PortClosure] = ()) -> None:
        self.starts = [sum(sizes[:trunk]) for trunk in range(len(sizes) + 1)]
        self.faults: list[PortOutage] = []
        self._free = [[(0, port) for port in range(*pair)] for pair in zip(self.starts, self.starts[1:])]
        self._planned: dict[int, list[PortClosure]] = {}
        for closure in sorted(closures, reverse=True):
            self._planned.setdefault(closure.port, []).append(closure)
        for trunk in self._free:
            heapify(trunk)

    def take(self, now: int, trunk: int) -> int:
        """
        Seize a port.

        Args:
            now: When; never earlier than the call before.
            trunk: The trunk to try first.

        Returns:
            The port, or `NO_PORT`.
        """
        for each in range(trunk, trunk + len(self._free)):
            free = self._free[each % len(self._free)]
            while free and free[0][0] <= now:
                port = free[0][1]
                if self._planned and self._closes(port, now):
                    heapreplace(free, (self._close(*free[0]), port))
                    continue
                heappop(free)
                return port
        return NO_PORT

    def give(self, port: int, at: int) -> None:
        """Release a port at an instant, which may lie ahead."""
        heappush(self._free[bisect_right(self.starts, port) - 1], (at, port))

    def close(self) -> None:
        """Carry out all outages that are still planned."""
        for trunk in self._free:
            for free, port in trunk:
                while self._planned.get(port):
                    free = self._close(free, port)

    def _closes(self, port: int, now: int) -> bool:
        planned = self._planned.get(port)
        return planned is not None and len(planned) > 0 and planned[-1].start <= now

    def _close(self, free: int, port: int) -> int:
        closure = self._planned[port].pop()
        start = max(free, closure.start)
        if closure.faulty and start < closure.end:
            self.faults.append(PortOutage(port, start, closure.end))
        return max(start, closure.end)


def trunk_sizes(spans: Sequence[Span]) -> list[int]:
    """The most ports that each trunk has at any time of the day."""
    count = max(len(span.plan.trunks) for span in spans)
    return [
        max(span.plan.trunks[trunk].ports for span in spans if trunk < len(span.plan.trunks)) for trunk in range(count)
    ]


def port_closures(day: CalendarDay, spans: Sequence[Span]) -> list[PortClosure]:
    """All ports that are missing or out of service for a part of the day."""
    most = trunk_sizes(spans)
    starts = PortPool(most).starts
    found = []
    for span in spans:
        for trunk, ports in enumerate(most):
            present = span.plan.trunks[trunk].ports if trunk < len(span.plan.trunks) else 0
            absent = range(starts[trunk] + present, starts[trunk] + ports)
            found += [PortClosure(port, span.start, span.end, False) for port in absent]
        found += _outages(day, span, starts)
    return found


def _outages(day: CalendarDay, span: Span, starts: Sequence[int]) -> list[PortClosure]:
    found = []
    for outage in span.plan.profile.outages:
        first = starts[outage.trunk - 1]
        start = max(day.elapsed(minutes(outage.start)), span.start)
        end = min(day.elapsed(minutes(outage.end)), span.end)
        ports = range(first, first + span.plan.trunks[outage.trunk - 1].ports)
        if start < end:
            found += [PortClosure(port, start, end, True) for port in ports]
    return found
