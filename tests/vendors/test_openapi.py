"""The OpenAPI documents of all vendors: complete, consistent, and served for the URL that the reader sees."""

import json
from importlib import import_module

import pytest

from kpn_sandbox.gateway.operations import STATUSES
from kpn_sandbox.literals import hyphenated
from kpn_sandbox.vendors import APIS
from kpn_sandbox.vendors.bright_pattern.statistic_catalog import STATISTICS


@pytest.fixture(params=APIS, ids=lambda api: api.key)
def api(request):
    return request.param


@pytest.fixture
def document(api):
    return api.openapi_document("http://sandbox.test")


def references(part):
    """Every reference in a part of a document."""
    if isinstance(part, dict):
        found = [part["$ref"]] if "$ref" in part else []
        return found + [each for value in part.values() for each in references(value)]
    return [each for value in part for each in references(value)] if isinstance(part, list) else []


def test_every_operation_is_described(api, document):
    """Methods and paths are those of the operations; statuses are their own and those that can be forced."""
    described = {
        (method.upper(), path): {int(status) for status in operation["responses"]}
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    }

    expected = {(operation.method, path): operation for operation in api.operations for path in operation.paths}
    assert described.keys() == expected.keys()
    forced = {status for status in api.statuses if status in STATUSES}
    for each, operation in expected.items():
        assert {*operation.statuses, *forced} <= described[each] <= {*operation.statuses, *api.statuses}, each


def test_the_description_is_what_users_need(api, document):
    """The description is the docstring of the vendor's package, without the list of its modules."""
    package = import_module(api.__module__.rpartition(".")[0])

    sections = (package.__doc__ or "").partition("\nModules:\n")
    assert document["info"]["description"].startswith(sections[0])
    assert "Modules:" not in document["info"]["description"]


def test_every_reference_leads_somewhere(document):
    """Every reference leads to a part of the document."""
    for reference in references(document):
        place = document
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]


def test_operations_have_ids_of_their_own(document):
    """Operation ids, which generators of clients need, are unique."""
    ids = [operation["operationId"] for operations in document["paths"].values() for operation in operations.values()]

    assert len(set(ids)) == len(ids)


def test_paths_declare_their_parameters(document):
    """Each variable of a path is a parameter of its operations, and the others are not in the path."""
    for path, operations in document["paths"].items():
        variables = {part[1:-1] for part in path.split("/") if part.startswith("{")}
        for operation in operations.values():
            in_path = [each for each in operation["parameters"] if each.get("in") == "path"]
            assert {each["name"] for each in in_path} == variables


def test_the_document_is_served(client, api):
    """The document is served with an ETag, and its server is the URL that was requested."""
    path, host = f"/openapi/{hyphenated(api.key)}.json", {"Host": "sandbox.example:9000"}

    response = client.get(path, headers=host)

    assert (response.status_code, response.headers["Content-Type"]) == (200, "application/json")
    assert json.loads(response.data) == api.openapi_document("http://sandbox.example:9000")
    assert (response.json["openapi"], response.json["servers"]) == ("3.1.0", [{"url": "http://sandbox.example:9000"}])
    assert client.get(path, headers={**host, "If-None-Match": response.headers["ETag"]}).status_code == 304


def test_bright_patterns_document_lists_the_statistics():
    """The description names every statistic that can be subscribed to."""
    [api] = [api for api in APIS if api.key == "bright_pattern"]

    description = api.openapi_document("http://sandbox.test")["info"]["description"]
    assert [name for name in STATISTICS if f"`{name}`" not in description] == []


def test_itx_has_the_models_of_the_page():
    """A provider can be generated: every model of ITX's page is there, with what is mandatory."""
    [api] = [api for api in APIS if api.key == "itx"]
    schemas = api.openapi_document("http://sandbox.test")["components"]["schemas"]

    required = {name: sorted(schema.get("required", [])) for name, schema in schemas.items()}
    assert required == {
        "KpiResponseDTO": [],
        "KpiSectionDTO": ["documents", "title"],
        "KpiDocumentDTO": ["documentDate", "documentNumber"],
        "KpiStatusDTO": ["name"],
        "KpiDocumentLineDTO": ["name"],
        "KpiCustomFieldDTO": ["value"],
        "KpiNamedFieldDTO": ["name", "value"],
        "KpiExpandableDTO": ["columns"],
    }
