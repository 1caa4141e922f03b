"""
Everything the center can refuse.

    SimulationError
        InvalidProfile      a setting of the center is wrong: which, what it was, what would be right
        UnknownScenario     no scenario of that name
        InstantOutOfRange   before 2000 or after 2100
        PeriodTooLong       more days than are told at a time
        NotFound            nobody and nothing has that number
            UnknownAgent
            UnknownQueue
            UnknownTrunk
"""

from collections.abc import Sequence
from typing import Any


class SimulationError(Exception):
    """The base of all refusals of the center."""


class InvalidProfile(SimulationError):
    """
    A setting of the center is not what it may be.

    Args:
        field: Where it stands.
        value: What stands there.
        allowed: What would be right.
        further: Other settings that are wrong, too.
    """

    def __init__(self, field: str, value: Any, allowed: str, further: Sequence["InvalidProfile"] = ()) -> None:
        super().__init__(f"{field} must be {allowed}, not {value!r}")
        self.field = field
        self.value = value
        self.allowed = allowed
        self.further = tuple(further)

    @property
    def all(self) -> tuple["InvalidProfile", ...]:
        """This one and the further ones."""
        return self, *self.further


class UnknownScenario(SimulationError):
    """There is no scenario of that name."""

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        super().__init__(f"scenario must be one of {', '.join(known)}, not {name!r}")
        self.name = name
        self.known = known


class InstantOutOfRange(SimulationError):
    """The center exists on the dates from 2000 to 2100 only."""

    def __init__(self, at: float) -> None:
        super().__init__("instant must be from 2000-01-01 to 2100-12-31 in Europe/Amsterdam")
        self.at = at


class PeriodTooLong(SimulationError):
    """A period of more days than are told at a time."""

    def __init__(self, days: int, most: int) -> None:
        super().__init__(f"period must be at most {most} days, not {days}")
        self.days = days
        self.most = most


class ObjectNotFound(SimulationError):
    """Nobody and nothing in the center has that number."""

    kind = "Object"

    def __init__(self, number: int) -> None:
        super().__init__(f"{self.kind} {number} not found")
        self.number = number


class UnknownAgent(ObjectNotFound):
    """No agent has that login id."""

    kind = "Agent"


class UnknownQueue(ObjectNotFound):
    """No queue has that number."""

    kind = "Queue"


class UnknownTrunk(ObjectNotFound):
    """No trunk has that number."""

    kind = "Trunk"
