"""
Facts of a request as it came over the wire, and the entry that the request log keeps of it.

Taken from the WSGI environment alone, because the fast path answers before there is a framework's request.
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
"""
Key of the environment: the StorageError that the request has met already. Later stages raise it again instead of
waiting for the database once more.
"""
AUTHENTICATED = "kpn_sandbox.authenticated"
"""Key of the environment: the account that the fast path authenticated before it left the request to the framework."""

_REQUEST_ID = "kpn_sandbox.request_id"
_GIVEN_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_AUTHORITY = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*://[^/?]*")


def request_id(environ: dict[str, Any]) -> str:
    """Return the id that the client gave, else one that is generated and stays the same for the whole request."""
    known: str | None = environ.get(_REQUEST_ID)
    if known is None:
        given = environ.get("HTTP_X_REQUEST_ID", "")
        known = given if _GIVEN_ID.fullmatch(given) else token_hex(16)
        environ[_REQUEST_ID] = known
    return known


def raw_path(environ: dict[str, Any]) -> str:
    """Return the path as it was sent, nothing decoded, without the query."""
    target: str = environ.get("RAW_URI") or environ.get("REQUEST_URI") or quote(environ.get("PATH_INFO", ""))
    if not target.startswith("/"):
        target = _AUTHORITY.sub("", target)
    return target.partition("?")[0]


def sent_headers(environ: dict[str, Any]) -> dict[str, str]:
    """Return the request headers by the names that they have on the wire."""
    # Slicing is faster than startswith, and this runs for some forty keys of every request.
    headers = {_header_name(key): value for key, value in environ.items() if key[:5] == "HTTP_"}
    for key in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        if environ.get(key):
            headers[_header_name(key)] = environ[key]
    return headers


def token_fingerprint(environ: dict[str, Any]) -> str:
    """Return the first 16 hexadecimal digits of the SHA-256 of the bearer token; empty if there is none."""
    authorization: str = environ.get("HTTP_AUTHORIZATION", "")
    return _fingerprint(authorization[7:].strip()) if authorization[:7].lower() == "bearer " else ""


@lru_cache(maxsize=10_000)
def _fingerprint(token: str) -> str:
    return text_digest(token)[:16]


@lru_cache(maxsize=1000)
def _header_name(key: str) -> str:
    return key.removeprefix("HTTP_").replace("_", "-").title()


def log_entry(
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
    Return the entry of the request log for a request and its response.

    Args:
        environ: WSGI environment of the request.
        tenant: Account of the request.
        api: Key of the API.
        operation: Key of the operation; empty for none.
        status: Status of the response; 0 for a connection that was broken on purpose.
        wall_at: Wall time of the request in epoch seconds.
        began: `perf_counter` at the begin of the request.
        note: Facts beside request and response.
        retry_after: Seconds that the response said to wait.
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
        token=token_fingerprint(environ),
        retry_after=retry_after,
    )
