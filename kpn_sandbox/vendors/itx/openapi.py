"""The OpenAPI document of the provider, made from its operations and schemas; a provider can be generated from it."""

from typing import Any

from kpn_sandbox.gateway.openapi import ApiDoc, OperationDoc, parameter, reference
from kpn_sandbox.vendors import itx
from kpn_sandbox.vendors.itx import schemas
from kpn_sandbox.vendors.itx.auth import PARAMETER
from kpn_sandbox.vendors.itx.errors import error_for_status
from kpn_sandbox.vendors.itx.operations import KPI


def document(base_url: str) -> dict[str, Any]:
    """Return the OpenAPI document for a sandbox at that URL."""
    return ApiDoc(
        title="ITX Custom KPI API",
        version="1.0",
        page="https://apidoc.itxuc.com/docs/guides/custom-kpi",
        tags={"kpi": "The panel of a customer."},
        package=itx,
        operations={KPI: OperationDoc(reference("KpiResponseDTO"), SAMPLE, [_CUSTOMER])},
        error_for_status=error_for_status,
        error_schemas={},
        error_names=lambda operation, body: ("KpiResponseDTO",),
        schemas=(schemas.KpiResponseDTO,),
        security={"token": {"type": "apiKey", "in": "query", "name": PARAMETER}},
    ).document(base_url)


_CUSTOMER = parameter(
    "customerId",
    "query",
    "Primary key, entity id, ITX customer number, primary phone number or external id of a customer.",
    "10006",
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
