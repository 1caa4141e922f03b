"""The view of the wallboard's token: for the demo account at this machine, for others with their credentials."""

import pytest

from kpn_sandbox.tenants.accounts import NewAccount

FORWARDING = (
    "X-Forwarded-For",
    "X-Forwarded-Proto",
    "X-Forwarded-Anything",
    "Forwarded",
    "Via",
    "X-Real-IP",
    "X-Client-IP",
    "X-Cluster-Client-IP",
    "True-Client-IP",
    "CF-Connecting-IP",
    "CF-Ray",
    "Fastly-Client-IP",
    "X-Original-Host",
)
ELSEWHERE = {"REMOTE_ADDR": "192.0.2.7"}


@pytest.fixture
def sandbox(app):
    return app.extensions["kpn_sandbox"].sandbox


@pytest.fixture
def other(sandbox):
    """A second account with its secret."""
    return sandbox.accounts.create(NewAccount(client_id="other", client_secret="its secret"))


def test_at_this_machine_the_demo_account_needs_no_secret(client):
    """At this machine a token of the demo account is given without credentials; the public API accepts it."""
    token = client.post("/wallboard/token", json={}).json

    answer = client.get("/queues", headers={"Authorization": f"Bearer {token['access_token']}"})
    assert (token["client_id"], answer.status_code) == ("APP_CONSUMER_KEY", 200)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8080", "[::1]:8080"])
def test_every_name_of_this_machine_counts(client, host):
    """Requests for any of the three names of the loopback count as coming from this machine."""
    assert client.post("/wallboard/token", json={}, headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "request_options",
    [
        {"environ_base": ELSEWHERE},
        *({"headers": {name: "127.0.0.1"}} for name in FORWARDING),
        {"headers": {"Origin": "https://dashboard.example"}},
        {"headers": {"Origin": "http://[broken"}},
        {"headers": {"Origin": "null"}},
        {"environ_overrides": {"SERVER_PROTOCOL": "HTTP/1.0"}},
    ],
)
def test_elsewhere_a_secret_is_needed(client, request_options):
    """Requests from elsewhere, or through anything that may be a proxy, get no token without credentials."""
    answer = client.post("/wallboard/token", json={}, **request_options)

    assert (answer.status_code, answer.content_type) == (401, "application/problem+json")
    # A browser would ask its user for a password.
    assert not any("Basic" in challenge for challenge in answer.headers.getlist("WWW-Authenticate"))


@pytest.mark.parametrize("path", ["/wallboard/day", "/history/days", "/panel/rows", "/wallboard/token"])
def test_names_that_a_page_can_own_get_no_data(client, path):
    """A page whose name resolves to this machine reads nothing, with credentials or without (DNS rebinding)."""
    method, host = "POST" if path.endswith("token") else "GET", {"Host": "evil.example"}

    answer = client.open(path, method=method, json={}, headers=host, auth=("APP_CONSUMER_KEY", "APP_CONSUMER_SECRET"))

    assert (answer.status_code, answer.content_type) == (421, "application/problem+json")
    assert "evil.example" in answer.json["detail"]


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"null",
        b"1",
        b'"a"',
        b'{"account": 5}',
        b'{"account": NaN}',
        b"{",
        b"[" * 100_000,
        b"\xff",
        b'{"other": 1}',
    ],
)
def test_a_body_that_is_no_request_is_refused(client, body):
    """JSON that is no object, broken, with NaN, or nested deeply is 400 with a problem document."""
    answer = client.post("/wallboard/token", data=body, content_type="application/json")

    assert (answer.status_code, answer.content_type) == (400, "application/problem+json")


def test_credentials_open_their_own_account(client, other):
    """Client id and secret give a token of that account, wherever the request comes from."""
    answer = client.post("/wallboard/token", json={}, auth=("other", "its secret"), environ_base=ELSEWHERE)

    assert (answer.status_code, answer.json["client_id"]) == (200, "other")


def test_the_administrator_may_look_at_each_account(app, client, other):
    """With the admin token the body names the account that the token is for."""
    token = app.extensions["kpn_sandbox"].admin_token

    answer = client.post("/wallboard/token", json={"account": "other"}, headers={"Authorization": f"Bearer {token}"})

    assert answer.json["client_id"] == "other"


def test_an_account_cannot_look_at_another(client, other):
    """An account that asks for a token of another one is answered as if that one did not exist."""
    answer = client.post("/wallboard/token", json={"account": "APP_CONSUMER_KEY"}, auth=("other", "its secret"))

    assert answer.status_code == 404


def test_a_form_of_another_site_gets_nothing(client):
    """A form body is refused: a browser sends one to another site unasked, but JSON only after a preflight."""
    assert client.post("/wallboard/token", data={"a": "b"}).status_code == 400
