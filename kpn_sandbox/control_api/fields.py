"""
Fields that take exactly what they say, and schemas that take nothing else.

Whatever is wrong with a value, the message is what would be right: "a whole number from 1 to 1000".
"""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields
from marshmallow.validate import Length, OneOf, Range, Regexp

from kpn_sandbox import validation
from kpn_sandbox.simulation.calendar import day_of
from kpn_sandbox.simulation.errors import InstantOutOfRange
from kpn_sandbox.validation import Kept, Rule, parse_instant

INSTANT = "an ISO 8601 instant with offset from 2000 to 2100, like 2026-11-23T10:00:00+01:00"

_MESSAGES = ("required", "null", "invalid", "invalid_utf8", "type", "too_large", "special", "validator_failed")
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_HEADER_TEXT = re.compile(r"[ -~\xa0-\xff]{0,1000}")
_FRAMING = ("connection", "content-length", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade")
_MISSING = object()
_LOST_PLUS = re.compile(r"(:[0-9.]+) (\d\d:?\d\d)$")


class Strict(Schema):
    """A JSON object with these fields and no others."""

    def __init__(self, **options: Any) -> None:
        super().__init__(unknown=RAISE, **options)
        names = ", ".join(field.data_key or name for name, field in self.load_fields.items())
        told = {"unknown": f"left out: the fields are {names}", "type": f"a JSON object with {names}"}
        self.error_messages = {**self.error_messages, **told}


class Whole(fields.Integer):
    """A whole number; in a query its digits."""

    def __init__(self, low: int, high: int, **options: Any) -> None:
        self._rule = rule = validation.whole_number(low, high)
        super().__init__(validate=Range(low, high, error=rule.allowed), **_saying(rule.allowed, options))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if self.metadata.get("in_query"):
            return _checked(self, validation.digits(self._rule), value)
        # There are programs that know no whole numbers and write 60.0.
        whole = int(value) if isinstance(value, float) and value.is_integer() else value
        return _checked(self, self._rule, whole)


class Figure(fields.Float):
    """A number, whole or not."""

    def __init__(self, low: float, high: float, *, above: bool = False, **options: Any) -> None:
        self._rule = rule = validation.number(low, high, above=above)
        limits = Range(low, high, min_inclusive=not above, error=rule.allowed)
        super().__init__(validate=limits, **_saying(rule.allowed, options))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> float:
        return _checked(self, self._rule, value)


class Word(fields.String):
    """A text that matches the whole of a pattern."""

    def __init__(self, pattern: str, allowed: str, **options: Any) -> None:
        super().__init__(validate=Regexp(rf"^(?:{pattern})\Z", error=allowed), **_saying(allowed, options))


class Choice(fields.String):
    """One of some words."""

    def __init__(self, choices: Iterable[str], **options: Any) -> None:
        chosen = tuple(choices)
        allowed = validation.choice(*chosen).allowed
        super().__init__(validate=OneOf(chosen, error=allowed), **_saying(allowed, options))


class Flag(fields.Boolean):
    """True or false."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**_saying(validation.true_or_false.allowed, options))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        return _checked(self, validation.true_or_false, value)


class Instant(fields.String):
    """An instant; kept as epoch seconds."""

    def __init__(self, **options: Any) -> None:
        metadata = {"format": "date-time", "example": "2026-11-23T10:00:00+01:00", **options.pop("metadata", {})}
        super().__init__(metadata=metadata, **_saying(INSTANT, options))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        if self.metadata.get("in_query"):
            # In a query a plus sign is a space; nobody who copies an instant thinks of that.
            text = _LOST_PLUS.sub(r"\1+\2", text)
        try:
            at = parse_instant(text)
            day_of(at)
        except (ValueError, InstantOutOfRange):
            raise self.make_error("invalid") from None
        return at


class ManyOf(fields.List):
    """A list of so many entries."""

    def __init__(self, inner: fields.Field[Any], fewest: int, most: int, **options: Any) -> None:
        allowed = f"a list of {fewest} to {most} entries"
        super().__init__(inner, validate=Length(fewest, most, error=allowed), **_saying(allowed, options))


class Part(fields.Nested):
    """An object inside an object."""

    def __init__(self, schema: type[Schema], **options: Any) -> None:
        super().__init__(schema, **_saying("a JSON object", options))


class Free(fields.Dict):
    """An object whose fields are somebody else's to check."""

    def __init__(self, **options: Any) -> None:
        super().__init__(keys=fields.String(), **_saying("a JSON object", options))


class Headers(fields.Dict):
    """HTTP headers that a user may choose."""

    ALLOWED = "an object of at most 20 header names and texts, none of them about the length or the connection"

    def __init__(self, **options: Any) -> None:
        super().__init__(keys=fields.String(), validate=self._check, **_saying(self.ALLOWED, options))

    def _check(self, headers: dict[Any, Any]) -> None:
        for name, text in headers.items():
            named = _HEADER_NAME.fullmatch(name) and name.lower() not in _FRAMING
            if not named or not isinstance(text, str) or not _HEADER_TEXT.fullmatch(text):
                raise ValidationError(self.ALLOWED)
        if len(headers) > 20:
            raise ValidationError(self.ALLOWED)


def in_query(**metadata: Any) -> dict[str, Any]:
    """The metadata of a field that is written in a query, where everything is text."""
    return {"in_query": True, **metadata}


def complaints(messages: Any, given: Any, path: str = "") -> list[dict[str, Any]]:
    """
    What is wrong, field by field: where, what stands there, what would be right.

    Args:
        messages: Those of a marshmallow `ValidationError`.
        given: What was validated.
    """
    if isinstance(messages, Mapping):
        return [
            complaint
            for key, inner in messages.items()
            for complaint in complaints(inner, _inside(given, key), _joined(path, key))
        ]
    shown = {} if given is _MISSING or "secret" in path else {"value": _shortened(given)}
    return [{"field": path or "body", **shown, "allowed": str(message)} for message in messages]


def refusal(field: str, allowed: str) -> ValidationError:
    """The error of a field that is right by itself but not beside the others."""
    return ValidationError({field: [allowed]})


def _saying(allowed: str, options: dict[str, Any]) -> dict[str, Any]:
    return {**options, "error_messages": dict.fromkeys(_MESSAGES, allowed)}


def _checked(field: fields.Field[Any], rule: Rule[Kept], value: Any) -> Kept:
    """Return the value that a rule keeps; a wrong one is an error of the field, whose every message is the rule's."""
    return rule("", value, lambda *_: field.make_error("invalid"))


def _inside(given: Any, key: Any) -> Any:
    if key == "_schema":
        return given
    if isinstance(given, Mapping):
        return given.get(key, _MISSING)
    return given[key] if isinstance(given, list) and isinstance(key, int) and key < len(given) else _MISSING


def _joined(path: str, key: Any) -> str:
    if key == "_schema":
        return path
    return f"{path}[{key}]" if isinstance(key, int) else f"{path}.{key}".lstrip(".")


def _shortened(value: Any) -> Any:
    text = json.dumps(value, default=repr)
    return value if len(text) <= 200 else f"{text[:200]}..."
