"""Connections that a fault plan breaks, on the sandbox's own server."""

import time
from http.client import BadStatusLine, RemoteDisconnected
from threading import Thread

import pytest

from kpn_sandbox.client import Client

from .callers import get

pytestmark = pytest.mark.slow


@pytest.fixture
def account(sandbox):
    account = Client(sandbox.url).account("APP_CONSUMER_KEY", "APP_CONSUMER_SECRET")
    account.reset()
    return account


@pytest.mark.parametrize(
    ("connection", "error"),
    [("reset", ConnectionResetError), ("empty", RemoteDisconnected), ("garbage", BadStatusLine)],
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
