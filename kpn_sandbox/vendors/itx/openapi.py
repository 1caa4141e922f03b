"""
The OpenAPI document, made from the operations and the schemas; good enough to generate a provider from.

Imported only when somebody asks for it, because of what it needs.
"""

from typing import Any

from apispec.ext.marshmallow import OpenAPIConverter
from flask import Response
from marshmallow import fields

from kpn_sandbox.gateway.api import Operation
from kpn_sandbox.gateway.openapi import Answered, Description, Json, document_of, parameter, reference
from kpn_sandbox.vendors.itx import __doc__ as title_page
from kpn_sandbox.vendors.itx.auth import PARAMETER
from kpn_sandbox.vendors.itx.errors import forced
from kpn_sandbox.vendors.itx.operations import KPI
from kpn_sandbox.vendors.itx.schemas import Instant, KpiResponseDTO, Number


def document(base_url: str) -> dict[str, Any]:
    """
    The document.

    Args:
        base_url: Where the sandbox is, as the reader sees it.
    """
    api = Description(
        title="ITX Custom KPI API",
        version="1.0",
        page=title_page or "",
        operations={KPI: Answered(reference("KpiResponseDTO"), SAMPLE, [_CUSTOMER])},
        refusal=_refused,
        refusals={"Refusal": {"allOf": [reference("KpiResponseDTO")]}},
        schemas={"KpiResponseDTO": KpiResponseDTO},
        security={"token": {"type": "apiKey", "in": "query", "name": PARAMETER}},
        fields=[_told],
    )
    return document_of(api, base_url)


def _told(converter: OpenAPIConverter, field: "fields.Field[Any]", **kwargs: Any) -> Json:
    """What a field of ours is."""
    if isinstance(field, Instant):
        return {"type": "string", "format": "date-time", "pattern": "^[0-9-]{10}T[0-9:]{8}Z$"}
    return {"type": "number"} if isinstance(field, Number) else {}


def _refused(operation: Operation, status: int) -> Response:
    return forced(status, "https://sandbox/").response()


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
"""An answer with everything in it that the page has."""
