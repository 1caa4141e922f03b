"""The view of the wallboard's token: for the demo account at this machine, for others with their credentials."""

import pytest

from kpn_sandbox.tenants.accounts import NewAccount

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
        {"headers": {"Host": "evil.example"}},
        {"headers": {"X-Forwarded-For": "127.0.0.1"}},
        {"headers": {"Forwarded": "for=127.0.0.1"}},
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
