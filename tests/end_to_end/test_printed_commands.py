"""The commands of the documentation work as they are printed."""

import os
import re
import subprocess
import sys

import pytest

from tests.source import PROJECT
from tests.tools import tool

pytestmark = pytest.mark.slow

MANUAL = PROJECT / "README.md"
SOON = 60


def commands(title: str) -> list[str]:
    """The command lines of a section, continued lines joined."""
    section = MANUAL.read_text(encoding="utf-8").split(f"\n## {title}\n")[1].split("\n## ")[0]
    blocks = re.findall(r"```sh\n(.*?)```", section, re.DOTALL)
    return [line for block in blocks for line in block.replace("\\\n", " ").splitlines()]


def test_each_command_of_the_remote_control_works(sandbox):
    """One after the other on one sandbox, with only the program's place and the address changed."""
    tool("curl")

    for line in commands("The remote control"):
        line = line.replace(".venv/bin/kpn-sandbox", f"{sys.executable} -m kpn_sandbox")
        line = line.replace("http://127.0.0.1:8080", sandbox.url).replace("curl ", "curl -sS --fail-with-body ")
        ran = subprocess.run(
            ["sh", "-c", line],
            env={**os.environ, "KPN_SANDBOX_URL": sandbox.url},
            capture_output=True,
            text=True,
            timeout=SOON,
        )
        assert (ran.returncode, ran.stderr) == (0, ""), (line, ran.stdout)
