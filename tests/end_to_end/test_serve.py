"""Starting and stopping, over real sockets."""

import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from socket import create_connection
from urllib.parse import urlsplit

import pytest

from kpn_sandbox.client import Client
from tests.tools import tool

SOON = 20


def ask(url, path="/agents", token="", **headers):
    """A connection on which a request is under way."""
    address = urlsplit(url)
    connection = HTTPConnection(address.hostname, address.port, timeout=SOON)
    connection.request("GET", path, headers={**({"Authorization": f"Bearer {token}"} if token else {}), **headers})
    return connection


def answer(connection):
    """The status and body of the answer."""
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response.status, body


def get(url, path="/agents", token=""):
    """Ask and wait for the answer."""
    return answer(ask(url, path, token))


def test_a_start_prints_its_banner_and_ends_with_ready(start):
    """The last line is the base URL, and requests are answered at once."""
    sandbox = start()

    status, body = get(sandbox.url, token=sandbox.token())

    assert sandbox.banner[-1] == f"Ready: {sandbox.url}\n"
    assert status == 200
    assert len(json.loads(body)["DataSet"]["agents"]) == 50


def test_the_printed_curl_line_works_as_printed(sandbox):
    """The line, copied into a shell, prints agents."""
    tool("curl")
    [line] = [line for line in sandbox.banner if line.startswith("curl ")]

    ran = subprocess.run(["sh", "-c", line], capture_output=True, timeout=SOON, check=True)

    assert json.loads(ran.stdout)["DataSet"]["agents"][0]["Logid"] == "40001"


def test_curl_lines_of_kpns_page_work_with_only_the_host_changed(sandbox):
    """The token line of KPN's page, Unix spelling, and a resource line below the base path."""
    curl = tool("curl")
    url = f"{sandbox.url}/oauth/client_credential/accesstoken?grant_type=client_credentials"
    form = ["-H", "Content-Type: application/x-www-form-urlencoded"]
    data = ["-d", "client_id=APP_CONSUMER_KEY&client_secret=APP_CONSUMER_SECRET"]

    token = subprocess.run([curl, "-s", "-X", "POST", url, *form, *data], capture_output=True, timeout=SOON, check=True)
    bearer = f"Authorization: Bearer {json.loads(token.stdout)['access_token']}"
    queues = f"{sandbox.url}/communication/kpn/dashboard-server/queues"
    ran = subprocess.run([curl, "-s", "-H", bearer, queues], capture_output=True, timeout=SOON, check=True)

    assert b'"access_token" : "' in token.stdout
    assert [queue["Number"] for queue in json.loads(ran.stdout)["DataSet"]["queues"]][:2] == ["1000", "1001"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("by", "group"), [(signal.SIGTERM, False), (signal.SIGINT, False), (signal.SIGINT, True)], ids=str
)
def test_a_stop_answers_the_requests_in_flight(start, by, group):
    """SIGTERM and Ctrl-C, also when the terminal sends it to every process, end silently and lose no request."""
    sandbox = start()
    delayed = ask(sandbox.url, "/queues", sandbox.token(), Prefer="delay-ms=1500")
    # Connections are accepted in their order, so the delayed request is there when a later one is answered.
    get(sandbox.url, "/_sandbox/ready")

    stopped = sandbox.stop(by=by, group=group)

    assert answer(delayed)[0] == 200
    assert stopped == (0, "", "")


@pytest.mark.slow
def test_a_stop_in_the_middle_of_a_start_ends_it(tmp_path):
    """A sandbox that is stopped before it is ready ends at once."""
    command = [sys.executable, "-m", "kpn_sandbox", "--port", "0", "--workers", "3"]
    command += ["--database-url", f"sqlite:///{tmp_path / 'sandbox.db'}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as starting:
        assert starting.stdout is not None
        next(line for line in starting.stdout if line.startswith("curl "))

        starting.terminate()

        assert starting.wait(SOON) in (0, -signal.SIGTERM)


@pytest.mark.slow
def test_delayed_answers_do_not_hold_up_others(sandbox):
    """With far more delayed requests than threads, a plain one is answered at once."""
    token = sandbox.token()
    delayed = [ask(sandbox.url, "/agents", token, Prefer="delay-ms=6000") for _ in range(200)]

    began = time.monotonic()
    status = get(sandbox.url, "/trunks", token)[0]
    took = time.monotonic() - began

    assert status == 200
    assert took < 4
    assert {answer(connection)[0] for connection in delayed} == {200}
    assert time.monotonic() - began > 5


@pytest.mark.slow
def test_silent_connections_do_not_hold_up_others(sandbox):
    """Connections that send nothing cost no thread."""
    address = urlsplit(sandbox.url)
    silent = [create_connection((address.hostname, address.port)) for _ in range(40)]

    began = time.monotonic()
    status = get(sandbox.url, "/_sandbox/ready")[0]
    took = time.monotonic() - began

    for connection in silent:
        connection.close()
    assert status == 200
    assert took < 5


@pytest.mark.parametrize(
    ("request_bytes", "status", "code"),
    [
        (b"GARBAGE\r\n\r\n", 400, "protocol.http.BadRequest"),
        (b"GET /agents HTTP/9.9\r\n\r\n", 400, "protocol.http.BadRequest"),
        (b"GET /agents HTTP/1.1\r\nA B: c\r\n\r\n", 400, "protocol.http.BadRequest"),
        (b"GET /" + b"a" * 8000 + b" HTTP/1.1\r\n\r\n", 414, "protocol.http.TooBigLine"),
        (b"GET / HTTP/1.1\r\nA: " + b"a" * 1_000_000 + b"\r\n\r\n", 431, "protocol.http.TooBigHeaders"),
    ],
    ids=["garbage", "version", "header name", "line", "header"],
)
def test_malformed_requests_are_refused_as_json(sandbox, request_bytes, status, code):
    """Bytes that the application never sees are refused in the gateway's shape."""
    address = urlsplit(sandbox.url)
    with create_connection((address.hostname, address.port), timeout=SOON) as connection:
        connection.sendall(request_bytes)
        answer = connection.makefile("rb").read()

    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(f"HTTP/1.1 {status} ".encode())
    assert b"\r\nContent-Type: application/json\r\n" in head
    assert json.loads(body)["fault"]["detail"]["errorcode"] == code


def test_token_and_health_ask_the_running_sandbox(sandbox):
    """`token` prints a token that is accepted; `health` exits with 0."""
    command = [sys.executable, "-m", "kpn_sandbox"]

    token = subprocess.run([*command, "token", "--url", sandbox.url], capture_output=True, text=True, timeout=SOON)
    health = subprocess.run([*command, "health", "--url", sandbox.url], capture_output=True, text=True, timeout=SOON)

    assert get(sandbox.url, token=token.stdout.strip())[0] == 200
    assert (health.returncode, health.stderr) == (0, "")


def test_a_token_is_refused_in_one_line(sandbox):
    """Wrong credentials end `token` with the error of the API in one line and exit code 1."""
    command = [sys.executable, "-m", "kpn_sandbox", "token", "--url", sandbox.url, "--client-secret", "wrong"]

    refused = subprocess.run(command, capture_output=True, text=True, timeout=SOON)

    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
    assert "401" in refused.stderr and "ClientId is Invalid" in refused.stderr


@pytest.mark.slow
def test_a_newer_start_keeps_the_administrators_token(start):
    """The token is generated once and kept in the database."""
    first, second = start(), start()

    assert first.admin_token == second.admin_token


@pytest.mark.slow
def test_ipv6_works(start):
    """The printed URL has brackets and answers."""
    sandbox = start("--host", "::1")

    assert sandbox.url.startswith("http://[::1]:")
    assert get(sandbox.url, "/_sandbox/ready")[0] == 200


@pytest.mark.slow
def test_localhost_works_in_both_versions_of_ip(sandbox):
    """The port of the printed URL answers at 127.0.0.1 and at ::1."""
    port = urlsplit(sandbox.url).port

    assert sandbox.url == f"http://127.0.0.1:{port}"
    assert [get(f"http://{host}:{port}", "/_sandbox/ready")[0] for host in ("127.0.0.1", "[::1]")] == [200, 200]


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sync", "gthread", "gevent"])
def test_other_workers_of_gunicorn_serve_the_application(tmp_path, kind):
    """`gunicorn wsgi:app` works with whatever class of workers."""
    settings = {"KPN_SANDBOX_DATABASE_URL": f"sqlite:///{tmp_path / 'sandbox.db'}", "KPN_SANDBOX_AGENTS": "7"}
    command = [sys.executable, "-m", "gunicorn", "--bind", "127.0.0.1:0", "-k", kind, "--workers", "2", "wsgi:app"]
    with subprocess.Popen(command, env={**os.environ, **settings}, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        line = next(line for line in server.stderr if "Listening at: " in line)
        url = line.split("Listening at: ")[1].split()[0]
        token = Client(url).token("APP_CONSUMER_KEY", "APP_CONSUMER_SECRET")
        with ThreadPoolExecutor(4) as pool:
            delayed = pool.submit(lambda: answer(ask(url, "/queues", token, Prefer="delay-ms=300")))
            bodies = list(pool.map(lambda _: get(url, "/agents", token)[1], range(8)))
        server.terminate()
        errors = server.stderr.read()

    assert delayed.result()[0] == 200
    assert {len(json.loads(body)["DataSet"]["agents"]) for body in bodies} == {7}
    assert "Traceback" not in errors


@pytest.mark.slow
def test_a_new_day_of_a_large_center_does_not_hold_up_others(start):
    """While the days of a center of 1,000 agents are computed, other requests are answered at once."""
    sandbox = start("--agents", "1000")
    token = sandbox.token()
    get(sandbox.url, "/agents", token)
    days = [{"Prefer": f'at="2026-03-{day:02}T12:00:00+01:00"'} for day in range(1, 13)]

    with ThreadPoolExecutor(4) as pool:
        computing = [
            pool.submit(lambda header=day: answer(ask(sandbox.url, "/agents", token, **header))) for day in days
        ]
        took = []
        while not all(each.done() for each in computing):
            began = time.monotonic()
            assert get(sandbox.url, "/_sandbox/health")[0] == 200
            took.append(time.monotonic() - began)

    assert {each.result()[0] for each in computing} == {200}
    assert len(took) > 5 and sorted(took)[len(took) // 2] < 0.25


@pytest.mark.slow
def test_a_day_that_many_ask_for_is_computed_for_all_of_them(start):
    """Requests that need the same new days in different ways, at the same time, are all answered."""
    sandbox = start("--agents", "200")
    token = sandbox.token()
    lists, pages = (
        ["/agents", "/queues", "/trunks"],
        ["/history/days?days=6", "/wallboard/day", "/panel/rows?customerId="],
    )
    days = [f"2026-04-{day:02}T12:00:00+02:00" for day in range(1, 7)]
    account = Client(sandbox.url).account("APP_CONSUMER_KEY", "APP_CONSUMER_SECRET")

    for day in days:
        account.freeze(day)
        with ThreadPoolExecutor(24) as pool:
            asked = [pool.submit(get, sandbox.url, path, token) for path in lists * 4]
            # The pages of this machine need no token.
            asked += [pool.submit(get, sandbox.url, path) for path in pages * 4]
            assert {each.result()[0] for each in asked} == {200}


@pytest.mark.slow
def test_every_worker_answers_with_the_same_bytes(start):
    """A frozen center is the same in all workers, and a token of one is good in all."""
    sandbox = start("--workers", "3", "--clock", "2026-11-23T10:00:00+01:00")
    token = sandbox.token()

    with ThreadPoolExecutor(12) as pool:
        answers = [pool.submit(get, sandbox.url, "/agents", token) for _ in range(48)]

    assert len({answer.result()[1] for answer in answers}) == 1
    assert {answer.result()[0] for answer in answers} == {200}
