"""The OpenAPI document of the control API."""

import re
from datetime import date

import jsonschema_rs
import pytest

from kpn_sandbox.control_api.fields import DateField
from kpn_sandbox.control_api.openapi import document
from kpn_sandbox.control_api.operations import OPERATIONS, PREFIX, Access
from kpn_sandbox.simulation.calendar import FIRST_DATE, LAST_DATE

DOCUMENT = document("http://127.0.0.1:8080")


def described(operation):
    return DOCUMENT["paths"][PREFIX + operation.path][operation.method.lower()]


def test_the_document_describes_every_operation():
    """The document has the paths and methods of the table of operations, and the figures for Prometheus beside them."""
    found = {(path, method) for path, methods in DOCUMENT["paths"].items() for method in methods}

    table = {(PREFIX + operation.path, operation.method.lower()) for operation in OPERATIONS}
    assert found == {*table, ("/metrics", "get")}


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.key)
def test_an_operation_is_described_in_full(operation):
    """The document names each operation's statuses, bodies and credentials; its errors are problem documents."""
    entry = described(operation)

    assert set(entry["responses"]) == {str(status) for status in operation.statuses}
    for status, response in entry["responses"].items():
        kinds = set(response.get("content", ()))
        assert kinds == ({"application/problem+json"} if int(status) >= 300 else {"application/json"} & kinds)
    assert ("requestBody" in entry) == operation.takes_body
    assert (entry["security"] == []) == (operation.access is Access.OPEN)


def test_bodies_are_described_with_types_and_ranges():
    """The schema of a body has types, ranges and no further fields, so generated clients send no wrong one."""
    clock = DOCUMENT["components"]["schemas"]["ClockRequest"]

    assert (clock["required"], clock["additionalProperties"]) == (["mode"], False)
    assert clock["properties"]["mode"]["enum"] == ["running", "frozen"]
    assert clock["properties"]["speed"]["exclusiveMinimum"] == 0
    assert clock["properties"]["speed"]["maximum"] == 3600


RIGHT_AND_WRONG = [
    ("ClockRequest", {"mode": "running", "speed": 60}, {"mode": "frozen", "speed": 60}),
    (
        "ClockRequest",
        {"mode": "frozen", "at": "2000-02-29T00:00:00Z"},
        {"mode": "frozen", "at": "2100-02-29T00:00:00Z"},
    ),
    ("ScenarioRequest", {"name": "peak", "for_seconds": 0.5}, {"name": "peak", "for_seconds": 0}),
    ("NewAccountRequest", {"client_id": "a.b", "profile": {"agents": 8}}, {"client_id": ".."}),
    ("NewAccountRequest", {"profile": {"queues": [{"name": "a"}]}}, {"profile": {"queues": []}}),
    ("ProfilePatch", {"outages": [{"trunk": 1}], "load": None}, {"outages": {}}),
    ("FaultRequest", {"api": "kpn", "outcomes": [503, "drip"]}, {"api": "kpn", "outcomes": [503], "probability": 0.5}),
    (
        "FaultRequest",
        {"api": "bright_pattern", "outcomes": [200]},
        {"api": "kpn", "operation": "data", "outcomes": [200]},
    ),
    ("FaultRequest", {"api": "kpn", "key": 40001, "outcomes": [503]}, {"api": "kpn", "key": -1, "outcomes": [503]}),
    (
        "FaultRequest",
        {"api": "kpn", "operation": None, "key": None, "outcomes": "reset"},
        {"api": "kpn", "outcomes": "rest"},
    ),
    ("PinRequest", {"fields": {}, "expires_at": None, "reads": None}, {"fields": {}, "reads": 0}),
    ("OutcomeRequest", {"status": 503, "headers": {"Te-x": "a"}}, {"status": 503, "headers": {"tE": "a"}}),
    ("OutcomeRequest", {"connection": "reset"}, {"connection": "reset", "status": 503}),
    ("RevokeRequest", {"token": "a"}, {"token": ""}),
]


@pytest.mark.parametrize(("name", "right", "wrong"), RIGHT_AND_WRONG)
def test_the_document_knows_what_the_checks_know(name, right, wrong):
    """The schema of a body accepts and refuses what the server does, fields that go together among them."""
    schema = {"$ref": f"#/components/schemas/{name}", "components": DOCUMENT["components"]}

    assert jsonschema_rs.is_valid(schema, right)
    assert not jsonschema_rs.is_valid(schema, wrong)


def test_days_of_the_document_are_those_of_a_center():
    """The pattern of a date has each day of the years of a center, and no other."""
    pattern = DateField().json_schema["pattern"]
    first, last = FIRST_DATE.toordinal(), LAST_DATE.toordinal()

    days = {date.fromordinal(number).isoformat() for number in range(first, last + 1)}
    texts = [f"{y}-{m:02}-{d:02}" for y in range(1999, 2102) for m in range(14) for d in range(33)]

    assert {text for text in texts if re.fullmatch(pattern, text)} == days


def test_an_answer_with_a_profile_tells_from_when_on_it_counts():
    """The header is described with both calls."""
    for method in ("get", "patch"):
        answer = DOCUMENT["paths"][f"{PREFIX}/accounts/{{id}}/profile"][method]["responses"]["200"]
        assert list(answer["headers"]) == ["X-Sandbox-Effective-From"]


def test_the_document_names_the_address_of_the_reader(client):
    """The document's server is the address that the reader used."""
    answer = client.get("/openapi/sandbox.json", headers={"Host": "sandbox.example:9000"})

    assert answer.json == document("http://sandbox.example:9000")
