"""
The caches of a process: values that need not be computed twice, bounded so that they stay small.

Threads share both kinds. Writes happen under a lock. Reads do not take it, so that a hit never waits: a single look-up
or move in an `OrderedDict` is atomic in CPython, where the global interpreter lock guards it. A reader may therefore
miss a value that is being put, or get one that is being dropped; both are harmless, because a value does not change
once it is in.
"""

from collections import Counter, OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any, Generic, TypeVar

Value = TypeVar("Value")

Run = Callable[[Callable[[], Any]], Any]
"""
Runs a computation that takes long and returns its result; a server in one loop runs it elsewhere and goes on.

What it runs touches no cache and no lock, because threads and the loop must not wait for each other.
"""


def run_here(compute: Callable[[], Any]) -> Any:
    """Run a computation where it is needed, as servers with threads do."""
    return compute()


class BoundedCache(Generic[Value]):
    """
    Keeps the values that were used last, up to a total weight.

    Args:
        limit, weight: The greatest total weight, and what weighs a value; 1 each by default.
    """

    def __init__(self, limit: int, weight: Callable[[Value], int] = lambda value: 1) -> None:
        self._limit = limit
        self._weight = weight
        self._values: OrderedDict[Hashable, Value] = OrderedDict()
        self._total = 0
        self._lock = Lock()

    def get(self, key: Hashable) -> Value | None:
        """The value of a key, None when it was never put or is gone; the look-up counts as use."""
        value = self._values.get(key)
        if value is not None:
            try:
                self._values.move_to_end(key)
            except KeyError:
                # Another thread has dropped it since; the value is right all the same.
                pass
        return value

    def put(self, key: Hashable, value: Value) -> None:
        """
        Keep a value, at the cost of those that were used longest ago.

        Args:
            key, value: Its key, and the value in place of the one before; one heavier than the limit is not kept.
        """
        with self._lock:
            self._drop(key)
            self._values[key] = value
            self._total += self._weight(value)
            while self._total > self._limit:
                self._drop(next(iter(self._values)))

    def drop(self, key: Hashable) -> Value | None:
        """Keep the value of a key no longer, and return it, None when it was not kept."""
        value = self._values.get(key)
        if value is not None:
            with self._lock:
                self._drop(key)
        return value

    def __len__(self) -> int:
        """The number of values."""
        return len(self._values)

    def _drop(self, key: Hashable) -> None:
        if key in self._values:
            self._total -= self._weight(self._values.pop(key))


class SingleFlightCache:
    """
    Keeps the values that were used last, up to a number of bytes, and computes each of them once.

    Two threads that need the same value at the same time compute it once: the second waits for the first. Values of
    several kinds may share a cache, so they are not typed.

    Args:
        limit_bytes: How much to keep. The two values that were used last are kept even if they are larger together.
        run: Runs the computation of a value.
    """

    def __init__(self, limit_bytes: int = 128 * 1024 * 1024, run: Run = run_here) -> None:
        self.run = run
        self._limit = limit_bytes
        self._values: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._total = 0
        self.computed: Counter[type] = Counter()
        """Number of values that were computed so far, by type."""
        self._lock = Lock()
        self._computing: dict[Hashable, _KeyLock] = {}

    def get(self, key: Hashable) -> Any | None:
        """The value of a key, None unless it is kept; the look-up does not count as use."""
        found = self._values.get(key)
        return None if found is None else found[0]

    def get_or_compute(self, key: Hashable, compute: Callable[[], Any], size: Callable[[Any], int]) -> Any:
        """
        The value of a key.

        Args:
            key, compute: The key, and what makes its value if it is not kept; it must not use a cache itself.
            size: Measures a value that was made, in bytes.
        """
        found = self._values.get(key)
        if found is not None:
            self._mark_used(key)
            return found[0]
        with self._turn(key):
            # Whoever had the turn before has mostly left the value behind.
            found = self._values.get(key)
            if found is None:
                found = self._put(key, self.run(compute), size)
        return found[0]

    @property
    def total_bytes(self) -> int:
        """Bytes of all values."""
        return self._total

    def __len__(self) -> int:
        """The number of values."""
        return len(self._values)

    def drop_seed(self, seed: str) -> None:
        """Keep no longer the values whose keys are tuples that begin with a seed."""
        with self._lock:
            for key in [key for key in self._values if isinstance(key, tuple) and key[0] == seed]:
                self._total -= self._values.pop(key)[1]

    def _mark_used(self, key: Hashable) -> None:
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)

    @contextmanager
    def _turn(self, key: Hashable) -> Iterator[None]:
        """Wait for the thread that computes the value of a key; the last to leave takes the lock away."""
        with self._lock:
            turn = self._computing.setdefault(key, _KeyLock())
            turn.holders += 1
        try:
            with turn.lock:
                yield
        finally:
            with self._lock:
                turn.holders -= 1
                if not turn.holders:
                    del self._computing[key]

    def _put(self, key: Hashable, value: Any, size: Callable[[Any], int]) -> tuple[Any, int]:
        found = value, size(value)
        with self._lock:
            self.computed[type(value)] += 1
            self._values[key] = found
            self._total += found[1]
            # A day and what its agents do are two values that are read by turns: each would drive the other one out.
            while self._total > self._limit and len(self._values) > 2:
                self._total -= self._values.popitem(last=False)[1][1]
        return found


class _KeyLock:
    """The lock of a key, and how many threads hold it or wait for it."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.holders = 0
