"""
Parts of the OpenAPI documents, which are made from operations and from the marshmallow schemas of the responses.

An API describes itself with an `ApiDoc`; everything that two APIs would repeat is here.
"""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from marshmallow import Schema

from kpn_sandbox.gateway.error_handling import ApiError
from kpn_sandbox.gateway.operations import STATUSES, Operation, phrase
from kpn_sandbox.literals import LONGEST_DELAY_MS

Json = dict[str, Any]

TEXT: Json = {"type": "string"}
_NULL: Json = {"type": "null"}
_COMPONENT = "#/components/schemas/"

_PREFER = {
    "name": "Prefer",
    # It changes no answer; tools send every example.
    "example": "delay-ms=20",
    "description": f"Sandbox: `code=503` forces a status, `delay-ms=250` delays (0 to {LONGEST_DELAY_MS}), "
    '`at="2026-11-23T10:00:00+01:00"` answers as of that instant.',
    "schema": TEXT,
}


@dataclass(frozen=True)
class OperationDoc:
    """
    Description of an operation, beside the facts that `Operation` has.

    Args:
        schema: Schema of the response; None for a response without a body.
        example: Example of the response; None for none.
        parameters: Parameters of path and query, and names of further component parameters.
        body: Schemas and examples of the request body by content type; empty for no body.
        path_bodies: The body of paths for which it is another one.
        body_options: Members of the request body beside its content.
        security: Security requirements; those of the API when empty.
        tag: One of the API's tags; its first one when empty.
    """

    schema: Json | None = None
    example: Any = None
    parameters: Sequence[Json | str] = ()
    body: Json = field(default_factory=dict)
    path_bodies: Mapping[str, Json] = field(default_factory=dict)
    body_options: Json = field(default_factory=lambda: {"required": True})
    security: Sequence[Json] = ()
    tag: str = ""


@dataclass(frozen=True)
class ApiDoc:
    """
    Description of an API.

    Args:
        title: Name of the product.
        version: Version of the API.
        page: URL of the vendor's page about it.
        tags: Groups of operations, and what they are about.
        package: Package of the vendor, whose docstring is the description, apart from the list of its modules.
        operations: Description of each operation, in the order of the document.
        error_for_status: Returns the error for a status, as `VendorApi.error_for_status` does.
        error_schemas: Schemas of errors by name.
        schemas: Schemas of the components, whose names are those of the classes without `Schema`.
        error_names: Returns the names of the error schemas that fit an error of an operation; all by default.
        security: Security schemes by name.
        parameters: Component parameters by name, in headers, beside `Prefer`.
        statuses: Statuses that may be forced.
        phrases: Descriptions of statuses; HTTP's reason phrase for those that are missing.
        response_headers: Returns the names of the headers that an operation's response of a status has.
        notes: Markdown below the docstring of the package.
    """

    title: str
    version: str
    page: str
    tags: Mapping[str, str]
    package: ModuleType
    operations: Mapping[Operation, OperationDoc]
    error_for_status: Callable[[int, Operation, str], ApiError]
    error_schemas: Mapping[str, Json]
    schemas: Sequence[type[Schema]]
    error_names: Callable[[Operation, Json], Sequence[str]] | None = None
    security: Mapping[str, Json] = field(default_factory=dict)
    parameters: Mapping[str, Json] = field(default_factory=dict)
    statuses: Collection[int] = STATUSES
    phrases: Mapping[int, str] = field(default_factory=dict)
    response_headers: Callable[[Operation, int], Sequence[str]] = lambda operation, status: ()
    notes: str = ""

    def document(self, base_url: str) -> Json:
        """Return the OpenAPI 3.1 document for a sandbox at that URL."""
        # Imported here because apispec takes a tenth of the time of a start, and most starts make no document.
        from apispec import APISpec
        from apispec.ext.marshmallow import MarshmallowPlugin

        # Schemas that are only referred to get the name of their class.
        plugin = MarshmallowPlugin(schema_name_resolver=_class_name)
        description = (self.package.__doc__ or "").partition("\nModules:\n")[0] + self.notes
        head = heading(base_url, description, self.page, self.tags, "The terms of its vendor")
        spec = APISpec(self.title, self.version, "3.1.0", plugins=[plugin], **head)
        converter: Any = plugin.converter
        converter.add_attribute_function(_own_field_schema)
        for schema in self.schemas:
            spec.components.schema(_class_name(schema), schema=schema)
        for name, shape in self.error_schemas.items():
            spec.components.schema(name, shape)
        for name, scheme in self.security.items():
            spec.components.security_scheme(name, scheme)
        for name, header in {"Prefer": _PREFER, **self.parameters}.items():
            spec.components.parameter(name, "header", header)
        for operation, doc in self.operations.items():
            for path in operation.paths:
                spec.path(path=path, operations={operation.method.lower(): _operation(self, operation, doc, path)})
        document: Json = spec.to_dict()
        add_conditions(document, converter.refs)
        return finished(document)


def heading(base_url: str, description: str, page: str, tags: Mapping[str, str], license_name: str) -> Json:
    """
    Return the members of a document that come before its paths.

    Args:
        base_url: URL of the sandbox.
        description: Markdown about the API.
        page: URL of the page that documents the API.
        tags: Groups of operations, and what they are about.
        license_name: Terms of the API, which are on that page.
    """
    contact = {"name": "kpn_sandbox", "url": f"{base_url}/manual"}
    return {
        "info": {"description": description, "contact": contact, "license": {"name": license_name, "url": page}},
        "externalDocs": {"url": page},
        "servers": [{"url": base_url}],
        "tags": [{"name": name, "description": text} for name, text in tags.items()],
    }


def add_conditions(document: Json, names: Mapping[tuple[Any, ...], str]) -> None:
    """
    Add to the components of a document what their schemas say about several fields, and drop fields left undocumented.

    Args:
        document: An OpenAPI document.
        names: Names of components by the keys of apispec, which begin with the class of the schema.
    """
    for (schema, *_), name in names.items():
        component = document["components"]["schemas"][name]
        component |= getattr(schema, "conditions", {})
        for member in getattr(schema, "undocumented", ()):
            component["properties"].pop(member, None)


def finished(document: Json) -> Json:
    """
    Return a document in the form that generators of clients and testing tools understand.

    No schema is just null: generators know a schema of that kind only as one of several types. And a body, and a
    parameter that a path needs, has its example as its default value, too, because tools that import documents fill in
    default values and no examples.
    """
    schemas = document["components"]["schemas"]
    typed: Json = _with_nulls_in_types(document, schemas)
    # Some were only referred to beside null.
    for name in schemas:
        if f'"{_COMPONENT}{name}"' not in json.dumps(typed):
            del typed["components"]["schemas"][name]
    for operations in typed["paths"].values():
        for operation in operations.values():
            for each in operation["parameters"]:
                if each.get("in") == "path" and "example" in each:
                    each["schema"].setdefault("default", each["example"])
            for content in operation.get("requestBody", {}).get("content", {}).values():
                if "example" in content:
                    _target(content["schema"], typed).setdefault("default", content["example"])
    return typed


def _target(schema: Json, document: Json) -> Json:
    """Return the schema that a reference leads to; every other schema is its own."""
    name = schema.get("$ref", "").removeprefix(_COMPONENT)
    target: Json = document["components"]["schemas"][name] if name else schema
    return target


def _with_nulls_in_types(part: Any, schemas: Json) -> Any:
    """
    Return a part of a document in which a choice between a schema and null is a schema with one type more.

    Args:
        part: The part.
        schemas: Schemas of the components, which are copied where they are referred to beside null.
    """
    if isinstance(part, list):
        return [_with_nulls_in_types(each, schemas) for each in part]
    if not isinstance(part, dict):
        return part
    part = {name: _with_nulls_in_types(each, schemas) for name, each in part.items()}
    if _NULL not in part.get("anyOf", ()):
        return part
    first, *others = (each for each in part.pop("anyOf") if each != _NULL)
    if "$ref" in first:
        first = _with_nulls_in_types(schemas[first["$ref"].removeprefix(_COMPONENT)], schemas)
    nullable = with_null(first)
    return {**part, "anyOf": [nullable, *others]} if others else {**nullable, **part}


def with_null(schema: Json) -> Json:
    """Return the schema of a value that may also be null."""
    if "anyOf" in schema:
        first, *others = schema["anyOf"]
        return {**schema, "anyOf": [with_null(first), *others]}
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return {**schema, "type": [*types, "null"]}


def reference(name: str) -> Json:
    """Return a reference to a component schema."""
    return {"$ref": f"{_COMPONENT}{name}"}


def object_schema(*required: str, **properties: Json) -> Json:
    """
    Return the schema of an object.

    Args:
        required: Names of required members.
        properties: Schemas of members.
    """
    return {"type": "object", **({"required": list(required)} if required else {}), "properties": properties}


def list_schema(items: Json) -> Json:
    """Return the schema of an array."""
    return {"type": "array", "items": items}


def parameter(name: str, location: str, description: str, example: Any, **schema: Any) -> Json:
    """
    Return a parameter, a string unless its schema has another type; one of a path is required.

    Args:
        name: Name of the parameter.
        location: `path` or `query`.
        description: One sentence.
        example: A value that the server accepts.
        schema: Members of its schema, and `required`.
    """
    required = schema.pop("required", location == "path")
    texts = {"description": description, "example": example}
    return {"name": name, "in": location, "required": required, **texts, "schema": {**TEXT, **schema}}


def oauth2_scheme(token_url: str) -> Json:
    """Return the security scheme of client credentials."""
    return {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": token_url, "scopes": {}}}}


def example_of(schema: type[Schema]) -> Json:
    """Return a record with the examples of a schema's fields."""
    return {
        declared.data_key or name: declared.metadata["example"]
        for name, declared in schema().fields.items()
        if "example" in declared.metadata
    }


def _own_field_schema(converter: Any, field: Any, **options: Any) -> Json:
    """Return the `json_schema` of a marshmallow field that has one, for apispec, which knows only marshmallow's own."""
    schema = getattr(field, "json_schema", {})
    return with_null(schema) if schema and field.allow_none else dict(schema)


def _class_name(schema: Any) -> str:
    kind = schema if isinstance(schema, type) else type(schema)
    return kind.__name__.removesuffix("Schema")


def _operation(api: ApiDoc, operation: Operation, doc: OperationDoc, path: str) -> Json:
    # Two paths of one operation need two ids.
    number = operation.paths.index(path)
    described: Json = {
        "operationId": f"{operation.key}_{number}" if number else operation.key,
        "tags": [doc.tag or next(iter(api.tags))],
        "summary": operation.summary,
        "description": f"{operation.label.capitalize()}: {operation.source}.",
        "parameters": _parameters(doc, path),
        "responses": {
            str(status): _response(api, operation, doc, status)
            for status in sorted({*operation.statuses, *api.statuses})
        },
    }
    if api.security or doc.security:
        described["security"] = list(doc.security) or [{name: []} for name in api.security]
    if doc.body:
        content = doc.path_bodies.get(path, doc.body)
        # A path with a body of its own names the object itself, so the body may be left out.
        options = doc.body_options if content is doc.body else {}
        described["requestBody"] = {**options, "content": content}
    return described


def _parameters(doc: OperationDoc, path: str) -> list[Json | str]:
    own = [each for each in doc.parameters if isinstance(each, dict) and _belongs_to(each, path)]
    return [*own, "Prefer", *(each for each in doc.parameters if isinstance(each, str))]


def _belongs_to(declared: Json, path: str) -> bool:
    in_path = f"{{{declared['name']}}}" in path
    return in_path if declared["in"] == "path" else not in_path


def _response(api: ApiDoc, operation: Operation, doc: OperationDoc, status: int) -> Json:
    described: Json = {"description": api.phrases.get(status) or phrase(status)}
    if status in (204, 304):
        return described
    content = _success(doc) if status < 300 else _error(api, operation, status)
    if content:
        described["content"] = {"application/json": content}
    headers = api.response_headers(operation, status)
    if headers:
        described["headers"] = {name: {"schema": TEXT} for name in headers}
    return described


def _success(doc: OperationDoc) -> Json:
    if doc.schema is None:
        return {}
    return {"schema": doc.schema} if doc.example is None else {"schema": doc.schema, "example": doc.example}


def _error(api: ApiDoc, operation: Operation, status: int) -> Json:
    # No object has this number.
    body = api.error_for_status(status, operation, f"{operation.subject} 49999" if operation.subject else "").body()
    if not body:
        return {}
    example = json.loads(body)
    names = api.error_names(operation, example) if api.error_names else tuple(api.error_schemas)
    references = [reference(name) for name in names]
    return {"schema": references[0] if len(names) == 1 else {"anyOf": references}, "example": example}
