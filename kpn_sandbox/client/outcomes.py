"""Outcomes of faults as programs naturally name them: a status, a word, a delay, the exception that a client sees."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from kpn_sandbox.client.errors import ClientError
from kpn_sandbox.client.values import (
    control_value,
    flattened,
    items_of,
    json_value,
    milliseconds_of,
    seconds,
    shown,
    text_of,
    unwrapped,
)
from kpn_sandbox.literals import CONNECTION_FAULTS, ConnectionFault

OUTCOMES = (
    f'a status such as 503, "ok", "timeout", one of {", ".join(CONNECTION_FAULTS)}, a timedelta, an exception class '
    "such as TimeoutError, or a mapping of status, delay_ms, body, headers, connection"
)
"""The forms of an outcome, to be read after "must be"."""

CLIENT_EXCEPTIONS: Mapping[ConnectionFault, str] = {
    "hang": """
        TimeoutError Timeout ConnectTimeout ReadTimeout WriteTimeout PoolTimeout TimeoutException ConnectTimeoutError
        ReadTimeoutError ServerTimeoutError ConnectionTimeoutError SocketTimeoutError
    """,
    "reset": """
        ConnectionError ConnectionResetError ConnectionAbortedError ConnectionRefusedError BrokenPipeError ConnectError
        ReadError WriteError CloseError NetworkError URLError ClientOSError ClientConnectorError ClientConnectionError
        NewConnectionError MaxRetryError Unreachable SSLError gaierror
    """,
    "empty": "RemoteDisconnected ServerDisconnectedError",
    "garbage": "BadStatusLine ProtocolError LocalProtocolError RemoteProtocolError HTTPException JSONDecodeError",
    "truncate": "ChunkedEncodingError IncompleteRead IncompleteReadError ClientPayloadError ContentDecodingError",
}
"""The exceptions that clients raise for each kind of broken connection, by their names."""

# The names of the standard library, requests, urllib3, httpx and aiohttp, which need not be installed.
_EXCEPTIONS: Mapping[str, ConnectionFault] = {
    name: fault for fault, names in CLIENT_EXCEPTIONS.items() for name in names.split()
}


_STATUS_ERRORS = {"HTTPError", "HTTPStatusError", "ClientResponseError"}
"""The exceptions that clients raise for a status, which only an instance knows."""


def outcomes_of(given: Any) -> list[Any]:
    """
    Return outcomes as the control API takes them; lists, tuples and generators of outcomes count one by one.

    Raises:
        ClientError: One is none; the message says what would be right.
    """
    return [outcome_of(each) for each in flattened(given, "outcomes")]


def outcome_of(given: Any) -> Any:
    """
    Return one outcome as the control API takes it.

    Raises:
        ClientError: It is none; the message says what would be right.
    """
    kind = given if isinstance(given, type) else type(given)
    if issubclass(kind, BaseException):
        return _of_exception(kind, given)
    if isinstance(unwrapped(given), timedelta):
        return json_value({"delay_ms": given})
    if isinstance(given, Mapping):
        return _of_mapping(given)
    plain = json_value(given, "outcome")
    if isinstance(plain, str):
        return _of_word(plain)
    if isinstance(plain, int | float) and not isinstance(plain, bool):
        return {"status": plain}
    raise ClientError(f"an outcome must be {OUTCOMES}, not {shown(given)}")


def _of_exception(kind: type, given: Any) -> Any:
    status = _status_of(given)
    if status is not None:
        return {"status": status}
    for each in kind.__mro__:
        if each.__name__ in _STATUS_ERRORS:
            raise ClientError(f"an outcome must be {OUTCOMES}; {kind.__name__} does not say which status")
        if each.__name__ in _EXCEPTIONS:
            return {"connection": _EXCEPTIONS[each.__name__]}
    raise ClientError(f"an outcome must be {OUTCOMES}; which connection fault {kind.__name__} stands for is not known")


def _status_of(error: Any) -> int | None:
    """The status that an exception of a client tells, in itself or in its response."""
    if not isinstance(error, BaseException):
        return None
    holders = (error, getattr(error, "response", None))
    found = (getattr(each, name, None) for each in holders for name in ("status_code", "status", "code"))
    return next((status for status in found if isinstance(status, int)), None)


def _of_mapping(given: Mapping[Any, Any]) -> Any:
    fields = {text_of(name, "a name in outcome"): value for name, value in items_of(given, "outcome")}
    if "delay" in fields:
        # Seconds, as everywhere; the field of the control API is in milliseconds.
        fields["delay_ms"] = round(seconds(fields.pop("delay"), "delay") * 1000, 3)
    broken = fields.get("connection")
    if broken == "timeout" or isinstance(broken, type | BaseException):
        fields |= outcome_of(fields.pop("connection"))
    # What is in a body is what a vendor's response has, where "15m" is a text.
    body = {"body": json_value(fields.pop("body"), "body")} if "body" in fields else {}
    return {**control_value(fields, "outcome"), **body}


def _of_word(given: str) -> Any:
    word = given.strip().lower()
    if word == "ok":
        return {"ok": True}
    if word in CONNECTION_FAULTS or word == "timeout":
        return {"connection": "hang" if word == "timeout" else word}
    if word.isdecimal() and len(word) < 5:
        return {"status": int(word)}
    try:
        return {"delay_ms": milliseconds_of(word)}
    except ValueError:
        raise ClientError(f"an outcome must be {OUTCOMES}, not {shown(given)}") from None
