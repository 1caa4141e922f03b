"""The controls of an account at Atobi's API: throttle, clock, faults, quota, request log and the Prefer header."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from kpn_sandbox.tenants.faults import FaultPlan, Outcome
from kpn_sandbox.tenants.quota import Quota
from tests.application import CREDENTIALS
from tests.vendors.atobi.conftest import KPI, body

CLIENT = "APP_CONSUMER_KEY"


@pytest.fixture
def sandbox(app):
    return app.extensions["kpn_sandbox"].sandbox


def test_180_requests_a_minute_are_accepted(send, wall):
    """The 181st request is refused until the next minute of the account's clock."""
    wall.at = wall.at // 60 * 60 + 20

    statuses = [send("{}").status_code for _ in range(180)]
    refused = send("{}")
    wall.at += 40

    assert set(statuses) == {422}
    assert (refused.status_code, refused.json["message"]) == (429, "Too Many Attempts.")
    limits = {name: refused.headers[name] for name in ("X-RateLimit-Limit", "X-RateLimit-Remaining", "Retry-After")}
    assert limits == {"X-RateLimit-Limit": "180", "X-RateLimit-Remaining": "0", "Retry-After": "40"}
    assert int(refused.headers["X-RateLimit-Reset"]) == wall.at
    assert send("{}").headers["X-RateLimit-Remaining"] == "179"


def test_the_throttle_follows_the_accounts_clock(sandbox, send):
    """A frozen minute never ends; an advanced clock begins another one."""
    sandbox.clocks.set(CLIENT, "frozen")
    for _ in range(180):
        send("{}")

    refused = send("{}").status_code
    sandbox.clocks.advance(CLIENT, 60)

    assert (refused, send("{}").status_code) == (429, 422)


def test_the_throttle_is_exact_over_workers(start, client, atobi_token):
    """180 requests pass, however many workers answer at the same time."""
    workers = [start(agents=12) for _ in range(2)]

    def ask(number):
        headers = {"Authorization": f"Bearer {atobi_token}", "Content-Type": "application/json"}
        return workers[number % 2].test_client().post(KPI, data="{}", headers=headers).status_code

    with ThreadPoolExecutor(4) as pool:
        statuses = list(pool.map(ask, range(200)))

    assert (statuses.count(422), statuses.count(429)) == (180, 20)


def test_token_requests_are_not_throttled(client, send):
    """Requests for tokens do not count for the throttle."""
    form = {"grant_type": "client_credentials", **CREDENTIALS}

    remaining = client.post("/oauth/token", data=form).headers["X-RateLimit-Remaining"]

    assert (remaining, send("{}").headers["X-RateLimit-Remaining"]) == ("178", "179")


def test_a_quota_adjusts_the_throttle(sandbox, send):
    """An account's own quota replaces the 180, as the page says: "This can be adjusted"."""
    sandbox.quotas.set(CLIENT, Quota(2, 1, "hour"))

    assert [send("{}").status_code for _ in range(3)] == [422, 422, 429]


@pytest.mark.parametrize("status", [400, 403, 404, 413, 422, 429, 500, 503])
def test_a_forced_error_has_atobis_shape(client, status):
    """A forced error comes before the token, and has the status in its body."""
    response = client.post(KPI, headers={"Prefer": f"code={status}"})

    assert (response.status_code, response.json["status"]) == (status, "error")


def test_a_fault_stores_nothing(sandbox, send, inbox):
    """The body of a request that meets a fault is not stored; sent again it is."""
    sandbox.faults.add(CLIENT, FaultPlan(api="atobi", operation="kpi", outcomes=(Outcome(status=503),)))

    first, kept, second = send(body()), inbox(), send(body())

    assert (first.status_code, kept, second.status_code, len(inbox())) == (503, [], 200, 1)


def test_the_token_endpoint_can_fail(sandbox, client):
    """A fault of the token endpoint has the shape of its errors."""
    sandbox.faults.add(CLIENT, FaultPlan(api="atobi", operation="token", outcomes=(Outcome(status=500),)))

    response = client.post("/oauth/token", data={"grant_type": "client_credentials", **CREDENTIALS})

    assert (response.status_code, response.json["error"]) == (500, "server_error")


def test_requests_are_logged(sandbox, send):
    """The request log has the outcome of a body, and no token."""
    send(body())

    token, kpi = sandbox.request_log.entries(CLIENT, api="atobi").entries
    assert (token.operation, token.status, kpi.operation, kpi.status) == ("token", 200, "kpi", 200)
    assert "1 created, 0 updated" in kpi.note and kpi.headers["Authorization"] == "***"


def test_received_figures_can_be_read_back(client, send):
    """The control API lists what was received, with filters and by the account's time."""
    send(body(context="one"))
    send(body(context="two"), Prefer='at="2026-01-05T10:00:00+01:00"')

    path = f"/_sandbox/accounts/{CLIENT}/inbox/kpi"
    records = client.get(f"{path}?context=two", auth=tuple(CREDENTIALS.values())).json["records"]

    assert [(each["context"], each["kpi"], each["value"], each["received_at"]) for each in records] == [
        ("two", "points", "100", "2026-01-05T10:00:00+01:00")
    ]
