"""The manual's page about pytest names everything that the plugin offers."""

import inspect
import re
from pathlib import Path

import pytest

from kpn_sandbox.literals import CONDUCT_RULES
from kpn_sandbox.pytest_plugin import OPTIONS
from kpn_sandbox.testing import Account
from kpn_sandbox.testing.account_options import ACCOUNT_OPTIONS
from tests.testing.conftest import DOCS, RECIPES

SECTION = (DOCS / "pytest.md").read_text(encoding="utf-8")


def test_every_option_is_in_the_manual():
    """The manual lists name and default of each option, in the order of the code."""
    table = SECTION.split("option in `pytest.ini`")[1]
    listed = re.findall(r"^\| `(kpn_sandbox_\w+)` \| `?([^|`]*?)`? \|", table, re.MULTILINE)

    assert [name for name, _ in listed] == [option[0] for option in OPTIONS]
    # An option that is empty by default leaves the choice to the account; the manual says what that is.
    defaults = {option[0]: str(option[3]).lower() for option in OPTIONS if option[3] not in ("", [])}
    assert {name: default for name, default in listed if name in defaults} == defaults


@pytest.mark.parametrize("name", [*ACCOUNT_OPTIONS, *CONDUCT_RULES])
def test_everything_that_a_marker_takes_is_in_the_manual(name):
    """The manual names each option of the marker `kpn_sandbox` and each rule of `kpn_conduct`."""
    assert f"{name}=" in SECTION or f"`{name}`" in SECTION


def test_everything_on_an_account_is_in_the_manual():
    """The manual names each public method of an account but those that tests hardly need."""
    seldom = {"show", "delete", "drop", "rotate", "ask", "request_token", "forget_requests", "pins", "inbox"}
    methods = {name for name, _ in inspect.getmembers(Account, inspect.isfunction) if not name.startswith("_")}

    assert {name for name in methods - seldom if f"{name}(" not in SECTION} == set()


def test_the_workflow_is_the_recipe():
    """The workflow that the manual shows is the file among the recipes."""
    page = (DOCS / "other-test-frameworks.md").read_text(encoding="utf-8")
    assert (RECIPES / "github-actions.yml").read_text(encoding="utf-8") in page


def test_what_is_shown_of_other_tools_is_in_their_projects():
    """The fixtures that the manual shows for pytest-flask and pytest-django are those of the projects that run."""
    shown = re.findall(r"```python[^\n]*\n(@pytest.*?)```", SECTION.split("## Beside other tools")[1], re.DOTALL)
    projects = Path(__file__).parent / "projects"
    files = [projects / "flask_app" / "conftest.py", projects / "django_app" / "test_django_app.py"]

    assert [text in file.read_text(encoding="utf-8") for text, file in zip(shown, files, strict=True)] == [True] * 2
