"""The data of a subscription come by the fast path with the bytes of the framework, if nothing else depends on them."""

import pytest
from werkzeug.test import Client
from werkzeug.wrappers import Response

from kpn_sandbox.tenants.faults import FaultPlan, Outcome
from kpn_sandbox.tenants.pins import Pin
from kpn_sandbox.tenants.quota import Quota
from tests.vendors.bright_pattern.conftest import LOGIN, TOKEN_PATH, agents, everything, services

ME = "APP_CONSUMER_KEY"
DATA, SUBSCRIBE = "/statsapi/subscription/data", "/statsapi/subscription"
AT = {"Prefer": 'at="2026-07-03T12:00:00+02:00"'}


@pytest.fixture
def session_text(app):
    """The session of a user with a subscription to all statistics."""
    client = app.test_client(use_cookies=False)
    text = client.post("/statsapi/auth", json=LOGIN).json["token"]
    client.post(SUBSCRIBE, json=everything(), headers={"Authorization": text})
    return text


@pytest.fixture
def framework(framework, session_text):
    """The application behind the fast path, from the log-in on."""
    framework.requests = 0
    return framework


@pytest.fixture
def ask(app, session_text):
    """Ask for the data with the same request id each time."""
    client = app.test_client(use_cookies=False)

    def one(method="GET", path=DATA, **headers):
        named = {"Authorization": session_text, "X-Request-Id": "same", **headers}
        return client.open(path, method=method, headers={name: value for name, value in named.items() if value})

    return one


@pytest.fixture
def ask_framework(app, session_text):
    """Ask in the same way, past the fast path."""

    def one(**headers):
        client = Client(app.wsgi_app.next_app.next_app, Response, use_cookies=False)
        named = {"Authorization": session_text, "X-Request-Id": "same", **headers}
        return client.get(DATA, headers={name: value for name, value in named.items() if value})

    return one


def parts_of(response):
    return response.status, [*response.headers], response.data


@pytest.mark.parametrize("preference", [{}, AT])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://wallboard.example"},
        {"Origin": "null"},
        {"If-None-Match": "*", "If-Match": '"x"', "If-Modified-Since": "Mon, 23 Nov 2026 09:00:00 GMT"},
        {"Authorization": "Bearer {}"},
        {"Authorization": None, "X-BP-SESSION-ID": "{}"},
        {"Authorization": None, "Cookie": "a=\xe9; X-STATSAPI-TOKEN={}", "Origin": "http://localhost"},
        {"Authorization": "other", "Cookie": "X-BP-SESSION-ID=b; X-BP-SESSION-ID={}"},
    ],
)
def test_the_fast_path_gives_the_bytes_of_the_framework(
    ask, ask_framework, framework, session_text, headers, preference
):
    """Headers in their order and body are equal however the session is presented, and for each origin."""
    headers = {name: value and value.format(session_text) for name, value in headers.items()} | preference

    fast = ask(**headers)

    assert (fast.status_code, framework.requests) == (200, 0)
    assert parts_of(fast) == parts_of(ask_framework(**headers))


def test_each_request_has_the_headers_of_its_own_origin(ask):
    """The same cached data go to pages of several origins, each with its own CORS headers."""
    origins = ["https://a.example", None, "https://b.example", "https://a.example"]

    found = [ask(Origin=origin) for origin in origins]

    allowed = [response.headers["Access-Control-Allow-Origin"] for response in found]
    assert allowed == ["https://a.example", "*", "https://b.example", "https://a.example"]
    assert len({response.data for response in found}) == 1


@pytest.mark.parametrize("preference", [{}, AT])
def test_the_request_log_does_not_tell_both_apart(ask, ask_framework, framework, sandbox, preference):
    """The entries of the fast path and of the framework differ in the duration alone."""
    sandbox.request_log.clear(ME)
    ask(**preference)
    assert framework.requests == 0
    ask_framework(**preference)

    fast, full = sandbox.request_log.entries(ME).entries
    assert fast == full._replace(headers=fast.headers, duration_ms=fast.duration_ms)


@pytest.mark.parametrize(
    ("status", "request_of"),
    [
        (200, {"method": "HEAD"}),
        (200, {"Prefer": "delay-ms=0"}),
        (503, {"Prefer": "code=503"}),
        (400, {"Prefer": "at=tomorrow"}),
        (400, {"Prefer": 'at="1999-01-01T00:00:00Z"'}),
        (401, {"Authorization": "other"}),
        (401, {"Authorization": None}),
        (404, {"path": f"{DATA}/1"}),
    ],
)
def test_what_is_not_cacheable_is_left_to_the_framework(ask, framework, caplog, status, request_of):
    """Forced statuses, errors and other methods reach the framework, and no error counts as a bug."""
    assert (ask(**request_of).status_code, framework.requests, caplog.records) == (status, 1, [])


def test_quotas_faults_and_pins_that_count_reads_reach_the_framework(ask, framework, sandbox):
    """Each of them makes a request reach the framework, and a counted read happens once."""
    sandbox.quotas.set(ME, Quota(100))
    assert ask().headers["X-RateLimit-Remaining"] == "99"
    sandbox.quotas.remove(ME)
    sandbox.faults.add(ME, FaultPlan("bright_pattern", outcomes=(Outcome(ok=True),)))
    ask()
    sandbox.pins.put(ME, Pin("queues", "1000", {"InQueueCalls": "77"}, reads_left=2))
    pinned = [ask().data for _ in range(3)]

    assert framework.requests == 4
    assert pinned[0] == pinned[1] != pinned[2]


def test_pins_that_count_reads_of_others_are_left_alone(ask, framework, sandbox, session_text):
    """A subscription to services is no read of a pinned agent."""
    sandbox.pins.put(ME, Pin("agents", "40001", {"Status": "AUX"}, reads_left=1))
    Client(framework.next_app, Response, use_cookies=False).post(
        SUBSCRIBE, json=services("in_calls_waiting"), headers={"Authorization": session_text}
    )

    assert ask().status_code == 200
    assert framework.requests == 0


def test_each_user_gets_the_own_subscription(app, framework):
    """Users of one account have each their data, in place of earlier ones at once; without a subscription 404."""
    clients = [app.test_client() for _ in range(3)]
    for number, client in enumerate(clients):
        client.post("/statsapi/auth", json={**LOGIN, "username": f"{ME}+{number}"})
    for client, name in zip(clients, ("a", "b"), strict=False):
        client.post(SUBSCRIBE, json={name: {"stats_totals": []}})
    framework.requests = 0

    found = [list(client.get(DATA).json) for client in (*clients[:2], clients[0])]
    missing = clients[2].get(DATA)

    assert (found, missing.status_code, framework.requests) == ([["a"], ["b"], ["a"]], 404, 1)
    clients[0].post(SUBSCRIBE, json={"c": {"stats_totals": []}})
    assert list(clients[0].get(DATA).json) == ["c"]
    clients[0].delete("/statsapi/subscription/active")
    assert clients[0].get(DATA).status_code == 404


def test_data_move_with_the_clock(ask, framework, sandbox, wall):
    """Another second, a moved clock and another profile each give other data, without the framework."""
    seen = [ask().data]
    wall.at += 1
    seen.append(ask().data)
    sandbox.clocks.advance(ME, 3600)
    seen.append(ask().data)
    sandbox.configuration.patch(ME, {"agents": 3})
    seen.append(ask().data)

    assert (len(set(seen)), framework.requests) == (4, 0)


def test_a_session_ends_for_the_fast_path_too(app, ask, session_text, framework):
    """The next log-in of the user and a log-out end a session for the very next request."""
    assert ask().status_code == 200
    app.test_client().post("/statsapi/auth", json=LOGIN)

    assert ask().status_code == 401


def test_an_access_token_expires(app, framework, wall):
    """A token of an hour gives no data after it."""
    form = {"grant_type": "client_credentials", "client_id": ME, "client_secret": "APP_CONSUMER_SECRET"}
    client = app.test_client(use_cookies=False)
    token = {"Authorization": f"Bearer {client.post(TOKEN_PATH, data=form).json['access_token']}"}
    client.post(SUBSCRIBE, json=agents("login_id"), headers=token)
    framework.requests = 0

    before = client.get(DATA, headers=token)
    wall.at += 3600

    assert (before.status_code, framework.requests) == (200, 0)
    assert client.get(DATA, headers=token).status_code == 401


def test_the_first_data_are_left_to_the_framework(start, wall):
    """Before the first refresh there are none, whoever asks."""
    client = start(agents=12).test_client()
    client.post("/statsapi/auth", json=LOGIN)
    client.post(SUBSCRIBE, json=services("in_calls_waiting"))
    early = client.get(DATA)
    wall.at += 1

    assert (early.status_code, client.get(DATA).status_code) == (204, 200)
