"""Connections that break, seen from the other end of a real socket."""

import socket
import subprocess
import sys
import time
from http.client import BadStatusLine, HTTPConnection, RemoteDisconnected

import pytest
from flask import Response

from kpn_sandbox.gateway.fault_injection import (
    BREAKS,
    DRIP_SECONDS,
    LONGEST_DRIP_SECONDS,
    LOOK_SECONDS,
    BrokenConnection,
    drip,
    has_left,
    truncate,
)
from kpn_sandbox.literals import LONGEST_DELAY_MS
from kpn_sandbox.server.listener import listen
from kpn_sandbox.server.werkzeug_server import make_threaded
from tests.application import serving

from .connection_faults import TEXT, app

SOON = 10


@pytest.fixture(scope="module")
def werkzeug_port():
    with serving(make_threaded(app, listen("127.0.0.1", 0))) as server:
        yield server.port


@pytest.fixture(scope="module")
def gunicorn():
    """The port of a gunicorn with threads, as users may run the application; it must log nothing."""
    with listen("127.0.0.1", 0) as listener:
        command = [sys.executable, "-m", "gunicorn", "--bind", f"fd://{listener.fileno()}", "--threads", "2"]
        process = subprocess.Popen(
            [*command, "--log-level", "warning", "tests.gateway.connection_faults:app"],
            pass_fds=[listener.fileno()],
            stderr=subprocess.PIPE,
            text=True,
        )
        yield listener.getsockname()[1]
        process.terminate()
        assert process.communicate(timeout=SOON)[1] == ""


@pytest.fixture(params=["werkzeug_port", "gunicorn"])
def port(request):
    return request.getfixturevalue(request.param)


def ask(port, path):
    """The answer: status, Content-Length and body."""
    connection = HTTPConnection("127.0.0.1", port, timeout=SOON)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.headers["Content-Length"], response.read().decode()
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("connection", "error"),
    [("reset", ConnectionResetError), ("empty", RemoteDisconnected), ("garbage", BadStatusLine)],
)
def test_a_connection_breaks_by_its_fault(port, connection, error):
    """The client gets exactly that error, and the server goes on and logs nothing."""
    with pytest.raises(error) as met:
        ask(port, f"/{connection}")

    # For Python a closed connection is a kind of reset one; the type of the error is not.
    assert type(met.value) is error
    assert ask(port, "/whole") == (200, str(len(TEXT)), TEXT)


def test_a_dripping_answer_is_whole(port):
    """An answer that drips has the right head and body; it only takes longer."""
    assert ask(port, "/drip") == (200, str(len(TEXT)), TEXT)


def test_a_dripping_body_comes_byte_by_byte():
    """A body that drips has a pause before each byte, and none after the last."""
    pauses = []

    drops = list(drip(Response(b"abc"), pauses.append).response)

    assert (drops, pauses) == ([b"a", b"b", b"c"], [DRIP_SECONDS] * 3)


def test_a_long_body_drips_faster():
    """The pauses of a long body are shorter, so that a server that stops waits for a minute at most."""
    pauses = []

    for _ in drip(Response(b"x" * 10_000), pauses.append).response:
        pass

    assert sum(pauses) == pytest.approx(LONGEST_DRIP_SECONDS)


def test_without_a_socket_the_connection_is_reset():
    """Under a server that does not hand out its sockets every fault becomes a reset."""
    with pytest.raises(ConnectionResetError):
        BrokenConnection("garbage", print)({}, print)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_truncated_answer_ends_after_half_of_its_body(port, method):
    """The head announces the whole body, half of it comes, and then the connection is closed in good order."""
    with socket.create_connection(("127.0.0.1", port), SOON) as client:
        client.sendall(f"{method} /truncate HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        head, _, body = read_to_end(client).partition(b"\r\n\r\n")

    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert f"content-length: {len(TEXT)}".encode() in head.lower()
    assert b'etag: "t"' in head.lower()
    assert body == (TEXT[: len(TEXT) // 2].encode() if method == "GET" else b"")


def read_to_end(client):
    """Everything that the server sends until it closes the connection."""
    return b"".join(iter(lambda: client.recv(4096), b""))


@pytest.mark.parametrize(("body", "half"), [(b"", b""), (b"1", b""), (b"123", b"1"), (b"1234", b"12")])
def test_half_of_a_body_is_rounded_down(body, half):
    """At least one byte is missing wherever there is one."""
    sent, started = [], []

    with pytest.raises(ConnectionResetError):
        for part in truncate(Response(body), print)({"REQUEST_METHOD": "GET"}, lambda *head: started.append(head)):
            sent.append(part)

    assert (b"".join(sent), len(started)) == (half, 1)


def test_a_hanging_request_answers_nothing_and_ends_when_its_client_leaves(port):
    """The client waits without a byte; the server notices soon that it has left, and serves others meanwhile."""
    done = ask(port, "/left")
    with socket.create_connection(("127.0.0.1", port), LOOK_SECONDS * 2) as client:
        client.sendall(b"GET /hang HTTP/1.1\r\nHost: x\r\n\r\n")
        with pytest.raises(TimeoutError):
            client.recv(1)
        assert ask(port, "/left") == done

    end = time.monotonic() + SOON
    while ask(port, "/left") == done and time.monotonic() < end:
        time.sleep(0.05)
    assert ask(port, "/left")[2].count("hang") == done[2].count("hang") + 1


@pytest.mark.parametrize(("stops", "seconds"), [(False, LONGEST_DELAY_MS / 1000), (True, LOOK_SECONDS)])
def test_a_hanging_request_ends_with_the_longest_delay_or_the_server(stops, seconds):
    """A client that stays sees the connection closed after ten minutes, or once the server stops."""
    server, client = socket.socketpair()
    pauses = []

    with client:
        BREAKS["hang"](server, lambda pause: pauses.append(pause) or stops)
        server.close()
        assert client.recv(1) == b""

    assert sum(pauses) == seconds


@pytest.mark.parametrize(
    ("family", "sent"), [(socket.AF_INET, b""), (socket.AF_INET, b"GET /next HTTP/1.1\r\n"), (socket.AF_UNIX, b"")]
)
def test_a_client_has_left_once_it_has_closed_its_side(family, sent):
    """A client that only waits has not left, whatever it has sent, on TCP and on Unix sockets."""
    server, client = pair(family)
    client.sendall(sent)
    before = has_left(server)
    client.close()

    assert (before, eventually(lambda: has_left(server))) == (False, True)
    server.close()


def pair(family):
    """Two ends of a connection."""
    if family == socket.AF_UNIX:
        return socket.socketpair()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        client = socket.create_connection(listener.getsockname())
        return listener.accept()[0], client


def eventually(condition):
    """Whether a condition comes true within some time."""
    end = time.monotonic() + SOON
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)
    return condition()
