"""KPN's OpenAPI document: schemas and examples as on KPN's page."""

import pytest

from kpn_sandbox.vendors.kpn.openapi import document
from kpn_sandbox.vendors.kpn.operations import OPERATIONS, STATUSES, TOKEN

from .test_schemas import SAMPLES

DOCUMENT = document("http://127.0.0.1:8080")


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.key)
def test_every_status_has_a_schema_and_an_example(operation):
    """Statuses of the operation and statuses that a client may force have a schema and an example; 304 has no body."""
    responses = DOCUMENT["paths"][operation.path][operation.method.lower()]["responses"]

    assert set(responses) == {str(status) for status in {*operation.statuses, *STATUSES}}
    for status, response in responses.items():
        if status != "304":
            assert set(response["content"]["application/json"]) == {"schema", "example"}


def test_tokens_are_fetched_with_the_grant_type_in_the_query():
    """The token URL contains the grant type, so that Authorize works as on SwaggerHub."""
    flow = DOCUMENT["components"]["securitySchemes"]["oauth2"]["flows"]["clientCredentials"]

    assert flow["tokenUrl"] == f"http://127.0.0.1:8080{TOKEN.path}?grant_type=client_credentials"


def test_the_example_of_a_token_is_kpns():
    """The example is the token of KPN's page, but for the values of the application."""
    answer = DOCUMENT["paths"][TOKEN.path]["post"]["responses"]["200"]["content"]["application/json"]

    assert answer["example"]["access_token"] == SAMPLES["token"]["access_token"]
    assert list(answer["example"]) == list(SAMPLES["token"])


def test_every_value_is_a_string_or_null():
    """The fields that may be null, and only these, say so in their type."""
    fields = DOCUMENT["components"]["schemas"]["Agent"]["properties"]

    types = {name: field["type"] for name, field in fields.items()}
    nullable = {name for name, kind in types.items() if kind == ["string", "null"]}
    assert nullable == {"Reason", "Direction", "VDN"}
    assert all(types[name] == "string" for name in types if name not in nullable)
