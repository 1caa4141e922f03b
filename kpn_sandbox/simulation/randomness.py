"""
Chance that repeats: SHAKE-128 streams and integer quantile tables.

A stream is named by what it is for (seed, date, purpose, stable id), never by a position in another stream, so a new
queue or a new draw leaves all other streams as they were. SHAKE-128 is an extendable-output function: a shorter output
is a prefix of a longer one, so call number n owns the same words on a quiet day and on a busy one.

Everything is integer arithmetic. NumPy's floating point logarithms differ in their last bit between levels of SIMD
support, and its distributions may change with any release.

Source:
    NIST FIPS 202 for SHAKE-128; NumPy issues 22904 and 23523 and NEP 19 for what NumPy does not promise.
"""

import hashlib
import json
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kpn_sandbox.packaged_files import packaged_bytes

ENGINE_VERSION = 2
"""Changes whenever the same seed and configuration begin to give other calls."""

UNIT_BITS = 20
UNIT = 1 << UNIT_BITS
"""The mean of every quantile table."""

WORDS = 1 << 32

Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]


def octets(count: int, seed: str, *name: object) -> bytes:
    """
    The first octets of a named stream.

    Args:
        count, seed: How many octets, and the account's seed; any text.
        name: What the stream is for, from the general to the special; the last part is a stable id.
    """
    # The length before each part keeps ("a", "bc") and ("ab", "c") apart.
    parts = (f"kpn_sandbox {ENGINE_VERSION}", seed, *map(str, name))
    key = "".join(f"{len(part)}:{part}" for part in parts)
    return hashlib.shake_128(key.encode("utf-8", "surrogatepass")).digest(count)


def words(count: int, seed: str, *name: object) -> Integers:
    """
    The first words of a named stream, integers from 0 to 2**32 - 1.

    Args:
        count, seed, name: How many words, and the stream as for `octets`.
    """
    # The byte order is written down, or big-endian machines would draw other numbers.
    return np.frombuffer(octets(4 * count, seed, *name), dtype="<u4").astype(np.int64)


def variates(shape: str, drawn: Integers, mean: Integers | int) -> Integers:
    """
    Turn words into values of a distribution.

    Args:
        shape, drawn: The name of a quantile table, and words of a stream.
        mean: The mean of the distribution, one for all or one each.

    Returns:
        Integers in the unit of the mean, interpolated in the table and rounded down.
    """
    table = quantiles(shape)
    # The upper 12 bits of a word choose one of 4,096 cells, the lower 20 bits interpolate in it.
    cell = drawn >> UNIT_BITS
    low = table[cell]
    value: Integers = low + ((table[cell + 1] - low) * (drawn & (UNIT - 1)) >> UNIT_BITS)
    return value * mean >> UNIT_BITS


def quantiles(shape: str) -> Integers:
    """A quantile table by its name, ``exponential`` or ``lognormal_cv_1`` and so on: 4,097 integers with mean 2**20."""
    return _tables()[shape]


@cache
def _tables() -> dict[str, Integers]:
    tables: dict[str, list[int]] = json.loads(packaged_bytes(Path(__file__).with_name("quantiles.json")))
    return {name: np.array(table, dtype=np.int64) for name, table in tables.items()}
