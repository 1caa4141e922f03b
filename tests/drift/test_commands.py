"""The commands `diff` and `load`."""

import json

import pytest

from kpn_sandbox.cli import main
from tests.drift.conftest import archive, entry


@pytest.fixture
def ask(account, capsys):
    """Run a command for the account: its exit code, output and errors."""

    def ask(*words: str) -> tuple[int, str, str]:
        options = ("--url", account.url, "--client-id", account.client_id, "--client-secret", account.client_secret)
        with pytest.raises(SystemExit) as end:
            main([*words, *options])
        printed = capsys.readouterr()
        return int(end.value.code or 0), printed.out, printed.err

    return ask


@pytest.fixture
def capture(account, tmp_path):
    """A file with a captured answer that has another name in it."""
    body = account.get("/queues").json()
    body["DataSet"]["queues"][0]["Name"] = "Klantenservice"
    file = tmp_path / "capture.har"
    file.write_text(json.dumps(archive(entry("GET", "https://x/queues", 200, body))), encoding="utf-8")
    return file


def test_differences_are_printed_written_and_pinned(ask, capture, tmp_path):
    """`diff` ends with 1 when there are differences, and with 0 once they are pinned."""
    written = tmp_path / "pins.json"

    ran = ask("diff", str(capture), "--write", str(written), "--pin")

    assert ran == (1, "queues 1000: Name: 'Klantenservice', in the sandbox 'Naam skill 1'\n", "")
    assert json.loads(written.read_text())["pins"][0]["fields"] == {"Name": "Klantenservice"}
    assert ask("diff", str(capture)) == (0, "", "")


def test_a_capture_is_loaded(ask, capture):
    """After `load` the sandbox gives the captured answer."""
    assert ask("load", str(capture)) == (0, "2 pinned\n", "")
    assert ask("diff", str(capture)) == (0, "", "")


def test_a_url_is_compared(ask, account):
    """`diff` takes a base URL, and the sandbox does not differ from itself."""
    assert ask("diff", account.url, "--token", account.token()) == (0, "", "")


def test_an_unreadable_file_is_an_error(ask, tmp_path):
    """A file that cannot be read ends the command with one line and exit code 2."""
    code, _, err = ask("diff", str(tmp_path / "nothing.har"))

    assert (code, err.count("\n")) == (2, 1) and "No such file" in err
