"""Sessions and access tokens, in all the ways that clients present them."""

import re

import pytest

from tests.vendors.bright_pattern.conftest import FORM, LOGIN, TOKEN_PATH

TEAMS = "/statsapi/cfg/teams"


@pytest.fixture
def anonymous(app):
    """Return a client without cookies."""
    return app.test_client(use_cookies=False)


@pytest.fixture
def bearer(anonymous):
    """Return an access token."""
    return anonymous.post(TOKEN_PATH, data=FORM).json["access_token"]


def test_a_log_in_gives_a_token_and_the_same_as_cookies(client):
    """The body has token, privileges and user id; the documented cookies carry the same token."""
    answer = client.post("/statsapi/auth", json=LOGIN)

    assert list(answer.json) == ["token", "privileges", "user_id"]
    assert re.fullmatch(r"[0-9a-f-]{36}", answer.json["token"])
    assert "CUSTOMIZE_WALLBOARDS" in answer.json["privileges"]
    for name in ("X-STATSAPI-TOKEN", "X-BP-SESSION-ID"):
        assert client.get_cookie(name).value == answer.json["token"]
    assert client.get_cookie("X-STATSAPI-TENANT").value == "localhost"
    assert client.get_cookie("X-STATSAPI-LOGIN").value == "APP_CONSUMER_KEY"


@pytest.mark.parametrize("kind", ["session", "token"])
@pytest.mark.parametrize(
    "present",
    [
        lambda text: {"Authorization": f"Bearer {text}"},
        lambda text: {"Authorization": f"bearer {text}"},
        lambda text: {"Authorization": text},
        lambda text: {"X-BP-SESSION-ID": text},
        lambda text: {"Cookie": f"X-BP-SESSION-ID={text}"},
        lambda text: {"Cookie": f"X-STATSAPI-TOKEN={text}; X-STATSAPI-TENANT=any; X-STATSAPI-LOGIN=any"},
        lambda text: {"Authorization": "Basic eDp5", "Cookie": f"X-BP-SESSION-ID={text}"},
    ],
)
def test_a_session_may_be_presented_in_many_ways(anonymous, bearer, kind, present):
    """Session tokens and access tokens are accepted as header, with or without Bearer, and as cookie."""
    text = bearer if kind == "token" else anonymous.post("/statsapi/auth", json=LOGIN).json["token"]

    assert anonymous.get(TEAMS, headers=present(text)).status_code == 200


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer no"}, {"Authorization": ""}, {"Cookie": "a=b"}])
def test_a_session_is_required(anonymous, headers):
    """A request without a session, or with an unknown one, is 401 with the sandbox's code."""
    answer = anonymous.get(TEAMS, headers=headers)

    assert (answer.status_code, answer.json) == (401, {"error_code": 1101, "error_message": "Unauthorized"})


def test_the_next_log_in_ends_the_session(anonymous):
    """A user has one session; another user of the same account has another."""
    first, second = (anonymous.post("/statsapi/auth", json=LOGIN).json["token"] for _ in range(2))
    other = {**LOGIN, "username": "APP_CONSUMER_KEY+hall"}
    beside = anonymous.post("/statsapi/auth", json=other).json["token"]

    codes = [anonymous.get(TEAMS, headers={"Authorization": each}).status_code for each in (first, second, beside)]

    assert codes == [401, 200, 200]


def test_a_log_out_ends_the_session(session):
    """After a log-out the token is refused."""
    token = session.get_cookie("X-STATSAPI-TOKEN").value

    assert session.delete("/statsapi/auth").status_code == 200
    assert session.get(TEAMS).status_code == 401
    assert session.get(TEAMS, headers={"Authorization": token}).status_code == 401


def test_a_session_lasts(session, wall):
    """A session does not expire."""
    wall.at += 90 * 86_400

    assert session.get(TEAMS).status_code == 200


def test_an_access_token_is_handed_out_again_while_it_lives(anonymous, wall):
    """The token is upper-case hexadecimal; the same one is given with its remaining life, a new one afterwards."""
    first = anonymous.post(TOKEN_PATH, data=FORM).json
    wall.at += 336
    second = anonymous.post(TOKEN_PATH, data=FORM).json
    wall.at += 3264
    third = anonymous.post(TOKEN_PATH, data=FORM).json

    assert re.fullmatch(r"[0-9A-F]{64}", first["access_token"])
    assert first == {**first, "token_type": "Bearer", "expires_in": "3600", "scope": FORM["scope"]}
    assert second == {**first, "expires_in": "3264"}
    assert third["access_token"] != first["access_token"]
    texts = [each["access_token"] for each in (first, third)]
    assert [anonymous.get(TEAMS, headers={"Authorization": text}).status_code for text in texts] == [401, 200]


@pytest.mark.parametrize(
    ("change", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "nobody"}, 401, "invalid_client"),
        ({"client_id": "APP_CONSUMER_KEY+" + "x" * 300}, 401, "invalid_client"),
        ({"client_id": "APP_CONSUMER_KEY+\x00"}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"grant_type": None}, 400, "invalid_request"),
        ({"client_id": ["nobody", "APP_CONSUMER_KEY"]}, 401, "invalid_client"),
        ({"grant_type": ["password", "client_credentials"]}, 400, "unsupported_grant_type"),
    ],
)
def test_a_bad_request_for_a_token_is_an_oauth_error(anonymous, change, status, error):
    """Errors of the token endpoint have error and error_description."""
    form = {name: value for name, value in {**FORM, **change}.items() if value is not None}

    answer = anonymous.post(TOKEN_PATH, data=form)

    assert (answer.status_code, answer.json["error"]) == (status, error)
    assert answer.json["error_description"]


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        ({"json": {**LOGIN, "password": "wrong"}}, 401, 1101),
        ({"json": {**LOGIN, "username": "nobody"}}, 401, 1101),
        ({"json": {"username": "a", "password": "b"}}, 400, 1004),
        ({"json": {**LOGIN, "password": 5}}, 400, 1005),
        ({"json": []}, 400, 1005),
        ({"data": "{", "content_type": "application/json"}, 400, 1002),
        ({"data": "{}", "content_type": "text/plain"}, 400, 1003),
        ({"data": b"\xff", "content_type": "application/json"}, 400, 1002),
    ],
)
def test_a_bad_log_in_is_refused(anonymous, sent, status, code):
    """Every kind of wrong log-in has a code."""
    answer = anonymous.post("/statsapi/auth", **sent)

    assert (answer.status_code, answer.json["error_code"]) == (status, code)


def test_the_log_in_can_be_switched_off(start):
    """With the setting for release 5.36 the log-in is 403; access tokens still work."""
    client = start(bright_pattern_login=False).test_client(use_cookies=False)

    answer = client.post("/statsapi/auth", json=LOGIN)

    assert (answer.status_code, answer.json) == (403, {"error": "illegal login attempt"})
    token = client.post(TOKEN_PATH, data=FORM).json["access_token"]
    assert client.get(TEAMS, headers={"Authorization": f"Bearer {token}"}).status_code == 200


def test_any_worker_knows_a_session(start, settings):
    """A session begins and ends at all workers."""
    one, other = (start(**settings).test_client(use_cookies=False) for _ in range(2))
    token = one.post("/statsapi/auth", json=LOGIN).json["token"]

    assert other.get(TEAMS, headers={"Authorization": token}).status_code == 200
    one.delete("/statsapi/auth", headers={"Authorization": token})
    assert other.get(TEAMS, headers={"Authorization": token}).status_code == 401


def test_a_new_secret_gives_a_new_token(app, anonymous, bearer):
    """After a change of the secret the old token is not given again."""
    sandbox = app.extensions["kpn_sandbox"].sandbox
    secret = sandbox.accounts.rotate_secret("APP_CONSUMER_KEY").client_secret

    answer = anonymous.post(TOKEN_PATH, data={**FORM, "client_secret": secret})

    assert answer.status_code == 200
    assert answer.json["access_token"] != bearer


def test_a_browser_may_send_its_cookies(anonymous):
    """The origin of the request is allowed, with credentials; a preflight has the methods of the path."""
    origin = {"Origin": "http://wallboard.test"}

    plain, preflight = anonymous.get(TEAMS, headers=origin), anonymous.options("/statsapi/subscription", headers=origin)

    for answer in (plain, preflight):
        assert answer.headers["Access-Control-Allow-Origin"] == "http://wallboard.test"
        assert answer.headers["Access-Control-Allow-Credentials"] == "true"
        assert "Origin" in answer.headers.getlist("Vary")
    assert preflight.status_code == 200
    assert "Authorization" in preflight.headers["Access-Control-Allow-Headers"]
    assert preflight.headers["Allow"] == "OPTIONS, POST"


def test_cookies_of_a_session_are_kept_from_scripts_and_other_sites(client):
    """The two cookies with the session are HttpOnly; no cookie goes along with a request of another site's page."""
    cookies = client.post("/statsapi/auth", json=LOGIN).headers.getlist("Set-Cookie")

    hidden = {each.partition("=")[0] for each in cookies if "HttpOnly" in each}
    assert hidden == {"X-BP-SESSION-ID", "X-STATSAPI-TOKEN"}
    assert len(cookies) == 4 and all("SameSite=Lax" in each for each in cookies)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://localhost"}, 200),
        ({}, 200),
    ],
)
def test_a_page_of_another_origin_cannot_end_a_session(client, headers, status):
    """Cookies alone end a session only for the sandbox's own origin and for programs; they go along unasked."""
    client.post("/statsapi/auth", json=LOGIN)

    assert client.delete("/statsapi/auth", headers=headers).status_code == status
    assert client.get(TEAMS).status_code == (200 if status == 403 else 401)


def test_a_page_of_another_origin_may_end_the_session_that_it_knows(client):
    """A page that presents the text of the session itself may end it, wherever it comes from."""
    text = client.post("/statsapi/auth", json=LOGIN).json["token"]
    headers = {"Origin": "https://wallboard.example", "X-BP-SESSION-ID": text}

    assert client.delete("/statsapi/auth", headers=headers).status_code == 200
