"""What the sandbox tells and needs to know of a vendor's API, in no vendor's words."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

PinCheck = Callable[[Mapping[str, Any]], Mapping[str, str]]
"""Takes the fields of a pin; tells of each that is wrong what would be right."""


@dataclass(frozen=True)
class Known:
    """An operation or a behavior, and how well it is known."""

    name: str
    label: str
    """documented, inferred or invented"""
    source: str


@dataclass(frozen=True)
class Face:
    """One API."""

    key: str
    """The one word for it in settings and in logs."""
    operations: Mapping[str, Known]
    """By the key of each."""
    behaviors: tuple[Known, ...] = ()
    statuses: Collection[int] = ()
    """Those that it can be told to answer in its own shape."""
    pins: Mapping[str, PinCheck] = field(default_factory=dict)
    """Checks by kind of object."""
