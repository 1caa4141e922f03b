"""The benchmark of the day trace runs and prints its measurements."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

FILE = Path(__file__).parents[2] / "benchmarks" / "day_trace.py"


def test_benchmark_prints_its_table() -> None:
    """One round prints a comparison with SimPy, the reference loop, and a line that judges the center asked for."""
    command = [sys.executable, str(FILE), "--rounds", "1", "--most-agents", "50"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True, cwd=FILE.parents[1]).stdout

    comparison, reference, _, heads, figures = printed.splitlines()
    assert re.fullmatch(r"M/M/50\+M, a call: lab [\d.]+ us, SimPy [\d.]+ us, [\d.]+ times .target 10: \w+.", comparison)
    assert re.fullmatch(r"reference loop: [\d.]+ ms CPU, standard [\d.]+ ms", reference)
    assert heads.split()[1] == "calls" and len(figures.split()) == 13
    assert figures.split()[6:8] in (["10", "reached"], ["10", "MISSED"])
    assert figures.split()[0] == "50/5/2" and float(figures.split()[2]) > 0
