"""
Fields and the base schema of request bodies and queries of the control API.

marshmallow converts where it can ("7" becomes 7) and has a message per mistake. Here a field takes exactly what it
documents, a schema no other fields, and the only message of a field is what would be right: "a whole number from 1 to
1000". `field_errors` turns these messages into the `errors` of a problem document.
"""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, ClassVar

from marshmallow import RAISE, Schema, ValidationError, fields
from marshmallow.validate import Length, OneOf, Range, Regexp

from kpn_sandbox import validation
from kpn_sandbox.client.errors import FieldError
from kpn_sandbox.simulation.calendar import FIRST_DATE, LAST_DATE, day_of
from kpn_sandbox.simulation.errors import InstantOutOfRange
from kpn_sandbox.validation import Kept, Rule, parse_instant

INSTANT = "an ISO 8601 instant with offset from 2000 to 2100, like 2026-11-23T10:00:00+01:00"

DATE = "a date from 2000-01-01 to 2100-12-31, like 2026-11-23"

_MESSAGES = ("required", "null", "invalid", "invalid_utf8", "type", "too_large", "special", "validator_failed")
"""Keys of all messages that marshmallow's fields have."""

_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_HEADER_TEXT = re.compile(r"[ -~\xa0-\xff]{0,1000}")
_FRAMING = ("connection", "content-length", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade")
# ECMA 262 has no expressions that disregard the case.
_FRAMING_PATTERN = re.sub("[a-z]", lambda letter: f"[{letter[0].upper()}{letter[0]}]", "|".join(_FRAMING))
_ABSENT = object()
_DAY_PATTERN = (
    "(?:20[0-9]{2}|2100)-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    "|02-(?:0[1-9]|1[0-9]|2[0-8]))|20(?:[02468][048]|[13579][26])-02-29"
)
_INSTANT_PATTERN = (
    f"(?:{_DAY_PATTERN})T(?:[01][0-9]|2[0-3])(?::[0-5][0-9]){{2}}(?:[.][0-9]{{1,9}})?"
    "(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# Programs that know no whole numbers write 20.0 in queries, too.
_WHOLE = re.compile(r"[.]0+\Z")
_PLUS_AS_SPACE = re.compile(r"(:[0-9.]+) (\d\d:?\d\d)$")
_LONGEST_SHOWN = 200
_MIDDLE = 2.5e9


class StrictSchema(Schema):
    """JSON object with the declared fields and no others."""

    class Meta:
        unknown = RAISE

    members = "fields"
    conditions: ClassVar[dict[str, Any]] = {}
    """JSON schema of what fields must have in common, for the document."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        names = ", ".join(field.data_key or name for name, field in self.load_fields.items())
        known = f"the {self.members} are {names}" if names else f"this call has no {self.members}"
        messages = {"unknown": f"left out: {known}", "type": f"a JSON object with {names or 'no fields'}"}
        self.error_messages = {**self.error_messages, **messages}


class QuerySchema(StrictSchema):
    """Query with the declared parameters and no others."""

    members = "query parameters"


class WholeNumberField(fields.Integer):
    """Whole number in a range, bounds included; digits where the field stands in a query."""

    def __init__(self, low: int, high: int, **options: Any) -> None:
        self._rule = rule = validation.whole_number(low, high)
        super().__init__(validate=Range(low, high, error=rule.allowed), **_with_message(rule.allowed, options))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if self.metadata.get("in_query"):
            plain = _WHOLE.sub("", value) if isinstance(value, str) else value
            return _checked(self, validation.digits(self._rule), plain)
        return _checked(self, self._rule, value)


class NumberField(fields.Float):
    """Number in a range, whole or not; bounds included, but for the lower one with `above`."""

    def __init__(self, low: float, high: float, *, above: bool = False, **options: Any) -> None:
        self._rule = rule = validation.number(low, high, above=above)
        self.json_schema = rule.json_schema
        super().__init__(**_with_message(rule.allowed, options))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> float:
        return _checked(self, validation.decimals(self._rule) if self.metadata.get("in_query") else self._rule, value)


class PatternField(fields.String):
    """Text that matches the whole of a pattern; `allowed` says in words what the pattern means."""

    def __init__(self, pattern: str, allowed: str, **options: Any) -> None:
        self.json_schema = validation.text_schema(pattern)
        super().__init__(validate=Regexp(rf"^(?:{pattern})\Z", error=allowed), **_with_message(allowed, options))


class NumberTextField(PatternField):
    """
    Text that matches a pattern; a whole number is taken for its digits.

    Args:
        pattern, allowed: As for `PatternField`.
        limits: The least and the largest number whose digits match.
    """

    def __init__(self, pattern: str, allowed: str, limits: tuple[int, int] | None = None, **options: Any) -> None:
        super().__init__(pattern, allowed, **options)
        numbers = {"minimum": limits[0], "maximum": limits[1]} if limits else {}
        self.json_schema = {**self.json_schema, "type": ["string", "integer"], **numbers}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return super()._deserialize(validation.numbers_as_text(value), attr, data, **kwargs)


class ChoiceField(fields.String):
    """One of a list of words."""

    def __init__(self, choices: Iterable[str], **options: Any) -> None:
        self.words = words = tuple(map(str, choices))
        allowed = validation.choice(*words).allowed
        super().__init__(validate=OneOf(words, error=allowed), **_with_message(allowed, options))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        whole = _WHOLE.sub("", value) if isinstance(value, str) else value
        return super()._deserialize(whole if whole in self.words and whole.isdecimal() else value, attr, data, **kwargs)


class SpelledField(ChoiceField):
    """One of a list of words; other capitals and hyphens or underscores for blanks are taken, too."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return super()._deserialize(validation.spelled(value, self.words), attr, data, **kwargs)


class ApiField(ChoiceField):
    """Key of an API; the spelling of URLs is taken, too, and not documented: generators make one name of both."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        key = value.replace("-", "_") if isinstance(value, str) else value
        return super()._deserialize(key, attr, data, **kwargs)


class FlagField(fields.Boolean):
    """True or false, and no other spelling of them."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**_with_message(validation.true_or_false.allowed, options))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        return _checked(self, validation.true_or_false, value)


class InstantField(fields.String):
    """
    ISO 8601 instant with offset, loaded as epoch seconds.

    Args:
        margin: Seconds that it may be outside the years of a center.
        word: Word for the instant that counts by default, loaded as None; empty for none.
    """

    def __init__(self, *, margin: float = 0.0, word: str = "", **options: Any) -> None:
        self._margin, self._word = margin, word
        pattern = f"{word}|{_INSTANT_PATTERN}" if word else _INSTANT_PATTERN
        own = {"default": word} if word else {"format": "date-time"}
        metadata = {**own, "example": "2026-11-23T10:00:00+01:00", **options.pop("metadata", {})}
        self.json_schema = validation.text_schema(pattern)
        super().__init__(metadata=metadata, **_with_message(f"{word}, or {INSTANT}" if word else INSTANT, options))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        if self._word and text == self._word:
            return None
        if self.metadata.get("in_query"):
            text = with_plus_sign(text)
        try:
            at = parse_instant(text)
            day_of(at + self._margin if at < _MIDDLE else at - self._margin)
        except (ValueError, InstantOutOfRange):
            raise self.make_error("invalid") from None
        return at


class DateField(fields.String):
    """Calendar date on which centers exist, loaded as a `date`."""

    def __init__(self, **options: Any) -> None:
        metadata = {"format": "date", "example": "2026-11-23", **options.pop("metadata", {})}
        self.json_schema = validation.text_schema(_DAY_PATTERN)
        super().__init__(metadata=metadata, **_with_message(DATE, options))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        try:
            found = date.fromisoformat(text) if _DATE.fullmatch(text) else None
        except ValueError:
            found = None
        if found is None or not FIRST_DATE <= found <= LAST_DATE:
            raise self.make_error("invalid")
        return found


class ListField(fields.List[Any]):
    """List of `fewest` to `most` entries."""

    def __init__(self, entry: fields.Field[Any], fewest: int, most: int, **options: Any) -> None:
        allowed = f"a list of {fewest} to {most} entries"
        super().__init__(entry, validate=Length(fewest, most, error=allowed), **_with_message(allowed, options))


class OneOrMoreField(fields.Field[Any]):
    """List of `fewest` to `most` entries, or an entry that stands for a list of its own."""

    def __init__(self, entry: fields.Field[Any], fewest: int, most: int, **options: Any) -> None:
        self.list = ListField(entry, fewest, most)
        super().__init__(**_with_message(f"a list of {fewest} to {most} entries", options))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return self.list.deserialize(value if isinstance(value, list) else [value], attr, data, **kwargs)


class ObjectField(fields.Nested):
    """JSON object with the fields of a schema."""

    def __init__(self, schema: type[Schema], **options: Any) -> None:
        super().__init__(schema, **_with_message("a JSON object", options))


class ShorthandField(fields.Field[Any]):
    """
    JSON object with the fields of a schema, or a number or word that stands for one.

    Args:
        schema: Schema of the object.
        number: Name of the field that a number stands for, and its bounds, included.
        words: Objects by the word that stands for them.
    """

    def __init__(
        self, schema: type[Schema], number: tuple[str, int, int], words: Mapping[str, Mapping[str, Any]], **options: Any
    ) -> None:
        self.schema_class, self.words = schema, words
        self._name, self.low, self.high = number
        names = ", ".join(schema().fields)
        allowed = f"a {self._name} from {self.low} to {self.high}, one of {', '.join(words)}, or an object with {names}"
        self._object = ObjectField(schema, **options)
        super().__init__(**_with_message(allowed, options))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if validation.is_whole(value) and self.low <= value <= self.high:
            return {self._name: int(value)}
        if isinstance(value, str) and value in self.words:
            return dict(self.words[value])
        if not isinstance(value, Mapping):
            raise self.make_error("invalid")
        return self._object.deserialize(value, attr, data, **kwargs)


class FreeObjectField(fields.Dict):
    """JSON object with any fields; what they may be is checked later."""

    def __init__(self, **options: Any) -> None:
        super().__init__(keys=fields.String(), **_with_message("a JSON object", options))


class ProfilePatchField(FreeObjectField):
    """
    Merge patch to a profile, which is checked with the profile that it makes.

    Args:
        description, example: For the document.
    """

    json_schema = {"$ref": "#/components/schemas/ProfilePatch"}

    def __init__(self, description: str, example: Any) -> None:
        super().__init__(metadata={"description": description, "example": example})


class HeadersField(fields.Dict):
    """HTTP headers that a user may add to a response."""

    ALLOWED = "an object of at most 20 header names and texts, none of them about the length or the connection"

    def __init__(self, **options: Any) -> None:
        self.json_schema = {
            "type": "object",
            "maxProperties": 20,
            "propertyNames": validation.text_schema(f"(?!(?:{_FRAMING_PATTERN})$){_HEADER_NAME.pattern}"),
            "additionalProperties": {"anyOf": [validation.text_schema(_HEADER_TEXT.pattern), {"type": "integer"}]},
        }
        super().__init__(keys=fields.String(), validate=self._check, **_with_message(self.ALLOWED, options))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        texts = validation.numbers_as_text(value)
        headers: Any = super()._deserialize(texts, attr, data, **kwargs)  # type: ignore[no-untyped-call]
        return headers

    def _check(self, headers: dict[Any, Any]) -> None:
        for name, text in headers.items():
            is_name = _HEADER_NAME.fullmatch(name) and name.lower() not in _FRAMING
            if not is_name or not isinstance(text, str) or not _HEADER_TEXT.fullmatch(text):
                raise ValidationError(self.ALLOWED)
        if len(headers) > 20:
            raise ValidationError(self.ALLOWED)


def with_plus_sign(text: str) -> str:
    """Return an instant of a query with its plus sign, which means a space there: whoever pastes it overlooks that."""
    return _PLUS_AS_SPACE.sub(r"\1+\2", text)


def in_query(**metadata: Any) -> dict[str, Any]:
    """Return the metadata of a field that stands in a query, where every value is text."""
    return {"in_query": True, **metadata}


def field_errors(messages: Any, given: Any, path: str = "") -> list[FieldError]:
    """
    Flatten the messages of a marshmallow `ValidationError`, one entry per wrong field.

    Args:
        messages: The messages, nested as the body is.
        given: The value that was validated.
        path: Path of that value in the body, such as `outcomes[2]`; empty for the body itself.
    """
    if isinstance(messages, Mapping):
        return [
            error
            for key, inner in messages.items()
            for error in field_errors(inner, _inside(given, key), _joined(path, key))
        ]
    name = path or "body"
    # Responses end up in logs, so a secret is not repeated even when it was refused.
    if given is _ABSENT or "secret" in path or path == "token":
        return [{"field": name, "allowed": str(message)} for message in messages]
    return [{"field": name, "value": shortened(given), "allowed": str(message)} for message in messages]


def field_error(field: str, allowed: str) -> ValidationError:
    """
    Return the error of a field whose value is right by itself but not beside the other fields.

    Args:
        field: Name of the field.
        allowed: Values that are allowed there, to be read after "must be".
    """
    return ValidationError({field: [allowed]})


def _with_message(allowed: str, options: dict[str, Any]) -> dict[str, Any]:
    return {**options, "error_messages": dict.fromkeys(_MESSAGES, allowed)}


def _checked(field: fields.Field[Any], rule: Rule[Kept], value: Any) -> Kept:
    """Return the value that a rule keeps; a wrong one is an error of the field, whose every message is the rule's."""
    return rule("", value, lambda *_: field.make_error("invalid"))


def _inside(given: Any, key: Any) -> Any:
    if key == "_schema":
        return given
    if isinstance(given, Mapping):
        return given.get(key, _ABSENT)
    return given[key] if isinstance(given, list) and isinstance(key, int) and key < len(given) else _ABSENT


def _joined(path: str, key: Any) -> str:
    if key == "_schema":
        return path
    return f"{path}[{key}]" if isinstance(key, int) else f"{path}.{key}".lstrip(".")


def shortened(value: Any) -> Any:
    """Return a refused value as an error shows it: a long one as the begin of its JSON."""
    text = json.dumps(value, default=repr)
    return value if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."
