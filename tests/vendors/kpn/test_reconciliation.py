"""All figures of the API add up: at one instant, between two instants, over a day."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from kpn_sandbox.tenants.clock import format_instant
from tests.reconciliation import NOT_COUNTERS, check_ageing, check_growth, check_instant

MIDNIGHT = datetime(2026, 11, 22, 23, tzinfo=UTC).timestamp()
DAY = 86_400

dates = some.integers(-9_000, 27_000)
seconds = some.integers(0, DAY - 1)
checked = settings(max_examples=25, deadline=None, derandomize=True)


@pytest.fixture(scope="module", params=["normal", "peak", "understaffed", "trunk outage", "night closed", "lab"])
def ask(request, shared_app):
    """Request one of the lists of a center in one of the scenarios, as of an instant."""
    client = shared_app(scenario=request.param, agents=30).test_client()
    credentials = {"client_id": "APP_CONSUMER_KEY", "client_secret": "APP_CONSUMER_SECRET"}
    url = "/oauth/client_credential/accesstoken?grant_type=client_credentials"
    token = client.post(url, data=credentials).json["access_token"]

    def dataset(path: str, at: float):
        headers = {"Authorization": f"Bearer {token}", "Prefer": f'at="{format_instant(at)}"'}
        answer = client.get(path, headers=headers)
        assert answer.status_code == 200
        return answer.json["DataSet"]

    return dataset


@checked
@given(date=dates, second=seconds)
def test_an_instant_adds_up(ask, date, second):
    """Queues, agents and trunks agree at any instant of any date, in any scenario."""
    at = MIDNIGHT + DAY * date + second

    answers = [ask(f"/{kind}", at)[kind] for kind in ("agents", "queues", "trunks")]

    check_instant(*answers, longest_wait=DAY)


@checked
@given(moments=some.lists(seconds, min_size=2, max_size=4, unique=True))
def test_a_day_only_grows(ask, moments):
    """Counters and totals never fall during a day, and begin at zero."""
    first = ask("/queues", MIDNIGHT)["queues"]
    assert all(queue[name] == "0" for queue in first for name in queue.keys() - NOT_COUNTERS)

    for moment in sorted(moments):
        queues = ask("/queues", MIDNIGHT + moment)["queues"]
        check_growth(first, queues)
        first = queues


@checked
@given(second=some.integers(0, DAY - 400), gap=some.integers(1, 300))
def test_states_age(ask, second, gap):
    """An agent who stays in a state between two instants is as much longer in it."""
    before, after = (ask("/agents", MIDNIGHT + moment)["agents"] for moment in (second, second + gap))

    check_ageing(before, after, gap)


@checked
@given(second=seconds)
def test_single_objects_are_those_of_the_lists(ask, second):
    """The element of a list and the single object of the same instant are the same."""
    at = MIDNIGHT + second

    for kind, one, path in KINDS:
        for each in ask(f"/{kind}", at)[kind][:3]:
            number = each.get("Logid") or each["Number"]
            assert ask(f"{path}/{number}", at)[one] == each


def test_conversation_time_is_the_sum_of_talking_agents(ask):
    """From second to second, ACDtime grows by the agents who talk, give or take one second each."""
    seconds_watched = 120
    watched = [ask("/queues", MIDNIGHT + 39_600 + second)["queues"] for second in range(seconds_watched + 1)]

    for snapshots in zip(*watched, strict=True):
        gain = int(snapshots[-1]["ACDtime"]) - int(snapshots[0]["ACDtime"])
        talking = [int(queue["InACD"]) for queue in snapshots]
        calls = int(snapshots[-1]["AnsweredCalls"]) - int(snapshots[0]["AnsweredCalls"])
        assert abs(gain - sum(talking[1:])) <= 1 + calls + talking[0]


def test_a_day_begins_and_ends_empty(ask):
    """Nothing waits or talks at the first and at the last second of a day, and all that was offered is settled."""
    for at in (MIDNIGHT, MIDNIGHT + DAY - 1):
        for queue in ask("/queues", at)["queues"]:
            assert (queue["InQueueCalls"], queue["InACD"], queue["InACW"]) == ("0", "0", "0")


def test_faulty_ports_come_back_never_before_their_time(ask):
    """Ports are out of service only where an outage is scheduled; as it lasts all day, none comes back."""
    counts = []
    for hour in range(24):
        ports = [port for trunk in ask("/trunks", MIDNIGHT + 3_600 * hour)["trunks"] for port in trunk["Ports"]]
        counts.append(sum(port["State"] == "FAULT" for port in ports))

    assert counts == sorted(counts)
    assert set(counts) <= {0, 60}


KINDS = (
    ("agents", "agent", "/agent/logid"),
    ("queues", "queue", "/queue/number"),
    ("trunks", "trunk", "/trunk/number"),
)
