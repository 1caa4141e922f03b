"""
The identifiers of customers: computed from a customer's index, and turned back into it.

A large center has more customers than a table of them should hold. So each numbering is arithmetic that can be undone:
numbers go up in steps that leave room for a remainder which the seed decides, or they are the index scattered over all
numbers of so many digits. A number that is not exactly the one of a customer leads nowhere.
"""

import re
from typing import Any, NamedTuple

import numpy as np

from kpn_sandbox.simulation.randomness import Integers, octets

MOST_CUSTOMERS = 10_000_000
"""Indices are below this."""

_HIGH, _LOW = 3125, 3200
"""An index is taken apart into two numbers below these, whose product is `MOST_CUSTOMERS`."""


class Area(NamedTuple):
    """A part of the Dutch numbering plan: the digits after +31, and what it is called."""

    prefix: str
    name: str


MOBILE = Area("6", "Mobile")
AREAS = (
    *(Area("20", "Amsterdam"), Area("10", "Rotterdam"), Area("70", "Den Haag"), Area("30", "Utrecht")),
    *(Area("40", "Eindhoven"), Area("50", "Groningen"), Area("13", "Tilburg"), Area("36", "Almere")),
    *(Area("76", "Breda"), Area("24", "Nijmegen"), Area("26", "Arnhem"), Area("23", "Haarlem")),
    *(Area("53", "Enschede"), Area("38", "Zwolle"), Area("43", "Maastricht")),
)
"""Areas whose numbers have two digits and seven more."""

_STEPPED = {
    "primary_key": (6_000_000, 97),
    "customer_number": (10_000, 7),
    "external_id": (30_000_000_000, 4001),
    "dashboard_id": (400_000, 13),
}
"""First number and step of the numberings that go up with the index."""

NUMBERINGS = (*_STEPPED, "entity_id", "phone")

_PHONE = re.compile(r"\+31[1-9][0-9]([0-9]{7})")
_ENTITY = re.compile(r"([0-9]{7})[0-9]{2}")
_NUMBER = re.compile(r"[1-9][0-9]{0,14}")


class CustomerNumbers:
    """The identifiers of the customers of an account, which its seed decides; indices count from 0."""

    def __init__(self, seed: str) -> None:
        drawn = np.frombuffer(octets(4 * (_HIGH + _LOW), seed, "customer numbers"), dtype="<u4").astype(np.int64)
        self._by_low, self._by_high = drawn[:_LOW] % _HIGH, drawn[_LOW:] % _LOW

    def identifiers(self, index: int) -> dict[str, str]:
        """The identifiers of a customer, by the name of the numbering."""
        mark = int(self._scattered(index))
        found = {name: str(first + step * index + mark % step) for name, (first, step) in _STEPPED.items()}
        second = int(self._scattered(mark))
        # Two check digits, as organization numbers have.
        found["entity_id"] = f"{second:07}{97 - second % 97:02}"
        prefix = _area(mark).prefix
        # Mobile numbers have one digit more; the first of it is 1 to 5.
        found["phone"] = f"+31{prefix}{1 + mark % 5 if prefix == MOBILE.prefix else ''}{mark:07}"
        return found

    def primary_key(self, index: int) -> int:
        """The identifier of a customer that is asked for most."""
        first, step = _STEPPED["primary_key"]
        return first + step * index + int(self._scattered(index)) % step

    def index(self, numbering: str, identifier: str) -> int | None:
        """
        The index of the customer with an identifier, None when there is none below `MOST_CUSTOMERS`.

        Args:
            numbering, identifier: One of `NUMBERINGS`, and the number exactly as `identifiers` has it.
        """
        found = self._candidate(numbering, identifier)
        if found is None or self.identifiers(found)[numbering] != identifier:
            return None
        return found

    def areas(self, indices: Integers) -> Integers:
        """The area of each customer: a position in `AREAS`, or -1 for a mobile number."""
        found: Integers = _area_position(self._scattered(indices))
        return found

    def area(self, index: int) -> Area:
        """The area of a customer's phone number."""
        return _area(self._scattered(index))

    def _candidate(self, numbering: str, identifier: str) -> int | None:
        """The only customer who may have an identifier."""
        if numbering in _STEPPED:
            if not _NUMBER.fullmatch(identifier):
                return None
            first, step = _STEPPED[numbering]
            index = (int(identifier) - first) // step
            return index if 0 <= index < MOST_CUSTOMERS else None
        if numbering == "phone":
            match = _PHONE.fullmatch(identifier)
            return self._gathered(int(match[1])) if match else None
        match = _ENTITY.fullmatch(identifier)
        return self._gathered(self._gathered(int(match[1]))) if match else None

    def _scattered(self, index: Any) -> Any:
        """A number below `MOST_CUSTOMERS` for an index or for each of many, another one for another index."""
        # Two rounds of a Feistel network whose halves are unequal: each moves one half by what the other half says.
        high, low = divmod(index, _LOW)
        high = (high + self._by_low[low]) % _HIGH
        low = (low + self._by_high[high]) % _LOW
        return high * _LOW + low

    def _gathered(self, mark: int) -> int:
        """The index that is scattered to a number."""
        high, low = divmod(mark, _LOW)
        low = (low - int(self._by_high[high])) % _LOW
        high = (high - int(self._by_low[low])) % _HIGH
        return high * _LOW + low


def _area_position(mark: Any) -> Any:
    """The position in `AREAS` of a number or of each of many, -1 where the phone is a mobile one."""
    return np.where(mark // 100 % 2, -1, mark // 200 % len(AREAS))


def _area(mark: int) -> Area:
    position = int(_area_position(mark))
    return MOBILE if position < 0 else AREAS[position]
