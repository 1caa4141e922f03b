"""The commands `diff` and `load`."""

import json

import pytest

from kpn_sandbox.cli import main
from tests.drift.conftest import archive, exchange


@pytest.fixture
def ask(account, capsys):
    """Run a command for the account; the result is the exit code and what was said."""

    def ask(*words: str) -> tuple[int, str, str]:
        told = ("--url", account.url, "--client-id", account.client_id, "--client-secret", account.client_secret)
        with pytest.raises(SystemExit) as end:
            main([*words, *told])
        said = capsys.readouterr()
        return int(end.value.code or 0), said.out, said.err

    return ask


@pytest.fixture
def capture(account, tmp_path):
    """A file with a captured answer that has another name in it."""
    body = account.get("/queues").json()
    body["DataSet"]["queues"][0]["Name"] = "Klantenservice"
    file = tmp_path / "capture.har"
    file.write_text(json.dumps(archive(exchange("GET", "https://x/queues", 200, body))), encoding="utf-8")
    return file


def test_differences_are_printed_written_and_pinned(ask, capture, tmp_path):
    """Exit code 1 tells that there are some; once they are pinned there are none."""
    written = tmp_path / "pins.json"

    told = ask("diff", str(capture), "--write", str(written), "--pin")

    assert told == (1, "queues 1000: Name: 'Klantenservice', in the sandbox 'Naam skill 1'\n", "")
    assert json.loads(written.read_text())["pins"][0]["fields"] == {"Name": "Klantenservice"}
    assert ask("diff", str(capture)) == (0, "", "")


def test_a_capture_is_loaded(ask, capture):
    """The sandbox answers it then."""
    assert ask("load", str(capture)) == (0, "2 pinned\n", "")
    assert ask("diff", str(capture)) == (0, "", "")


def test_an_url_is_compared(ask, account):
    """The sandbox does not differ from itself."""
    assert ask("diff", account.url, "--token", account.token()) == (0, "", "")


def test_what_cannot_be_read_is_told(ask, tmp_path):
    """One line, exit code 2."""
    code, _, told = ask("diff", str(tmp_path / "nothing.har"))

    assert (code, told.count("\n")) == (2, 1) and "No such file" in told
