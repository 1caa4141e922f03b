"""KPN's token endpoint."""

import base64
import re

import pytest

from tests.application import CREDENTIALS, TOKEN_PATH, TOKEN_URL

MISSING = b'{"ErrorCode" : "invalid_request", "Error" :"Required param : grant_type"}'
INVALID = b'{"ErrorCode" : "invalid_client", "Error" :"ClientId is Invalid"}'


def basic(text):
    return {"Authorization": "Basic " + base64.b64encode(text.encode()).decode()}


def test_the_answer_is_as_documented(client):
    """Keys are in KPN's order, every value but the list is a string, and the colon has a space on both sides."""
    answer = client.post(TOKEN_URL, data=CREDENTIALS)

    token = answer.json["access_token"]
    assert re.fullmatch("[A-Za-z0-9]{28}", token)
    assert answer.text == (
        "{\n"
        '  "refresh_token_expires_in" : "0",\n'
        '  "api_product_list" : "[dashboard-server]",\n'
        '  "api_product_list_json" : [\n    "dashboard-server"\n  ],\n'
        '  "organization_name" : "kpn",\n'
        '  "developer_email" : "demo123@kpn.com",\n'
        '  "token_type" : "Bearer",\n'
        '  "issued_at" : "1795424400250",\n'
        '  "client_id" : "APP_CONSUMER_KEY",\n'
        f'  "access_token" : "{token}",\n'
        '  "application_name" : "999cffe0-4794-5deb-a02a-334a17ebc899",\n'
        '  "scope" : "",\n'
        '  "expires_in" : "3599",\n'
        '  "refresh_count" : "0",\n'
        '  "status" : "approved"\n'
        "}"
    )


def test_the_content_type_is_json_and_nothing_else(client):
    """The content type has no charset, because clients compare the whole header; caches must not keep the token."""
    answer = client.post(TOKEN_URL, data=CREDENTIALS)

    assert answer.headers.getlist("Content-Type") == ["application/json"]
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_recent_body_has_a_level_and_no_list(start):
    """With the setting v2 the keys are those of 2020, in their order."""
    answer = start(token_body="v2").test_client().post(TOKEN_URL, data=CREDENTIALS)

    assert list(answer.json) == [
        "refresh_token_expires_in",
        "api_product_list",
        "organization_name",
        "developer_email",
        "token_type",
        "issued_at",
        "client_id",
        "access_token",
        "application_name",
        "level",
        "scope",
        "expires_in",
        "refresh_token",
        "refresh_count",
        "status",
    ]


@pytest.mark.shared
def test_basic_credentials_need_no_body(client):
    """HTTP Basic is accepted as the form is."""
    answer = client.post(TOKEN_URL, headers=basic("APP_CONSUMER_KEY:APP_CONSUMER_SECRET"))

    assert (answer.status_code, answer.json["client_id"]) == (200, "APP_CONSUMER_KEY")


@pytest.mark.shared
def test_the_grant_type_may_also_stand_in_the_form(client):
    """The grant type may be repeated in the form."""
    answer = client.post(TOKEN_URL, data={**CREDENTIALS, "grant_type": "client_credentials"})

    assert answer.status_code == 200


@pytest.mark.shared
@pytest.mark.parametrize("form", [{}, {"grant_type": "client_credentials"}])
def test_the_grant_type_must_stand_in_the_query(client, form):
    """A grant type in the form alone counts as missing."""
    answer = client.post(TOKEN_PATH, data={**CREDENTIALS, **form})

    assert (answer.status_code, answer.data) == (400, MISSING)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("given", "escaped"),
    [
        ("password", '"password"'),
        ("Client_Credentials", '"Client_Credentials"'),
        ("%22%5C%0A%C3%A9", r'"\"\\\n\u00e9"'),
        ("%ff", '"%FF"'),
    ],
)
def test_another_grant_type_is_refused(client, given, escaped):
    """The error repeats the given grant type, escaped as JSON."""
    answer = client.post(f"{TOKEN_PATH}?grant_type={given}", data=CREDENTIALS)

    expected = f'{{"ErrorCode" : "invalid_request", "Error" :"Unsupported grant type : {escaped[1:-1]}"}}'
    assert (answer.status_code, answer.text) == (400, expected)


@pytest.mark.shared
@pytest.mark.parametrize(
    "request_parts",
    [
        {},
        {"data": {"client_id": "APP_CONSUMER_KEY"}},
        {"data": {**CREDENTIALS, "client_id": "nobody"}},
        {"data": {**CREDENTIALS, "client_secret": "wrong"}},
        {"data": {**CREDENTIALS, "client_secret": b"\xff\xfe"}},
        {"data": {"client_id": "\x00", "client_secret": "\x00"}},
        {"json": CREDENTIALS},
        {"query_string": {"grant_type": "client_credentials", **CREDENTIALS}, "path": TOKEN_PATH},
        {"headers": basic("APP_CONSUMER_KEY")},
        {"headers": basic("APP_CONSUMER_KEY:wrong")},
        {"headers": {"Authorization": "Basic =="}},
        {"headers": {"Authorization": "Basic /////w=="}},
        {"headers": {"Authorization": "Bearer abc"}},
        {"data": b"\xff\x00=&&&", "content_type": "application/x-www-form-urlencoded"},
        {"data": b"--x\r\nbroken", "content_type": "multipart/form-data; boundary=x"},
        {"data": b"--x", "content_type": "multipart/form-data"},
    ],
)
def test_without_good_credentials_there_is_no_token(client, request_parts):
    """Unknown, wrong, missing and unreadable credentials are refused alike."""
    answer = client.post(**{"path": TOKEN_URL, **request_parts})

    assert (answer.status_code, answer.data) == (401, INVALID)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("url", "form"),
    [
        (f"{TOKEN_URL}&grant_type=other", CREDENTIALS),
        (TOKEN_URL, {**CREDENTIALS, "client_id": ["APP_CONSUMER_KEY", "other"]}),
    ],
)
def test_the_first_of_repeated_values_counts(client, url, form):
    """Of a parameter that is given twice the first value counts, as at Apigee."""
    assert client.post(url, data=form).status_code == 200


@pytest.mark.shared
@pytest.mark.parametrize("path", [TOKEN_URL, "/configapi/v2/oauth/token"])
@pytest.mark.parametrize(
    ("label", "hinted"), [("application/json", True), (None, True), ("application/x-www-form-urlencoded", False)]
)
def test_a_body_that_is_no_form_gets_a_hint(client, path, label, hinted):
    """A refusal tells a client that sends JSON, or no Content-Type, which one is read."""
    answer = client.post(path, data='{"client_id": "a"}', content_type=label)

    assert answer.status_code >= 400
    assert ("x-www-form-urlencoded" in answer.headers.get("X-Sandbox-Hint", "")) == hinted


@pytest.mark.shared
def test_a_body_beyond_a_megabyte_is_refused(client):
    """A body over 1 MB is 413 with the gateway's fault, as Apigee has it."""
    answer = client.post(TOKEN_URL, data={**CREDENTIALS, "more": "x" * 1_100_000})

    assert answer.status_code == 413
    assert answer.json["fault"]["detail"]["errorcode"] == "protocol.http.TooBigBody"


@pytest.mark.shared
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_reading_the_endpoint_misses_the_grant_type(client, method):
    """A GET without a grant type is 400, as KPN's own endpoint answered a probe."""
    assert client.open(TOKEN_PATH, method=method).status_code == 400


@pytest.mark.shared
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "BREW"])
def test_tokens_are_given_by_post_only(client, method):
    """Other methods are 405, with the allowed ones in `Allow`."""
    answer = client.open(TOKEN_URL, method=method)

    assert (answer.status_code, answer.headers["Allow"]) == (405, "OPTIONS, POST")
    assert answer.json == {"Error": "Method not allowed", "DataSet": None}


def test_a_lenient_sandbox_accepts_any_credentials(start):
    """The grant type may stand in the form, and unknown credentials create an account."""
    client = start(lenient=True).test_client()
    form = {"grant_type": "client_credentials", "client_id": "carla", "client_secret": "hers"}

    answers = [client.post(TOKEN_PATH, data={**form, **change}) for change in ({}, {}, {"client_secret": "not hers"})]

    assert [answer.status_code for answer in answers] == [200, 200, 401]
    assert answers[0].json["client_id"] == "carla"


@pytest.mark.parametrize(("lenient", "status"), [(True, 200), (False, 401)])
@pytest.mark.parametrize("path", ["/agents", "/communication/kpn/dashboard-server/queue/number/1001"])
def test_a_lenient_sandbox_accepts_the_scheme_of_old_clients(start, lenient, status, path):
    """`Authorization: BearerToken` is taken with `lenient` only, in any letter case."""
    client = start(lenient=lenient).test_client()
    token = client.post(TOKEN_URL, data=CREDENTIALS).json["access_token"]

    answers = [
        client.get(path, headers={"Authorization": f"{each} {token}"}) for each in ("BearerToken", "bearertoken")
    ]

    assert [answer.status_code for answer in answers] == [status, status]
    assert client.get(path, headers={"Authorization": f"Bearer {token}"}).status_code == 200


def test_the_application_name_is_one_per_client(start):
    """The name is derived from the client id, so it is the same at every start."""

    def name(client_id):
        client = start(client_id=client_id).test_client()
        return client.post(TOKEN_URL, data={**CREDENTIALS, "client_id": client_id}).json["application_name"]

    assert name("one") == name("one") != name("two")
