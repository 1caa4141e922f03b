"""The OpenAPI document of Bright Pattern's API, made from its operations and from the schemas of its messages."""

from typing import Any

from marshmallow import fields

from kpn_sandbox.gateway.openapi import (
    EXAMPLE_LOCATION,
    TEXT,
    ApiDoc,
    Json,
    OperationDoc,
    description_of,
    document_of,
    list_schema,
    oauth2_scheme,
    object_schema,
    parameter,
    reference,
    schemas_by_name,
)
from kpn_sandbox.gateway.operations import Operation
from kpn_sandbox.vendors import bright_pattern
from kpn_sandbox.vendors.bright_pattern.errors import Code, error_for_status
from kpn_sandbox.vendors.bright_pattern.operations import OPEN, OPERATIONS, STATUSES, TOKEN
from kpn_sandbox.vendors.bright_pattern.schemas import (
    ApplicationAnswerSchema,
    ApplicationSchema,
    ColumnIdField,
    ComparableField,
    LimitField,
    LoginAnswerSchema,
    LoginSchema,
    NamedSchema,
    SwitchField,
    TokenAnswerSchema,
    WallboardSchema,
    WordChoiceField,
)
from kpn_sandbox.vendors.bright_pattern.statistic_catalog import STATISTICS

_TYPES: dict[type[fields.Field[Any]], list[str]] = {
    ColumnIdField: ["string", "integer"],
    LimitField: ["integer", "string"],
    SwitchField: ["boolean", "string"],
    ComparableField: ["string", "number", "boolean"],
}


def document(base_url: str) -> dict[str, Any]:
    """Return the OpenAPI document for a sandbox at that URL."""
    api = ApiDoc(
        title="Bright Pattern Real-Time Statistics API",
        version="5.36",
        description=f"{description_of(bright_pattern)}\n{_tables()}",
        operations={each: _operation(each) for each in OPERATIONS},
        error_body=_error_body,
        error_schemas=_ERRORS,
        error_names=_error_names,
        schemas=schemas_by_name(
            ApplicationSchema,
            ApplicationAnswerSchema,
            LoginSchema,
            LoginAnswerSchema,
            TokenAnswerSchema,
            NamedSchema,
            WallboardSchema,
        ),
        security={
            "oauth2": oauth2_scheme(f"{base_url}{TOKEN.path}"),
            "bearer": {"type": "http", "scheme": "bearer"},
            "sessionHeader": {"type": "apiKey", "in": "header", "name": "X-BP-SESSION-ID"},
            "sessionCookie": {"type": "apiKey", "in": "cookie", "name": "X-STATSAPI-TOKEN"},
        },
        statuses=tuple(STATUSES),
        phrases=STATUSES,
        attribute_functions=[_field_schema],
    )
    return document_of(api, base_url)


def _operation(operation: Operation) -> OperationDoc:
    return OperationDoc(
        schema=_RESPONSES.get(operation.key),
        parameters=_PARAMETERS.get(operation.key, []),
        body=_BODIES.get(operation.key, {}),
        security=[{}] if operation in OPEN else [],
    )


def _field_schema(converter: Any, field: "fields.Field[Any]", **kwargs: Any) -> Json:
    """Return the schema of a field of this API's own, for apispec."""
    for kind, types in _TYPES.items():
        if isinstance(field, kind):
            return {"type": [*types, "null"] if field.allow_none else types}
    if isinstance(field, WordChoiceField):
        return {"type": ["string", "null"] if field.allow_none else "string", "enum": [*field.words, "", None]}
    return {}


def _tables() -> str:
    statistics = (f"* `{each.name}` ({each.unit.value}): {each.meaning}" for each in STATISTICS.values())
    codes = (f"* {int(code)}: {code.meaning}" for code in Code)
    return "\n".join(("Statistics:", "", *statistics, "", "Error codes, the sandbox's own:", "", *codes, ""))


def _error_body(operation: Operation, status: int) -> bytes:
    return error_for_status(status, operation, EXAMPLE_LOCATION).body()


def _error_names(operation: Operation, body: Json) -> tuple[str, ...]:
    members = {"error_code": "Refusal", "error_description": "TokenRefusal"}
    found = next((name for member, name in members.items() if member in body), "LoginRefusal")
    return tuple(dict.fromkeys((found, "Refusal")))


_TRUTH = {"type": "boolean"}
_ERRORS = {
    "Refusal": object_schema("error_code", "error_message", error_code={"type": "integer"}, error_message=TEXT),
    "LoginRefusal": object_schema("error", error=TEXT),
    "TokenRefusal": object_schema("error", "error_description", error=TEXT, error_description=TEXT),
}
_WALLBOARD = object_schema("id", "name", "is_global", id=TEXT, name=TEXT, is_global=_TRUTH)
_ENTRY = {**_WALLBOARD, "properties": {**_WALLBOARD["properties"], "is_default": _TRUTH}}
_SCREEN = {**_WALLBOARD, "properties": {**_WALLBOARD["properties"], "config": {"type": "object"}}}
_NAMED = list_schema(reference("Named"))
_RESPONSES: dict[str, Json] = {
    "login": reference("LoginAnswer"),
    "token": reference("TokenAnswer"),
    "data": {"type": "object", "additionalProperties": reference("ApplicationAnswer")},
    "dispositions": {"anyOf": [object_schema("dispositions", dispositions=list_schema(TEXT)), list_schema(TEXT)]},
    "teams": _NAMED,
    "agents": _NAMED,
    "services": _NAMED,
    "available_agents": object_schema("availability", availability=_TRUTH),
    "wallboards": object_schema("wallboards", wallboards=list_schema(_ENTRY)),
    "add_wallboard": object_schema("id", id=TEXT),
    "show_wallboard": _SCREEN,
}
_ID = parameter("id", "path", required=True)
_PARAMETERS: dict[str, list[Json | str]] = {
    "dispositions": [
        *(parameter(name, "query", enum=["0", "1"]) for name in ("agentCanSelect", "inbound", "outbound", "preview")),
        parameter("format", "query", enum=["object", "array"]),
    ],
    "available_agents": [parameter("tenantUrl", "query", required=True), parameter("service", "query", required=True)],
    "show_wallboard": [_ID],
    "remove_wallboard": [_ID],
    "change_wallboard": [_ID, parameter("name", "path", required=True)],
}
_SUBSCRIPTION = {"type": "object", "minProperties": 1, "additionalProperties": reference("Application")}
_SAMPLE = {"data": {"agent_grids": [{"id": "1", "columns": [{"id": "1", "stat_name": "acd_state"}]}]}}
_CREDENTIALS = object_schema("grant_type", grant_type=TEXT, client_id=TEXT, client_secret=TEXT, scope=TEXT)
_FORM = {"grant_type": "client_credentials", "client_id": "APP_CONSUMER_KEY", "client_secret": "APP_CONSUMER_SECRET"}
_BODIES: dict[str, Json] = {
    "login": {"application/json": {"schema": reference("Login")}},
    "token": {"application/x-www-form-urlencoded": {"schema": _CREDENTIALS, "example": _FORM}},
    "subscribe": {"application/json": {"schema": _SUBSCRIPTION, "example": _SAMPLE}},
    "add_wallboard": {"application/json": {"schema": reference("Wallboard")}},
    "change_wallboard": {"application/json": {"schema": {"type": "object"}}},
}
