"""
The OpenAPI document, made from the operations and the schemas.

Imported only when somebody asks for it, because of what it needs.
"""

import re
from http import HTTPStatus
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import Schema, fields

from kpn_sandbox import __version__
from kpn_sandbox.control_api import __doc__ as title_page
from kpn_sandbox.control_api import response_schemas as answers
from kpn_sandbox.control_api.operations import OPERATIONS, PREFIX, Access, Operation
from kpn_sandbox.literals import OBJECT_KINDS

_VARIABLE = re.compile(r"\{(\w+)\}")


def document(base_url: str) -> dict[str, Any]:
    """
    The document.

    Args:
        base_url: Where the sandbox is, as the reader sees it.
    """
    plugin = MarshmallowPlugin(schema_name_resolver=_name)
    spec = APISpec(
        title="kpn_sandbox control API",
        version=__version__,
        openapi_version="3.1.0",
        info={"description": title_page},
        servers=[{"url": base_url}],
        plugins=[plugin],
    )
    spec.components.schema("Problem", schema=answers.Problem)
    spec.components.schema("ProfilePatch", _PATCH)
    spec.components.security_scheme("account", {"type": "http", "scheme": "basic"})
    spec.components.security_scheme("administrator", {"type": "http", "scheme": "bearer"})
    for operation in OPERATIONS:
        described = _operation(operation, plugin)
        spec.path(path=PREFIX + operation.path, operations={operation.method.lower(): described})
    made: dict[str, Any] = spec.to_dict()
    return made


def _name(schema: Any) -> str:
    kind = schema if isinstance(schema, type) else type(schema)
    name: str = kind.__name__
    return name.removesuffix("Schema") + "Wish" if name.endswith("Schema") else name


def _operation(operation: Operation, plugin: MarshmallowPlugin) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.key,
        "summary": operation.summary,
        "description": f"{operation.label.capitalize()}: {operation.source}. For {operation.access.value}.",
        "parameters": [*map(_path_parameter, _VARIABLE.findall(operation.path)), *_query(operation, plugin)],
        "responses": {str(status): _response(operation, status) for status in operation.statuses},
        "security": _SECURITY[operation.access],
    }
    if operation.key == "change_profile":
        patch = {"schema": {"$ref": "#/components/schemas/ProfilePatch"}}
        described["requestBody"] = {
            "required": True,
            "content": {"application/merge-patch+json": patch, "application/json": patch},
        }
    elif operation.body is not None:
        content = {"application/json": {"schema": operation.body_schema}}
        described["requestBody"] = {"required": operation.key not in _BODY_OPTIONAL, "content": content}
    return described


def _path_parameter(name: str) -> dict[str, Any]:
    schema, description = _VARIABLES[name]
    return {"name": name, "in": "path", "required": True, "schema": schema, "description": description}


def _query(operation: Operation, plugin: MarshmallowPlugin) -> list[dict[str, Any]]:
    schema = operation.query_schema
    declared: dict[str, fields.Field[Any]] = schema().fields if schema else {}
    assert plugin.converter is not None
    return [
        {"name": field.data_key or name, "in": "query", "schema": plugin.converter.field2property(field)}
        for name, field in declared.items()
    ]


def _response(operation: Operation, status: int) -> dict[str, Any]:
    described: dict[str, Any] = {"description": HTTPStatus(status).phrase}
    if status >= 300:
        schema: type[Schema] | dict[str, str] = {"$ref": "#/components/schemas/Problem"}
        described["content"] = {"application/problem+json": {"schema": schema}}
    elif operation.answer is not None:
        described["content"] = {"application/json": {"schema": _answer(operation)}}
    return described


def _answer(operation: Operation) -> Any:
    if operation.key == "list_requests":
        har = {"type": "object", "required": ["log"], "description": "With format=har."}
        return {"anyOf": [operation.answer_schema, har]}
    return operation.answer_schema


_SECURITY: dict[Access, list[dict[str, list[str]]]] = {
    Access.OPEN: [],
    Access.ADMIN: [{"administrator": []}],
    Access.ACCOUNT: [{"account": []}, {"administrator": []}],
}
_BODY_OPTIONAL = ("create_account", "reset")
_PATCH = {
    "type": "object",
    "description": "Fields of the profile (RFC 7396); null brings back a default.",
    "example": {"agents": 80, "load": 1.2},
}
_TEXT = {"type": "string"}
_VARIABLES: dict[str, tuple[dict[str, Any], str]] = {
    "id": ({**_TEXT, "example": "APP_CONSUMER_KEY"}, "Client id of the account."),
    "kind": ({**_TEXT, "enum": list(OBJECT_KINDS)}, "What is pinned."),
    "key": ({**_TEXT, "pattern": "^[0-9]{1,9}$", "example": "40001"}, "Number of the object."),
    "fault": (_TEXT, "Id of the fault."),
    "Logid": ({**_TEXT, "pattern": "^[0-9]{1,9}$", "example": "40001"}, "Login id of the agent."),
}
