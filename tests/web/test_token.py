"""The wallboard's token: for the demo account here, for others with their credentials."""

import pytest

from kpn_sandbox.tenants.accounts import NewAccount

ELSEWHERE = {"REMOTE_ADDR": "192.0.2.7"}


@pytest.fixture
def sandbox(app):
    return app.extensions["kpn_sandbox"].sandbox


@pytest.fixture
def other(sandbox):
    """Another account with its secret."""
    return sandbox.accounts.create(NewAccount(client_id="other", client_secret="its secret"))


def test_here_the_demo_account_needs_no_secret(client):
    """At this machine the token opens the public API of the demo account."""
    told = client.post("/wallboard/token", json={}).json

    answer = client.get("/queues", headers={"Authorization": f"Bearer {told['access_token']}"})
    assert (told["client_id"], answer.status_code) == ("APP_CONSUMER_KEY", 200)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8080", "[::1]:8080"])
def test_every_name_of_this_machine_counts(client, host):
    """Loopback has three names."""
    assert client.post("/wallboard/token", json={}, headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "told",
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
def test_elsewhere_a_secret_is_needed(client, told):
    """Without credentials nobody else gets a token."""
    answer = client.post("/wallboard/token", json={}, **told)

    assert (answer.status_code, answer.content_type) == (401, "application/problem+json")


def test_credentials_open_their_own_account(client, other):
    """Client id and secret give a token of that account, from anywhere."""
    answer = client.post("/wallboard/token", json={}, auth=("other", "its secret"), environ_base=ELSEWHERE)

    assert (answer.status_code, answer.json["client_id"]) == (200, "other")


def test_the_administrator_may_look_at_each_account(app, client, other):
    """With the admin token the account is named."""
    token = app.extensions["kpn_sandbox"].admin_token

    answer = client.post("/wallboard/token", json={"account": "other"}, headers={"Authorization": f"Bearer {token}"})

    assert answer.json["client_id"] == "other"


def test_an_account_cannot_look_at_another(client, other):
    """Another's account looks like one that does not exist."""
    answer = client.post("/wallboard/token", json={"account": "APP_CONSUMER_KEY"}, auth=("other", "its secret"))

    assert answer.status_code == 404


def test_a_form_of_another_site_gets_nothing(client):
    """A browser sends JSON to another site only after asking, and nobody allows it."""
    assert client.post("/wallboard/token", data={"a": "b"}).status_code == 400


def test_the_day_needs_a_good_token(client):
    """What the wallboard shows beside the API is as guarded as the API."""
    assert client.get("/wallboard/day").status_code == 401
    assert client.get("/wallboard/day", headers={"Authorization": "Bearer nope"}).status_code == 401


def test_the_day_ends_with_what_the_api_tells(client):
    """The last point is the sum over the queues of the public API."""
    bearer = {"Authorization": f"Bearer {client.post('/wallboard/token', json={}).json['access_token']}"}
    queues = client.get("/queues", headers=bearer).json["DataSet"]["queues"]

    told = client.get("/wallboard/day", headers=bearer).json

    last = told["points"][-1]
    assert [last["offered"], last["answered"]] == [
        sum(int(queue[name]) for queue in queues) for name in ("OfferedCalls", "AnsweredCalls")
    ]
    assert [goal["number"] for goal in told["goals"]] == [int(queue["Number"]) for queue in queues]
    assert len(told["points"]) == 41
