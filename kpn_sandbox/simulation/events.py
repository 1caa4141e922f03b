"""
Events of one kind, counted by their owners: agents or queues.

An event is one integer: its owner from the highest bits down, then the instant. So all events of a kind lie in one
sorted column, and counting for all owners at an instant costs one binary search.
"""

from collections.abc import Sequence

import numpy as np

from kpn_sandbox.simulation.randomness import Integers

INSTANT_BITS = 27
"""The bits of a key that hold the instant; a day has 90,000,000 milliseconds at most."""

_MOST_NARROW = 1 << 31


def owners_of(count: int) -> Integers:
    """Return owners from 0 on, in a type that is just wide enough for their keys."""
    return np.arange(count, dtype="i4" if count << INSTANT_BITS <= _MOST_NARROW else "i8")


class Events:
    """
    Events of one kind, sorted by owner and instant, with running totals of their weights.

    Args:
        keys: Owner and instant of each event, ``(owner << INSTANT_BITS) + instant``, in any order.
        weights: Columns whose totals are wanted, in the order of the keys.
        owners: The owners to count for, in ascending order; their type is that of the keys that are kept, and should
            be that of probes, too.
    """

    def __init__(self, keys: Integers, weights: Sequence[Integers], owners: Integers) -> None:
        # Sorting without an order to keep is several times faster, and most kinds have no weights.
        order = np.argsort(keys) if weights else slice(None)
        self._keys = (keys[order] if weights else np.sort(keys)).astype(owners.dtype)
        self._totals = [_narrow(np.concatenate(([0], np.cumsum(each[order])))) for each in weights]
        self._first = np.searchsorted(self._keys, owners << INSTANT_BITS)

    @property
    def size(self) -> int:
        """Bytes in memory."""
        return int(self._keys.nbytes + self._first.nbytes + sum(total.nbytes for total in self._totals))

    def count(self, probes: Integers) -> Integers:
        """Count the events of each owner, given a key for each with the instant up to which events count."""
        return np.searchsorted(self._keys, probes, side="right") - self._first

    def total(self, probes: Integers, weight: int = 0) -> Integers:
        """
        Add up a weight over the events of each owner.

        Args:
            probes, weight: The keys as for `count`, and the position of the weight.
        """
        totals = self._totals[weight]
        return totals[np.searchsorted(self._keys, probes, side="right")] - totals[self._first]


def _narrow(totals: Integers) -> Integers:
    """Return running totals in 32 bits if they fit."""
    return totals.astype("i4") if totals[-1] < _MOST_NARROW else totals
