"""
Checks of profile values; each takes a field name and a JSON value and gives the value to keep.

They refuse with `InvalidProfile`, which says what would be right.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from math import inf
from typing import Any

from kpn_sandbox.simulation.errors import InvalidProfile

Check = Callable[[str, Any], Any]

UNLIMITED = "unlimited"
"""The JSON of infinity, which JSON has no number for; null is taken, it stands for what nobody has said."""

_READING = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00")


def whole(low: int, high: int) -> Check:
    """A whole number in a range, bounds included."""

    def check(name: str, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise InvalidProfile(name, value, f"a whole number from {low} to {high}")
        return value

    return check


def number(low: float, high: float) -> Check:
    """A number in a range, bounds included."""

    def check(name: str, value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
            raise InvalidProfile(name, value, f"a number from {low} to {high}")
        return value

    return check


def text(shortest: int, longest: int) -> Check:
    """A text of a certain length."""

    def check(name: str, value: Any) -> str:
        if not isinstance(value, str) or not shortest <= len(value) <= longest or not value.isprintable():
            raise InvalidProfile(name, value, f"a printable text of {shortest} to {longest} characters")
        return value

    return check


def choice(*allowed: str) -> Check:
    """One of some words."""

    def check(name: str, value: Any) -> str:
        if not isinstance(value, str) or value not in allowed:
            raise InvalidProfile(name, value, f"one of {', '.join(allowed)}")
        return value

    return check


def number_or_unlimited(low: float, high: float) -> Check:
    """A number in a range, or the word for a number above all others."""
    limited = number(low, high)

    def check(name: str, value: Any) -> float:
        if value == UNLIMITED:
            return inf
        try:
            return float(limited(name, value))
        except InvalidProfile as error:
            raise InvalidProfile(name, value, f"{error.allowed}, or {UNLIMITED}") from None

    return check


def truth(name: str, value: Any) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise InvalidProfile(name, value, "true or false")
    return value


def clock_reading(name: str, value: Any) -> str:
    """A reading of the wall clock."""
    if not isinstance(value, str) or not _READING.fullmatch(value):
        raise InvalidProfile(name, value, "a time of day from 00:00 to 24:00")
    return value


def opening(name: str, value: Any) -> str:
    """Opening hours: all day or from one reading of the wall clock to a later one."""
    if value == "24x7":
        return "24x7"
    start, _, end = value.partition("-") if isinstance(value, str) else ("", "", "")
    if not (_READING.fullmatch(start) and _READING.fullmatch(end) and minutes(start) < minutes(end)):
        raise InvalidProfile(name, value, "24x7 or opening hours such as 08:00-20:00")
    return str(value)


def list_of(fewest: int, most: int, inner: Check) -> Check:
    """A list of entries, kept as a tuple."""

    def check(name: str, value: Any) -> tuple[Any, ...]:
        if not isinstance(value, (list, tuple)) or not fewest <= len(value) <= most:
            raise InvalidProfile(name, value, f"a list of {fewest} to {most} entries")
        return tuple(inner(f"{name}[{position}]", item) for position, item in enumerate(value))

    return check


def count_or_list(fewest: int, most: int, inner: Check) -> Check:
    """A count, or a list of entries."""
    counted, listed = whole(fewest, most), list_of(fewest, most, inner)

    def check(name: str, value: Any) -> Any:
        if isinstance(value, (list, tuple)):
            return listed(name, value)
        try:
            return counted(name, value)
        except InvalidProfile:
            raise InvalidProfile(name, value, f"a whole number from {fewest} to {most}, or a list") from None

    return check


def entry(name: str, value: Any, inner: Mapping[str, Check], required: Iterable[str] = ()) -> dict[str, Any]:
    """The checked fields of an object inside a list."""
    if not isinstance(value, Mapping):
        raise InvalidProfile(name, value, f"an object with {', '.join(inner)}")
    known(value, inner, f"a field of {name}")
    for key in required:
        if key not in value:
            raise InvalidProfile(f"{name}.{key}", None, "given")
    return {key: inner[key](f"{name}.{key}", item) for key, item in value.items()}


def known(value: Mapping[str, Any], allowed: Iterable[str], what: str) -> None:
    """Refuse names that are not in a list."""
    for key in value:
        if key not in allowed:
            raise InvalidProfile(str(key), value[key], f"{what}: one of {', '.join(allowed)}")


def minutes(reading: str) -> int:
    """Minutes past midnight of a clock reading."""
    hours, _, rest = reading.partition(":")
    return int(hours) * 60 + int(rest)
