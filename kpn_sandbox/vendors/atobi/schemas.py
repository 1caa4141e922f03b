"""
Schemas of requests and responses: names, types, formats, examples, and the messages about wrong values.

Numbers keep the text that they were sent with: "150.00" stays "150.00", as a string and as a JSON number.

Source:
    help.atobi.io, "KPI integration": fields and which of them are mandatory; the table's data_from and data_to stand
    for date_from and date_to of all its samples.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, pre_load, validates_schema
from marshmallow.validate import Equal, Length

from kpn_sandbox.literals import DEMO_CLIENT_ID, DEMO_CLIENT_SECRET
from kpn_sandbox.validation import one_of_two

_LONGEST = 255
_LONGEST_NUMBER = 64

_DECIMAL = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
_VERSION = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+")
_TIME = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01]) (?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]")
_EPOCH = re.compile(r"[0-9]{1,11}")
# Something that is no white space.
_TEXT_LIMITS = {"minLength": 1, "maxLength": _LONGEST, "pattern": r"\S"}
_UNSTORABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
_ALIASES = {"data_from": "date_from", "data_to": "date_to"}


class JsonNumber(str):
    """A number in JSON, as its text."""


class _TextField(fields.Field[str]):
    accepts_numbers = False
    allowed = "must be a string"
    json_schema: Mapping[str, Any] = {}

    def deserialize(
        self, value: Any, attr: str | None = None, data: Mapping[str, Any] | None = None, **kwargs: Any
    ) -> Any:
        """Load a value; an empty text counts as null, which it becomes in Laravel before anything checks it."""
        is_empty = isinstance(value, str) and len(value) <= _LONGEST and not value.strip()
        return super().deserialize(None if is_empty else value, attr, data, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str) or (isinstance(value, JsonNumber) and not self.accepts_numbers):
            raise self._wrong(attr)
        if len(value) > _LONGEST or _UNSTORABLE.search(value) or not self._fits(value):
            raise self._wrong(attr)
        return str(value)

    def _fits(self, value: str) -> bool:
        return True

    def _wrong(self, attr: str | None) -> ValidationError:
        return ValidationError(f"The {(attr or 'value').replace('_', ' ')} {self.allowed}.")


class WordField(_TextField):
    """A short text."""

    json_schema = {"type": "string", **_TEXT_LIMITS}
    allowed = f"must be a string of 1 to {_LONGEST} characters"


class AtobiIdField(_TextField):
    """An id: a string or a whole number."""

    json_schema = {"type": ["string", "integer"], **_TEXT_LIMITS}
    accepts_numbers = True
    allowed = f"must be a string of 1 to {_LONGEST} characters or an integer"

    def _fits(self, value: str) -> bool:
        return not isinstance(value, JsonNumber) or re.fullmatch(r"-?[0-9]+", value) is not None


class DecimalField(_TextField):
    """A number, or a string with one."""

    json_schema = {"type": ["string", "number"], "maxLength": _LONGEST_NUMBER, "pattern": f"^(?:{_DECIMAL.pattern})$"}
    accepts_numbers = True
    allowed = "must be a number"

    def _fits(self, value: str) -> bool:
        return _DECIMAL.fullmatch(value) is not None and len(value) <= _LONGEST_NUMBER


class TimeField(_TextField):
    """A date and time in UTC, or seconds since the epoch."""

    json_schema = {
        "type": ["string", "integer"],
        "pattern": f"^(?:{_TIME.pattern}|{_EPOCH.pattern})$",
        "minimum": 0,
        "maximum": 10**11 - 1,
    }
    accepts_numbers = True
    allowed = "does not match the format Y-m-d H:i:s"

    def _fits(self, value: str) -> bool:
        try:
            instant(value)
        except ValueError:
            return False
        return True


class VersionField(_TextField):
    """A version of three numbers; a JSON number such as 1.5 stands for 1.5.0."""

    json_schema = {
        "type": ["string", "number"],
        "maxLength": _LONGEST,
        "pattern": f"^{_VERSION.pattern}$",
        "minimum": 0,
    }
    accepts_numbers = True
    allowed = "must be a version like 1.0.0"

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if isinstance(value, JsonNumber):
            value = JsonNumber(value + ".0" * (2 - value.count(".")))
        return super()._deserialize(value, attr, data, **kwargs)

    def _fits(self, value: str) -> bool:
        return _VERSION.fullmatch(value) is not None


def instant(text: str) -> float:
    """
    Return the instant in a text, in epoch seconds.

    Raises:
        ValueError: The text has no instant.
    """
    if _EPOCH.fullmatch(text):
        return float(text)
    if not _TIME.fullmatch(text):
        raise ValueError("neither Y-m-d H:i:s nor seconds")
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def _required(field: "type[_TextField]", example: str, description: str, **options: Any) -> _TextField:
    return field(required=True, metadata={"example": example, "description": description}, **options)


def _optional(field: "type[_TextField]", example: str, description: str) -> _TextField:
    optional = field(allow_none=True, metadata={"example": example, "description": description})
    # An empty text counts as left out.
    pattern = field.json_schema["pattern"]
    accepted = {"minLength": 0, "pattern": rf"^\s*$|{pattern}"}
    optional.json_schema = {**field.json_schema, **accepted}
    return optional


class _TolerantSchema(Schema):
    class Meta:
        # By the page, contents are "platform and context-dependent".
        unknown = EXCLUDE

    def handle_error(self, error: ValidationError, data: Any, *, many: bool, **kwargs: Any) -> None:
        """Replace marshmallow's message about a value that is no object."""
        if isinstance(error.messages, dict) and error.messages.get("_schema") == ["Invalid input type."]:
            error.messages["_schema"] = ["The value must be an object."]


class ElementSchema(_TolerantSchema):
    """A key figure."""

    id = _required(AtobiIdField, "1", "Id of the element; the same id of the same type and context replaces it.")
    kpi = _required(WordField, "device_sales", "What the figure is.")
    object_type = _required(
        WordField, "number", "Always number.", validate=Equal("number", error="The selected object type is invalid.")
    )
    value = _required(DecimalField, "100", "The figure, a decimal number as text.")
    units = _optional(WordField, "Devices sold", "What the figure counts.")
    timestamp = _required(TimeField, "2019-09-10 13:09:23", "Y-m-d H:i:s in UTC, or seconds since the epoch.")
    date_from = _optional(TimeField, "2019-09-10 13:09:23", "Begin of the period; data_from is taken as well.")
    date_to = _optional(TimeField, "2019-09-10 13:09:23", "End of the period; data_to is taken as well.")

    @pre_load
    def _rename(self, data: Any, **kwargs: Any) -> Any:
        if not isinstance(data, Mapping) or not _ALIASES.keys() & data.keys():
            return data
        left_out = set()
        for alias, name in _ALIASES.items():
            if alias in data and name in data:
                empty = [each for each in (alias, name) if not _is_given(data[each])]
                if not empty:
                    raise ValidationError(f"The {alias} must not be given beside {name}.", alias)
                left_out.add(empty[0])
        return {_ALIASES.get(name, name): value for name, value in data.items() if name not in left_out}

    @validates_schema(skip_on_field_errors=True)
    def _check_period(self, data: dict[str, Any], **kwargs: Any) -> None:
        start, end = data.get("date_from"), data.get("date_to")
        if start and end and instant(start) > instant(end):
            raise ValidationError("The date to must be a date after or equal to date from.", "date_to")

    def handle_error(self, error: ValidationError, data: Any, *, many: bool, **kwargs: Any) -> None:
        """Name a field as the client did, by its alias if it sent that."""
        super().handle_error(error, data, many=many, **kwargs)
        sent = {name: alias for alias, name in _ALIASES.items() if isinstance(data, Mapping) and alias in data}
        if isinstance(error.messages, dict):
            error.messages = {
                sent.get(name, name): [_with_aliases(text, sent) for text in texts]
                for name, texts in error.messages.items()
            }


class ItemSchema(_TolerantSchema):
    """Key figures of a user, a location, or a user at a location."""

    conditions = one_of_two("user_id", "location_id")

    user_id = _optional(AtobiIdField, "123", "The user.")
    location_id = _optional(AtobiIdField, "321", "The location.")
    elements = fields.List(
        fields.Nested(ElementSchema),
        required=True,
        validate=Length(min=1, error="The elements field must have at least 1 item."),
        metadata={"description": "The figures."},
    )

    @validates_schema(skip_on_field_errors=False, pass_original=True)
    def _check_subject(self, data: dict[str, Any], original: Any, **kwargs: Any) -> None:
        if isinstance(original, Mapping) and not any(
            _is_given(original.get(name)) for name in ("user_id", "location_id")
        ):
            message = "The {0} id field is required when {1} id is not present.".format
            names = {"user_id": [message("user", "location")], "location_id": [message("location", "user")]}
            raise ValidationError(names)


class BodySchema(_TolerantSchema):
    """Key figures that a third party sends."""

    type = _required(WordField, "kpi", "The integration, as Atobi gave it out.")
    version = _required(VersionField, "1.0.0", "Version of the integration.")
    context = _required(WordField, "sales", "Groups figures that belong together.")
    data = fields.List(
        fields.Nested(ItemSchema),
        required=True,
        validate=Length(min=1, error="The data field must have at least 1 item."),
        metadata={"description": "The figures, by whom they are about."},
    )


class AcknowledgmentSchema(Schema):
    """The response to key figures that were received."""

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


class TokenForm(_TolerantSchema):
    """A request for a token."""

    grant_type = fields.String(metadata={"example": "client_credentials", "description": "grant-type is taken, too."})
    client_id = fields.String(metadata={"example": DEMO_CLIENT_ID})
    client_secret = fields.String(metadata={"example": DEMO_CLIENT_SECRET})
    scope = fields.String()


def messages_by_path(messages: Any, prefix: str = "") -> dict[str, list[str]]:
    """
    Return messages about wrong fields by the dotted paths of the fields.

    Args:
        messages: Messages of a ValidationError.
        prefix: Path of the object that they are about; empty for the body.
    """
    if isinstance(messages, list):
        return {prefix or "body": [_sentence(text, prefix) for text in messages]}
    found: dict[str, list[str]] = {}
    for name, inner in messages.items():
        path = prefix if name == "_schema" else f"{prefix}.{name}" if prefix else str(name)
        for inner_path, texts in messages_by_path(inner, path).items():
            found.setdefault(inner_path, []).extend(texts)
    return found


def _is_given(value: Any) -> bool:
    return value is not None and not (isinstance(value, str) and not value.strip())


def _with_aliases(text: str, sent: Mapping[str, str]) -> str:
    for name, alias in sent.items():
        text = text.replace(name.replace("_", " "), alias.replace("_", " "))
    return text


def _sentence(text: str, path: str) -> str:
    sentences = {
        "Missing data for required field.": f"The {path} field is required.",
        "Field may not be null.": f"The {path} field is required.",
        "Not a valid list.": f"The {path} must be an array.",
    }
    return sentences.get(text, text)
