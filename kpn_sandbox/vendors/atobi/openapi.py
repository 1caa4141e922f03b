"""
The OpenAPI document, made from the operations and the schemas that the code works with.

Imported only when somebody asks for it, because of what it needs.
"""

from typing import Any

from apispec.ext.marshmallow import OpenAPIConverter
from flask import Response
from marshmallow import fields

from kpn_sandbox.gateway.api import Operation
from kpn_sandbox.gateway.openapi import TEXT, Answered, Description, Json, document_of, example_of, parameter, reference
from kpn_sandbox.vendors.atobi import __doc__ as title_page
from kpn_sandbox.vendors.atobi.errors import forced, refused
from kpn_sandbox.vendors.atobi.operations import KPI, TOKEN, VERSIONS
from kpn_sandbox.vendors.atobi.schemas import (
    AcknowledgmentSchema,
    BodySchema,
    Decimal,
    ElementSchema,
    Identifier,
    Time,
    TokenForm,
    TokenSchema,
    Word,
)


def document(base_url: str) -> dict[str, Any]:
    """
    The document.

    Args:
        base_url: Where the sandbox is, as the reader sees it.
    """
    flow = {"tokenUrl": f"{base_url}{TOKEN.path}", "scopes": {}}
    api = Description(
        title="Atobi KPI integration",
        version="1.0.0",
        page=title_page or "",
        operations=_operations(),
        refusal=_refused,
        refusals=_REFUSALS,
        schemas={
            "Token": TokenSchema,
            "TokenForm": TokenForm,
            "Body": BodySchema,
            "Acknowledgment": AcknowledgmentSchema,
        },
        security={
            "oauth2": {"type": "oauth2", "flows": {"clientCredentials": flow}},
            "bearer": {"type": "http", "scheme": "bearer"},
            "basic": {"type": "http", "scheme": "basic"},
        },
        fields=[_told],
    )
    return document_of(api, base_url)


def _operations() -> dict[Operation, Answered]:
    form = {"schema": reference("TokenForm"), "example": _CREDENTIALS}
    types = ("application/x-www-form-urlencoded", "application/x-www-urlencoded", "application/json")
    version = parameter("api_version", "path", "Version of the API.", required=True, enum=list(VERSIONS))
    body = {"application/json": {"schema": reference("Body"), "example": _SAMPLE}}
    return {
        TOKEN: Answered(
            reference("Token"),
            example_of(TokenSchema),
            body={kind: form for kind in types},
            security=[{}, {"basic": []}],
        ),
        KPI: Answered(
            reference("Acknowledgment"),
            example_of(AcknowledgmentSchema),
            [version],
            body,
            [{"oauth2": []}, {"bearer": []}],
        ),
    }


def _told(converter: OpenAPIConverter, field: "fields.Field[Any]", **kwargs: Any) -> Json:
    """What a field of ours may be."""
    kinds: tuple[tuple[type[fields.Field[Any]], Json], ...] = (
        (Word, {"type": ["string"], "minLength": 1, "maxLength": 255}),
        (Identifier, {"type": ["string", "integer"]}),
        (Decimal, {"type": ["string", "number"]}),
        (Time, {"type": ["string", "integer"]}),
    )
    for kind, told in kinds:
        if isinstance(field, kind):
            return {**told, "type": [*told["type"], "null"] if field.allow_none else told["type"]}
    return {}


def _refused(operation: Operation, status: int) -> Response:
    return refused(forced(status, "https://sandbox/"), operation.path).response()


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
_REFUSALS = {
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
