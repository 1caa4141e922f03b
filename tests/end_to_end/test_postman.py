"""The Postman collections, run by newman."""

import subprocess

import pytest

from kpn_sandbox.documents import COLLECTIONS, ENVIRONMENT, text
from tests.tools import tool

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_the_collection_runs_green(sandbox, tmp_path, collection):
    """Every request of a collection passes its own tests against a running sandbox."""
    newman = tool("newman")
    for name in (collection, ENVIRONMENT):
        (tmp_path / name).write_text(text(name, sandbox.url), encoding="utf-8")

    command = [newman, "run", str(tmp_path / collection), "-e", str(tmp_path / ENVIRONMENT), "--color", "off"]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=120)

    assert ran.returncode == 0, ran.stdout + ran.stderr
