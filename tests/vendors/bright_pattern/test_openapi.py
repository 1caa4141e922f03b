"""The OpenAPI document is about what the application does."""

import json

from kpn_sandbox.vendors.bright_pattern.operations import OPERATIONS
from kpn_sandbox.vendors.bright_pattern.statistic_catalog import STATISTICS


def test_the_document_has_every_operation(client):
    """Operations, statistics and the server's own address stand in it."""
    document = client.get("/openapi/bright-pattern.json", base_url="http://sandbox.test:81").json

    told = {(method.upper(), path) for path, item in document["paths"].items() for method in item}
    assert told == {(operation.method, operation.path) for operation in OPERATIONS}
    assert document["servers"] == [{"url": "http://sandbox.test:81"}]
    assert all(f"`{name}`" in document["info"]["description"] for name in STATISTICS)


def test_references_lead_somewhere(client):
    """Every schema that is referred to is there."""
    document = client.get("/openapi/bright-pattern.json").json
    text = json.dumps(document)

    referred = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert referred <= set(document["components"]["schemas"])
