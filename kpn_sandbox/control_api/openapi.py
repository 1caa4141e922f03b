"""OpenAPI document of the control API, made from the operations and the schemas."""

import re
import sys
from collections.abc import Callable, Mapping
from http import HTTPStatus
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

from marshmallow import Schema, fields

from kpn_sandbox import __version__
from kpn_sandbox.client.records import Keywords, LogPageRecord, ProblemRecord
from kpn_sandbox.control_api import metrics
from kpn_sandbox.control_api.fields import OneOrMoreField, ShorthandField
from kpn_sandbox.control_api.operations import OPERATIONS, PREFIX, Access, ControlOperation
from kpn_sandbox.gateway.openapi import (
    TEXT,
    Json,
    add_conditions,
    finished,
    heading,
    list_schema,
    object_schema,
    reference,
    with_null,
)
from kpn_sandbox.literals import OBJECT_KINDS, SNAPSHOT_FORMAT
from kpn_sandbox.simulation.profile import field_ranges, field_schemas
from kpn_sandbox.simulation.randomness import ENGINE_VERSION

FieldSchema = Callable[[fields.Field[Any]], Json]
"""Returns the JSON schema of a marshmallow field."""

_VARIABLE = re.compile(r"\{(\w+)\}")

DESCRIPTION = """
The sandbox's own API, under /_sandbox.

Makes accounts and changes their state: profile, scenario, clock, pins, faults, quota; shows the requests that came and
the calls behind the counters. Invented by the sandbox; no vendor has it.

An account is asked with its client id and secret as HTTP Basic, any account with the administrator's token as Bearer.
Another's account looks like one that does not exist. Refusals are problems (RFC 9457) whose `errors` name each wrong
field, its value and what would be right; nothing is changed then. Instants are ISO 8601 with offset.
"""


def document(base_url: str) -> Json:
    """
    Return the OpenAPI document.

    Args:
        base_url: URL of the sandbox as the client sees it.
    """
    # Imported here because apispec takes a tenth of a start and most starts write no document.
    from apispec import APISpec
    from apispec.ext.marshmallow import MarshmallowPlugin

    plugin = MarshmallowPlugin(schema_name_resolver=_body_name)
    spec = APISpec(
        title="kpn_sandbox control API",
        version=__version__,
        openapi_version="3.1.0",
        plugins=[plugin],
        **heading(base_url, DESCRIPTION, f"{base_url}/manual", _tags(), "As kpn_sandbox"),
    )
    converter: Any = plugin.converter
    converter.add_attribute_function(_own_field_schema)
    components: dict[str, Json] = {"ProfilePatch": _PROFILE_PATCH}
    _json_schema(ProblemRecord, components)
    for operation in sorted(OPERATIONS, key=_order):
        described = _operation(operation, converter.field2property, components)
        spec.path(path=PREFIX + operation.path, operations={operation.method.lower(): described})
    spec.path(path=metrics.PATH, operations={"get": _METRICS})
    for name, schema in components.items():
        spec.components.schema(name, schema)
    spec.components.security_scheme("account", {"type": "http", "scheme": "basic"})
    spec.components.security_scheme("administrator", {"type": "http", "scheme": "bearer"})
    whole: Json = spec.to_dict()
    add_conditions(whole, converter.refs)
    return finished(whole)


def _order(operation: ControlOperation) -> tuple[int, int, int]:
    """
    Return where an operation stands: tools send requests in that order, with the examples.

    An account is made before it is asked for and deleted last, with the snapshot come a pin and a fault, and the
    deletion of one object comes before that of all.
    """
    path = operation.path
    rank = 0 if "{" not in path else 1 if path.endswith("/snapshot") else 3 if path == "/accounts/{id}" else 2
    method = {"GET": 1, "DELETE": 2}.get(operation.method, 0)
    return rank, -path.count("/") if rank == 2 else 0, method if rank else 0


def _tag(operation: ControlOperation) -> str:
    # Tools that send requests by tag must not drop what the others ask for before they do.
    return _LAST_TAG if operation.key in ("reset", "delete_account") else _module(operation)


def _module(operation: ControlOperation) -> str:
    return operation.view.__module__.rpartition(".")[2]


def _tags() -> dict[str, str]:
    """Return the groups of operations: the modules of their views, with the first sentence of each."""
    modules = dict.fromkeys(operation.view.__module__ for operation in OPERATIONS)
    groups = {name.rpartition(".")[2]: (sys.modules[name].__doc__ or "").strip().partition("\n")[0] for name in modules}
    return {**groups, _LAST_TAG: "The reset of an account, and its end."}


def _body_name(schema: Any) -> str:
    """Return the component name of the schema of a request body."""
    kind = schema if isinstance(schema, type) else type(schema)
    return kind.__name__.removesuffix("Schema")


def _own_field_schema(converter: Any, field: Any, **options: Any) -> Json:
    """Return the JSON schema of a field that apispec does not know."""
    if isinstance(field, OneOrMoreField):
        several = converter.field2property(field.list)
        return {"anyOf": [several, several["items"]]}
    if isinstance(field, ShorthandField):
        status = {"type": "integer", "minimum": field.low, "maximum": field.high}
        return {
            "anyOf": [converter.resolve_nested_schema(field.schema_class), status, {**TEXT, "enum": list(field.words)}]
        }
    own: Json = getattr(field, "json_schema", {})
    return with_null(own) if "type" in own and field.allow_none else own


def _json_schema(hint: Any, components: dict[str, Json]) -> Json:
    """Return the JSON schema of a type of `kpn_sandbox.client.records`; types with fields become components."""
    origin, arguments = get_origin(hint), get_args(hint)
    if is_typeddict(hint):
        name = _COMPONENT_NAMES.get(hint.__name__) or hint.__name__.removesuffix("Record")
        if name not in components:
            components[name] = _object_schema(hint, components)
        return reference(name)
    if origin is NotRequired:
        return _json_schema(arguments[0], components)
    if origin is Annotated:
        return {**_json_schema(arguments[0], components), **_keywords(hint.__metadata__)}
    if origin in (Union, UnionType):
        schema = _json_schema(arguments[0], components)
        return with_null(schema) if "type" in schema else {"anyOf": [schema, _NULL]}
    if origin is Literal:
        return {**TEXT, "enum": list(arguments)}
    if origin is list:
        return list_schema(_json_schema(arguments[0], components))
    return {"type": "object", "additionalProperties": {}} if origin in (dict, Mapping) else dict(_SIMPLE[hint])


def _object_schema(record: Any, components: dict[str, Json]) -> Json:
    hints = get_type_hints(record, include_extras=True)
    properties = {name: _json_schema(hint, components) for name, hint in hints.items()}
    schema = {"type": "object", "properties": properties, "additionalProperties": False}
    required = sorted(record.__required_keys__)
    return {**schema, "required": required} if required else schema


def _keywords(metadata: tuple[str | Keywords, ...]) -> Json:
    keywords: Json = {}
    for each in metadata:
        keywords |= {"description": each} if isinstance(each, str) else each._asdict()
    return {name: value for name, value in keywords.items() if value is not None}


def _operation(operation: ControlOperation, schema_of: FieldSchema, components: dict[str, Json]) -> Json:
    known = operation.behavior
    described: Json = {
        "operationId": operation.key,
        "tags": [_tag(operation)],
        "summary": operation.summary,
        "description": f"{known.label.capitalize()}: {known.source}. For {operation.access.value}.",
        "parameters": [*map(_path_parameter, _VARIABLE.findall(operation.path)), *_query(operation, schema_of)],
        "responses": {str(status): _response(operation, status, components) for status in operation.statuses},
        "security": _SECURITY[operation.access],
    }
    if operation.key == "change_profile":
        patch = {"schema": reference("ProfilePatch"), "example": {"agents": 80, "load": 1.2}}
        described["requestBody"] = {
            "required": True,
            "content": {"application/merge-patch+json": patch, "application/json": patch},
        }
    elif operation.takes_body:
        example = EXAMPLES[operation.key]
        content = {"application/json": {"schema": operation.body or operation.documented_body, "example": example}}
        described["requestBody"] = {"required": operation.key not in _BODY_OPTIONAL, "content": content}
    return described


def _path_parameter(name: str) -> Json:
    schema, example, description = _VARIABLES[name]
    texts = {"description": description, "example": example}
    return {"name": name, "in": "path", "required": True, "schema": schema, **texts}


def _query(operation: ControlOperation, schema_of: FieldSchema) -> list[Json]:
    declared: dict[str, fields.Field[Any]] = operation.query().fields
    return [_query_parameter(field.data_key or name, schema_of(field)) for name, field in declared.items()]


def _query_parameter(name: str, schema: Json) -> Json:
    # An example of all parameters is accepted, which one of all values is not: some exclude others.
    example = schema.get("default", schema.pop("example", None) or next(iter(schema.get("enum", ())), None))
    described = {"description": schema.pop("description")} if "description" in schema else {}
    # Nobody escapes the slashes of a path.
    reserved = {"allowReserved": True} if name == "path" else {}
    return {"name": name, "in": "query", **described, **reserved, "schema": schema, "example": example}


def _response(operation: ControlOperation, status: int, components: dict[str, Json]) -> Json:
    described: Json = {"description": HTTPStatus(status).phrase}
    if status >= 300:
        described["content"] = {"application/problem+json": {"schema": reference("Problem")}}
    elif operation.response is not NoneType:
        response = operation.response
        is_schema = isinstance(response, type) and issubclass(response, Schema)
        schema: Any = response if is_schema else _json_schema(response, components)
        if response is LogPageRecord:
            schema = {"anyOf": [schema, _HAR]}
        described["content"] = {"application/json": {"schema": schema}}
        if operation.headers:
            described["headers"] = {
                name: {"schema": TEXT, "description": text} for name, text in operation.headers.items()
            }
    return described


_COMPONENT_NAMES = {
    "HealthRecord": "Alive",
    "BehaviorRecord": "Known",
    "LogEntryRecord": "Request",
    "LogPageRecord": "Requests",
    "FieldError": "Complaint",
}
"""Names in the document that differ from those of the types; clients may have generated code from them."""

_SIMPLE: dict[Any, Json] = {
    str: TEXT,
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    Any: {},
}
_NULL: Json = {"type": "null"}
EXAMPLE_ACCOUNT = "example-account"
EXAMPLE_FAULT = "outage1"
_PIN = {"fields": {"Status": "AUX", "Reason": "2"}}
EXAMPLES: dict[str, Json] = {
    "create_account": {
        "client_id": EXAMPLE_ACCOUNT,
        "client_secret": "example-secret",
        "profile": {"agents": 20},
        "expires_in_seconds": 86_400,
    },
    "restore_snapshot": {
        "format": SNAPSHOT_FORMAT,
        "engine": ENGINE_VERSION,
        "seed": "example",
        "profile": {"agents": 20},
        "clock": {"mode": "frozen", "at": "2026-11-23T10:00:00+01:00"},
        "pins": [{"kind": "agents", "key": "40001", **_PIN}],
        "faults": [{"id": EXAMPLE_FAULT, "api": "kpn", "operation": "agents", "outcomes": [503, "ok"]}],
    },
    "revoke_tokens": {},
    "set_scenario": {"name": "peak"},
    "set_clock": {"mode": "running", "speed": 60},
    "advance_clock": {"seconds": 3600},
    "set_pin": _PIN,
    "add_fault": {"api": "kpn", "operation": "agents", "outcomes": [503, {"status": 503, "delay_ms": 200}, "ok"]},
    "set_quota": {"limit": 60, "interval": 1, "unit": "minute"},
    "reset": {"layers": ["pins", "faults"]},
}
"""Bodies by operation, which a new sandbox accepts in the order of the document."""
_SECURITY: dict[Access, list[Json]] = {
    Access.OPEN: [],
    Access.ADMIN: [{"administrator": []}],
    # Tools take the first: whoever runs all requests may do so with an account that the first ones make.
    Access.ACCOUNT: [{"administrator": []}, {"account": []}],
}
_LAST_TAG = "removal"
_BODY_OPTIONAL = ("create_account", "reset", "revoke_tokens")
_PROFILE_PATCH = {
    "type": "object",
    "description": "Fields of the profile (RFC 7396); null brings back a default.",
    "properties": {
        name: {"description": f"Null, or {field_ranges()[name]}.", "anyOf": [schema, _NULL]}
        for name, schema in field_schemas().items()
    },
    "additionalProperties": False,
}
_HAR = {**object_schema("log", log={"type": "object"}), "description": "With format=har."}
_VARIABLES: dict[str, tuple[Json, str, str]] = {
    "id": (TEXT, EXAMPLE_ACCOUNT, "Client id of the account."),
    "kind": ({**TEXT, "enum": list(OBJECT_KINDS)}, "agents", "What is pinned."),
    "key": ({**TEXT, "pattern": "^[1-9][0-9]{0,8}$"}, "40001", "Number of the object."),
    "fault": (TEXT, EXAMPLE_FAULT, "Id of the fault; the example is the one of the example of a snapshot."),
    "Logid": ({**TEXT, "pattern": "^[0-9]{1,9}$"}, "40001", "Login id of the agent."),
}
_METRICS: Json = {
    "operationId": "show_metrics",
    "tags": ["status"],
    "summary": "Figures for Prometheus.",
    "description": f"Invented: the sandbox's own, with the extra `metrics`. For {Access.ADMIN.value}.",
    "parameters": [],
    "security": _SECURITY[Access.ADMIN],
    "responses": {
        "200": {"description": "OK", "content": {"text/plain": {"schema": TEXT}}},
        **{
            str(status): {
                "description": HTTPStatus(status).phrase,
                "content": {"application/problem+json": {"schema": reference("Problem")}},
            }
            for status in (401, 403, 500, 501, 503)
        },
    },
}
