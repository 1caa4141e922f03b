"""
Checks of the APIs of Kaisa, Atobi and ITX. No customer is changed, and no figures are sent in.
"""

import json
import re
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

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
)
from kpn_sandbox.itx_check.caller import panel_url
from kpn_sandbox.itx_check.rules import Severity, check_panel
from kpn_sandbox.vendors.atobi import operations as atobi
from kpn_sandbox.vendors.atobi.api import AtobiApi
from kpn_sandbox.vendors.itx.api import ItxApi
from kpn_sandbox.vendors.kaisa import operations as kaisa
from kpn_sandbox.vendors.kaisa.api import KaisaApi
from kpn_sandbox.vendors.kaisa.records import DATASETS
from kpn_sandbox.vendors.kaisa.schemas import dataset_schema

KAISA = CheckSuite(
    KaisaApi,
    {
        INSIDE: ("",),
        CHANGES: ("POST ", "PUT ", "What POST"),
        OWN: ("An open widgets", "404 in Kaisa's shape"),
        "a nonce would have to grow old": ("MD5",),
    },
)


def _asked(requester: Requester, path: str) -> Response:
    return requester.once(path, lambda: requester.digest(path))


def _widget(requester: Requester, **query: str) -> Any:
    answer = expect_status(_asked(requester, f"{kaisa.WIDGETS.path}?{urlencode(query)}"), 200)
    body = answer.json()
    expect(body["dataset"] == query["type"] and body["datasources"][0]["datasource"] == 0, answer.text)
    return body["datasources"][0]["data"]


@KAISA.check("HTTP Digest", "401 without credentials, 200 with a digest")
def _digest(requester: Requester) -> None:
    expect_status(requester.get(kaisa.CUSTOMERS.path), 401)
    expect_status(_asked(requester, f"{kaisa.CUSTOMERS.path}?pagesize=1"), 200)


@KAISA.check('Refusals as `{"errors": [text, ...]}`, 401 without a body', "errors for a type that does not exist")
def _kaisa_errors(requester: Requester) -> None:
    refused = expect_status(requester.get(kaisa.CUSTOMERS.path), 401)
    expect(refused.content == b"", f"a 401 with {refused.text}")
    answer = expect_status(requester.digest(f"{kaisa.WIDGETS.path}?type=nothing"), 400)
    expect(isinstance(answer.json()["errors"], list), answer.text)


@KAISA.check(kaisa.PING, '200 with {"ping": "ok"}')
def _ping(requester: Requester) -> None:
    answer = expect_status(_asked(requester, kaisa.PING.path), 200)
    expect(answer.json()["ping"] == "ok", answer.text)


@KAISA.check(kaisa.CUSTOMERS, "200 with customers, whose values are strings, and total")
def _customers(requester: Requester) -> None:
    answer = expect_status(_asked(requester, f"{kaisa.CUSTOMERS.path}?pagesize=1"), 200)
    expect("total" in answer.json(), answer.text)
    for each in answer.json()["customers"]:
        expect(all(value is None or isinstance(value, str) for value in each.values()), json.dumps(each))


@KAISA.check(kaisa.CUSTOMER, "200 with a list of the one that was asked for")
def _customer(requester: Requester) -> None:
    listed = _asked(requester, f"{kaisa.CUSTOMERS.path}?pagesize=1").json()["customers"]
    if not listed:
        raise NotTried("there are no customers")
    answer = expect_status(_asked(requester, f"{kaisa.CUSTOMERS.path}/{listed[0]['customer_id']}"), 200)
    expect([each["customer_id"] for each in answer.json()["customers"]] == [listed[0]["customer_id"]], answer.text)


@KAISA.check("Paging: `page` from 0, `pagesize` up to 1000", "two different pages of one customer each")
def _paging(requester: Requester) -> None:
    pages = [_asked(requester, f"{kaisa.CUSTOMERS.path}?page={page}&pagesize=1") for page in (0, 1)]
    for page, answer in enumerate(pages):
        expect_status(answer, 200)
        expect((answer.json()["page"], answer.json()["pagesize"]) == (page, 1), answer.text)
    if pages[0].json()["total"] < 2:
        raise NotTried("there are less than two customers")
    expect(pages[0].json()["customers"] != pages[1].json()["customers"], "the same customer on both pages")


@KAISA.check(kaisa.WIDGETS, "200 with dataset, datasources and data")
def _widgets(requester: Requester) -> None:
    _widget(requester, type="call_totals")


@KAISA.check("The eleven types, their frame, and the JSON type of each value", "strings and integers as on the page")
def _types(requester: Requester) -> None:
    for name in DATASETS:
        answer = expect_status(_asked(requester, f"{kaisa.WIDGETS.path}?type={name}"), 200)
        wrong = dataset_schema(name)().validate(answer.json())
        expect(not wrong, f"{name}: {json.dumps(wrong)}")


def _finished_day(requester: Requester) -> dict[str, str]:
    day = _widget(requester, type="calls_per_day")[0]["name"]
    return {"from_date": day, "to_date": day}


@KAISA.check(
    "`customer_id` 0 or empty means all customers; unknown parameters are ignored", "the same figure for all three"
)
def _all_customers(requester: Requester) -> None:
    day = _finished_day(requester)
    more: tuple[dict[str, str], ...] = ({}, {"customer_id": "0", "datasources": "0"}, {"customer_id": ""})
    found = {_widget(requester, type="call_totals", **day, **each) for each in more}
    expect(len(found) == 1, f"the figures {', '.join(sorted(found))}")


@KAISA.check("A customer whom nobody knows has no calls: 200 with zeros", '"0" for customer 1')
def _unknown_customer(requester: Requester) -> None:
    data = _widget(requester, type="call_totals", customer_id="1", **_finished_day(requester))
    expect(data == "0", f"{data!r}")


@KAISA.check(
    "Buckets from two minutes on; empty buckets left out, `missed` always there", "missed first, with a warning value"
)
def _buckets(requester: Requester) -> None:
    rows = _widget(requester, type="call_length_distribution", **_finished_day(requester))
    expect(rows[0]["name"] == "missed" and rows[0]["isWarningValue"] is True, json.dumps(rows[0]))


@KAISA.check(
    "Each path also below a version, `/2.4.9/customers`, which may be any and changes nothing", "200 below /2.4.9"
)
def _version(requester: Requester) -> None:
    if kaisa.VERSION.fullmatch(urlsplit(requester.url).path):
        raise NotTried("the URL names the version already")
    expect_status(requester.digest(f"/2.4.9{kaisa.PING.path}"), 200)


ATOBI = CheckSuite(
    AtobiApi,
    {
        "figures would be stored": ("",),
        "the rate limit would have to be used up": ("180 requests",),
        INSIDE: ("`X-RateLimit-`",),
    },
)


def _atobi_token(requester: Requester) -> Response:
    form = {**GRANT, **requester.credentials, "scope": "kpi"}
    return requester.once("token", lambda: requester.post(atobi.TOKEN.path, form))


def _issued(answer: Response) -> None:
    expect_status(answer, 200)
    expect(answer.json()["access_token"], "no access token")


@ATOBI.check(atobi.TOKEN, "200 with access_token")
def _atobi_issues(requester: Requester) -> None:
    _issued(_atobi_token(requester))


@ATOBI.check("Token answer: Bearer, 3600 seconds as an integer, scope as asked for", "Bearer, an integer")
def _atobi_body(requester: Requester) -> None:
    answer = _atobi_token(requester)
    _issued(answer)
    expect(answer["token_type"] == "Bearer", answer["token_type"])
    expect(type(answer["expires_in"]) is int, f"expires_in {answer['expires_in']!r}")


@ATOBI.check("`grant-type` and `application/x-www-urlencoded` as printed", "200 for the form of the page")
def _atobi_printed(requester: Requester) -> None:
    form = {"grant-type": "client_credentials", **requester.credentials}
    _issued(requester.post(atobi.TOKEN.path, form, {"Content-Type": "application/x-www-urlencoded"}))


@ATOBI.check("`grant_type`, form-encoded, HTTP Basic, JSON", "200 for HTTP Basic and for JSON")
def _atobi_others(requester: Requester) -> None:
    _issued(requester.post(atobi.TOKEN.path, GRANT, requester.basic))
    body = json.dumps({**GRANT, **requester.credentials}).encode()
    _issued(requester.post(atobi.TOKEN.path, body, {"Content-Type": "application/json"}))


@ATOBI.check("Refusals of the token endpoint: `error`, `error_description`, `message`", "all three of a 401")
def _atobi_token_error(requester: Requester) -> None:
    answer = expect_status(requester.post(atobi.TOKEN.path, {**GRANT, **NOBODY}), 401)
    expect(answer.json()["error"] == "invalid_client", answer.text)
    expect(set(answer) >= {"error", "error_description", "message"}, answer.text)


@ATOBI.check("Of a repeated field of a token request the last value counts", "200 if the last value is right")
def _atobi_repeated(requester: Requester) -> None:
    pairs = [*GRANT.items(), *NOBODY.items(), *requester.credentials.items()]
    _issued(requester.post(atobi.TOKEN.path, pairs))


@ATOBI.check("`Cache-Control: no-store` on tokens and refusals of tokens", "Cache-Control: no-store on both")
def _atobi_no_store(requester: Requester) -> None:
    check_no_store(_atobi_token(requester), requester.post(atobi.TOKEN.path, {**GRANT, **NOBODY}))


@ATOBI.check(
    'The body itself, `{"status": "success", ...}`, and `"status": "error"` in refusals', "status: error of a 401"
)
def _atobi_status(requester: Requester) -> None:
    answer = requester.post(atobi.KPI.path.replace("{api_version}", "v1"), b"{}", {"Content-Type": "application/json"})
    expect_status(answer, 401)
    expect(answer.json()["status"] == "error", answer.text)


ITX = CheckSuite(
    ItxApi, {"it needs more than one identifier of a customer": ("Primary key", "All kinds"), OWN: ("`Cache-Control",)}
)


def _panel(requester: Requester, customer_id: str | None, **changed: str) -> Response:
    """Request a panel; `changed` are other values of the fixed parameters of the URL."""
    parts = urlsplit(requester.url)
    query = {**dict(parse_qsl(parts.query, keep_blank_values=True)), **changed}
    for name, value in query.items():
        # Which of the fixed parameters are secrets only the provider knows; a short one is none.
        if name not in changed and len(value) >= 6:
            requester.hide(value)
    url = urlunsplit(parts._replace(query=urlencode({each: query[each] for each in query if each != "customerId"})))
    target = url if customer_id is None else panel_url(url, customer_id)
    return requester.once(target, lambda: requester.get(target))


def _known(requester: Requester) -> Response:
    if not requester.customer_id:
        raise NotTried("no customer is given: --customer-id")
    return _panel(requester, requester.customer_id)


@ITX.check("GET /rest/kpi", "200 with sections, for a customer whom the provider knows")
def _itx(requester: Requester) -> None:
    answer = expect_status(_known(requester), 200)
    expect(answer.json()["sections"], "no sections")


@ITX.check(
    "GET with `customerId`; sections, documents, lines, fields, expandable fields, color codes, dates",
    "a panel that breaks none of the page's rules",
)
def _itx_rules(requester: Requester) -> None:
    answer = expect_status(_known(requester), 200)
    _, findings = check_panel(answer.content)
    errors = [str(finding) for finding in findings if finding.severity is Severity.ERROR]
    expect(not errors, "; ".join(errors[:2]))


@ITX.check("A customer whom nobody knows: 200, empty sections, `No data available`", "200, and no documents")
def _itx_unknown(requester: Requester) -> None:
    answer = expect_status(_panel(requester, "kpn-sandbox-conformance"), 200)
    expect(not any(section["documents"] for section in answer.json().get("sections", ())), answer.text)


@ITX.check("A fixed `token` in the URL, 401 without", "401 for another token")
def _itx_token(requester: Requester) -> None:
    if "token=" not in urlsplit(requester.url).query:
        raise NotTried("the URL has no token")
    expect_status(_panel(requester, "1", token="unknown"), 401)


@ITX.check("400 without `customerId`, refusals as a panel with one section", "400 with sections")
def _itx_missing(requester: Requester) -> None:
    answer = expect_status(_panel(requester, None), 400)
    expect(len(answer.json()["sections"]) == 1, answer.text)


@ITX.check("`amount` a JSON number with two decimals", "two decimals")
def _itx_amounts(requester: Requester) -> None:
    answer = expect_status(_known(requester), 200)
    amounts = re.findall(r'"amount": ?([^,}]+)', answer.text)
    expect(all(re.fullmatch(r"-?[0-9]+\.[0-9]{2}", each) for each in amounts), f"the amounts {', '.join(amounts[:3])}")


@ITX.check("Orders, invoices, credit notes and contacts, newest first, 20 of each at most", "newest first")
def _itx_order(requester: Requester) -> None:
    answer = expect_status(_known(requester), 200)
    for section in answer.json()["sections"]:
        dates = [document["documentDate"] for document in section["documents"]]
        expect(dates == sorted(dates, reverse=True), f"{section['title']} in another order")
