"""Pins, faults and a quota, from the control API to the responses of the vendor's."""

import pytest

from .conftest import MONDAY, ControlCaller, on_one_database

OUTCOMES = [{"status": 503}, {"status": 503, "delay_ms": 200}, {"ok": True}]
_WAYS = ("GET", "DELETE")
FAULT = {"api": "kpn", "operation": "agents", "outcomes": OUTCOMES}


def agent(kpn, login=40001):
    return kpn(f"/agent/logid/{login}").json["DataSet"]["agent"]


def test_a_pin_shows_in_lists_and_single_objects(control, kpn):
    """Pinned fields have their values in the list and in the single object; the other fields go on changing."""
    pin = control("PUT", "/pins/agents/40001", {"fields": {"Status": "AUX", "Reason": "2"}}).json

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


def test_pins_are_listed_shown_and_deleted(control):
    """All pins, those on one kind of object and a single one can be shown and deleted."""
    for path in ("agents/40001", "agents/40002", "queues/1000", "trunks/1000"):
        name = "Agent" if path.startswith("agents") else "Name"
        control("PUT", f"/pins/{path}", {"fields": {name: "Pinned"}})

    assert [pin["key"] for pin in control("GET", "/pins").json["pins"]] == ["40001", "40002", "1000", "1000"]
    assert [pin["key"] for pin in control("GET", "/pins/agents").json["pins"]] == ["40001", "40002"]
    assert control("GET", "/pins/queues/1000").json["fields"] == {"Name": "Pinned"}
    assert control("DELETE", "/pins/agents/40001").status_code == 204
    assert control("GET", "/pins/agents/40001").status_code == 404
    assert control("DELETE", "/pins/agents").status_code == 204
    assert [pin["kind"] for pin in control("GET", "/pins").json["pins"]] == ["queues", "trunks"]
    assert control("DELETE", "/pins").status_code == 204
    assert control("GET", "/pins").json == {"pins": []}


def test_a_pin_ends_after_its_reads(control, kpn):
    """Each response that shows a pin uses up one of its reads; the pin shows how many are left."""
    control("PUT", "/pins/queues/1000", {"fields": {"Name": "Pinned"}, "reads": 2})

    names = [kpn("/queue/number/1000").json["DataSet"]["queue"]["Name"]]
    left = control("GET", "/pins/queues/1000").json["reads"]
    names += [kpn("/queues").json["DataSet"]["queues"][0]["Name"] for _ in range(2)]

    assert (names[:2], left) == (["Pinned", "Pinned"], 1)
    assert names[2] != "Pinned"
    assert control("GET", "/pins").json == {"pins": []}


def test_a_pin_ends_at_its_instant(control, kpn):
    """A pin that expires ends at its instant by the account's clock."""
    control("PUT", "/pins/agents/40001", {"fields": {"Agent": "Pinned"}, "expires_at": "2026-11-23T10:00:05+01:00"})

    names = [agent(kpn)["Agent"]]
    control("POST", "/clock/advance", {"seconds": 5})
    names += [agent(kpn)["Agent"]]

    assert names[0] == "Pinned" != names[1]


@on_one_database
@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("agents/40001", {"fields": {"Status": "NAP"}}, "fields.Status"),
        ("agents/40001", {"fields": {"Reason": 2.5}}, "fields.Reason"),
        ("agents/40001", {"fields": {"Reason": True}}, "fields.Reason"),
        ("agents/40001", {"fields": {"Time": -2}}, "fields.Time"),
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
def test_a_wrong_pin_is_not_set(control, path, body, field):
    """A wrong pin is answered with the field and what would be right, and nothing is pinned."""
    answer = control("PUT", f"/pins/{path}", body)

    assert answer.status_code == 400
    assert [error["field"] for error in answer.json["errors"]] == [field]
    assert control("GET", "/pins").json == {"pins": []}


@pytest.mark.parametrize(
    "path", ["agents/49999", "agents/x", "agents/-1", "queues/999", "trunks/0", "cats/1", "agents/%00"]
)
def test_only_existing_objects_can_be_pinned(control, path):
    """A pin on an object or a kind that does not exist is answered with 404."""
    fields = {"Agent" if path.startswith("agents") else "Name": "x"}

    answer = control("PUT", f"/pins/{path}", {"fields": fields})

    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")


def test_faults_are_used_up_one_by_one(control, kpn, pauses):
    """Each request uses up one outcome of a fault plan, which shows how many are left."""
    fault = control("POST", "/faults", FAULT)

    statuses, left = [], []
    for _ in range(4):
        statuses.append(kpn("/agents").status_code)
        left.append(control("GET", f"/faults/{fault.json['id']}").json["remaining"])

    assert (fault.status_code, fault.json["remaining"]) == (201, 3)
    assert (statuses, left) == ([503, 503, 200, 200], [2, 1, 0, 0])
    assert pauses == [0.2]


@pytest.mark.parametrize("key", ["0", "x", "%C2%84", "1234567890"])
def test_only_numbers_are_keys_of_pins(control, key):
    """Whatever is not the number of an object is refused when its pin is set, shown or deleted."""
    body = {"fields": {"Agent": "Pinned"}}

    answers = [control("PUT", f"/pins/agents/{key}", body), *(control(way, f"/pins/agents/{key}") for way in _WAYS)]

    assert [answer.status_code for answer in answers] == [404, 404, 404]


def test_faults_are_listed_and_deleted(control, kpn):
    """Fault plans are listed in their order and deleted one by one or all at once."""
    ids = [control("POST", "/faults", FAULT).json["id"] for _ in range(3)]

    assert [fault["id"] for fault in control("GET", "/faults").json["faults"]] == ids
    assert control("DELETE", f"/faults/{ids[0]}").status_code == 204
    assert control("DELETE", f"/faults/{ids[0]}").status_code == 404
    assert control("DELETE", "/faults").status_code == 204
    assert control("GET", "/faults").json == {"faults": []}
    assert kpn("/agents").status_code == 200


def test_a_fault_may_happen_by_chance(control, kpn):
    """A fault plan with a probability strikes the same requests for the same seed, and is never used up."""
    body = {"api": "kpn", "probability": 0.5, "outcome": {"status": 500}, "seed": "dice"}
    fault = control("POST", "/faults", body).json
    first = [kpn("/queues").status_code for _ in range(20)]

    control("DELETE", "/faults")
    control("POST", "/faults", body)

    assert (fault["remaining"], fault["operation"], fault["seed"]) == (None, None, "dice")
    assert set(first) == {200, 500}
    assert [kpn("/queues").status_code for _ in range(20)] == first


def test_a_fault_may_have_a_body_and_headers_of_its_own(control, kpn):
    """An outcome with a body may have any status; a body that is no text is written as JSON."""
    outcome = {"status": 418, "body": {"tea": True}, "headers": {"X-Pot": "short"}}
    control("POST", "/faults", {"api": "kpn", "outcomes": [outcome]})

    answer = kpn("/trunks")

    assert (answer.status_code, answer.json, answer.headers["X-Pot"]) == (418, {"tea": True}, "short")


def test_outcomes_numbers_and_seeds_are_taken_as_programs_write_them(control, kpn):
    """A bare status or word stands for an outcome, whole numbers may be floats, a seed and a key may be numbers."""
    words = [503, 502.0, "ok", {"connection": "truncate", "delay_ms": 20.0}, {"status": 500.0}]
    fault = control("POST", "/faults", {"api": "kpn", "operation": "any", "outcomes": words, "key": 40001.0}).json
    chance = {"api": "kpn", "probability": 1, "outcome": "timeout", "seed": 7}

    assert fault["outcomes"] == [
        {"status": 503},
        {"status": 502},
        {"ok": True},
        {"delay_ms": 20, "connection": "truncate"},
        {"status": 500},
    ]
    assert (fault["operation"], fault["key"], fault["remaining"]) == ("any", "40001", 5)
    assert [kpn(f"/agent/logid/{login}").status_code for login in (40002, 40001, 40001)] == [200, 503, 502]
    made = control("POST", "/faults", chance).json
    assert (made["outcome"], made["seed"], made["key"]) == ({"connection": "hang"}, "7", None)
    error = control("POST", "/faults", {**chance, "seed": 42.5}).json["errors"][0]
    assert error["allowed"] == "1 to 128 characters, none of them a control character, or an integer"


@pytest.mark.parametrize("outcome", [{"status": 503}, {"connection": "reset"}])
def test_an_override_is_set_again_as_it_is_told(control, outcome):
    """Null stands for what is left out, as in the answers, and an outcome alone for a list of one."""
    bare = outcome.get("status") or outcome["connection"]
    plan = {"api": "kpn", "operation": None, "key": None, "repeat": False}
    for outcomes in (bare, outcome, [bare]):
        made = control("POST", "/faults", {**plan, "outcomes": outcomes}).json
        assert made == {**plan, "outcomes": [outcome], "id": made["id"], "remaining": 1}
    pin = {"fields": {"Agent": "x"}, "expires_at": None, "reads": None}
    assert control("PUT", "/pins/agents/40001", pin).json == {**pin, "kind": "agents", "key": "40001"}


def test_headers_of_an_outcome_may_be_numbers(control, kpn):
    """A whole number is told as its digits, as in `Retry-After`."""
    outcome = {"status": 503, "headers": {"Retry-After": 5}}
    control("POST", "/faults", {"api": "kpn", "operation": "agents", "outcomes": [outcome]})

    assert kpn("/agents").headers["Retry-After"] == "5"


def test_a_refused_key_says_which_operations_have_one(control):
    """The answer names the field, its value and the operations for which it would be right."""
    error = control("POST", "/faults", {**FAULT, "key": 40001}).json["errors"][0]

    allowed = "left out: only agent, queue, trunk and any have one"
    assert error == {"field": "key", "value": 40001, "allowed": allowed}


def test_pinned_numbers_are_answered_as_kpn_spells_them(control, kpn):
    """A pinned field may be a whole number, which shows as a text of digits, in lists within the object, too."""
    ports = [{"Number": 1, "State": "FAULT"}]
    fields = {"TotalPorts": 1, "Usage": 20.0, "Ports": ports}
    pin = control("PUT", "/pins/trunks/1000", {"fields": fields}).json

    trunk = kpn("/trunk/number/1000").json["DataSet"]["trunk"]
    assert pin["fields"] == {"TotalPorts": "1", "Usage": "20", "Ports": [{"Number": "1", "State": "FAULT"}]}
    assert {name: trunk[name] for name in fields} == pin["fields"]


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
        ({"outcomes": [{"delay_ms": 600_001}]}, "outcomes[0].delay_ms"),
        ({"outcomes": [{"connection": "slow"}]}, "outcomes[0].connection"),
        ({"outcomes": [{"ok": True, "status": 503}]}, "outcomes[0].ok"),
        ({"outcomes": [{"ok": False}]}, "outcomes[0].ok"),
        ({"outcomes": [{"connection": "reset", "status": 503}]}, "outcomes[0].connection"),
        ({"outcomes": [{"connection": "hang", "status": 503}]}, "outcomes[0].connection"),
        ({"outcomes": [99]}, "outcomes[0]"),
        ({"outcomes": [503.5]}, "outcomes[0]"),
        ({"outcomes": [True]}, "outcomes[0]"),
        ({"outcomes": ["ok", "vanish"]}, "outcomes[1]"),
        ({"outcomes": [418]}, "outcomes[0].status"),
        ({"key": 40001}, "key"),
        ({"operation": "token", "key": "40001"}, "key"),
        ({"api": "kaisa", "operation": "any", "key": "40001"}, "key"),
        ({"operation": "agent", "key": "Jansen"}, "key"),
        ({"operation": "agent", "key": 1_000_000_000}, "key"),
        ({"operation": "agent", "key": -1}, "key"),
        ({"operation": "agent", "key": 40001.5}, "key"),
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
def test_a_fault_that_could_never_happen_is_refused(control, change, field):
    """A fault plan that could never take effect is answered with the field and what would be right."""
    answer = control("POST", "/faults", {**FAULT, **change})

    assert answer.status_code == 400
    assert [error["field"] for error in answer.json["errors"]] == [field]
    assert control("GET", "/faults").json == {"faults": []}


@on_one_database
@pytest.mark.parametrize(
    "body", [{"probability": 1.5, "outcome": {"status": 500}}, {"probability": 0.5}, {"outcome": {"ok": True}}]
)
def test_chance_takes_probability_and_outcome(control, body):
    """A fault plan by chance needs a probability from 0 to 1 and an outcome."""
    assert control("POST", "/faults", {"api": "kpn", **body}).status_code == 400


def test_a_quota_is_set_used_up_and_deleted(control, kpn):
    """A request beyond the quota is answered with 429 until the quota is deleted."""
    quota = control("PUT", "/quota", {"limit": 1, "interval": 1, "unit": "minute"}).json

    statuses = [kpn("/agents").status_code for _ in range(2)]

    assert quota == {"limit": 1, "interval": 1, "unit": "minute", "retry_after": False}
    assert (control("GET", "/quota").json, statuses) == (quota, [200, 429])
    assert control("DELETE", "/quota").status_code == 204
    assert (control("GET", "/quota").status_code, kpn("/agents").status_code) == (404, 200)


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
def test_a_wrong_quota_is_not_set(control, change, field):
    """A wrong quota is answered with the field and what would be right, and none is set."""
    answer = control("PUT", "/quota", {"limit": 60, "interval": 1, "unit": "minute", **change})

    assert answer.status_code == 400
    assert [error["field"] for error in answer.json["errors"]] == [field]
    assert control("GET", "/quota").status_code == 404


def test_accounts_do_not_share_state(control, kpn, admin, made):
    """Faults and pins of one account have no effect on another."""
    admin("POST", "/accounts", {"client_id": "dora"})
    other = ControlCaller(admin._client, admin._headers["Authorization"], "/accounts/dora")

    other("POST", "/faults", FAULT)
    other("PUT", "/pins/agents/40001", {"fields": {"Agent": "Pinned"}})

    assert kpn("/agents").status_code == 200
    assert agent(kpn)["Agent"] != "Pinned"
    assert control("GET", "/pins").json == {"pins": []}


def test_a_pin_that_has_expired_already_is_refused_with_the_instant(control):
    """Whoever looks at another clock than the account's sees the difference at once."""
    body = {"fields": {"Reason": "2"}, "expires_at": "2026-11-23T09:59:59+01:00"}

    answer = control("PUT", "/pins/agents/40001", body)

    assert (answer.status_code, answer.json["errors"][0]["value"]) == (400, "2026-11-23T09:59:59+01:00")
    assert answer.json["detail"] == f"expires_at must be after the account's present instant, {MONDAY}."
    assert control("GET", "/pins").json == {"pins": []}


def test_an_api_may_be_spelled_as_in_urls(control, client):
    """Both spellings of an API are taken in bodies, queries and URLs; bodies tell the one with an underscore."""
    made = control("POST", "/faults", json={"api": "bright-pattern", "outcomes": [503]})

    assert (made.status_code, made.json["api"]) == (201, "bright_pattern")
    assert control("GET", "/requests?api=bright-pattern").status_code == 200
    assert client.get("/openapi/bright_pattern.json").json == client.get("/openapi/bright-pattern.json").json
