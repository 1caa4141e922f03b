"""An account's remote control: every method of the control API, over a socket."""

import json
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from http import HTTPStatus
from pathlib import PurePosixPath
from threading import Thread

import pytest

from kpn_sandbox.client import ClientError, Rejected, Unreachable
from tests.client.conftest import MONDAY


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


def test_a_new_secret_is_used_from_then_on(account):
    """After its secret was rotated, the account still has access."""
    before = account.client_secret

    account.rotate()

    assert account.client_secret != before
    assert account.show()["client_id"] == account.client_id


def test_a_snapshot_is_restored_from_an_object_a_text_or_a_file(account, tmp_path):
    """What `snapshot` returns is restored as it is, as JSON text, and from a file; what is none raises ClientError."""
    account.freeze(MONDAY)
    state = account.snapshot()
    file = tmp_path / "state.json"
    file.write_text(json.dumps(state))

    for form in (state, json.dumps(state), file):
        account.advance(60)
        assert account.restore(form)["notes"] == []
        assert account.snapshot() == state

    for wrong in ({}, "no JSON", "[]", tmp_path / "missing.json"):
        with pytest.raises(ClientError):
            account.restore(wrong)


def test_the_clock_is_set(account):
    """The clock can be frozen, moved forward, run fast, and show wall time again."""
    frozen = {"mode": "frozen", "at": MONDAY, "speed": 0, "tokens": "account", "not_in_force": []}
    assert account.freeze(MONDAY) == frozen
    assert account.freeze(tokens="wall") == {**frozen, "tokens": "wall"}
    assert account.run(tokens="account")["tokens"] == "account"
    account.freeze(MONDAY)
    assert account.advance(3600)["at"] == account.freeze()["at"] == "2026-11-23T11:00:00+01:00"
    assert account.run(MONDAY, speed=60)["speed"] == 60
    assert (account.run()["speed"], account.clock()["mode"]) == (1, "running")


def test_changes_count_always_or_from_now_on(account):
    """A change counts always unless it says now; the clock has in words what is not in force at its instant."""
    account.freeze(MONDAY)
    always = account.scenario("busy")
    now = account.scenario("peak", effective="now")
    account.profile(load=2, effective="now")

    earlier = account.freeze("2026-11-23T09:00:00+01:00")

    assert (always["effective_from"], now["effective_from"]) == (None, MONDAY)
    assert (account.scenario()["name"], account.profile()["load"]) == ("busy", 1)
    assert sorted(earlier["not_in_force"]) == [
        f'profile {{"load": 2}} counts from {MONDAY} on',
        f'scenario "peak" counts from {MONDAY} on',
    ]


def test_profile_and_scenario_are_set_and_reset(account):
    """Profile and scenario change, and a reset of one layer or of all restores them."""
    account.profile(load=2)
    account.scenario("peak", for_seconds=60)

    assert (account.profile()["load"], account.scenario()["name"]) == (2, "peak")
    assert account.reset("profile") == ["profile"]
    assert "scenario" in account.reset()
    assert (account.profile()["load"], account.scenario()["name"]) == (1, "normal")


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


def test_requests_are_logged(account, agents_status):
    """The request log is listed, filtered, exported, checked for conduct, and emptied."""
    agents_status()

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


def test_an_error_says_what_would_be_right(account):
    """The error has one line that says what would be right, and the status."""
    with pytest.raises(Rejected, match="agents must be a whole number from 1 to 5000") as rejected:
        account.profile(agents=0)

    assert rejected.value.status == 400


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


def test_requests_may_have_bodies(account):
    """POST and PUT send JSON, forms and texts, with the account's token or whatever the test gives."""
    assert account.post("/agents", {"a": 1}).status == 405
    assert account.put("/agents", data="text").status == 405
    form = {"client_id": account.client_id, "client_secret": account.client_secret}
    path = "/oauth/client_credential/accesstoken?grant_type=client_credentials"
    token = account.post(path, data=form, headers={"Authorization": ""})["access_token"]
    assert account.get("/agents", token=token).status == 200
    assert account.put(f"/_sandbox/accounts/{account.client_id}/scenario", json={"name": "peak"})["name"] == "peak"
    assert account.get(f"{account.url}/_sandbox/accounts/{account.client_id}/scenario")["name"] == "peak"
    assert account.get(PurePosixPath("/queues")).status == 200


def test_a_hanging_answer_is_not_waited_for(account):
    """A time-out ends a request; the account can be used further."""
    account.fail("agents", "hang")

    with pytest.raises(Unreachable, match="timed out"):
        account.get("/agents", timeout=timedelta(milliseconds=200))
    assert account.get("/agents").status == 200
    assert [each["status"] for each in account.verify("agents", 2)] == [0, 200]


def test_every_method_takes_values_as_programs_have_them(account):
    """Instants, lengths of time, numbers, words and statuses need no spelling."""

    class Word(Enum):
        PEAK, AGENTS, MINUTE, PINS = "peak", "agents", "minute", "pins"

    noon = datetime(2026, 11, 23, 12, tzinfo=timezone(timedelta(hours=1)))
    assert account.freeze(noon)["at"] == "2026-11-23T12:00:00+01:00"
    assert account.advance(timedelta(minutes=1))["at"] == "2026-11-23T12:01:00+01:00"
    assert account.run(noon, speed=Decimal("2.0"))["speed"] == 2
    account.freeze(noon)
    assert account.scenario(Word.PEAK, for_seconds=timedelta(hours=1))["ends_at"] == "2026-11-23T13:00:00+01:00"
    assert account.profile(agents=Decimal(7), talk_seconds=timedelta(minutes=3))["talk_seconds"] == 180
    pinned = account.pin(Word.AGENTS, 40001, Time=timedelta(seconds=90), Reason=None, expires_at=noon + timedelta(1))
    assert (pinned["fields"]["Time"], pinned["expires_at"]) == ("90", "2026-11-24T12:00:00+01:00")
    account.unpin(Word.AGENTS, 40001)
    account.fail("agents", HTTPStatus.BAD_GATEWAY, {"delay_ms": timedelta(milliseconds=1)})
    assert [account.get("/agents").status for _ in range(2)] == [502, 200]
    assert account.quota(Decimal(60), unit=Word.MINUTE)["limit"] == 60
    assert account.requests(status=HTTPStatus.BAD_GATEWAY, since=noon)[0]["operation"] == "agents"
    assert account.calls(noon - timedelta(minutes=5), noon, queue=1000) is not None
    assert account.schedule(noon.date())["date"] == "2026-11-23"
    assert account.reset(Word.PINS) == ["pins"]


@pytest.mark.parametrize(
    "call",
    [
        lambda account: account.freeze("yesteryear"),
        lambda account: account.advance(timedelta(-1)),
        lambda account: account.scenario(object()),
        lambda account: account.pin("agents", "../40001", Agent="x"),
        lambda account: account.pin("chairs", 1, Agent="x"),
        lambda account: account.pin("agents", 40001, Agent=b"x"),
        lambda account: account.fail("agents", "vanish"),
        lambda account: account.fail("agents", float("nan")),
        lambda account: account.fail("agents", 503, key="Jansen"),
        lambda account: account.get("/agents", headers={"X": "a\nb"}),
        lambda account: account.get("/agents", headers={"X": "\u4f60"}),
        lambda account: account.get("/agents", headers={"X": object()}),
        lambda account: account.get("/agents", timeout="soon"),
        lambda account: account.post("/agents", {"a": object()}),
        lambda account: account.requests(status="abc"),
        lambda account: account.requests(colour="red"),
        lambda account: account.wait_for("agents", count=0),
        lambda account: account.heal("../../accounts"),
        lambda account: account.reset("everything"),
    ],
)
def test_only_errors_of_the_client_come_out(account, call):
    """Whatever is wrong with an argument, the error is a ClientError in one line."""
    with pytest.raises(ClientError) as error:
        call(account)

    assert "\n" not in str(error.value)


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


def test_an_account_is_described_and_dropped(client):
    """`repr` has id, clock and scenario, also of one that was not asked yet; a `with` block drops the account."""
    with client.new_account(at=MONDAY, scenario="busy", client_id="dropped") as account:
        account.scenario("trunk outage")
        for each in (account, client.account("dropped")):
            assert f"Account 'dropped' at {client.url}: clock frozen at {MONDAY}, scenario trunk outage" in repr(each)

    with pytest.raises(ClientError, match="401"):
        account.show()
    account.drop()
    assert "clock not known" in repr(client.account("dropped"))


def test_responses_say_whether_they_are_right(account):
    """`ok`, `raise_for_status` and `json` mean what they mean in other libraries; errors are the client's."""
    response = account.get("/agents", params={"a": [1, 2], "b": None, "c": HTTPStatus.OK})
    assert response.ok and response.raise_for_status() is response
    assert account.requests()[-1]["query"] == "a=1&a=2&c=200"

    account.fail("agents", {"status": 503, "body": "{"}, 302)
    broken = account.get("/agents")
    assert not broken.ok
    with pytest.raises(ClientError, match="the response is 503") as error:
        broken.raise_for_status()
    assert error.value.status == 503
    with pytest.raises(ClientError, match=r"the body must be JSON, not '\{'"):
        broken.json()
    assert account.get("/agents").status == 302


def test_a_problem_comes_with_the_error(account):
    """The problem document of the control API is there as it came."""
    with pytest.raises(ClientError) as error:
        account.profile(agents=0, load=9)

    assert error.value.status == 400
    assert [each["field"] for each in error.value.problem["errors"]] == ["agents", "load"]


def test_requests_are_deleted_with_a_path_and_the_account_without(client):
    """`delete` with a path is a request like `get`; without one the account is gone, as after `drop`."""
    account = client.new_account()
    assert account.delete("/agents").status == 405
    assert account.delete().status == 204

    with pytest.raises(ClientError, match="404"):
        account.delete()


def test_a_wrong_name_of_an_argument_says_what_is_right(client, account):
    """What a method does not take is an error of the client, like everything else."""
    with pytest.raises(ClientError, match=r"'tokns'; it takes \(at.*tokens"):
        account.freeze(MONDAY, tokns="wall")
    with pytest.raises(ClientError, match="it takes .client_id"):
        client.account(id="x")
    with pytest.raises(ClientError, match="an option of a request must be one of params, token, headers, timeout"):
        account.get("/agents", tokn="x")
    with pytest.raises(ClientError, match="bogus"):
        account.requests(bogus=1)
