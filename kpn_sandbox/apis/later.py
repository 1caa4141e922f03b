"""
Parts that are made when somebody first needs them.

Most starts are asked for one vendor only, and to import and make what the others need would be a third of a start.
"""

from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

Part = TypeVar("Part")


class Later(Generic[Part]):
    """
    A part that is made once, at the first call.

    Args:
        make: Imports what it needs and makes the part; those who ask at the same time wait for one making.
    """

    def __init__(self, make: Callable[[], Part]) -> None:
        self._make = make
        self._made: list[Part] = []
        self._lock = Lock()

    def __call__(self) -> Part:
        """The part."""
        if not self._made:
            with self._lock:
                if not self._made:
                    self._made.append(self._make())
        return self._made[0]
