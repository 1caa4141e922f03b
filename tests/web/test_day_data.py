"""The data about a day agrees with the control API's records and with the public API at the same instant."""

from datetime import datetime

import pytest

from kpn_sandbox.control_api.fields import DATE
from tests.application import CREDENTIALS, TOKEN_URL

ACCOUNT = "/_sandbox/accounts/APP_CONSUMER_KEY"
BASIC = ("APP_CONSUMER_KEY", "APP_CONSUMER_SECRET")
AT = "2026-11-23T10:00:00+01:00"


@pytest.fixture
def page(client):
    """Asks for the data of a page, and for the public API with a token of the demo account."""
    head = {"Authorization": f"Bearer {client.post(TOKEN_URL, data=CREDENTIALS).json['access_token']}"}

    def page(path, **query):
        headers = {} if path.startswith("/wallboard") else head
        return client.get(path, headers=headers, query_string=query)

    return page


@pytest.fixture
def truth(client):
    """Asks the control API."""
    return lambda path, **query: client.get(f"{ACCOUNT}/truth/{path}", auth=BASIC, query_string=query).json


def test_the_outline_has_the_calls_that_wait(page):
    """At the instant shown as many calls wait as the public API's queues have."""
    queues = page("/queues").json["DataSet"]["queues"]

    outline = page("/wallboard/outline").json

    step = 10 * 3600 // outline["step_seconds"]
    assert outline["waiting"][step] == sum(int(queue["InQueueCalls"]) for queue in queues)
    assert (outline["date"], outline["seconds"], outline["hours"][10]) == ("2026-11-23", 86_400, "10:00")


def test_the_outline_of_a_day_on_which_clocks_change(page):
    """A day of 25 hours has one hour twice."""
    outline = page("/wallboard/outline", date="2026-10-25").json

    assert outline["seconds"] == 90_000
    assert outline["hours"][:5] == ["00:00", "01:00", "02:00", "02:00", "03:00"]


@pytest.mark.parametrize("date", ["", "x", "2026-02-30", "1999-12-31", "2101-01-01"])
def test_a_date_that_is_none_is_refused(page, date):
    """A day on which no center exists is refused with the days that there are."""
    answer = page("/wallboard/outline", date=date)

    assert (answer.status_code, answer.json["errors"][0]["allowed"]) == (400, DATE)


def test_dated_changes_are_marked(page, client):
    """A scenario that counts from an instant on is marked there by its name."""
    client.put(f"{ACCOUNT}/scenario", auth=BASIC, json={"name": "peak", "for_seconds": 600})

    marks = page("/wallboard/outline").json["marks"]

    changes = [(mark["from"], mark["name"]) for mark in marks if mark["kind"] == "change"]
    assert changes == [(36_000, "peak"), (36_600, "normal")]


def test_the_feed_has_the_calls_of_the_records(page, truth):
    """Calls that wait are those of the records that have not left, with how long they wait."""
    present = datetime.fromisoformat(AT)
    calls = [call for call in truth("calls", direction="in")["calls"] if call["left_at"] is None]
    waited = [int((present - datetime.fromisoformat(call["arrived_at"])).total_seconds()) for call in calls]

    feed = page("/wallboard/calls", most=40).json

    shown = [call for call in feed["calls"] if call["state"] in ("waiting", "ringing")]
    assert [call["waited"] for call in shown] == waited
    assert feed["at"] == AT


def test_the_feed_names_the_agents_who_talk(page):
    """Whoever talks in the feed talks in the public API."""
    talking = {agent["Agent"] for agent in page("/agents").json["DataSet"]["agents"] if agent["Status"] == "ACD"}

    calls = page("/wallboard/calls", most=40).json["calls"]

    assert {call["agent"] for call in calls if call["state"] == "talking"} <= talking


@pytest.mark.parametrize("most", ["0", "41", "x", "-1"])
def test_the_length_of_the_feed_has_a_range(page, most):
    """A number of calls that the feed does not have is refused."""
    assert page("/wallboard/calls", most=most).status_code == 400


def test_the_day_of_an_agent_is_that_of_the_records(page, truth):
    """States and calls of an agent's day are those of the records, and half hours add up."""
    states = truth("agents/40001")["states"]
    calls = truth("calls", agent=40001)["calls"]

    day = page("/wallboard/agents/40001").json

    assert [(each["at"], each["status"]) for each in day["states"]] == [(each["at"], each["status"]) for each in states]
    assert len(day["calls"]) == len(calls)
    answered = [call for call in calls if call["agent"] == 40001 and call["answered_at"]]
    assert sum(half["answered"] for half in day["half_hours"]) == len(answered)
    assert all(half["occupancy"] is None or 0 <= half["occupancy"] <= 1 for half in day["half_hours"])


def test_the_day_of_a_queue_is_that_of_the_intervals(page, truth):
    """The half hours of a queue's day are the control API's intervals."""
    day = page("/wallboard/queues/1000").json

    assert day["half_hours"] == truth("intervals", minutes=30, queue=1000)["intervals"]
    assert {call["queue"] for call in day["calls"]} == {day["name"]}
    # Ten hours in steps of five minutes, both ends included.
    assert len(day["most_waiting"]) == 121
    assert max(day["most_waiting"]) <= max(page("/wallboard/outline").json["most"])


@pytest.mark.parametrize("path", ["agents/49999", "agents/x", "queues/1", "queues/4000000000"])
def test_who_is_not_there_has_no_day(page, path):
    """An agent or a queue that does not exist is not found."""
    assert page(f"/wallboard/{path}").status_code == 404
