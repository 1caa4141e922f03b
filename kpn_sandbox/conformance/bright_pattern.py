"""
Checks of Bright Pattern's API.

Nothing is subscribed to and nobody logs in: a subscription would take the place of the user's own, and a log-in would
end the user's other sessions.
"""

import json
import re
from urllib.parse import urlencode, urlsplit

from kpn_sandbox.client import Response
from kpn_sandbox.conformance.checks import (
    CHANGES,
    GRANT,
    INSIDE,
    NOBODY,
    OWN,
    CheckSuite,
    NotTried,
    Requester,
    check_no_store,
    expect,
    expect_status,
    token_in,
)
from kpn_sandbox.gateway.operations import Operation
from kpn_sandbox.vendors.bright_pattern import operations as bright_pattern
from kpn_sandbox.vendors.bright_pattern.api import BrightPatternApi

SUITE = CheckSuite(
    BrightPatternApi,
    {
        INSIDE: ("",),
        CHANGES: ("POST ", "DELETE ", "PUT ", "A second", "204 in", "404 for", "Wallboards"),
        "a log-in would end other sessions of the user": (
            "POST /statsapi/auth",
            "DELETE /statsapi/auth",
            "Session token",
            "`privileges`",
            "A session ends",
            "403",
        ),
        "it is the other form of dispositions": ("Dispositions as a bare array",),
        "it needs a subscription, which would take the place of another": (
            "`stat",
            "Filter",
            "Numbers",
            "Names of",
            "`*_",
        ),
        OWN: ("`client id+label`", "Pins", "`X-RateLimit-`"),
    },
)


def _session_answer(requester: Requester) -> Response:
    form = {**GRANT, **requester.credentials, "scope": urlsplit(requester.url).hostname or ""}
    return requester.once("token", lambda: requester.post(bright_pattern.TOKEN.path, form))


def _session(requester: Requester) -> dict[str, str]:
    return {"Authorization": f"Bearer {token_in(_session_answer(requester))}"}


def _configured(requester: Requester, operation: Operation) -> Response:
    return requester.once(operation.key, lambda: requester.get(operation.path, _session(requester)))


@SUITE.check(bright_pattern.TOKEN, "200 with access_token, token_type Bearer and scope")
def _token(requester: Requester) -> None:
    answer = expect_status(_session_answer(requester), 200)
    expect(set(answer.json()) >= {"access_token", "token_type", "expires_in", "scope"}, f"only {', '.join(answer)}")
    expect(answer["token_type"] == "Bearer", answer["token_type"])


@SUITE.check(
    "Upper-case hexadecimal access token, `expires_in` as a string", "64 digits in capitals, a string of digits"
)
def _token_form(requester: Requester) -> None:
    answer = expect_status(_session_answer(requester), 200)
    expect(re.fullmatch("[0-9A-F]{64}", answer["access_token"]), "an access token of another form")
    expect(re.fullmatch("[0-9]+", answer["expires_in"]), f"expires_in {answer['expires_in']!r}")


@SUITE.check(
    "An access token that lives is handed out again with its remaining life", "the same token, not longer to live"
)
def _same_token(requester: Requester) -> None:
    first = expect_status(_session_answer(requester), 200)
    again = expect_status(requester.post(bright_pattern.TOKEN.path, {**GRANT, **requester.credentials}), 200)
    expect(again["access_token"] == first["access_token"], "another token")
    expect(int(again["expires_in"]) <= int(first["expires_in"]), f"{again['expires_in']} after {first['expires_in']}")


@SUITE.check("Of a repeated field of a token request the first value counts", "200 if the first value is right")
def _repeated(requester: Requester) -> None:
    pairs = [*GRANT.items(), *requester.credentials.items(), *NOBODY.items()]
    expect_status(requester.post(bright_pattern.TOKEN.path, pairs), 200)


@SUITE.check(
    "`Cache-Control: no-store` on tokens and refusals, `WWW-Authenticate: Basic` on refusals of HTTP Basic",
    "Cache-Control: no-store on a token and on a refusal",
)
def _no_store(requester: Requester) -> None:
    check_no_store(_session_answer(requester), requester.post(bright_pattern.TOKEN.path, {**GRANT, **NOBODY}))


def _check_named(operation: Operation) -> None:
    @SUITE.check(operation, "200 with a list of objects with id and name")
    def check(requester: Requester) -> None:
        answer = expect_status(_configured(requester, operation), 200)
        for each in answer.json():
            expect(set(each) >= {"id", "name"}, json.dumps(each))
            expect(re.fullmatch("[0-9A-F-]{36}", each["id"]), f"the id {each['id']!r}")


for _operation in (bright_pattern.TEAMS, bright_pattern.AGENTS, bright_pattern.SERVICES):
    _check_named(_operation)


@SUITE.check(bright_pattern.DISPOSITIONS, "200 with names, in an object or as a bare array")
def _dispositions(requester: Requester) -> None:
    answer = expect_status(_configured(requester, bright_pattern.DISPOSITIONS), 200)
    body = answer.json()
    names = body["dispositions"] if isinstance(body, dict) else body
    expect(all(isinstance(name, str) for name in names), json.dumps(body))


@SUITE.check('Dispositions as `{"dispositions": [...]}`', "an object; some servers have a bare array")
def _dispositions_object(requester: Requester) -> None:
    answer = expect_status(_configured(requester, bright_pattern.DISPOSITIONS), 200)
    expect(isinstance(answer.json(), dict), answer.text)


@SUITE.check("`error_code` and `error_message` of a 400", "both, where a flag is neither 0 nor 1")
def _error(requester: Requester) -> None:
    answer = requester.get(f"{bright_pattern.DISPOSITIONS.path}?inbound=perhaps", _session(requester))
    if answer.status != 400:
        raise NotTried(f"the server answers {answer.status} to a wrong flag")
    expect(set(answer.json()) >= {"error_code", "error_message"}, answer.text)


@SUITE.check(
    "The codes themselves, and the same shape for 401, 404, 405, 409, 429 and 5xx",
    "error_code of a 401 without a session",
)
def _unauthorized(requester: Requester) -> None:
    answer = expect_status(requester.get(bright_pattern.TEAMS.path), 401)
    expect("error_code" in answer, answer.text)


@SUITE.check(
    "Session as cookie or header `X-BP-SESSION-ID`, or as `Authorization` with or without `Bearer`",
    "200 for each of the four",
)
def _session_forms(requester: Requester) -> None:
    token = _session(requester)["Authorization"].removeprefix("Bearer ")
    for headers in ({"Authorization": token}, {"X-BP-SESSION-ID": token}, {"Cookie": f"X-BP-SESSION-ID={token}"}):
        answer = requester.get(bright_pattern.SERVICES.path, headers)
        expect(answer.status == 200, f"{answer.status} for {', '.join(headers)}")


@SUITE.check(bright_pattern.DATA, "200, 204, or 404 without a subscription")
def _data(requester: Requester) -> None:
    expect_status(_configured(requester, bright_pattern.DATA), 200, 204, 404)


@SUITE.check(
    "Every value a string, empty where it is not defined; only the parts subscribed to", "no value that is a number"
)
def _values(requester: Requester) -> None:
    answer = _configured(requester, bright_pattern.DATA)
    if answer.status != 200:
        raise NotTried("the user has no subscription, and making one would take the place of another")
    parts = answer.json().values()
    rows = [part.get("stats_totals", {}) for part in parts]
    rows += [
        row
        for part in parts
        for name in ("agent_grids", "service_grids")
        for grid in part.get(name, ())
        for row in grid["values"]
    ]
    others = [value for row in rows for value in row.values() if not isinstance(value, str)]
    expect(not others, f"the value {json.dumps(others[:1])}")


@SUITE.check(bright_pattern.AVAILABLE_AGENTS, "200 with availability true or false, without a session")
def _available(requester: Requester) -> None:
    services = _configured(requester, bright_pattern.SERVICES).json()
    if not services:
        raise NotTried("there are no services")
    query = urlencode({"tenantUrl": urlsplit(requester.url).hostname, "service": services[0]["name"]})
    answer = expect_status(requester.get(f"{bright_pattern.AVAILABLE_AGENTS.path}?{query}"), 200)
    expect(isinstance(answer.json()["availability"], bool), answer.text)


@SUITE.check(bright_pattern.WALLBOARDS, "200 with id, name, is_global and is_default of each")
def _wallboards(requester: Requester) -> None:
    answer = expect_status(_configured(requester, bright_pattern.WALLBOARDS), 200)
    for each in answer.json()["wallboards"]:
        expect(set(each) >= {"id", "name", "is_global", "is_default"}, json.dumps(each))


@SUITE.check(bright_pattern.SHOW_WALLBOARD, "200 with id, name, is_global and config")
def _wallboard(requester: Requester) -> None:
    stored = _configured(requester, bright_pattern.WALLBOARDS).json()["wallboards"]
    if not stored:
        raise NotTried("there are no wallboards")
    path = bright_pattern.SHOW_WALLBOARD.path.replace("{id}", str(stored[0]["id"]))
    answer = expect_status(requester.get(path, _session(requester)), 200)
    expect(set(answer.json()) >= {"id", "name", "is_global", "config"}, f"only {', '.join(answer)}")


@SUITE.check(
    "CORS with credentials; `Last-Modified`, `Expires` and `Cache-Control` of recorded answers",
    "Access-Control-Allow-Credentials: true, and responses that no cache keeps",
)
def _headers(requester: Requester) -> None:
    headers = _configured(requester, bright_pattern.SERVICES).headers
    expect(headers.get("Access-Control-Allow-Credentials") == "true", "no Access-Control-Allow-Credentials: true")
    expect("no-store" in headers.get("Cache-Control", ""), f"Cache-Control: {headers.get('Cache-Control')}")
