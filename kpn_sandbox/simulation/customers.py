"""
The customers of a center, found by whatever somebody knows of them.

The names are made when they are first needed: a thousand of them take longer than all that is computed of a day.

When a customer was in contact with the center last: his calls, the newest first.
"""

import re
from collections.abc import Iterator
from functools import cached_property, lru_cache
from itertools import islice
from typing import NamedTuple

import numpy as np

from kpn_sandbox.simulation.arrivals import CUSTOMERS
from kpn_sandbox.simulation.attribution import ATTRIBUTIONS
from kpn_sandbox.simulation.calendar import CalendarDay
from kpn_sandbox.simulation.center import Center
from kpn_sandbox.simulation.day_index import FIRST_LOGIN, FIRST_NUMBER
from kpn_sandbox.simulation.facts import CustomerFact
from kpn_sandbox.simulation.history import CALL_STATES, ENDED, TALKING, CallsByCustomer, History
from kpn_sandbox.simulation.names import CenterNames

IDENTIFIERS = ("primary_key", "entity_id", "customer_number", "phone", "external_id")
"""The identifiers of a customer in the order in which they are tried."""

_FILLING = re.compile(r"[\s().-]+")
_NATIONAL = re.compile(r"0[1-9][0-9]{8}")
_WITHOUT_PLUS = re.compile(r"31[1-9][0-9]{8}")


class Customers:
    """
    All customers of a center.

    Args:
        cast: Who they are.
    """

    def __init__(self, cast: CenterNames) -> None:
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
            identifier: Of any of `IDENTIFIERS`; a phone number with or without spaces, international or national.

        Returns:
            None when nobody has it.
        """
        text = identifier.strip()
        for kind in IDENTIFIERS:
            found = self._indices[kind].get(normalize_phone(text) if kind == "phone" else text)
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
        return {
            kind: {str(getattr(fact, kind)): index for index, fact in enumerate(self._facts)} for kind in IDENTIFIERS
        }

    @cached_property
    def _by_kaisa(self) -> dict[int, int]:
        return {fact.kaisa_customer_id: index for index, fact in enumerate(self._facts)}


def normalize_phone(text: str) -> str:
    """A phone number as E.164 has it; a national one is Dutch."""
    number = _FILLING.sub("", text.replace("(0)", ""))
    if number.startswith("00"):
        return f"+{number[2:]}"
    if _NATIONAL.fullmatch(number):
        return f"+31{number[1:]}"
    # A plus sign that nobody escaped in a URL arrives as a space.
    return f"+{number}" if _WITHOUT_PLUS.fullmatch(number) else number


@lru_cache(maxsize=64)
def customers_of(cast: CenterNames) -> Customers:
    """The customers of a cast; kept, because naming them takes long."""
    return Customers(cast)


DAYS_BACK = 28
"""Older calls are not told."""


class ContactFact(NamedTuple):
    """A call of a customer as far as it has gone; instants are epoch seconds."""

    number: str
    """The same for ever, and no other call's."""
    arrived_at: float
    queue: int
    queue_name: str
    agent: int | None
    agent_name: str | None
    state: str
    """One of `CALL_STATES`."""
    state_since: float
    wait_seconds: int
    """Until it was answered or lost, or until now."""
    talk_seconds: int | None
    """None when nobody answered."""
    attribution: str


def contacts(history: History, center: Center, customer: int, at: float, most: int) -> list[ContactFact]:
    """
    The latest calls of a customer.

    Args:
        history: Where the calls of days are kept.
        center: The center.
        customer: The customer, from 0.
        at: The instant up to which calls are told; epoch seconds.
        most: How many at most.
    """
    return list(islice(_backwards(history, center, customer, at), most))


def _backwards(history: History, center: Center, customer: int, at: float) -> Iterator[ContactFact]:
    for day, whole in history.logs(center, at, DAYS_BACK):
        log = whole.of(customer)
        instant = min(day.offset(at), day.length)
        fates = log.fates(instant).tolist()
        for place in np.argsort(-log.arrival, kind="stable").tolist():
            yield _fact(center, day, log, place, fates[place], instant)


def _fact(center: Center, day: CalendarDay, log: CallsByCustomer, place: int, fate: int, instant: int) -> ContactFact:
    arrival, answer, end, queue = (int(each[place]) for each in (log.arrival, log.answer, log.end, log.queue))
    arrived_at = day.starts_at + arrival / 1000
    taken = fate in (TALKING, ENDED)
    over = min(end, instant)
    waited = answer if taken else over
    since = {TALKING: answer, 0: arrival}.get(fate, end)
    agent = int(log.agent[place]) if taken else None
    return ContactFact(
        number=f"C{day.date:%Y%m%d}-{FIRST_NUMBER + queue}-{arrival:08d}",
        arrived_at=arrived_at,
        queue=FIRST_NUMBER + queue,
        queue_name=center.queue_name(queue, arrived_at),
        agent=None if agent is None else FIRST_LOGIN + agent,
        agent_name=None if agent is None else center.names(arrived_at).agent_name(agent),
        state=CALL_STATES[fate],
        state_since=day.starts_at + since / 1000,
        wait_seconds=(waited - arrival) // 1000,
        talk_seconds=(over - answer) // 1000 if taken else None,
        attribution=ATTRIBUTIONS[int(log.attribution[place])],
    )
