"""
Facts of a request as it was sent, and its entry in the request log.

They come from the WSGI environment alone, because the fast path answers before there is a request object of Flask.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from os import urandom
from time import perf_counter
from typing import Any, NamedTuple
from urllib.parse import quote

from kpn_sandbox.tenants.request_log import LogEntry, SentHeaders
from kpn_sandbox.tenants.secrets import text_digest
from kpn_sandbox.tenants.tenant import Tenant

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
"""A WSGI application (PEP 3333)."""

STORAGE_ERROR = "kpn_sandbox.storage_error"
"""Environment key of a StorageError that the request has met; later stages raise it again instead of waiting again."""
REFUSAL = "kpn_sandbox.refusal"
"""Environment key of the exception with which the application refuses a request that is not as it must be."""
AUTHENTICATED = "kpn_sandbox.authenticated"
"""Environment key of the account that the fast path authenticated before it left the request to Flask."""

WITHOUT_HSTS = "kpn_sandbox.without_hsts"
"""Environment key that is there when the response is sent without its `Strict-Transport-Security`."""
RESPONSE_REASON = "kpn_sandbox.response_reason"
"""Environment key of the reason why a response that succeeded is not the usual one."""
REQUEST_ID = "kpn_sandbox.request_id"
"""Environment key of the id of the request."""
STREAMS = "kpn_sandbox.streams"
"""Environment key that is there when a response may last for as long as the client stays, at the cost of no thread."""
LOG_FACTS = "kpn_sandbox.log_facts"
"""Environment key of the `LogFacts` of a request, there when an access log is written."""


_SENT_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_AUTHORITY = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*://[^/?]*")


@dataclass
class LogFacts:
    """Facts that the access log tells of a request beside the request itself; empty where nobody knows them."""

    account: str = ""
    api: str = ""
    operation: str = ""
    notes: Sequence[str] = ()
    refusal: str = ""
    """Text of the error that the response is."""


def request_id(environ: dict[str, Any]) -> str:
    """Return the request id that the client sent, else one that is generated once per request."""
    found: str | None = environ.get(REQUEST_ID)
    if found is None:
        sent = environ.get("HTTP_X_REQUEST_ID", "")
        found = environ[REQUEST_ID] = sent if _SENT_ID.fullmatch(sent) else urandom(16).hex()
    return found


def raw_path(environ: dict[str, Any]) -> str:
    """Return the path as it was sent: without the query, nothing decoded."""
    target: str = environ.get("RAW_URI") or environ.get("REQUEST_URI") or quote(environ.get("PATH_INFO", ""))
    if not target.startswith("/"):
        target = _AUTHORITY.sub("", target)
    return target.partition("?")[0]


def sent_headers(environ: dict[str, Any]) -> SentHeaders:
    """Return the request headers by their HTTP names."""
    # Slicing is faster than startswith, and this runs for some forty keys of every request.
    headers = SentHeaders({_header_name(key): value for key, value in environ.items() if key[:5] == "HTTP_"})
    for key in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        if environ.get(key):
            headers[_header_name(key)] = environ[key]
    return headers


def token_fingerprint(environ: dict[str, Any]) -> str:
    """Return the first 16 hexadecimal digits of the bearer token's SHA-256; empty without a token."""
    authorization: str = environ.get("HTTP_AUTHORIZATION", "")
    return _fingerprint(authorization[7:].strip()) if authorization[:7].lower() == "bearer " else ""


@lru_cache(maxsize=10_000)
def _fingerprint(token: str) -> str:
    return text_digest(token)[:16]


@lru_cache(maxsize=1000)
def _header_name(key: str) -> str:
    return key.removeprefix("HTTP_").replace("_", "-").title()


class RequestFacts(NamedTuple):
    """The part of an entry of the request log that follows from the bytes of the request alone."""

    method: str
    path: str
    query: str
    headers: SentHeaders
    token: str


def request_facts(environ: dict[str, Any]) -> RequestFacts:
    """Return what the request log shows of the bytes of a request."""
    return RequestFacts(
        method=environ["REQUEST_METHOD"],
        path=raw_path(environ),
        query=environ.get("QUERY_STRING", ""),
        headers=sent_headers(environ),
        token=token_fingerprint(environ),
    )


def log_entry(
    environ: dict[str, Any],
    tenant: Tenant | None,
    *,
    api: str,
    operation: str,
    status: int,
    wall_at: float,
    began: float,
    note: str = "",
    reason: str = "",
    retry_after: int | None = None,
    refused: bool = False,
    response_headers: Mapping[str, str],
) -> LogEntry:
    """
    Return the entry of the request log for a request and its response.

    Args:
        environ: WSGI environment of the request.
        tenant: Account of the request, None when it belongs to none.
        api: Key of the API.
        operation: Key of the operation; empty for none.
        status: Status of the response; 0 for a connection that was broken on purpose.
        wall_at: Wall time of the request in epoch seconds.
        began: `perf_counter` at the begin of the request.
        note: Facts beside request and response.
        reason: Why the response is not the usual one; empty otherwise.
        retry_after: Seconds to wait, from the response's header.
        refused: Whether the request was refused before its sender was known for sure.
        response_headers: Headers of the response without its `X-Request-Id`.
    """
    facts = request_facts(environ)
    return LogEntry(
        client_id=None if tenant is None else tenant.account.client_id,
        id=request_id(environ),
        at=wall_at if tenant is None else tenant.clock.now(wall_at),
        wall_at=wall_at,
        api=api,
        operation=operation,
        method=facts.method,
        path=facts.path,
        query=facts.query,
        status=status,
        duration_ms=round((perf_counter() - began) * 1000, 3),
        headers=facts.headers,
        note=note,
        token=facts.token,
        retry_after=retry_after,
        refused=refused,
        reason=reason,
        response_headers=response_headers,
    )
