"""Who gets the data of the pages: at this machine anybody the demo account's, others with credentials."""

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


DATA = ("/wallboard/live", "/wallboard/day", "/history/days?days=1", "/panel/rows")
DAYS = ("/wallboard/outline", "/wallboard/calls", "/wallboard/agents/40001", "/wallboard/queues/1000")


@pytest.mark.shared
@pytest.mark.parametrize("path", DATA)
def test_at_this_machine_the_demo_account_needs_no_secret(client, path):
    """At this machine the data of the demo account is given without credentials."""
    assert client.get(path).json["client_id"] == "APP_CONSUMER_KEY"


@pytest.mark.shared
@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8080", "[::1]:8080"])
def test_every_name_of_this_machine_counts(client, host):
    """Requests for any of the three names of the loopback count as coming from this machine."""
    assert client.get("/wallboard/live", headers={"Host": host}).status_code == 200


@pytest.mark.shared
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
    """Requests from elsewhere, or through anything that may be a proxy, get no data without credentials."""
    answers = [client.get(path, **request_options) for path in DATA + DAYS]

    assert {(answer.status_code, answer.content_type) for answer in answers} == {(401, "application/problem+json")}
    # A browser would ask its user for a password.
    challenges = [challenge for answer in answers for challenge in answer.headers.getlist("WWW-Authenticate")]
    assert not any("Basic" in challenge for challenge in challenges)


@pytest.mark.shared
@pytest.mark.parametrize("path", DATA + DAYS)
def test_names_that_a_page_can_own_get_no_data(client, path):
    """A page whose name resolves to this machine reads nothing, with credentials or without (DNS rebinding)."""
    answer = client.get(path, headers={"Host": "evil.example"}, auth=("APP_CONSUMER_KEY", "APP_CONSUMER_SECRET"))

    assert (answer.status_code, answer.content_type) == (421, "application/problem+json")
    assert "evil.example" in answer.json["detail"]


@pytest.mark.parametrize("path", DATA)
def test_credentials_open_their_own_account(client, other, path):
    """Client id and secret give the data of that account, wherever the request comes from."""
    answer = client.get(path, auth=("other", "its secret"), environ_base=ELSEWHERE)

    assert (answer.status_code, answer.json["client_id"]) == (200, "other")


def test_the_administrator_may_look_at_each_account(app, client, other):
    """With the admin token the query names the account; without a name it is the demo account."""
    headers = {"Authorization": f"Bearer {app.extensions['kpn_sandbox'].admin_token}"}

    accounts = [
        client.get(f"/wallboard/live{query}", headers=headers).json["client_id"] for query in ("?account=other", "")
    ]

    assert accounts == ["other", "APP_CONSUMER_KEY"]


@pytest.mark.parametrize("auth", [("other", "its secret"), ("other", "wrong"), None])
def test_an_account_cannot_look_at_another(client, other, auth):
    """An account that asks for another one is answered as if that did not exist; nobody gets past without a secret."""
    wanted = "APP_CONSUMER_KEY" if auth else "other"
    answer = client.get("/wallboard/live", query_string={"account": wanted}, auth=auth)

    assert answer.status_code == (404 if auth == ("other", "its secret") else 401)


def test_an_access_token_opens_no_page(client):
    """An access token of a vendor's API gives no data of the pages, as it gives nothing of the control API."""
    assert client.get("/wallboard/live", headers={"Authorization": "Bearer nope"}).status_code == 401


@pytest.mark.shared
@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("at=noon", "at"),
        ("at=1999-01-01T00:00Z", "instant"),
        ("scenario=nope", "scenario"),
        ("seed=%00", "seed"),
        ("colour=red", "colour"),
        ("at=10:00&at=11:00", "at"),
    ],
)
def test_a_wrong_query_is_refused(client, query, field):
    """What a page cannot show is refused with the field and what would be right."""
    answer = client.get(f"/wallboard/live?{query}")

    assert (answer.status_code, answer.json["errors"][0]["field"]) == (400, field)
