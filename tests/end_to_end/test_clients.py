"""The lines for client libraries and testing tools in the manual run with the versions that its log names."""

import os
import re
import subprocess
import sys
import venv

import pytest

from tests.code_blocks import BLOCKS
from tests.source import PROJECT
from tests.tools import missing, tool

pytestmark = pytest.mark.slow

SOON = 60
INSTALLED_IN = 300
PRINTED = "http://127.0.0.1:8080"
PAGE = "docs/clients.md"
LOG = re.findall(
    r"^\| (\S+) \| (\S+) \| (PyPI|npm) \| \d{4}-\d\d-\d\d \|$", (PROJECT / PAGE).read_text("utf-8"), re.MULTILINE
)
VERSIONS = {name: version for name, version, _ in LOG}
HERE = [block for block in BLOCKS if block.page == PAGE]
NAMES = next(block.text for block in HERE if block.text.startswith("# the names"))


def install(command, name):
    ran = subprocess.run(command, capture_output=True, text=True, timeout=INSTALLED_IN)
    if ran.returncode:
        sys.stderr.write(ran.stderr)
        missing(name)


@pytest.fixture(scope="module")
def python_clients(tmp_path_factory):
    """Programs of a virtual environment with the clients of PyPI."""
    folder = tmp_path_factory.mktemp("python") / "clients"
    venv.create(folder, with_pip=True)
    programs = folder / "bin"
    wanted = [f"{name}=={version}" for name, version, source in LOG if source == "PyPI"]
    install([programs / "python", "-m", "pip", "install", "-q", "--no-compile", *wanted], "a package of PyPI")
    return programs


@pytest.fixture(scope="module")
def node_clients(tmp_path_factory):
    """Folder with the clients of npm."""
    folder = tmp_path_factory.mktemp("node")
    wanted = [f"{name}@{version}" for name, version, source in LOG if source == "npm"]
    options = ["--no-fund", "--no-audit", "--ignore-scripts", "--prefix", str(folder)]
    install([tool("npm"), "install", *options, *wanted], "a package of npm")
    return folder


@pytest.fixture
def run(sandbox, tmp_path):
    """Run a command in a folder of the test; it must succeed."""

    def run(*command, folder=tmp_path, **environment):
        given = {**os.environ, "NO_UPDATE_NOTIFIER": "1", **environment}
        ran = subprocess.run(command, cwd=folder, env=given, capture_output=True, text=True, timeout=SOON)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout

    return run


def blocks(*languages):
    return [block for block in HERE if block.package and block.language in languages]


def test_the_log_is_of_what_is_run():
    """Each package of a block is in the log of clients with its version, and the log has no others."""
    used = {block.package for block in HERE if block.package}

    assert used <= VERSIONS.keys()
    assert VERSIONS.keys() - used <= {"pandas"}


@pytest.mark.parametrize("block", blocks("python"), ids=lambda block: f"{block.package}")
def test_a_python_library_works_as_shown(sandbox, run, python_clients, block):
    """The lines for a Python library get an answer of the sandbox."""
    run(python_clients / "python", "-c", (NAMES + block.text).replace(PRINTED, sandbox.url))


@pytest.mark.parametrize("block", blocks("js"), ids=lambda block: block.package)
def test_a_javascript_library_works_as_shown(sandbox, run, node_clients, block):
    """The lines for a JavaScript library get an answer of the sandbox."""
    file = node_clients / f"{block.package}.mjs"
    file.write_text(block.text.replace(PRINTED, sandbox.url), encoding="utf-8")

    run(tool("node"), file)


def test_robot_framework_works_as_shown(sandbox, run, python_clients, tmp_path):
    """The test case passes."""
    [block] = blocks("robot")
    (tmp_path / "kpn.robot").write_text(block.text.replace(PRINTED, sandbox.url), encoding="utf-8")

    assert "1 test, 1 passed, 0 failed" in run(python_clients / "robot", "--output", "NONE", "kpn.robot")


def test_bruno_works_as_shown(sandbox, run, node_clients, tmp_path):
    """Both requests pass, the second with the token of the first."""
    for block in blocks("bru"):
        name = re.search(r"name: (\w+)", block.text)[1]
        (tmp_path / f"{name}.bru").write_text(block.text.replace(PRINTED, sandbox.url), encoding="utf-8")
    (tmp_path / "bruno.json").write_text('{"version": "1", "name": "sandbox", "type": "collection"}')

    assert "2 (2 Passed)" in run(node_clients / "node_modules/.bin/bru", "run")


def test_httpyac_works_as_shown(sandbox, run, node_clients, tmp_path):
    """Both requests succeed, the second with the token of the first."""
    [block] = blocks("http")
    (tmp_path / "kpn.http").write_text(block.text.replace(PRINTED, sandbox.url), encoding="utf-8")

    assert "2 succeeded" in run(node_clients / "node_modules/.bin/httpyac", "send", "kpn.http", "--all", "-o", "short")
