"""
What a vendor's API can be asked, in no vendor's words.

What the sandbox tells and needs to know of a vendor's API, in no vendor's words.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

STATUSES = (200, 201, 202, 302, 400, 401, 403, 404, 405, 412, 429, 500, 502, 503)
"""What a caller may wish to be answered."""

RESERVED = {99_000 + status: status for status in STATUSES}
"""Identifiers that are nobody's and answer with a status, for callers who cannot send headers."""


@dataclass(frozen=True)
class Operation:
    """One request that an API answers."""

    key: str
    """The one word for it in this code, in settings and in logs."""
    name: str
    """The name of the request in the Postman collection."""
    method: str
    path: str
    summary: str
    statuses: tuple[int, ...]
    """What it answers without being told to."""
    label: str
    """documented, inferred or invented"""
    source: str
    homes: tuple[str, ...] = ()
    """Further paths at which it is found."""

    @property
    def rules(self) -> tuple[str, ...]:
        """The paths as Flask writes them."""
        return tuple(path.replace("{", "<").replace("}", ">") for path in (self.path, *self.homes))


def phrase(status: int) -> str:
    """What a status is called."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return f"Status {status}"


PinCheck = Callable[[Mapping[str, Any]], Mapping[str, str]]
"""Takes the fields of a pin; tells of each that is wrong what would be right."""


@dataclass(frozen=True)
class Behavior:
    """An operation or a behavior, and how well it is known."""

    name: str
    label: str
    """documented, inferred or invented"""
    source: str


@dataclass(frozen=True)
class VendorApi:
    """One API."""

    key: str
    """The one word for it in settings and in logs."""
    operations: Mapping[str, Behavior]
    """By the key of each."""
    behaviors: tuple[Behavior, ...] = ()
    statuses: Collection[int] = ()
    """Those that it can be told to answer in its own shape."""
    pins: Mapping[str, PinCheck] = field(default_factory=dict)
    """Checks by kind of object."""
