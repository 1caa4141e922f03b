"""
Requests that schemathesis makes from each OpenAPI document get the responses that the document describes.

It tries the document's examples, the limits of each field, and good and bad requests beyond them, over real sockets and
with all of its checks: what the document allows is accepted, what it forbids is refused, and nobody gets in without
credentials. `fuzzing/schemathesis.toml` names the few rules that a document cannot state.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from kpn_sandbox.client import Client
from tests.application import CREDENTIALS
from tests.end_to_end.conftest import Sandbox

pytestmark = pytest.mark.slow

FUZZING = Path(__file__).parent / "fuzzing"
TOKEN_PATHS = {
    "kpn": "/oauth/client_credential/accesstoken?grant_type=client_credentials",
    "bright-pattern": "/configapi/v2/oauth/token",
    "atobi": "/oauth/token",
}
EXAMPLES = {"kpn": 45, "bright-pattern": 20, "kaisa": 40, "atobi": 150, "itx": 300, "sandbox": 7}
"""Good and bad requests for each operation, so that each document gets at least `FEWEST`."""
FEWEST = 300
SCHEMATHESIS = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(FUZZING / "schemathesis.toml")]


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory):
    """A small sandbox whose demo account may make as many requests as it likes."""
    running = Sandbox(f"sqlite:///{tmp_path_factory.mktemp('fuzzed') / 'sandbox.db'}", "--agents", "5")
    Client(running.url, running.admin_token).account(CREDENTIALS["client_id"]).quota(1_000_000, 1, "day")
    yield running
    running.stop()


def header_options(sandbox, api):
    """The options of schemathesis with the credentials of an API; those that are no headers are in the hooks."""
    token = sandbox.admin_token if api == "sandbox" else None
    if api in TOKEN_PATHS:
        form = {"grant_type": "client_credentials", **CREDENTIALS}
        token = requests.post(sandbox.url + TOKEN_PATHS[api], data=form).json()["access_token"]
    return ["-H", f"Authorization: Bearer {token}"] if token else []


@pytest.mark.parametrize("api", EXAMPLES)
def test_responses_are_as_the_document_says(sandbox, tmp_path, api):
    """Each of at least 300 requests made from a document gets a response that the document describes."""
    places = {"KPN_SANDBOX_URL": sandbox.url, "KPN_SANDBOX_ADMIN_TOKEN": sandbox.admin_token, "FUZZED_API": api}
    hooks = {"SCHEMATHESIS_HOOKS": str(FUZZING / "hooks.py")}
    options = ["--checks", "all", "--continue-on-failure", "--seed", "1", "-n", str(EXAMPLES[api])]
    patience = ["--request-timeout", "60", "--suppress-health-check", "all", *header_options(sandbox, api)]

    ran = subprocess.run(
        [*SCHEMATHESIS, "run", *options, *patience, f"{sandbox.url}/openapi/{api}.json"],
        cwd=tmp_path,
        env={**os.environ, **places, **hooks},
        capture_output=True,
        text=True,
    )

    assert ran.returncode == 0, ran.stdout[-20_000:] + ran.stderr
    assert int(re.search(r"(\d+) generated", ran.stdout)[1]) >= FEWEST
