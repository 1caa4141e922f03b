"""Connections that break, seen from the other end of a real socket."""

import subprocess
import sys
import threading
from http.client import BadStatusLine, HTTPConnection, RemoteDisconnected

import pytest
from flask import Response

from kpn_sandbox.gateway.fault_injection import DRIP_SECONDS, LONGEST_DRIP_SECONDS, BrokenConnection, drip
from kpn_sandbox.server.listener import listen
from kpn_sandbox.server.werkzeug_server import make_threaded

from .connection_faults import TEXT, app

SOON = 10


@pytest.fixture(scope="module")
def werkzeug_port():
    listener = listen("127.0.0.1", 0)
    port = listener.getsockname()[1]
    server = make_threaded(app, listener)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield port
    server.shutdown()
    thread.join()
    server.server_close()


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
        BrokenConnection("garbage")({}, print)
