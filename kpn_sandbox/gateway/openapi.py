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

_PREFER = {
    "name": "Prefer",
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
    """

    schema: Json | None = None
    example: Any = None
    parameters: Sequence[Json | str] = ()
    body: Json = field(default_factory=dict)
    path_bodies: Mapping[str, Json] = field(default_factory=dict)
    body_options: Json = field(default_factory=lambda: {"required": True})
    security: Sequence[Json] = ()


@dataclass(frozen=True)
class ApiDoc:
    """
    Description of an API.

    Args:
        title: Name of the product.
        version: Version of the API.
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
        servers, info = [{"url": base_url}], {"description": description}
        spec = APISpec(self.title, self.version, "3.1.0", plugins=[plugin], info=info, servers=servers)
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
        return document


def add_conditions(document: Json, names: Mapping[tuple[Any, ...], str]) -> None:
    """
    Add to the components of a document what their schemas say about several fields together.

    Args:
        document: An OpenAPI document.
        names: Names of components by the keys of apispec, which begin with the class of the schema.
    """
    for (schema, *_), name in names.items():
        document["components"]["schemas"][name] |= getattr(schema, "conditions", {})


def reference(name: str) -> Json:
    """Return a reference to a component schema."""
    return {"$ref": f"#/components/schemas/{name}"}


def object_schema(*required: str, **properties: Json) -> Json:
    """
    Return the schema of an object.

    Args:
        required: Names of required members.
        properties: Schemas of members.
    """
    return {"type": "object", "required": list(required), "properties": properties}


def list_schema(items: Json) -> Json:
    """Return the schema of an array."""
    return {"type": "array", "items": items}


def parameter(name: str, location: str, description: str = "", *, required: bool = False, **schema: Any) -> Json:
    """
    Return a parameter, a string unless its schema has another type.

    Args:
        name: Name of the parameter.
        location: `path` or `query`.
        description: One sentence; left out when empty.
        required: Whether requests must have it.
        schema: Members of its schema.
    """
    described = {"description": description} if description else {}
    return {"name": name, "in": location, "required": required, **described, "schema": {**TEXT, **schema}}


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
    if not schema or not field.allow_none:
        return dict(schema)
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return {**schema, "type": [*types, "null"]}


def _class_name(schema: Any) -> str:
    kind = schema if isinstance(schema, type) else type(schema)
    return kind.__name__.removesuffix("Schema")


def _operation(api: ApiDoc, operation: Operation, doc: OperationDoc, path: str) -> Json:
    # Two paths of one operation need two ids.
    number = operation.paths.index(path)
    described: Json = {
        "operationId": f"{operation.key}_{number}" if number else operation.key,
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
        described["requestBody"] = {**doc.body_options, "content": doc.path_bodies.get(path, doc.body)}
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
    any_of: Json = {"anyOf": [reference(name) for name in names]}
    return {"schema": any_of if api.error_names or len(names) > 1 else any_of["anyOf"][0], "example": example}
