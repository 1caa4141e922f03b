"""The benchmark of the first request of a day runs and prints its table."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "fresh_day.py"


def test_benchmark_prints_its_table() -> None:
    """A line for each size tells the cost of the first request and how long others waited meanwhile."""
    ran = subprocess.run([sys.executable, str(SCRIPT), "--rounds", "1"], capture_output=True, text=True, check=True)

    *rows, reference = ran.stdout.splitlines()
    first = r"first request +[\d.]+ ms CPU, standardized +[\d.]+, goal (?:12|45|180): \w+"
    others = r"health meanwhile p99 [\d.]+ ms of \d+, else [\d.]+ ms, goal 30 more: \w+"
    assert [bool(re.fullmatch(rf" +\d+ agents: {first}   {others}", line)) for line in rows] == [True] * 3
    assert reference.startswith("reference loop: ")
