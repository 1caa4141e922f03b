"""Pins: fields of one object that a tester has fixed, laid over what the center tells."""

from dataclasses import dataclass
from typing import Any

KINDS = ("agents", "queues", "trunks")
"""What can be pinned."""


@dataclass(frozen=True)
class Pin:
    """
    Fixed fields of one object.

    Args:
        kind: One of `KINDS`.
        key: The number of the object, as it stands in the path of its resource.
        fields: Values by their names on the wire.
        expires_at: The instant of the account from which it no longer holds; None holds for ever.
        reads_left: How many more answers show it; None shows it in all.
        mark: Another whenever the pin is set anew.
    """

    kind: str
    key: str
    fields: dict[str, Any]
    expires_at: float | None = None
    reads_left: int | None = None
    mark: str = ""

    def holds(self, at: float) -> bool:
        """Whether it has not expired at an instant."""
        return self.expires_at is None or at < self.expires_at
