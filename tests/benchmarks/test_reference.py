"""The reference loop makes CPU times comparable."""

import sys
from pathlib import Path

import pytest

FILE = Path(__file__).parents[2] / "benchmarks" / "reference.py"


@pytest.fixture
def reference(monkeypatch):
    """The module of the reference loop."""
    monkeypatch.syspath_prepend(str(FILE.parent))
    yield __import__("reference")
    sys.modules.pop("reference")


def test_figures_are_judged_as_on_the_standard_machine(reference):
    """On a machine on which the loop takes twice as long, the same work may take twice as long."""
    loop = reference.Reference()
    loop.seconds = 2 * reference.STANDARD

    assert loop.standardized(0.3) == 0.15
    assert (loop.judge(0.3, 0.15), loop.judge(0.31, 0.15)) == ("reached", "MISSED")


def test_the_lowest_time_of_the_loop_counts(reference):
    """Rounds that were disturbed do not make figures look better."""
    loop = reference.Reference()
    loop.measure()
    loop.seconds = first = min(loop.seconds, 1e-9)

    loop.measure()

    assert loop.seconds == first
