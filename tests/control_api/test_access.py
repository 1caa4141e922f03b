"""Who may turn what."""

import pytest

from tests.application import CREDENTIALS, TOKEN_URL

from .conftest import Turn, basic, on_one_database

OPEN = ["/health", "/ready", "/fidelity", "/scenarios"]


@pytest.mark.parametrize("path", OPEN)
def test_some_things_anybody_may_know(client, path):
    """Nobody is asked who he is, and no header lets pages of other sites read it."""
    answer = client.get(f"/_sandbox{path}")

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_the_administrator_sees_every_account(admin, made):
    """His token opens them all."""
    assert admin("GET", "/accounts/berta").status_code == 200
    assert [each["client_id"] for each in admin("GET", "/accounts").json["accounts"]] == ["APP_CONSUMER_KEY", "berta"]


def test_another_account_looks_like_none(client, made):
    """The answer to another's account differs in nothing but the name from that to nobody's."""
    stranger = Turn(client, basic(*CREDENTIALS.values()))

    theirs, nobodys = stranger("GET", "/accounts/berta"), stranger("GET", "/accounts/nobody")

    assert (theirs.status_code, nobodys.status_code) == (404, 404)
    assert theirs.text.replace("berta", "nobody") == nobodys.text


def test_only_the_administrator_makes_accounts(client, turn):
    """An account is told so; it is known, so it is no matter of credentials."""
    answer = Turn(client, basic(*CREDENTIALS.values()))("POST", "/accounts", {})

    assert (answer.status_code, answer.headers["Content-Type"]) == (403, "application/problem+json")


@on_one_database
@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Basic",
        "Basic !!!",
        "Bearer",
        "Bearer wrong",
        "Digest username=x",
        basic("APP_CONSUMER_KEY", "wrong"),
        basic("APP_CONSUMER_KEY", ""),
        basic("nobody", "APP_CONSUMER_SECRET"),
        basic("", ""),
        "Bearer \xe9",
    ],
)
def test_who_cannot_show_who_he_is_stays_outside(client, authorization):
    """Both ways in are told."""
    headers = {} if authorization is None else {"Authorization": authorization}

    answer = client.get("/_sandbox/accounts/APP_CONSUMER_KEY", headers=headers)

    assert (answer.status_code, answer.json["title"]) == (401, "Unauthorized")
    challenges = answer.headers.getlist("WWW-Authenticate")
    assert [challenge.split()[0] for challenge in challenges] == ["Basic", "Bearer"]


def test_a_vendor_s_token_opens_nothing(client):
    """Whoever leaks an access token leaks no remote control."""
    token = client.post(TOKEN_URL, data=CREDENTIALS).json["access_token"]

    assert Turn(client, f"Bearer {token}")("GET", "/accounts/APP_CONSUMER_KEY").status_code == 401


def test_credentials_do_not_expire_with_time(turn):
    """However far time is moved, the same credentials move it back."""
    turn("POST", "/clock/advance", {"seconds": 10 * 366 * 86_400})

    assert turn("PUT", "/clock", {"mode": "running"}).status_code == 200


@on_one_database
@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://localhost:3000"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
def test_pages_of_other_sites_change_nothing(turn, headers):
    """A browser sends along the credentials that it keeps, whichever page asks."""
    before = turn("GET", "/clock").json
    turn._headers.update(headers)

    answer = turn("POST", "/clock/advance", {"seconds": 1})

    assert answer.status_code == 403
    assert turn("GET", "/clock").json == before


@on_one_database
@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://localhost"}])
def test_its_own_pages_may(turn, headers):
    """A console on the same server works."""
    turn._headers.update(headers)

    assert turn("POST", "/clock/advance", {"seconds": 1}).status_code == 200


def test_the_lenient_welcome_an_account_here_too(start):
    """Where any credentials make an account, its first request may be to its remote control."""
    client = start(lenient=True).test_client()

    assert Turn(client, basic("new", "secret"))("GET", "/accounts/new/clock").status_code == 200
