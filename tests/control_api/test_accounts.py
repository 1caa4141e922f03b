"""Accounts are created, shown and deleted; their secrets are in one response only; their tokens are revoked."""

import pytest
from sqlalchemy import update

from kpn_sandbox.storage import tables
from tests.application import CREDENTIALS, TOKEN_URL

from .conftest import MONDAY, ControlCaller, basic, on_one_database

SETTINGS = {"client_id", "seed", "scenario", "profile", "clock"}


def test_every_setting_is_optional(admin):
    """An account without any setting gets a generated id and secret, the id as its seed, and defaults for the rest."""
    answer = admin("POST", "/accounts", {})

    made = answer.json
    assert (answer.status_code, set(made)) == (201, SETTINGS | {"client_secret", "credentials"})
    assert (made["seed"], made["scenario"], made["clock"]["mode"]) == (made["client_id"], "normal", "running")
    assert made["profile"]["agents"] == 50


def test_even_the_body_may_be_missing(admin):
    """A POST without a body creates an account."""
    assert admin("POST", "/accounts").status_code == 201


def test_an_account_has_the_given_settings(admin):
    """Every given setting is one of the new account; null in the profile's patch means the default."""
    settings = {
        "client_id": "carla",
        "client_secret": "hush!",
        "seed": "zaad",
        "profile": {"agents": 7, "load": None},
        "scenario": "peak",
        "clock": {"mode": "frozen", "at": MONDAY},
    }

    made = admin("POST", "/accounts", settings).json

    assert made["clock"] == {"mode": "frozen", "at": MONDAY, "speed": 0.0, "tokens": "account"}
    assert (made["profile"]["agents"], made["profile"]["load"]) == (7, 1)
    assert [made[name] for name in ("client_id", "client_secret", "seed", "scenario")] == [
        "carla",
        "hush!",
        "zaad",
        "peak",
    ]


def test_there_are_credentials_for_every_api(made):
    """A new account has the credentials of every API, with addresses on the server that was called."""
    credentials, secret = made["credentials"], made["client_secret"]

    assert credentials["kpn"]["token_url"] == f"http://localhost{TOKEN_URL}"
    assert credentials["bright_pattern"] == {"tenant_url": "berta", "username": "berta", "password": secret}
    assert credentials["kaisa"] == {"username": "berta", "password": secret}
    assert credentials["atobi"] == {"client_id": "berta", "client_secret": secret, "type": "kpi"}
    assert credentials["itx"]["url"] == f"http://localhost/rest/kpi?token={credentials['itx']['token']}"


def test_secrets_are_in_the_first_response_only(admin, made):
    """No later response contains an account's secrets, not even one for the administrator."""
    shown = admin("GET", "/accounts/berta")

    assert set(shown.json) == SETTINGS | {"created_at", "expires_at", "replay"}
    assert made["client_secret"] not in shown.text + admin("GET", "/accounts").text


def test_a_new_secret_voids_the_old_one(control, client):
    """A new secret is valid, and the old one void, from the next request on."""
    answer = control("POST", "/secret")

    secret = answer.json["client_secret"]
    assert answer.json["credentials"]["kaisa"]["password"] == secret
    assert control("GET").status_code == 401
    assert ControlCaller(client, basic("berta", secret))("GET", "/accounts/berta").status_code == 200


def test_a_client_id_is_unique(admin, made):
    """A second account with a client id is refused with 409 and the field to change."""
    answer = admin("POST", "/accounts", {"client_id": "berta"})

    assert answer.status_code == 409
    assert answer.json["errors"] == [
        {"field": "client_id", "value": "berta", "allowed": "a client id that no other account has"}
    ]


def test_deleting_an_account_deletes_its_state(admin, control, kpn):
    """Tokens of a deleted account are unknown, and an account of the same name has no state of it."""
    control("PUT", "/pins/agents/40001", {"fields": {"Status": "AUX"}})
    kpn("/agents")

    assert control("DELETE").status_code == 204
    assert kpn("/agents").status_code == 401
    assert admin("GET", "/accounts/berta").status_code == 404
    admin("POST", "/accounts", {"client_id": "berta"})
    assert admin("GET", "/accounts/berta/pins").json == {"pins": []}
    assert admin("GET", "/accounts/berta/requests").json["count"] == 0


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"client_id": "a:b"}, "client_id"),
        ({"client_id": "a/b"}, "client_id"),
        ({"client_id": ".."}, "client_id"),
        ({"client_id": ""}, "client_id"),
        ({"client_id": "x" * 129}, "client_id"),
        ({"client_id": None}, "client_id"),
        ({"client_secret": "één"}, "client_secret"),
        ({"seed": "a\x00b"}, "seed"),
        ({"seed": 7.5}, "seed"),
        ({"seed": 10**30}, "seed"),
        ({"seed": True}, "seed"),
        ({"profile": {"agents": 0}}, "profile.agents"),
        ({"profile": {"queues": [{"load": 9}]}}, "profile.queues[0].load"),
        ({"profile": {"couches": 1}}, "profile.couches"),
        ({"profile": 50}, "profile"),
        ({"scenario": "party"}, "scenario"),
        ({"clock": {"mode": "frozen", "at": "2026-11-23T10:00:00"}}, "clock.at"),
        ({"clock": "running"}, "clock"),
        ({"clientId": "x"}, "clientId"),
    ],
)
def test_a_wrong_setting_creates_nothing(admin, body, field):
    """A wrong setting is named with what would be right, and no account is created."""
    before = admin("GET", "/accounts").json

    answer = admin("POST", "/accounts", body)

    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/problem+json")
    assert [error["field"] for error in answer.json["errors"]] == [field]
    assert all(error["allowed"] and error["allowed"] in answer.json["detail"] for error in answer.json["errors"])
    assert admin("GET", "/accounts").json == before


def test_a_refused_secret_is_not_repeated(admin):
    """A secret that is refused is not repeated in the response, because responses end up in logs."""
    answer = admin("POST", "/accounts", {"client_secret": "geheim é"})

    assert answer.status_code == 400
    assert "geheim" not in answer.text


def test_every_wrong_field_is_named(admin):
    """All wrong fields are named at once, those of the profile beside those of the account."""
    answer = admin("POST", "/accounts", {"client_id": "a b", "profile": {"agents": 0, "queues": 277}, "colour": "red"})

    assert {error["field"] for error in answer.json["errors"]} == {
        "client_id",
        "profile.agents",
        "profile.queues",
        "colour",
    }


def tokens(client, made):
    """An access token of KPN's, of Atobi's and of Bright Pattern's API, and a session of the last, by name."""
    credentials = made["credentials"]
    form = {
        "grant_type": "client_credentials",
        **{key: credentials["atobi"][key] for key in ("client_id", "client_secret")},
    }
    return {
        "kpn": client.post(TOKEN_URL, data=form).json["access_token"],
        "atobi": client.post("/oauth/token", data=form).json["access_token"],
        "bearer": client.post("/configapi/v2/oauth/token", data=form).json["access_token"],
        "session": client.post("/statsapi/auth", json=credentials["bright_pattern"]).json["token"],
    }


ASKED = {
    "kpn": ("GET", "/agents"),
    "atobi": ("POST", "/api/external/1.0/kpi"),
    "bearer": ("GET", "/statsapi/cfg/teams"),
    "session": ("GET", "/statsapi/cfg/teams"),
}


def rejected(client, given):
    """The names of the tokens that an API answers with 401."""
    # The cookies of the session would authenticate the other requests, too.
    client = client.application.test_client(use_cookies=False)
    answers = {
        name: client.open(path, method=method, headers={"Authorization": f"Bearer {given[name]}"})
        for name, (method, path) in ASKED.items()
    }
    return {name for name, answer in answers.items() if answer.status_code == 401}


def test_all_tokens_of_an_account_are_revoked(client, control, made, start, settings):
    """Access tokens of every API and sessions are rejected at once, by every worker; those of other accounts stay."""
    given, worker = tokens(client, made), start(**settings).test_client()
    others = client.post(TOKEN_URL, data=CREDENTIALS).json["access_token"]
    assert rejected(client, given) == rejected(worker, given) == set()

    answer = control("POST", "/tokens/revoke")

    assert (answer.status_code, answer.json) == (200, {"revoked": 4})
    assert rejected(client, given) == rejected(worker, given) == set(given)
    assert worker.get("/agents", headers={"Authorization": f"Bearer {others}"}).status_code == 200
    assert control("POST", "/tokens/revoke", {}).json == {"revoked": 0}


def test_a_revoked_token_is_not_approved(client, control, made):
    """KPN's gateway tells a revoked token from an unknown one."""
    token = tokens(client, made)["kpn"]

    control("POST", "/tokens/revoke", {"token": token})
    answer = client.get("/agents", headers={"Authorization": f"Bearer {token}"})

    assert (answer.status_code, answer.json) == (
        401,
        {
            "fault": {
                "faultstring": "Access Token not approved",
                "detail": {"errorcode": "keymanagement.service.access_token_not_approved"},
            }
        },
    )


@pytest.mark.parametrize("name", ASKED)
def test_one_token_is_revoked(client, control, made, name):
    """The others go on; revoking it once more revokes nothing."""
    given = tokens(client, made)

    answers = [control("POST", "/tokens/revoke", {"token": given[name]}).json for _ in range(2)]

    assert answers == [{"revoked": 1}, {"revoked": 0}]
    assert rejected(client, given) == {name}


def test_a_token_after_the_revocation_is_valid(client, control, made):
    """A client that asks for a new token goes on."""
    tokens(client, made)

    control("POST", "/tokens/revoke")

    assert rejected(client, tokens(client, made)) == set()


def test_the_token_of_another_account_is_not_revoked(client, control, made):
    """It looks like one that was never issued, stays valid, and is not repeated in the response."""
    token = client.post(TOKEN_URL, data=CREDENTIALS).json["access_token"]

    answers = [control("POST", "/tokens/revoke", {"token": text}) for text in (token, "never issued")]

    expected = [{"field": "token", "allowed": "an access token or a session of this account"}]
    assert [(answer.status_code, answer.json["errors"]) for answer in answers] == [(400, expected)] * 2
    assert client.get("/agents", headers={"Authorization": f"Bearer {token}"}).status_code == 200


@on_one_database
@pytest.mark.parametrize(
    ("body", "field"), [({"token": 5}, "token"), ({"token": ""}, "token"), ({"tokens": []}, "tokens"), ([], "body")]
)
def test_a_revocation_that_makes_no_sense_revokes_nothing(client, control, made, body, field):
    """Every wrong or unknown field is named, and the tokens stay valid."""
    given = tokens(client, made)

    answer = control("POST", "/tokens/revoke", body)

    assert (answer.status_code, answer.json["errors"][0]["field"]) == (400, field)
    assert rejected(client, given) == set()


def test_accounts_are_listed_by_pages(admin):
    """A page has as many accounts as asked for, the oldest first, and says what the next one comes after."""
    for number in range(4):
        admin("POST", "/accounts", {"client_id": f"account-{number}"})

    first = admin("GET", "/accounts?limit=3").json
    second = admin("GET", "/accounts", query_string={"limit": 3, "after": first["next"]}).json
    whole = admin("GET", "/accounts").json

    assert [len(page["accounts"]) for page in (first, second)] == [3, 2]
    assert first["accounts"] + second["accounts"] == whole["accounts"]
    assert second["next"] is None and whole["next"] is None
    assert whole["accounts"][1] == admin("GET", "/accounts/account-0").json


@on_one_database
@pytest.mark.parametrize("query", ["limit=0", "limit=1001", "limit=x", "after=nobody", "after=", "after=1:", "first=3"])
def test_a_wrong_page_is_refused(admin, query):
    """The error names the field and what would be right."""
    answer = admin("GET", f"/accounts?{query}")

    assert (answer.status_code, answer.json["errors"][0]["field"]) == (400, query.partition("=")[0])


def test_an_account_ends(admin, wall, client):
    """An account with `expires_in_seconds` says when it ends, and is gone then, with its tokens and its secret."""
    made = admin("POST", "/accounts", {"client_id": "berta", "client_secret": "hush!", "expires_in_seconds": 60}).json
    token = client.post(TOKEN_URL, data={"client_id": "berta", "client_secret": "hush!"}).json["access_token"]
    shown = admin("GET", "/accounts/berta").json
    wall.at += 60

    answers = [
        admin("GET", "/accounts/berta"),
        ControlCaller(client, basic("berta", "hush!"))("GET", "/accounts/berta"),
        client.get("/agents", headers={"Authorization": f"Bearer {token}"}),
    ]

    assert (made["client_id"], shown["expires_at"]) == ("berta", "2026-11-23T10:01:00.250+01:00")
    assert [answer.status_code for answer in answers] == [404, 401, 401]
    assert len(admin("GET", "/accounts").json["accounts"]) == 1


@on_one_database
@pytest.mark.parametrize("seconds", [0, -1, 1.5, "60", True, None, 366 * 86400 + 1])
def test_a_wrong_end_is_refused(admin, seconds):
    """Seconds until the end are a whole number from 1 to a year."""
    answer = admin("POST", "/accounts", {"expires_in_seconds": seconds})

    assert (answer.status_code, answer.json["errors"][0]["field"]) == (400, "expires_in_seconds")


def test_an_account_of_a_newer_version_is_in_nobodys_way(admin, control, client, made, sandbox):
    """What a newer version stored is 409 or 503 with a reason, never 500, and can be listed and deleted."""
    token = client.post(TOKEN_URL, data={"client_id": "berta", "client_secret": made["client_secret"]}).json
    with sandbox.database.write() as connection:
        changed = {"profile": '{"moods": 3}', "version": tables.accounts.c.version + 1}
        connection.execute(update(tables.accounts).where(tables.accounts.c.client_id == "berta").values(changed))

    shown, reset, clock = control("GET"), control("POST", "/reset"), control("GET", "/clock")
    agents = client.get("/agents", headers={"Authorization": f"Bearer {token['access_token']}"})
    fetched = client.post(TOKEN_URL, data={"client_id": "berta", "client_secret": made["client_secret"]})
    listed = admin("GET", "/accounts").json["accounts"]
    deleted = control("DELETE")

    assert {shown.status_code, reset.status_code, clock.status_code} == {409}
    assert "has account berta from a newer version of the sandbox" in shown.json["detail"]
    assert (agents.status_code, fetched.status_code) == (503, 503)
    assert [each["client_id"] for each in listed] == ["APP_CONSUMER_KEY", "berta"] and listed[1]["unreadable"]
    assert (deleted.status_code, admin("GET", "/accounts/berta").status_code) == (204, 404)
