"""The OpenAPI documents as testing tools read them: their schemas, and a request for the examples of each operation."""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

from kpn_sandbox.documents import OPENAPI, OPENAPI_VERSIONS, openapi_document

Json = dict[str, Any]
DOCUMENTS = [(name, version) for name in OPENAPI for version in OPENAPI_VERSIONS]


class ExampleRequest(NamedTuple):
    """A request with every example of an operation; the path has its variables filled in."""

    operation: str
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: str
    is_open: bool
    """Whether it needs no credentials."""


def parameters(document: Json, operation: Json) -> list[Json]:
    """The parameters of an operation, references resolved."""
    components = document["components"].get("parameters", {})
    return [components[each["$ref"].rpartition("/")[2]] if "$ref" in each else each for each in operation["parameters"]]


def operations(document: Json) -> Iterator[tuple[str, str, Json]]:
    """Path, method and description of each operation, in the order of the document."""
    for path, described in document["paths"].items():
        for method, operation in described.items():
            yield path, method, operation


def example_requests(document: Json) -> Iterator[ExampleRequest]:
    """The requests with the examples, one for each content type of a body, in the order of the document."""
    for path, method, operation in operations(document):
        values: dict[str, dict[str, str]] = {"path": {}, "query": {}, "header": {}}
        for each in parameters(document, operation):
            values[each["in"]][each["name"]] = str(each["example"])
        filled = path.format(**{name: quote(value, safe="") for name, value in values["path"].items()})
        is_open = not operation.get("security") or {} in operation["security"]
        for kind, content in (operation.get("requestBody", {}).get("content") or {"": {}}).items():
            form = kind == "application/x-www-form-urlencoded"
            body = "" if not content else urlencode(content["example"]) if form else json.dumps(content["example"])
            headers = {**values["header"], **({"Content-Type": kind} if kind else {})}
            yield ExampleRequest(
                operation["operationId"], method.upper(), filled, values["query"], headers, body, is_open
            )


def schemas(part: Any) -> Iterator[Json]:
    """Every schema in a part of a document, and other objects; values that are no schemas are left out."""
    if isinstance(part, dict):
        yield part
        for name, each in part.items():
            if name not in ("example", "examples", "default"):
                yield from schemas(each)
    elif isinstance(part, list):
        for each in part:
            yield from schemas(each)


def document(name: str, version: str = "3.1", url: str = "http://127.0.0.1:8080") -> Json:
    """A document for a sandbox at a URL."""
    return openapi_document(name, url, version)
