"""
Building blocks of the Postman collections, which are made from the operations and schemas that the code answers with.

Every request tests its response, so sending a whole collection checks an API.

Source:
    schema.getpostman.com/json/collection/v2.1.0 for the form.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import NAMESPACE_URL, uuid5

ANSWER_TESTS = """\
pm.test("Status is 200", () => pm.response.to.have.status(200));
pm.test("Content-Type is application/json", () =>
    pm.expect(pm.response.headers.get("Content-Type")).to.eql("application/json"));
const body = pm.response.json();
"""


@dataclass(frozen=True)
class Collection:
    """
    The Postman collection of an API.

    Args:
        file: Name of its file.
        build: Makes its JSON.
        variables: Variables of the environment that its requests need beside the credentials, with their values.
    """

    file: str
    build: Callable[[], dict[str, Any]]
    variables: dict[str, str] = field(default_factory=dict)


def collection_of(
    file: str, name: str, description: str, auth: dict[str, Any], items: list[dict[str, Any]]
) -> dict[str, Any]:
    """
    Return the JSON of a collection.

    Args:
        file: Name of its file, from which its id follows.
        name: Name that Postman shows.
        description: Instructions for the user.
        auth: Authorization of its requests.
        items: Its requests.
    """
    return {
        "info": {
            "_postman_id": str(uuid5(NAMESPACE_URL, file)),
            "name": name,
            "description": description,
            "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json",
        },
        "auth": auth,
        "item": items,
    }


def item(name: str, method: str, url: dict[str, Any], description: str, script: str) -> dict[str, Any]:
    """Return a request with the tests of its response; the script is JavaScript."""
    return {
        "name": name,
        "request": {"method": method, "header": [], "url": url, "description": description},
        "event": [{"listen": "test", "script": {"type": "text/javascript", "exec": script.splitlines()}}],
        "response": [],
    }


def url_of(path: str, query: dict[str, str] | None = None) -> dict[str, Any]:
    """Return the URL of a path; its variables become variables of the environment."""
    path = path.replace("{", "{{").replace("}", "}}")
    query_text = "?" + "&".join(f"{key}={value}" for key, value in query.items()) if query else ""
    url: dict[str, Any] = {"raw": f"{{{{base_url}}}}{path}{query_text}", "host": ["{{base_url}}"]}
    url["path"] = path.strip("/").split("/")
    if query:
        url["query"] = [{"key": key, "value": value} for key, value in query.items()]
    return url


def variable(key: str, value: str) -> dict[str, str]:
    """Return a variable of type string."""
    return {"key": key, "value": value, "type": "string"}


def form(*names: str, **values: str) -> dict[str, Any]:
    """Return a url-encoded body: fields from variables of the environment, and fields with fixed values."""
    fields = {**{name: f"{{{{{name}}}}}" for name in names}, **values}
    return {
        "mode": "urlencoded",
        "urlencoded": [{"key": key, "value": value, "type": "text"} for key, value in fields.items()],
    }


def bearer(name: str) -> dict[str, Any]:
    """Return the authorization by an access token that is a variable of the environment."""
    return {"type": "bearer", "bearer": [variable("token", f"{{{{{name}}}}}")]}


def json_text(text: str) -> dict[str, Any]:
    """Return a raw JSON body."""
    return {"mode": "raw", "raw": text, "options": {"raw": {"language": "json"}}}
