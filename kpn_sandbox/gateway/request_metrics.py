"""
Counts and durations of requests, in memory that all workers share.

The memory is there before the workers are forked, and each of them writes a part of its own, so nobody waits and
nothing is lost when a worker dies. A reader adds the parts up.
"""

import mmap
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from threading import Lock
from typing import NamedTuple

BUCKETS = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
"""Upper bounds of the durations that are counted together, in seconds; longer ones are counted beyond the last."""

GAUGES = ("days_computed", "days_cached", "cache_bytes", "centers_cached", "accounts_cached", "request_heads_cached")
"""Figures of a worker beside its requests."""

_STATUSES = 600
# A row: a count for each status, one for each bucket and one beyond, and the sum of the durations.
_ROW = _STATUSES + len(BUCKETS) + 2
_DOUBLE = 8


class OperationFigures(NamedTuple):
    """Requests of an operation."""

    api: str
    operation: str
    by_status: dict[int, int]
    """Number of responses by status; 0 stands for a connection that was broken on purpose."""
    by_bucket: tuple[int, ...]
    """Number of requests by duration, as in `BUCKETS`, and beyond."""
    seconds: float
    """Sum of all durations."""


class RequestMetrics:
    """
    The figures of all requests of a sandbox.

    Args:
        operations: API and key of each operation; requests of others count for an operation without a name.
        workers: Processes that count beside the one that made this object.
    """

    def __init__(self, operations: Sequence[tuple[str, str]], workers: int = 0) -> None:
        apis = dict.fromkeys(api for api, _ in operations)
        keys = [*operations, *((api, "") for api in apis)]
        self._rows = {key: number * _ROW for number, key in enumerate(dict.fromkeys(keys))}
        self._part_size = len(self._rows) * _ROW + len(GAUGES)
        self._parts = workers + 1
        # Pages that nobody writes to take no memory.
        self._memory = memoryview(mmap.mmap(-1, self._parts * self._part_size * _DOUBLE)).cast("d")
        self._start = 0
        self._lock = Lock()

    def use_part(self, number: int) -> None:
        """Count in a part of this process's own from now on, from 1 to the number of workers; call it after a fork."""
        self._start = number % self._parts * self._part_size

    def count(self, api: str, operation: str, status: int, seconds: float) -> None:
        """
        Count a request.

        Args:
            api, operation: Its operation; empty for none.
            status: Status of the response, 0 for none.
            seconds: Duration.
        """
        row = self._rows.get((api, operation))
        if row is None:
            row = self._rows.get((api, ""))
            if row is None:
                return
        at, memory = self._start + row, self._memory
        with self._lock:
            memory[at + (status if status < _STATUSES else 0)] += 1
            memory[at + _STATUSES + bisect_left(BUCKETS, seconds)] += 1
            memory[at + _ROW - 1] += seconds

    def set_gauges(self, values: Sequence[float]) -> None:
        """Set this process's figures, in the order of `GAUGES`."""
        at = self._start + self._part_size - len(GAUGES)
        for place, value in enumerate(values):
            self._memory[at + place] = value

    def gauges(self) -> dict[str, float]:
        """Return the figures of all processes together."""
        first = self._part_size - len(GAUGES)
        return {name: self._sum(first + place) for place, name in enumerate(GAUGES)}

    def figures(self) -> Iterator[OperationFigures]:
        """Return the figures of each operation that was requested."""
        for (api, operation), row in self._rows.items():
            cells = [self._sum(row + place) for place in range(_ROW)]
            by_status = {status: int(count) for status, count in enumerate(cells[:_STATUSES]) if count}
            if by_status:
                yield OperationFigures(api, operation, by_status, tuple(map(int, cells[_STATUSES:-1])), cells[-1])

    def _sum(self, place: int) -> float:
        return sum(self._memory[part * self._part_size + place] for part in range(self._parts))
