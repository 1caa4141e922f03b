"""OpenAPI document of the control API, made from the operations and the schemas."""

import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from marshmallow import Schema, fields

from kpn_sandbox import __version__
from kpn_sandbox.control_api.operations import OPERATIONS, PREFIX, Access, ControlOperation
from kpn_sandbox.control_api.response_schemas import ProblemSchema
from kpn_sandbox.literals import OBJECT_KINDS

FieldSchema = Callable[[fields.Field[Any]], dict[str, Any]]
"""Returns the JSON schema of a marshmallow field."""

_VARIABLE = re.compile(r"\{(\w+)\}")

DESCRIPTION = """
The sandbox's own API, under /_sandbox.

Makes accounts and turns their worlds: profile, scenario, clock, pins, faults, quota; shows the requests that came and
the calls behind the counters. Invented by the sandbox; no vendor has it.

An account is asked with its client id and secret as HTTP Basic, any account with the administrator's token as Bearer.
Another's account looks like one that does not exist. Refusals are problems (RFC 9457) whose `errors` name each wrong
field, its value and what would be right; nothing is changed then. Instants are ISO 8601 with offset.
"""


def document(base_url: str) -> dict[str, Any]:
    """
    Return the OpenAPI document.

    Args:
        base_url: URL of the sandbox as the client sees it.
    """
    # Imported here because apispec takes a tenth of a start and most starts write no document.
    from apispec import APISpec
    from apispec.ext.marshmallow import MarshmallowPlugin

    plugin = MarshmallowPlugin(schema_name_resolver=_component_name)
    spec = APISpec(
        title="kpn_sandbox control API",
        version=__version__,
        openapi_version="3.1.0",
        info={"description": DESCRIPTION},
        servers=[{"url": base_url}],
        plugins=[plugin],
    )
    assert plugin.converter is not None, "the plugin has its converter once the document has the plugin"
    spec.components.schema("Problem", schema=ProblemSchema)
    spec.components.schema("ProfilePatch", _PROFILE_PATCH)
    spec.components.security_scheme("account", {"type": "http", "scheme": "basic"})
    spec.components.security_scheme("administrator", {"type": "http", "scheme": "bearer"})
    for operation in OPERATIONS:
        described = _operation(operation, plugin.converter.field2property)
        spec.path(path=PREFIX + operation.path, operations={operation.method.lower(): described})
    whole: dict[str, Any] = spec.to_dict()
    return whole


def _component_name(schema: Any) -> str:
    kind = schema if isinstance(schema, type) else type(schema)
    return re.sub(r"(?<=.)Request$", "Wish", kind.__name__.removesuffix("Schema"))


def _operation(operation: ControlOperation, schema_of: FieldSchema) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.key,
        "summary": operation.summary,
        "description": f"{operation.label.capitalize()}: {operation.source}. For {operation.access.value}.",
        "parameters": [*map(_path_parameter, _VARIABLE.findall(operation.path)), *_query(operation, schema_of)],
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
        content = {"application/json": {"schema": operation.body}}
        described["requestBody"] = {"required": operation.key not in _BODY_OPTIONAL, "content": content}
    return described


def _path_parameter(name: str) -> dict[str, Any]:
    schema, description = _VARIABLES[name]
    return {"name": name, "in": "path", "required": True, "schema": schema, "description": description}


def _query(operation: ControlOperation, schema_of: FieldSchema) -> list[dict[str, Any]]:
    declared: dict[str, fields.Field[Any]] = operation.query().fields if operation.query else {}
    return [
        {"name": field.data_key or name, "in": "query", "schema": schema_of(field)} for name, field in declared.items()
    ]


def _response(operation: ControlOperation, status: int) -> dict[str, Any]:
    described: dict[str, Any] = {"description": HTTPStatus(status).phrase}
    if status >= 300:
        schema: type[Schema] | dict[str, str] = {"$ref": "#/components/schemas/Problem"}
        described["content"] = {"application/problem+json": {"schema": schema}}
    elif operation.response is not None:
        described["content"] = {"application/json": {"schema": _success_schema(operation)}}
    return described


def _success_schema(operation: ControlOperation) -> Any:
    if operation.key == "list_requests":
        har = {"type": "object", "required": ["log"], "description": "With format=har."}
        return {"anyOf": [operation.response, har]}
    return operation.response


_SECURITY: dict[Access, list[dict[str, list[str]]]] = {
    Access.OPEN: [],
    Access.ADMIN: [{"administrator": []}],
    Access.ACCOUNT: [{"account": []}, {"administrator": []}],
}
_BODY_OPTIONAL = ("create_account", "reset", "revoke_tokens")
_PROFILE_PATCH = {
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
