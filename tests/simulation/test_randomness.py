"""The shipped quantile tables are what their formulas say."""

import itertools
import json
from fractions import Fraction
from math import sqrt

import pytest

from tests.simulation import quantile_tables
from tests.simulation.quantile_tables import CELLS, FILE, SCALE

SHIPPED: dict[str, list[int]] = json.loads(FILE.read_text(encoding="ascii"))

# Name, expected coefficient of variation, and how far linear interpolation may take it from that.
SHAPES = [
    ("exponential", 1.0, 0.0003),
    ("lognormal_cv_1", 1.0, 0.001),
    ("lognormal_cv_0.7", 0.7, 0.0003),
    ("lognormal_cv_0.1", 0.1, 0.00001),
    ("lognormal_cv_0.05", 0.05, 0.00001),
]


def moment_of_cells(entries: list[int], power: int) -> Fraction:
    """Mean of the first or second power under linear interpolation, in units of the table's mean."""
    pairs = list(itertools.pairwise(entries))
    if power == 1:
        return Fraction(sum(low + high for low, high in pairs), 2 * CELLS * SCALE)
    return Fraction(sum(low * low + low * high + high * high for low, high in pairs), 3 * CELLS * SCALE**2)


@pytest.mark.slow
def test_tables_are_rebuilt_to_the_same_bytes() -> None:
    """The shipped file is exactly what the builder writes."""
    rebuilt = quantile_tables.text(quantile_tables.tables())

    assert rebuilt == FILE.read_text(encoding="ascii")


def test_tables_are_those_the_simulation_draws_from() -> None:
    """There is one table for each shape, and each has one entry more than it has cells."""
    sizes = {name: len(entries) for name, entries in SHIPPED.items()}

    assert sizes == {name: CELLS + 1 for name, _, _ in SHAPES}


@pytest.mark.parametrize("name", SHIPPED)
def test_entries_rise(name: str) -> None:
    """A larger random number never means a shorter duration, and no duration is negative."""
    entries = SHIPPED[name]

    assert entries[0] >= 0
    assert entries == sorted(entries)


@pytest.mark.parametrize("name", SHIPPED)
def test_mean_is_one(name: str) -> None:
    """Interpolated over all cells, a table has the mean 1 within eight parts in 100,000."""
    mean = moment_of_cells(SHIPPED[name], 1)

    assert abs(mean - 1) < Fraction(8, 100_000)


@pytest.mark.parametrize(("name", "cv", "tolerance"), SHAPES)
def test_variation_is_as_named(name: str, cv: float, tolerance: float) -> None:
    """Interpolated over all cells, a table varies as much as its name says."""
    mean, square = moment_of_cells(SHIPPED[name], 1), moment_of_cells(SHIPPED[name], 2)

    assert sqrt(square / mean**2 - 1) == pytest.approx(cv, abs=tolerance)
