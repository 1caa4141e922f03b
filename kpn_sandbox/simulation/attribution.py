"""
The attribution of calls: the page, advertisement or letter that led the caller to the center.

Each call has its own, whoever calls: people find a number in one way today and in another tomorrow.
"""

import numpy as np

from kpn_sandbox.simulation.calendar import CalendarDay
from kpn_sandbox.simulation.names import words_of
from kpn_sandbox.simulation.randomness import Integers, octets

SHARES: dict[str, int] = words_of("attributions")
"""Names and their shares of 256, so that one octet of a stream chooses one."""

ATTRIBUTIONS = tuple(SHARES)
_BY_OCTET = np.repeat(np.arange(len(SHARES), dtype="u1"), list(SHARES.values()))


def attributions(seed: str, day: CalendarDay, queue: int, count: int) -> Integers:
    """
    Draw what led the callers of a queue to the center.

    Args:
        seed, day: The account's seed, and the day.
        queue: The queue, from 0.
        count: How many calls it has, in order of arrival.

    Returns:
        A position in `ATTRIBUTIONS` for each call.
    """
    drawn = np.frombuffer(octets(count, seed, day.date, "attribution", queue), dtype="u1")
    found: Integers = _BY_OCTET[drawn]
    return found
