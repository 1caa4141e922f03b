"""
Parts of the Postman collections, which are made from the operations and schemas of the APIs.

Every request tests its response, so that sending a whole collection checks an API.

Source:
    schema.getpostman.com/json/collection/v2.1.0 for the form.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from kpn_sandbox.gateway.operations import Operation

Json = dict[str, Any]

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
        file: Name of its file, from which its id is made.
        name: Name that Postman shows.
        auth: Authorization of its requests.
        items: Returns its requests.
        variables: Variables of the environment that its requests need beside the credentials, with their values.
        description: Instructions for the user.
    """

    file: str
    name: str
    auth: Json
    items: Callable[[], list[Json]]
    variables: dict[str, str] = field(default_factory=dict)
    description: str = "Select the environment of the sandbox, then send the requests in their order."

    def build(self) -> Json:
        """Return its JSON."""
        return {
            "info": {
                "_postman_id": str(uuid5(NAMESPACE_URL, self.file)),
                "name": self.name,
                "description": self.description,
                "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json",
            },
            "auth": self.auth,
            "item": self.items(),
        }


def item(operation: Operation, script: str, *, name: str = "", path: str = "", **query: str) -> Json:
    """
    Return a request with the tests of its response.

    Args:
        operation: Operation of the request.
        script: JavaScript of the tests.
        name: Name that Postman shows; that of the operation when empty.
        path: Path of the URL; that of the operation when empty.
        query: Parameters of the query.
    """
    description = f"{operation.summary}\n\nSource: {operation.source} ({operation.label})."
    url = _url(path or operation.path, query)
    return {
        "name": name or operation.name,
        "request": {"method": operation.method, "header": [], "url": url, "description": description},
        "event": [{"listen": "test", "script": {"type": "text/javascript", "exec": script.splitlines()}}],
        "response": [],
    }


def _url(path: str, query: dict[str, str]) -> Json:
    # Variables in braces become variables of the environment.
    path = path.replace("{", "{{").replace("}", "}}")
    query_text = "?" + "&".join(f"{key}={value}" for key, value in query.items()) if query else ""
    pairs = {"query": [{"key": key, "value": value} for key, value in query.items()]} if query else {}
    raw, parts = f"{{{{base_url}}}}{path}{query_text}", path.strip("/").split("/")
    return {"raw": raw, "host": ["{{base_url}}"], "path": parts, **pairs}


def form(*names: str, **values: str) -> Json:
    """
    Return a url-encoded body.

    Args:
        names: Fields whose values are the environment's variables of the same names.
        values: Fields with fixed values.
    """
    fields = {**{name: f"{{{{{name}}}}}" for name in names}, **values}
    pairs = [{"key": key, "value": value, "type": "text"} for key, value in fields.items()]
    return {"mode": "urlencoded", "urlencoded": pairs}


def authorization(kind: str, **parameters: str) -> Json:
    """
    Return an authorization.

    Args:
        kind: `bearer`, `digest` or `noauth`.
        parameters: Values by the names that Postman gives them.
    """
    texts = [{"key": key, "value": value, "type": "string"} for key, value in parameters.items()]
    return {"type": kind, kind: texts} if texts else {"type": kind}


NO_AUTH = authorization("noauth")


def json_body(value: Any) -> Json:
    """Return a raw JSON body."""
    return {"mode": "raw", "raw": json.dumps(value, indent=2), "options": {"raw": {"language": "json"}}}
