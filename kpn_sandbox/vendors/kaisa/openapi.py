"""
The OpenAPI document, made from the operations and the schemas that the code works with.

Imported only when somebody asks for it, because of what it needs.
"""

from typing import Any

from flask import Response
from marshmallow import Schema

from kpn_sandbox.gateway.api import Operation
from kpn_sandbox.gateway.openapi import (
    TEXT,
    Answered,
    Description,
    Json,
    document_of,
    example_of,
    parameter,
    reference,
)
from kpn_sandbox.vendors.kaisa import __doc__ as title_page
from kpn_sandbox.vendors.kaisa import operations
from kpn_sandbox.vendors.kaisa.errors import forced
from kpn_sandbox.vendors.kaisa.records import DATASETS, FIELDS
from kpn_sandbox.vendors.kaisa.schemas import CustomerSchema, CustomersSchema, ErrorsSchema, PingSchema, dataset_schema


def document(base_url: str) -> dict[str, Any]:
    """
    The document.

    Args:
        base_url: Where the sandbox is, as the reader sees it.
    """
    return document_of(_api(), base_url)


def _api() -> Description:
    return Description(
        title="Kaisa Developer API",
        version="2.4.9",
        page=title_page or "",
        operations=_operations(),
        refusal=_refused,
        refusals={"Errors": _ERRORS},
        schemas=_schemas(),
        security={"digest": {"type": "http", "scheme": "digest"}},
    )


def _schemas() -> dict[str, type[Schema]]:
    datasets = {_title(name): dataset_schema(name) for name in DATASETS}
    one = {"TopCustomersByCallsOfOne": dataset_schema("top_customers_by_calls", one_customer=True)}
    return {**datasets, **one, "Customers": CustomersSchema, "Ping": PingSchema}


def _operations() -> dict[Operation, Answered]:
    customer = example_of(CustomerSchema)
    page = {"customers": [customer], "total": 1, "page": 0, "pagesize": 1000, "numpages": 1}
    listed = Answered(reference("Customers"), page, _PAGES)
    single = Answered(reference("Customers"), page, [*_PAGES[2:], _ID])
    form = _form("name", "custnr")
    return {
        operations.WIDGETS: Answered(_DATASET, _SAMPLE, _PERIOD),
        operations.CUSTOMERS: listed,
        operations.CUSTOMER: single,
        operations.ADD_CUSTOMER: Answered(reference("Customers"), page, body=form),
        operations.CHANGE_CUSTOMER: Answered(reference("Customers"), page, [_ID, *_PAGES[:1]], body=_form()),
        operations.PING: Answered(reference("Ping"), {"ping": "ok"}),
    }


def _title(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))


def _form(*required: str) -> Json:
    known = [name for name in FIELDS if name != "uuid"]
    schema = {"type": "object", "required": list(required), "properties": {name: TEXT for name in known}}
    example = {"name": "Example company", "custnr": "E-1"}
    return {"application/x-www-form-urlencoded": {"schema": schema, "example": example}}


def _refused(operation: Operation, status: int) -> Response:
    return forced(status, "https://sandbox/", 'Digest realm="Kaisa"').response()


_ERRORS = {
    "type": "object",
    "description": ErrorsSchema.__doc__,
    "required": ["errors"],
    "properties": {"errors": {"type": "array", "items": TEXT}},
}
_DATASET = {"anyOf": [*(reference(_title(name)) for name in DATASETS), reference("TopCustomersByCallsOfOne")]}
_SAMPLE = {"dataset": "call_totals", "datasources": [{"datasource": 0, "data": "96"}]}
_NUMBER: Json = {"type": "integer"}
_PERIOD = [
    parameter("type", "query", "The dataset.", required=True, enum=list(DATASETS)),
    parameter("customer_id", "query", "Kaisa's id of a customer; none or 0 for all.", **_NUMBER),
    parameter("from_date", "query", "First day, YYYY-MM-DD.", format="date"),
    parameter("to_date", "query", "Last day, YYYY-MM-DD.", format="date"),
]
_PAGES = [
    parameter("customer_id", "query", "Only the one with this id.", **_NUMBER),
    parameter("custnr", "query", "Only those with this number."),
    parameter("page", "query", "The page, from 0.", **_NUMBER, minimum=0),
    parameter("pagesize", "query", "Customers on a page.", **_NUMBER, minimum=1, maximum=1000),
]
_ID = parameter("customer_id", "path", "Kaisa's id of the customer.", required=True, **_NUMBER)
