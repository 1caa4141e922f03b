"""Type checkers understand natural uses of the client, and find mistakes in names and values."""

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tools import tool

FOLDER = Path(__file__).parent / "typed"
ROOT = Path(__file__).parent.parent.parent
USES, MISTAKES = FOLDER / "uses.py", FOLDER / "mistakes.py"


def planted():
    """The line of each statement in the functions of the file with mistakes, but their docstrings."""
    functions = [node for node in ast.parse(MISTAKES.read_text()).body if hasattr(node, "args")]
    return {statement.lineno for function in functions for statement in function.body[1:]}


@pytest.fixture(scope="module")
def found_by_mypy(tmp_path_factory):
    """The lines with errors by file, as `mypy --strict` finds them."""
    options = ["--strict", "--config-file", os.devnull, "--cache-dir", str(tmp_path_factory.mktemp("mypy"))]
    command = [sys.executable, "-m", "mypy", *options, str(USES), str(MISTAKES)]
    text = subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout
    return re.findall(r"^(\S+?):(\d+): error: (.*)", text, re.MULTILINE), text


@pytest.fixture(scope="module")
def found_by_pyright():
    """The lines with errors by file, as pyright finds them; the natural uses ask for its strict mode."""
    command = [tool("pyright"), "--outputjson", "--pythonpath", sys.executable, str(USES), str(MISTAKES)]
    text = subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout
    errors = [each for each in json.loads(text)["generalDiagnostics"] if each["severity"] == "error"]
    return [(each["file"], each["range"]["start"]["line"] + 1, each["message"]) for each in errors], text


@pytest.mark.slow
@pytest.mark.parametrize("checker", ["mypy", "pyright"])
def test_mistakes_are_found_and_nothing_else(request, checker):
    """Each planted mistake is an error, and no natural use is."""
    errors, text = request.getfixturevalue(f"found_by_{checker}")

    wrong = [error for error in errors if not error[0].endswith(MISTAKES.name)]
    missed = planted() - {int(line) for file, line, _ in errors if file.endswith(MISTAKES.name)}
    assert not wrong, wrong
    assert not missed, text
