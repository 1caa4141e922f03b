"""Widgets data come by the fast path with the bytes of the framework, and each Digest is good for one request."""

import pytest
from werkzeug.test import Client
from werkzeug.wrappers import Response

from kpn_sandbox.tenants.faults import FaultPlan, Outcome
from kpn_sandbox.tenants.quota import Quota
from kpn_sandbox.vendors.kaisa.records import DATASETS
from tests.vendors.kaisa.conftest import credentials, parts

ME = "APP_CONSUMER_KEY"
WIDGETS = "/widgets/data?type=calls_per_day"
AT = {"Prefer": 'at="2026-07-03T12:00:00+02:00"'}


@pytest.fixture
def pair(ask, app, challenge, framework):
    """Ask by the fast path and past it, each with credentials of its own; the responses, and whether it was used."""

    def both(path, **headers):
        challenge()
        framework.requests = 0
        header = credentials(challenge(), "GET", path)
        sent = {"X-Request-Id": "same", **headers}
        framework.requests = 0
        fast = app.test_client().get(path, headers={"Authorization": header, **sent})
        is_fast = framework.requests == 0
        header = credentials(challenge(), "GET", path)
        full = Client(framework.next_app, Response).get(path, headers={"Authorization": header, **sent})
        return fast, full, is_fast

    return both


def parts_of(response):
    return response.status, [*response.headers], response.data


@pytest.mark.parametrize("path", ["/widgets/data", "/api/widgets/data"])
@pytest.mark.parametrize("name", DATASETS)
def test_the_fast_path_gives_the_bytes_of_the_framework(pair, path, name):
    """Status, headers in their order and body are equal for every type, when it is new and when it is known."""
    url = f"{path}?type={name}&from_date=2026-11-16"
    for headers in ({}, {}, AT, {"Origin": "https://shop.example"}):
        fast, full, is_fast = pair(url, **headers)

        assert is_fast
        assert parts_of(fast) == parts_of(full)


def test_conditional_requests_are_those_of_the_framework(pair):
    """A client that has the data gets 304, without the framework; another If-Match is 412."""
    tag = pair(WIDGETS)[0].headers["ETag"]

    for headers, status in (({"If-None-Match": tag}, 304), ({"If-Match": tag}, 200), ({"If-Match": '"x"'}, 412)):
        fast, full, is_fast = pair(WIDGETS, **headers)
        assert (fast.status_code, is_fast) == (status, status != 412)
        assert parts_of(fast) == parts_of(full)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 400),
        ("?type=other", 400),
        ("?type=call_totals&type=call_totals", 400),
        ("?type=call_totals&from_date=x", 400),
        ("?type=call_totals&from_date=2026-11-20&to_date=2026-11-19", 400),
        ("?type=call_totals&from_date=2020-01-01", 400),
        ("?type=call_totals&customer_id=99503", 503),
        ("?type=call_totals&customer_id=99201", 201),
    ],
)
def test_errors_and_reserved_ids_are_left_to_the_framework(pair, caplog, query, status):
    """They take one count of the nonce like any request, and none of them counts as a bug."""
    fast, full, is_fast = pair(f"/widgets/data{query}")

    assert (fast.status_code, is_fast, caplog.records) == (status, False, []) or status == 503
    assert parts_of(fast) == parts_of(full)


def test_a_count_of_a_nonce_is_good_for_one_request(client, challenge):
    """A request that was answered by the fast path cannot be sent again; counts may come in any order."""
    value = challenge()

    def send(count):
        return client.get(WIDGETS, headers={"Authorization": credentials(value, "GET", WIDGETS, count=count)})

    assert [send(count).status_code for count in (1, 3, 2)] == [200, 200, 200]
    again = send(3)
    assert (again.status_code, parts(again.headers["WWW-Authenticate"])["stale"]) == (401, "TRUE")


def test_a_nonce_expires_on_the_fast_path(client, challenge, wall):
    """Data that are known are not given for an old nonce."""
    value = challenge()
    client.get(WIDGETS, headers={"Authorization": credentials(value, "GET", WIDGETS)})
    wall.at += 300

    late = client.get(WIDGETS, headers={"Authorization": credentials(value, "GET", WIDGETS, count=2)})

    assert late.status_code == 401


@pytest.mark.parametrize("wrong", [{"password": "wrong"}, {"user": "nobody"}, {"response": "0" * 32}])
def test_known_data_need_right_credentials(pair, client, challenge, wrong):
    """Nobody gets data because somebody else has asked for them."""
    pair(WIDGETS)

    refused = client.get(WIDGETS, headers={"Authorization": credentials(challenge(), "GET", WIDGETS, **wrong)})

    assert (refused.status_code, refused.data) == (401, b"")


def test_a_quota_and_a_fault_reach_the_framework_with_the_same_credentials(pair, sandbox):
    """The framework takes over the account, so the one count of the nonce is enough."""
    sandbox.quotas.set(ME, Quota(1))
    assert [each.status_code for each in pair(WIDGETS)[:2]] == [200, 429]
    sandbox.quotas.remove(ME)
    sandbox.faults.add(ME, FaultPlan("kaisa", outcomes=(Outcome(status=503),)))

    fast, full, is_fast = pair(WIDGETS)

    assert (fast.status_code, full.status_code, is_fast) == (503, 200, False)


def test_the_request_log_does_not_tell_both_apart(pair, sandbox):
    """The entries of the fast path and of the framework differ in what was sent, and in the duration."""
    sandbox.request_log.clear(ME)
    for headers in ({}, AT):
        pair(WIDGETS, **headers)

        fast, full = sandbox.request_log.entries(ME).entries[-2:]
        assert fast == full._replace(headers=fast.headers, duration_ms=fast.duration_ms)


def test_data_follow_clock_profile_and_changed_customers(pair, ask, data, sandbox, wall):
    """What is known of one second, profile or set of customers is not shown of another."""
    top = "/widgets/data?type=top_customers_by_calls"
    first = pair(top)[0].json["datasources"][0]["data"][0]
    ask("/customers", "PUT", data={"customer_id": first["scId"], "name": "Renamed"})
    renamed = pair(top)[0].json["datasources"][0]["data"]
    assert "Renamed" in {each["name"] for each in renamed}

    for change in (lambda: sandbox.clocks.advance(ME, 600), lambda: sandbox.configuration.patch(ME, {"agents": 3})):
        before = pair(WIDGETS)[0].data
        change()
        fast, full, is_fast = pair(WIDGETS)
        assert is_fast and fast.data != before
        assert parts_of(fast) == parts_of(full)


def test_open_widgets_take_the_fast_path(start, sandbox):
    """Without credentials the demo account's data are given where that is allowed, and a challenge where it is gone."""
    app = start(agents=12, kaisa_open=True)
    client = app.test_client()
    full = Client(app.wsgi_app.next_app.next_app, Response).get(WIDGETS, headers={"X-Request-Id": "same"})

    assert parts_of(client.get(WIDGETS, headers={"X-Request-Id": "same"})) == parts_of(full)
    sandbox.delete(ME)
    assert client.get(WIDGETS).status_code == 401


def test_a_form_in_the_body_is_left_to_the_framework(client, challenge, framework):
    """The view reads forms of any request, so a repeated field is refused."""
    header = credentials(challenge(), "GET", WIDGETS)
    framework.requests = 0

    refused = client.get(WIDGETS, data={"name": ["1", "2"]}, headers={"Authorization": header})

    assert (refused.status_code, framework.requests) == (400, 1)
