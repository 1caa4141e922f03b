"""
Schemas of requests and responses: names, order, types, formats, examples.

Source:
    support.kaisa.io, "Widgets data" (360019527438): the samples, with the JSON type of each value as printed there.
    support.kaisa.io, "Customers" (201249581).
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from marshmallow import EXCLUDE, Schema, fields
from marshmallow.validate import Equal, Length, OneOf, Range, Regexp

from kpn_sandbox.validation import ErrorOf, InvalidValue, check_known, object_with, text_schema, whole_number
from kpn_sandbox.vendors.kaisa.records import BUCKETS, DATASETS, FIELDS

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_COUNT = Regexp(r"^[0-9]+$")


def _text(example: str, description: str, **options: Any) -> fields.String:
    return fields.String(required=True, metadata={"example": example, "description": description}, **options)


def _whole(example: int, description: str) -> fields.Integer:
    metadata = {"example": example, "description": description}
    return fields.Integer(required=True, strict=True, validate=Range(min=0), metadata=metadata)


class CountedSchema(Schema):
    """A name and how many calls; the number is a string."""

    name = _text("Direct", "What is counted.")
    val = _text("34", "Calls.", validate=_COUNT)


class LengthSchema(Schema):
    """A length of calls and how many; the number is a string."""

    name = _text("missed", "Length of the calls.", validate=OneOf(("missed", *BUCKETS)))
    val = _text("74", "Calls.", validate=_COUNT)
    isWarningValue = fields.Boolean(
        validate=Equal(True), metadata={"example": True, "description": "With missed calls only."}
    )


class OriginSchema(Schema):
    """An area and how many calls; the number is a number."""

    name = _text("Mobile", "Where the caller's number belongs.")
    val = _whole(27, "Calls.")


class HourSchema(Schema):
    """An hour of the day."""

    name = _text("00:00", "When it begins.", validate=Regexp(r"^([01][0-9]|2[0-3]):00$"))
    Answered = _whole(6, "Calls that were answered.")
    Missed = _whole(14, "Calls that were not.")


class DaySchema(Schema):
    """A day."""

    name = _text("2021-03-17", "Its date.", validate=Regexp(f"^{_DATE.pattern}$"))
    Answered = _whole(6, "Calls that were answered.")
    Missed = _whole(14, "Calls that were not.")


class TopCustomerSchema(Schema):
    """A customer who called often; all values are strings."""

    scId = _text("123456", "Kaisa's id of the customer.", validate=_COUNT)
    name = _text("Customer 1", "Name.")
    val = _text("507", "Calls.", validate=_COUNT)
    url = _text("/mypages/dashboard/scid:123456", "Path of the customer's dashboard.")


def _rows(schema: type[Schema], **length: Any) -> "fields.List[Any]":
    metadata = {"description": schema.__doc__}
    return fields.List(fields.Nested(schema), required=True, validate=Length(**length), metadata=metadata)


DATA: "dict[str, fields.Field[Any]]" = {
    "missed_calls": _text("74", "Missed calls.", validate=_COUNT),
    "call_durations": _whole(50, "Average seconds of a call."),
    "average_calls_per_user": _text("1.0", "Calls per caller.", validate=Regexp(r"^[0-9]+\.[0-9]$")),
    "call_totals": _text("96", "Calls.", validate=_COUNT),
    "calls_top_attributions": _rows(CountedSchema, max=5),
    "unique_callers": _whole(24, "Callers."),
    "call_length_distribution": _rows(LengthSchema, min=1, max=7),
    "geographic_origin": _rows(OriginSchema, max=10),
    "daily_call_distribution": _rows(HourSchema, equal=24),
    "top_customers_by_calls": _rows(TopCustomerSchema, max=10),
    "calls_per_day": _rows(DaySchema, min=1, max=366),
}
"""Fields for the data of a dataset by its type; for one customer, `top_customers_by_calls` is like `call_totals`."""


def dataset_schema(name: str, *, one_customer: bool = False) -> type[Schema]:
    """
    Return the schema of the response with a dataset.

    Args:
        name: Type of the dataset.
        one_customer: Whether the dataset is about one customer.
    """
    data = DATA["call_totals" if one_customer and name == "top_customers_by_calls" else name]
    title = "".join(word.capitalize() for word in name.split("_")) + ("OfOne" if one_customer else "")
    source = Schema.from_dict(
        {"datasource": fields.Integer(required=True, strict=True, validate=Equal(0)), "data": data},
        name=f"{title}Source",
    )
    return Schema.from_dict(
        {
            "dataset": _text(name, "The type.", validate=Equal(name)),
            "datasources": fields.List(fields.Nested(source), required=True, validate=Length(equal=1)),
        },
        name=title,
    )


_CUSTOMER: "dict[str, fields.Field[Any]]" = {
    "customer_id": _text("407382", "Kaisa's id.", validate=_COUNT),
    "name": _text("Example company", "Name.", validate=Length(1, 60)),
    "custnr": _text("10026", "Number of the customer at the center.", validate=Length(1, 45)),
}
CustomerSchema = Schema.from_dict(
    _CUSTOMER | {name: _text("", name.replace("_", " ").capitalize() + ".") for name in FIELDS[3:]},
    name="CustomerSchema",
)
"""A customer; all values are strings."""


class CustomersSchema(Schema):
    """A page of customers."""

    customers = fields.List(fields.Nested(CustomerSchema), required=True)
    total = _whole(1, "Customers on all pages.")
    page = _whole(0, "The page, from 0.")
    pagesize = _whole(1000, "Customers on a page.")
    numpages = _whole(1, "Pages.")


class PingSchema(Schema):
    """The response of the ping."""

    ping = _text("ok", "Always the same.", validate=Equal("ok"))


class ErrorsSchema(Schema):
    """A refusal."""

    errors = fields.List(_text("type must be one of missed_calls, ...", "What is wrong."), required=True)


class QueryDateField(fields.Field[date]):
    """A date as YYYY-MM-DD."""

    default_error_messages = {"invalid": "must be a date like 2026-11-23"}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date:
        if not _DATE.fullmatch(value):
            raise self.make_error("invalid")
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise self.make_error("invalid") from None


LARGEST = 10**18 - 1
"""The largest whole number in a query or a form."""


class QueryIntegerField(fields.Field[int]):
    """A whole number."""

    default_error_messages = {"invalid": "must be a whole number"}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if not re.fullmatch(rf"-?[0-9]{{1,{len(str(LARGEST))}}}", value):
            raise self.make_error("invalid")
        return int(value)


class _Query(Schema):
    class Meta:
        # The widgets library sends a parameter of its own.
        unknown = EXCLUDE


_TYPES = f"must be one of {', '.join(DATASETS)}"


class WidgetsQuery(_Query):
    """Query for widgets data."""

    type = fields.String(
        required=True,
        validate=OneOf(tuple(DATASETS), error=_TYPES),
        error_messages={"required": _TYPES},
        metadata={"description": "The dataset."},
    )
    customer_id = QueryIntegerField(metadata={"description": "Kaisa's id of a customer; none or 0 for all."})
    from_date = QueryDateField(metadata={"description": "First day, YYYY-MM-DD."})
    to_date = QueryDateField(metadata={"description": "Last day, YYYY-MM-DD."})


class CustomersQuery(_Query):
    """Query for customers."""

    customer_id = QueryIntegerField(metadata={"description": "Only the one with this id."})
    custnr = fields.String(metadata={"description": "Only those with this number."})
    page = QueryIntegerField(
        validate=Range(0, error="must be 0 or more"), metadata={"description": "The page, from 0."}
    )
    pagesize = QueryIntegerField(
        validate=Range(1, 1000, error="must be 1 to 1000"), metadata={"description": "Customers on a page, up to 1000."}
    )


def _form_field(name: str, most: int, *, required: bool = False) -> fields.String:
    lowest = 1 if name in ("name", "custnr") else 0
    allowed = f"must be {lowest} to {most} characters without control characters"
    character = r"[^\x00-\x1f\x7f\ud800-\udfff]"
    field = fields.String(required=required, validate=Regexp(rf"^{character}{{{lowest},{most}}}\Z", error=allowed))
    # An empty value is as good as none.
    field.json_schema = text_schema(f"{character}{{{int(required)},{most}}}")  # type: ignore[attr-defined]
    field.error_messages["required"] = allowed
    return field


def _customer_form(*, new: bool) -> type[Schema]:
    limits = {"name": 60, "custnr": 45}
    form: dict[str, fields.Field[Any]] = {
        name: _form_field(name, limits.get(name, 255), required=new and name in limits)
        for name in FIELDS
        if name not in ("customer_id", "uuid")
    }
    return _Query.from_dict(form, name="NewCustomer" if new else "ChangedCustomer")


NewCustomerForm = _customer_form(new=True)
ChangedCustomerForm = _customer_form(new=False)


def _stored_fields(field: str, value: Any, error: ErrorOf = InvalidValue) -> dict[str, str]:
    if not isinstance(value, Mapping):
        raise error(field, value, "an object with fields of a customer")
    form = ChangedCustomerForm()
    for name in value:
        check_known(name, value[name], form.fields, role="a field of a customer", within=f"{field}.", error=error)
    wrong = form.validate(value)
    for name, messages in wrong.items():
        raise error(f"{field}.{name}", value[name], str(messages[0]).removeprefix("must be "))
    return dict(value)


check_stored_customer = object_with(
    {"customer_id": whole_number(1, 10**12), "fields": _stored_fields}, required=("customer_id", "fields")
)
"""The check of a customer of a snapshot that an account added or changed."""
