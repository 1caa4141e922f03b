"""The commands that look at a running sandbox, in a pipe and on a terminal."""

import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stdout, suppress

import pytest

from kpn_sandbox.cli import main
from kpn_sandbox.testing import running

MONDAY = "2026-11-23T10:00:00+01:00"


@pytest.fixture(scope="module")
def sandbox():
    """A sandbox for the tests of a module."""
    with running() as sandbox:
        yield sandbox


@pytest.fixture
def account(sandbox):
    """A busy account: a frozen clock, a scenario, a pin, a fault, a quota and a request."""
    account = sandbox.new_account(agents=5, at=MONDAY)
    account.scenario("peak")
    account.pin("agents", "40001", Reason="2")
    account.fail("queues", 503, "ok")
    account.quota(60)
    account.get("/agents")
    return account


@pytest.fixture
def words(account):
    """The options that lead to the account."""
    return ("--url", account.url, "--client-id", account.client_id, "--client-secret", account.client_secret)


@pytest.fixture
def piped(capsys, words):
    """Run a command in a pipe; its output."""

    def piped(*command):
        with pytest.raises(SystemExit):
            main([*command, *words])
        return capsys.readouterr().out

    return piped


def everything_from(terminal):
    """What comes from a terminal until its other end is closed; one read may give only a part."""
    parts = []
    with suppress(OSError):
        while part := os.read(terminal, 65_536):
            parts.append(part)
    return b"".join(parts)


@pytest.fixture
def on_terminal(words, monkeypatch):
    """Run a command on a wide terminal; what it shows, without colors."""
    monkeypatch.setenv("COLUMNS", "200")

    def on_terminal(*command):
        ours, its = os.openpty()
        with ThreadPoolExecutor(1) as reader:
            read = reader.submit(everything_from, ours)
            with open(its, "w") as terminal, redirect_stdout(terminal), pytest.raises(SystemExit):
                main([*command, *words])
            shown = read.result().decode()
        os.close(ours)
        return re.sub(r"\x1b\[[0-9;]*m", "", shown)

    return on_terminal


def test_the_status_is_json_in_a_pipe(piped, account):
    """It has all that is set, and the last requests."""
    status = json.loads(piped("status"))

    assert status["account"]["client_id"] == account.client_id
    assert (status["clock"]["at"], status["scenario"]["name"]) == (MONDAY, "peak")
    assert status["size"] == {"agents": 5, "queues": 3, "trunks": 2}
    assert [pin["key"] for pin in status["pins"]] == ["40001"]
    assert ([fault["remaining"] for fault in status["faults"]], status["quota"]["limit"]) == ([2], 60)
    assert [each["operation"] for each in status["requests"]] == ["token", "agents"]


def test_the_status_is_a_table_on_a_terminal(on_terminal, account):
    """Each line has a name and what is so."""
    lines = dict(re.findall(r"^ *(.*?)  +(\S.*?) *\r?$", on_terminal("status"), re.MULTILINE))

    assert lines["account"].startswith(account.client_id)
    assert (lines["clock"], lines["scenario"]) == (f"frozen at {MONDAY}", "peak (always)")
    assert (lines["center"], lines["quota"]) == ("5 agents, 3 queues, 2 trunks", "60 in 1 minute")
    assert lines["pins"] == "agents 40001: Reason=2"
    assert "2 outcomes left" in lines["faults"]


def test_an_account_with_nothing_set_has_a_status(sandbox, capsys):
    """Without pins, faults and a quota these are empty."""
    account = sandbox.new_account(agents=5)
    options = ("--client-id", account.client_id, "--client-secret", account.client_secret)

    with pytest.raises(SystemExit):
        main(["status", "--url", account.url, *options])

    status = json.loads(capsys.readouterr().out)
    assert (status["pins"], status["faults"], status["quota"], status["requests"]) == ([], [], None, [])


@pytest.mark.parametrize("command", ["requests", "pin", "fault"])
def test_lists_are_tables_on_a_terminal(on_terminal, piped, command):
    """A table has a head and a line for each, where a pipe and `--json` have JSON, and `-q` nothing."""
    table = on_terminal(command).splitlines()

    assert len(table) == 1 + len(json.loads(piped(command)))
    assert json.loads(on_terminal(command, "--json")) == json.loads(piped(command))


def test_quiet_is_quiet(piped):
    """With `-q` there is no result."""
    assert piped("requests", "-q") == piped("clock", "--quiet") == ""


def test_deletions_say_what_was_deleted(on_terminal):
    """A terminal has a line for each."""
    assert on_terminal("pin", "drop") == "deleted pin on agents 40001\r\n"
    assert on_terminal("pin", "drop") == "nothing to delete\r\n"


def test_a_terminal_shows_no_controls(on_terminal, account):
    """What a client has sent cannot clear the screen."""
    account.get("/agents", headers={"X-Request-Id": "1"})
    account.pin("queues", "1000", Name="a[red]b")

    assert "a[red]b" in on_terminal("pin")


def test_a_token_of_the_command_line_does_not_count(piped, account):
    """Tokens that `token` fetches break no rule of conduct; those of a client do."""
    account.forget_requests()
    for _ in range(4):
        piped("token")
    account.get("/agents")
    assert json.loads(piped("conduct"))["findings"] == []

    for _ in range(4):
        account.request_token()
    assert [each["rule"] for each in json.loads(piped("conduct"))["findings"]] == ["token-per-request"]


@pytest.mark.slow
def test_requests_are_followed(account, words):
    """`requests --follow` prints the last requests and then each that comes, one a line, until it is ended."""
    command = [sys.executable, "-m", "kpn_sandbox", "requests", "--follow", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        seen = [json.loads(process.stdout.readline())["operation"] for _ in range(2)]
        account.get("/trunks")
        seen.append(json.loads(process.stdout.readline())["operation"])
        process.send_signal(2)

        assert (process.wait(10), process.stderr.read().strip()) == (130, "")
    assert seen == ["token", "agents", "trunks"]


@pytest.mark.slow
@pytest.mark.parametrize("command", [("requests",), ("status",), ("openapi",), ("scenario", "--help")])
def test_output_may_be_closed_early(words, command):
    """A reader that leaves ends the command without a traceback."""
    line = [sys.executable, "-m", "kpn_sandbox", *command]
    options = words if command[0] in ("requests", "status") else ()
    with subprocess.Popen([*line, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        process.stdout.close()

        assert process.stderr.read() == ""
    assert process.returncode in (0, 1, 141)
