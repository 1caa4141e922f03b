"""Programs that the tests drive but do not bring along."""

import os
import shutil

import pytest


def tool(name: str) -> str:
    """The path of a program; without it the test is skipped, but under `CI=true` it fails."""
    path = shutil.which(name)
    if path:
        return path
    if os.environ.get("CI") == "true":
        pytest.fail(f"{name} is not installed")
    pytest.skip(f"{name} is not installed")
