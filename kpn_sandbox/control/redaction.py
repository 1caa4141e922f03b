"""Making secrets unreadable before anything is written down."""

import re
from collections.abc import Mapping
from urllib.parse import unquote_plus

REDACTED = "***"

_HEADERS = {"authorization", "proxy-authorization", "cookie", "set-cookie"}
_SECRET_NAME = re.compile(r"secret|token|passw|api[_-]?key|signature|credential|authorization|jwt|session", re.I)
_PLAIN_NAMES = {"token_type"}


def redacted_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers; whoever was allowed by one of them must not be found out from it."""
    return {name: REDACTED if _is_secret_header(name) else storable(value) for name, value in headers.items()}


def redacted_query(query: str) -> str:
    """A query string or a form; the names stay and so do the values that are no secrets."""
    if not query:
        return query
    return storable("&".join(map(_redacted_pair, query.split("&"))))


def _redacted_pair(pair: str) -> str:
    name, equals, _ = pair.partition("=")
    return f"{name}={REDACTED}" if equals and _is_secret(unquote_plus(name)) else pair


def _is_secret_header(name: str) -> bool:
    return name.lower() in _HEADERS or _is_secret(name)


def _is_secret(name: str) -> bool:
    return _SECRET_NAME.search(name) is not None and name.lower() not in _PLAIN_NAMES


def storable(text: str) -> str:
    """A text without the one character that PostgreSQL cannot keep."""
    return text.replace("\x00", "\ufffd")
