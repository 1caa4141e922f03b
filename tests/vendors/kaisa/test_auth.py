"""HTTP Digest as the clients of Kaisa's API send it."""

import pytest

from tests.application import CREDENTIALS
from tests.vendors.kaisa.conftest import credentials, parts

PING = "/miscellaneous/ping"


@pytest.fixture
def send(client):
    """Send a request with an Authorization header."""
    return lambda header, path=PING, method="GET": client.open(path, method=method, headers={"Authorization": header})


def test_a_request_without_credentials_is_challenged(client):
    """The 401 has no body, and a challenge for Digest."""
    response = client.get("/customers")

    found = parts(response.headers["WWW-Authenticate"])
    assert (response.status_code, response.data) == (401, b"")
    assert (found["realm"], found["qop"], found["algorithm"]) == ("Kaisa", "auth", "MD5")
    assert "stale" not in found


def test_good_credentials_are_accepted(send, challenge):
    """User and password are the account's id and secret."""
    response = send(credentials(challenge(), "GET", PING))

    assert (response.status_code, response.json) == (200, {"ping": "ok"})


@pytest.mark.parametrize(
    "wrong",
    [
        {"user": "nobody"},
        {"password": "wrong"},
        {"nonce": "6b02c6d5-0000000000000000-00000000000000000000000000000000"},
        {"nonce": "made up"},
        {"realm": "Freespee"},
        {"response": "0" * 32},
        {"algorithm": "SHA-256"},
        {"cnonce": ""},
        {"username": "Ünknown\x01"},
    ],
    ids=str,
)
def test_other_credentials_are_refused(send, challenge, wrong):
    """An unknown user, a wrong password, a foreign nonce and another realm are refused alike."""
    response = send(credentials(challenge(), "GET", PING, **wrong))

    assert (response.status_code, response.data) == (401, b"")
    assert "stale" not in parts(response.headers["WWW-Authenticate"])


@pytest.mark.parametrize(
    "header", ["Digest", "Digest ", 'Digest username="x"', "Basic QTpC", "Bearer x", "Digest \x00", "Digest a=b, a=b"]
)
def test_malformed_credentials_are_no_credentials(send, header):
    """Credentials that cannot be parsed are answered with a challenge."""
    assert send(header).status_code == 401


def test_credentials_are_for_one_request(send, challenge):
    """Credentials of one request are refused for another path and another method."""
    header = credentials(challenge(), "GET", PING)

    assert send(header, path="/customers").status_code == 400
    assert send(header, method="HEAD").status_code == 401


def test_a_request_cannot_be_sent_again(send, challenge):
    """A count of a nonce is accepted once; the refusal of the second says that only the nonce is stale."""
    header = credentials(challenge(), "GET", PING)

    first, second = send(header), send(header)

    assert (first.status_code, second.status_code) == (200, 401)
    assert parts(second.headers["WWW-Authenticate"])["stale"] == "TRUE"


def test_a_nonce_serves_many_requests(send, challenge):
    """Clients count on with the same nonce, and their requests need not arrive in order."""
    value = challenge()

    statuses = [send(credentials(value, "GET", PING, count=count)).status_code for count in (1, 3, 2, 40)]

    assert statuses == [200, 200, 200, 200]


def test_another_worker_knows_the_nonce(start, send, challenge):
    """Nonces and their counts are the same at all workers."""
    value = challenge()
    other = start(agents=12).test_client()

    header = credentials(value, "GET", PING)

    assert other.get(PING, headers={"Authorization": header}).status_code == 200
    assert send(header).status_code == 401


def test_a_nonce_expires(send, challenge, wall):
    """After 300 seconds the nonce is stale, and the client gets another one."""
    value = challenge()
    wall.at += 299
    young = send(credentials(value, "GET", PING))
    wall.at += 1

    old = send(credentials(value, "GET", PING, count=2))

    assert (young.status_code, old.status_code) == (200, 401)
    assert parts(old.headers["WWW-Authenticate"])["stale"] == "TRUE"


def test_a_new_secret_replaces_the_old_one(app, send, challenge):
    """When an account gets another secret, the old one is refused."""
    made = app.extensions["kpn_sandbox"].sandbox.accounts.rotate_secret(CREDENTIALS["client_id"])

    old, new = (
        send(credentials(challenge(), "GET", PING, password=password))
        for password in (CREDENTIALS["client_secret"], made.client_secret)
    )

    assert (old.status_code, new.status_code) == (401, 200)


def test_widgets_may_be_public(start):
    """With the setting browsers read the demo account's widgets without credentials, and nothing else."""
    client = start(agents=12, kaisa_open=True).test_client()

    widgets = client.get("/widgets/data?type=call_totals", headers={"Origin": "https://shop.example"})

    assert (widgets.status_code, widgets.headers["Access-Control-Allow-Origin"]) == (200, "*")
    assert client.get("/customers").status_code == 401
    assert client.get("/widgets/data?type=call_totals", headers={"Authorization": "Digest x"}).status_code == 401
