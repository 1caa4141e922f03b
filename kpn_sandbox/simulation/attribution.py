"""
What led callers to the center: the page, the advertisement or the letter that the number stood in.

Each call has its own, whoever calls: people find a number in one way today and in another tomorrow.
"""

import numpy as np

from kpn_sandbox.simulation.calendar import CalendarDay
from kpn_sandbox.simulation.randomness import Integers, octets

SHARES = (
    ("Direct", 82),
    ("Google SEO", 63),
    ("Google Ads", 38),
    ("Referrer/www.kpn.com", 27),
    ("Bing SEO", 16),
    ("E-mail", 13),
    ("Facebook", 10),
    ("Offline/Brief", 7),
)
"""Names and their shares of 256."""

ATTRIBUTIONS = tuple(name for name, _ in SHARES)
_BY_OCTET = np.repeat(np.arange(len(SHARES), dtype="u1"), [share for _, share in SHARES])


def attributions(seed: str, day: CalendarDay, queue: int, count: int) -> Integers:
    """
    What led the callers of a queue to the center.

    Args:
        seed: The seed of the account.
        day: The day.
        queue: The queue, from 0.
        count: How many calls it has, in order of arrival.

    Returns:
        An index of `ATTRIBUTIONS` for each call.
    """
    drawn = np.frombuffer(octets(count, seed, day.date, "attribution", queue), dtype="u1")
    found: Integers = _BY_OCTET[drawn]
    return found
