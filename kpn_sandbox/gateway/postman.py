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
        description: Instructions for the user.
        auth: Authorization of its requests.
        items: Returns its requests.
        variables: Variables of the environment that its requests need beside the credentials, with their values.
    """

    file: str
    name: str
    description: str
    auth: Json
    items: Callable[[], list[Json]]
    variables: dict[str, str] = field(default_factory=dict)

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


def item(operation: Operation, script: str, *, name: str = "", url: Json | None = None) -> Json:
    """
    Return a request with the tests of its response.

    Args:
        operation: Operation of the request.
        script: JavaScript of the tests.
        name: Name that Postman shows; that of the operation when empty.
        url: URL of the request; that of the operation's path by default.
    """
    description = f"{operation.summary}\n\nSource: {operation.source} ({operation.label})."
    url = url or url_of(operation.path)
    return {
        "name": name or operation.name,
        "request": {"method": operation.method, "header": [], "url": url, "description": description},
        "event": [{"listen": "test", "script": {"type": "text/javascript", "exec": script.splitlines()}}],
        "response": [],
    }


def url_of(path: str, query: dict[str, str] | None = None) -> Json:
    """
    Return a URL.

    Args:
        path: Path; its variables in braces become variables of the environment.
        query: Parameters of the query.
    """
    path = path.replace("{", "{{").replace("}", "}}")
    query_text = "?" + "&".join(f"{key}={value}" for key, value in query.items()) if query else ""
    url: Json = {"raw": f"{{{{base_url}}}}{path}{query_text}", "host": ["{{base_url}}"]}
    url["path"] = path.strip("/").split("/")
    if query:
        url["query"] = [{"key": key, "value": value} for key, value in query.items()]
    return url


def form(*names: str, **values: str) -> Json:
    """
    Return a url-encoded body.

    Args:
        names: Fields whose values are the environment's variables of the same names.
        values: Fields with fixed values.
    """
    fields = {**{name: f"{{{{{name}}}}}" for name in names}, **values}
    return {
        "mode": "urlencoded",
        "urlencoded": [{"key": key, "value": value, "type": "text"} for key, value in fields.items()],
    }


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
