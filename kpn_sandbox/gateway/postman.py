"""What all collections are made of."""

from typing import Any
from uuid import NAMESPACE_URL, uuid5

ANSWER_TESTS = """\
pm.test("Status is 200", () => pm.response.to.have.status(200));
pm.test("Content-Type is application/json", () =>
    pm.expect(pm.response.headers.get("Content-Type")).to.eql("application/json"));
const body = pm.response.json();
"""


def collection_of(
    file: str, name: str, description: str, auth: dict[str, Any], items: list[dict[str, Any]]
) -> dict[str, Any]:
    """
    A collection.

    Args:
        file: The name of its file, from which its id follows.
        name: What it is called.
        description: What to do with it.
        auth: How its requests show who sends them.
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
    """A request with the tests of its answer."""
    return {
        "name": name,
        "request": {"method": method, "header": [], "url": url, "description": description},
        "event": [{"listen": "test", "script": {"type": "text/javascript", "exec": script.splitlines()}}],
        "response": [],
    }


def url_of(path: str, query: dict[str, str] | None = None) -> dict[str, Any]:
    """The URL of a path, whose variables are those of the environment."""
    path = path.replace("{", "{{").replace("}", "}}")
    asked = "?" + "&".join(f"{key}={value}" for key, value in query.items()) if query else ""
    url: dict[str, Any] = {"raw": f"{{{{base_url}}}}{path}{asked}", "host": ["{{base_url}}"]}
    url["path"] = path.strip("/").split("/")
    if query:
        url["query"] = [{"key": key, "value": value} for key, value in query.items()]
    return url


def variable(key: str, value: str) -> dict[str, str]:
    """A named text."""
    return {"key": key, "value": value, "type": "string"}


def form(*names: str, **values: str) -> dict[str, Any]:
    """A url-encoded body of variables of the environment and of fixed values."""
    fields = {**{name: f"{{{{{name}}}}}" for name in names}, **values}
    return {
        "mode": "urlencoded",
        "urlencoded": [{"key": key, "value": value, "type": "text"} for key, value in fields.items()],
    }


def bearer(name: str) -> dict[str, Any]:
    """An access token that is a variable of the environment."""
    return {"type": "bearer", "bearer": [variable("token", f"{{{{{name}}}}}")]}


def json_text(text: str) -> dict[str, Any]:
    """A JSON body."""
    return {"mode": "raw", "raw": text, "options": {"raw": {"language": "json"}}}
