"""The OpenAPI documents of Kaisa, Atobi and ITX: complete, and true of what is answered."""

import json

import pytest

from kpn_sandbox.documents import openapi_document
from kpn_sandbox.gateway.operations import STATUSES
from kpn_sandbox.vendors.atobi.operations import OPERATIONS as ATOBI
from kpn_sandbox.vendors.itx.operations import OPERATIONS as ITX
from kpn_sandbox.vendors.kaisa.operations import OPERATIONS as KAISA

APIS = {"kaisa": KAISA, "atobi": ATOBI, "itx": ITX}


@pytest.fixture(params=APIS)
def api(request):
    return request.param


@pytest.fixture
def document(api):
    return openapi_document(api, "http://sandbox.test")


def references(part):
    """Every reference in a part of a document."""
    if isinstance(part, dict):
        found = [part["$ref"]] if "$ref" in part else []
        return found + [each for value in part.values() for each in references(value)]
    return [each for value in part for each in references(value)] if isinstance(part, list) else []


def test_every_operation_is_described(api, document):
    """Methods, paths and statuses are those of the operations."""
    described = {
        (method.upper(), path): set(operation["responses"])
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    }

    expected = {
        (operation.method, path): {str(status) for status in {*operation.statuses, *STATUSES}}
        for operation in APIS[api]
        for path in operation.paths
    }
    assert described == expected


def test_every_reference_leads_somewhere(document):
    """Nothing is referred to that is not described."""
    for reference in references(document):
        place = document
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]


def test_operations_have_ids_of_their_own(document):
    """A generator of clients needs them."""
    ids = [operation["operationId"] for operations in document["paths"].values() for operation in operations.values()]

    assert len(set(ids)) == len(ids)


def test_paths_declare_their_parameters(document):
    """Each variable of a path is a parameter of its operations, and the others are not in the path."""
    for path, operations in document["paths"].items():
        variables = {part[1:-1] for part in path.split("/") if part.startswith("{")}
        for operation in operations.values():
            told = [each for each in operation["parameters"] if each.get("in") == "path"]
            assert {each["name"] for each in told} == variables


def test_the_document_is_served(client, api):
    """With an ETag, for the URL at which the reader sees it."""
    response = client.get(f"/openapi/{api}.json")

    told = json.loads(response.data)
    assert (response.status_code, told["openapi"], told["servers"]) == (200, "3.1.0", [{"url": "http://localhost"}])
    again = client.get(f"/openapi/{api}.json", headers={"If-None-Match": response.headers["ETag"]})
    assert again.status_code == 304


def test_itx_has_the_models_of_the_page():
    """A provider can be generated: every model of ITX's page is there, with what is mandatory."""
    schemas = openapi_document("itx", "http://sandbox.test")["components"]["schemas"]

    required = {name: sorted(schema.get("required", [])) for name, schema in schemas.items()}
    del required["Refusal"]
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
