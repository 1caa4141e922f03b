"""The soak run finds lost writes: none with a request log, and one where answered requests are not in it."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "soak.py"
COMMAND = [sys.executable, str(SCRIPT), "--seconds", "8", "--clients", "2"]


def test_nothing_is_lost() -> None:
    """While a worker is killed no acknowledged write is lost and no response is wrong."""
    ran = subprocess.run(COMMAND, capture_output=True, text=True)

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert re.search(r"^killed workers: 1, ", ran.stdout, re.MULTILINE)
    assert re.search(r"^comparisons: [1-9]\d*, wrong responses: 0$", ran.stdout, re.MULTILINE)
    assert re.search(r"^acknowledged writes: [1-9]\d*, lost: 0$", ran.stdout, re.MULTILINE)
    assert re.search(r"^oldest worker: [\d.]+ MB, [+-][\d.]+ MB a minute after warm-up$", ran.stdout, re.MULTILINE)


def test_what_is_missing_counts_as_lost() -> None:
    """Answered requests that are not in the request log are lost writes, and the exit status is 1."""
    ran = subprocess.run(COMMAND, capture_output=True, text=True, env={**os.environ, "KPN_SANDBOX_JOURNAL": "off"})

    assert ran.returncode == 1
    assert re.search(r"^acknowledged writes: \d+, lost: [1-9]\d*$", ran.stdout, re.MULTILINE)
    assert re.search(r"^soak-\d, request log: \[\] expected", ran.stdout, re.MULTILINE)
