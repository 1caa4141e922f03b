"""Pins, faults and a quota, from the remote control to the vendor's answers."""

import pytest

from .conftest import MONDAY, Turn, on_one_database

OUTCOMES = [{"status": 503}, {"status": 503, "delay_ms": 200}, {"ok": True}]
FAULT = {"api": "kpn", "operation": "agents", "outcomes": OUTCOMES}


def agent(kpn, login=40001):
    return kpn(f"/agent/logid/{login}").json["DataSet"]["agent"]


def test_a_pin_shows_in_list_and_single_answer(turn, kpn):
    """Fields stay as they are told; the others live on."""
    pin = turn("PUT", "/pins/agents/40001", {"fields": {"Status": "AUX", "Reason": "2"}}).json

    listed = kpn("/agents").json["DataSet"]["agents"][0]
    assert pin == {
        "kind": "agents",
        "key": "40001",
        "fields": {"Status": "AUX", "Reason": "2"},
        "expires_at": None,
        "reads": None,
    }
    assert (listed["Status"], listed["Reason"]) == ("AUX", "2")
    assert agent(kpn) == listed


def test_pins_are_listed_shown_and_dropped(turn):
    """All, those of a kind, or one."""
    for path in ("agents/40001", "agents/40002", "queues/1000", "trunks/1000"):
        name = "Agent" if path.startswith("agents") else "Name"
        turn("PUT", f"/pins/{path}", {"fields": {name: "Pinned"}})

    assert [pin["key"] for pin in turn("GET", "/pins").json["pins"]] == ["40001", "40002", "1000", "1000"]
    assert [pin["key"] for pin in turn("GET", "/pins/agents").json["pins"]] == ["40001", "40002"]
    assert turn("GET", "/pins/queues/1000").json["fields"] == {"Name": "Pinned"}
    assert turn("DELETE", "/pins/agents/40001").status_code == 204
    assert turn("GET", "/pins/agents/40001").status_code == 404
    assert turn("DELETE", "/pins/agents").status_code == 204
    assert [pin["kind"] for pin in turn("GET", "/pins").json["pins"]] == ["queues", "trunks"]
    assert turn("DELETE", "/pins").status_code == 204
    assert turn("GET", "/pins").json == {"pins": []}


def test_a_pin_ends_after_its_reads(turn, kpn):
    """Each answer that shows it takes one; what is left is told."""
    turn("PUT", "/pins/queues/1000", {"fields": {"Name": "Pinned"}, "reads": 2})

    names = [kpn("/queue/number/1000").json["DataSet"]["queue"]["Name"]]
    left = turn("GET", "/pins/queues/1000").json["reads"]
    names += [kpn("/queues").json["DataSet"]["queues"][0]["Name"] for _ in range(2)]

    assert (names[:2], left) == (["Pinned", "Pinned"], 1)
    assert names[2] != "Pinned"
    assert turn("GET", "/pins").json == {"pins": []}


def test_a_pin_ends_at_its_instant(turn, kpn):
    """By the account's clock."""
    turn("PUT", "/pins/agents/40001", {"fields": {"Agent": "Pinned"}, "expires_at": "2026-11-23T10:00:05+01:00"})

    names = [agent(kpn)["Agent"]]
    turn("POST", "/clock/advance", {"seconds": 5})
    names += [agent(kpn)["Agent"]]

    assert names[0] == "Pinned" != names[1]


@on_one_database
@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("agents/40001", {"fields": {"Status": "NAP"}}, "fields.Status"),
        ("agents/40001", {"fields": {"Reason": 2}}, "fields.Reason"),
        ("agents/40001", {"fields": {"Status": None}}, "fields.Status"),
        ("agents/40001", {"fields": {"Mood": "fine"}}, "fields.Mood"),
        ("trunks/1000", {"fields": {"Ports": [{"Number": "1", "State": "GONE"}]}}, "fields.Ports"),
        ("queues/1000", {"fields": {}}, "fields"),
        ("queues/1000", {"fields": [["Name", "x"]]}, "fields"),
        ("queues/1000", {}, "fields"),
        ("queues/1000", {"fields": {"Name": "x"}, "reads": 0}, "reads"),
        ("queues/1000", {"fields": {"Name": "x"}, "expires_at": "tomorrow"}, "expires_at"),
        ("queues/1000", {"fields": {"Name": "x"}, "expires_at": "2026-11-23T09:59:59+01:00"}, "expires_at"),
        ("queues/1000", {"fields": {"Name": "x"}, "expires_at": MONDAY}, "expires_at"),
        ("queues/1000", {"fields": {"Name": "x"}, "for": 3}, "for"),
    ],
)
def test_a_wrong_pin_is_not_set(turn, path, body, field):
    """The field is named and what would be right."""
    answer = turn("PUT", f"/pins/{path}", body)

    assert answer.status_code == 400
    assert [error["field"] for error in answer.json["errors"]] == [field]
    assert turn("GET", "/pins").json == {"pins": []}


@pytest.mark.parametrize(
    "path", ["agents/49999", "agents/x", "agents/-1", "queues/999", "trunks/0", "cats/1", "agents/%00"]
)
def test_what_is_not_there_cannot_be_pinned(turn, path):
    """Nobody and nothing has that number, or there is no such kind."""
    fields = {"Agent" if path.startswith("agents") else "Name": "x"}

    answer = turn("PUT", f"/pins/{path}", {"fields": fields})

    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")


def test_faults_are_used_up_one_by_one(turn, kpn, pauses):
    """What is left is told all the time."""
    fault = turn("POST", "/faults", FAULT)

    statuses, left = [], []
    for _ in range(4):
        statuses.append(kpn("/agents").status_code)
        left.append(turn("GET", f"/faults/{fault.json['id']}").json["remaining"])

    assert (fault.status_code, fault.json["remaining"]) == (201, 3)
    assert (statuses, left) == ([503, 503, 200, 200], [2, 1, 0, 0])
    assert pauses == [0.2]


def test_faults_are_listed_and_dropped(turn, kpn):
    """One by its id, or all."""
    ids = [turn("POST", "/faults", FAULT).json["id"] for _ in range(3)]

    assert [fault["id"] for fault in turn("GET", "/faults").json["faults"]] == ids
    assert turn("DELETE", f"/faults/{ids[0]}").status_code == 204
    assert turn("DELETE", f"/faults/{ids[0]}").status_code == 404
    assert turn("DELETE", "/faults").status_code == 204
    assert turn("GET", "/faults").json == {"faults": []}
    assert kpn("/agents").status_code == 200


def test_a_fault_may_happen_by_chance(turn, kpn):
    """The same seed, the same chance; it has no end to tell."""
    body = {"api": "kpn", "probability": 0.5, "outcome": {"status": 500}, "seed": "dice"}
    fault = turn("POST", "/faults", body).json
    first = [kpn("/queues").status_code for _ in range(20)]

    turn("DELETE", "/faults")
    turn("POST", "/faults", body)

    assert (fault["remaining"], fault["operation"], fault["seed"]) == (None, None, "dice")
    assert set(first) == {200, 500}
    assert [kpn("/queues").status_code for _ in range(20)] == first


def test_a_fault_may_have_a_body_and_headers_of_its_own(turn, kpn):
    """Any status then, and JSON written out."""
    outcome = {"status": 418, "body": {"tea": True}, "headers": {"X-Pot": "short"}}
    turn("POST", "/faults", {"api": "kpn", "outcomes": [outcome]})

    answer = kpn("/trunks")

    assert (answer.status_code, answer.json, answer.headers["X-Pot"]) == (418, {"tea": True}, "short")


@on_one_database
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"api": "nobody"}, "api"),
        ({"api": "genesys"}, "api"),
        ({"operation": "teapot"}, "operation"),
        ({"outcomes": []}, "outcomes"),
        ({"outcomes": [{}]}, "outcomes[0]"),
        ({"outcomes": [{"ok": True}, {"status": 99}]}, "outcomes[1].status"),
        ({"outcomes": [{"status": 418}]}, "outcomes[0].status"),
        ({"outcomes": [{"status": "503"}]}, "outcomes[0].status"),
        ({"outcomes": [{"delay_ms": 60_001}]}, "outcomes[0].delay_ms"),
        ({"outcomes": [{"connection": "slow"}]}, "outcomes[0].connection"),
        ({"outcomes": [{"ok": True, "status": 503}]}, "outcomes[0].ok"),
        ({"outcomes": [{"ok": False}]}, "outcomes[0].ok"),
        ({"outcomes": [{"connection": "reset", "status": 503}]}, "outcomes[0].connection"),
        ({"outcomes": [{"body": "x"}]}, "outcomes[0].status"),
        ({"outcomes": [{"status": 503, "headers": {"Content-Length": "5"}}]}, "outcomes[0].headers"),
        ({"outcomes": [{"status": 503, "headers": {"X": "a\r\nB: c"}}]}, "outcomes[0].headers"),
        ({"outcomes": [{"status": 503, "body": None}]}, "outcomes[0].body"),
        ({"probability": 0.5}, "outcomes"),
        ({"seed": "dice"}, "seed"),
        ({"repeat": "yes"}, "repeat"),
        ({"operations": "agents"}, "operations"),
    ],
)
def test_a_fault_that_could_never_happen_is_refused(turn, change, field):
    """The field is named and what would be right."""
    answer = turn("POST", "/faults", {**FAULT, **change})

    assert answer.status_code == 400
    assert [error["field"] for error in answer.json["errors"]] == [field]
    assert turn("GET", "/faults").json == {"faults": []}


@on_one_database
@pytest.mark.parametrize(
    "body", [{"probability": 1.5, "outcome": {"status": 500}}, {"probability": 0.5}, {"outcome": {"ok": True}}]
)
def test_chance_takes_probability_and_outcome(turn, body):
    """Both of them, in their ranges."""
    assert turn("POST", "/faults", {"api": "kpn", **body}).status_code == 400


def test_a_quota_is_set_used_up_and_dropped(turn, kpn):
    """The vendor's refusal comes where it ends, and goes with it."""
    quota = turn("PUT", "/quota", {"limit": 1, "interval": 1, "unit": "minute"}).json

    statuses = [kpn("/agents").status_code for _ in range(2)]

    assert quota == {"limit": 1, "interval": 1, "unit": "minute", "retry_after": False}
    assert (turn("GET", "/quota").json, statuses) == (quota, [200, 429])
    assert turn("DELETE", "/quota").status_code == 204
    assert (turn("GET", "/quota").status_code, kpn("/agents").status_code) == (404, 200)


@on_one_database
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"limit": 0}, "limit"),
        ({"limit": 1_000_001}, "limit"),
        ({"limit": "60"}, "limit"),
        ({"limit": 1.5}, "limit"),
        ({"interval": 0}, "interval"),
        ({"unit": "second"}, "unit"),
        ({"retry_after": 30}, "retry_after"),
        ({"burst": 3}, "burst"),
    ],
)
def test_a_wrong_quota_is_not_set(turn, change, field):
    """The field is named and what would be right."""
    answer = turn("PUT", "/quota", {"limit": 60, "interval": 1, "unit": "minute", **change})

    assert answer.status_code == 400
    assert [error["field"] for error in answer.json["errors"]] == [field]
    assert turn("GET", "/quota").status_code == 404


def test_worlds_never_meet(turn, kpn, admin, made):
    """What goes wrong in one account goes wrong in no other."""
    admin("POST", "/accounts", {"client_id": "dora"})
    other = Turn(admin._client, admin._headers["Authorization"], "/accounts/dora")

    other("POST", "/faults", FAULT)
    other("PUT", "/pins/agents/40001", {"fields": {"Agent": "Pinned"}})

    assert kpn("/agents").status_code == 200
    assert agent(kpn)["Agent"] != "Pinned"
    assert turn("GET", "/pins").json == {"pins": []}


def test_a_pin_that_has_expired_already_is_refused_with_the_instant(turn):
    """Whoever looks at another clock than the account's sees the difference at once."""
    body = {"fields": {"Reason": "2"}, "expires_at": "2026-11-23T09:59:59+01:00"}

    answer = turn("PUT", "/pins/agents/40001", body)

    assert (answer.status_code, answer.json["errors"][0]["value"]) == (400, "2026-11-23T09:59:59+01:00")
    assert answer.json["detail"] == f"expires_at must be after the account's present instant, {MONDAY}."
    assert turn("GET", "/pins").json == {"pins": []}
