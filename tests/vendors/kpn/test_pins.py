"""Pins in the answers of KPN's API."""

import pytest

from kpn_sandbox.tenants.pins import Pin
from kpn_sandbox.validation import parse_instant

ME = "APP_CONSUMER_KEY"
AWAY = {"Status": "AUX", "Reason": "2", "Direction": None, "VDN": None}


@pytest.fixture
def pin(sandbox):
    """Pin fields of an object of the demo account."""

    def put(kind, key, fields, **limits):
        return sandbox.pins.put(ME, Pin(kind, key, fields, **limits))

    return put


def agent(get, number="40003", **headers):
    return get(f"/agent/logid/{number}", **headers).json["DataSet"]["agent"]


@pytest.mark.parametrize(
    ("kind", "key", "fields", "listed", "single"),
    [
        ("agents", "40003", AWAY, "/agents", "/agent/logid/40003"),
        ("queues", "1000", {"InQueueCalls": "99"}, "/queues", "/queue/number/1000"),
        ("trunks", "1000", {"Usage": "100"}, "/trunks", "/trunk/number/1000"),
    ],
)
def test_a_pin_shows_in_the_list_and_in_the_single_answer(get, pin, kind, key, fields, listed, single):
    """Pinned fields replace the living figures of their object, and of no other."""
    before = get(listed).json["DataSet"][kind]

    pin(kind, key, fields)

    after = get(listed).json["DataSet"][kind]
    [changed] = [record for record, old in zip(after, before, strict=True) if record != old]
    assert changed == {**next(old for old in before if key in old.values()), **fields}
    assert list(changed) == list(before[0])
    assert get(single).json["DataSet"] == {kind.removesuffix("s"): changed}


def test_a_pin_changes_the_tag(get, pin):
    """A client that sends the earlier tag gets the new answer."""
    tag = get("/agents").headers["ETag"]

    pin("agents", "40003", AWAY)

    assert get("/agents", If_None_Match=tag).status_code == 200


def test_a_removed_pin_is_gone(get, pin, sandbox):
    """The request after the removal is answered with the living figures."""
    before = agent(get)
    pin("agents", "40003", {"Agent": "Somebody"})
    assert agent(get)["Agent"] == "Somebody"

    sandbox.pins.remove(ME, "agents", "40003")

    assert agent(get) == before


def test_a_pin_expires_by_the_accounts_clock(get, pin, wall):
    """A pin ends at its instant, not a second later."""
    pin("agents", "40003", {"Agent": "Somebody"}, expires_at=parse_instant("2026-11-23T10:00:10+01:00"))

    wall.at += 9
    still = agent(get)["Agent"]
    wall.at += 1

    assert still == "Somebody"
    assert agent(get)["Agent"] != "Somebody"


def test_a_pin_with_reads_shows_so_often(get, pin):
    """Each answer that shows its object counts, list or single, also one without a body; others do not."""
    pin("agents", "40003", {"Agent": "Somebody"}, reads_left=3)

    get("/queues"), get("/agent/logid/40004"), get("/agent/logid/1")
    listed = [record["Agent"] for record in get("/agents").json["DataSet"]["agents"]]
    get("/agent/logid/40003", method="HEAD")
    names = [agent(get)["Agent"] for _ in range(2)]

    assert listed.count("Somebody") == 1
    assert [name == "Somebody" for name in names] == [True, False]


def test_a_pin_with_reads_counts_over_all_workers(get, start, pin, token):
    """Answers of all workers count as reads of a pin."""
    other = start(agents=12).test_client()
    pin("agents", "40003", {"Agent": "Somebody"}, reads_left=2)

    first = agent(get)
    second = other.get("/agent/logid/40003", headers={"Authorization": f"Bearer {token}"}).json["DataSet"]["agent"]

    assert (first["Agent"], second["Agent"]) == ("Somebody", "Somebody")
    assert agent(get)["Agent"] != "Somebody"


def test_a_refused_request_reads_nothing(get, pin):
    """An answer that does not show the pin does not count as a read."""
    pin("agents", "40003", {"Agent": "Somebody"}, reads_left=1)

    get("/agents", Prefer="code=503"), get("/agents", Prefer="code=abc")

    assert agent(get)["Agent"] == "Somebody"
