"""The OpenAPI and Postman documents over HTTP."""

import pytest

from kpn_sandbox.documents import ENVIRONMENT, FILES, text


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
