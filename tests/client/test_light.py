"""Beside a sandbox that runs elsewhere, neither the client nor the pytest plugin imports another distribution."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
USE = """
import sys

BEFORE = set(sys.modules)


def test_an_account_is_used(kpn_account, kpn_sandbox, kpn_account_factory):
    kpn_account.freeze("10:00")
    kpn_account.fail("agents", 503)
    assert kpn_account.get("/agents").status == 503
    assert repr(kpn_account_factory(scenario="peak"))
    kpn_account.wait_for("agents")
    kpn_account.restore(kpn_account.snapshot())
    # A part of the standard library whose name holds the platform's.
    names = {name.partition(".")[0] for name in {*sys.modules} - BEFORE if not name.startswith("_sysconfigdata")}
    assert names <= {"kpn_sandbox", *sys.stdlib_module_names}
"""


def test_the_plugin_needs_the_standard_library_only(client, tmp_path):
    """With `KPN_SANDBOX_URL` set, tests use the fixtures without anything but pytest and the standard library."""
    (tmp_path / "test_use.py").write_text(USE)
    where = {"KPN_SANDBOX_URL": client.url, "KPN_SANDBOX_ADMIN_TOKEN": client.admin_token, "PYTHONPATH": str(ROOT)}
    plugins = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_PLUGINS": "kpn_sandbox.pytest_plugin"}
    options = ["-q", "-p", "no:cacheprovider", "--rootdir", str(tmp_path)]

    ran = subprocess.run(
        [sys.executable, "-m", "pytest", *options, "test_use.py"],
        cwd=tmp_path,
        env={**os.environ, **where, **plugins},
        capture_output=True,
        text=True,
    )

    assert (ran.returncode, "1 passed" in ran.stdout) == (0, True), ran.stdout + ran.stderr


@pytest.mark.parametrize("module", ["kpn_sandbox.client", "kpn_sandbox.testing", "kpn_sandbox.pytest_plugin"])
def test_imports_need_the_standard_library_only(module):
    """Importing what users import loads no other distribution, but pytest where it is a plugin."""
    program = f"import sys, pytest; before = set(sys.modules); import {module}; print(*set(sys.modules) - before)"

    loaded = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout

    others = {name.partition(".")[0] for name in loaded.split()} - {"kpn_sandbox", *sys.stdlib_module_names}
    assert {name for name in others if not name.startswith("_sysconfigdata")} == set()
