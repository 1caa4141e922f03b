"""`kpn-sandbox itx` against endpoints of every kind."""

import json
import socket
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.request import urlopen

import pytest

from kpn_sandbox.vendors.itx.auth import itx_token
from kpn_sandbox.vendors.itx.openapi import SAMPLE
from tests.application import serving

pytestmark = pytest.mark.slow

JSON = {"Content-Type": "application/json"}
ANSWERS = {
    "/good": (200, JSON, json.dumps(SAMPLE).encode()),
    "/charset": (200, {"Content-Type": "application/json; charset=utf-8"}, json.dumps(SAMPLE).encode()),
    "/wrong": (200, JSON, b'{"sections": [{"title": "Orders"}]}'),
    "/warned": (200, JSON, b'{"sections": []}'),
    "/broken": (200, JSON, b'{"sections": ['),
    "/html": (200, {"Content-Type": "text/html"}, b"<html>Log in</html>"),
    "/text": (200, {"Content-Type": "text/plain"}, b'{"sections": []}'),
    "/untyped": (200, {}, b'{"sections": []}'),
    "/error": (500, JSON, b"{}"),
    "/missing": (404, JSON, b"{}"),
    "/moved": (302, {"Location": "/good"}, b""),
    "/huge": (200, JSON, b" " * (6 * 1024 * 1024)),
}


class Endpoint(BaseHTTPRequestHandler):
    """A provider's endpoint, good or bad by its path."""

    def do_GET(self):
        path = self.path.partition("?")[0]
        self.server.requested.append(self.path)
        if path == "/silent":
            time.sleep(3)
            return
        if path == "/dripping":
            self.drip()
            return
        status, headers, body = ANSWERS[path]
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def drip(self):
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        for _ in range(40):
            self.wfile.write(b" ")
            self.wfile.flush()
            time.sleep(0.1)

    def log_message(self, *args):
        """Silent."""

    def handle(self):
        try:
            super().handle()
        except ConnectionError:
            self.close_connection = True


@pytest.fixture(scope="module")
def endpoint():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
    server.requested = []
    server.url = f"http://127.0.0.1:{server.server_port}"
    with serving(server):
        yield server


def check(url, *flags, customer="513196003"):
    command = [sys.executable, "-m", "kpn_sandbox", "itx", "check", url, "--customer-id", customer, *flags]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize(
    ("path", "code", "text"),
    [
        ("/good", 0, "0 errors, 0 warnings"),
        ("/charset", 0, "0 errors, 0 warnings"),
        ("/warned", 0, "warning: $.sections is missing or empty"),
        ("/wrong", 1, "error: $.sections[0].documents is mandatory"),
        ("/broken", 1, "error: $ must be JSON"),
        ("/html", 1, "the answer is an HTML page"),
        ("/text", 1, "Content-Type must be application/json, not text/plain"),
        ("/untyped", 1, "Content-Type must be application/json, not missing"),
        ("/error", 1, "status must be 200, not 500"),
        ("/missing", 1, "status must be 200, not 404"),
        ("/moved", 1, "status 302: redirected to /good"),
        ("/huge", 1, "the answer is larger than 5 MB"),
        ("/silent", 2, "no complete answer within 1 seconds"),
        ("/dripping", 2, "no complete answer within 1 seconds"),
    ],
)
def test_each_kind_of_response_has_its_line(endpoint, path, code, text):
    """Each kind of response has a line of its own and its exit code."""
    ran = check(endpoint.url + path, "--timeout", "1")

    assert (ran.returncode, ran.stderr) == (code, "")
    assert text in ran.stdout


def test_warnings_count_with_strict(endpoint):
    """With --strict a warning gives the exit code of an error."""
    assert check(f"{endpoint.url}/warned", "--strict").returncode == 1


def test_the_panel_is_printed(endpoint):
    """The panel is printed as ITX would lay it out."""
    ran = check(f"{endpoint.url}/good")

    order = "SO26110030  2026-11-19 10:30:00 UTC  EUR 179.90  [Partly delivered (2026-11-20 14:12:00 UTC)]"
    assert f"Orders\n  {order}" in ran.stdout


def test_an_unreachable_endpoint_is_exit_code_2():
    """An endpoint where nothing listens ends the command with exit code 2."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        ran = check(f"http://127.0.0.1:{free.getsockname()[1]}/kpi")

    assert ran.returncode == 2 and "cannot be reached" in ran.stdout


@pytest.mark.parametrize("url", ["ftp://host/kpi", "nonsense", "file:///etc/passwd"])
def test_other_urls_are_refused(url):
    """A URL that is not one of HTTP is one line on standard error that says what would be right."""
    ran = check(url)

    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith("kpn-sandbox: URL must be like https://") and ran.stderr.count("\n") == 1


def test_requests_are_as_documented(endpoint):
    """The request keeps the fixed parameters and has the escaped identifier in `customerId` or in its placeholder."""
    check(f"{endpoint.url}/good?token=a%26b&customerId=old", customer="+31 20/1")
    check(f"{endpoint.url}/good?who={{id}}", customer="7 8")

    assert endpoint.requested[-2:] == ["/good?token=a%26b&customerId=%2B31+20%2F1", "/good?who=7%208"]


def test_the_sandbox_passes_its_own_check(sandbox):
    """The sandbox's own ITX endpoint passes the check without errors."""
    token = itx_token("APP_CONSUMER_KEY", "APP_CONSUMER_SECRET")

    ran = check(f"{sandbox.url}/rest/kpi?token={token}")

    assert ran.returncode == 0 and "0 errors" in ran.stdout


def test_the_panel_is_a_page(endpoint):
    """The panel is served as a page until it is stopped, for any customer, and nothing in it is taken for HTML."""
    command = [sys.executable, "-m", "kpn_sandbox", "itx", "panel", f"{endpoint.url}/good", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        url = process.stdout.readline().removeprefix("Ready: ").strip()
        empty = urlopen(url).read().decode()
        page = urlopen(f"{url}/?customerId=%3Cscript%3E").read().decode()
        process.terminate()

    assert "Whose panel?" in empty
    assert 'value="&lt;script&gt;"' in page and "<script>" not in page
    assert "SO26110030" in page and 'class="mark ORANGE"' in page
    assert process.returncode == 0
