"""What the token endpoints of the vendors have in common, and where they differ."""

import base64
import json

import pytest

from tests.application import CREDENTIALS, TOKEN_URL

SECRET = CREDENTIALS["client_secret"]
GRANT = {"grant_type": "client_credentials"}
ENDPOINTS = {"kpn": TOKEN_URL, "bright_pattern": "/configapi/v2/oauth/token", "atobi": "/oauth/token"}
WRONG = {"Authorization": "Basic " + base64.b64encode(b"APP_CONSUMER_KEY:wrong").decode()}
GOOD = {"Authorization": "Basic " + base64.b64encode(":".join(CREDENTIALS.values()).encode()).decode()}

pytestmark = pytest.mark.shared


@pytest.mark.parametrize(("api", "first_counts"), [("kpn", True), ("bright_pattern", True), ("atobi", False)])
@pytest.mark.parametrize("field", ["client_id", "client_secret"])
def test_a_repeated_field_is_read_as_by_the_vendors_server(client, api, first_counts, field):
    """Apigee and servlets read the first value of a repeated field, PHP the last one; none refuses it."""
    good_first = {**GRANT, **CREDENTIALS, field: [CREDENTIALS[field], "other"]}
    good_last = {**GRANT, **CREDENTIALS, field: ["other", CREDENTIALS[field]]}

    answered = [client.post(ENDPOINTS[api], data=form).status_code for form in (good_first, good_last)]

    assert answered == ([200, 401] if first_counts else [401, 200])


@pytest.mark.parametrize("api", ENDPOINTS)
@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"client_secret": "wrong"}, 401),
        ({"client_id": None}, (400, 401)),
        ({"grant_type": "password"}, 400),
        ({"Prefer": "code=503"}, 503),
        ({"Prefer": "code=429"}, 429),
    ],
)
def test_no_cache_keeps_a_refusal(client, api, change, status):
    """Every refusal of a token says that it must not be stored, for whatever reason it is refused."""
    headers = {name: value for name, value in change.items() if name == "Prefer"}
    form = {name: value for name, value in {**GRANT, **CREDENTIALS, **change}.items() if value and name != "Prefer"}
    url = ENDPOINTS[api].replace("client_credentials", form.get("grant_type", ""))

    answer = client.post(url, data=form, headers=headers)

    assert answer.status_code in (status if isinstance(status, tuple) else (status,))
    assert answer.headers.getlist("Cache-Control") == ["no-store"]
    assert answer.headers["Pragma"] == "no-cache"


@pytest.mark.parametrize(("password", "status"), [("wrong", 401), (SECRET, 200)])
def test_no_cache_keeps_a_log_in(client, password, status):
    """The log-in with a password is a token endpoint, too."""
    body = {"tenant_url": "x", "username": CREDENTIALS["client_id"], "password": password}
    answer = client.post("/statsapi/auth", json=body)

    assert (answer.status_code, answer.headers["Cache-Control"]) == (status, "no-store")


@pytest.mark.parametrize("api", ENDPOINTS)
def test_a_refusal_for_http_basic_has_a_challenge(client, api):
    """RFC 6749, section 5.2: a client that used HTTP Basic learns that this scheme is understood; others do not."""
    challenged = client.post(ENDPOINTS[api], data=GRANT, headers=WRONG)
    empty = client.post(ENDPOINTS[api], data=GRANT, headers={"Authorization": "Basic"})
    by_form = client.post(ENDPOINTS[api], data={**GRANT, **CREDENTIALS, "client_secret": "wrong"})

    assert (challenged.status_code, by_form.status_code) == (401, 401)
    assert challenged.headers["WWW-Authenticate"].startswith('Basic realm="')
    assert (empty.status_code, empty.headers["WWW-Authenticate"]) == (401, challenged.headers["WWW-Authenticate"])
    assert "WWW-Authenticate" not in by_form.headers


@pytest.mark.parametrize(
    ("api", "label", "status", "hinted"),
    [
        ("kpn", "multipart/form-data", 401, True),
        ("kpn", "application/json", 401, True),
        ("kpn", "text/plain", 401, True),
        ("kpn", "application/x-www-form-urlencoded", 200, False),
        ("bright_pattern", "application/json", 400, True),
        ("bright_pattern", "text/plain", 400, True),
        ("bright_pattern", "multipart/form-data", 200, False),
        ("atobi", "multipart/form-data", 200, False),
        ("atobi", "application/x-www-urlencoded", 200, False),
        ("atobi", "application/json", 200, False),
        ("atobi", "text/plain", 400, True),
    ],
)
def test_a_form_of_another_content_type(client, api, label, status, hinted):
    """What the vendor's server would not read as a form is refused as if it were not there, with a hint."""
    fields = {**GRANT, **CREDENTIALS}
    if label == "application/json":
        answer = client.post(ENDPOINTS[api], json=fields)
    elif label == "multipart/form-data":
        answer = client.post(ENDPOINTS[api], data=fields, content_type=label)
    else:
        answer = client.post(
            ENDPOINTS[api], data="&".join(f"{key}={value}" for key, value in fields.items()), content_type=label
        )

    assert answer.status_code == status
    assert (f"the body is labeled {label}" in answer.headers.get("X-Sandbox-Hint", "")) == hinted


@pytest.mark.parametrize("api", ENDPOINTS)
@pytest.mark.parametrize(
    ("label", "body"), [("", '{"grant_type": "x"}'), ("application/json", "[1]"), ("", "client_id=x")]
)
def test_every_refusal_of_json_or_an_unlabeled_body_has_a_hint(client, api, label, body):
    """An endpoint that reads such a body names the right content type where it refuses one, too."""
    answer = client.post(ENDPOINTS[api], data=body, headers={"Content-Type": label} if label else {})

    assert answer.status_code in (400, 401)
    assert answer.headers["X-Sandbox-Hint"].endswith(
        f"be application/x-www-form-urlencoded, the body is labeled {label or 'nothing'}"
    )


@pytest.mark.parametrize(
    ("query", "form", "hint"),
    [
        ("", {**GRANT, **CREDENTIALS}, "grant_type must be in the query, it is in the body"),
        ("", CREDENTIALS, None),
        ("?grant_type=password", {**GRANT, **CREDENTIALS}, None),
    ],
)
def test_a_grant_type_in_the_body_only_has_a_hint(client, query, form, hint):
    """KPN's gateway looks for it in the query, where no OAuth library has it."""
    answer = client.post(TOKEN_URL.partition("?")[0] + query, data=form)

    assert (answer.status_code, answer.headers.get("X-Sandbox-Hint")) == (400, hint)


def test_a_body_that_is_too_large_has_no_hint(client):
    """Looking for a hint reads nothing of a body over the limit."""
    answer = client.post(TOKEN_URL.partition("?")[0], data={"grant_type": "x" * 2_000_000})

    assert answer.status_code == 413


def test_credentials_in_the_header_go_with_any_body(client):
    """KPN's gateway reads nothing of the body when credentials are in the header, so its content type is no matter."""
    answer = client.post(TOKEN_URL, data={"a": "b"}, content_type="multipart/form-data", headers=GOOD)

    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/statsapi/auth", {"tenant_url": "x", "username": CREDENTIALS["client_id"], "password": SECRET}),
        ("/oauth/token", {**GRANT, **CREDENTIALS}),
        ("/_sandbox/accounts/APP_CONSUMER_KEY/tokens/revoke", {}),
    ],
)
def test_json_may_begin_with_a_byte_order_mark(client, path, body):
    """A byte order mark in front of a JSON body is ignored, by the control API, too (RFC 8259, section 8.1)."""
    text = "\ufeff" + json.dumps(body)
    auth = tuple(CREDENTIALS.values()) if path.startswith("/_sandbox") else None

    assert client.post(path, data=text, content_type="application/json", auth=auth).status_code == 200
