"""
Values as programs naturally have them, and what is sent for each: the one place where they are converted.

An instant may be a `datetime` or a `date`, where one without a time zone is Europe/Amsterdam's, or words such as
"monday 10:00"; seconds may be a `timedelta` or words such as "15m"; a number a `Decimal`, a `Fraction` or one of
NumPy; a word an `Enum`; a status an `HTTPStatus`; a file a `Path`. Whatever has no form raises `ClientError`
and nothing else.
"""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from itertools import islice
from math import isfinite
from numbers import Real
from os import PathLike, fspath
from pathlib import Path
from typing import IO, Any, NamedTuple
from urllib.parse import quote, urlencode
from uuid import UUID

from kpn_sandbox.client.errors import ClientError
from kpn_sandbox.instants import DURATIONS, FORMS, in_amsterdam, is_complete, seconds_of
from kpn_sandbox.literals import OBJECT_KINDS
from kpn_sandbox.validation import UNLIMITED

Instant = str | datetime | date
"""ISO 8601 or words such as "10:00" or "monday 10:00"; without an offset it is Europe/Amsterdam's."""
Seconds = float | Decimal | timedelta
Number = str | int | Enum
"""The Logid of an agent, or the Number of a queue or trunk."""
Headers = Mapping[str, Any]
Document = Mapping[str, Any] | str | bytes | PathLike[str] | IO[str] | IO[bytes]
"""A JSON object, the text or the bytes of one, or the path of a file with it or the open file."""

_DEEPEST = 50
_LONGEST = 10_000
_LARGEST = 1e300
_MOST_SECONDS = 1e9
_ONE = (str, bytes, bytearray, memoryview, PathLike, Mapping, type, Enum, BaseException)
"""What is one value, even if it can be iterated."""
_COUNTS = {*OBJECT_KINDS, "ports", "load", "limit", "count", "probability", "reads", "speed"}
"""Names of numbers that no `timedelta` can be."""
# What operators and methods of somebody else's value may raise.
_ODD = (ArithmeticError, AssertionError, AttributeError, LookupError, OSError, RuntimeError, TypeError, ValueError)


def json_value(value: Any, name: str = "value") -> Any:
    """
    Return a value as JSON has it.

    Args:
        value: Whatever a program has; mappings and collections of such values, too.
        name: Its name, for the error; a `timedelta` under a name in `_ms` becomes milliseconds, else seconds.

    Raises:
        ClientError: JSON has no form for it; the message names it.
    """
    try:
        return _json(value, name, 0)
    except _ODD as error:
        raise ClientError(f"{name} must be a value that JSON has, not {shown(value)}") from error


def unwrapped(value: Any) -> Any:
    """Return what an `Enum` or a value of NumPy and its kin stands for, and any other value as it is."""
    for _ in range(_DEEPEST):
        if isinstance(value, Enum):
            value = value.value
        elif hasattr(value, "dtype") and hasattr(value, "tolist"):
            value = value.tolist()
        else:
            break
    return value


def _json(value: Any, name: str, depth: int) -> Any:
    if depth > _DEEPEST:
        raise ClientError(f"{name} must be nested at most {_DEEPEST} deep")
    value = unwrapped(value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, Mapping):
        return {_key(key, name): _json(item, str(key), depth + 1) for key, item in value.items()}
    if is_collection(value):
        return [_json(item, name, depth + 1) for item in _entries(value, name)]
    return _scalar(value, name)


def is_collection(value: Any) -> bool:
    """Whether a value is a list, a generator or the like, and no mapping, text, path, open file or array of one."""
    if not isinstance(value, Iterable) or isinstance(value, _ONE):
        return False
    return not hasattr(value, "read") and getattr(value, "ndim", 1) > 0


def _key(key: Any, name: str) -> str:
    return str(_scalar(key.value if isinstance(key, Enum) else key, f"a name in {name}"))


def _entries(values: Iterable[Any], name: str) -> list[Any]:
    found = list(islice(values, _LONGEST + 1))
    if len(found) > _LONGEST:
        raise ClientError(f"{name} must have at most {_LONGEST} entries")
    return found


def _scalar(value: Any, name: str) -> Any:
    if isinstance(value, str):
        return _text(value, name)
    if isinstance(value, timedelta) and name not in _COUNTS:
        return _number(value / timedelta(milliseconds=1) if name.endswith("_ms") else value.total_seconds(), name)
    if isinstance(value, Real | Decimal):
        return _number(value, name)
    if isinstance(value, datetime):
        return in_amsterdam(value).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.isoformat("minutes")
    if isinstance(value, PathLike):
        return _text(str(fspath(value)), name)
    if isinstance(value, UUID):
        return str(value)
    allowed = "a number" if name in _COUNTS else "a value that JSON has"
    raise ClientError(f"{name} must be {allowed}, not {shown(value)}")


def _text(value: str, name: str) -> str:
    text = str.__str__(value)
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ClientError(f"{name} must be a text without half characters (surrogates), not {shown(value)}") from None
    return text


def _number(value: Any, name: str) -> Any:
    if name.endswith("patience_seconds") and value == float("inf"):
        return UNLIMITED
    if not -_LARGEST < value < _LARGEST or not isfinite(value):
        raise ClientError(f"{name} must be a number, not {shown(value)}")
    return int(value) if value == int(value) else float(value)


def shown(value: Any) -> str:
    """Return a value as an error shows it: the begin of what stands for it in a program."""
    try:
        return f"{value!r:.200}"
    except Exception:  # noqa: BLE001
        # The value is somebody else's, and so is what its `__repr__` raises.
        return f"one of {type(value).__name__}"


def control_value(value: Any, name: str = "value") -> Any:
    """
    Return a value as JSON has it for a setting of the sandbox, where a duration may be words such as "15m".

    Args:
        value, name: As for `json_value`.
    """
    return _with_durations(json_value(value, name), name)


def _with_durations(plain: Any, name: str) -> Any:
    if isinstance(plain, dict):
        return {key: _with_durations(item, key) for key, item in plain.items()}
    if isinstance(plain, list):
        return [_with_durations(item, name) for item in plain]
    if isinstance(plain, str) and (name.endswith(("seconds", "_ms"))):
        try:
            return milliseconds_of(plain) if name.endswith("_ms") else seconds_of(plain)
        except ValueError:
            # The sandbox knows whether it means something, such as "unlimited".
            return plain
    return plain


def milliseconds_of(text: str) -> Any:
    """
    Return the milliseconds of a duration such as `250ms`, `2s` or `250`.

    Raises:
        ValueError: It is no duration.
    """
    words = text.strip().lower()
    number = words.removesuffix("ms").strip()
    return _number(float(number), text) if number.isdecimal() else _number(seconds_of(words) * 1000, text)


def text_of(value: Any, name: str = "value") -> str:
    """
    Return a value as a path, a query or a header has it.

    Args:
        value, name: As for `json_value`.

    Raises:
        ClientError: There is no text for it; the message names it.
    """
    plain = json_value(value, name)
    if isinstance(plain, bool):
        return "true" if plain else "false"
    if plain is None or isinstance(plain, dict | list):
        raise ClientError(f"{name} must be a word or a number, not {shown(value)}")
    return str(plain)


def segment(value: Any, name: str = "value") -> str:
    """
    Return a value as one segment of a path.

    Args:
        value, name: As for `text_of`.

    Raises:
        ClientError: No segment can be it, such as `..`, which leads out of the path.
    """
    text = text_of(value, name)
    if text in ("", ".", ".."):
        raise ClientError(f"{name} must be a word or a number, not {text!r}")
    return quote(text, safe="")


def items_of(values: Any, name: str) -> list[tuple[Any, Any]]:
    """
    Return the items of a mapping, or pairs as they are.

    Args:
        values, name: A mapping, or pairs; and its name, for the error.

    Raises:
        ClientError: It is neither.
    """
    try:
        given = values.items() if isinstance(values, Mapping) else values
        return [(key, value) for key, value in _entries(given, name)]
    except _ODD as error:
        raise ClientError(f"{name} must be a mapping, not {shown(values)}") from error


def flattened(values: Any, name: str, depth: int = 0) -> list[Any]:
    """
    Return a value, or the entries of lists, tuples, generators and the like, which may stand in each other.

    Args:
        values, name: The value, or an iterable as `is_collection` says; and its name, for the error.
        depth: How many lists it stands in.

    Raises:
        ClientError: There are too many, or they cannot be read.
    """
    if not is_collection(values):
        return [values]
    if depth > _DEEPEST:
        raise ClientError(f"{name} must be nested at most {_DEEPEST} deep")
    try:
        entries = _entries(values, name)
    except _ODD as error:
        raise ClientError(f"{name} must be a list, not {shown(values)}") from error
    return [each for entry in entries for each in flattened(entry, name, depth + 1)]


def pairs(values: Any, name: str) -> list[tuple[str, str]]:
    """
    Return the fields of a query or a form in order; what is None is left out, and each value of a list is a field.

    Args:
        values, name: A mapping, or pairs; and its name, for the error.
    """
    found: list[tuple[str, str]] = []
    for key, value in items_of(values, name):
        field = text_of(key, name)
        found += [(field, text_of(each, field)) for each in as_list(json_value(value, field)) if each is not None]
    return found


def as_list(value: Any) -> list[Any]:
    """Return a list, tuple or set as a list, and any other value as a list with it."""
    return list(value) if isinstance(value, list | tuple | set | frozenset) else [value]


def query(filters: Mapping[str, Any]) -> str:
    """Return a query string of the filters that are not None, with its question mark; empty without any."""
    given = {name: text_of(value, name) for name, value in filters.items() if value is not None}
    return f"?{urlencode(given)}" if given else ""


def present(**values: Any) -> dict[str, Any]:
    """Return the values that are not None, by name."""
    return {name: value for name, value in values.items() if value is not None}


def seconds(value: Any, name: str = "timeout") -> float:
    """
    Return a length of time in seconds.

    Args:
        value, name: A `timedelta`, a number from 0, or words such as "15m"; and its name, for the error.

    Raises:
        ClientError: It is none of these.
    """
    plain = json_value(value, name)
    if isinstance(plain, str):
        try:
            plain = seconds_of(plain)
        except ValueError:
            raise ClientError(f"{name} must be {DURATIONS}, a timedelta or a number, not {shown(value)}") from None
    if isinstance(plain, bool) or not isinstance(plain, int | float) or not 0 <= plain <= _MOST_SECONDS:
        raise ClientError(f"{name} must be a number of seconds from 0 or a timedelta, not {shown(value)}")
    return plain


def is_length_of_time(value: Any) -> bool:
    """Whether a value is a `timedelta` or words such as "15m", and no plain number."""
    return isinstance(value, timedelta) or (isinstance(value, str) and not re.fullmatch(r"\s*-?[0-9.]+\s*", value))


def whole(value: Any, name: str, least: int = 0) -> int:
    """
    Return a whole number.

    Args:
        value, name: Such as `2`, `2.0` or `Decimal(2)`; and its name, for the error.
        least: The least that it may be.

    Raises:
        ClientError: It is no whole number, or too small.
    """
    plain = json_value(value, name)
    if isinstance(plain, bool) or not isinstance(plain, int) or plain < least:
        raise ClientError(f"{name} must be a whole number from {least}, not {shown(value)}")
    return plain


def instant(value: Any, name: str = "at") -> str:
    """
    Return an instant: ISO 8601 with an offset, or words whose day is still to be found by a clock.

    Args:
        value, name: A `datetime`, a `date`, or a text; and its name, for the error.

    Raises:
        ClientError: It is none of these.
    """
    plain = json_value(value, name)
    if not isinstance(plain, str):
        raise ClientError(f"{name} must be a datetime or {FORMS}, not {shown(value)}")
    return in_amsterdam(datetime.fromisoformat(plain.strip().upper())).isoformat() if is_complete(plain) else plain


def read_document(source: Any, name: str = "a snapshot") -> Any:
    """
    Return a JSON document: an object as it is, or what is in a text, in bytes or in a file.

    Args:
        source: As `Document` describes it; a text is JSON if it begins as an object or a list does, else a path.
        name: What it holds, for the error.

    Raises:
        ClientError: The file cannot be read, or there is no JSON.
    """
    if isinstance(source, Mapping):
        return source
    try:
        return json.loads(_content(source))
    except OSError as error:
        raise ClientError(f"{shown(source)} cannot be read: {error.strerror or error}") from None
    except _ODD:
        raise ClientError(f"{name} must be a mapping, JSON, or a file with it, not {shown(source)}") from None


def _content(source: Any) -> str | bytes:
    if isinstance(source, bytes | bytearray | memoryview):
        content: str | bytes = bytes(source)
    elif hasattr(source, "read"):
        content = source.read()
    elif isinstance(source, str) and source.lstrip("\ufeff \t\r\n")[:1] in ("{", "["):
        content = str(source)
    else:
        content = Path(source).read_bytes()
    return content.decode("utf-8-sig") if isinstance(content, bytes) else content.removeprefix("\ufeff")


class Body(NamedTuple):
    """The body of a request, and its type."""

    content: bytes | None = None
    type: str = ""


def body_of(json_body: Any = None, data: Any = None) -> Body:
    """
    Return the body of a request.

    Args:
        json_body: Value that is sent as JSON; None for none.
        data: Bytes, a text or an open file, which are sent as they are, or a mapping, which is sent as a form.

    Raises:
        ClientError: There are both, or there is no form for a value.
    """
    if json_body is not None and data is not None:
        raise ClientError("a body must be either JSON or data, not both")
    if json_body is not None:
        return Body(json.dumps(json_value(json_body, "body")).encode(), "application/json")
    if isinstance(data, Mapping):
        return Body(urlencode(pairs(data, "data")).encode(), "application/x-www-form-urlencoded")
    try:
        content = data.read() if hasattr(data, "read") else data
    except _ODD as error:
        raise ClientError(f"data cannot be read: {error}") from error
    if content is None or isinstance(content, bytes | bytearray | memoryview):
        return Body(None if content is None else bytes(content), "application/octet-stream" if content else "")
    return Body(text_of(content, "data").encode(), "text/plain; charset=utf-8")
