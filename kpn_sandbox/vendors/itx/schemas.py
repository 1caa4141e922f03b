"""
Schemas of the panel; the responses of other providers are checked against them, too.

Source:
    apidoc.itxuc.com, "Custom KPI API", Response format. Members without "[optional]" are taken as mandatory.
"""

import re
from datetime import datetime
from decimal import Decimal
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields
from marshmallow.validate import Length, OneOf

COLORS = ("NORMAL", "GREEN", "ORANGE", "RED")

_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")


class PanelTextField(fields.String):
    """A string."""

    default_error_messages = {"invalid": "must be a string"}


class TimestampField(fields.Field[str]):
    """A timestamp in UTC, to the second."""

    json_schema = {"type": "string", "format": "date-time", "pattern": "^[0-9-]{10}T[0-9:]{8}Z$"}
    default_error_messages = {"invalid": "must be a timestamp like 2026-11-23T09:00:00Z (UTC, no fraction, no offset)"}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str) or not _INSTANT.fullmatch(value):
            raise self.make_error("invalid")
        try:
            datetime.fromisoformat(value)
        except ValueError:
            raise self.make_error("invalid") from None
        return value


class JsonNumberField(fields.Field[Decimal]):
    """A JSON number."""

    json_schema = {"type": "number"}
    default_error_messages = {"invalid": "must be a number"}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Decimal:
        if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
            raise self.make_error("invalid")
        return Decimal(str(value))


class AmountField(JsonNumberField):
    """A sum of money with two decimals at most."""

    default_error_messages = {"precise": "must have two decimals (.00 precision)"}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Decimal:
        amount = super()._deserialize(value, attr, data, **kwargs)
        exponent = amount.normalize().as_tuple().exponent
        if isinstance(exponent, int) and exponent < -2:
            raise self.make_error("precise")
        return amount


def _text(example: str, description: str, *, required: bool = False, **options: Any) -> PanelTextField:
    return PanelTextField(required=required, metadata={"example": example, "description": description}, **options)


def _many(schema: "type[Schema]", description: str, *, required: bool = False) -> "fields.List[Any]":
    return fields.List(fields.Nested(schema), required=required, metadata={"description": description})


class _PanelSchema(Schema):
    class Meta:
        # The check of a provider warns about unknown members and accepts them.
        unknown = EXCLUDE

    def handle_error(self, error: ValidationError, data: Any, *, many: bool, **kwargs: Any) -> None:
        """Replace marshmallow's message about a value that is no object."""
        if isinstance(error.messages, dict) and error.messages.get("_schema") == ["Invalid input type."]:
            error.messages["_schema"] = ["must be an object"]


class KpiCustomFieldDTO(_PanelSchema):
    """A custom field of a document, with or without a name."""

    name = _text("Price", "Name of the field.")
    value = _text("89.95", "Its value.", required=True)


class KpiNamedFieldDTO(KpiCustomFieldDTO):
    """A custom field with a name."""

    name = _text("Price", "Name of the field.", required=True, validate=Length(min=1, error="must not be empty"))


class KpiExpandableDTO(_PanelSchema):
    """A table that can be opened below a line; fields fill the columns by their names, row by row."""

    columns = fields.List(
        _text("Serial number", "Heading."), required=True, metadata={"description": "Names of the properties."}
    )
    fields_ = fields.List(
        fields.Nested(KpiNamedFieldDTO),
        data_key="fields",
        attribute="fields",
        metadata={"description": "The values, by column and row by row."},
    )


class KpiStatusDTO(_PanelSchema):
    """A status."""

    name = _text("Delivered", "Text of the status.", required=True)
    colorCode = _text(
        "GREEN", "NORMAL when left out.", validate=OneOf(COLORS, error=f"must be one of {', '.join(COLORS)}")
    )
    updatedDate = TimestampField(
        metadata={"example": "2026-11-20T14:12:00Z", "description": "When it came about; UTC."}
    )


class KpiDocumentLineDTO(_PanelSchema):
    """A line of a document."""

    name = _text("Modem", "Product or service.", required=True)
    quantity = JsonNumberField(metadata={"example": 2, "description": "Bought or sold."})
    delivered = JsonNumberField(metadata={"example": 1, "description": "Delivered of them."})
    url = _text("https://shop.example.com/products/modem", "The product elsewhere.")
    fields_ = fields.List(
        fields.Nested(KpiNamedFieldDTO),
        data_key="fields",
        attribute="fields",
        metadata={"description": "Custom fields."},
    )
    expandableFields = _many(KpiExpandableDTO, "More about it, to be opened.")


class KpiDocumentDTO(_PanelSchema):
    """A document, like an order or an invoice."""

    documentNumber = _text(
        "SO26110030", "Its number.", required=True, validate=Length(min=1, error="must not be empty")
    )
    documentDate = TimestampField(
        required=True, metadata={"example": "2026-11-19T10:30:00Z", "description": "Its timestamp; UTC."}
    )
    externalUrl = _text("https://shop.example.com/orders/SO26110030", "The document elsewhere.")
    trackingUrl = _text("https://parcels.example.com/3S26110030", "Where the parcel is.")
    status = fields.Nested(KpiStatusDTO, metadata={"description": "Its status."})
    amount = AmountField(metadata={"example": 179.9, "description": "Its sum, with two decimals."})
    currency = _text("EUR", "Currency of the sum.")
    lines = _many(KpiDocumentLineDTO, "Its lines.")
    fields_ = fields.List(
        fields.Nested(KpiCustomFieldDTO),
        data_key="fields",
        attribute="fields",
        metadata={"description": "Custom fields; here they may be without a name."},
    )


class KpiSectionDTO(_PanelSchema):
    """A section of the panel."""

    title = _text("Orders", "Title.", required=True)
    message = _text("No data available", "An error or any other message.")
    documents = _many(KpiDocumentDTO, "Documents of the kind that the title names.", required=True)


class KpiResponseDTO(_PanelSchema):
    """The panel of a customer."""

    sections = _many(KpiSectionDTO, "Sections of the panel.")
