"""Checks of KPN's API; its resources may be at the base URL, or below a path that is found by the first request."""

import json
import re
from collections.abc import Mapping
from typing import Any

from kpn_sandbox.client import Response
from kpn_sandbox.conformance.checks import (
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
from kpn_sandbox.settings import Settings
from kpn_sandbox.vendors.kpn.api import KpnApi
from kpn_sandbox.vendors.kpn.operations import AGENT, AGENTS, QUEUE, QUEUES, TOKEN, TRUNK, TRUNKS
from kpn_sandbox.vendors.kpn.schemas import AgentSchema, QueueSchema, RecentTokenSchema, TokenSchema, TrunkSchema

SUITE = CheckSuite(
    KpnApi,
    {
        "no oversized requests are sent": ("414 and 431",),
        "the quota would have to be used up": ("429 fault",),
        "it depends on a quota": ("`quota-`",),
        "it depends on a setting": (
            "`Authorization: BearerToken`",
            "Token answer as printed since",
            "The six resources",
        ),
        "it takes a center that shows all of them": ("`Status` also",),
        OWN: ("All `X-Sandbox-`",),
        "an agent would have to make a call": ("A call that an agent makes",),
    },
)
_GRANT = "?grant_type=client_credentials"
_FIELDS = {AGENTS.kind: AgentSchema, QUEUES.kind: QueueSchema, TRUNKS.kind: TrunkSchema}
_UNKNOWN = "0123456789abcdefghijklmnopqr"


def _token_answer(requester: Requester) -> Response:
    return requester.once("token", lambda: requester.post(TOKEN.path + _GRANT, requester.credentials))


def _bearer(requester: Requester) -> dict[str, str]:
    return {"Authorization": f"Bearer {token_in(_token_answer(requester))}"}


def _resource(requester: Requester, path: str, **headers: str) -> Response:
    """Request a resource, where the server has it: at the base URL, or else below KPN's path."""
    sent = {**_bearer(requester), **{name.replace("_", "-"): value for name, value in headers.items()}}
    if requester.base_path is None:
        found = requester.once(AGENTS.path, lambda: requester.get(AGENTS.path, sent))
        requester.base_path = Settings().base_path if found.status == 404 else ""
    return requester.get(requester.base_path + path, sent)


def _list(requester: Requester, operation: Operation) -> Response:
    return requester.once(f"list {operation.key}", lambda: _resource(requester, operation.path))


def _check_records(records: list[Mapping[str, Any]], kind: str) -> None:
    names = list(_FIELDS[kind]().fields)
    for record in records:
        expect(list(record) == names, f"a record with the fields {', '.join(record)}")
        wrong = _FIELDS[kind]().validate(dict(record))
        expect(not wrong, f"wrong values of {', '.join(map(str, wrong))} in {json.dumps(record)}")


@SUITE.check(TOKEN, "200 with access_token, client_id and issued_at in milliseconds")
def _token(requester: Requester) -> None:
    answer = expect_status(_token_answer(requester), 200)
    body = answer.json()
    expect(body["client_id"] == requester.client_id, f"client_id {body['client_id']!r}")
    expect(re.fullmatch("[0-9]{13}", body["issued_at"]), f"issued_at {body['issued_at']!r}")
    expect(re.fullmatch("[A-Za-z0-9]{28}", body["access_token"]), "an access token of another form")


@SUITE.check(
    "Token with form credentials, `grant_type` in the query; body, key order and spelling of the token answer",
    'the keys in KPN\'s order, " : " between key and value, application/json without a charset',
)
def _token_body(requester: Requester) -> None:
    answer = expect_status(_token_answer(requester), 200)
    orders = [list(schema().fields) for schema in (TokenSchema, RecentTokenSchema)]
    expect(list(answer.json()) in orders, f"the keys {', '.join(answer.json())}")
    colons = re.findall(r'"( ?: ?)["[]', answer.text)
    expect(set(colons) == {" : "}, f"the colons {set(colons)}")
    expect(answer.headers["Content-Type"] == "application/json", answer.headers["Content-Type"])


@SUITE.check("Credentials as HTTP Basic", "200 without a form")
def _basic(requester: Requester) -> None:
    expect_status(requester.post(TOKEN.path + _GRANT, {}, requester.basic), 200)


@SUITE.check(
    "400 `Required param : grant_type`, 401 `ClientId is Invalid`",
    "both, with ErrorCode and Error spaced as Apigee does",
)
def _token_errors(requester: Requester) -> None:
    missing = expect_status(requester.post(TOKEN.path, NOBODY), 400)
    expect(missing.text == '{"ErrorCode" : "invalid_request", "Error" :"Required param : grant_type"}', missing.text)
    unknown = expect_status(requester.once("unknown client", lambda: requester.post(TOKEN.path + _GRANT, NOBODY)), 401)
    expect(unknown.text == '{"ErrorCode" : "invalid_client", "Error" :"ClientId is Invalid"}', unknown.text)


@SUITE.check("400 `Unsupported grant type : ...`", "400 with this text")
def _grant_type(requester: Requester) -> None:
    answer = expect_status(requester.post(TOKEN.path + "?grant_type=password", NOBODY), 400)
    expect("Unsupported grant type : password" in answer.text, answer.text)


@SUITE.check("Token endpoint with GET: 400 without `grant_type`, else 405", "400 and 405")
def _other_method(requester: Requester) -> None:
    expect_status(requester.get(TOKEN.path), 400)
    expect_status(requester.get(TOKEN.path + _GRANT), 405)


@SUITE.check(
    "Of a repeated `grant_type`, `client_id` or `client_secret` the first value counts",
    "200 if the first value is right",
)
def _repeated(requester: Requester) -> None:
    form = [*requester.credentials.items(), *NOBODY.items()]
    expect_status(requester.post(TOKEN.path + _GRANT + "&grant_type=password", form), 200)


@SUITE.check(
    "A form is `application/x-www-form-urlencoded`; credentials in `multipart/form-data` or JSON are none, 401",
    "401 for credentials in JSON",
)
def _content_type(requester: Requester) -> None:
    body = json.dumps(requester.credentials).encode()
    expect_status(requester.post(TOKEN.path + _GRANT, body, {"Content-Type": "application/json"}), 401)


@SUITE.check(
    "`Cache-Control: no-store` on tokens and refusals, `WWW-Authenticate: Basic` on refusals of HTTP Basic",
    "Cache-Control: no-store on a token and on a refusal",
)
def _no_store(requester: Requester) -> None:
    refused = requester.once("unknown client", lambda: requester.post(TOKEN.path + _GRANT, NOBODY))
    check_no_store(_token_answer(requester), refused)


def _check_list(operation: Operation) -> None:
    @SUITE.check(operation, f"200 with DataSet.{operation.kind}, each with KPN's fields in KPN's order")
    def check(requester: Requester) -> None:
        answer = expect_status(_list(requester, operation), 200)
        _check_records(answer.json()["DataSet"][operation.kind], operation.kind)


def _check_single(operation: Operation, listed: Operation) -> None:
    @SUITE.check(operation, f"200 with DataSet.{operation.key}, the one that was asked for")
    def check(requester: Requester) -> None:
        records = _list(requester, listed).json()["DataSet"][operation.kind]
        if not records:
            raise NotTried(f"there are no {operation.kind}")
        key = str(records[0][operation.parameter])
        answer = expect_status(_resource(requester, operation.path.replace(f"{{{operation.parameter}}}", key)), 200)
        record = answer.json()["DataSet"][operation.key]
        expect(record[operation.parameter] == key, f"{operation.parameter} {record[operation.parameter]!r}")
        _check_records([record], operation.kind)


for _operation in (AGENTS, QUEUES, TRUNKS):
    _check_list(_operation)
for _operation, _listed in ((AGENT, AGENTS), (QUEUE, QUEUES), (TRUNK, TRUNKS)):
    _check_single(_operation, _listed)


@SUITE.check(
    'Envelope `{"Error": null, "DataSet": {...}}`, keys, order, capitals, every value a string or null',
    "these two keys in this order, and no value that is a number",
)
def _envelope(requester: Requester) -> None:
    answer = expect_status(_list(requester, QUEUES), 200)
    body = answer.json()
    expect(list(body) == ["Error", "DataSet"] and body["Error"] is None, f"{list(body)}, Error {body.get('Error')!r}")
    values = [value for record in body["DataSet"]["queues"] for value in record.values()]
    others = [value for value in values if value is not None and not isinstance(value, str)]
    expect(not others, f"the value {json.dumps(others[:1])}")


@SUITE.check(
    "401 faults for no, unknown, expired and revoked tokens, and `WWW-Authenticate`",
    "`Invalid access token` without a token, `Invalid Access Token` for an unknown one, both with WWW-Authenticate",
)
def _faults(requester: Requester) -> None:
    _list(requester, AGENTS)
    path = (requester.base_path or "") + AGENTS.path
    for headers, text in (
        ({}, "Invalid access token"),
        ({"Authorization": f"Bearer {_UNKNOWN}"}, "Invalid Access Token"),
    ):
        answer = expect_status(requester.get(path, headers), 401)
        expect(answer.json()["fault"]["faultstring"] == text, answer.text)
        expect(answer.headers.get("WWW-Authenticate", "").startswith("Bearer "), "no WWW-Authenticate")


@SUITE.check("404 fault for a path that nobody owns", "ApplicationNotFound, with escaped slashes")
def _unknown_path(requester: Requester) -> None:
    answer = expect_status(requester.get("/kpn-sandbox-conformance/unknown"), 404)
    expect(answer.json()["fault"]["detail"]["errorcode"].endswith(".ApplicationNotFound"), answer.text)
    expect(r"url: \/kpn-sandbox-conformance\/unknown" in answer.text, answer.text)


@SUITE.check(
    "404 envelope for an unknown number, 400 envelope for one that is not 1 to 9 digits, 405 envelope",
    "404 and 400 with Error and DataSet null",
)
def _unknown_number(requester: Requester) -> None:
    for number, status in (("999999998", 404), ("abc", 400)):
        answer = _resource(requester, AGENT.path.replace("{Logid}", number))
        expect_status(answer, status)
        expect(answer.json()["DataSet"] is None and answer.json()["Error"], answer.text)


@SUITE.check("`api-version`, `sunset` and HSTS headers", "api-version: 1.0, sunset: n/a, Strict-Transport-Security")
def _headers(requester: Requester) -> None:
    headers = _list(requester, QUEUES).headers
    shown = {name: headers.get(name) for name in ("api-version", "sunset", "Strict-Transport-Security")}
    expect(list(shown.values())[:2] == ["1.0", "n/a"] and shown["Strict-Transport-Security"], shown)


@SUITE.check(
    "`ETag`, `If-None-Match`, `If-Match`, `HEAD`, `OPTIONS`, CORS for any origin",
    "an ETag, 304 for If-None-Match: *, 412 for an If-Match that fails, any origin",
)
def _conditional(requester: Requester) -> None:
    listed = _list(requester, TRUNKS)
    expect(listed.headers.get("ETag"), "no ETag")
    expect(listed.headers.get("Access-Control-Allow-Origin") == "*", "no Access-Control-Allow-Origin: *")
    expect_status(_resource(requester, TRUNKS.path, If_None_Match="*"), 304)
    expect_status(_resource(requester, TRUNKS.path, If_Match='"none"'), 412)
