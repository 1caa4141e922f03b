"""
Atobi's collection.

A token, the sample of Atobi's page, the same again, and a body that is refused.
"""

import json
from typing import Any

from kpn_sandbox.gateway.operations import Operation
from kpn_sandbox.gateway.postman import ANSWER_TESTS, Collection, bearer, collection_of, form, item, json_text, url_of
from kpn_sandbox.vendors.atobi.operations import KPI, TOKEN

NAME = "Atobi KPI integration"
_FILE = "atobi-kpi-integration.postman_collection.json"
_VARIABLES = {"atobi_token": "", "api_version": "v1", "atobi_type": "kpi"}

_TOKEN_TESTS = """\
pm.test("Token is a bearer token for an hour", () => {
    pm.expect(body.token_type).to.eql("Bearer");
    pm.expect(body.expires_in).to.eql(3600);
    pm.expect(body.access_token).to.be.a("string");
});
pm.environment.set("atobi_token", body.access_token);
"""
_TAKEN_TESTS = """\
pm.test("All of it was taken", () => {
    pm.expect(body.status).to.eql("success");
    pm.expect(body.received).to.eql(6);
    pm.expect(body.created + body.updated).to.eql(6);
});
pm.test("The throttle is told", () => pm.expect(pm.response.headers.get("X-RateLimit-Limit")).to.match(/^[0-9]+$/));
"""
_AGAIN_TESTS = _TAKEN_TESTS + 'pm.test("Nothing is new", () => pm.expect(body.created).to.eql(0));\n'
_REFUSED_TESTS = """\
pm.test("Status is 422", () => pm.response.to.have.status(422));
pm.test("The field is named", () =>
    pm.expect(Object.keys(pm.response.json().errors)).to.eql(["data.0.elements.0.value"]));
"""


def _collection() -> dict[str, Any]:
    """The collection: a request for each operation, with its tests."""
    description = "Select the environment of the sandbox, then send the requests in their order."
    wrong = _body([{"user_id": "123", "elements": [_element(1, "device_sales", "many")]}])
    items = [
        _token(),
        _send(KPI.name, SAMPLE, ANSWER_TESTS + _TAKEN_TESTS),
        _send(f"{KPI.name} again", SAMPLE, ANSWER_TESTS + _AGAIN_TESTS),
        _send(f"{KPI.name} with a mistake", wrong, _REFUSED_TESTS),
    ]
    return collection_of(_FILE, NAME, description, bearer("atobi_token"), items)


def _token() -> dict[str, Any]:
    made = item(TOKEN.name, TOKEN.method, url_of(TOKEN.path), _description(TOKEN), ANSWER_TESTS + _TOKEN_TESTS)
    made["request"]["auth"] = {"type": "noauth"}
    made["request"]["body"] = form("client_id", "client_secret", grant_type="client_credentials")
    return made


def _send(name: str, body: dict[str, Any], script: str) -> dict[str, Any]:
    made = item(name, KPI.method, url_of(KPI.path), _description(KPI), script)
    made["request"]["header"] = [{"key": key, "value": "application/json"} for key in ("Accept", "Content-Type")]
    made["request"]["body"] = json_text(json.dumps(body, indent=2))
    return made


def _body(data: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "{{atobi_type}}", "version": "1.0.0", "context": "sales", "data": data}


def _element(number: int, kpi: str, value: str, units: str = "Points") -> dict[str, Any]:
    at = "2019-09-10 13:09:23"
    told = {"id": number, "kpi": kpi, "object_type": "number", "value": value, "units": units}
    return {**told, "timestamp": at, "date_from": at, "date_to": at}


def _description(operation: Operation) -> str:
    return f"{operation.summary}\n\nSource: {operation.source} ({operation.label})."


SAMPLE = _body(
    [
        {
            "user_id": "123",
            "location_id": "321",
            "elements": [
                _element(1, "device_sales", "100", "Devices sold"),
                _element(2, "bonuses", "150.00", "Bonus earned"),
            ],
        },
        {"user_id": "89", "elements": [_element(3, "points", "100"), _element(4, "profit", "250.00", "Eur")]},
        {
            "location_id": "3",
            "elements": [_element(5, "points", "100"), _element(6, "experience", "150.00", "Experience")],
        },
    ]
)
"""The sample of the page, with the account's own type."""


COLLECTION = Collection(_FILE, _collection, _VARIABLES)
