"""The manual's section about tests tells all that there is."""

import inspect
import re

import pytest

from kpn_sandbox.literals import CONDUCT_RULES
from kpn_sandbox.pytest_plugin import OPTIONS
from kpn_sandbox.testing import Account
from kpn_sandbox.testing.pytest_support import ACCOUNT_OPTIONS
from tests.testing.conftest import README, RECIPES

SECTION = README.read_text(encoding="utf-8").split("\n## In your tests\n")[1].split("\n## What the fields mean\n")[0]


def test_every_option_is_in_the_manual():
    """Name and default of each, in the order of the code."""
    table = SECTION.split("option in `pytest.ini`")[1]
    told = re.findall(r"^\| `(kpn_sandbox_\w+)` \| `?([^|`]*?)`? \|", table, re.MULTILINE)

    assert [name for name, _ in told] == [option[0] for option in OPTIONS]
    # An option that is empty by default leaves it to the account; the manual tells what that comes to.
    defaults = {option[0]: str(option[3]).lower() for option in OPTIONS if option[3] not in ("", [])}
    assert {name: default for name, default in told if name in defaults} == defaults


@pytest.mark.parametrize("name", [*ACCOUNT_OPTIONS, *CONDUCT_RULES])
def test_everything_that_a_marker_takes_is_in_the_manual(name):
    """What can be wished and what can be forbidden."""
    assert f"{name}=" in SECTION or f"`{name}`" in SECTION


def test_everything_on_an_account_is_in_the_manual():
    """Each public method but those that tests hardly need."""
    seldom = {"show", "delete", "rotate", "ask", "request_token", "forget_requests", "pins", "inbox"}
    methods = {name for name, _ in inspect.getmembers(Account, inspect.isfunction) if not name.startswith("_")}

    assert {name for name in methods - seldom if f"{name}(" not in SECTION} == set()


def test_the_workflow_is_the_recipe():
    """What the manual shows is the file."""
    assert (RECIPES / "github-actions.yml").read_text(encoding="utf-8") in SECTION
