"""What can be read as a capture, and what is told when it cannot."""

import base64
import json

import pytest

from kpn_sandbox.drift.captures import CaptureError, fetch_captures, read_captures
from kpn_sandbox.drift.comparison import compare
from kpn_sandbox.drift.pin_sets import apply_pins, pin_set, pins_for, read_pins
from tests.drift.conftest import archive, exchange

QUEUE = {"Error": None, "DataSet": {"queue": {"Number": "1000", "Name": "Sales", "InQueueCalls": "7"}}}


def test_an_archive_gives_the_requests_of_the_api():
    """Other requests, other methods and answers without a body are passed over, whatever the base path."""
    told = read_captures(
        archive(
            exchange("GET", "https://x/any/base/queue/number/1000?x=1", 200, QUEUE, {"ETag": "1"}),
            exchange("GET", "https://x/other", 200, {}),
            exchange("OPTIONS", "https://x/agents", 200, {}),
            exchange("GET", "https://x/agents", 304, ""),
        )
    )

    assert [(each.operation.key, each.path, each.status, each.headers) for each in told] == [
        ("queue", "/queue/number/1000", 200, {"etag": "1"})
    ]


def test_bodies_may_be_encoded():
    """Browsers write some of them as base64."""
    entry = exchange("GET", "https://x/queue/number/1000", 200, base64.b64encode(json.dumps(QUEUE).encode()).decode())
    entry["response"]["content"]["encoding"] = "base64"

    assert read_captures(archive(entry))[0].body == QUEUE


def test_a_body_alone_is_a_capture(tmp_path):
    """Its fields tell which operation answered it."""
    file = tmp_path / "queue.json"
    file.write_text(json.dumps(QUEUE), encoding="utf-8")

    assert read_captures(file) == read_captures(QUEUE)
    assert (read_captures(QUEUE)[0].operation.key, read_captures(QUEUE)[0].path) == ("queue", "/queue/number/1000")
    assert read_captures({"access_token": "x"})[0].operation.key == "token"


@pytest.mark.parametrize(
    "source", [{}, [], {"Error": None}, archive(), {"log": {}}, {"log": {"entries": [{}]}}, "/no/such/file", __file__]
)
def test_what_is_no_capture_is_refused(source):
    """The message is one line that says what would be right."""
    with pytest.raises(CaptureError) as caught:
        read_captures(source)

    assert "\n" not in str(caught.value)


def test_the_api_itself_can_be_asked(sandbox, account):
    """One operation, or all lists below a base URL."""
    one = fetch_captures(f"{sandbox.url}/queue/number/1000", account.token())
    lists = fetch_captures(sandbox.url, account.token())

    assert [(each.operation.key, each.status) for each in one] == [("queue", 200)]
    assert [each.operation.key for each in lists] == ["agents", "queues", "trunks"]
    assert [each.status for each in fetch_captures(f"{sandbox.url}/agents", None)] == [401]
    with pytest.raises(CaptureError):
        fetch_captures("http://127.0.0.1:1/agents", None)


def test_differences_can_be_pinned_away(account):
    """What was written as pins makes the sandbox answer the captured values."""
    body = account.get("/queues").json()
    body["DataSet"]["queues"][1].update(Name="Sales")
    entry = archive(exchange("GET", "https://x/queues", 200, body))

    pins = pins_for(compare(account, read_captures(entry)))
    apply_pins(account, read_pins(json.loads(json.dumps(pin_set(pins)))))

    assert pin_set(pins) == {"pins": [{"kind": "queues", "key": "1001", "fields": {"Name": "Sales"}}]}
    assert compare(account, read_captures(entry)) == []


def test_a_capture_can_be_loaded_whole(account):
    """All that was captured of an object is answered again, moving values too."""
    agents = account.get("/agents").json()
    account.advance(777)

    account.load(agents)
    account.load(QUEUE)

    assert account.get("/agents").json() == agents
    assert account.get("/queue/number/1000")["DataSet"]["queue"]["InQueueCalls"] == "7"


def test_trunks_are_loaded_with_their_ports(account):
    """A list of ports is a value like others."""
    trunks = account.get("/trunks").json()
    account.advance(777)

    account.load(archive(exchange("GET", "https://x/trunks", 200, trunks)))

    assert account.get("/trunks").json() == trunks


@pytest.mark.parametrize("source", [{"pins": [{}]}, {"pins": 3}, {"access_token": "x"}])
def test_what_holds_no_override_is_refused(source):
    """There is nothing to pin."""
    with pytest.raises(CaptureError):
        read_pins(source)
