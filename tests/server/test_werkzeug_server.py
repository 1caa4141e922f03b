"""The threaded server, for tests and for systems without fork."""

import json
import threading
from http.client import HTTPConnection
from socket import create_connection
from time import monotonic, sleep

import pytest
from flask import Flask

from kpn_sandbox.server import werkzeug_server
from kpn_sandbox.server.listener import listen
from kpn_sandbox.server.werkzeug_server import QuietRequestHandler, make_threaded
from tests.application import serving

SOON = 10


@pytest.fixture
def port():
    """A running server with one page."""
    app = Flask(__name__)
    app.add_url_rule("/", view_func=lambda: {"here": True})
    with serving(make_threaded(app, listen("127.0.0.1", 0))) as server:
        yield server.port


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


def running(view):
    """A server with one view, and its thread."""
    app = Flask(__name__)
    app.add_url_rule("/", view_func=view)
    server = make_threaded(app, listen("127.0.0.1", 0))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    return server, thread


def connect(server):
    return create_connection(("127.0.0.1", server.port), timeout=SOON)


def test_a_server_that_closes_sends_the_response_under_way():
    """Connections without a request, and those in the middle of one, are closed at once; a response is finished."""
    started, finish = threading.Event(), threading.Event()

    def view():
        started.set()
        assert finish.wait(SOON)
        return {"late": True}

    server, thread = running(view)
    with connect(server) as silent, connect(server) as half, connect(server) as late:
        half.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n")
        late.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert started.wait(SOON)
        server.shutdown()

        assert (silent.recv(1), half.recv(1)) == (b"", b"")
        finish.set()
        assert b"".join(iter(lambda: late.recv(4096), b"")).endswith(b'{"late":true}\n')
    thread.join(SOON)
    assert not thread.is_alive()


def test_a_client_that_stalls_inside_a_request_is_let_go(monkeypatch):
    """A client that sends or reads nothing for too long loses its connection, and holds no thread any more."""
    monkeypatch.setattr(QuietRequestHandler, "timeout", 0.1)
    server, thread = running(lambda: "x" * 50_000_000)
    before = threading.active_count()

    with connect(server) as silent, connect(server) as half, connect(server) as deaf:
        half.sendall(b"GET / HTTP/1.1\r\nHost:")
        deaf.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert (silent.recv(1), half.recv(1)) == (b"", b"")
        end = monotonic() + SOON
        while threading.active_count() > before and monotonic() < end:
            sleep(0.01)
        assert threading.active_count() == before

    server.shutdown()
    thread.join()
    server.server_close()


def test_connections_beyond_the_most_wait_for_their_turn(monkeypatch):
    """A connection beyond the most is not refused: it is served once another one has ended."""
    monkeypatch.setattr(werkzeug_server, "MOST_CONNECTIONS", 1)
    server, thread = running(lambda: "x")

    with connect(server) as first, connect(server) as second:
        second.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        second.settimeout(0.2)
        with pytest.raises(TimeoutError):
            second.recv(1)
        first.close()
        second.settimeout(SOON)
        assert second.recv(12) == b"HTTP/1.1 200"

    server.shutdown()
    thread.join()
    server.server_close()
