"""The benchmark of history runs."""

import sys
from pathlib import Path
from subprocess import run

import pytest

pytestmark = pytest.mark.slow

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "history.py"


def test_the_table_has_a_line_for_each_center():
    """The table contains the cost of 28 days, computed and cached."""
    command = [sys.executable, str(SCRIPT), "--rounds", "1", "--most-agents", "50"]

    ran = run(command, capture_output=True, text=True, timeout=120)

    assert (ran.returncode, ran.stderr) == (0, "")
    assert [line.split()[0] for line in ran.stdout.splitlines()] == ["agents", "50"]
