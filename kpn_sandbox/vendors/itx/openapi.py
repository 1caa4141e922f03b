"""The OpenAPI document of the provider, made from its operations and schemas; a provider can be generated from it."""

from typing import Any

from marshmallow import fields

from kpn_sandbox.gateway.openapi import (
    EXAMPLE_LOCATION,
    ApiDoc,
    Json,
    OperationDoc,
    description_of,
    document_of,
    parameter,
    reference,
)
from kpn_sandbox.gateway.operations import Operation
from kpn_sandbox.vendors import itx
from kpn_sandbox.vendors.itx.auth import PARAMETER
from kpn_sandbox.vendors.itx.errors import error_for_status
from kpn_sandbox.vendors.itx.operations import KPI
from kpn_sandbox.vendors.itx.schemas import JsonNumberField, KpiResponseDTO, TimestampField


def document(base_url: str) -> dict[str, Any]:
    """Return the OpenAPI document for a sandbox at that URL."""
    api = ApiDoc(
        title="ITX Custom KPI API",
        version="1.0",
        description=description_of(itx),
        operations={KPI: OperationDoc(reference("KpiResponseDTO"), SAMPLE, [_CUSTOMER])},
        error_body=_error_body,
        error_schemas={"Refusal": {"allOf": [reference("KpiResponseDTO")]}},
        schemas={"KpiResponseDTO": KpiResponseDTO},
        security={"token": {"type": "apiKey", "in": "query", "name": PARAMETER}},
        attribute_functions=[_field_schema],
    )
    return document_of(api, base_url)


def _field_schema(converter: Any, field: "fields.Field[Any]", **kwargs: Any) -> Json:
    """Return the schema of a field of this API's own, for apispec."""
    if isinstance(field, TimestampField):
        return {"type": "string", "format": "date-time", "pattern": "^[0-9-]{10}T[0-9:]{8}Z$"}
    return {"type": "number"} if isinstance(field, JsonNumberField) else {}


def _error_body(operation: Operation, status: int) -> bytes:
    return error_for_status(status, EXAMPLE_LOCATION).body()


_CUSTOMER = parameter(
    "customerId",
    "query",
    "Primary key, entity id, ITX customer number, primary phone number or external id of a customer.",
    required=True,
    minLength=1,
)
SAMPLE = {
    "sections": [
        {
            "title": "Orders",
            "documents": [
                {
                    "documentNumber": "SO26110030",
                    "documentDate": "2026-11-19T10:30:00Z",
                    "externalUrl": "https://shop.example.com/orders/SO26110030",
                    "trackingUrl": "https://parcels.example.com/3S26110030",
                    "status": {
                        "name": "Partly delivered",
                        "colorCode": "ORANGE",
                        "updatedDate": "2026-11-20T14:12:00Z",
                    },
                    "amount": 179.9,
                    "currency": "EUR",
                    "lines": [
                        {
                            "name": "Modem",
                            "quantity": 2,
                            "delivered": 1,
                            "url": "https://shop.example.com/products/modem",
                            "fields": [{"name": "Price", "value": "89.95"}],
                            "expandableFields": [
                                {
                                    "columns": ["Piece", "Serial number"],
                                    "fields": [
                                        {"name": "Piece", "value": "1"},
                                        {"name": "Serial number", "value": "SO26110030-MOD-01"},
                                    ],
                                }
                            ],
                        }
                    ],
                    "fields": [{"name": "Products", "value": "1"}, {"value": "Webshop"}],
                }
            ],
        },
        {"title": "Invoices", "message": "No data available", "documents": []},
    ]
}
"""A response with every member that the page has."""
