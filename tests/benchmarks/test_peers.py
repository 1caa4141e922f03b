"""The benchmark beside other mock servers runs and prints its table."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.skipif(shutil.which("wrk") is None, reason="the load comes from wrk")]

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "peers.py"
NAMES = ("json-server", "Prism", "Mockoon", "WireMock")


def test_peers_that_are_not_to_be_had_are_left_out(tmp_path: Path) -> None:
    """A line names each peer whose package is not there, and the table has the others."""
    for name in NAMES:
        (tmp_path / name / "node_modules").mkdir(parents=True)
    command = [sys.executable, str(SCRIPT), "--rounds", "1", "--seconds", "1", "--warm-up", "1"]
    ran = subprocess.run([*command, "--packages", str(tmp_path)], capture_output=True, text=True, check=True)

    *left_out, title, line = ran.stdout.splitlines()
    assert [text.partition(" is left out: ")[0] for text in left_out] == list(NAMES)
    assert re.fullmatch(r"CPU time of a poll of \d+ bytes, median of 1 rounds, and memory after", title)
    assert re.fullmatch(r"  kpn_sandbox +\d+ us .* MB   ratio of ours 1\.00 .*", line)
