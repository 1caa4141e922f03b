"""The OpenAPI document of Kaisa's API, made from its operations and from the schemas of its responses."""

from typing import Any

from marshmallow import Schema

from kpn_sandbox.gateway.openapi import TEXT, ApiDoc, OperationDoc, example_of, object_schema, parameter, reference
from kpn_sandbox.gateway.operations import Operation
from kpn_sandbox.vendors import kaisa
from kpn_sandbox.vendors.kaisa import operations, schemas
from kpn_sandbox.vendors.kaisa.errors import error_for_status
from kpn_sandbox.vendors.kaisa.records import DATASETS
from kpn_sandbox.vendors.kaisa.store import FIRST_ADDED


def document(base_url: str) -> dict[str, Any]:
    """Return the OpenAPI document for a sandbox at that URL."""
    return ApiDoc(
        title="Kaisa Developer API",
        version="2.4.9",
        page="https://support.kaisa.io/hc/en-us/articles/360019527438",
        tags={"widgets": "Figures of calls.", "customers": "Customers.", "miscellaneous": "Whether it answers."},
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
    listed = OperationDoc(reference("Customers"), page, _PAGES, tag="customers")
    single = OperationDoc(reference("Customers"), page, [*_PAGES[2:], _ID], tag="customers")
    added = _form(schemas.NewCustomerForm)
    changed = OperationDoc(
        reference("Customers"),
        page,
        [_ID],
        # Where the path has no id the form has it; the server takes it from the query, too.
        body=_form(schemas.ChangedCustomerForm, "customer_id"),
        path_bodies={"/customers/{customer_id}": _form(schemas.ChangedCustomerForm)},
        tag="customers",
    )
    # Tools send the examples in this order: the customer whom they name is the one who is added first.
    return {
        operations.WIDGETS: OperationDoc(_DATASET, _SAMPLE, _PERIOD),
        operations.ADD_CUSTOMER: OperationDoc(reference("Customers"), page, body=added, tag="customers"),
        operations.CUSTOMERS: listed,
        operations.CHANGE_CUSTOMER: changed,
        operations.CUSTOMER: single,
        operations.PING: OperationDoc(reference("Ping"), {"ping": "ok"}, tag="miscellaneous"),
    }


def _title(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))


def _form(form: type[Schema], *more: str) -> dict[str, Any]:
    fields = form().fields
    required = [*more, *(name for name, field in fields.items() if field.required)]
    properties: dict[str, Any] = {name: getattr(field, "json_schema", TEXT) for name, field in fields.items()}
    schema: dict[str, Any] = {"type": "object", "properties": {**dict.fromkeys(more, _NUMBER), **properties}}
    example = {**dict.fromkeys(more, FIRST_ADDED), "name": "Example company", "custnr": "E-1"}
    for name, value in example.items():
        schema["properties"][name] = {**schema["properties"][name], "example": value}
    whole = {**schema, **({"required": required} if required else {})}
    return {"application/x-www-form-urlencoded": {"schema": whole, "example": example}}


_ERRORS = {
    "description": schemas.ErrorsSchema.__doc__,
    **object_schema("errors", errors={"type": "array", "items": TEXT}),
}
_DATASET = {"anyOf": [*(reference(_title(name)) for name in DATASETS), reference("TopCustomersByCallsOfOne")]}
_SAMPLE = {"dataset": "call_totals", "datasources": [{"datasource": 0, "data": "96"}]}
_NUMBER: dict[str, Any] = {"type": "integer", "minimum": -schemas.LARGEST, "maximum": schemas.LARGEST}
_PERIOD = [
    parameter("type", "query", "The dataset.", "call_totals", required=True, enum=list(DATASETS)),
    parameter("customer_id", "query", "Kaisa's id of a customer; none or 0 for all.", 0, **_NUMBER, default=0),
    # Tools that import the document fill in default values, and have none for a date.
    parameter("from_date", "query", "First day, YYYY-MM-DD.", "2026-01-05", format="date", default="2026-01-05"),
    parameter("to_date", "query", "Last day, YYYY-MM-DD.", "2026-01-11", format="date", default="2026-01-11"),
]
_PAGES = [
    parameter("customer_id", "query", "Only the one with this id; none or 0 for all.", 0, **_NUMBER, default=0),
    parameter("custnr", "query", "Only those with this number.", "E-1"),
    parameter("page", "query", "The page, from 0.", 0, **{**_NUMBER, "minimum": 0}, default=0),
    parameter("pagesize", "query", "Customers on a page.", 1000, type="integer", minimum=1, maximum=1000, default=1000),
]
_ID = parameter("customer_id", "path", "Kaisa's id of the customer.", FIRST_ADDED, **_NUMBER)
