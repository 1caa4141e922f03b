"""
How things are spelled on the wire: names, types, formats, examples, and what is said of each that is wrong.

Numbers keep the text that they were sent with: "150.00" stays "150.00", as a string and as a JSON number.

Source:
    help.atobi.io, "KPI integration": fields and which of them are mandatory; the table's data_from and data_to stand
    for date_from and date_to of all its samples.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, pre_load, validates_schema
from marshmallow.validate import Equal, Length

LONGEST = 255

_DECIMAL = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
_VERSION = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")
_EPOCH = re.compile(r"[0-9]{1,11}")
_UNSTORABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
_ALIASES = {"data_from": "date_from", "data_to": "date_to"}


class Number(str):
    """The text of a number in JSON."""


class _Told(fields.Field[str]):
    """A field whose value is kept as text."""

    takes_numbers = False
    allowed = "must be a string"

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str) or (isinstance(value, Number) and not self.takes_numbers):
            raise self._wrong(attr)
        if not value.strip() or len(value) > LONGEST or _UNSTORABLE.search(value) or not self._fits(value):
            raise self._wrong(attr)
        return str(value)

    def _fits(self, value: str) -> bool:
        return True

    def _wrong(self, attr: str | None) -> ValidationError:
        return ValidationError(f"The {(attr or 'value').replace('_', ' ')} {self.allowed}.")


class Word(_Told):
    """A text."""

    allowed = f"must be a string of 1 to {LONGEST} characters"


class Identifier(_Told):
    """An id: a text or a whole number."""

    takes_numbers = True
    allowed = f"must be a string of 1 to {LONGEST} characters or an integer"

    def _fits(self, value: str) -> bool:
        return not isinstance(value, Number) or re.fullmatch(r"-?[0-9]+", value) is not None


class Decimal(_Told):
    """A number, as text or as itself."""

    takes_numbers = True
    allowed = "must be a number"

    def _fits(self, value: str) -> bool:
        return _DECIMAL.fullmatch(value) is not None and len(value) <= 64


class Time(_Told):
    """A date and time, in UTC, or seconds since the epoch."""

    takes_numbers = True
    allowed = "does not match the format Y-m-d H:i:s"

    def _fits(self, value: str) -> bool:
        try:
            instant(value)
        except ValueError:
            return False
        return True


class Version(_Told):
    """A version of three numbers."""

    allowed = "must be a version like 1.0.0"

    def _fits(self, value: str) -> bool:
        return _VERSION.fullmatch(value) is not None


def instant(text: str) -> float:
    """
    The instant that a text stands for; epoch seconds.

    Raises:
        ValueError: It stands for none.
    """
    if _EPOCH.fullmatch(text):
        return float(text)
    if not _TIME.fullmatch(text):
        raise ValueError("neither Y-m-d H:i:s nor seconds")
    return datetime.fromisoformat(text).replace(tzinfo=timezone.utc).timestamp()


def _required(field: "type[_Told]", example: str, description: str, **options: Any) -> _Told:
    return field(required=True, metadata={"example": example, "description": description}, **options)


def _optional(field: "type[_Told]", example: str, description: str) -> _Told:
    return field(allow_none=True, metadata={"example": example, "description": description})


class _Tolerant(Schema):
    """Members that the page does not know are ignored: contents are "platform and context-dependent"."""

    class Meta:
        """Not refused."""

        unknown = EXCLUDE

    def handle_error(self, error: ValidationError, data: Any, *, many: bool, **kwargs: Any) -> None:
        """Say what is wrong with the whole in words like those for its fields."""
        if isinstance(error.messages, dict) and error.messages.get("_schema") == ["Invalid input type."]:
            error.messages["_schema"] = ["The value must be an object."]


class ElementSchema(_Tolerant):
    """A key figure."""

    id = _required(Identifier, "1", "Id of the element; the same id of the same type and context replaces it.")
    kpi = _required(Word, "device_sales", "What the figure is.")
    object_type = _required(
        Word, "number", "Always number.", validate=Equal("number", error="The selected object type is invalid.")
    )
    value = _required(Decimal, "100", "The figure, a decimal number as text.")
    units = _optional(Word, "Devices sold", "What the figure counts.")
    timestamp = _required(Time, "2019-09-10 13:09:23", "Y-m-d H:i:s in UTC, or seconds since the epoch.")
    date_from = _optional(Time, "2019-09-10 13:09:23", "Begin of the period; data_from is taken as well.")
    date_to = _optional(Time, "2019-09-10 13:09:23", "End of the period; data_to is taken as well.")

    @pre_load
    def _rename(self, data: Any, **kwargs: Any) -> Any:
        if not isinstance(data, Mapping) or not _ALIASES.keys() & data.keys():
            return data
        for alias, name in _ALIASES.items():
            if alias in data and name in data:
                raise ValidationError(f"The {alias} must not be given beside {name}.", alias)
        return {_ALIASES.get(name, name): value for name, value in data.items()}

    @validates_schema(skip_on_field_errors=True)
    def _check_period(self, data: dict[str, Any], **kwargs: Any) -> None:
        start, end = data.get("date_from"), data.get("date_to")
        if start and end and instant(start) > instant(end):
            raise ValidationError("The date to must be a date after or equal to date from.", "date_to")


class ItemSchema(_Tolerant):
    """Key figures of a user, a location, or a user at a location."""

    user_id = _optional(Identifier, "123", "The user.")
    location_id = _optional(Identifier, "321", "The location.")
    elements = fields.List(
        fields.Nested(ElementSchema),
        required=True,
        validate=Length(min=1, error="The elements field must have at least 1 item."),
        metadata={"description": "The figures."},
    )

    @validates_schema(skip_on_field_errors=False, pass_original=True)
    def _check_subject(self, data: dict[str, Any], original: Any, **kwargs: Any) -> None:
        if isinstance(original, Mapping) and original.get("user_id") is original.get("location_id") is None:
            told = "The {0} id field is required when {1} id is not present."
            raise ValidationError(
                {"user_id": [told.format("user", "location")], "location_id": [told.format("location", "user")]}
            )


class BodySchema(_Tolerant):
    """What a third party sends."""

    type = _required(Word, "kpi", "The integration, as Atobi gave it out.")
    version = _required(Version, "1.0.0", "Version of the integration.")
    context = _required(Word, "sales", "Groups figures that belong together.")
    data = fields.List(
        fields.Nested(ItemSchema),
        required=True,
        validate=Length(min=1, error="The data field must have at least 1 item."),
        metadata={"description": "The figures, by whom they are about."},
    )


class AcknowledgmentSchema(Schema):
    """All of it was taken."""

    status = fields.String(required=True, validate=Equal("success"), metadata={"example": "success"})
    received = fields.Integer(required=True, metadata={"example": 6, "description": "Elements."})
    created = fields.Integer(required=True, metadata={"example": 6, "description": "Elements that are new."})
    updated = fields.Integer(required=True, metadata={"example": 0, "description": "Elements that were known."})


class TokenSchema(Schema):
    """An access token."""

    token_type = fields.String(required=True, metadata={"example": "Bearer"})
    expires_in = fields.Integer(required=True, metadata={"example": 3600, "description": "Seconds."})
    access_token = fields.String(required=True, metadata={"example": "haf2SDl07E9N7RluNQ4kJ1TkGgso"})
    scope = fields.String(metadata={"example": "kpi", "description": "As asked for."})


class TokenForm(Schema):
    """What is asked for a token with."""

    grant_type = fields.String(metadata={"example": "client_credentials", "description": "grant-type is taken, too."})
    client_id = fields.String(metadata={"example": "APP_CONSUMER_KEY"})
    client_secret = fields.String(metadata={"example": "APP_CONSUMER_SECRET"})
    scope = fields.String()


def paths(messages: Any, prefix: str = "") -> dict[str, list[str]]:
    """What is wrong, by the dotted path of each field."""
    if isinstance(messages, list):
        return {prefix or "body": [_sentence(text, prefix) for text in messages]}
    found: dict[str, list[str]] = {}
    for name, below in messages.items():
        path = prefix if name == "_schema" else f"{prefix}.{name}" if prefix else str(name)
        for where, texts in paths(below, path).items():
            found.setdefault(where, []).extend(texts)
    return found


def _sentence(text: str, path: str) -> str:
    known = {
        "Missing data for required field.": f"The {path} field is required.",
        "Field may not be null.": f"The {path} field is required.",
        "Not a valid list.": f"The {path} must be an array.",
    }
    return known.get(text, text)
