"""
A bounded store of things computed once, shared by all centers of a process.

What is kept in the process so that it need not be computed twice, and how it stays small.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any, Generic, TypeVar


class SingleFlightCache:
    """
    Keeps what was asked for last, within a number of bytes; safe to share between threads.

    Two threads that ask for the same thing at the same time compute it once: the second waits for the first.

    Args:
        limit_bytes: How much to keep. A single thing larger than that is kept alone.
    """

    def __init__(self, limit_bytes: int = 128 * 1024 * 1024) -> None:
        self._limit = limit_bytes
        self._kept: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._size = 0
        self._lock = Lock()
        self._under_way: dict[Hashable, _KeyLock] = {}

    def find(self, key: Hashable, compute: Callable[[], Any], size: Callable[[Any], int]) -> Any:
        """The thing of that key, computed unless it is kept."""
        found = self._kept.get(key)
        if found is not None:
            self._touch(key)
            return found[0]
        with self._turn(key):
            found = self._kept.get(key)
            if found is None:
                found = self._keep(key, compute(), size)
        return found[0]

    def kept(self, key: Hashable) -> Any | None:
        """The thing of that key, None unless it is kept."""
        found = self._kept.get(key)
        return None if found is None else found[0]

    def is_computing(self, key: Hashable) -> bool:
        """Whether somebody computes the thing of that key, so that whoever wants it has to wait."""
        return key in self._under_way

    def _touch(self, key: Hashable) -> None:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)

    @contextmanager
    def _turn(self, key: Hashable) -> Iterator[None]:
        """Wait for whoever computes the thing of that key; the last to leave takes the lock away."""
        with self._lock:
            turn = self._under_way.setdefault(key, _KeyLock())
            turn.takers += 1
        try:
            with turn.lock:
                yield
        finally:
            with self._lock:
                turn.takers -= 1
                if not turn.takers:
                    del self._under_way[key]

    def _keep(self, key: Hashable, thing: Any, size: Callable[[Any], int]) -> tuple[Any, int]:
        found = thing, size(thing)
        with self._lock:
            self._kept[key] = found
            self._size += found[1]
            while self._size > self._limit and len(self._kept) > 1:
                self._size -= self._kept.popitem(last=False)[1][1]
        return found


class _KeyLock:
    """The lock of a key, and how many hold it or wait for it."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.takers = 0


Value = TypeVar("Value")


class BoundedCache(Generic[Value]):
    """
    The values made last, up to a total weight; the oldest go first.

    Args:
        limit: Greatest total weight.
        weight: Tells how heavy a value is; 1 each by default.
    """

    def __init__(self, limit: int, weight: Callable[[Value], int] = lambda value: 1) -> None:
        self._limit = limit
        self._weight = weight
        self._values: dict[Hashable, Value] = {}
        self._total = 0
        self._lock = threading.Lock()

    def find(self, key: Hashable) -> Value | None:
        """The value of a key, None when it was never put or is gone."""
        return self._values.get(key)

    def put(self, key: Hashable, value: Value) -> None:
        """Keep a value, at the cost of the oldest ones."""
        with self._lock:
            self._drop(key)
            self._values[key] = value
            self._total += self._weight(value)
            while self._total > self._limit:
                self._drop(next(iter(self._values)))

    def __len__(self) -> int:
        """Number of values kept."""
        return len(self._values)

    def _drop(self, key: Hashable) -> None:
        if key in self._values:
            self._total -= self._weight(self._values.pop(key))
