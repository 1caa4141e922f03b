"""The benchmark of the accounts' state runs and prints its measurements."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "account_check.py"


def test_benchmark_prints_its_table() -> None:
    """One round prints the share of the check and the cost of each change that has a target."""
    command = [sys.executable, str(SCRIPT), "--rounds", "1"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout

    share, entry, *changes = printed.splitlines()
    line = r"a request [\d.]+ us, [\d.]+ us of it the application, its check [\d.]+ us: [\d.]+% \(target 5%: \w+\)"
    assert re.fullmatch(line, share)
    assert re.fullmatch(r"an entry of the request log [\d.]+ us", entry)
    assert len([line for line in changes if re.fullmatch(r"[a-z ]+ [\d.]+ ms \(target \d+ ms: \w+\)", line)]) == 3
    judged = [line for line in changes if re.search(r" ms of CPU, standardized [\d.]+, goal [\d.]+: \w+$", line)]
    assert [line.partition(" ms of CPU")[0].rstrip(" .0123456789") for line in judged] == [
        "a token, within the process",
        "a pin, over the wire",
    ]
