"""
A request as it came over the wire, nothing decoded.

What the journal keeps of a request and its answer.
"""

import re
from functools import lru_cache
from secrets import token_hex
from time import perf_counter
from typing import Any
from urllib.parse import quote

from kpn_sandbox.tenants.request_log import LogEntry
from kpn_sandbox.tenants.secrets import text_digest
from kpn_sandbox.tenants.tenant import Tenant

STORAGE_ERROR = "kpn_sandbox.storage_error"
"""Where a request's environment holds the failure of the database that it met, so that it need not meet it again."""

_REQUEST_ID = "kpn_sandbox.request_id"
_GIVEN_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_AUTHORITY = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*://[^/?]*")


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
    # Cut instead of asked by a method, because it is done for some forty keys of every request.
    headers = {_header_name(key): value for key, value in environ.items() if key[:5] == "HTTP_"}
    for key in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        if environ.get(key):
            headers[_header_name(key)] = environ[key]
    return headers


def token_mark(environ: dict[str, Any]) -> str:
    """What tells the access token of a request from others without being it; empty without one."""
    authorization: str = environ.get("HTTP_AUTHORIZATION", "")
    return _mark(authorization[7:].strip()) if authorization[:7].lower() == "bearer " else ""


@lru_cache(maxsize=10_000)
def _mark(token: str) -> str:
    return text_digest(token)[:16]


@lru_cache(maxsize=1000)
def _header_name(key: str) -> str:
    return key.removeprefix("HTTP_").replace("_", "-").title()


def entry(
    environ: dict[str, Any],
    tenant: Tenant,
    *,
    api: str,
    operation: str,
    status: int,
    wall_at: float,
    began: float,
    note: str = "",
    retry_after: int | None = None,
) -> LogEntry:
    """
    An entry.

    Args:
        environ: The request.
        tenant: Whose it is.
        api: The API that was asked.
        operation: What was asked for.
        status: What it was answered.
        wall_at: Wall time when it came.
        began: The stopwatch when it came.
        note: What is worth knowing beside that.
        retry_after: The seconds that the answer told to wait.
    """
    return LogEntry(
        client_id=tenant.account.client_id,
        id=request_id(environ),
        at=tenant.clock.now(wall_at),
        wall_at=wall_at,
        api=api,
        operation=operation,
        method=environ["REQUEST_METHOD"],
        path=raw_path(environ),
        query=environ.get("QUERY_STRING", ""),
        status=status,
        duration_ms=round((perf_counter() - began) * 1000, 3),
        headers=sent_headers(environ),
        note=note,
        token=token_mark(environ),
        retry_after=retry_after,
    )
