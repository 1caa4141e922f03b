"""Each code block of README and manual runs in a test, or is parsed and says why it does not run."""

import configparser
import json
import shutil
import subprocess
import tomllib
from collections.abc import Callable
from dataclasses import fields

import pytest
import yaml

from kpn_sandbox.settings import Settings
from tests.code_blocks import BLOCKS, CodeBlock

RUN_ELSEWHERE = {
    "sh": "tests/end_to_end/test_printed_commands.py",
    "python": "tests/testing/test_examples.py, or with the commands of its page",
    "json": "tests/test_documentation.py",
    "yaml": "tests/testing/test_manual.py compares it with the recipe",
}
"""Where the blocks of a language run that have no reason not to."""


def parse_shell(text: str) -> None:
    """The shell reads it without an error."""
    ran = subprocess.run(["sh", "-n"], input=text, capture_output=True, text=True)
    assert (ran.returncode, ran.stderr) == (0, "")


def parse_javascript(text: str) -> None:
    """Node reads it as a module without an error; where there is none, its brackets pair."""
    if shutil.which("node"):
        command = ["node", "--input-type=module", "--check"]
        ran = subprocess.run(command, input=text, capture_output=True, text=True)
        assert ran.returncode == 0, ran.stderr
    parse_brackets(text)


def parse_brackets(text: str) -> None:
    """Every brace and bracket is closed."""
    assert all(text.count(left) == text.count(right) for left, right in ("{}", "()", "[]"))


def parse_unit(text: str) -> None:
    """It is an INI file whose sections and keys occur once."""
    unit = configparser.ConfigParser(strict=False)
    unit.optionxform = str
    unit.read_string(text)
    assert {"Unit", "Service"} <= {*unit.sections()}


def parse_settings(text: str) -> None:
    """It is TOML whose keys are settings."""
    assert {*tomllib.loads(text)} <= {each.name for each in fields(Settings)}


PARSERS: dict[str, Callable[[str], object]] = {
    "sh": parse_shell,
    "python": lambda text: compile(text, "example", "exec"),
    "json": json.loads,
    "yaml": yaml.safe_load,
    "js": parse_javascript,
    "nginx": parse_brackets,
    "ini": parse_unit,
    "toml": parse_settings,
    "bru": parse_brackets,
    "http": parse_brackets,
    "robot": parse_brackets,
}


def test_every_page_with_code_was_found():
    """Nearly all pages show code, and most of it runs; a backtick behind a fence would end it."""
    assert not [block for block in BLOCKS if "`" in block.reason]
    assert len({block.page for block in BLOCKS}) >= 20
    assert sum(not block.reason for block in BLOCKS) >= 50


@pytest.mark.parametrize("block", BLOCKS, ids=str)
def test_a_block_is_parsed(block: CodeBlock):
    """A block has a language, can be read in it, and is run or says why not."""
    PARSERS[block.language](block.text)

    assert block.reason or block.package or block.language in RUN_ELSEWHERE
