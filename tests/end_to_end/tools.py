"""Programs that the tests drive but do not bring along."""

import os
import shutil

import pytest

_ADMINISTRATORS = "/usr/local/sbin:/usr/sbin:/sbin"
"""Where Debian keeps servers; an ordinary user's PATH lacks it."""


def tool(name: str) -> str:
    """The path of a program; without it the test is skipped, but under `CI=true` it fails."""
    path = shutil.which(name, path=os.environ.get("PATH", "") + os.pathsep + _ADMINISTRATORS)
    if path:
        return path
    if os.environ.get("CI") == "true":
        pytest.fail(f"{name} is not installed")
    pytest.skip(f"{name} is not installed")
