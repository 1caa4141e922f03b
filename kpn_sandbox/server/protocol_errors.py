"""
Responses to bytes that are no HTTP request, sent by the server itself before any application sees them.

They have the shape of the faults of KPN's gateway, so that clients meet one shape of error only.

Source:
    Apigee's runtime troubleshooting, page "414 Request-URI Too Long - TooBigLine" (read 2026-11-22), for that status,
    text, code and limit. The 431 is modelled on it and its limit is assumed; everything else that cannot be parsed is
    assumed to be a plain 400, because no capture shows it.
"""

import json
import re
from http import HTTPStatus
from secrets import token_hex
from typing import NamedTuple

from kpn_sandbox.gateway.cors import CORS_HEADERS
from kpn_sandbox.storage import StorageError
from kpn_sandbox.tenants.clock import wall_time
from kpn_sandbox.tenants.request_log import LogEntry, RequestLog

LINE_BYTES = 7168
"""Longest request line."""

HEADER_BYTES = 25600
"""Longest header."""


_LINE = re.compile(rb"\s*([!-~]{1,32}) ([!-~]+)")
_FIELD = re.compile(rb"^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\r\n]*?)[ \t]*$", re.M)
_SENT_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


class ProtocolErrorResponse(NamedTuple):
    """A complete error response to bytes that could not be parsed."""

    status: HTTPStatus
    text: str
    code: str

    def body(self) -> bytes:
        """Return the body, in the shape of a fault."""
        fault = {"fault": {"faultstring": self.text, "detail": {"errorcode": self.code}}}
        return json.dumps(fault, separators=(",", ":")).encode()

    def headers(self) -> list[tuple[str, str]]:
        """Return the headers that do not differ from request to request."""
        length = ("Content-Length", str(len(self.body())))
        return [("Content-Type", "application/json"), length, ("Connection", "close"), *CORS_HEADERS]

    def to_bytes(self, request_id: str) -> bytes:
        """Return the response as it is sent; the connection is closed after it."""
        headers = [*self.headers(), ("X-Request-Id", request_id)]
        lines = [f"HTTP/1.1 {self.status.value} {self.status.phrase}", *(f"{name}: {text}" for name, text in headers)]
        return "\r\n".join([*lines, "", ""]).encode() + self.body()


SERVER_FAILED = ProtocolErrorResponse(
    HTTPStatus.INTERNAL_SERVER_ERROR, "Internal server error", "messaging.runtime.InternalServerError"
)
UNAVAILABLE = ProtocolErrorResponse(
    HTTPStatus.SERVICE_UNAVAILABLE,
    "The Service is temporarily unavailable",
    "messaging.adaptors.http.flow.ServiceUnavailable",
)
TIMEOUT = ProtocolErrorResponse(HTTPStatus.REQUEST_TIMEOUT, "Request timeout", "protocol.http.RequestTimeout")
LINE_TOO_LONG = ProtocolErrorResponse(
    HTTPStatus.REQUEST_URI_TOO_LONG, f"request line size exceeding {LINE_BYTES:,}", "protocol.http.TooBigLine"
)
HEADERS_TOO_LONG = ProtocolErrorResponse(
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    f"request headers size exceeding {HEADER_BYTES:,}",
    "protocol.http.TooBigHeaders",
)


def bad_request(reason: str) -> ProtocolErrorResponse:
    """Return the 400 for bytes that break a rule of HTTP; the reason names the rule."""
    return ProtocolErrorResponse(HTTPStatus.BAD_REQUEST, f"Bad request: {reason[:200]}", "protocol.http.BadRequest")


def refuse(response: ProtocolErrorResponse, received: bytes, log: RequestLog | None) -> bytes:
    """
    Write a refusal into the request log, as one of no account, and return it as it is sent.

    Args:
        response: The refusal; one that cannot be logged is 503.
        received: What the client had sent of the head, as far as it is known.
        log: The request log; None for none.
    """
    entry = _log_entry(response, received)
    try:
        if log is not None:
            log.write(entry)
    except StorageError:
        response = UNAVAILABLE
    return response.to_bytes(entry.id)


def _log_entry(response: ProtocolErrorResponse, received: bytes) -> LogEntry:
    head = re.split(rb"\r?\n\r?\n", received, maxsplit=1)[0].replace(b"\r\n", b"\n")
    line, now = _LINE.match(head), wall_time()
    method, target = (part.decode("ascii") for part in line.groups()) if line else ("", "")
    path, _, query = target.partition("?")
    headers: dict[str, str] = {}
    for name, value in ((part.decode("latin-1") for part in field) for field in _FIELD.findall(head)):
        headers[name.title()] = f"{headers[name.title()]},{value}" if name.title() in headers else value
    sent = headers.get("X-Request-Id", "")
    return LogEntry(
        client_id=None,
        id=sent if _SENT_ID.fullmatch(sent) else token_hex(16),
        at=now,
        wall_at=now,
        api="kpn",
        operation="",
        method=method,
        path=path,
        query=query,
        status=response.status.value,
        duration_ms=0.0,
        headers=headers,
        note=response.text,
        refused=True,
        response_headers=dict(response.headers()),
    )
