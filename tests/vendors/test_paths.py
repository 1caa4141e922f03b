"""Paths of the vendors' families: the right shape of refusal where there is no operation, and reason phrases."""

import json

import pytest

from tests.application import CREDENTIALS, TOKEN_URL

pytestmark = pytest.mark.shared


def shape(answer):
    """Return which vendor's refusal an answer is."""
    [shape] = [name for name, member in MEMBERS.items() if set(json.loads(answer.data)) == member]
    return shape


MEMBERS = {
    "kpn": {"fault"},
    "kpn envelope": {"Error", "DataSet"},
    "bright_pattern": {"error_code", "error_message"},
    "kaisa": {"errors"},
    "atobi": {"status", "message"},
    "itx": {"sections"},
}


@pytest.mark.parametrize(
    ("api", "path"),
    [
        *(("kaisa", path) for path in ("/recordings", "/recordings/5", "/statistics/cdrs", "/statistics/cdrs_out")),
        *(("kaisa", path) for path in ("/sources", "/users", "/users/1", "/segments", "/widgets", "/widgets/other")),
        *(("kaisa", path) for path in ("/miscellaneous", "/customers/callbacks", "/customers/1/2", "/api/widgets")),
        *(("kaisa", path) for path in ("/2.4.9/recordings", "/2.4.9/statistics/cdrs", "/v3/users", "/2/widgets/x")),
        *(("bright_pattern", path) for path in ("/statsapi", "/statsapi/", "/statsapi/cfg/users", "/configapi/v2")),
        *(("atobi", path) for path in ("/oauth", "/oauth/authorize", "/oauth/token/", "/api/external")),
        *(("atobi", path) for path in ("/api/external/v1", "/api/external/v1/kpi/1")),
        *(("itx", path) for path in ("/rest", "/rest/", "/rest/kpi/1")),
        *(("kaisa", path) for path in ("/2.4.9", "/2.4.9/", "/2.4.9/agents", "/v2.0/nope", "/2.4.9//customers")),
        *(("kpn", path) for path in ("/nope", "/agents/1", "/v1/agents", "/2", "/api", "/restful", "/statsapis")),
        *(("kpn", path) for path in ("/oauth/client_credential/refresh_accesstoken", "/oauth/grip/msm/accesstoken")),
    ],
)
def test_an_unknown_path_is_refused_by_its_vendor(client, api, path):
    """A path of a vendor's family without an operation is 404 in that vendor's shape, any other in KPN's."""
    for method in ("GET", "POST"):
        answer = client.open(path, method=method)

        assert (answer.status_code, shape(answer)) == (404, api)


def test_an_unknown_path_below_the_base_path_needs_a_token(client):
    """KPN's gateway checks the token of its proxy first."""
    path = "/communication/kpn/dashboard-server/nope"
    token = client.post(TOKEN_URL, data=CREDENTIALS).json["access_token"]

    assert (client.get(path).status_code, shape(client.get(path))) == (401, "kpn")
    assert client.get(path, headers={"Authorization": f"Bearer {token}"}).status_code == 404


@pytest.mark.parametrize(
    ("path", "allowed", "api"),
    [
        ("/2.4.9/widgets/data", "GET, HEAD, OPTIONS", "kaisa"),
        ("/2.4.9/customers/7", "GET, HEAD, OPTIONS, PUT", "kaisa"),
        ("/2.4.9/customers", "GET, HEAD, OPTIONS, POST, PUT", "kaisa"),
        ("/statsapi/subscription", "OPTIONS, POST", "bright_pattern"),
        ("/statsapi/cfg/wallboards/1/name", "OPTIONS, PUT", "bright_pattern"),
        ("/api/external/v1/kpi", "OPTIONS, POST", "atobi"),
        ("/rest/kpi", "GET, HEAD, OPTIONS", "itx"),
        ("/communication/kpn/dashboard-server/agents", "GET, HEAD, OPTIONS", "kpn envelope"),
    ],
)
def test_another_method_is_told_which_are_allowed(client, path, allowed, api):
    """A known path with another method is 405 in the vendor's shape, with the methods that it has in Allow."""
    answer = client.open(path, method="PATCH")

    assert (answer.status_code, answer.headers["Allow"], shape(answer)) == (405, allowed, api)


@pytest.mark.parametrize(
    ("target", "status"),
    [
        (f"{TOKEN_URL}&x=1", "401 Unauthorized"),
        ("/nope", "404 Not Found"),
        ("/_sandbox/nope", "404 Not Found"),
        ("/_sandbox/accounts", "401 Unauthorized"),
        ("/statsapi/auth", "400 Bad Request"),
        ("/rest/kpi", "405 Method Not Allowed"),
        ("/manual/nope", "405 Method Not Allowed"),
    ],
)
def test_reason_phrases_are_in_title_case(client, target, status):
    """Status lines are those of gateways and of the RFC, not in capitals."""
    assert client.post(target).status == status


def test_a_forced_status_has_its_own_reason_phrase(client):
    """A status that a client forces comes with its phrase."""
    for code, phrase in ((302, "Found"), (412, "Precondition Failed"), (503, "Service Unavailable")):
        assert client.get("/agents", headers={"Prefer": f"code={code}"}).status == f"{code} {phrase}"
