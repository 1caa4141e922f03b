"""Errors of KPN's API, in KPN's shapes."""

import json
import sqlite3
from contextlib import closing
from json import JSONDecodeError

import pytest

from kpn_sandbox.auth import revoke_tokens
from kpn_sandbox.vendors.kpn.operations import RESOURCES
from tests.application import CREDENTIALS, TOKEN_URL

BASE = "/communication/kpn/dashboard-server"
NUMBERS = {"{Logid}": "40001", "{Number}": "1000"}


def url(operation):
    path = operation.path
    for name, number in NUMBERS.items():
        path = path.replace(name, number)
    return path


def fault(text, code):
    return f'{{"fault":{{"faultstring":"{text}","detail":{{"errorcode":"{code}"}}}}}}'.encode()


def challenge(text, code):
    return f'Bearer realm="null",error="invalid_token",error_description="{code}: {text}"'


MISSING = ("Invalid access token", "oauth.v2.InvalidAccessToken")
UNKNOWN = ("Invalid Access Token", "keymanagement.service.invalid_access_token")
EXPIRED = ("Access Token expired", "keymanagement.service.access_token_expired")
REVOKED = ("Access Token not approved", "keymanagement.service.access_token_not_approved")


@pytest.mark.shared
@pytest.mark.parametrize("operation", RESOURCES, ids=lambda operation: operation.key)
@pytest.mark.parametrize(
    ("authorization", "expected"),
    [
        (None, MISSING),
        ("", MISSING),
        ("Bearer", MISSING),
        ("BearerToken abc", MISSING),
        ("Basic YTpi", MISSING),
        ("Bearer abc", UNKNOWN),
        ("Bearer \xe9\x00", UNKNOWN),
    ],
)
def test_resources_need_a_token(client, operation, authorization, expected):
    """A token that is missing, malformed or unknown has its own fault and challenge."""
    headers = {} if authorization is None else {"Authorization": authorization}

    answer = client.get(url(operation), headers=headers)

    assert (answer.status_code, answer.data) == (401, fault(*expected))
    assert answer.headers["WWW-Authenticate"] == challenge(*expected)
    assert answer.headers["Content-Type"] == "application/json"


def test_an_expired_token_has_its_own_fault(get, wall):
    """A token expires after 3,599 seconds of the account's time."""
    wall.at += 3599

    answer = get("/agents")

    assert (answer.status_code, answer.data) == (401, fault(*EXPIRED))
    assert answer.headers["WWW-Authenticate"] == challenge(*EXPIRED)


def test_a_revoked_token_has_its_own_fault(get, app, token):
    """A revoked token is known but not approved."""
    revoke_tokens(app.extensions["kpn_sandbox"].sandbox.database, "APP_CONSUMER_KEY", token)

    answer = get("/agents")

    assert (answer.status_code, answer.data) == (401, fault(*REVOKED))


@pytest.mark.shared
@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/agent/logid/49999", "Agent 49999 not found"),
        ("/agent/logid/049999", "Agent 49999 not found"),
        ("/agent/logid/0", "Agent 0 not found"),
        ("/queue/number/999999999", "Queue 999999999 not found"),
        ("/trunk/number/1002", "Trunk 1002 not found"),
        ("/agent/logid/99418", "Agent 99418 not found"),
    ],
)
def test_unknown_numbers_are_not_found(get, path, text):
    """An unknown number is 404 in the envelope, which names the number."""
    answer = get(path)

    assert (answer.status_code, answer.data) == (404, f'{{"Error": "{text}", "DataSet": null}}'.encode())


@pytest.mark.shared
@pytest.mark.parametrize("text", ["abc", "4e4", "-1", "+1", "1.0", "1234567890", "1;2"])
@pytest.mark.parametrize(("path", "name"), [("/agent/logid/", "Logid"), ("/queue/number/", "Number")])
def test_a_number_is_1_to_9_digits(get, path, name, text):
    """Any other number is 400, and the text names the variable of the path."""
    answer = get(path + text)

    assert (answer.status_code, answer.json) == (400, {"Error": f"{name} must be 1 to 9 digits", "DataSet": None})


@pytest.mark.shared
@pytest.mark.parametrize("text", ["%20", "40001%00", "%00", "%C3%A9", "%ff", "%D9%A1", "4%0a"])
@pytest.mark.parametrize(("path", "name"), [("/agent/logid/", "Logid"), ("/trunk/number/", "Number")])
def test_percent_encoding_hides_nothing(get, path, name, text):
    """Percent-encoded characters other than ASCII digits are refused."""
    answer = get(path + text)

    assert (answer.status_code, answer.json) == (400, {"Error": f"{name} must be 1 to 9 digits", "DataSet": None})


@pytest.mark.shared
def test_the_token_comes_before_the_number(client):
    """A client without a token does not learn what a number may be."""
    assert client.get("/agent/logid/abc").status_code == 401


@pytest.mark.shared
@pytest.mark.parametrize("operation", RESOURCES, ids=lambda operation: operation.key)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW"])
@pytest.mark.parametrize("base", ["", BASE])
def test_resources_are_read_only(client, operation, method, base):
    """Other methods are refused before the token is looked at."""
    answer = client.open(base + url(operation), method=method)

    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert answer.data == b'{"Error": "Method not allowed", "DataSet": null}'


@pytest.mark.shared
@pytest.mark.parametrize(
    ("target", "escaped"),
    [
        ("/nope", r"\/nope"),
        ("/agents/", r"\/agents\/"),
        ("/agents//", r"\/agents\/\/"),
        ("/nope//agents", r"\/nope\/\/agents"),
        ("/agent/logid/", r"\/agent\/logid\/"),
        ("/agent/logid/1%2F2?x=/y", r"\/agent\/logid\/1%2F2"),
        ("/%22%5C", r"\/%22%5C"),
        ('/"quoted\\', r"\/\"quoted\\"),
        ("http://elsewhere:80/nope?x", r"\/nope"),
        ("/Agents", r"\/Agents"),
    ],
)
def test_an_unknown_path_is_repeated_in_its_fault(client, target, escaped):
    """The fault writes slashes as the gateway does, and escapes everything else as JSON."""
    path = target.partition("?")[0].removeprefix("http://elsewhere:80")

    answer = client.get(path, environ_overrides={"RAW_URI": target})

    text = f"Unable to identify proxy for host: default and url: {escaped}"
    assert (answer.status_code, answer.data) == (404, fault(text, "messaging.adaptors.http.flow.ApplicationNotFound"))


@pytest.mark.shared
@pytest.mark.parametrize("path", [BASE, f"{BASE}/", f"{BASE}/nope", f"{BASE}/agents/"])
def test_below_the_base_path_the_token_comes_first(client, get, path):
    """Only a client with a token learns which paths exist below the base path."""
    assert client.get(path).data == fault(*MISSING)
    assert get(path).status_code == 404
    assert get(path).json["fault"]["detail"]["errorcode"] == "messaging.adaptors.http.flow.ApplicationNotFound"


@pytest.mark.shared
def test_a_path_beside_the_base_path_is_unknown(client):
    """A path that only begins like the base path is not below it."""
    assert client.get(f"{BASE}s").status_code == 404


def test_a_failure_of_the_sandbox_is_a_fault(get, tmp_path, caplog):
    """The answer has no trace; the log has it, with the request id of the answer."""
    with closing(sqlite3.connect(tmp_path / "sandbox.db")) as database:
        database.execute("UPDATE accounts SET profile = 'spoiled', version = version + 1")
        database.commit()

    answer = get("/agents", X_Request_Id="look-for-me")

    assert answer.data == fault("Internal server error", "messaging.runtime.InternalServerError")
    assert (answer.status_code, answer.headers["X-Request-Id"]) == (500, "look-for-me")
    assert "look-for-me" in caplog.text
    assert caplog.records[0].exc_info[0] is JSONDecodeError


@pytest.mark.parametrize("ask", ["resource", "token"])
def test_a_database_that_fails_is_an_unavailable_service(app, client, get, tmp_path, caplog, ask):
    """The answer is 503, and the log says in one line what is wrong with the database."""
    app.extensions["kpn_sandbox"].sandbox.database.close()
    for path in tmp_path.iterdir():
        path.write_bytes(b"spoiled" * 1000)

    answer = get("/agents") if ask == "resource" else client.post(TOKEN_URL, data=CREDENTIALS)

    code = "messaging.adaptors.http.flow.ServiceUnavailable"
    assert (answer.status_code, answer.data) == (503, fault("The Service is temporarily unavailable", code))
    assert caplog.records[0].exc_info is None
    assert "sandbox.db cannot be used: file is not a database" in caplog.text


def test_a_forced_failure_is_not_logged(get, caplog):
    """A 500 that the client forces is no failure of the sandbox."""
    assert get("/agents", Prefer="code=500").status_code == 500
    assert caplog.records == []


@pytest.mark.shared
def test_every_refusal_of_a_known_path_is_json(client):
    """No error is HTML."""
    answers = [client.open(path, method=method) for path in ("/agents", "/nope", "/x/y") for method in ("GET", "BREW")]

    assert {answer.headers["Content-Type"] for answer in answers} == {"application/json"}
    assert all(json.loads(answer.data) for answer in answers)
