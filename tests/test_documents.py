"""The documents that the sandbox serves about itself."""

import pytest

from kpn_sandbox.documents import ENVIRONMENT, FILES, text


def test_the_postman_files_are_listed(client):
    """With their addresses on this server."""
    assert client.get("/postman/").json == {"files": [f"http://localhost/postman/{name}" for name in FILES]}


def test_the_postman_files_are_made_for_this_server(client):
    """The environment leads back to the server that was asked."""
    assert client.get(f"/postman/{FILES[0]}").text == text(FILES[0], "http://localhost")
    assert client.get(f"/postman/{ENVIRONMENT}").text == text(ENVIRONMENT, "http://localhost")


def test_a_chosen_secret_is_not_told(start):
    """Only the secret that everybody knows stands in the environment."""
    client = start(client_id="mine", client_secret="hush-hush").test_client()

    environment = client.get(f"/postman/{ENVIRONMENT}").text

    assert '"mine"' in environment
    assert "hush-hush" not in environment


@pytest.mark.parametrize("path", ["/postman/other.json", "/postman/../setup.cfg", "/openapi/other.json", "/openapi/"])
def test_other_documents_do_not_exist(client, path):
    """Nothing else is read from anywhere."""
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/openapi/kpn.json", "/postman/"])
def test_documents_are_read_only(client, path):
    """Other methods are refused as JSON."""
    answer = client.options(path)

    assert (answer.status_code, answer.headers["Content-Type"]) == (405, "application/json")
