"""Atobi's token endpoint, by the letter of its page and by OAuth 2.0."""

from urllib.parse import urlencode

import pytest

from tests.application import CREDENTIALS, TOKEN_URL

PATH = "/oauth/token"
GRANT = "client_credentials"


@pytest.mark.parametrize(
    ("form", "content_type"),
    [
        ({"grant-type": GRANT, **CREDENTIALS}, "application/x-www-urlencoded"),
        ({"grant-type": GRANT, **CREDENTIALS}, "application/x-www-form-urlencoded"),
        ({"grant_type": GRANT, **CREDENTIALS}, "application/x-www-form-urlencoded"),
        ({"grant_type": GRANT, "grant-type": GRANT, **CREDENTIALS}, "application/x-www-form-urlencoded; charset=UTF-8"),
    ],
)
def test_both_spellings_give_a_token(client, form, content_type):
    """The page's spelling of field and content type is accepted, and so is OAuth's."""
    response = client.post(PATH, data=urlencode(form), content_type=content_type)

    body = response.json
    assert response.status_code == 200
    assert list(body) == ["token_type", "expires_in", "access_token"]
    assert (body["token_type"], body["expires_in"]) == ("Bearer", 3600)
    assert response.headers["Cache-Control"] == "no-store"


def test_json_and_basic_credentials_are_accepted(client):
    """A client may also send JSON, or its credentials in a header."""
    json = client.post(PATH, json={"grant_type": GRANT, **CREDENTIALS})
    basic = client.post(PATH, data={"grant_type": GRANT}, auth=tuple(CREDENTIALS.values()))

    assert (json.status_code, basic.status_code) == (200, 200)


def test_a_scope_is_repeated(client):
    """The answer contains the requested scope, whatever it is."""
    assert client.post(PATH, data={"grant_type": GRANT, "scope": "kpi all", **CREDENTIALS}).json["scope"] == "kpi all"


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({}, 400, "unsupported_grant_type"),
        (CREDENTIALS, 400, "unsupported_grant_type"),
        ({"grant_type": "password", **CREDENTIALS}, 400, "unsupported_grant_type"),
        ({"grant_type": GRANT, "grant-type": "other", **CREDENTIALS}, 400, "invalid_request"),
        ({"grant_type": GRANT}, 400, "invalid_request"),
        ({"grant_type": GRANT, **CREDENTIALS, "client_secret": "wrong"}, 401, "invalid_client"),
        ({"grant_type": GRANT, **CREDENTIALS, "client_id": "nobody"}, 401, "invalid_client"),
        ({"grant_type": GRANT, "client_id": "APP_CONSUMER_KEY"}, 401, "invalid_client"),
        ({**CREDENTIALS, "grant_type": [GRANT, "password"]}, 400, "unsupported_grant_type"),
        ({"grant_type": GRANT, **CREDENTIALS, "client_id": ["APP_CONSUMER_KEY", "nobody"]}, 401, "invalid_client"),
    ],
)
def test_errors_have_a_code_and_a_text(client, form, status, error):
    """The code is in `error`, the text in `error_description` and `message`."""
    response = client.post(PATH, data=form)

    assert (response.status_code, response.json["error"]) == (status, error)
    assert response.json["error_description"] == response.json["message"]


@pytest.mark.parametrize("text", ["", "[]", "{", '{"grant_type": 1}', "[" * 5000])
def test_wrong_json_is_refused(client, text):
    """JSON other than an object of strings is refused."""
    response = client.post(PATH, data=text, content_type="application/json")

    assert (response.status_code, response.json["error"]) == (400, "invalid_request")


def test_another_content_type_is_refused(client):
    """A body that is neither form nor JSON, such as XML, is refused."""
    assert client.post(PATH, data="<a/>", content_type="application/xml").status_code == 400


def test_a_token_is_accepted_by_its_own_api_only(client, get, send):
    """KPN's tokens are refused here, and Atobi's tokens by KPN's API."""
    kpn = client.post(TOKEN_URL, data=CREDENTIALS).json["access_token"]
    atobi = client.post(PATH, data={"grant_type": GRANT, **CREDENTIALS}).json["access_token"]

    assert send("{}", Authorization=f"Bearer {kpn}").status_code == 401
    assert client.get("/agents", headers={"Authorization": f"Bearer {atobi}"}).status_code == 401


def test_a_token_lasts_an_hour_of_the_account(send, wall):
    """The life of a token counts by the account's clock."""
    wall.at += 3599
    young = send("{}").status_code
    wall.at += 1

    old = send("{}")

    assert (young, old.status_code, old.json) == (422, 401, {"status": "error", "message": "Unauthenticated."})


def test_another_method_is_refused(client):
    """Other methods are 405 in the shape of token errors."""
    response = client.get(PATH)

    assert (response.status_code, response.headers["Allow"]) == (405, "OPTIONS, POST")
    assert response.json["message"] == "Method Not Allowed"
