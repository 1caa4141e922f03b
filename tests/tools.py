"""Programs that the tests drive but the project does not bring along."""

import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterable
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest

_ADMINISTRATORS = "/usr/local/sbin:/usr/sbin:/sbin"
"""Where Debian keeps servers; an ordinary user's PATH lacks it."""
_MISSING = " is not installed"


def tool(*names: str) -> str:
    """
    Find a program; without it the test is skipped, but under `CI=true` it fails.

    Args:
        names: What the program is called; the first that is there.
    """
    path = os.environ.get("PATH", "") + os.pathsep + _ADMINISTRATORS
    found = (shutil.which(name, path=path) for name in names)
    return next(filter(None, found), None) or missing(names[0])


@cache
def node_modules() -> Path:
    """Return the folder of the global npm packages."""
    return Path(subprocess.run([tool("npm"), "root", "--global"], capture_output=True, text=True).stdout.strip())


def node_module(name: str) -> Path:
    """Find a global npm package; without it the test is skipped, but under `CI=true` it fails."""
    found = node_modules() / name
    return found if found.is_dir() else Path(missing(name))


def python_module(name: str) -> str:
    """Return the name of a Python module; without it the test is skipped, but under `CI=true` it fails."""
    return name if find_spec(name) else missing(name)


def missing(name: str) -> str:
    """Skip the test that needs a tool; fail it under `CI=true`, where nothing may be left out."""
    (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(name + _MISSING)


def skipped(reasons: Iterable[str]) -> Iterable[str]:
    """Sum up why tests were skipped: one line for all missing tools, and one for each other reason."""
    counted = Counter(reason.removeprefix("Skipped: ") for reason in reasons)
    tools = {reason: count for reason, count in counted.items() if reason.endswith(_MISSING)}
    if tools:
        names = ", ".join(sorted(reason.removesuffix(_MISSING) for reason in tools))
        yield f"{sum(tools.values())} tests skipped because these are not installed: {names}"
    yield from (f"{count} skipped: {reason}" for reason, count in counted.items() if reason not in tools)
