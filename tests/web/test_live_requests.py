"""The request log as the page of it reads it: live or by looks, uncounted, and whose requests are whose."""

import re
from base64 import b64encode

import orjson
import pytest

from kpn_sandbox.gateway import reasons
from kpn_sandbox.web.assets import STATIC
from kpn_sandbox.web.live_requests import live_requests

LIVE = "/requests/live?account=APP_CONSUMER_KEY"
OWN = {"Authorization": "Basic " + b64encode(b"APP_CONSUMER_KEY:APP_CONSUMER_SECRET").decode()}


@pytest.fixture
def admin(app):
    return {"Authorization": f"Bearer {app.extensions['kpn_sandbox'].admin_token}"}


def paths(answer):
    """The paths of the entries of an answer."""
    return [entry["path"] for entry in answer.json["requests"]]


def test_each_look_returns_what_is_new(client):
    """A look with the cursor of the one before returns what came since, and reading is not a request itself."""
    client.get("/agents", headers={"Authorization": "Bearer nope", "Prefer": "code=503"})
    client.post("/oauth/client_credential/accesstoken?grant_type=client_credentials", headers=OWN)

    first = client.get(LIVE, headers=OWN)
    client.get("/queues", auth=("APP_CONSUMER_KEY", "APP_CONSUMER_SECRET"))
    client.post("/oauth/client_credential/accesstoken?grant_type=none", headers=OWN)
    second = client.get(f"{LIVE}&cursor={first.json['cursor']}", headers=OWN)
    third = client.get(f"{LIVE}&cursor={second.json['cursor']}", headers=OWN)

    assert paths(first) == paths(second) == ["/oauth/client_credential/accesstoken"]
    assert third.json == {"cursor": second.json["cursor"], "cleared": False, "requests": []}


def test_a_cleared_log_is_noticed(client):
    """After the log was cleared, a look says so, once, and goes on with what came since."""
    token = "/oauth/client_credential/accesstoken?grant_type=client_credentials"
    client.post(token, headers=OWN)
    client.post(token, headers=OWN)
    before = client.get(LIVE, headers=OWN).json["cursor"]

    client.delete("/_sandbox/accounts/APP_CONSUMER_KEY/requests", headers=OWN)
    client.post(token, headers=OWN)
    after = client.get(f"{LIVE}&cursor={before}", headers=OWN).json

    assert (after["cleared"], len(after["requests"])) == (True, 1)
    assert client.get(f"{LIVE}&cursor={after['cursor']}", headers=OWN).json["cleared"] is False


def test_requests_of_nobody_are_the_administrators(client, admin):
    """Only the administrator reads requests that belong to no account, beside those of an account or alone."""
    client.post("/oauth/client_credential/accesstoken?grant_type=client_credentials", headers=OWN)
    client.get("/nope")

    both = client.get(f"{LIVE}&nobody=1", headers=admin)

    assert [entry["client_id"] for entry in both.json["requests"]] == ["APP_CONSUMER_KEY", None]
    assert paths(client.get("/requests/live", headers=admin)) == ["/nope"]
    assert client.get(f"{LIVE}&nobody=1", headers=OWN).status_code == 403
    assert client.get("/requests/live", headers=OWN).status_code == 403


def test_another_account_is_not_read(client, admin):
    """An account that is another's, or nobody's, is not found; without credentials nothing is told."""
    assert client.get("/requests/live?account=other", headers=OWN).status_code == 404
    assert client.get("/requests/live?account=other", headers=admin).status_code == 404
    assert client.get(LIVE).status_code == 401
    assert client.get(LIVE, headers={**OWN, "Host": "evil.example"}).status_code == 421


@pytest.mark.parametrize("cursor", ["x", "1", "1-2-3", "-", "1-2-"])
def test_a_wrong_cursor_is_refused(client, cursor):
    """A cursor that no answer contained is named with what would be right."""
    answer = client.get(f"{LIVE}&cursor={cursor}", headers=OWN)

    assert (answer.status_code, answer.json["errors"][0]["field"]) == (400, "cursor")


def test_events_are_sent_where_the_server_streams(app, client):
    """A server that streams sends an event at once and per look with news; others answer in JSON."""
    client.post("/oauth/client_credential/accesstoken?grant_type=client_credentials", headers=OWN)
    log = app.extensions["kpn_sandbox"].sandbox.request_log
    looks = iter([False, False, True])

    with app.test_request_context(headers={"Accept": "text/event-stream, application/json"}) as context:
        context.request.environ |= {"kpn_sandbox.streams": True, "gunicorn.socket": _Connection()}
        answer = live_requests(context.request, log, ("APP_CONSUMER_KEY",), lambda seconds: next(looks))
        events = [event for event in b"".join(answer.response).decode().split("\n\n") if event]

    assert answer.content_type == "text/event-stream"
    assert [orjson.loads(event.partition("data: ")[2])["cursor"] for event in events] == ["1-0"]
    assert client.get(LIVE, headers={**OWN, "Accept": "text/event-stream"}).content_type == "application/json"


def test_a_stream_ends_when_the_client_has_left(app):
    """No look is made for a client that has closed its connection."""
    log = app.extensions["kpn_sandbox"].sandbox.request_log

    with app.test_request_context(headers={"Accept": "text/event-stream"}) as context:
        context.request.environ |= {"kpn_sandbox.streams": True, "gunicorn.socket": _Connection(state=7)}
        answer = live_requests(context.request, log, ("APP_CONSUMER_KEY",), lambda seconds: pytest.fail("a look"))

        assert list(answer.response) == []


def test_an_empty_log_is_told_at_once(app):
    """The first event of a stream is sent without a request, so that the page can say that there is none."""
    log = app.extensions["kpn_sandbox"].sandbox.request_log

    with app.test_request_context(headers={"Accept": "text/event-stream"}) as context:
        context.request.environ |= {"kpn_sandbox.streams": True, "gunicorn.socket": _Connection()}
        answer = live_requests(context.request, log, ("nobody-yet",), lambda seconds: True)

        assert list(answer.response) == [b'id: 0-0\ndata: {"cursor":"0-0","cleared":false,"requests":[]}\n\n']


def test_pages_get_the_token_of_itx(client):
    """Whoever has an account's secret gets the token of ITX's URLs, which opens its panel; nobody else does."""
    token = client.get("/requests/itx-token", headers=OWN).json["token"]

    assert client.get(f"/rest/kpi?customerId=1&token={token}").status_code == 200
    assert client.get("/requests/itx-token").status_code == 401
    assert client.get("/requests/itx-token", auth=("APP_CONSUMER_KEY", "wrong")).status_code == 401


def test_every_reason_is_explained():
    """The page explains each reason that the request log may give."""
    constants = {value for name, value in vars(reasons).items() if name.isupper() and isinstance(value, str)}
    known = constants | set(reasons._BY_EXCEPTION.values()) | set(reasons._BY_STATUS.values())

    explained = re.findall(r'^  "([^"]+)": \[t\("\1"\), t\(', (STATIC / "reasons.js").read_text("utf-8"), re.MULTILINE)

    assert set(explained) == known


class _Connection:
    """A connection in a state of TCP; 1 is established."""

    def __init__(self, state=1):
        self.state = state

    def getsockopt(self, level, option, size):
        return bytes([self.state])
