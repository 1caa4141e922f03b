"""A request as it came over the wire, nothing decoded."""

import re
from functools import lru_cache
from secrets import token_hex
from typing import Any
from urllib.parse import quote

from kpn_sandbox.control.secrets import text_digest

_REQUEST_ID = "kpn_sandbox.request_id"
_GIVEN_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_AUTHORITY = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*://[^/?]*")
_BEARER = "bearer "


def request_id(environ: dict[str, Any]) -> str:
    """The id that the caller gave, else one that is made, the same for the whole request."""
    known: str | None = environ.get(_REQUEST_ID)
    if known is None:
        given = environ.get("HTTP_X_REQUEST_ID", "")
        known = given if _GIVEN_ID.fullmatch(given) else token_hex(16)
        environ[_REQUEST_ID] = known
    return known


def raw_path(environ: dict[str, Any]) -> str:
    """The path."""
    target: str = environ.get("RAW_URI") or environ.get("REQUEST_URI") or quote(environ.get("PATH_INFO", ""))
    if not target.startswith("/"):
        target = _AUTHORITY.sub("", target)
    return target.partition("?")[0]


def sent_headers(environ: dict[str, Any]) -> dict[str, str]:
    """The headers, by the names that they have on the wire."""
    headers = {_header_name(key): value for key, value in environ.items() if key.startswith("HTTP_")}
    for key in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        if environ.get(key):
            headers[_header_name(key)] = environ[key]
    return headers


def token_mark(environ: dict[str, Any]) -> str:
    """What tells the access token of a request from others without being it; empty without one."""
    authorization: str = environ.get("HTTP_AUTHORIZATION", "")
    if authorization[:len(_BEARER)].lower() != _BEARER:
        return ""
    return text_digest(authorization[len(_BEARER):].strip())[:16]


@lru_cache(maxsize=1000)
def _header_name(key: str) -> str:
    return key.removeprefix("HTTP_").replace("_", "-").title()
