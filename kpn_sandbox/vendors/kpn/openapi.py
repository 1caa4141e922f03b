"""
The OpenAPI document, made from the operations and the schemas that the code answers with.

Imported only when somebody asks for it, because of what it needs.
"""

import json
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import Schema

from kpn_sandbox.literals import LONGEST_DELAY_MS
from kpn_sandbox.vendors.kpn import __doc__ as title_page
from kpn_sandbox.vendors.kpn.errors import Envelope, Fault, TokenRefusal, told
from kpn_sandbox.vendors.kpn.operations import OPERATIONS, STATUSES, TOKEN, Operation
from kpn_sandbox.vendors.kpn.schemas import (
    AgentSchema,
    QueueSchema,
    RecentTokenSchema,
    TokenSchema,
    TrunkSchema,
    example,
)

_RECORDS: dict[str, type[Schema]] = {"agent": AgentSchema, "queue": QueueSchema, "trunk": TrunkSchema}
_NUMBERS = {"Logid": "40001", "Number": "1000"}


def document(base_url: str) -> dict[str, Any]:
    """
    The document.

    Args:
        base_url: Where the sandbox is, as the reader sees it.
    """
    spec = APISpec(
        title="KPN Dashboard Server",
        version="1.0",
        openapi_version="3.1.0",
        info={"description": title_page},
        servers=[{"url": base_url}],
        plugins=[MarshmallowPlugin()],
    )
    _components(spec, base_url)
    for operation in OPERATIONS:
        spec.path(path=operation.path, operations={operation.method.lower(): _operation(operation)})
    described: dict[str, Any] = spec.to_dict()
    return described


def _components(spec: APISpec, base_url: str) -> None:
    schemas: list[type[Schema]] = [*_RECORDS.values(), TokenSchema, RecentTokenSchema]
    for schema in schemas:
        spec.components.schema(schema.__name__.removesuffix("Schema"), schema=schema)
    for name, shape in _REFUSALS.items():
        spec.components.schema(name, shape)
    flow = {"tokenUrl": f"{base_url}{TOKEN.path}?grant_type=client_credentials", "scopes": {}}
    spec.components.security_scheme("oauth2", {"type": "oauth2", "flows": {"clientCredentials": flow}})
    spec.components.security_scheme("basic", {"type": "http", "scheme": "basic"})
    for name, parameter in _HEADERS.items():
        spec.components.parameter(name, "header", parameter)


def _operation(operation: Operation) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.key,
        "summary": operation.summary,
        "description": f"{operation.label.capitalize()}: {operation.source}.",
        "parameters": _parameters(operation),
        "responses": {str(status): _response(operation, status) for status in sorted({*operation.statuses, *STATUSES})},
        "security": [{"basic": []}, {}] if operation is TOKEN else [{"oauth2": []}],
    }
    if operation is TOKEN:
        described["requestBody"] = _CREDENTIALS
    return described


def _parameters(operation: Operation) -> list[Any]:
    if operation is TOKEN:
        return [_GRANT_TYPE, "Prefer"]
    path = [] if operation.parameter is None else [_path_parameter(operation.parameter)]
    return [*path, "Prefer", "IfNoneMatch", "IfMatch"]


def _path_parameter(name: str) -> dict[str, Any]:
    schema = {"type": "string", "pattern": "^[0-9]{1,9}$"}
    return {"name": name, "in": "path", "required": True, "schema": schema, "example": _NUMBERS[name]}


def _response(operation: Operation, status: int) -> dict[str, Any]:
    if status == 304:
        return {"description": "Unchanged since the answer that If-None-Match names"}
    described: dict[str, Any] = {"description": STATUSES[status]}
    if status < 300:
        content: dict[str, Any] = {"schema": _success(operation), "example": _example(operation)}
    else:
        refusal = told(status, operation, "https://sandbox/", _subject(operation))
        content = {"schema": {"anyOf": [{"$ref": f"#/components/schemas/{name}"} for name in _shapes(operation)]}}
        content["example"] = json.loads(refusal.body())
    described["content"] = {"application/json": content}
    described["headers"] = {name: {"schema": {"type": "string"}} for name in _answer_headers(operation, status)}
    return described


def _success(operation: Operation) -> dict[str, Any]:
    if operation is TOKEN:
        return {"anyOf": [{"$ref": "#/components/schemas/Token"}, {"$ref": "#/components/schemas/RecentToken"}]}
    record = {"$ref": f"#/components/schemas/{_kind(operation).capitalize()}"}
    held = {"type": "array", "items": record} if operation.parameter is None else record
    data = {"type": "object", "required": [operation.key], "properties": {operation.key: held}}
    return {
        "type": "object",
        "required": ["Error", "DataSet"],
        "properties": {"Error": {"type": "null"}, "DataSet": data},
    }


def _example(operation: Operation) -> dict[str, Any]:
    if operation is TOKEN:
        return example(TokenSchema)
    record = example(_RECORDS[_kind(operation)])
    return {"Error": None, "DataSet": {operation.key: [record] if operation.parameter is None else record}}


def _kind(operation: Operation) -> str:
    return operation.key.removesuffix("s")


def _subject(operation: Operation) -> str | None:
    return f"{operation.subject} 49999" if operation.subject else None


def _shapes(operation: Operation) -> tuple[str, ...]:
    return ("Fault", "Refusal", "TokenRefusal") if operation is TOKEN else ("Fault", "Refusal")


def _answer_headers(operation: Operation, status: int) -> tuple[str, ...]:
    special = {302: ("Location",), 401: () if operation is TOKEN else ("WWW-Authenticate",), 405: ("Allow",)}
    answered = ("ETag", "X-Sandbox-Time", "X-Sandbox-Replay") if status < 300 and operation is not TOKEN else ()
    return ("X-Request-Id", *answered, *special.get(status, ()))


def _object(*, required: list[str], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": required, "properties": properties}


_TEXT = {"type": "string"}
_REFUSALS = {
    "Fault": {
        "description": Fault.__doc__,
        **_object(
            required=["fault"],
            fault=_object(
                required=["faultstring", "detail"],
                faultstring=_TEXT,
                detail=_object(required=["errorcode"], errorcode=_TEXT),
            ),
        ),
    },
    "Refusal": {
        "description": Envelope.__doc__,
        **_object(required=["Error", "DataSet"], Error=_TEXT, DataSet={"type": "null"}),
    },
    "TokenRefusal": {
        "description": TokenRefusal.__doc__,
        **_object(required=["ErrorCode", "Error"], ErrorCode=_TEXT, Error=_TEXT),
    },
}
_HEADERS = {
    "Prefer": {
        "name": "Prefer",
        "description": f"Sandbox: `code=503` forces a status, `delay-ms=250` delays (0 to {LONGEST_DELAY_MS}), "
        '`at="2026-11-23T10:00:00+01:00"` answers as of that instant.',
        "schema": _TEXT,
    },
    "IfNoneMatch": {"name": "If-None-Match", "description": "ETag of an answer at hand.", "schema": _TEXT},
    "IfMatch": {"name": "If-Match", "description": "ETag that the answer must have.", "schema": _TEXT},
}
_GRANT_TYPE = {
    "name": "grant_type",
    "in": "query",
    "required": True,
    "schema": {"type": "string", "enum": ["client_credentials"]},
}
_CREDENTIALS = {
    "description": "The application's credentials; they may also come as HTTP Basic, without a body.",
    "content": {
        "application/x-www-form-urlencoded": {
            "schema": _object(required=[], client_id=_TEXT, client_secret=_TEXT),
            "example": {"client_id": "APP_CONSUMER_KEY", "client_secret": "APP_CONSUMER_SECRET"},
        }
    },
}
