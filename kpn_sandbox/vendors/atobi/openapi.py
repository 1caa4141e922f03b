"""The OpenAPI document of Atobi's API, made from its operations and from the schemas of its messages."""

from typing import Any

from kpn_sandbox.gateway.openapi import TEXT, ApiDoc, OperationDoc, example_of, oauth2_scheme, parameter, reference
from kpn_sandbox.gateway.operations import Operation
from kpn_sandbox.literals import DEMO_CREDENTIALS
from kpn_sandbox.vendors import atobi
from kpn_sandbox.vendors.atobi import schemas
from kpn_sandbox.vendors.atobi.errors import error_for_status
from kpn_sandbox.vendors.atobi.operations import KPI, TOKEN, VERSIONS


def document(base_url: str) -> dict[str, Any]:
    """Return the OpenAPI document for a sandbox at that URL."""
    return ApiDoc(
        title="Atobi KPI integration",
        version="1.0.0",
        page="https://help.atobi.io/article/80-kpi-integration",
        tags={"token": "Access tokens.", "kpi": "Key figures."},
        package=atobi,
        operations=_operations(),
        error_for_status=error_for_status,
        error_schemas=_ERRORS,
        schemas=(schemas.TokenSchema, schemas.TokenForm, schemas.BodySchema, schemas.AcknowledgmentSchema),
        security={
            "oauth2": oauth2_scheme(f"{base_url}{TOKEN.path}"),
            "bearer": {"type": "http", "scheme": "bearer"},
            "basic": {"type": "http", "scheme": "basic"},
        },
    ).document(base_url)


def _operations() -> dict[Operation, OperationDoc]:
    form = {"schema": reference("TokenForm"), "example": _CREDENTIALS}
    types = ("application/x-www-form-urlencoded", "application/json")
    version = parameter("api_version", "path", "Version of the API.", VERSIONS[0], enum=list(VERSIONS))
    body = {"application/json": {"schema": reference("Body"), "example": _SAMPLE}}
    return {
        TOKEN: OperationDoc(
            reference("Token"),
            example_of(schemas.TokenSchema),
            body={kind: form for kind in types},
            # No tool can send a type that does not exist, so it is no key of the content.
            body_options={"required": True, "description": "A form may be labeled application/x-www-urlencoded, too."},
            security=[{}, {"basic": []}],
            tag="token",
        ),
        KPI: OperationDoc(
            reference("Acknowledgment"),
            example_of(schemas.AcknowledgmentSchema),
            [version],
            body,
            security=[{"oauth2": []}, {"bearer": []}],
            tag="kpi",
        ),
    }


_CREDENTIALS = {"grant_type": "client_credentials", **DEMO_CREDENTIALS}
_ELEMENT = {**example_of(schemas.ElementSchema), "id": 1}
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
