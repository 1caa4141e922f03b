"""The OpenAPI document of Bright Pattern's API, made from its operations and from the schemas of its messages."""

from typing import Any

from kpn_sandbox.gateway.openapi import (
    TEXT,
    ApiDoc,
    OperationDoc,
    example_of,
    list_schema,
    oauth2_scheme,
    object_schema,
    parameter,
    reference,
)
from kpn_sandbox.gateway.operations import Operation
from kpn_sandbox.literals import DEMO_CLIENT_ID, DEMO_CREDENTIALS
from kpn_sandbox.vendors import bright_pattern
from kpn_sandbox.vendors.bright_pattern import schemas
from kpn_sandbox.vendors.bright_pattern.errors import Code, error_for_status
from kpn_sandbox.vendors.bright_pattern.operations import LOGIN, LOGOUT, OPEN, OPERATIONS, STATUSES, TOKEN
from kpn_sandbox.vendors.bright_pattern.statistic_catalog import STATISTICS
from kpn_sandbox.vendors.bright_pattern.store import wallboard_id


def document(base_url: str) -> dict[str, Any]:
    """Return the OpenAPI document for a sandbox at that URL."""
    return ApiDoc(
        title="Bright Pattern Real-Time Statistics API",
        version="5.36",
        page="https://help3x.brightpattern.com/3.10:Real-time-statistics-api/APIDescription",
        tags=_TAGS,
        package=bright_pattern,
        notes=f"\n{_tables()}",
        operations={each: _operation(each) for each in sorted(OPERATIONS, key=_order)},
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
            "sessionIdCookie": {"type": "apiKey", "in": "cookie", "name": "X-BP-SESSION-ID"},
        },
        statuses=tuple(STATUSES),
        phrases=STATUSES,
    ).document(base_url)


def _order(operation: Operation) -> tuple[bool, int]:
    """Return where an operation stands: tools send requests in that order, and the log-out ends the session of all."""
    order = {"change_wallboard": 0, "show_wallboard": 1, "remove_wallboard": 2}
    return operation in (LOGIN, LOGOUT), order.get(operation.key, -1)


def _operation(operation: Operation) -> OperationDoc:
    return OperationDoc(
        tag=_tag(operation),
        schema=_RESPONSES.get(operation.key),
        parameters=_PARAMETERS.get(operation.key, []),
        body=_BODIES.get(operation.key, {}),
        security=[{}] if operation in OPEN else [],
    )


def _tag(operation: Operation) -> str:
    view = operation.path.split("/")[2:4]
    return next((tag for tag in ("subscription", "wallboards") if tag in view), _TAG_OF.get(view[0], "configuration"))


def _tables() -> str:
    statistics = (f"* `{each.name}` ({each.unit.value}): {each.meaning}" for each in STATISTICS.values())
    codes = (f"* {int(code)}: {code.meaning}" for code in Code)
    return "\n".join(("Statistics:", "", *statistics, "", "Error codes, the sandbox's own:", "", *codes, ""))


def _error_names(operation: Operation, body: dict[str, Any]) -> tuple[str, ...]:
    members = {"error_code": "Refusal", "error_description": "TokenRefusal"}
    found = next((name for member, name in members.items() if member in body), "LoginRefusal")
    return tuple(dict.fromkeys((found, "Refusal")))


_TAGS = {
    "tokens": "Access tokens.",
    "subscription": "Statistics that a client subscribes to, and their values.",
    "configuration": "Teams, agents, services, dispositions.",
    "wallboards": "Wallboards that clients store.",
    # The last one, because tools that send requests by tag must not log out before the others.
    "sessions": "Log-in and log-out.",
}
_TAG_OF = {"auth": "sessions", "v2": "tokens"}
_TRUTH = {"type": "boolean"}
_ERRORS = {
    "Refusal": object_schema("error_code", "error_message", error_code={"type": "integer"}, error_message=TEXT),
    "LoginRefusal": object_schema("error", error=TEXT),
    "TokenRefusal": object_schema("error", "error_description", error=TEXT, error_description=TEXT),
}
_ENTRY = object_schema("id", "name", "is_global", "is_default", id=TEXT, name=TEXT, is_global=_TRUTH, is_default=_TRUTH)
_SCREEN = {**_ENTRY, "properties": {**_ENTRY["properties"], "config": {"type": "object"}}}
_NAMED = list_schema(reference("Named"))
_RESPONSES: dict[str, dict[str, Any]] = {
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
_ID = parameter("id", "path", "Id of the wallboard.", wallboard_id(DEMO_CLIENT_ID, 1))
_PROPERTY = parameter(
    "property", "path", "The property that the body has.", "name", enum=list(schemas.WALLBOARD_PROPERTIES)
)
_PARAMETERS: dict[str, list[dict[str, Any] | str]] = {
    "dispositions": [
        *(
            parameter(name, "query", "1: only those that are so.", "0", enum=["0", "1"])
            for name in ("agentCanSelect", "inbound", "outbound", "preview")
        ),
        parameter("format", "query", "An object, or a bare array.", "object", enum=["object", "array"]),
    ],
    "available_agents": [
        parameter("tenantUrl", "query", "Host of the tenant.", "localhost", required=True, minLength=1),
        parameter("service", "query", "Name of a service.", "Klantenservice", required=True, minLength=1),
    ],
    "show_wallboard": [_ID],
    "remove_wallboard": [_ID],
    "change_wallboard": [_ID, _PROPERTY],
}
_SUBSCRIPTION = {"type": "object", "minProperties": 1, "additionalProperties": reference("Application")}
_SAMPLE = {"data": {"agent_grids": [{"id": "1", "columns": [{"id": "1", "stat_name": "acd_state"}]}]}}
_FORM = {"grant_type": "client_credentials", **DEMO_CREDENTIALS}
_CREDENTIALS = object_schema(
    "grant_type", **{name: {**TEXT, "example": value} for name, value in _FORM.items()}, scope=TEXT
)
_PROPERTIES = {"name": "Reception", "is_global": False, "is_default": False, "config": {"widgets": []}}
_CHANGE = {
    "description": "The member that the path names.",
    "type": "object",
    "properties": {
        "name": {**TEXT, "example": "Reception"},
        "is_global": _TRUTH,
        "is_default": _TRUTH,
        "config": {"type": "object", "example": {"widgets": []}},
    },
}
_BODIES: dict[str, dict[str, Any]] = {
    "login": {"application/json": {"schema": reference("Login"), "example": example_of(schemas.LoginSchema)}},
    "token": {"application/x-www-form-urlencoded": {"schema": _CREDENTIALS, "example": _FORM}},
    "subscribe": {"application/json": {"schema": _SUBSCRIPTION, "example": _SAMPLE}},
    "add_wallboard": {
        "application/json": {"schema": reference("Wallboard"), "example": example_of(schemas.WallboardSchema)}
    },
    "change_wallboard": {"application/json": {"schema": _CHANGE, "example": _PROPERTIES}},
}
