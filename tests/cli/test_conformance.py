"""The command `conformance`."""

import io
import json
import re
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from kpn_sandbox.cli import main
from kpn_sandbox.testing import running
from tests.application import CREDENTIALS, serving


@pytest.fixture(scope="module")
def url():
    with running() as sandbox:
        yield sandbox.url


@pytest.fixture
def run(capsys):
    """Run the command: its exit code, output and errors."""

    def run(*words):
        with pytest.raises(SystemExit) as end:
            main(["conformance", *words])
        printed = capsys.readouterr()
        return int(end.value.code or 0), printed.out, printed.err

    return run


def test_what_holds_is_printed(run, url):
    """Each behavior has a line with its label, the last line counts them, and the exit code is 0 if all hold."""
    code, out, err = run(url, "--rate", "100")

    assert (code, err) == (0, "")
    assert "holds      documented  GET /agents\n" in out
    assert "not tried  inferred    429 fault when a quota is used up\n    the quota would" in out
    assert re.fullmatch(r"[0-9]+ hold, 0 do not, [0-9]+ could not be tried", out.splitlines()[-1])
    assert "invented" not in out and CREDENTIALS["client_secret"] not in out


def test_json_and_quiet(run, url):
    """`--json` has the same as an object, `-q` prints nothing; APIs are spelled as elsewhere."""
    code, out, _ = run(url, "--rate", "100", "--json", "--api", "bright_pattern", "--invented")

    report = json.loads(out)
    assert (code, report["api"], report["differs"]) == (0, "bright-pattern", 0)
    assert report["holds"] == sum(check["result"] == "holds" for check in report["checks"]) > 10
    assert set(report["checks"][0]) == {"behavior", "label", "result", "expected", "got"}
    assert run(url, "--rate", "100", "-q", "--api", "atobi") == (0, "", "")


def test_wrong_credentials_differ(run, url, tmp_path):
    """Exit code 1 tells that something does not hold; the secret comes from a file."""
    secret = tmp_path / "secret"
    secret.write_text("not-the-secret\n")

    code, out, _ = run(url, "--rate", "100", "--client-id", "nobody", "--client-secret-file", str(secret))

    assert code == 1
    assert "expected: 200 with access_token" in out and "got: 401" in out
    assert "not-the-secret" not in out


@pytest.fixture
def closed_server():
    """Start a server that is unavailable, and notes what a stream holds when it is asked something."""
    seen = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            seen.append(sys.stdout.getvalue())
            self.send_error(503)

        do_GET = do_POST

        def log_message(self, *words):
            pass

    with serving(HTTPServer(("127.0.0.1", 0), Handler)) as server:
        yield f"http://127.0.0.1:{server.server_port}", seen


def test_results_are_printed_while_it_runs(closed_server, monkeypatch):
    """A result is there before the next request is sent; exit code 1 tells that nothing could be tried."""
    url, seen = closed_server
    out = io.StringIO()
    monkeypatch.setattr(sys, "stdout", out)

    with pytest.raises(SystemExit) as end:
        main(["conformance", url, "--rate", "100"])

    assert end.value.code == 1
    assert [bool(each) for each in seen[:3]] == [False, True, True]
    assert seen[1].splitlines()[0] == "not tried  documented  POST /oauth/client_credential/accesstoken"
    assert "    the server answers 503: it is unavailable\n" in seen[1]
    assert out.getvalue().splitlines()[-1].startswith("0 hold, 0 do not, ")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("ftp://example.com",), "URL must be like"),
        (("http://127.0.0.1:9",), "the server at URL cannot be reached"),
        (("127.0.0.1:9", "--api", "kaisaa"), "Did you mean"),
        (("127.0.0.1:9", "--rate", "0"), "--rate"),
        ((), "Missing argument 'URL'"),
    ],
)
def test_wrong_usage_is_one_line(run, words, message):
    """What cannot be run is one line on standard error and exit code 2."""
    code, out, err = run(*words)

    assert (code, out) == (2, "")
    assert message in err and err.count("\n") == 1
