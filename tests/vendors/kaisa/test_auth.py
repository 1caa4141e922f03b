"""HTTP Digest as the clients of this API send it."""

import pytest

from tests.application import CREDENTIALS
from tests.vendors.kaisa.conftest import credentials, parts

PING = "/miscellaneous/ping"


@pytest.fixture
def send(client):
    """Sends a header."""
    return lambda header, path=PING, method="GET": client.open(path, method=method, headers={"Authorization": header})


def test_a_request_without_credentials_is_challenged(client):
    """The 401 has no body and tells how to ask for more."""
    response = client.get("/customers")

    told = parts(response.headers["WWW-Authenticate"])
    assert (response.status_code, response.data) == (401, b"")
    assert (told["realm"], told["qop"], told["algorithm"]) == ("Kaisa", "auth", "MD5")
    assert "stale" not in told


def test_good_credentials_open(send, challenge):
    """The account's id and secret are user and password."""
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
def test_other_credentials_do_not(send, challenge, wrong):
    """Unknown user, wrong password, a nonce that was not given out, another realm: all are answered alike."""
    response = send(credentials(challenge(), "GET", PING, **wrong))

    assert (response.status_code, response.data) == (401, b"")
    assert "stale" not in parts(response.headers["WWW-Authenticate"])


@pytest.mark.parametrize(
    "header", ["Digest", "Digest ", 'Digest username="x"', "Basic QTpC", "Bearer x", "Digest \x00", "Digest a=b, a=b"]
)
def test_malformed_credentials_are_no_credentials(send, header):
    """What cannot be read is answered with a challenge."""
    assert send(header).status_code == 401


def test_credentials_are_for_one_request(send, challenge):
    """They open neither another path nor another method."""
    header = credentials(challenge(), "GET", PING)

    assert send(header, path="/customers").status_code == 400
    assert send(header, method="HEAD").status_code == 401


def test_a_request_cannot_be_sent_again(send, challenge):
    """A count of a nonce opens once; the answer says that only the nonce was spent."""
    header = credentials(challenge(), "GET", PING)

    first, second = send(header), send(header)

    assert (first.status_code, second.status_code) == (200, 401)
    assert parts(second.headers["WWW-Authenticate"])["stale"] == "TRUE"


def test_a_nonce_serves_many_requests(send, challenge):
    """Clients count on with the same nonce, and need not be answered in order."""
    told = challenge()

    statuses = [send(credentials(told, "GET", PING, count=count)).status_code for count in (1, 3, 2, 40)]

    assert statuses == [200, 200, 200, 200]


def test_another_worker_knows_the_nonce(start, send, challenge):
    """Nonces and their counts are good at all workers."""
    told = challenge()
    other = start(agents=12).test_client()

    header = credentials(told, "GET", PING)

    assert other.get(PING, headers={"Authorization": header}).status_code == 200
    assert send(header).status_code == 401


def test_a_nonce_grows_old(send, challenge, wall):
    """After 300 seconds a client is told to try again with another one."""
    told = challenge()
    wall.at += 299
    young = send(credentials(told, "GET", PING))
    wall.at += 1

    old = send(credentials(told, "GET", PING, count=2))

    assert (young.status_code, old.status_code) == (200, 401)
    assert parts(old.headers["WWW-Authenticate"])["stale"] == "TRUE"


def test_a_new_secret_closes_the_old_door(app, send, challenge):
    """When an account gets another secret, the old one opens nothing."""
    made = app.extensions["kpn_sandbox"].sandbox.accounts.rotate_secret(CREDENTIALS["client_id"])

    old, new = (
        send(credentials(challenge(), "GET", PING, password=password))
        for password in (CREDENTIALS["client_secret"], made.client_secret)
    )

    assert (old.status_code, new.status_code) == (401, 200)


def test_the_widgets_may_stand_open(start):
    """With the setting browsers read the demo account's widgets without credentials, and nothing else."""
    client = start(agents=12, kaisa_open=True).test_client()

    widgets = client.get("/widgets/data?type=call_totals", headers={"Origin": "https://shop.example"})

    assert (widgets.status_code, widgets.headers["Access-Control-Allow-Origin"]) == (200, "*")
    assert client.get("/customers").status_code == 401
    assert client.get("/widgets/data?type=call_totals", headers={"Authorization": "Digest x"}).status_code == 401
