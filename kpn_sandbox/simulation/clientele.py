"""
The customers of a center, found by whatever somebody knows of them.

The names are made when they are first needed: a thousand of them take longer than all that is computed of a day.
"""

import re
from collections.abc import Iterator
from functools import cached_property, lru_cache

from kpn_sandbox.simulation.arrivals import CUSTOMERS
from kpn_sandbox.simulation.casting import Casting
from kpn_sandbox.simulation.facts import CustomerFact

KINDS = ("primary_key", "entity_id", "customer_number", "phone", "external_id")
"""The identifiers of a customer in the order in which they are tried."""

_FILLING = re.compile(r"[\s().-]+")
_NATIONAL = re.compile(r"0[1-9][0-9]{8}")
_WITHOUT_PLUS = re.compile(r"31[1-9][0-9]{8}")


class Clientele:
    """
    All customers of a center.

    Args:
        cast: Who they are.
    """

    def __init__(self, cast: Casting) -> None:
        self._cast = cast

    def __len__(self) -> int:
        """How many there are."""
        return CUSTOMERS

    def __iter__(self) -> Iterator[CustomerFact]:
        """All of them, in their order."""
        return iter(self._facts)

    def __getitem__(self, index: int) -> CustomerFact:
        """The customer at an index from 0."""
        return self._facts[index]

    def find(self, identifier: str) -> int | None:
        """
        The index of a customer.

        Args:
            identifier: Of any of `KINDS`; a phone number with or without spaces, international or national.

        Returns:
            None when nobody has it.
        """
        text = identifier.strip()
        for kind in KINDS:
            found = self._indices[kind].get(phone(text) if kind == "phone" else text)
            if found is not None:
                return found
        return None

    def find_kaisa(self, customer_id: int) -> int | None:
        """The index of the customer whom Kaisa knows by that id, None when there is none."""
        return self._by_kaisa.get(customer_id)

    @cached_property
    def _facts(self) -> tuple[CustomerFact, ...]:
        return tuple(self._cast.customer(index) for index in range(CUSTOMERS))

    @cached_property
    def _indices(self) -> dict[str, dict[str, int]]:
        return {kind: {str(getattr(fact, kind)): index for index, fact in enumerate(self._facts)} for kind in KINDS}

    @cached_property
    def _by_kaisa(self) -> dict[int, int]:
        return {fact.kaisa_customer_id: index for index, fact in enumerate(self._facts)}


def phone(text: str) -> str:
    """A phone number as E.164 has it; a national one is Dutch."""
    number = _FILLING.sub("", text.replace("(0)", ""))
    if number.startswith("00"):
        return f"+{number[2:]}"
    if _NATIONAL.fullmatch(number):
        return f"+31{number[1:]}"
    # A plus sign that nobody escaped in a URL arrives as a space.
    return f"+{number}" if _WITHOUT_PLUS.fullmatch(number) else number


@lru_cache(maxsize=64)
def clientele(cast: Casting) -> Clientele:
    """The customers of a cast; kept, because naming them takes long."""
    return Clientele(cast)
