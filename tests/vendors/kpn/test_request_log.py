"""What the journal tells of requests to KPN's API."""

import sqlite3
from contextlib import closing

import pytest

from kpn_sandbox.tenants.faults import FaultPlan, Outcome
from kpn_sandbox.tenants.quota import Quota
from kpn_sandbox.tenants.request_log import LogEntry
from tests.application import CREDENTIALS, TOKEN_URL

ME = "APP_CONSUMER_KEY"
BASE = "/communication/kpn/dashboard-server"


@pytest.fixture
def entries(sandbox, token):
    """What was noted since the token was fetched."""
    sandbox.request_log.clear(ME)

    def noted():
        return sandbox.request_log.entries(ME).entries

    return noted


def told(entries):
    return [(entry.method, entry.path, entry.operation, entry.status, entry.note) for entry in entries]


def test_an_entry_tells_the_request_and_its_answer(get, entries, wall):
    """Whole, but without the token."""
    get("/agents?page=2&token=abc", X_Request_Id="mine", Accept="*/*")

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
    )


def test_every_request_of_a_good_token_is_noted(get, entries, sandbox):
    """Whatever it was answered, also when it asked for nothing that exists; with what the sandbox did to it."""
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

    assert told(entries()) == [
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


def test_a_broken_connection_is_noted_without_a_status(get, entries, sandbox):
    """There was no answer."""
    sandbox.faults.add(ME, FaultPlan("kpn", outcomes=(Outcome(connection="reset"),)))

    with pytest.raises(ConnectionResetError):
        get("/agents")

    assert told(entries()) == [("GET", "/agents", "agents", 0, "fault: connection reset")]


def test_a_spent_token_is_noted(app, get, entries, token, wall):
    """It is known whose it was; the mark tells that it was the same one."""
    get("/agents")
    wall.at += 3600
    get("/agents")

    good, expired = entries()
    assert (expired.status, expired.note, expired.token) == (401, "Access Token expired", good.token)


def test_a_quota_that_is_used_up_is_noted(get, entries, sandbox):
    """With what the caller was told to wait."""
    sandbox.quotas.set(ME, Quota(1, retry_after=True))

    get("/agents"), get("/agents")

    assert [(entry.status, entry.note, entry.retry_after) for entry in entries()] == [
        (200, "", None),
        (429, "quota used up", 60),
    ]


def test_requests_for_a_token_are_noted(client, entries):
    """With a good secret or a wrong one, in the form or in the header; the secret is not."""
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
def test_strangers_are_not_noted(client, entries, authorization):
    """Nobody knows whose journal it would be."""
    headers = {"Authorization": authorization} if authorization else {}

    for path in ("/agents", f"{BASE}/nope", "/agent/logid/x"):
        client.get(path, headers=headers)
    client.post(TOKEN_URL, data={"client_id": "nobody", "client_secret": "x"})
    client.post(TOKEN_URL, data=b"\xff" * 100, content_type="multipart/form-data; boundary=x")

    assert entries() == ()


def test_a_path_that_nobody_owns_is_noted(get, entries):
    """A slip in a path is what one looks for; it is told whose token came with it."""
    get("/agent/40001")

    assert told(entries()) == [("GET", "/agent/40001", "", 404, "")]


def test_what_is_beside_the_api_is_not_noted(get, entries):
    """It is no request to the API."""
    get("/_sandbox/health"), get("/openapi/kpn.json"), get("/agents", method="OPTIONS")

    assert entries() == ()


def test_an_answer_that_cannot_be_noted_is_not_given(get, entries, tmp_path):
    """Nothing acknowledged is lost; when the journal can be written again, all is well."""
    with closing(sqlite3.connect(tmp_path / "sandbox.db")) as database:
        database.execute("ALTER TABLE requests RENAME TO elsewhere")
        refused = get("/agents")
        database.execute("ALTER TABLE elsewhere RENAME TO requests")

    assert (refused.status_code, get("/agents").status_code) == (503, 200)
    assert refused.json["fault"]["detail"]["errorcode"] == "messaging.adaptors.http.flow.ServiceUnavailable"
    assert "X-Request-Id" in refused.headers
    assert len(entries()) == 1


def test_without_a_journal_nothing_is_noted(start):
    """A setting turns it off."""
    app = start(journal=False)
    client = app.test_client()

    assert client.post(TOKEN_URL, data=CREDENTIALS).status_code == 200
    assert app.extensions["kpn_sandbox"].sandbox.request_log.entries(ME).count == 0
