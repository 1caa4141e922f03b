"""The controls of an account at Bright Pattern's API: clock, pins, faults, quota, request log, Prefer header."""

import pytest

from kpn_sandbox.gateway.operations import STATUSES
from kpn_sandbox.tenants.accounts import NewAccount
from tests.vendors.bright_pattern.conftest import FORM, LOGIN, TOKEN_PATH, agents, services

ACCOUNT = "APP_CONSUMER_KEY"
AUTH = (ACCOUNT, "APP_CONSUMER_SECRET")
DATA = "/statsapi/subscription/data"
BODY = agents("login_id", "acd_state", "reason", "state_duration")


@pytest.fixture
def control(client):
    """Request the control API with the account's credentials."""

    def ask(method, path, json=None):
        answer = client.open(f"/_sandbox/accounts/{ACCOUNT}/{path}", method=method, json=json, auth=AUTH)
        assert answer.status_code < 300, answer.json
        return answer.json

    return ask


@pytest.fixture
def poll(session, subscribe):
    """Subscribe, and return a function that requests the data."""
    subscribe(BODY)
    return lambda **headers: session.get(DATA, headers=headers)


def test_time_is_the_accounts(poll, control):
    """With a frozen clock the data stand still; when it is advanced they change."""
    control("PUT", "clock", {"mode": "frozen", "at": "2026-11-23T10:00:00+01:00"})
    first, second = poll(), poll()
    control("POST", "clock/advance", {"seconds": 3600})

    assert first.data == second.data
    assert first.headers["X-Sandbox-Time"] == "2026-11-23T10:00:00+01:00"
    assert poll().headers["X-Sandbox-Time"] == "2026-11-23T11:00:00+01:00"
    assert poll().data != first.data


def test_a_pinned_agent_is_pinned_here(poll, control):
    """A pin in KPN's terms shows in this vendor's terms."""
    control("PUT", "pins/agents/40003", {"fields": {"Status": "AUX", "Reason": "2", "Time": "77"}})

    row = next(row for row in poll().json["data"]["agent_grids"][0]["values"] if row["login_id"] == "40003")

    assert (row["acd_state"], row["reason"], row["state_duration"]) == ("not_ready", "Lunch", "77")


@pytest.mark.parametrize("fields", [{"Dep": "999"}, {"Status": "AUX", "Reason": "99"}, {"Agent": "X"}, {"Reason": "1"}])
def test_any_pin_can_be_shown(poll, control, fields):
    """Every value that can be pinned has a value in this API."""
    control("PUT", "pins/agents/40003", {"fields": fields})

    assert poll().status_code == 200


def test_a_pinned_queue_is_pinned_here(session, subscribe, control):
    """Totals and services have the pinned figures, and those that follow from them."""
    control("PUT", "pins/queues/1000", {"fields": {"InQueueCalls": "50", "LongestWaitingCall": "900"}})
    wanted = services("in_calls_waiting", "in_max_wait_time")
    subscribe({"data": {**wanted["data"], "stats_totals": ["in_calls_waiting", "in_max_wait_time"]}})

    part = session.get(DATA).json["data"]

    assert part["service_grids"][0]["values"][0] == {"in_calls_waiting": "50", "in_max_wait_time": "900"}
    assert int(part["stats_totals"]["in_calls_waiting"]) >= 50
    assert part["stats_totals"]["in_max_wait_time"] == "900"


def test_a_pin_counts_its_reads(poll, control):
    """A pin for two reads shows in two answers."""
    control("PUT", "pins/agents/40003", {"fields": {"Status": "AUX", "Reason": "5"}, "reads": 2})

    shown = [("Administratie" in poll().get_data(as_text=True)) for _ in range(3)]

    assert shown[:2] == [True, True]
    assert control("GET", "pins")["pins"] == []


def test_faults_happen_in_order(poll, control):
    """Outcomes of a plan are used up one by one, in this API's shape."""
    plan = {"api": "bright_pattern", "operation": "data", "outcomes": [{"status": 503}, {"status": 409}, {"ok": True}]}
    control("POST", "faults", plan)

    answers = [poll() for _ in range(3)]

    assert [answer.status_code for answer in answers] == [503, 409, 200]
    assert answers[0].json["error_code"] == 1203


def test_a_fault_meets_the_log_in(client, control):
    """Faults can be planned for tokens and log-ins."""
    for operation in ("login", "token"):
        control("POST", "faults", {"api": "bright_pattern", "operation": operation, "outcomes": [{"status": 503}]})

    codes = [client.post("/statsapi/auth", json=LOGIN).status_code, client.post(TOKEN_PATH, data=FORM).status_code]

    assert codes == [503, 503]
    assert client.post("/statsapi/auth", json=LOGIN).status_code == 200


def test_a_quota_counts(poll, control):
    """A request beyond the quota is 429 in this API's shape; log-ins do not count."""
    control("PUT", "quota", {"limit": 2, "interval": 1, "unit": "hour"})

    answers = [poll() for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert [answer.headers["X-RateLimit-Remaining"] for answer in answers] == ["1", "0", "0"]
    assert answers[2].json["error_code"] == 1129


def test_the_request_log_has_everything_but_secrets(client, poll, control):
    """Log-ins, data and errors are logged with operation and status, without the token of the session."""
    token = client.get_cookie("X-STATSAPI-TOKEN").value
    poll(**{"X-BP-SESSION-ID": token})
    client.post("/statsapi/auth", json={**LOGIN, "password": "wrong"})
    client.get("/statsapi/nope")

    logged = control("GET", "requests")["requests"]

    assert [(each["operation"], each["status"]) for each in logged if each["api"] == "bright_pattern"] == [
        ("login", 200),
        ("subscribe", 200),
        ("data", 200),
        ("login", 401),
        (None, 404),
    ]
    assert token not in str(logged)


@pytest.mark.parametrize("code", sorted({*STATUSES, 204, 409}))
def test_any_status_can_be_forced(poll, code):
    """The Prefer header forces a status in this API's shape."""
    answer = poll(Prefer=f"code={code}")

    assert answer.status_code == code
    assert answer.headers["Preference-Applied"] == f"code={code}"
    if code >= 400:
        assert set(answer.json) == {"error_code", "error_message"}


def test_a_reset_forgets_sessions_and_subscriptions(session, poll, control):
    """The reset of the layer `tokens` removes sessions and subscriptions."""
    control("POST", "reset", {"layers": ["tokens"]})

    assert poll().status_code == 401
    session.post("/statsapi/auth", json=LOGIN)
    assert poll().status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/statsapi/nope", 404), ("PUT", "/statsapi/subscription", 405), ("PATCH", TOKEN_PATH, 405)],
)
def test_unknown_paths_and_methods_are_refused_in_this_shape(client, method, path, status):
    """Unknown paths and methods below this API's paths have the shape of its errors."""
    answer = client.open(path, method=method)

    assert answer.status_code == status
    assert answer.content_type == "application/json"
    assert "fault" not in answer.json


def test_accounts_are_independent(app, start, poll):
    """Another account has its own agents, sessions and subscriptions."""
    made = app.extensions["kpn_sandbox"].sandbox.accounts.create(NewAccount("other", "secret"))
    client = app.test_client()
    client.post("/statsapi/auth", json={"tenant_url": "x", "username": "other", "password": made.client_secret})

    assert client.get(DATA).status_code == 404
    assert client.get("/statsapi/cfg/services").json != []
    assert poll().status_code == 200
