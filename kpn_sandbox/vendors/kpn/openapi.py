"""The OpenAPI document of KPN's API, made from its operations and from the schemas of its responses."""

from typing import Any

from marshmallow import Schema

from kpn_sandbox.gateway.openapi import (
    EXAMPLE_LOCATION,
    TEXT,
    ApiDoc,
    Json,
    OperationDoc,
    any_of,
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
from kpn_sandbox.vendors import kpn
from kpn_sandbox.vendors.kpn.errors import error_for_status
from kpn_sandbox.vendors.kpn.operations import OPERATIONS, STATUSES, TOKEN
from kpn_sandbox.vendors.kpn.schemas import (
    AgentSchema,
    QueueSchema,
    RecentTokenSchema,
    TokenSchema,
    TrunkSchema,
    example,
)

_RECORDS: dict[str, type[Schema]] = {"agents": AgentSchema, "queues": QueueSchema, "trunks": TrunkSchema}
_NUMBERS = {"Logid": "40001", "Number": "1000"}


def document(base_url: str) -> dict[str, Any]:
    """Return the OpenAPI document for a sandbox at that URL."""
    api = ApiDoc(
        title="KPN Dashboard Server",
        version="1.0",
        description=description_of(kpn),
        operations={each: _TOKEN if each is TOKEN else _resource(each) for each in OPERATIONS},
        error_body=_error_body,
        error_schemas=_ERRORS,
        error_names=_error_names,
        schemas=schemas_by_name(*_RECORDS.values(), TokenSchema, RecentTokenSchema),
        security={
            "oauth2": oauth2_scheme(f"{base_url}{TOKEN.path}?grant_type=client_credentials"),
            "basic": {"type": "http", "scheme": "basic"},
        },
        parameters=_CONDITIONS,
        statuses=tuple(STATUSES),
        phrases={**STATUSES, 304: "Unchanged since the answer that If-None-Match names"},
        response_headers=_headers,
    )
    return document_of(api, base_url)


def _resource(operation: Operation) -> OperationDoc:
    record, sample = _RECORDS[operation.kind], example(_RECORDS[operation.kind])
    shape = reference(record.__name__.removesuffix("Schema"))
    is_single = bool(operation.parameter)
    data = object_schema(operation.key, **{operation.key: shape if is_single else list_schema(shape)})
    return OperationDoc(
        schema=object_schema("Error", "DataSet", Error={"type": "null"}, DataSet=data),
        example={"Error": None, "DataSet": {operation.key: sample if is_single else [sample]}},
        parameters=[*([_number(operation.parameter)] if is_single else []), *_CONDITIONS],
        security=[{"oauth2": []}],
    )


def _number(name: str) -> Json:
    return {**parameter(name, "path", required=True, pattern="^[0-9]{1,9}$"), "example": _NUMBERS[name]}


def _error_body(operation: Operation, status: int) -> bytes:
    subject = f"{operation.subject} 49999" if operation.subject else ""
    return error_for_status(status, operation, EXAMPLE_LOCATION, subject).body()


def _error_names(operation: Operation, body: Json) -> tuple[str, ...]:
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
        **object_schema("Error", "DataSet", Error=TEXT, DataSet={"type": "null"}),
    },
    "TokenRefusal": {
        "description": "A refusal of the token endpoint, with the spaces where Apigee has them.",
        **object_schema("ErrorCode", "Error", ErrorCode=TEXT, Error=TEXT),
    },
}
_CONDITIONS = {
    "IfNoneMatch": {"name": "If-None-Match", "description": "ETag of an answer at hand.", "schema": TEXT},
    "IfMatch": {"name": "If-Match", "description": "ETag that the answer must have.", "schema": TEXT},
}
_TOKEN = OperationDoc(
    schema=any_of(("Token", "RecentToken")),
    example=example(TokenSchema),
    parameters=[
        {"name": "grant_type", "in": "query", "required": True, "schema": {**TEXT, "enum": ["client_credentials"]}}
    ],
    body={
        "application/x-www-form-urlencoded": {
            "schema": object_schema(client_id=TEXT, client_secret=TEXT),
            "example": {"client_id": "APP_CONSUMER_KEY", "client_secret": "APP_CONSUMER_SECRET"},
        }
    },
    body_options={"description": "The application's credentials; they may also come as HTTP Basic, without a body."},
    security=[{"basic": []}, {}],
)
