"""
OpenAPI documents of the vendors' APIs, made from their operations and schemas.

Imported only when somebody asks for a document, because of what it needs.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Response
from marshmallow import Schema

from kpn_sandbox.gateway.api import STATUSES, Operation, phrase
from kpn_sandbox.literals import LONGEST_DELAY_MS

Json = dict[str, Any]

TEXT = {"type": "string"}


@dataclass(frozen=True)
class Answered:
    """What is told of one operation beside what it knows itself."""

    answer: Json
    """The schema of its answer."""
    example: Any
    parameters: Sequence[Json] = ()
    body: Json = field(default_factory=dict)
    """Schemas and examples by content type; empty for no body."""
    security: Sequence[Json] = ()


@dataclass(frozen=True)
class Description:
    """
    One API.

    Args:
        refusal: Makes the answer that refuses with a status.
        refusals: Names of the schemas that a refusal may have.
        schemas: By the names under which they are referred to.
    """

    title: str
    version: str
    page: str
    operations: Mapping[Operation, Answered]
    refusal: Callable[[Operation, int], Response]
    refusals: Mapping[str, Json]
    schemas: Mapping[str, type[Schema]]
    security: Mapping[str, Json] = field(default_factory=dict)
    fields: Sequence[Callable[..., Json]] = ()
    """What fields of the API's own are, for apispec."""


def document_of(api: Description, base_url: str) -> Json:
    """
    The OpenAPI document of an API.

    Args:
        api: The API.
        base_url: Where the sandbox is, as the reader sees it.
    """
    # Schemas that are only referred to get the name of their class.
    plugin = MarshmallowPlugin(schema_name_resolver=lambda schema: _class_name(schema))
    spec = APISpec(
        title=api.title,
        version=api.version,
        openapi_version="3.1.0",
        info={"description": api.page},
        servers=[{"url": base_url}],
        plugins=[plugin],
    )
    for told in api.fields if plugin.converter is not None else ():
        plugin.converter.add_attribute_function(told)  # type: ignore[union-attr]
    for name, schema in api.schemas.items():
        spec.components.schema(name, schema=schema)
    for name, shape in api.refusals.items():
        spec.components.schema(name, shape)
    for name, scheme in api.security.items():
        spec.components.security_scheme(name, scheme)
    spec.components.parameter("Prefer", "header", _PREFER)
    for operation, answered in api.operations.items():
        for path in (operation.path, *operation.homes):
            spec.path(path=path, operations={operation.method.lower(): _operation(api, operation, answered, path)})
    described: Json = spec.to_dict()
    return described


def reference(name: str) -> Json:
    """A schema by its name."""
    return {"$ref": f"#/components/schemas/{name}"}


def parameter(name: str, where: str, description: str, *, required: bool = False, **schema: Any) -> Json:
    """A parameter of the path or the query."""
    told = {"name": name, "in": where, "required": required, "description": description}
    return {**told, "schema": {**TEXT, **schema}}


def example_of(schema: type[Schema]) -> Json:
    """A record made of the examples of its fields."""
    return {
        known.data_key or name: known.metadata["example"]
        for name, known in schema().fields.items()
        if "example" in known.metadata
    }


def _class_name(schema: Any) -> str:
    kind = schema if isinstance(schema, type) else type(schema)
    return kind.__name__.removesuffix("Schema")


def _operation(api: Description, operation: Operation, answered: Answered, path: str) -> Json:
    statuses = sorted({*operation.statuses, *STATUSES})
    # Two paths of one operation need two ids.
    number = (operation.path, *operation.homes).index(path)
    described: Json = {
        "operationId": f"{operation.key}_{number}" if number else operation.key,
        "summary": operation.summary,
        "description": f"{operation.label.capitalize()}: {operation.source}.",
        "parameters": [*(each for each in answered.parameters if _stands_in(each, path)), "Prefer"],
        "responses": {str(status): _response(api, operation, answered, status) for status in statuses},
    }
    if api.security or answered.security:
        described["security"] = list(answered.security) or [{name: []} for name in api.security]
    if answered.body:
        described["requestBody"] = {"required": True, "content": answered.body}
    return described


def _stands_in(told: Json, path: str) -> bool:
    in_path = f"{{{told['name']}}}" in path
    return in_path if told["in"] == "path" else not in_path


def _response(api: Description, operation: Operation, answered: Answered, status: int) -> Json:
    described: Json = {"description": phrase(status)}
    if status == 304:
        return described
    if status < 300:
        content = {"schema": answered.answer, "example": answered.example}
        return {**described, "content": {"application/json": content}}
    refusal = api.refusal(operation, status).get_data()
    if refusal:
        shapes = [reference(name) for name in api.refusals]
        schema = shapes[0] if len(shapes) == 1 else {"anyOf": shapes}
        described["content"] = {"application/json": {"schema": schema, "example": json.loads(refusal)}}
    return described


_PREFER = {
    "name": "Prefer",
    "description": f"Sandbox: `code=503` forces a status, `delay-ms=250` delays (0 to {LONGEST_DELAY_MS}), "
    '`at="2026-11-23T10:00:00+01:00"` answers as of that instant.',
    "schema": TEXT,
}
