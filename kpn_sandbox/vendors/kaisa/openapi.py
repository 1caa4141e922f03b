"""The OpenAPI document of Kaisa's API, made from its operations and from the schemas of its responses."""

from typing import Any

from marshmallow import Schema

from kpn_sandbox.gateway.openapi import TEXT, ApiDoc, OperationDoc, example_of, object_schema, parameter, reference
from kpn_sandbox.gateway.operations import Operation
from kpn_sandbox.vendors import kaisa
from kpn_sandbox.vendors.kaisa import operations, schemas
from kpn_sandbox.vendors.kaisa.errors import error_for_status
from kpn_sandbox.vendors.kaisa.records import DATASETS


def document(base_url: str) -> dict[str, Any]:
    """Return the OpenAPI document for a sandbox at that URL."""
    return ApiDoc(
        title="Kaisa Developer API",
        version="2.4.9",
        package=kaisa,
        operations=_operations(),
        error_for_status=error_for_status,
        error_schemas={"Errors": _ERRORS},
        schemas=(
            *map(schemas.dataset_schema, DATASETS),
            schemas.dataset_schema("top_customers_by_calls", one_customer=True),
            schemas.CustomersSchema,
            schemas.PingSchema,
        ),
        security={"digest": {"type": "http", "scheme": "digest"}},
    ).document(base_url)


def _operations() -> dict[Operation, OperationDoc]:
    customer = example_of(schemas.CustomerSchema)
    page = {"customers": [customer], "total": 1, "page": 0, "pagesize": 1000, "numpages": 1}
    listed = OperationDoc(reference("Customers"), page, _PAGES)
    single = OperationDoc(reference("Customers"), page, [*_PAGES[2:], _ID])
    return {
        operations.WIDGETS: OperationDoc(_DATASET, _SAMPLE, _PERIOD),
        operations.CUSTOMERS: listed,
        operations.CUSTOMER: single,
        operations.ADD_CUSTOMER: OperationDoc(reference("Customers"), page, body=_form(schemas.NewCustomerForm)),
        operations.CHANGE_CUSTOMER: OperationDoc(
            reference("Customers"),
            page,
            [_ID],
            # Where the path has no id the form has it; the server takes it from the query, too.
            body=_form(schemas.ChangedCustomerForm, "customer_id"),
            path_bodies={"/customers/{customer_id}": _form(schemas.ChangedCustomerForm)},
        ),
        operations.PING: OperationDoc(reference("Ping"), {"ping": "ok"}),
    }


def _title(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))


def _form(form: type[Schema], *more: str) -> dict[str, Any]:
    fields = form().fields
    required = [*more, *(name for name, field in fields.items() if field.required)]
    properties: dict[str, Any] = {name: getattr(field, "json_schema", TEXT) for name, field in fields.items()}
    # Unknown fields are ignored, but like the others they are given once.
    schema = {"type": "object", "properties": {**dict.fromkeys(more, _NUMBER), **properties}}
    example = {**dict.fromkeys(more, 900_000_001), "name": "Example company", "custnr": "E-1"}
    whole = {**schema, "additionalProperties": TEXT, **({"required": required} if required else {})}
    return {"application/x-www-form-urlencoded": {"schema": whole, "example": example}}


_ERRORS = {
    "description": schemas.ErrorsSchema.__doc__,
    **object_schema("errors", errors={"type": "array", "items": TEXT}),
}
_DATASET = {"anyOf": [*(reference(_title(name)) for name in DATASETS), reference("TopCustomersByCallsOfOne")]}
_SAMPLE = {"dataset": "call_totals", "datasources": [{"datasource": 0, "data": "96"}]}
_NUMBER: dict[str, Any] = {"type": "integer", "minimum": -schemas.LARGEST, "maximum": schemas.LARGEST}
_PERIOD = [
    parameter("type", "query", "The dataset.", required=True, enum=list(DATASETS)),
    parameter("customer_id", "query", "Kaisa's id of a customer; none or 0 for all.", **_NUMBER),
    parameter("from_date", "query", "First day, YYYY-MM-DD.", format="date"),
    parameter("to_date", "query", "Last day, YYYY-MM-DD.", format="date"),
]
_PAGES = [
    parameter("customer_id", "query", "Only the one with this id.", **_NUMBER),
    parameter("custnr", "query", "Only those with this number."),
    parameter("page", "query", "The page, from 0.", **{**_NUMBER, "minimum": 0}),
    parameter("pagesize", "query", "Customers on a page.", type="integer", minimum=1, maximum=1000),
]
_ID = parameter("customer_id", "path", "Kaisa's id of the customer.", required=True, **_NUMBER)
