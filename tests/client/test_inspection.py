"""The request log of an account and the facts behind its figures, over a socket."""

from datetime import timedelta
from http import HTTPStatus
from threading import Thread

import pytest

from kpn_sandbox.client import ClientError
from tests.client.conftest import MONDAY


def test_requests_are_logged(account):
    """The request log is listed, filtered, exported, checked for conduct, and emptied."""
    account.get("/agents")

    assert [request["operation"] for request in account.requests()] == ["token", "agents"]
    assert [request["status"] for request in account.requests(operation="agents", limit=5)] == [200]
    assert len(account.har()["log"]["entries"]) == 2
    assert account.conduct()["findings"] == []
    account.forget_requests()
    assert account.requests() == []


def test_the_facts_behind_the_counters_are_listed(account):
    """Customers, calls, states, and records of the inbox are listed and filtered."""
    calls = account.calls(MONDAY.replace("10:", "00:", 1), MONDAY, queue=1000)

    assert calls and {call["queue"] for call in calls} == {1000}
    assert calls == [call for call in account.calls() if call["queue"] == 1000]
    assert account.states(40001)[0]["at"] == "2026-11-23T00:00:00+01:00"
    first, second = account.customers(limit=1), account.customers(limit=200)[1:]
    assert account.customers(limit=199, after=first[0]["primary_key"]) == second
    assert account.customers(identifier=second[7]["phone"]) == [second[7]]
    assert account.inbox(kpi="sales") == []


def test_intervals_and_the_schedule_are_read(account):
    """Intervals are of a length and a queue, the schedule is that of a date."""
    intervals = account.intervals(60, MONDAY.replace("10:", "08:", 1), MONDAY, queue=1000)

    assert [each["starts_at"][11:16] for each in intervals] == ["08:00", "09:00"]
    assert len(account.intervals(queue=1000)) == 21
    assert (account.schedule()["date"], account.schedule("2026-11-24")["date"]) == ("2026-11-23", "2026-11-24")


def test_requests_are_waited_for_and_verified(account):
    """`wait_for` returns as soon as so many requests have come, `verify` looks once; both return them."""
    account.token()
    later = Thread(target=lambda: [account.get(path) for path in ("/agents", "/queues", "/agents")])
    later.start()

    found = account.wait_for("agents", 2, timeout=timedelta(seconds=30))
    later.join()

    assert [each["path"] for each in found] == ["/agents", "/agents"]
    assert len(account.verify("queues", 1, status=HTTPStatus.OK)) == 1
    assert len(account.verify("any", 4)) == len(account.wait_for(None, count=4)) == 4
    assert len(account.verify("agents", 2, status="2xx", method="GET", path="/agents")) == 2


def test_requests_that_do_not_come_are_told(account):
    """The error is an AssertionError, too, and says what there was instead."""
    account.get("/agents")

    with pytest.raises(ClientError, match=r"0 requests with operation=queues within 0\.1 s, not 1") as late:
        account.wait_for("queues", timeout=0.1)
    with pytest.raises(AssertionError, match=r"1 request with operation=agents \(the last: GET /agents 200\), not 2"):
        account.verify("agents", 2)
    assert isinstance(late.value, AssertionError)
    with pytest.raises(ClientError, match="operation must be one of token"):
        account.verify("agnets", 1)


def test_a_failure_lists_the_nearest_requests(account):
    """Requests that have most of what was wanted come first, each once with how often it came."""
    for path in ("/trunks", "/queues", "/queue/number/1000", "/queue/number/1000", "/agent/logid/40001"):
        account.get(path)

    with pytest.raises(AssertionError) as error:
        account.verify("queue", 1, path="/queue/number/1001")

    title, nearest = str(error.value).split("; the nearest are: ")
    assert title == "0 requests with path=/queue/number/1001 operation=queue, not 1"
    assert nearest.split("; ")[:2] == ["GET /queue/number/1000 200 (2 times)", "GET /queues 200"]
    account.forget_requests()
    with pytest.raises(AssertionError, match="the log is empty"):
        account.verify("queue", 1)
