"""What is kept in the process so that it need not be computed twice, and how it stays small."""

import threading
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Recent(Generic[Value]):
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
