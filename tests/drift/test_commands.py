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


def test_an_odd_entry_is_reported_and_skipped(ask, capture):
    """An entry that cannot be read is a line on standard error; the others are loaded."""
    har = json.loads(capture.read_text(encoding="utf-8"))
    odd = entry("GET", "https://x/queues", 200, {})
    endless = {**odd, "response": {**odd["response"], "status": float("inf")}}
    har["log"]["entries"] += [
        {},
        endless,
        {**odd, "response": {"status": "?", "content": {"text": "x"}, "headers": []}},
    ]
    capture.write_text(json.dumps(har), encoding="utf-8")

    code, out, err = ask("load", str(capture))

    assert (code, out, err.count("\n")) == (0, "2 pinned\n", 3)
    assert "entry 1 of the archive is left out" in err


def test_all_is_pinned_or_nothing(ask, account, tmp_path):
    """When the center lacks an object or may not show a value, nothing is pinned, and what was pinned before stays."""
    account.pin("queues", "1000", Name="Before", reads=3)
    file = tmp_path / "pins.json"
    good = {"kind": "queues", "key": "1000", "fields": {"Name": "Sales"}}
    fresh = {"kind": "queues", "key": "1001", "fields": {"Name": "Sales"}}

    for wrong, code, text in (
        ({"kind": "queues", "key": "9999", "fields": {"Name": "x"}}, 1, "nothing is pinned"),
        ({"kind": "queues", "key": "1001", "fields": {"Name": 5}}, 2, "Name must be a string"),
        ({"kind": "rooms", "key": "1001", "fields": {}}, 2, "kind must be one of"),
    ):
        file.write_text(json.dumps({"pins": [good, fresh, wrong]}), encoding="utf-8")
        ended, _, err = ask("load", str(file))

        assert (ended, err.count("\n")) == (code, 1) and text in err
        [pin] = account.pins()
        assert (pin["fields"], pin["reads"]) == ({"Name": "Before"}, 3)


def test_a_capture_of_another_center_is_served_verbatim(ask, account, tmp_path):
    """Bodies are served byte by byte, per path, until they are dropped; other paths are as before."""
    body = '{"Error":null, "DataSet": {"agent": {"Logid": "77777", "Status": "Pauze"}}}'
    file = tmp_path / "capture.har"
    entries = (entry("GET", "https://x/agent/logid/77777", 200, body), entry("GET", "https://x/trunks", 503, "down"))
    file.write_text(json.dumps(archive(*entries)), encoding="utf-8")

    assert ask("load", "--verbatim", str(file)) == (0, "2 served as they are, until fault drop\n", "")
    for _ in range(2):
        assert account.get("/agent/logid/77777").text == body
        assert (account.get("/trunks").status, account.get("/trunks").text) == (503, "down")
    assert account.get("/agent/logid/77778").status == 404
    ask("fault", "drop")
    assert account.get("/agent/logid/77777").status == 404


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("ftp://x/agents", "URL must be like"),
        ("http://[::1/agents", "URL must be like"),
        ("http://127.0.0.1:1/agents", "cannot be reached"),
    ],
)
def test_an_odd_url_is_an_error(ask, url, text):
    """A URL that cannot be fetched ends the command with one line and exit code 2."""
    code, _, err = ask("diff", url)

    assert (code, err.count("\n")) == (2, 1) and text in err


@pytest.mark.parametrize("number", ["{}", "[1]", "1.5", "null", "NaN"])
def test_a_number_that_is_no_text_is_a_difference(ask, tmp_path, number):
    """A record whose number is of another type is compared, and not pinned."""
    file = tmp_path / "odd.json"
    file.write_text(f'{{"Error": null, "DataSet": {{"queues": [{{"Number": {number}}}]}}}}')

    code, out, err = ask("diff", str(file))

    assert (code, err) == (1, "") and "DataSet.queues.Number" in out
    assert ask("load", str(file))[0] in (1, 2)
    # What is served as it was captured need not have all members.
    file.write_text('{"Error": null, "DataSet": {"queues": [7, {"Number": "1000"}, {}]}}')
    assert ask("load", "--verbatim", str(file))[0] == 0
    file.write_text('{"Error": null, "DataSet": {"queues": [{"Number": "1000", "Name": "Sales"}]}}')
    code, out, err = ask("diff", str(file))
    assert (code, err) == (1, "") and "'Sales', in the sandbox None" in out


@pytest.mark.parametrize("content", ["[" * 100_000, '{"a":' * 100_000, "\ufeff{}", '"x"', "NaN"])
def test_odd_json_is_an_error(ask, tmp_path, content):
    """JSON that is deep, broken or no capture ends the command with one line and exit code 2."""
    file = tmp_path / "odd.json"
    file.write_text(content, encoding="utf-8")

    for command in ("diff", "load"):
        code, _, err = ask(command, str(file))
        assert (code, err.count("\n")) == (2, 1)


def test_deep_values_are_compared(ask, tmp_path):
    """A member that is nested as deep as JSON is read is a difference like others."""
    deep = "[" * 900 + "]" * 900
    file = tmp_path / "deep.json"
    record = f'{{"Number": "1000", "Name": {deep}}}'
    file.write_text(f'{{"Error": null, "DataSet": {{"queues": [{record}]}}}}', encoding="utf-8")

    code, out, err = ask("diff", str(file))

    assert (code, err) == (1, "") or (code, err.count("\n")) == (2, 1)


def test_a_redirect_is_not_followed(ask, account):
    """The access token goes to no other server than the one that was named."""
    account.fail("agents", {"status": 302, "headers": {"Location": "http://192.0.2.1/agents"}})

    code, _, err = ask("diff", f"{account.url}/agents", "--token", account.token())

    assert (code, err.count("\n")) == (2, 1) and "redirected to" in err


def test_results_as_json_and_not_at_all(ask, capture):
    """`--json` prints an object, `-q` nothing; the exit code is the same."""
    code, out, _ = ask("diff", str(capture), "--json")

    found = {"where": "queues 1000: Name", "text": "'Klantenservice', in the sandbox 'Naam skill 1'"}
    assert (code, json.loads(out)) == (1, {"differences": [found]})
    assert ask("diff", str(capture), "-q") == (1, "", "")
    assert json.loads(ask("load", str(capture), "--json")[1]) == {"pinned": 2}
    assert ask("load", str(capture), "-q") == (0, "", "")
    assert json.loads(ask("load", str(capture), "--verbatim", "--json")[1]) == {"served": 1}
