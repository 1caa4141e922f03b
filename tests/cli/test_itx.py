"""The command `itx check` prints what it found, as lines or as an object."""

import json

import pytest

from kpn_sandbox.testing import running
from kpn_sandbox.vendors.itx.auth import itx_token


@pytest.fixture(scope="module")
def url():
    with running() as sandbox:
        yield f"{sandbox.url}/rest/kpi?token={itx_token('APP_CONSUMER_KEY', 'APP_CONSUMER_SECRET')}"


def test_a_panel_is_printed(run, url):
    """The panel and the number of errors are lines of text."""
    code, out, _ = run("itx", "check", url, "--customer-id", "10006")

    assert code == 0
    assert out.startswith("customerId=10006: ") and out.splitlines()[-1].startswith("0 errors, ")
    assert "Orders" in out and "Orders" not in run("itx", "check", url, "--customer-id", "10006", "--no-panel")[1]


def test_findings_as_json(run, url):
    """`--json` has an object for each customer; a failed call has an error, and the worst exit code counts."""
    code, out, _ = run("itx", "check", url, "--customer-id", "10006", "--customer-id", "nobody", "--json")
    known, unknown = json.loads(out)["customers"]

    assert (code, known["customer_id"], known["errors"], unknown["customer_id"]) == (0, "10006", 0, "nobody")
    assert known["bytes"] > 0 and known["seconds"] >= 0 and isinstance(known["findings"], list)

    code, out, _ = run("itx", "check", url.replace("token=", "token=x"), "--customer-id", "1", "--json")
    assert code == 1 and "401" in json.loads(out)["customers"][0]["error"]


def test_quiet_leaves_the_exit_code(run, url):
    """`-q` prints nothing."""
    assert run("itx", "check", url, "--customer-id", "10006", "-q") == (0, "", "")
    assert run("itx", "check", url.replace("token=", "token=x"), "--customer-id", "1", "-q") == (1, "", "")
