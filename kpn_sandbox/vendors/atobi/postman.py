"""The Postman collection of Atobi's API: a token, the sample of Atobi's page twice, and a body with a mistake."""

from typing import Any

from kpn_sandbox.gateway.postman import ANSWER_TESTS, NO_AUTH, Collection, authorization, form, item, json_body
from kpn_sandbox.vendors.atobi.operations import KPI, TOKEN

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
pm.test("The rate limit is shown", () => pm.expect(pm.response.headers.get("X-RateLimit-Limit")).to.match(/^[0-9]+$/));
"""
_AGAIN_TESTS = _TAKEN_TESTS + 'pm.test("Nothing is new", () => pm.expect(body.created).to.eql(0));\n'
_WRONG_TESTS = """\
pm.test("Status is 422", () => pm.response.to.have.status(422));
pm.test("The field is named", () =>
    pm.expect(Object.keys(pm.response.json().errors)).to.eql(["data.0.elements.0.date_to"]));
"""


def _items() -> list[dict[str, Any]]:
    # The period ends before it begins, which the OpenAPI document cannot forbid.
    backwards = {**_element(1, "device_sales", "100"), "date_to": "2019-09-09 13:09:23"}
    wrong = _body([{"user_id": "123", "elements": [backwards]}])
    return [
        _token(),
        _send(KPI.name, _SAMPLE, ANSWER_TESTS + _TAKEN_TESTS),
        _send(f"{KPI.name} again", _SAMPLE, ANSWER_TESTS + _AGAIN_TESTS),
        _send(f"{KPI.name} with a mistake", wrong, _WRONG_TESTS),
    ]


def _token() -> dict[str, Any]:
    made = item(TOKEN, ANSWER_TESTS + _TOKEN_TESTS)
    made["request"]["auth"] = NO_AUTH
    made["request"]["body"] = form("client_id", "client_secret", grant_type="client_credentials")
    return made


def _send(name: str, body: dict[str, Any], script: str) -> dict[str, Any]:
    made = item(KPI, script, name=name)
    made["request"]["header"] = [{"key": key, "value": "application/json"} for key in ("Accept", "Content-Type")]
    made["request"]["body"] = json_body(body)
    return made


def _body(data: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "{{atobi_type}}", "version": "1.0.0", "context": "sales", "data": data}


def _element(number: int, kpi: str, value: str, units: str = "Points") -> dict[str, Any]:
    at = "2019-09-10 13:09:23"
    figure = {"id": number, "kpi": kpi, "object_type": "number", "value": value, "units": units}
    return {**figure, "timestamp": at, "date_from": at, "date_to": at}


# The sample of the page, with the account's own type.
_SAMPLE = _body(
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

COLLECTION = Collection(
    file="atobi-kpi-integration.postman_collection.json",
    name="Atobi KPI integration",
    auth=authorization("bearer", token="{{atobi_token}}"),
    items=_items,
    variables={"atobi_token": "", "api_version": "v1", "atobi_type": "kpi"},
)
