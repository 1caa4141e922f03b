"""The commands of README and manual work as they are printed."""

import os
import re
import subprocess
import sys

import pytest

from kpn_sandbox.client import Client
from tests.code_blocks import BLOCKS, CodeBlock
from tests.source import PROJECT
from tests.tools import tool

pytestmark = pytest.mark.slow

SOON = 120
PRINTED = "http://127.0.0.1:8080"
NOTICE = re.compile(r"^(.* is \d{4}-\d\d-\d\dT\S+|not in force: .*)\n", re.MULTILINE)
"""What a command says on standard error though nothing is wrong."""
SHELL = """
curl() {
    case "$*" in
        *code=*|*http_code*|*/99[0-9][0-9][0-9]*) command curl -sS "$@" ;;
        *) command curl -sS --fail-with-body "$@" ;;
    esac
}
"""
"""Behind `curl` an error status ends a block, but where the command asks for that status."""


def runs_here(block: CodeBlock) -> bool:
    """Whether a block consists of commands, or of Python that is no file of the worked examples."""
    named = block.text.partition("\n")[0].endswith(".py")
    return (
        not block.reason and not block.package and (block.language == "sh" or block.language == "python" and not named)
    )


RUN = [block for block in BLOCKS if runs_here(block)]


@pytest.fixture
def environment(sandbox, tmp_path):
    """The variables of a shell that has `kpn-sandbox` on its path; the demo account is as in the beginning."""
    tool("curl")
    Client(sandbox.url, sandbox.admin_token).account("APP_CONSUMER_KEY").reset()
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "kpn-sandbox").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m kpn_sandbox "$@"\n')
    (programs / "kpn-sandbox").chmod(0o755)
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "PYTHONPATH": str(PROJECT), "KPN_SANDBOX_URL": sandbox.url}


@pytest.mark.parametrize("page", sorted({block.page for block in RUN}))
def test_each_command_of_a_page_works(sandbox, environment, tmp_path, page):
    """One block after the other on one sandbox; only its address, and the administrator's token, are others."""
    python = [f"admin_token = {sandbox.admin_token!r}\n"]

    for block in (block for block in RUN if block.page == page):
        text = block.text.replace(PRINTED, sandbox.url)
        if block.language == "python":
            python.append(text)
            command = [sys.executable, "-c", "".join(python)]
        else:
            command = ["sh", "-euc", SHELL + text]
        ran = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=SOON)
        assert (ran.returncode, NOTICE.sub("", ran.stderr)) == (0, ""), (block.text, ran.stdout)
