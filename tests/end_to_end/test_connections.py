"""Connections that a fault plan breaks, on the sandbox's own server."""

import time
from http.client import BadStatusLine, IncompleteRead, RemoteDisconnected
from threading import Thread

import pytest

from kpn_sandbox.client import Client, ClientError

from .callers import get

pytestmark = pytest.mark.slow


@pytest.fixture
def account(sandbox):
    account = Client(sandbox.url).account("APP_CONSUMER_KEY", "APP_CONSUMER_SECRET")
    account.reset()
    return account


@pytest.mark.parametrize(
    ("connection", "error"),
    [
        ("reset", ConnectionResetError),
        ("empty", RemoteDisconnected),
        ("garbage", BadStatusLine),
        ("truncate", IncompleteRead),
    ],
)
def test_a_connection_breaks_as_the_fault_plan_names_it(sandbox, account, connection, error):
    """The client meets the fault once, and the request log notes it."""
    token = sandbox.token()
    account.fail("agents", {"connection": connection})

    with pytest.raises(error) as met:
        get(sandbox.url, "/agents", token)

    assert type(met.value) is error
    assert get(sandbox.url, "/agents", token).status == 200
    notes = [entry["note"] for entry in account.requests(operation="agents")]
    assert notes == [f"fault: connection {connection}", None]


def test_a_dripping_answer_does_not_hold_up_others(start):
    """Others are answered meanwhile, and it arrives whole."""
    sandbox = start("--agents", "2", "--clock", "2026-11-23T10:00:00+01:00")
    account = Client(sandbox.url).account("APP_CONSUMER_KEY", "APP_CONSUMER_SECRET")
    token = sandbox.token()
    account.fail("agents", {"connection": "drip"}, {"connection": "drip"})
    dripped = []
    callers = [Thread(target=lambda: dripped.append(get(sandbox.url, "/agents", token))) for _ in range(2)]

    for caller in callers:
        caller.start()
    while len(account.requests(operation="agents")) < 2:
        time.sleep(0.01)
    meanwhile = list(dripped)
    for caller in callers:
        caller.join()

    plain = get(sandbox.url, "/agents", token)
    assert meanwhile == []
    assert [answer.body for answer in dripped] == [plain.body] * 2


def test_a_stop_ends_hangs_delays_and_waits(start):
    """A server that stops closes a hanging request, and answers a delayed one and one that waits for the log."""
    sandbox = start("--agents", "2")
    account = Client(sandbox.url).account("APP_CONSUMER_KEY", "APP_CONSUMER_SECRET")
    account.token()
    account.fail("agents", "hang", {"delay_ms": 600_000})
    ended = {}

    def ask(name, question):
        try:
            ended[name] = question()
        except ClientError as error:
            ended[name] = error

    questions = {
        "hang": lambda: account.get("/agents").status,
        "delay": lambda: account.get("/agents").status,
        "wait": lambda: account.requests(operation="queues", wait=60),
    }
    callers = []
    for number, (name, question) in enumerate(questions.items(), 1):
        callers.append(Thread(target=ask, args=(name, question)))
        callers[-1].start()
        if name == "hang":
            account.wait_for("agents", number, timeout=30)
    time.sleep(1)
    begun = time.monotonic()
    code, _, errors = sandbox.stop()
    for caller in callers:
        caller.join()

    assert (code, errors) == (0, "")
    assert time.monotonic() - begun < 10
    assert (ended["delay"], ended["wait"]) == (200, [])
    assert "closed connection without response" in str(ended["hang"])
