"""The Prefer header at KPN's API, and reserved numbers."""

import pytest

from kpn_sandbox.vendors.kpn.operations import STATUSES
from tests.application import CREDENTIALS, TOKEN_URL

ERRORS = [status for status in STATUSES if status >= 300]
AT = "2026-07-03T12:00:00+02:00"


@pytest.mark.shared
@pytest.mark.parametrize("status", ERRORS)
@pytest.mark.parametrize("header", ["Prefer", "X-Mock-Response-Code"])
def test_a_forced_error_comes_before_the_token(client, status, header):
    """A forced error needs no token, has the vendor's shape and is named in Preference-Applied."""
    value = f"code={status}" if header == "Prefer" else str(status)

    answer = client.get("/agents", headers={header: value})

    assert (answer.status_code, answer.headers["Preference-Applied"]) == (status, f"code={status}")
    assert set(answer.json) in ({"fault"}, {"Error", "DataSet"})


@pytest.mark.shared
@pytest.mark.parametrize("status", ERRORS)
def test_a_forced_error_at_the_token_endpoint(client, status):
    """A forced error of the token endpoint has the shape of token errors, where there is one."""
    answer = client.post(TOKEN_URL, data=CREDENTIALS, headers={"Prefer": f"code={status}"})

    assert answer.status_code == status
    assert ("ErrorCode" in answer.json) == (status in (400, 401))


@pytest.mark.shared
@pytest.mark.parametrize("status", [200, 201, 202])
def test_a_forced_success_changes_the_status_only(client, get, status):
    """A forced 2xx status has the body of the ordinary answer, and needs a token."""
    answer = get("/agents", Prefer=f"code={status}")

    assert (answer.status_code, answer.data) == (status, get("/agents").data)
    assert client.get("/agents", headers={"Prefer": f"code={status}"}).status_code == 401
    assert get("/agent/logid/1", Prefer=f"code={status}").status_code == 404


@pytest.mark.shared
def test_a_forced_success_that_an_error_comes_before_was_not_applied(client, get):
    """Preference-Applied has what was applied only: a 2xx not where the request is refused, a delay also there."""
    refused = client.get("/agents", headers={"Prefer": "code=201, delay-ms=1"})

    assert refused.headers["Preference-Applied"] == "delay-ms=1"
    assert "Preference-Applied" not in get("/agent/logid/1", Prefer="code=202").headers
    assert get("/agents", Prefer="code=201").headers["Preference-Applied"] == "code=201"


@pytest.mark.shared
def test_a_forced_redirect_has_a_location(get):
    """A forced redirect leads to the same resource, without the query."""
    answer = get("/queue/number/1000?x=1", Prefer="code=302")

    assert answer.headers["Location"] == "http://localhost/queue/number/1000"


@pytest.mark.parametrize("headers", [{"Prefer": "delay-ms=250"}, {"X-Mock-Response-Delay": "250"}])
def test_a_delay_passes_before_the_answer(get, pauses, headers):
    """The answer is delayed once, by the milliseconds of the header."""
    answer = get("/agents", **headers)

    assert (answer.status_code, pauses) == (200, [0.25])
    assert answer.headers["Preference-Applied"] == "delay-ms=250"


def test_a_delay_and_a_status_go_together(client, pauses):
    """A status and a delay can be combined, also at the token endpoint."""
    answer = client.post(TOKEN_URL, data=CREDENTIALS, headers={"Prefer": "delay-ms=1000, code=503"})

    assert (answer.status_code, pauses) == (503, [1.0])
    assert answer.headers["Preference-Applied"] == "code=503, delay-ms=1000"


@pytest.mark.shared
def test_an_instant_is_for_one_request_only(get):
    """The answer is as of the instant of the header and says so; the next is as of now."""
    then = get("/queues", Prefer=f'at="{AT}"')
    now = get("/queues")

    assert then.headers["X-Sandbox-Time"] == AT
    assert then.headers["X-Sandbox-Replay"].endswith(f"at={AT}")
    assert then.headers["Preference-Applied"] == f'at="{AT}"'
    assert now.headers["X-Sandbox-Time"] == "2026-11-23T10:00:00+01:00"
    assert then.data != now.data


@pytest.mark.shared
def test_an_instant_does_not_age_the_token(get):
    """A token lives by the account's clock, not by the instant of the request."""
    assert get("/agents", Prefer='at="2099-01-01T00:00:00Z"').status_code == 200


@pytest.mark.shared
@pytest.mark.parametrize(
    ("preference", "text"),
    [
        ("code=418", "Preference code must be one of 200, 201, 202, 302, "),
        ("code=abc", "Preference code must be one of 200"),
        ("code", "Preference code must be one of 200"),
        ("delay-ms=600001", "Preference delay-ms must be 0 to 600000"),
        ("delay-ms=-1", "Preference delay-ms must be 0 to 600000"),
        ("delay-ms=1e3", "Preference delay-ms must be 0 to 600000"),
        ('at="yesterday"', "Preference at must be an ISO 8601 instant with offset"),
        ('at="2026-07-03T12:00:00"', "Preference at must be an ISO 8601 instant with offset"),
        ('at="1999-07-03T12:00:00Z"', "Preference at must be from 2000-01-01 to 2100-12-31"),
        ('at="9999-12-31T23:59:59-12:00"', "Preference at must be from 2000-01-01 to 2100-12-31"),
        ('at="0001-01-01T00:00:00+12:00"', "Preference at must be from 2000-01-01 to 2100-12-31"),
    ],
)
def test_an_impossible_preference_is_refused(get, preference, text):
    """An impossible value is 400 with a text that says what would be right."""
    answer = get("/agents", Prefer=preference)

    assert answer.status_code == 400
    assert answer.json["Error"].startswith(text)
    assert "Preference-Applied" not in answer.headers


@pytest.mark.shared
def test_an_impossible_preference_is_refused_by_the_token_endpoint(client):
    """An impossible value at the token endpoint is 400 in the shape of token errors."""
    answer = client.post(TOKEN_URL, data=CREDENTIALS, headers={"Prefer": "delay-ms=x"})

    assert answer.text == '{"ErrorCode" : "invalid_request", "Error" :"Preference delay-ms must be 0 to 600000"}'


@pytest.mark.shared
@pytest.mark.parametrize(
    "preference", ["return=minimal", "respond-async, wait=10", "", ",,;=", "x" * 99, '"', "a; code=503"]
)
def test_other_preferences_are_ignored(get, preference):
    """Unknown and malformed preferences are ignored, as RFC 7240 says."""
    answer = get("/agents", Prefer=preference)

    assert answer.status_code == 200
    assert "Preference-Applied" not in answer.headers


@pytest.mark.shared
@pytest.mark.parametrize("status", ERRORS)
@pytest.mark.parametrize("path", ["/agent/logid/", "/queue/number/", "/trunk/number/"])
def test_reserved_numbers_answer_their_status(client, get, path, status):
    """A reserved number answers its status, for clients that cannot send headers; the token is needed."""
    assert get(f"{path}99{status}").status_code == status
    assert client.get(f"{path}99{status}").status_code == 401


@pytest.mark.shared
@pytest.mark.parametrize("status", [200, 201, 202])
def test_reserved_numbers_of_success_answer_with_the_first_object(get, status):
    """A reserved number of a 2xx status answers with the first object of the list."""
    answer = get(f"/agent/logid/99{status}")

    assert answer.status_code == status
    assert answer.json["DataSet"]["agent"] == get("/agents").json["DataSet"]["agents"][0]


@pytest.mark.shared
def test_a_reserved_404_names_its_number(get):
    """A reserved 404 has the text of an ordinary one."""
    assert get("/queue/number/99404").json == {"Error": "Queue 99404 not found", "DataSet": None}
