"""Authentication of the control API: accounts by their secret, the administrator by a token."""

import pytest

from tests.application import CREDENTIALS, TOKEN_URL

from .conftest import ControlCaller, basic, on_one_database

OPEN = ["/health", "/ready", "/fidelity", "/scenarios"]


@pytest.mark.parametrize("path", OPEN)
def test_open_operations_need_no_credentials(client, path):
    """An open operation answers without credentials, and with no header that lets pages of other sites read it."""
    answer = client.get(f"/_sandbox{path}")

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_the_administrator_sees_every_account(admin, made):
    """The administrator's token gives access to every account and to the list of all."""
    assert admin("GET", "/accounts/berta").status_code == 200
    assert [each["client_id"] for each in admin("GET", "/accounts").json["accounts"]] == ["APP_CONSUMER_KEY", "berta"]


def test_another_account_looks_like_none(client, made):
    """The response about another's account differs in nothing but the name from that about one that does not exist."""
    other = ControlCaller(client, basic(*CREDENTIALS.values()))

    existing, missing = other("GET", "/accounts/berta"), other("GET", "/accounts/nobody")

    assert (existing.status_code, missing.status_code) == (404, 404)
    assert existing.text.replace("berta", "nobody") == missing.text


def test_only_the_administrator_creates_accounts(client, control):
    """An account that creates another is answered with 403: its credentials are valid, but do not suffice."""
    answer = ControlCaller(client, basic(*CREDENTIALS.values()))("POST", "/accounts", {})

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
def test_wrong_credentials_are_refused(client, authorization):
    """Missing, malformed and wrong credentials are answered with 401 and a challenge for both ways to authenticate."""
    headers = {} if authorization is None else {"Authorization": authorization}

    answer = client.get("/_sandbox/accounts/APP_CONSUMER_KEY", headers=headers)

    assert (answer.status_code, answer.json["title"]) == (401, "Unauthorized")
    challenges = answer.headers.getlist("WWW-Authenticate")
    assert [challenge.split()[0] for challenge in challenges] == ["Basic", "Bearer"]


def test_a_vendors_token_is_refused(client):
    """An access token of a vendor's API is no credential here, so a leaked one gives nobody the remote control."""
    token = client.post(TOKEN_URL, data=CREDENTIALS).json["access_token"]

    assert ControlCaller(client, f"Bearer {token}")("GET", "/accounts/APP_CONSUMER_KEY").status_code == 401


def test_credentials_do_not_expire_with_time(control):
    """However far the clock is advanced, the same credentials can set it back."""
    control("POST", "/clock/advance", {"seconds": 10 * 366 * 86_400})

    assert control("PUT", "/clock", {"mode": "running"}).status_code == 200


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
def test_pages_of_other_sites_change_nothing(control, headers):
    """A request that a page of another site makes is refused: a browser sends its stored credentials along."""
    before = control("GET", "/clock").json
    control._headers.update(headers)

    answer = control("POST", "/clock/advance", {"seconds": 1})

    assert answer.status_code == 403
    assert control("GET", "/clock").json == before


@on_one_database
@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://localhost"}])
def test_pages_of_this_server_may_change_things(control, headers):
    """A request that a page of the same server makes, as the console does, is accepted."""
    control._headers.update(headers)

    assert control("POST", "/clock/advance", {"seconds": 1}).status_code == 200


def test_lenient_settings_create_accounts_here_too(start):
    """Where any credentials create an account, its first request may be one to the control API."""
    client = start(lenient=True).test_client()

    assert ControlCaller(client, basic("new", "secret"))("GET", "/accounts/new/clock").status_code == 200


@pytest.mark.parametrize("path", ["/_sandbox/health", "/_sandbox/accounts", f"/_sandbox/accounts/{'APP_CONSUMER_KEY'}"])
def test_a_name_that_a_page_can_own_is_refused(client, path):
    """While only this machine reaches the server, a page's own name gets 421; the vendor APIs are open to it."""
    foreign, own = ({"Host": name} for name in ("evil.example:8080", "my_sandbox:8080"))

    assert client.get(path, headers=foreign).status_code == 421
    assert client.get(path, headers=own).status_code != 421
    assert client.get(path, headers=foreign, environ_overrides={"SERVER_NAME": "0.0.0.0"}).status_code != 421
    assert client.get("/agents", headers=foreign).status_code == 401


def test_a_script_gets_no_challenge_that_opens_a_window(client):
    """A 401 to a script of a page has the Bearer challenge alone; programs get both."""
    path = "/_sandbox/accounts"
    script, program = client.get(path, headers={"Sec-Fetch-Dest": "empty"}), client.get(path)

    schemes = [[each.split()[0] for each in answer.headers.getlist("WWW-Authenticate")] for answer in (script, program)]
    assert schemes == [["Bearer"], ["Basic", "Bearer"]]
