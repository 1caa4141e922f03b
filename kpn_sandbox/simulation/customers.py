"""
The customers of a center, found by whatever a system knows of them, and their latest calls.

A center has customers in proportion to its calls, each with a number in every numbering. They are made when they are
needed and the latest ones kept: naming all of them takes longer than everything that is computed of a day.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

import numpy as np

from kpn_sandbox.simulation.calendar import CalendarDay
from kpn_sandbox.simulation.center import Center
from kpn_sandbox.simulation.day_index import FIRST_LOGIN, FIRST_NUMBER
from kpn_sandbox.simulation.facts import CustomerFact
from kpn_sandbox.simulation.history import ATTRIBUTIONS, CALL_STATES, ENDED, TALKING, WAITING, CallerCounts, History
from kpn_sandbox.simulation.identifiers import AREAS, MOBILE
from kpn_sandbox.simulation.names import CenterNames

DAYS_BACK = 28
"""Older calls are not shown."""

MOST_CALLS = 1_500_000
"""No day before so many calls is looked at: those of 28 days at 1,000 agents, and of a week at 5,000."""

_FILLING = re.compile(r"[\s().-]+")
_NATIONAL = re.compile(r"0[1-9][0-9]{8}")
_WITHOUT_PLUS = re.compile(r"31[1-9][0-9]{8}")


class ContactFact(NamedTuple):
    """A call of a customer as far as it has gone; instants are epoch seconds."""

    number: str
    """A stable, unique id of the call."""
    arrived_at: float
    queue: int
    queue_name: str
    agent: int | None
    """The login id of the agent who answered; None when nobody did."""
    agent_name: str | None
    state: str
    """One of `history.CALL_STATES`."""
    state_since: float
    wait_seconds: int
    """Until the call was answered or lost, or until now."""
    talk_seconds: int | None
    """None when nobody answered."""
    attribution: str


class Customers(NamedTuple):
    """The customers of a center, counted from 0; those who call most often come first."""

    names: CenterNames
    total: int

    def customer(self, index: int) -> CustomerFact:
        """The customer at an index from 0."""
        return _customer(self.names, index)

    def find(self, identifier: str, numberings: Sequence[str]) -> int | None:
        """
        The index of the customer with an identifier, None when no customer has it.

        Args:
            identifier: A number; a phone number with or without spaces, international or national.
            numberings: The keys of `CustomerFact.identifiers` to look at, in order; the first match counts.
        """
        text = identifier.strip()
        for numbering in numberings:
            number = normalize_phone(text) if numbering == "phone" else text
            found = self.names.customer_numbers.index(numbering, number)
            if found is not None and found < self.total:
                return found
        return None

    def calls_by_area(self, callers: CallerCounts) -> dict[str, int]:
        """The calls from each area that customers called from."""
        position = self.names.customer_numbers.areas(callers.customer)
        calls = [int(callers.count[position == each].sum()) for each in range(-1, len(AREAS))]
        return {area.name: number for area, number in zip((MOBILE, *AREAS), calls, strict=True) if number}


# The latest customers of all centers: a page of each of several lists, some 8 MB.
@lru_cache(maxsize=8192)
def _customer(names: CenterNames, index: int) -> CustomerFact:
    return names.customer(index)


def normalize_phone(text: str) -> str:
    """A phone number as E.164 has it; a national one is Dutch."""
    number = _FILLING.sub("", text.replace("(0)", ""))
    if number.startswith("00"):
        return f"+{number[2:]}"
    if _NATIONAL.fullmatch(number):
        return f"+31{number[1:]}"
    # A plus sign that nobody escaped in a URL arrives as a space.
    return f"+{number}" if _WITHOUT_PLUS.fullmatch(number) else number


def customers_of(center: Center, at: float) -> Customers:
    """
    The customers of a center.

    Args:
        center, at: The center, and the instant at which they have their names, epoch seconds.
    """
    return Customers(center.names(at), center.customer_count(at))


def contacts(history: History, center: Center, customer: int, at: float, *, most: int) -> list[ContactFact]:
    """
    The latest calls of a customer, the newest first; none older than `DAYS_BACK` days.

    Args:
        history, center: The cache of days by customer, and the center.
        customer, most: The customer from 0, and how many calls at most.
        at: The instant up to which calls are known, in epoch seconds.
    """
    return list(islice(_backwards(history, center, customer, at), most))


def _backwards(history: History, center: Center, customer: int, at: float) -> Iterator[ContactFact]:
    seen = 0
    for day, everybody in history.latest_days(center, at, DAYS_BACK):
        calls = everybody.of(customer)
        instant = min(day.offset(at), day.length)
        states = calls.states(instant).tolist()
        for place in np.argsort(-calls.arrival, kind="stable").tolist():
            yield _contact(center, day, instant, (states[place], *calls.row(place)))
        seen += len(everybody.customer)
        if seen > MOST_CALLS:
            return


def _contact(center: Center, day: CalendarDay, instant: int, call: tuple[int, ...]) -> ContactFact:
    """The contact of a call, given by its state and its columns, when its day has come so far."""
    state, queue, arrival, answer, end, agent, _, attribution = call
    arrived_at = day.starts_at + arrival / 1000
    answered = state in (TALKING, ENDED)
    left = min(end, instant)
    return ContactFact(
        number=f"C{day.date:%Y%m%d}-{FIRST_NUMBER + queue}-{arrival:08d}",
        arrived_at=arrived_at,
        queue=FIRST_NUMBER + queue,
        queue_name=center.queue_name(queue, arrived_at),
        agent=FIRST_LOGIN + agent if answered else None,
        agent_name=center.names(arrived_at).agent_name(agent) if answered else None,
        state=CALL_STATES[state],
        state_since=day.starts_at + {WAITING: arrival, TALKING: answer}.get(state, end) / 1000,
        wait_seconds=((answer if answered else left) - arrival) // 1000,
        talk_seconds=(left - answer) // 1000 if answered else None,
        attribution=ATTRIBUTIONS[attribution],
    )
