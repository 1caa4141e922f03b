"""The OpenAPI and Postman documents over HTTP."""

import re

import jsonschema_rs
import pytest

from kpn_sandbox.documents import ENVIRONMENT, FILES, OPENAPI, text
from tests.openapi_documents import DOCUMENTS, document, example_requests, operations, parameters, schemas


@pytest.mark.parametrize(
    ("name", "last"),
    [("bright-pattern", ["login", "logout"]), ("sandbox", ["reset", "delete_account"]), ("atobi", ["kpi"])],
)
def test_what_ends_a_login_is_last_by_tag_too(name, last):
    """Tools that send the requests of a document by tag end with those that the others would not survive."""
    described = document(name)
    tags = [tag["name"] for tag in described["tags"]]

    by_tag = sorted(operations(described), key=lambda each: tags.index(each[2]["tags"][0]))

    assert [operation["operationId"] for *_, operation in by_tag][-len(last) :] == last


def test_the_postman_files_are_listed(client):
    """The list has the URL of each Postman file on this server."""
    assert client.get("/postman/").json == {"files": [f"http://localhost/postman/{name}" for name in FILES]}


def test_the_postman_files_are_made_for_this_server(client):
    """Collection and environment contain the URL of the server that answers."""
    assert client.get(f"/postman/{FILES[0]}").text == text(FILES[0], "http://localhost")
    assert client.get(f"/postman/{ENVIRONMENT}").text == text(ENVIRONMENT, "http://localhost")


def test_a_chosen_secret_is_not_in_the_environment(start):
    """The environment contains the default secret, which is public, and no other."""
    client = start(client_id="mine", client_secret="hush-hush").test_client()

    environment = client.get(f"/postman/{ENVIRONMENT}").text

    assert '"mine"' in environment
    assert "hush-hush" not in environment


@pytest.mark.parametrize("path", ["/postman/other.json", "/postman/../setup.cfg", "/openapi/other.json", "/openapi/"])
def test_other_documents_do_not_exist(client, path):
    """Other names are 404, also those that would leave the folder."""
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/openapi/kpn.json", "/postman/"])
def test_documents_are_read_only(client, path):
    """Other methods than GET are refused with 405 as JSON."""
    answer = client.options(path)

    assert (answer.status_code, answer.headers["Content-Type"]) == (405, "application/json")


@pytest.mark.parametrize("name", OPENAPI)
def test_a_document_is_also_of_openapi_3_0(client, name):
    """`?openapi=3.0` gives the document in that version; another version is refused with those that there are."""
    old, new, other = (client.get(f"/openapi/{name}.json{query}") for query in ("?openapi=3.0", "", "?openapi=2.0"))

    assert [each.json["openapi"] for each in (old, new)] == ["3.0.3", "3.1.0"]
    assert (
        old.json == document(name, "3.0", "http://localhost") and old.json["paths"].keys() == new.json["paths"].keys()
    )
    assert (other.status_code, other.json["errors"][0]["allowed"]) == (400, "one of 3.1, 3.0")


@pytest.mark.parametrize("asked", ["3.0.3", "3.1.0"])
def test_a_version_may_have_its_third_number(client, asked):
    """A version as it stands in the document is understood."""
    assert client.get(f"/openapi/itx.json?openapi={asked}").json["openapi"] == asked


@pytest.mark.parametrize("name", OPENAPI)
def test_operations_are_in_groups_and_lead_to_the_vendor(name):
    """Each operation has one tag, which the document explains, and the document names the page that it rests on."""
    found = document(name)

    tags = {each["name"] for each in found["tags"] if each["description"]}
    assert {tag for *_, operation in operations(found) for tag in operation["tags"]} == tags
    assert all(len(operation["tags"]) == 1 for *_, operation in operations(found))
    assert found["externalDocs"]["url"].startswith("http") and found["info"]["license"]["name"]


@pytest.mark.parametrize("name", OPENAPI)
def test_schemas_are_such_that_generators_understand(name):
    """No schema is only null or a choice of one, no word is empty, twice there or the same but for its spelling."""
    for each in schemas(document(name)):
        assert each != {"type": "null"}
        assert all(len(each[key]) > 1 for key in ("anyOf", "oneOf", "allOf") if isinstance(each.get(key), list)), each
        for words in (each.get("enum"), list(each.get("properties", ()))):
            if isinstance(words, list) and "" not in each.get("properties", ()):
                plain = [re.sub("[-_ ]", "", str(word)).lower() for word in words]
                assert "" not in plain and len(set(plain)) == len(plain), words
        assert re.search(r"\\[AZz]|\(\?[PiLmsux#<]", str(each.get("pattern", ""))) is None


@pytest.mark.parametrize(("name", "version"), DOCUMENTS)
def test_every_example_fits_its_schema(name, version):
    """Each parameter and body has an example, which its schema accepts."""
    found = document(name, version)
    whole = {"components": {"schemas": found["components"]["schemas"]}} if version == "3.1" else None
    for path, method, operation in operations(found):
        bodies = operation.get("requestBody", {}).get("content", {}).values()
        for each in (*parameters(found, operation), *bodies):
            assert each["example"] is not None, (path, method, each)
            if whole:
                assert jsonschema_rs.is_valid({**each["schema"], **whole}, each["example"]), (path, method, each)


def test_if_match_is_described_and_no_parameter():
    """Tools fill in every parameter, and an If-Match that they invent is refused."""
    found = document("kpn")

    assert "If-Match" in found["info"]["description"]
    assert "If-Match" not in {
        each["name"] for *_, operation in operations(found) for each in parameters(found, operation)
    }


def test_what_ends_something_comes_last():
    """Tools send all requests in the order of the document: the log-out and the deletion of the account end it."""
    last = {name: list(operations(document(name)))[-2:] for name in ("bright-pattern", "sandbox")}

    assert [operation["operationId"] for *_, operation in last["bright-pattern"]] == ["login", "logout"]
    order = [operation["operationId"] for *_, operation in operations(document("sandbox"))]
    assert order[-2] == "delete_account" and order.index("create_account") < order.index("restore_snapshot")
    ids = {
        each["example"]
        for *_, operation in operations(document("sandbox"))
        for each in operation["parameters"]
        if each["name"] == "id"
    }
    assert ids == {"example-account"}


@pytest.mark.parametrize("name", OPENAPI)
def test_a_response_without_a_body_has_no_content_type(client, name):
    """Clients parse what has a content type, so preflights and refusals without a body have none."""
    for each in example_requests(document(name)):
        asked = client.open(each.path, method=each.method, query_string=each.query)
        preflight = client.options(
            each.path, headers={"Origin": "http://a.example", "Access-Control-Request-Method": "GET"}
        )
        for response in (asked, preflight):
            assert response.data or "Content-Type" not in response.headers, (each, response.status)
