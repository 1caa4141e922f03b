"""
The dispositions of conversations: how an agent or the center notes that each of them ended.

A disposition comes from a stream of its own; only a call that was transferred is noted as such, whatever is drawn.

Source:
    Most names are those in the published sample of a supervisor's statistics API; the others, and how often each
    occurs, are assumed.
"""

from typing import NamedTuple

import numpy as np

from kpn_sandbox.simulation.calendar import CalendarDay
from kpn_sandbox.simulation.day_trace import ANSWERED, CallTable, OutboundTable
from kpn_sandbox.simulation.names import words_of
from kpn_sandbox.simulation.randomness import WORDS, Integers, words


class Disposition(NamedTuple):
    """One way in which a conversation can end."""

    name: str
    selectable: bool
    """Whether agents choose it; the center notes the others."""
    inbound: int
    """How many of a thousand answered inbound calls end so; 0 also where other rules decide."""
    outbound: int
    """How many of a thousand answered outbound calls end so."""
    uses: frozenset[str]
    """The directions it is meant for."""


DISPOSITIONS = tuple(Disposition._make((*row[:-1], frozenset(row[-1]))) for row in words_of("dispositions"))
"""All dispositions in order of their names; both columns of shares add up to 1,000."""

_CODES = {disposition.name: code for code, disposition in enumerate(DISPOSITIONS)}
CALLBACK_AGREED = _CODES["Callback agreed"]
"""
The code of conversations after which the customer is called back; three of a hundred, so that agents in the back office
have time for nearly all of them.
"""

_TRANSFERRED, _NO_ANSWER = _CODES["Transferred"], _CODES["No answer"]
_OUT_OF_SERVICE = _CODES["Phone number out of service"]
_DEAD_NUMBERS = 40
"""Of a thousand outbound calls that are not answered so many were to numbers out of service."""


def code_of(name: str) -> int | None:
    """The code of a disposition: its position in `DISPOSITIONS`; None when there is none of that name."""
    return _CODES.get(name)


def inbound_dispositions(seed: str, day: CalendarDay, calls: CallTable) -> Integers:
    """
    The dispositions of inbound calls.

    Args:
        seed, day, calls: The account's seed, the day, and its calls.

    Returns:
        A code for each call, -1 where it was not answered.
    """
    drawn = np.zeros(len(calls.queue), dtype=np.int64)
    for queue in np.flatnonzero(np.bincount(calls.queue)).tolist():
        rows = np.flatnonzero(calls.queue == queue)
        drawn[rows] = words(len(rows), seed, day.date, "dispositions", queue)
    noted = np.where(calls.transferred, _TRANSFERRED, _drawn([each.inbound for each in DISPOSITIONS], drawn))
    return np.where(calls.outcome == ANSWERED, noted, -1)


def outbound_dispositions(calls: OutboundTable) -> Integers:
    """The code of each outbound call."""
    dead = calls.draw < WORDS * _DEAD_NUMBERS // 1000
    missed = np.where(dead, _OUT_OF_SERVICE, _NO_ANSWER)
    return np.where(calls.answer >= 0, _drawn([each.outbound for each in DISPOSITIONS], calls.draw), missed)


def _drawn(shares: list[int], drawn: Integers) -> Integers:
    """Codes in their shares of a thousand, from words."""
    return np.searchsorted(np.cumsum(shares), drawn * 1000 // WORDS, side="right")
