"""The threaded server, for tests and for systems without fork."""

import json
import threading
from http.client import HTTPConnection
from socket import create_connection

import pytest
from flask import Flask

from kpn_sandbox.server.listener import listen
from kpn_sandbox.server.werkzeug_server import make_threaded

SOON = 10


@pytest.fixture
def port():
    """A running server with one page."""
    app = Flask(__name__)
    app.add_url_rule("/", view_func=lambda: {"here": True})
    server = make_threaded(app, listen("127.0.0.1", 0))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.port
    server.shutdown()
    thread.join(SOON)
    server.server_close()


def test_it_serves_the_application(port):
    """The threaded server answers a request with what the application returns."""
    connection = HTTPConnection("127.0.0.1", port, timeout=SOON)
    connection.request("GET", "/")

    assert json.load(connection.getresponse()) == {"here": True}
    connection.close()


@pytest.mark.parametrize(
    ("request_bytes", "status", "code"),
    [
        (b"GET / HTTP/9.9\r\n\r\n", 400, "protocol.http.BadRequest"),
        (b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n", 414, "protocol.http.TooBigLine"),
        (b"GET / HTTP/1.1\r\nA: " + b"a" * 70_000 + b"\r\n\r\n", 431, "protocol.http.TooBigHeaders"),
    ],
    ids=["version", "line", "header"],
)
def test_bytes_that_are_no_request_are_answered_with_json(port, request_bytes, status, code, capsys):
    """Bytes that are no request get a fault in the gateway's shape, and nothing is written to the terminal."""
    with create_connection(("127.0.0.1", port), timeout=SOON) as connection:
        connection.sendall(request_bytes)
        head, _, body = connection.makefile("rb").read().partition(b"\r\n\r\n")

    assert head.startswith(f"HTTP/1.1 {status} ".encode())
    assert json.loads(body)["fault"]["detail"]["errorcode"] == code
    assert capsys.readouterr() == ("", "")
