"""Pins, faults and the quota of an account, over a socket."""

import pytest

from kpn_sandbox.client import ClientError, Rejected, Unreachable, describe_fault


@pytest.fixture
def agents_status(client, account):
    """Request the agents as the account; the status of the response."""
    token = account.token()

    def agents_status():
        try:
            client.ask("GET", "/agents", f"Bearer {token}")
        except Rejected as rejected:
            return rejected.status
        return 200

    return agents_status


def test_objects_are_pinned(account):
    """Pins are set, listed and dropped."""
    account.pin("agents", 40001, Status="AUX", Reason="2", reads=3)

    assert [(pin["key"], pin["reads"]) for pin in account.pins()] == [("40001", 3)]
    account.unpin("agents", 40001)
    account.unpin()
    assert account.pins() == []


def test_planned_requests_fail(account, agents_status):
    """Requests fail in the planned order or by chance, until the faults are dropped."""
    account.fail("agents", {"status": 503}, {"ok": True})
    assert [agents_status() for _ in range(3)] == [503, 200, 200]
    assert [fault["remaining"] for fault in account.faults()] == [0]

    account.heal(account.faults()[0]["id"])
    account.fail_sometimes(None, 1.0, {"status": 500}, seed="dice")
    assert agents_status() == 500

    account.heal()
    assert (agents_status(), account.faults()) == (200, [])


@pytest.mark.parametrize(
    ("remaining", "left"),
    [(None, "without end"), (0, "0 outcomes left"), (1, "1 outcome left"), (2, "2 outcomes left")],
)
def test_a_fault_is_described_by_what_is_left(remaining, left):
    """A fault by chance or one that begins again has no number of outcomes."""
    fault = {"id": "1", "api": "kpn", "operation": None, "remaining": remaining}

    assert describe_fault(fault) == f"any operation of kpn: {left} (fault 1)"


def test_a_fault_may_be_for_one_object(account):
    """A number limits a fault, in an order or by chance, to the requests for the object with it."""
    account.fail("any", 503, key=40002)
    account.fail_sometimes("agent", 1.0, 502, key="40002", seed=7)

    assert [account.get(f"/agent/logid/{login}").status for login in (40001, 40002, 40002)] == [200, 503, 502]
    assert [(fault["key"], fault.get("seed")) for fault in account.faults()] == [("40002", None), ("40002", "7")]


def test_outcomes_may_be_bare(account):
    """A status, `ok` and the name of a broken connection stand for the outcome that they mean."""
    account.fail("agents", 503, "ok", "reset")
    account.fail_sometimes("queues", 1.0, 502)

    assert [account.get("/agents").status for _ in range(2)] == [503, 200]
    with pytest.raises(Unreachable, match="/agents does not answer"):
        account.get("/agents")
    assert account.get("/queues").status == 502
    account.assert_faults_used()


def test_calls_are_counted(account, agents_status):
    """A quota refuses calls beyond its limit, until it is dropped."""
    account.quota(1, retry_after=True)
    assert [agents_status(), agents_status()] == [200, 429]

    account.drop_quota()

    assert agents_status() == 200


def test_what_is_dropped_is_named(account):
    """`heal` takes what `fail` returned, `unpin` what `pin` did; what was not there is an error."""
    first, second, third = (account.fail("agents", status) for status in (500, 502, 503))
    account.heal(second)
    assert [fault["id"] for fault in account.faults()] == [first["id"], third["id"]]
    account.heal([first, third["id"]])
    assert account.faults() == []
    with pytest.raises(ClientError, match="404"):
        account.heal(first)

    pin = account.pin("agents", 40001, Agent="Anna")
    with pytest.raises(ClientError, match="nothing is pinned of queues 1004; pinned is agents 40001"):
        account.unpin("queues", 1004)
    assert account.unpin("queues") == []
    assert account.unpin(pin) == [pin]
    assert account.unpin() == []
