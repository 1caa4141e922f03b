"""The OpenAPI document of Bright Pattern's API, made from its operations and from the schemas of its messages."""

from typing import Any

from kpn_sandbox.gateway.openapi import TEXT, ApiDoc, OperationDoc, oauth2_scheme, object_schema, parameter, reference
from kpn_sandbox.gateway.operations import Operation
from kpn_sandbox.vendors import bright_pattern
from kpn_sandbox.vendors.bright_pattern import schemas
from kpn_sandbox.vendors.bright_pattern.errors import Code, error_for_status
from kpn_sandbox.vendors.bright_pattern.operations import OPEN, OPERATIONS, STATUSES, TOKEN
from kpn_sandbox.vendors.bright_pattern.statistic_catalog import STATISTICS


def document(base_url: str) -> dict[str, Any]:
    """Return the OpenAPI document for a sandbox at that URL."""
    return ApiDoc(
        title="Bright Pattern Real-Time Statistics API",
        version="5.36",
        package=bright_pattern,
        notes=f"\n{_tables()}",
        operations={each: _operation(each) for each in OPERATIONS},
        error_for_status=error_for_status,
        error_schemas=_ERRORS,
        error_names=_error_names,
        schemas=(
            schemas.ApplicationSchema,
            schemas.ApplicationAnswerSchema,
            schemas.LoginSchema,
            schemas.LoginAnswerSchema,
            schemas.TokenAnswerSchema,
            schemas.NamedSchema,
            schemas.WallboardSchema,
        ),
        security={
            "oauth2": oauth2_scheme(f"{base_url}{TOKEN.path}"),
            "bearer": {"type": "http", "scheme": "bearer"},
            "sessionHeader": {"type": "apiKey", "in": "header", "name": "X-BP-SESSION-ID"},
            "sessionCookie": {"type": "apiKey", "in": "cookie", "name": "X-STATSAPI-TOKEN"},
        },
        statuses=tuple(STATUSES),
        phrases=STATUSES,
    ).document(base_url)


def _operation(operation: Operation) -> OperationDoc:
    return OperationDoc(
        schema=_RESPONSES.get(operation.key),
        parameters=_PARAMETERS.get(operation.key, []),
        body=_BODIES.get(operation.key, {}),
        security=[{}] if operation in OPEN else [],
    )


def _tables() -> str:
    statistics = (f"* `{each.name}` ({each.unit.value}): {each.meaning}" for each in STATISTICS.values())
    codes = (f"* {int(code)}: {code.meaning}" for code in Code)
    return "\n".join(("Statistics:", "", *statistics, "", "Error codes, the sandbox's own:", "", *codes, ""))


def _error_names(operation: Operation, body: dict[str, Any]) -> tuple[str, ...]:
    members = {"error_code": "Refusal", "error_description": "TokenRefusal"}
    found = next((name for member, name in members.items() if member in body), "LoginRefusal")
    return tuple(dict.fromkeys((found, "Refusal")))


_TRUTH = {"type": "boolean"}
_ERRORS = {
    "Refusal": object_schema("error_code", "error_message", error_code={"type": "integer"}, error_message=TEXT),
    "LoginRefusal": object_schema("error", error=TEXT),
    "TokenRefusal": object_schema("error", "error_description", error=TEXT, error_description=TEXT),
}
_ENTRY = object_schema("id", "name", "is_global", "is_default", id=TEXT, name=TEXT, is_global=_TRUTH, is_default=_TRUTH)
_SCREEN = {**_ENTRY, "properties": {**_ENTRY["properties"], "config": {"type": "object"}}}
_NAMED = {"type": "array", "items": reference("Named")}
_RESPONSES: dict[str, dict[str, Any]] = {
    "login": reference("LoginAnswer"),
    "token": reference("TokenAnswer"),
    "data": {"type": "object", "additionalProperties": reference("ApplicationAnswer")},
    "dispositions": {
        "anyOf": [
            object_schema("dispositions", dispositions={"type": "array", "items": TEXT}),
            {"type": "array", "items": TEXT},
        ]
    },
    "teams": _NAMED,
    "agents": _NAMED,
    "services": _NAMED,
    "available_agents": object_schema("availability", availability=_TRUTH),
    "wallboards": object_schema("wallboards", wallboards={"type": "array", "items": _ENTRY}),
    "add_wallboard": object_schema("id", id=TEXT),
    "show_wallboard": _SCREEN,
}
_ID = parameter("id", "path", required=True)
_PARAMETERS: dict[str, list[dict[str, Any] | str]] = {
    "dispositions": [
        *(parameter(name, "query", enum=["0", "1"]) for name in ("agentCanSelect", "inbound", "outbound", "preview")),
        parameter("format", "query", enum=["object", "array"]),
    ],
    "available_agents": [parameter(name, "query", required=True, minLength=1) for name in ("tenantUrl", "service")],
    "show_wallboard": [_ID],
    "remove_wallboard": [_ID],
    "change_wallboard": [_ID, parameter("property", "path", required=True, enum=list(schemas.WALLBOARD_PROPERTIES))],
}
_SUBSCRIPTION = {"type": "object", "minProperties": 1, "additionalProperties": reference("Application")}
_SAMPLE = {"data": {"agent_grids": [{"id": "1", "columns": [{"id": "1", "stat_name": "acd_state"}]}]}}
_CREDENTIALS = object_schema("grant_type", grant_type=TEXT, client_id=TEXT, client_secret=TEXT, scope=TEXT)
_FORM = {"grant_type": "client_credentials", "client_id": "APP_CONSUMER_KEY", "client_secret": "APP_CONSUMER_SECRET"}
_CHANGE = {
    "description": "The member that the path names.",
    "type": "object",
    "properties": {"name": TEXT, "is_global": _TRUTH, "is_default": _TRUTH, "config": {"type": "object"}},
}
_BODIES: dict[str, dict[str, Any]] = {
    "login": {"application/json": {"schema": reference("Login")}},
    "token": {"application/x-www-form-urlencoded": {"schema": _CREDENTIALS, "example": _FORM}},
    "subscribe": {"application/json": {"schema": _SUBSCRIPTION, "example": _SAMPLE}},
    "add_wallboard": {"application/json": {"schema": reference("Wallboard")}},
    "change_wallboard": {"application/json": {"schema": _CHANGE, "example": {"config": {"widgets": []}}}},
}
