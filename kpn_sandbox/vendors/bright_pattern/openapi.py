"""
The OpenAPI document, made from the operations and the schemas that the code works with.

Imported only when somebody asks for it, because of what it needs.
"""

from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin, OpenAPIConverter
from marshmallow import Schema, fields

from kpn_sandbox.literals import LONGEST_DELAY_MS
from kpn_sandbox.vendors.bright_pattern import __doc__ as title_page
from kpn_sandbox.vendors.bright_pattern.errors import Code, Refusal, told
from kpn_sandbox.vendors.bright_pattern.operations import OPEN, OPERATIONS, STATUSES, TOKEN, Operation
from kpn_sandbox.vendors.bright_pattern.schemas import (
    ApplicationAnswerSchema,
    ApplicationSchema,
    Choice,
    Comparable,
    Identifier,
    Limit,
    LoginAnswerSchema,
    LoginSchema,
    NamedSchema,
    TokenAnswerSchema,
    Truth,
    WallboardSchema,
)
from kpn_sandbox.vendors.bright_pattern.statistic_catalog import STATISTICS

_SCHEMAS: tuple[type[Schema], ...] = (
    ApplicationSchema,
    ApplicationAnswerSchema,
    LoginSchema,
    LoginAnswerSchema,
    TokenAnswerSchema,
    NamedSchema,
    WallboardSchema,
)
_SECURITY: list[dict[str, list[str]]] = [{"bearer": []}, {"sessionHeader": []}, {"sessionCookie": []}]
_LENIENT: dict[type[fields.Field[Any]], list[str]] = {
    Identifier: ["string", "integer"],
    Limit: ["integer", "string"],
    Truth: ["boolean", "string"],
    Comparable: ["string", "number", "boolean"],
}


def document(base_url: str) -> dict[str, Any]:
    """
    The document.

    Args:
        base_url: Where the sandbox is, as the reader sees it.
    """
    plugin = MarshmallowPlugin()
    spec = APISpec(
        title="Bright Pattern Real-Time Statistics API",
        version="5.36",
        openapi_version="3.1.0",
        info={"description": f"{title_page}\n{_tables()}"},
        servers=[{"url": base_url}],
        plugins=[plugin],
    )
    if plugin.converter is not None:
        plugin.converter.add_attribute_function(_lenient)
    _components(spec, base_url)
    for operation in OPERATIONS:
        spec.path(path=operation.path, operations={operation.method.lower(): _operation(operation)})
    described: dict[str, Any] = spec.to_dict()
    return described


def _lenient(converter: OpenAPIConverter, field: "fields.Field[Any]", **kwargs: Any) -> dict[str, Any]:
    """What a field of ours may be."""
    for kind, types in _LENIENT.items():
        if isinstance(field, kind):
            return {"type": [*types, "null"] if field.allow_none else types}
    if isinstance(field, Choice):
        return {"type": ["string", "null"] if field.allow_none else "string", "enum": [*field.words, "", None]}
    return {}


def _tables() -> str:
    statistics = (f"* `{each.name}` ({each.unit.value}): {each.meaning}" for each in STATISTICS.values())
    codes = (f"* {int(code)}: {code.meaning}" for code in Code)
    return "\n".join(("Statistics:", "", *statistics, "", "Error codes, the sandbox's own:", "", *codes, ""))


def _components(spec: APISpec, base_url: str) -> None:
    for schema in _SCHEMAS:
        spec.components.schema(schema.__name__.removesuffix("Schema"), schema=schema)
    for name, shape in _REFUSALS.items():
        spec.components.schema(name, shape)
    flow = {"tokenUrl": f"{base_url}{TOKEN.path}", "scopes": {}}
    spec.components.security_scheme("oauth2", {"type": "oauth2", "flows": {"clientCredentials": flow}})
    spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer"})
    spec.components.security_scheme("sessionHeader", {"type": "apiKey", "in": "header", "name": "X-BP-SESSION-ID"})
    spec.components.security_scheme("sessionCookie", {"type": "apiKey", "in": "cookie", "name": "X-STATSAPI-TOKEN"})
    spec.components.parameter("Prefer", "header", _PREFER)


def _operation(operation: Operation) -> dict[str, Any]:
    statuses = sorted({*operation.statuses, *STATUSES})
    described: dict[str, Any] = {
        "operationId": operation.key,
        "summary": operation.summary,
        "description": f"{operation.label.capitalize()}: {operation.source}.",
        "parameters": [*_PARAMETERS.get(operation.key, []), "Prefer"],
        "responses": {str(status): _response(operation, status) for status in statuses},
        "security": [{}] if operation in OPEN else [{"oauth2": []}, *_SECURITY],
    }
    if operation.key in _BODIES:
        described["requestBody"] = {"required": True, "content": _BODIES[operation.key]}
    return described


def _response(operation: Operation, status: int) -> dict[str, Any]:
    described: dict[str, Any] = {"description": STATUSES[status]}
    if status == 204:
        return described
    if status < 300:
        schema = _ANSWERS.get(operation.key)
        if schema is not None:
            described["content"] = {"application/json": {"schema": schema}}
        return described
    refusal = told(status, operation, "https://sandbox/")
    described["content"] = {"application/json": {"schema": _shape(refusal), "example": refusal.body()}}
    return described


def _shape(refusal: Refusal) -> dict[str, Any]:
    names = {"error_code": "Refusal", "error_description": "TokenRefusal"}
    found = next((name for key, name in names.items() if key in refusal.body()), "LoginRefusal")
    return {"anyOf": [{"$ref": f"#/components/schemas/{name}"} for name in dict.fromkeys((found, "Refusal"))]}


def _object(*required: str, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(required), "properties": properties}


def _reference(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _list_of(schema: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": schema}


def _parameter(name: str, where: str, *, required: bool = True, **schema: Any) -> dict[str, Any]:
    return {"name": name, "in": where, "required": required, "schema": {"type": "string", **schema}}


_TEXT = {"type": "string"}
_TRUTH = {"type": "boolean"}
_REFUSALS = {
    "Refusal": _object("error_code", "error_message", error_code={"type": "integer"}, error_message=_TEXT),
    "LoginRefusal": _object("error", error=_TEXT),
    "TokenRefusal": _object("error", "error_description", error=_TEXT, error_description=_TEXT),
}
_WALLBOARD = _object("id", "name", "is_global", id=_TEXT, name=_TEXT, is_global=_TRUTH)
_ENTRY = {**_WALLBOARD, "properties": {**_WALLBOARD["properties"], "is_default": _TRUTH}}
_SCREEN = {**_WALLBOARD, "properties": {**_WALLBOARD["properties"], "config": {"type": "object"}}}
_NAMED = _list_of(_reference("Named"))
_ANSWERS: dict[str, Any] = {
    "login": _reference("LoginAnswer"),
    "token": _reference("TokenAnswer"),
    "data": {"type": "object", "additionalProperties": _reference("ApplicationAnswer")},
    "dispositions": {"anyOf": [_object("dispositions", dispositions=_list_of(_TEXT)), _list_of(_TEXT)]},
    "teams": _NAMED,
    "agents": _NAMED,
    "services": _NAMED,
    "available_agents": _object("availability", availability=_TRUTH),
    "wallboards": _object("wallboards", wallboards=_list_of(_ENTRY)),
    "add_wallboard": _object("id", id=_TEXT),
    "show_wallboard": _SCREEN,
}
_FLAG = {"enum": ["0", "1"]}
_ID = _parameter("id", "path")
_PARAMETERS: dict[str, list[Any]] = {
    "dispositions": [
        *(_parameter(name, "query", required=False, **_FLAG) for name in ("agentCanSelect", "inbound", "outbound")),
        _parameter("preview", "query", required=False, **_FLAG),
        _parameter("format", "query", required=False, enum=["object", "array"]),
    ],
    "available_agents": [_parameter("tenantUrl", "query"), _parameter("service", "query")],
    "show_wallboard": [_ID],
    "remove_wallboard": [_ID],
    "change_wallboard": [_ID, _parameter("name", "path")],
}
_PREFER = {
    "name": "Prefer",
    "description": f"Sandbox: `code=503` forces a status, `delay-ms=250` delays (0 to {LONGEST_DELAY_MS}), "
    '`at="2026-11-23T10:00:00+01:00"` answers as of that instant.',
    "schema": _TEXT,
}
_SUBSCRIPTION = {"type": "object", "minProperties": 1, "additionalProperties": _reference("Application")}
_SAMPLE = {"data": {"agent_grids": [{"id": "1", "columns": [{"id": "1", "stat_name": "acd_state"}]}]}}
_CREDENTIALS = _object("grant_type", grant_type=_TEXT, client_id=_TEXT, client_secret=_TEXT, scope=_TEXT)
_FORM = {"grant_type": "client_credentials", "client_id": "APP_CONSUMER_KEY", "client_secret": "APP_CONSUMER_SECRET"}
_BODIES: dict[str, Any] = {
    "login": {"application/json": {"schema": _reference("Login")}},
    "token": {"application/x-www-form-urlencoded": {"schema": _CREDENTIALS, "example": _FORM}},
    "subscribe": {"application/json": {"schema": _SUBSCRIPTION, "example": _SAMPLE}},
    "add_wallboard": {"application/json": {"schema": _reference("Wallboard")}},
    "change_wallboard": {"application/json": {"schema": {"type": "object"}}},
}
