"""The OpenAPI document of the control API."""

import pytest

from kpn_sandbox.control_api.openapi import document
from kpn_sandbox.control_api.operations import OPERATIONS, PREFIX, Access

DOCUMENT = document("http://127.0.0.1:8080")


def described(operation):
    return DOCUMENT["paths"][PREFIX + operation.path][operation.method.lower()]


def test_it_describes_every_operation_and_no_other():
    """Paths and methods are those of the table."""
    found = {(path, method) for path, methods in DOCUMENT["paths"].items() for method in methods}

    assert found == {(PREFIX + operation.path, operation.method.lower()) for operation in OPERATIONS}


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.key)
def test_an_operation_tells_statuses_bodies_and_who_may(operation):
    """Refusals are problems, and what is open asks for no credentials."""
    told = described(operation)

    assert set(told["responses"]) == {str(status) for status in operation.statuses}
    for status, response in told["responses"].items():
        kinds = set(response.get("content", ()))
        assert kinds == ({"application/problem+json"} if int(status) >= 300 else {"application/json"} & kinds)
    assert ("requestBody" in told) == operation.takes_body
    assert (told["security"] == []) == (operation.access is Access.OPEN)


def test_bodies_tell_types_ranges_and_that_nothing_else_may_stand_there():
    """So that a generated client cannot say what is refused."""
    clock = DOCUMENT["components"]["schemas"]["ClockWish"]

    assert (clock["required"], clock["additionalProperties"]) == (["mode"], False)
    assert clock["properties"]["mode"]["enum"] == ["running", "frozen"]
    assert clock["properties"]["speed"]["maximum"] == 3600


def test_an_answer_with_a_profile_tells_from_when_on_it_counts():
    """The header is described with both calls."""
    for method in ("get", "patch"):
        answer = DOCUMENT["paths"][f"{PREFIX}/accounts/{{id}}/profile"][method]["responses"]["200"]
        assert list(answer["headers"]) == ["X-Sandbox-Effective-From"]


def test_it_is_served_for_the_reader_s_own_address(client):
    """Beside the vendor's."""
    answer = client.get("/openapi/sandbox.json", headers={"Host": "sandbox.example:9000"})

    assert answer.json == document("http://sandbox.example:9000")
