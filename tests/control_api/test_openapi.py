"""The OpenAPI document of the control API."""

import pytest

from kpn_sandbox.control_api.openapi import document
from kpn_sandbox.control_api.operations import OPERATIONS, PREFIX, Access

DOCUMENT = document("http://127.0.0.1:8080")


def described(operation):
    return DOCUMENT["paths"][PREFIX + operation.path][operation.method.lower()]


def test_the_document_describes_every_operation():
    """The document has exactly the paths and methods of the table of operations."""
    found = {(path, method) for path, methods in DOCUMENT["paths"].items() for method in methods}

    assert found == {(PREFIX + operation.path, operation.method.lower()) for operation in OPERATIONS}


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
    clock = DOCUMENT["components"]["schemas"]["ClockWish"]

    assert (clock["required"], clock["additionalProperties"]) == (["mode"], False)
    assert clock["properties"]["mode"]["enum"] == ["running", "frozen"]
    assert clock["properties"]["speed"]["maximum"] == 3600


def test_an_answer_with_a_profile_tells_from_when_on_it_counts():
    """The header is described with both calls."""
    for method in ("get", "patch"):
        answer = DOCUMENT["paths"][f"{PREFIX}/accounts/{{id}}/profile"][method]["responses"]["200"]
        assert list(answer["headers"]) == ["X-Sandbox-Effective-From"]


def test_the_document_names_the_address_of_the_reader(client):
    """The document's server is the address that the reader used."""
    answer = client.get("/openapi/sandbox.json", headers={"Host": "sandbox.example:9000"})

    assert answer.json == document("http://sandbox.example:9000")
