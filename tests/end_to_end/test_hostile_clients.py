"""Clients that stall, never read, close late or say nothing cost the others nothing, and no stop waits for them."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import closing, suppress
from socket import create_connection
from urllib.parse import urlsplit

import pytest

from kpn_sandbox.client import Client

from .callers import get
from .hostile import CLOSING, IDLE, STALLED, Crowd, answers, waits

pytestmark = pytest.mark.slow

ADMIN = "administrator-token"
SOON = 20
STOPS = [(signal.SIGTERM, False), (signal.SIGINT, True), (signal.SIGHUP, True)]
SHORT = """
import sys
from kpn_sandbox.cli.serve import patch_standard_library
patch_standard_library()
from kpn_sandbox.server import serve
from kpn_sandbox.server.client_connection import Deadlines
from kpn_sandbox.settings import from_environment
settings = from_environment(overrides={"port": "0", "database_url": sys.argv[1], "admin_token": sys.argv[2]})
serve(settings, announce=lambda app, url: None, ready=lambda url: print(url, flush=True),
      deadlines=Deadlines(stalled=1, idle=3, linger=1))
"""
"""A program that serves with short deadlines."""


@pytest.fixture
def short_url(tmp_path):
    """The URL of a server that waits a second for a stalled client and three for a silent one."""
    database = f"sqlite:///{tmp_path / 'sandbox.db'}"
    command = [sys.executable, "-c", SHORT, database, ADMIN]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        yield server.stdout.readline().strip()
        server.terminate()
        assert server.communicate(timeout=SOON)[1] == ""


def connection_to(url):
    address = urlsplit(url)
    return create_connection((address.hostname, address.port), timeout=SOON)


@pytest.mark.parametrize(("by", "group"), STOPS, ids=["SIGTERM", "Ctrl-C", "terminal closed"])
def test_a_crowd_of_bad_clients_holds_up_neither_others_nor_a_stop(start, by, group):
    """With 1,420 hostile connections others are answered at once; a stop answers what is delayed and ends at once."""
    sandbox = start("--agents", "100")
    token = sandbox.token()
    get(sandbox.url, "/agents", token)

    with Crowd(sandbox.url, token) as crowd:
        crowd.stall(200)
        crowd.never_read(50)
        crowd.open(50, CLOSING)
        crowd.open(1000, IDLE)
        crowd.open(20)
        delayed = crowd.delay(100, 60_000)
        took = waits(crowd, ("/_sandbox/health", "/agents"), seconds=4, per_second=50)
        began = time.monotonic()
        stopped = sandbox.stop(by=by, group=group)
        ended = time.monotonic() - began

        assert set(answers(delayed)) == {b"HTTP/1.1 200 OK\r\n"}
    assert stopped == (0, "", "")
    assert took[len(took) * 99 // 100] < 1
    assert ended < 10


def test_a_request_that_was_sent_before_the_stop_is_answered(start):
    """Requests on new and on kept connections are answered, also those that the worker has not read when it stops."""
    sandbox = start()
    with Crowd(sandbox.url, sandbox.token()) as crowd:
        kept = crowd.open(20, IDLE)
        first = [connection.recv(65_536) for connection in kept]
        for connection in kept:
            connection.sendall(IDLE)
        new = crowd.open(20, IDLE)

        stopped = sandbox.stop()

        received = [begin + connection.makefile("rb").read() for begin, connection in zip(first, kept, strict=True)]
        assert {answer.count(b"HTTP/1.1 200 OK\r\n") for answer in received} == {2}
        assert set(answers(new)) == {b"HTTP/1.1 200 OK\r\n"}
    assert stopped == (0, "", "")


@pytest.mark.parametrize("request_bytes", STALLED, ids=["line", "header", "body", "chunk"])
def test_a_stalled_request_gets_408(short_url, request_bytes):
    """A client that stops in the middle of a request is told so, its connection is closed, and the log has it."""
    with connection_to(short_url) as connection:
        connection.sendall(request_bytes)
        answer = connection.makefile("rb").read()

    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 408 Request Timeout\r\n") and b"\r\nConnection: close" in head
    assert json.loads(body)["fault"]["faultstring"] == "Request timeout"
    (entry,) = Client(short_url, admin_token=ADMIN).all_requests()
    assert (entry["status"], entry["id"]) == (408, head.rpartition(b"X-Request-Id: ")[2].decode())


def test_progress_is_what_counts(short_url):
    """A request that takes longer than the deadline is answered for as long as bytes of it arrive."""
    with connection_to(short_url) as connection:
        for byte in b"GET /_sandbox/health HTTP/1.1\r\nHost: a\r\n\r\n":
            connection.sendall(bytes((byte,)))
            time.sleep(0.07)

        assert connection.makefile("rb").readline() == b"HTTP/1.1 200 OK\r\n"


def test_a_response_that_nobody_reads_is_given_up(short_url):
    """The connection of a client that never reads is closed, though more of the response is left."""
    token = Client(short_url).token("APP_CONSUMER_KEY", "APP_CONSUMER_SECRET")

    with Crowd(short_url, token) as crowd:
        (connection,) = crowd.never_read(1)
        time.sleep(3)
        received = b""
        # What it still wanted to send was never read, so its system may report a reset in place of the end.
        with suppress(ConnectionResetError):
            while data := connection.recv(65_536):
                received += data

    assert received.count(b"HTTP/1.1 200 OK") < 1000


def test_a_silent_connection_is_closed_between_requests(short_url):
    """A connection that sent nothing, or nothing since its last response, is closed without a word."""
    with connection_to(short_url) as silent, connection_to(short_url) as idle:
        idle.sendall(IDLE)
        reader = idle.makefile("rb")
        head = b"".join(iter(reader.readline, b"\r\n"))
        body = reader.read(int(head.split(b"Content-Length: ")[1].split(b"\r\n")[0]))

        assert json.loads(body)["status"] == "ok"
        assert (silent.recv(1), reader.read()) == (b"", b"")


def test_working_on_a_request_has_no_deadline(short_url):
    """A delayed response comes although it takes longer than the client may stall."""
    token = Client(short_url).token("APP_CONSUMER_KEY", "APP_CONSUMER_SECRET")

    assert get(short_url, "/queues", token, Prefer="delay-ms=2500").status == 200


def test_a_second_ctrl_c_stops_at_once(start):
    """A day that is being computed is not waited for any more."""
    sandbox = start()
    account = Client(sandbox.url).account("APP_CONSUMER_KEY", "APP_CONSUMER_SECRET")
    account.profile(agents=1000)
    token = sandbox.token()
    with Crowd(sandbox.url, token) as crowd:
        path = b"/_sandbox/accounts/APP_CONSUMER_KEY/truth/intervals?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z"
        crowd.open(1, b"GET " + path + b" HTTP/1.1\r\nHost: here\r\n\r\n")
        began = time.monotonic()
        sandbox.process.send_signal(signal.SIGINT)
        sandbox.process.send_signal(signal.SIGINT)

        sandbox.process.wait(SOON)
    assert time.monotonic() - began < 5


def test_signals_that_gunicorn_reloads_by_do_nothing(start):
    """SIGUSR2 starts no second master, SIGTTIN no further worker."""
    sandbox = start()
    before = sandbox.processes()

    for number in (signal.SIGUSR2, signal.SIGTTIN, signal.SIGTTOU):
        os.kill(sandbox.process.pid, number)
    for number in (signal.SIGUSR2, signal.SIGHUP, signal.SIGINT):
        os.kill(before[-1], number)
    time.sleep(2)

    assert sandbox.processes() == before
    assert get(sandbox.url, "/_sandbox/health", "").status == 200
    assert sandbox.stop() == (0, "", "")


def test_a_closed_terminal_does_not_stop_what_ignores_it(tmp_path):
    """Under nohup the sandbox goes on when the terminal is closed."""
    command = ["sh", "-c", 'trap "" HUP; exec "$@"', "sh", sys.executable, "-m", "kpn_sandbox", "serve", "--port", "0"]
    command += ["--database-url", f"sqlite:///{tmp_path / 'sandbox.db'}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        url = next(line for line in server.stdout if line.startswith("Ready: ")).split()[1]
        server.send_signal(signal.SIGHUP)
        time.sleep(1.5)

        assert get(url, "/_sandbox/health", "").status == 200
        server.terminate()
        assert server.wait(SOON) == 0


def test_few_open_files_make_new_connections_wait(tmp_path):
    """With 64 open files and 150 connections the worker lives, and each connection is served when others leave."""
    command = ["sh", "-c", 'ulimit -n 64; exec "$@"', "sh", sys.executable, "-m", "kpn_sandbox", "serve", "--port", "0"]
    command += ["--database-url", f"sqlite:///{tmp_path / 'sandbox.db'}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        url = next(line for line in server.stdout if line.startswith("Ready: ")).split()[1]
        token = Client(url).token("APP_CONSUMER_KEY", "APP_CONSUMER_SECRET")
        with Crowd(url, token) as crowd:
            request = b"GET /agents HTTP/1.1\r\nHost: here\r\n" + crowd.authorization + b"\r\n"
            connections = crowd.open(150)
            for connection in connections:
                with closing(connection):
                    connection.sendall(request)
                    assert answers([connection]) == [b"HTTP/1.1 200 OK\r\n"]
        server.terminate()
        errors = server.communicate(timeout=SOON)[1]

    assert (server.returncode, errors) == (0, "")
