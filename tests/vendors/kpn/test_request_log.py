"""The request log of KPN's API."""

import sqlite3
from contextlib import closing

import pytest

from kpn_sandbox.tenants.faults import FaultPlan, Outcome
from kpn_sandbox.tenants.pins import Pin
from kpn_sandbox.tenants.quota import Quota
from kpn_sandbox.tenants.request_log import LogEntry
from tests.application import CREDENTIALS, TOKEN_URL

ME = "APP_CONSUMER_KEY"
BASE = "/communication/kpn/dashboard-server"


@pytest.fixture
def entries(sandbox, token):
    """The entries since the token was fetched."""
    sandbox.request_log.clear(ME)

    def logged():
        return sandbox.request_log.entries(ME).entries

    return logged


def summaries(entries):
    return [(entry.method, entry.path, entry.operation, entry.status, entry.note) for entry in entries]


def test_an_entry_has_the_request_and_its_answer(get, entries, wall):
    """An entry is complete, but for the token, which is redacted."""
    response = get("/agents?page=2&token=abc", X_Request_Id="mine", Accept="*/*")

    [entry] = entries()
    assert 0 < entry.duration_ms < 10_000
    assert len(entry.token) == 16
    assert entry == LogEntry(
        client_id=ME,
        id="mine",
        at=wall.at,
        wall_at=wall.at,
        api="kpn",
        operation="agents",
        method="GET",
        path="/agents",
        query="page=2&token=***",
        status=200,
        duration_ms=entry.duration_ms,
        headers={
            "Host": "localhost",
            "User-Agent": entry.headers["User-Agent"],
            "X-Request-Id": "mine",
            "Accept": "*/*",
            "Authorization": "***",
        },
        token=entry.token,
        response_headers={name: value for name, value in response.headers.items() if name != "X-Request-Id"},
    )


@pytest.mark.parametrize("hsts", [True, False])
def test_the_headers_of_a_response_are_those_that_were_sent(start, hsts):
    """Cached or not, successful or not: the log shows each header of a response."""
    app = start(agents=2, hsts=hsts)
    client, log = app.test_client(), app.extensions["kpn_sandbox"].sandbox.request_log
    token = client.post(TOKEN_URL, data=CREDENTIALS).json["access_token"]
    tag = client.get("/agents", headers={"Authorization": f"Bearer {token}"}).headers["ETag"]
    at = 'at="2026-11-23T10:00:00+01:00"'
    log.clear(ME)

    for headers in ({}, {"If-None-Match": tag}, {"If-Match": '"x"'}, {"Prefer": "code=302"}, {"Prefer": at}):
        sent = client.get("/agents", headers={"Authorization": f"Bearer {token}", **headers}).headers

        assert log.entries(ME).entries[-1].all_response_headers == dict(sent.items())
        assert ("Strict-Transport-Security" in sent) == hsts


def test_a_response_that_is_not_the_usual_one_has_its_reason(get, client, entries, sandbox, wall):
    """The reason is one of a few fixed texts, whether the sandbox was told so or the client is wrong."""
    sandbox.pins.put(ME, Pin("agents", "40001", {"Status": "AUX", "Reason": "2"}))
    sandbox.faults.add(ME, FaultPlan("kpn", "queue", (Outcome(status=502),)))
    wanted = {
        "/agents": "pin",
        "/trunks": "",
        "/queue/number/1000": "fault",
        "/agent/logid/99429": "reserved number",
        "/agent/logid/1": "unknown object",
        "/agent/logid/x": "invalid request",
        "/nope": "unknown path",
        f"{BASE}/nope": "unknown path",
    }
    for path in wanted:
        get(path)
    get("/trunks", Prefer="delay-ms=1")
    get("/trunks", Prefer='at="2026-11-23T10:00:00+01:00"')
    get("/agents", Prefer='at="2026-11-23T10:00:00+01:00"')
    get("/trunks", Prefer="code=x")
    get("/trunks", method="DELETE")
    sandbox.quotas.set(ME, Quota(1, 1, "day"))
    get("/trunks")
    get("/trunks")
    wall.at += 4000
    get("/trunks")
    client.get("/trunks", headers={"Authorization": "Bearer nobodys"})
    client.get(f"{BASE}/nope")
    client.post(TOKEN_URL, data={**CREDENTIALS, "client_secret": "another"})

    found = [entry.reason for entry in sandbox.request_log.all_entries().entries]
    told = [*wanted.values(), "Prefer header", "Prefer header", "Prefer header; pin", "malformed Prefer header"]
    refused = ["method not allowed", "", "quota", "expired token", "unknown token", "no token", "invalid credentials"]
    assert sorted(found[-len(told + refused) :]) == sorted(told + refused)


def test_bodies_are_logged_where_they_are_asked_for(start):
    """With journal_bodies an entry has the body of the request, and that of a response unless it succeeded."""
    app = start(agents=2, journal_bodies=True)
    client, log = app.test_client(), app.extensions["kpn_sandbox"].sandbox.request_log
    token = client.post(TOKEN_URL, data=CREDENTIALS).json["access_token"]
    tag = client.get("/agents", headers={"Authorization": f"Bearer {token}"}).headers.get("ETag")
    refused = client.post(TOKEN_URL, data={**CREDENTIALS, "client_secret": "another"})

    first, agents, second = log.entries(ME).entries
    form = f"client_id={ME}&client_secret=***"
    assert (first.request_body, first.response_body) == (form, None)
    assert (tag is not None, agents.request_body, agents.response_body) == (True, None, None)
    assert (second.request_body, second.response_body) == (form, refused.text)


def test_bodies_are_not_logged_by_default(get, entries):
    """Without journal_bodies no body is in an entry."""
    get("/agent/logid/1")

    [entry] = entries()
    assert (entry.request_body, entry.response_body) == (None, None)


def test_every_request_with_a_good_token_is_logged(get, entries, sandbox):
    """Requests of every outcome are logged, also for paths that do not exist, with a note of what the sandbox did."""
    sandbox.faults.add(ME, FaultPlan("kpn", "queue", (Outcome(status=502, delay_ms=5), Outcome(connection="drip"))))

    get("/agents", Prefer="code=503")
    get("/agents", Prefer="delay-ms=x")
    get("/agent/logid/1")
    get("/agent/logid/99429")
    get("/queue/number/1000")
    get("/queue/number/1000")
    get(f"{BASE}/nope")
    get("/agents", method="DELETE")
    get("/trunks", method="HEAD")

    assert summaries(entries()) == [
        ("GET", "/agents", "agents", 503, "Prefer: code=503"),
        ("GET", "/agents", "agents", 400, ""),
        ("GET", "/agent/logid/1", "agent", 404, ""),
        ("GET", "/agent/logid/99429", "agent", 429, "reserved number"),
        ("GET", "/queue/number/1000", "queue", 502, "fault: status 502, delay_ms 5"),
        ("GET", "/queue/number/1000", "queue", 200, "fault: connection drip"),
        ("GET", f"{BASE}/nope", "", 404, ""),
        ("DELETE", "/agents", "", 405, ""),
        ("HEAD", "/trunks", "trunks", 200, ""),
    ]


def test_a_broken_connection_is_logged_without_a_status(get, entries, sandbox):
    """A request whose connection broke has the status 0."""
    sandbox.faults.add(ME, FaultPlan("kpn", outcomes=(Outcome(connection="reset"),)))

    with pytest.raises(ConnectionResetError):
        get("/agents")

    assert summaries(entries()) == [("GET", "/agents", "agents", 0, "fault: connection reset")]


def test_an_expired_token_is_logged(app, get, entries, token, wall):
    """A request with an expired token is logged for its account, with the digest of the token."""
    get("/agents")
    wall.at += 3600
    get("/agents")

    good, expired = entries()
    assert (expired.status, expired.note, expired.token) == (401, "Access Token expired", good.token)


def test_a_used_up_quota_is_logged(get, entries, sandbox):
    """A request beyond the quota is logged with its `Retry-After`."""
    sandbox.quotas.set(ME, Quota(1, retry_after=True))

    get("/agents"), get("/agents")

    assert [(entry.status, entry.note, entry.retry_after) for entry in entries()] == [
        (200, "", None),
        (429, "quota used up", 60),
    ]


def test_requests_for_a_token_are_logged(client, entries):
    """Requests for a token are logged with a good secret and a wrong one, without the secret."""
    client.post(TOKEN_URL, data=CREDENTIALS)
    client.post(TOKEN_URL, data={**CREDENTIALS, "client_secret": "wrong"})
    client.post(TOKEN_URL, auth=(ME, "wrong"))
    client.post(TOKEN_URL, data=CREDENTIALS, headers={"Prefer": "code=500"})

    assert [(entry.operation, entry.status, entry.token) for entry in entries()] == [
        ("token", 200, ""),
        ("token", 401, ""),
        ("token", 401, ""),
        ("token", 500, ""),
    ]
    assert "wrong" not in str(entries()) and "CONSUMER_SECRET" not in str(entries())


@pytest.mark.parametrize("authorization", [None, "Bearer unknown", "Basic QTpC", "Bearer"])
def test_unknown_clients_are_not_logged(client, entries, authorization):
    """A request without a known token belongs to no account's log."""
    headers = {"Authorization": authorization} if authorization else {}

    for path in ("/agents", f"{BASE}/nope", "/agent/logid/x"):
        client.get(path, headers=headers)
    client.post(TOKEN_URL, data={"client_id": "nobody", "client_secret": "x"})
    client.post(TOKEN_URL, data=b"\xff" * 100, content_type="multipart/form-data; boundary=x")

    assert entries() == ()


def test_an_unknown_path_is_logged(get, entries):
    """A request with a good token for an unknown path, such as a misspelled one, is logged."""
    get("/agent/40001")

    assert summaries(entries()) == [("GET", "/agent/40001", "", 404, "")]


def test_other_pages_are_not_logged(get, entries):
    """Requests for the sandbox's own pages are not in the log of the API."""
    get("/_sandbox/health"), get("/openapi/kpn.json"), get("/agents", method="OPTIONS")

    assert entries() == ()


def test_an_answer_that_cannot_be_logged_is_not_sent(get, entries, tmp_path):
    """When the log cannot be written the answer is 503; when it can again, requests are answered."""
    with closing(sqlite3.connect(tmp_path / "sandbox.db")) as database:
        database.execute("ALTER TABLE requests RENAME TO elsewhere")
        refused = get("/agents")
        database.execute("ALTER TABLE elsewhere RENAME TO requests")

    assert (refused.status_code, get("/agents").status_code) == (503, 200)
    assert refused.json["fault"]["detail"]["errorcode"] == "messaging.adaptors.http.flow.ServiceUnavailable"
    assert "X-Request-Id" in refused.headers
    assert len(entries()) == 1


def test_the_log_can_be_switched_off(start):
    """With the setting off nothing is logged."""
    app = start(journal=False)
    client = app.test_client()

    assert client.post(TOKEN_URL, data=CREDENTIALS).status_code == 200
    assert app.extensions["kpn_sandbox"].sandbox.request_log.entries(ME).count == 0
