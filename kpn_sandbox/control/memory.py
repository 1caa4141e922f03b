"""What is kept in the process so that it need not be asked or computed twice, and how it stays right and small."""

import threading
from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

Value = TypeVar("Value")


class Memory:
    """
    What was read from the database since anybody last wrote to it.

    One cheap question per request keeps it right for all threads, processes and machines. What a thread reads it puts
    into the dictionary it was given before reading: when somebody wrote meanwhile, that dictionary is already discarded
    or will be at the next question, so an old reading never outlives a write.

    Args:
        generation: Tells a number that differs when something was written.
        limit: Entries kept at most.
    """

    def __init__(self, generation: Callable[[], int], limit: int = 10_000) -> None:
        self._ask = generation
        self._limit = limit
        self._state: tuple[int, dict[Hashable, Any]] = (-1, {})

    def fresh(self) -> dict[Hashable, Any]:
        """What is known and still right; put into it what you read next."""
        generation = self._ask()
        known, entries = self._state
        if known != generation or len(entries) >= self._limit:
            entries = {}
            self._state = (generation, entries)
        return entries


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
