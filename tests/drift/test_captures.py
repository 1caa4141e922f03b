"""Files and answers that can be read as captures, and pins made of them."""

import base64
import json

import pytest

from kpn_sandbox.drift.captures import CaptureError, fetch_captures, read_captures
from kpn_sandbox.drift.comparison import compare
from kpn_sandbox.drift.pin_sets import pin_set, pins_for, read_pins
from tests.drift.conftest import archive, entry

QUEUE = {"Error": None, "DataSet": {"queue": {"Number": "1000", "Name": "Sales", "InQueueCalls": "7"}}}


def test_an_archive_gives_the_requests_of_the_api():
    """An archive gives KPN's requests below any base path, without other methods and answers without a body."""
    found = read_captures(
        archive(
            entry("GET", "https://x/any/base/queue/number/1000?x=1", 200, QUEUE, {"ETag": "1"}),
            entry("GET", "https://x/other", 200, {}),
            entry("OPTIONS", "https://x/agents", 200, {}),
            entry("GET", "https://x/agents", 304, ""),
        )
    )

    assert [(each.operation.key, each.path, each.status, each.headers) for each in found] == [
        ("queue", "/queue/number/1000", 200, {"etag": "1"})
    ]


def test_bodies_may_be_encoded():
    """A body in base64, as browsers write some, is decoded."""
    encoded = entry("GET", "https://x/queue/number/1000", 200, base64.b64encode(json.dumps(QUEUE).encode()).decode())
    encoded["response"]["content"]["encoding"] = "base64"

    assert read_captures(archive(encoded))[0].body == QUEUE


def test_a_body_alone_is_a_capture(tmp_path):
    """The fields of a body without its request show which operation it belongs to."""
    file = tmp_path / "queue.json"
    file.write_text(json.dumps(QUEUE), encoding="utf-8")

    assert read_captures(file) == read_captures(QUEUE)
    assert (read_captures(QUEUE)[0].operation.key, read_captures(QUEUE)[0].path) == ("queue", "/queue/number/1000")
    assert read_captures({"access_token": "x"})[0].operation.key == "token"


@pytest.mark.parametrize(
    "source", [{}, [], {"Error": None}, archive(), {"log": {}}, {"log": {"entries": [{}]}}, "/no/such/file", __file__]
)
def test_anything_else_is_an_error(source):
    """A source without captures raises an error of one line."""
    with pytest.raises(CaptureError) as caught:
        read_captures(source)

    assert "\n" not in str(caught.value)


def test_captures_are_fetched(sandbox, account):
    """The URL of an operation gives one capture, a base URL one of each list, and no response an error."""
    one = fetch_captures(f"{sandbox.url}/queue/number/1000", account.token())
    lists = fetch_captures(sandbox.url, account.token())

    assert [(each.operation.key, each.status) for each in one] == [("queue", 200)]
    assert [each.operation.key for each in lists] == ["agents", "queues", "trunks"]
    assert [each.status for each in fetch_captures(f"{sandbox.url}/agents", None)] == [401]
    with pytest.raises(CaptureError):
        fetch_captures("http://127.0.0.1:1/agents", None)


def test_differences_can_be_pinned_away(account):
    """Pins made of the differences make the sandbox answer the captured values."""
    body = account.get("/queues").json()
    body["DataSet"]["queues"][1].update(Name="Sales")
    captured = archive(entry("GET", "https://x/queues", 200, body))

    pins = pins_for(compare(account, read_captures(captured)))
    account.load(json.dumps(pin_set(pins)))

    assert pin_set(pins) == {"pins": [{"kind": "queues", "key": "1001", "fields": {"Name": "Sales"}}]}
    assert compare(account, read_captures(captured)) == []


def test_a_capture_can_be_loaded_whole(account):
    """After a capture was loaded, the sandbox answers all that was captured of an object, moving values too."""
    agents = account.get("/agents").json()
    account.advance(777)

    account.load(agents)
    account.load(QUEUE)

    assert account.get("/agents").json() == agents
    assert account.get("/queue/number/1000")["DataSet"]["queue"]["InQueueCalls"] == "7"


def test_trunks_are_loaded_with_their_ports(account):
    """The list of a trunk's ports is pinned as a value like others."""
    trunks = account.get("/trunks").json()
    account.advance(777)

    account.load(archive(entry("GET", "https://x/trunks", 200, trunks)))

    assert account.get("/trunks").json() == trunks


@pytest.mark.parametrize("source", [{"pins": [{}]}, {"pins": 3}, {"access_token": "x"}])
def test_a_source_without_pins_is_an_error(source):
    """A set with a broken pin and a capture without objects raise an error."""
    with pytest.raises(CaptureError):
        read_pins(source)
