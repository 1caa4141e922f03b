"""
Counting events of one kind by whom they happened to.

An event is one integer: who from the highest bits down, then the instant. So all events of a kind lie in one sorted
column, and counting for everybody at an instant costs one binary search.
"""

from collections.abc import Sequence

import numpy as np

from kpn_sandbox.simulation.randomness import Integers

INSTANT_BITS = 32


class Events:
    """
    Events of one kind, sorted by owner and instant, with running totals of their weights.

    Args:
        keys: Owner and instant of each event, ``(owner << INSTANT_BITS) + instant``, in any order.
        weights: Columns of which totals are asked.
        owners: Everybody to count for, in ascending order.
    """

    def __init__(self, keys: Integers, weights: Sequence[Integers], owners: Integers) -> None:
        order = np.argsort(keys) if weights else slice(None)
        self._keys = keys[order] if weights else np.sort(keys)
        self._totals = [np.concatenate(([0], np.cumsum(each[order]))) for each in weights]
        self._first = np.searchsorted(self._keys, owners << INSTANT_BITS)

    @property
    def size(self) -> int:
        """Bytes taken."""
        return int(self._keys.nbytes + self._first.nbytes + sum(total.nbytes for total in self._totals))

    def count(self, probes: Integers) -> Integers:
        """How many have happened to each owner; a probe is made like a key."""
        return np.searchsorted(self._keys, probes, side="right") - self._first

    def total(self, probes: Integers, weight: int = 0) -> Integers:
        """The sum of a weight over those that have happened to each owner."""
        totals = self._totals[weight]
        return totals[np.searchsorted(self._keys, probes, side="right")] - totals[self._first]
