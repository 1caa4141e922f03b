"""
The errors of the center, with their facts as attributes; the text of an answer is made by the API that sends it.

    SimulationError
        InvalidProfile      a setting of the center is wrong: which, what it was, what would be right
        UnknownScenario     no scenario has that name
        InstantOutOfRange   an instant before 2000 or after 2100
        DateOutOfRange      a date before 2000 or after 2100
        PeriodTooLong       more days than are computed at a time
        ObjectNotFound      no object has that number
            UnknownAgent
            UnknownQueue
            UnknownTrunk
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from kpn_sandbox.validation import invalid_value_message


class SimulationError(Exception):
    """The base of all errors of the center; its message is for logs and tracebacks."""


class InvalidProfile(SimulationError):
    """
    A setting of the center is not what it may be; `allowed` reads after "must be".

    Further settings that are wrong, too, may come with the first one.
    """

    def __init__(self, field: str, value: Any, allowed: str, further: Sequence["InvalidProfile"] = ()) -> None:
        super().__init__(invalid_value_message(field, value, allowed))
        self.field, self.value, self.allowed = field, value, allowed
        self.further = tuple(further)

    @property
    def all(self) -> tuple["InvalidProfile", ...]:
        """This error and the further ones."""
        return self, *self.further


class UnknownScenario(SimulationError):
    """No scenario has that name; `known` are the names that there are."""

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        super().__init__(invalid_value_message("scenario", name, f"one of {', '.join(known)}"))
        self.name, self.known = name, known


class InstantOutOfRange(SimulationError):
    """An instant (epoch seconds) lies on none of the dates on which the center exists."""

    def __init__(self, at: float, first: date, last: date) -> None:
        super().__init__(f"instant must be from {first} to {last} in Europe/Amsterdam")
        self.at, self.first, self.last = at, first, last


class DateOutOfRange(SimulationError):
    """A date is none of those on which the center exists."""

    def __init__(self, day: date, first: date, last: date) -> None:
        super().__init__(f"date must be from {first} to {last}, not {day}")
        self.day, self.first, self.last = day, first, last


class PeriodTooLong(SimulationError):
    """A period has more days than are computed at a time."""

    def __init__(self, days: int, most: int) -> None:
        super().__init__(f"period must be at most {most} days, not {days}")
        self.days, self.most = days, most


class ObjectNotFound(SimulationError):
    """No object of a kind has that number."""

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
