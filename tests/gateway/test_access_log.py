"""The access log on standard error."""

import re

import pytest

from tests.application import CREDENTIALS, TOKEN_URL

LINE = re.compile(
    r'127\.0\.0\.1 - (?P<account>\S+) \[23/Nov/2026:09:00:00 \+0000\] "(?P<request>[^"]+)" '
    r'(?P<status>\S+) (?P<size>\S+) (?P<api>\S+) (?P<operation>\S+) "(?P<note>.*)"\n'
)
REQUEST_LINE = "GET /agents HTTP/1.1"


@pytest.fixture
def settings():
    return {"agents": 2, "access_log": True}


@pytest.fixture
def lines(capsys):
    """Take what was written since the last call, in its parts."""

    def take():
        written = capsys.readouterr()
        assert written.out == ""
        return [LINE.fullmatch(line).groupdict() for line in written.err.splitlines(keepends=True)]

    return take


def test_each_request_has_a_line(client, lines):
    """Token, cached answer, control API: each is there with account, operation and size."""
    token = client.post(TOKEN_URL, data=CREDENTIALS).json["access_token"]
    answer = client.get("/agents", headers={"Authorization": f"Bearer {token}"})
    client.get("/_sandbox/health")

    first, agents, health = lines()
    assert (first["account"], first["operation"], first["note"]) == ("APP_CONSUMER_KEY", "token", "-")
    assert agents == {
        "account": "APP_CONSUMER_KEY",
        "request": REQUEST_LINE,
        "status": "200",
        "size": str(len(answer.data)),
        "api": "kpn",
        "operation": "agents",
        "note": "-",
    }
    assert (health["account"], health["status"], health["api"]) == ("-", "200", "-")


@pytest.mark.parametrize("journal", [True, False])
def test_a_refusal_has_its_reason(start, lines, journal):
    """Wrong secrets, unknown tokens, paths and bodies say why, whether or not requests are kept as well."""
    client = start(agents=2, access_log=True, journal=journal).test_client()
    client.post(TOKEN_URL, data={**CREDENTIALS, "client_secret": "wrong"})
    client.get("/agents", headers={"Authorization": "Bearer unknown"})
    client.get("/nope")
    client.get("/_sandbox/accounts")
    client.get("/agents", headers={"Host": "a,b"})

    told = [(line["account"], line["status"], line["note"]) for line in lines()]
    assert told[0] == ("APP_CONSUMER_KEY", "401", "ClientId is Invalid")
    assert told[1] == ("-", "401", "Invalid Access Token")
    assert told[2][1] == "404" and "/nope" in told[2][2]
    assert told[3][1] == "401" and "HTTP Basic" in told[3][2]
    assert told[4] == ("-", "400", "Host cannot be read")


def test_a_fault_is_told(client, sandbox, token, lines):
    """A forced status says that it is one."""
    client.get("/agents", headers={"Authorization": f"Bearer {token}", "Prefer": "code=503"})

    assert "Prefer" in lines()[-1]["note"]


def test_no_secret_and_no_control_character_is_written(client, lines):
    """Secrets in a query are redacted, and nothing obeys a terminal or forges a line."""
    client.get("/rest/kpi?token=hidden1&customerId=1")
    client.get("/agents", headers={"Prefer": 'code="\u009b2J"'})
    client.get("/a%0Ab%1B")

    written = [str(line) for line in lines()]
    assert len(written) == 3
    assert all("hidden1" not in line and "\u009b" not in line for line in written)


def test_it_is_off_by_default(start, capsys):
    """Without the setting nothing is written."""
    start(agents=2).test_client().get("/_sandbox/health")

    assert capsys.readouterr() == ("", "")
