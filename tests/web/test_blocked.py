"""What the pages say that a client would meet is what the next client meets."""

import pytest

from tests.application import CREDENTIALS, TOKEN_URL

BASIC = tuple(CREDENTIALS.values())
BASE = f"/_sandbox/accounts/{BASIC[0]}"


@pytest.fixture
def fail(client):
    """Adds a fault plan for KPN's API."""

    def fail(**plan):
        answer = client.post(f"{BASE}/faults", json={"api": "kpn", **plan}, auth=BASIC)
        assert answer.status_code == 201, answer.text

    return fail


@pytest.fixture
def blocked(client):
    """Returns what is blocked now: operation and key, status, reason and what is left."""

    def blocked():
        found = client.get("/wallboard/live").json["blocked"]
        return {(each["operation"], each["key"]): (each["status"], each["reason"], each["remaining"]) for each in found}

    return blocked


@pytest.fixture
def status(client):
    """Returns the status of a request to the public API."""
    bearer = {"Authorization": f"Bearer {client.post(TOKEN_URL, data=CREDENTIALS).json['access_token']}"}
    return lambda path: client.get(path, headers=bearer).status_code


def test_nothing_is_blocked_by_default(blocked):
    """Without faults and quota every request gets its usual answer."""
    assert blocked() == {}


def test_outcomes_are_told_one_after_the_other(fail, blocked, status):
    """Each request takes one outcome, and the pages say which one the next takes; a success is nothing to tell."""
    fail(operation="queues", outcomes=[{"status": 503}, {"ok": True}, {"status": 429}])

    seen = []
    for _ in range(4):
        before = blocked().get(("queues", None), (200,))[0]
        seen.append((before, status("/queues")))

    assert seen == [(503, 503), (200, 200), (429, 429), (200, 200)]


def test_chance_is_known(fail, blocked, status):
    """Which request a fault by chance hits is drawn from its seed, so the pages know it."""
    fail(operation="trunks", probability=0.5, outcome={"status": 500}, seed="7")

    told, met = [], []
    for _ in range(20):
        told.append(("trunks", None) in blocked())
        met.append(status("/trunks") == 500)

    assert told == met
    assert len(set(met)) == 2


def test_a_plan_for_all_operations_is_told_once(client, fail, blocked):
    """Where the same happens to every request of an API there is one entry for all of them."""
    fail(operation="any", outcomes=[{"connection": "reset", "delay_ms": 1500}] * 2)

    assert blocked() == {("any", None): (None, "fault", 2)}
    entry = client.get("/wallboard/live").json["blocked"][0]
    assert (entry["connection"], entry["delay_ms"]) == ("reset", 1500)
    assert f"{entry['request']} gets {entry['text']}" == (
        "Every request gets broken connection (reset) after 1.5 s: fault, 2 left"
    )


def test_the_first_plan_counts(fail, blocked):
    """Of two plans for one operation the one that was added first is told, the other for the rest."""
    fail(operation="agents", outcomes=[{"status": 404}])
    fail(outcomes=[{"status": 503}], repeat=True)

    found = blocked()

    assert found["agents", None] == (404, "fault", 1)
    assert found["queues", None] == (503, "fault", None)


def test_a_plan_for_one_object_names_it(client, fail, blocked):
    """A plan that is limited to a number blocks the requests for that object only."""
    fail(operation="any", key="40001", outcomes=[{"status": 404}])

    assert set(blocked()) == {("agent", "40001"), ("queue", "40001"), ("trunk", "40001")}
    requests = [each["request"] for each in client.get("/wallboard/live").json["blocked"]]
    assert "GET /agent/logid/40001" in requests


def test_a_used_up_quota_comes_before_faults(client, fail, blocked, status):
    """A request over the quota is rejected before a fault plan is asked, and tokens are not counted."""
    client.put(f"{BASE}/quota", json={"limit": 2, "interval": 1, "unit": "hour"}, auth=BASIC)
    fail(operation="queues", outcomes=[{"status": 503}])
    assert status("/agents") == 200
    assert client.get("/wallboard/live").json["quota"]["remaining"] == 1
    assert status("/agents") == 200

    found = blocked()

    assert found["queues", None] == (429, "quota", None)
    assert ("token", None) not in found
    quota = client.get("/wallboard/live").json["quota"]
    assert (quota["used"], quota["remaining"], quota["resets_at"]) == (2, 0, "2026-11-23T11:00:00+01:00")
    assert status("/queues") == 429
    assert client.get(f"{BASE}/faults", auth=BASIC).json["faults"][0]["remaining"] == 1
