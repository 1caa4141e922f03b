"""
The rules for values that come from outside: from JSON, from a query, from the environment, from the command line.

Each rule says in words what would be right, and every API and command repeats these words, so that a wrong value is
answered in the same way wherever it was written. Nothing here knows what a value is for: the caller names the field
and the error to raise.
"""

import re
import sys
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from difflib import get_close_matches
from math import inf
from typing import Any, Generic, Protocol, TypeVar

UNLIMITED = "unlimited"
"""The JSON of infinity, which JSON has no number for; null is taken, it stands for what nobody has said."""

INSTANT = "an ISO 8601 instant with offset, like 2026-11-23T10:00:00+01:00"

_TIME_OF_DAY = r"(?:[01]?[0-9]|2[0-3]):[0-5][0-9]|24:00"
_LARGEST_EXACT = 2**53
"""Up to here a float is one whole number; a larger one stands for several, as JSON's readers round."""
_DIGITS = re.compile(r"[0-9]{1,12}")
_DECIMALS = re.compile(r"[0-9]{1,12}(\.[0-9]{1,12})?")
_LARGEST = sys.float_info.max

Kept = TypeVar("Kept")
Kept_co = TypeVar("Kept_co", covariant=True)
Described = TypeVar("Described", bound=Callable[..., Any])
ErrorOf = Callable[[str, Any, str], Exception]
"""Makes the error of a wrong value from the field, the value and what would be right."""


class InvalidValue(ValueError):
    """The value of a field is not what it may be; `allowed` says what would be right, to be read after "must be"."""

    def __init__(self, field: str, value: Any, allowed: str) -> None:
        super().__init__(invalid_value_message(field, value, allowed))
        self.field, self.value, self.allowed = field, value, allowed


def invalid_value_message(field: str, value: Any, allowed: str) -> str:
    """
    Return the sentence that refuses a value, without its full stop.

    Args:
        field, value, allowed: As for `InvalidValue`.
    """
    meant = near_miss_in(allowed, value)
    return f"{field} must be {allowed}, not {value!r}{'.' if meant else ''}{meant}"


def near_miss(word: str, known: Iterable[str]) -> str:
    """
    Return the question whether another word was meant, to be added to a sentence; empty if none is like it.

    Args:
        word: The word that is not known.
        known: The words that are.
    """
    by_spelling = {each.lower(): each for each in known}
    found = get_close_matches(word.lower(), by_spelling, 1)
    return f" Did you mean {by_spelling[found[0]]!r}?" if found else ""


def spelled(value: Any, words: Iterable[str]) -> Any:
    """
    Return the word that a value means in other capitals or with other characters between its parts, else the value.

    Args:
        value: Such as `PEAK` or `trunk_outage`.
        words: The words that may be, such as `peak` and `trunk outage`.
    """
    if not isinstance(value, str):
        return value
    folded = re.sub("[-_ ]+", " ", value.strip().lower())
    return next((word for word in words if re.sub("[-_ ]", " ", word.lower()) == folded), value)


def near_miss_in(allowed: str, value: Any) -> str:
    """
    Return the question of `near_miss` for a value that is none of some words.

    Args:
        allowed: What would be right, in the words of a rule; nothing is asked where it does not list words.
        value: The value.
    """
    _, listing, words = allowed.partition("one of ")
    return near_miss(value, words.split(", ")) if listing and isinstance(value, str) else ""


class Check(Protocol[Kept_co]):
    """Returns the value of a field as it is to be kept, or raises what `error` makes of a wrong one."""

    def __call__(self, field: str, value: Any, error: ErrorOf = InvalidValue) -> Kept_co: ...


class Rule(Generic[Kept]):
    """
    A check of one value that has no parts.

    Args:
        allowed: What would be right, to be read after "must be".
        accepts: Whether a value is right.
        keep: Makes the value to keep from a right one; it is kept as it is by default.
        json_schema: Keywords of JSON Schema that say the same to programs.
    """

    def __init__(
        self,
        allowed: str,
        accepts: Callable[[Any], bool],
        keep: Callable[[Any], Kept] = lambda value: value,
        **json_schema: Any,
    ) -> None:
        self.allowed, self.accepts, self._keep, self.json_schema = allowed, accepts, keep, json_schema

    def __call__(self, field: str, value: Any, error: ErrorOf = InvalidValue) -> Kept:
        """Return the value to keep, as every `Check` does; a wrong one raises what `error` makes."""
        if not self.accepts(value):
            raise error(field, value, self.allowed)
        return self._keep(value)


def whole_number(low: int, high: int) -> Rule[int]:
    """
    A rule for whole numbers; true and false are none.

    Args:
        low, high: The bounds, included.
    """
    allowed, limits = f"a whole number from {low} to {high}", {"minimum": low, "maximum": high}
    return Rule(allowed, lambda value: is_whole(value) and low <= value <= high, int, type="integer", **limits)


def is_whole(value: Any) -> bool:
    """Whether a value is a whole number; JSON knows one kind of number, so some programs write 20.0 for 20."""
    return (isinstance(value, int) and not isinstance(value, bool)) or (isinstance(value, float) and value.is_integer())


def is_exact(value: Any) -> bool:
    """Whether a value is one whole number and no other, as a seed must be."""
    return is_whole(value) and (isinstance(value, int) or abs(value) <= _LARGEST_EXACT)


def numbers_as_text(value: Any) -> Any:
    """Return a JSON value whose whole numbers are texts of digits; everything else stays as it is."""
    if isinstance(value, dict):
        return {name: numbers_as_text(item) for name, item in value.items()}
    if isinstance(value, list):
        return [numbers_as_text(item) for item in value]
    return str(int(value)) if is_exact(value) else value


def digits(number: Rule[int]) -> Rule[int]:
    """A rule for whole numbers that are written as a text of digits, as in a query or an environment variable."""
    return Rule(number.allowed, lambda text: _is_match(_DIGITS, text) and number.accepts(int(text)), int)


def decimals(number: Rule[float]) -> Rule[float]:
    """A rule for numbers that are written as a text of digits, with or without a point, as in a query."""
    return Rule(number.allowed, lambda text: _is_match(_DECIMALS, text) and number.accepts(float(text)), float)


def number(low: float, high: float, *, above: bool = False, allowed: str = "") -> Rule[float]:
    """
    A rule for numbers in a range; true, false, infinity and what is not a number are none.

    Args:
        low, high: The bounds, included.
        above: Whether a number must be above the lower bound.
        allowed: What would be right, where the range alone does not say it.
    """

    def accepts(value: Any) -> bool:
        if isinstance(value, bool) or not isinstance(value, int | float) or not -_LARGEST <= value <= _LARGEST:
            return False
        return (low < value if above else low <= value) and value <= high

    allowed = allowed or f"a number {f'above {low}, at most' if above else f'from {low} to'} {high}"
    lowest: dict[str, Any] = {"exclusiveMinimum" if above else "minimum": low}
    return Rule(allowed, accepts, type="number", **lowest, maximum=high)


def number_or_unlimited(low: float, high: float) -> Rule[float]:
    """
    A rule for numbers in a range and for the word that stands for infinity.

    Args:
        low, high: The bounds, included.
    """
    limited = number(low, high)
    return Rule(
        f"{limited.allowed}, or {UNLIMITED}",
        lambda value: value == UNLIMITED or limited.accepts(value),
        lambda value: inf if value == UNLIMITED else float(value),
        anyOf=[limited.json_schema, {"type": "string", "enum": [UNLIMITED]}],
    )


def text(shortest: int, longest: int) -> Rule[str]:
    """
    A rule for printable texts.

    Args:
        shortest, longest: The bounds of the length in characters, included.
    """
    return Rule(
        f"a printable text of {shortest} to {longest} characters",
        lambda value: isinstance(value, str) and shortest <= len(value) <= longest and value.isprintable(),
        # Which characters are printable Unicode decides; the pattern has those that everybody knows.
        **text_schema(rf"[^\x00-\x1f\x7f-\xa0\xad]{{{shortest},{longest}}}"),
    )


def text_schema(pattern: str) -> dict[str, Any]:
    """
    Return the JSON schema of texts that match the whole of a pattern.

    Args:
        pattern: A regular expression of Python; ECMA 262, whose expressions JSON Schema has, knows no `\\Z`, and
            surrogates are no characters of JSON.
    """
    ecma = pattern.replace(r"\Z", "$").replace(r"\ud800-\udfff", "")
    return {"type": "string", "pattern": f"^(?:{ecma})$"}


def one_of_two(name: str, other: str) -> dict[str, Any]:
    """
    Return the JSON schema of objects that have at least one of two fields.

    It is written as a condition, because generators of clients take a choice of schemas for one of several types.

    Args:
        name, other: Names of the fields.
    """
    return {"if": {"not": having(name)}, "then": having(other)}


def having(*names: str) -> dict[str, Any]:
    """Return the JSON schema of objects that have these fields, whatever they hold."""
    # Linters want to see every required field declared, and take the fields of a condition for all that there are.
    return {"required": list(names), "properties": dict.fromkeys(names, {}), "additionalProperties": True}


def matching(pattern: str, allowed: str) -> Rule[str]:
    """
    A rule for texts that match the whole of a pattern.

    Args:
        pattern, allowed: A regular expression, and what it means in words.
    """
    compiled = re.compile(pattern)
    return Rule(allowed, lambda value: _is_match(compiled, value), **text_schema(pattern))


def choice(*words: str) -> Rule[str]:
    """A rule for one of some words."""
    allowed, known = f"one of {', '.join(words)}", list(words)
    return Rule(allowed, lambda value: isinstance(value, str) and value in words, type="string", enum=known)


true_or_false: Rule[bool] = Rule("true or false", lambda value: isinstance(value, bool), type="boolean")
"""The rule for truth values."""


def _two_digits(reading: str) -> str:
    return reading.rjust(5, "0")


time_of_day: Rule[str] = Rule(
    "a time of day from 00:00 to 24:00", matching(_TIME_OF_DAY, "").accepts, _two_digits, **text_schema(_TIME_OF_DAY)
)
"""The rule for readings of the wall clock in hours and minutes."""


def _is_opening_hours(value: Any) -> bool:
    if value == "24x7":
        return True
    start, _, end = value.partition("-") if isinstance(value, str) else ("", "", "")
    return time_of_day.accepts(start) and time_of_day.accepts(end) and minutes(start) < minutes(end)


opening_hours: Rule[str] = Rule(
    "24x7 or opening hours such as 08:00-20:00",
    _is_opening_hours,
    lambda text: text if text == "24x7" else "-".join(map(_two_digits, text.split("-"))),
    **text_schema(rf"24x7|(?:{_TIME_OF_DAY})-(?:{_TIME_OF_DAY})"),
)
"""The rule for opening hours: all day, or from one reading of the wall clock to a later one."""


def parse_instant(text: str) -> float:
    """
    An instant in epoch seconds from ISO 8601 with an offset.

    Raises:
        ValueError: It is not such a text; the message says what would be right.
    """
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None:
            return moment.timestamp()
    except (ValueError, OverflowError):
        pass
    raise ValueError(INSTANT)


def minutes(reading: str) -> int:
    """Minutes past midnight of a time of day."""
    hours, _, rest = reading.partition(":")
    return int(hours) * 60 + int(rest)


def list_of(fewest: int, most: int, entry: Check[Kept]) -> Check[tuple[Kept, ...]]:
    """
    A check of lists, which are kept as tuples.

    Args:
        fewest, most: The bounds of the number of entries, included.
        entry: The check of an entry, whose field is named like ``queues[2]``.
    """

    def check(field: str, value: Any, error: ErrorOf = InvalidValue) -> tuple[Kept, ...]:
        if not isinstance(value, list | tuple) or not fewest <= len(value) <= most:
            raise error(field, value, f"a list of {fewest} to {most} entries")
        return tuple(entry(f"{field}[{position}]", item, error) for position, item in enumerate(value))

    return described(check, {"type": "array", "items": json_schema(entry), "minItems": fewest, "maxItems": most})


def count_or_list(fewest: int, most: int, entry: Check[Kept]) -> Check[int | tuple[Kept, ...]]:
    """
    A check of counts and of lists of so many entries.

    Args:
        fewest, most, entry: As for `list_of`.
    """
    counted, listed = whole_number(fewest, most), list_of(fewest, most, entry)
    count = Rule[int](f"{counted.allowed}, or a list", counted.accepts, int)

    def check(field: str, value: Any, error: ErrorOf = InvalidValue) -> int | tuple[Kept, ...]:
        return listed(field, value, error) if isinstance(value, list | tuple) else count(field, value, error)

    return described(check, {"anyOf": [counted.json_schema, json_schema(listed)]})


def object_with(checks: Mapping[str, Check[Any]], required: Iterable[str] = ()) -> Check[dict[str, Any]]:
    """
    A check of objects with certain fields and no others.

    Args:
        checks, required: The check of each field, and the fields that must not be left out.
    """

    def check(field: str, value: Any, error: ErrorOf = InvalidValue) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise error(field, value, f"an object with {', '.join(checks)}")
        for key, item in value.items():
            check_known(key, item, checks, role=f"a field of {field}", within=f"{field}.", error=error)
        for key in required:
            if key not in value:
                raise error(f"{field}.{key}", None, "given")
        return {key: checks[key](f"{field}.{key}", item, error) for key, item in value.items()}

    names = list(required)
    properties = {key: json_schema(each) for key, each in checks.items()}
    schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return described(check, {**schema, "required": names} if names else schema)


def json_schema(check: Check[Any]) -> dict[str, Any]:
    """Return the JSON schema of the values that a check accepts; empty where nobody has described it."""
    schema: dict[str, Any] = getattr(check, "json_schema", {})
    return schema


def described(check: Described, schema: dict[str, Any]) -> Described:
    """
    Return a check that `json_schema` finds a schema for.

    Args:
        check: A function.
        schema: The schema of the values that it accepts.
    """
    setattr(check, "json_schema", schema)
    return check


def check_known(
    key: Any, value: Any, known: Iterable[str], *, role: str, within: str = "", error: ErrorOf = InvalidValue
) -> None:
    """
    Refuse a field whose name is not in a list.

    Args:
        key, value: The name of the field, and what stands there.
        known, role: The names that may be, and what they are, such as "a field of the profile".
        within: What the error has before the name, such as "queues[0].".
        error: Makes the error that is raised.

    Raises:
        InvalidValue: The name is not in the list, unless another error is to be made.
    """
    if key not in known:
        raise error(f"{within}{key}", value, f"{role}: one of {', '.join(known)}")


def _is_match(pattern: re.Pattern[str], value: Any) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None
