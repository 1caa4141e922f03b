"""The OpenAPI document."""

import json

import pytest

from kpn_sandbox.vendors.kpn.openapi import document
from kpn_sandbox.vendors.kpn.operations import OPERATIONS, STATUSES, TOKEN

from .test_schemas import SAMPLES

DOCUMENT = document("http://127.0.0.1:8080")


def test_it_describes_every_operation_and_no_other():
    """Paths and methods are those of the table."""
    described = {(path, method) for path, methods in DOCUMENT["paths"].items() for method in methods}

    assert DOCUMENT["openapi"] == "3.1.0"
    assert described == {(operation.path, operation.method.lower()) for operation in OPERATIONS}


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.key)
def test_it_tells_every_status(operation):
    """What it answers by itself and what it can be told to answer, each with a schema and an example."""
    responses = DOCUMENT["paths"][operation.path][operation.method.lower()]["responses"]

    assert set(responses) == {str(status) for status in {*operation.statuses, *STATUSES}}
    for status, response in responses.items():
        if status != "304":
            assert set(response["content"]["application/json"]) == {"schema", "example"}


def test_tokens_are_fetched_with_the_grant_type_in_the_query():
    """So that Authorize works as on SwaggerHub."""
    flow = DOCUMENT["components"]["securitySchemes"]["oauth2"]["flows"]["clientCredentials"]

    assert flow["tokenUrl"] == f"http://127.0.0.1:8080{TOKEN.path}?grant_type=client_credentials"


def test_its_examples_are_kpn_s():
    """The token as printed on KPN's page but for the application's own values."""
    answer = DOCUMENT["paths"][TOKEN.path]["post"]["responses"]["200"]["content"]["application/json"]

    assert answer["example"]["access_token"] == SAMPLES["token"]["access_token"]
    assert list(answer["example"]) == list(SAMPLES["token"])


def test_every_reference_leads_somewhere():
    """No dangling reference."""

    def references(node):
        if isinstance(node, dict):
            yield from ([node["$ref"]] if "$ref" in node else [])
            node = list(node.values())
        if isinstance(node, list):
            for each in node:
                yield from references(each)

    for reference in references(DOCUMENT):
        found = DOCUMENT
        for name in reference.removeprefix("#/").split("/"):
            found = found[name]


def test_every_value_is_a_string_or_null():
    """Where null may be, and only there, the type says so."""
    fields = DOCUMENT["components"]["schemas"]["Agent"]["properties"]

    types = {name: field["type"] for name, field in fields.items()}
    nullable = {name for name, kind in types.items() if kind == ["string", "null"]}
    assert nullable == {"Reason", "Direction", "VDN"}
    assert all(types[name] == "string" for name in types if name not in nullable)


def test_it_is_served_for_the_reader_s_own_address(client):
    """The server is the one that was asked, and the document has a tag."""
    answer = client.get("/openapi/kpn.json", headers={"Host": "sandbox.example:9000"})

    assert answer.headers["Content-Type"] == "application/json"
    assert json.loads(answer.data) == document("http://sandbox.example:9000")
    again = {"Host": "sandbox.example:9000", "If-None-Match": answer.headers["ETag"]}
    assert client.get("/openapi/kpn.json", headers=again).status_code == 304
