"""The Postman collection, run by newman."""

import subprocess

from kpn_sandbox.postman import COLLECTION, ENVIRONMENT, text

from .tools import tool


def test_the_collection_runs_green(sandbox, tmp_path):
    """Every request of the collection passes its own tests against a running sandbox."""
    newman = tool("newman")
    for name in (COLLECTION, ENVIRONMENT):
        (tmp_path / name).write_text(text(name, sandbox.url), encoding="utf-8")

    command = [newman, "run", str(tmp_path / COLLECTION), "-e", str(tmp_path / ENVIRONMENT), "--color", "off"]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=120)

    assert ran.returncode == 0, ran.stdout + ran.stderr
