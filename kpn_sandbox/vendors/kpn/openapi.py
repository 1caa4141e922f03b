"""The OpenAPI document of KPN's API, made from its operations and from the schemas of its responses."""

from typing import Any

from marshmallow import Schema

from kpn_sandbox.gateway.openapi import (
    TEXT,
    ApiDoc,
    OperationDoc,
    list_schema,
    oauth2_scheme,
    object_schema,
    parameter,
    reference,
)
from kpn_sandbox.gateway.operations import Operation
from kpn_sandbox.literals import DEMO_CREDENTIALS
from kpn_sandbox.vendors import kpn
from kpn_sandbox.vendors.kpn import schemas
from kpn_sandbox.vendors.kpn.errors import error_for_status
from kpn_sandbox.vendors.kpn.operations import OPERATIONS, STATUSES, TOKEN

_RECORDS: dict[str, type[Schema]] = {
    "agents": schemas.AgentSchema,
    "queues": schemas.QueueSchema,
    "trunks": schemas.TrunkSchema,
}
_NUMBERS = {"Logid": "40001", "Number": "1001"}


def document(base_url: str) -> dict[str, Any]:
    """Return the OpenAPI document for a sandbox at that URL."""
    return ApiDoc(
        title="KPN Dashboard Server",
        version="1.0",
        page="https://developer.kpn.com/dashboard-server-documentation",
        tags={"token": "Access tokens.", **{kind: f"Figures of {kind}." for kind in _RECORDS}},
        package=kpn,
        notes=_NOTES,
        operations={each: _TOKEN if each is TOKEN else _resource(each) for each in OPERATIONS},
        error_for_status=error_for_status,
        error_schemas=_ERRORS,
        error_names=_error_names,
        schemas=(*_RECORDS.values(), schemas.TokenSchema, schemas.RecentTokenSchema),
        security={
            "oauth2": oauth2_scheme(f"{base_url}{TOKEN.path}?grant_type=client_credentials"),
            "basic": {"type": "http", "scheme": "basic"},
        },
        parameters=_CONDITIONS,
        statuses=tuple(STATUSES),
        phrases={**STATUSES, 304: "Unchanged since the answer that If-None-Match names"},
        response_headers=_headers,
    ).document(base_url)


def _resource(operation: Operation) -> OperationDoc:
    record, sample = _RECORDS[operation.kind], schemas.example(_RECORDS[operation.kind])
    shape = reference(record.__name__.removesuffix("Schema"))
    is_single = bool(operation.parameter)
    data = object_schema(operation.key, **{operation.key: shape if is_single else list_schema(shape)})
    return OperationDoc(
        tag=operation.kind,
        schema=object_schema("Error", "DataSet", Error=_NO_ERROR, DataSet=data),
        example={"Error": None, "DataSet": {operation.key: sample if is_single else [sample]}},
        parameters=[*([_number(operation.parameter)] if is_single else []), *_CONDITIONS],
        security=[{"oauth2": []}],
    )


def _number(name: str) -> dict[str, Any]:
    description = "Login id of the agent." if name == "Logid" else "Number of the queue or trunk."
    return parameter(name, "path", description, _NUMBERS[name], pattern="^[0-9]{1,9}$")


def _error_names(operation: Operation, body: dict[str, Any]) -> tuple[str, ...]:
    return ("Fault", "Refusal", "TokenRefusal") if operation is TOKEN else ("Fault", "Refusal")


def _headers(operation: Operation, status: int) -> tuple[str, ...]:
    special = {302: ("Location",), 401: () if operation is TOKEN else ("WWW-Authenticate",), 405: ("Allow",)}
    success = ("ETag", "X-Sandbox-Time", "X-Sandbox-Replay") if status < 300 and operation is not TOKEN else ()
    return ("X-Request-Id", *success, *special.get(status, ()))


_ERRORS = {
    "Fault": {
        "description": "A refusal of the gateway.",
        **object_schema(
            "fault",
            fault=object_schema(
                "faultstring", "detail", faultstring=TEXT, detail=object_schema("errorcode", errorcode=TEXT)
            ),
        ),
    },
    "Refusal": {
        "description": "A refusal of the API behind the gateway.",
        **object_schema("Error", "DataSet", Error=TEXT, DataSet={"type": ["object", "null"], "description": "Null."}),
    },
    "TokenRefusal": {
        "description": "A refusal of the token endpoint, with the spaces where Apigee has them.",
        **object_schema("ErrorCode", "Error", ErrorCode=TEXT, Error=TEXT),
    },
}
_NO_ERROR = {"type": ["string", "null"], "description": "Null: there is none."}
_CONDITIONS = {
    "IfNoneMatch": {
        "name": "If-None-Match",
        "description": "ETag of a response at hand; if it is still the current one, the response is 304.",
        "example": '"0a1b2c3d4e5f60718293a4b5"',
        "schema": TEXT,
    }
}
# As a parameter, tools would fill in whatever fails.
_NOTES = """
A request with `If-Match` and another `ETag` than that of the current response is refused with 412.
"""
_TOKEN = OperationDoc(
    schema={"anyOf": [reference("Token"), reference("RecentToken")]},
    example=schemas.example(schemas.TokenSchema),
    parameters=[
        parameter(
            "grant_type",
            "query",
            "KPN's gateway reads it from the query.",
            "client_credentials",
            required=True,
            enum=["client_credentials"],
        )
    ],
    body={
        "application/x-www-form-urlencoded": {
            "schema": object_schema(**{name: {**TEXT, "example": value} for name, value in DEMO_CREDENTIALS.items()}),
            "example": DEMO_CREDENTIALS,
        }
    },
    body_options={"description": "The application's credentials; they may also come as HTTP Basic, without a body."},
    security=[{}, {"basic": []}],
)
