"""The OpenAPI document of Atobi's API, made from its operations and from the schemas of its messages."""

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
    example_of,
    oauth2_scheme,
    parameter,
    reference,
)
from kpn_sandbox.gateway.operations import Operation
from kpn_sandbox.vendors import atobi
from kpn_sandbox.vendors.atobi.errors import error_for_status
from kpn_sandbox.vendors.atobi.operations import KPI, TOKEN, VERSIONS
from kpn_sandbox.vendors.atobi.schemas import (
    AcknowledgmentSchema,
    AtobiIdField,
    BodySchema,
    DecimalField,
    ElementSchema,
    TimeField,
    TokenForm,
    TokenSchema,
    WordField,
)


def document(base_url: str) -> dict[str, Any]:
    """Return the OpenAPI document for a sandbox at that URL."""
    api = ApiDoc(
        title="Atobi KPI integration",
        version="1.0.0",
        description=description_of(atobi),
        operations=_operations(),
        error_body=_error_body,
        error_schemas=_ERRORS,
        schemas={
            "Token": TokenSchema,
            "TokenForm": TokenForm,
            "Body": BodySchema,
            "Acknowledgment": AcknowledgmentSchema,
        },
        security={
            "oauth2": oauth2_scheme(f"{base_url}{TOKEN.path}"),
            "bearer": {"type": "http", "scheme": "bearer"},
            "basic": {"type": "http", "scheme": "basic"},
        },
        attribute_functions=[_field_schema],
    )
    return document_of(api, base_url)


def _operations() -> dict[Operation, OperationDoc]:
    form = {"schema": reference("TokenForm"), "example": _CREDENTIALS}
    types = ("application/x-www-form-urlencoded", "application/x-www-urlencoded", "application/json")
    version = parameter("api_version", "path", "Version of the API.", required=True, enum=list(VERSIONS))
    body = {"application/json": {"schema": reference("Body"), "example": _SAMPLE}}
    return {
        TOKEN: OperationDoc(
            reference("Token"),
            example_of(TokenSchema),
            body={kind: form for kind in types},
            security=[{}, {"basic": []}],
        ),
        KPI: OperationDoc(
            reference("Acknowledgment"),
            example_of(AcknowledgmentSchema),
            [version],
            body,
            security=[{"oauth2": []}, {"bearer": []}],
        ),
    }


def _field_schema(converter: Any, field: "fields.Field[Any]", **kwargs: Any) -> Json:
    """Return the schema of a field of this API's own, for apispec."""
    kinds: tuple[tuple[type[fields.Field[Any]], Json], ...] = (
        (WordField, {"type": ["string"], "minLength": 1, "maxLength": 255}),
        (AtobiIdField, {"type": ["string", "integer"]}),
        (DecimalField, {"type": ["string", "number"]}),
        (TimeField, {"type": ["string", "integer"]}),
    )
    for kind, schema in kinds:
        if isinstance(field, kind):
            return {**schema, "type": [*schema["type"], "null"] if field.allow_none else schema["type"]}
    return {}


def _error_body(operation: Operation, status: int) -> bytes:
    return error_for_status(status, EXAMPLE_LOCATION, operation.path).body()


_CREDENTIALS = {
    "grant_type": "client_credentials",
    "client_id": "APP_CONSUMER_KEY",
    "client_secret": "APP_CONSUMER_SECRET",
}
_ELEMENT = {**example_of(ElementSchema), "id": 1}
_SAMPLE = {
    "type": "kpi",
    "version": "1.0.0",
    "context": "sales",
    "data": [{"user_id": "123", "location_id": "321", "elements": [_ELEMENT]}],
}
_ERRORS = {
    "Refusal": {
        "type": "object",
        "description": "A refusal.",
        "required": ["status", "message"],
        "properties": {
            "status": {"type": "string", "enum": ["error"]},
            "message": TEXT,
            "errors": {"type": "object", "additionalProperties": {"type": "array", "items": TEXT}},
        },
    },
    "TokenRefusal": {
        "type": "object",
        "description": "A refusal of the token endpoint.",
        "required": ["error", "error_description", "message"],
        "properties": {"error": TEXT, "error_description": TEXT, "message": TEXT},
    },
}
