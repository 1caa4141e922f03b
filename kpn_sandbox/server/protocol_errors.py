"""
Responses to bytes that are no HTTP request, sent by the server itself before any application sees them.

They have the shape of the faults of KPN's gateway, so that clients meet one shape of error only.

Source:
    Apigee's runtime troubleshooting, page "414 Request-URI Too Long - TooBigLine" (read 2026-11-22), for that status,
    text, code and limit. The 431 is modelled on it and its limit is assumed; everything else that cannot be parsed is
    assumed to be a plain 400, because no capture shows it.
"""

import json
from http import HTTPStatus
from secrets import token_hex
from typing import NamedTuple

from kpn_sandbox.gateway.cors import CORS_HEADERS

LINE_BYTES = 7168
"""Longest request line."""

HEADER_BYTES = 25600
"""Longest header."""


class ProtocolErrorResponse(NamedTuple):
    """A complete error response to bytes that could not be parsed."""

    status: HTTPStatus
    text: str
    code: str

    def to_bytes(self) -> bytes:
        """Return the response as it is sent; the connection is closed after it."""
        fault = {"fault": {"faultstring": self.text, "detail": {"errorcode": self.code}}}
        body = json.dumps(fault, separators=(",", ":")).encode()
        headers = [
            ("Content-Type", "application/json"),
            ("Content-Length", str(len(body))),
            ("Connection", "close"),
            *CORS_HEADERS,
            ("X-Request-Id", token_hex(16)),
        ]
        lines = [f"HTTP/1.1 {self.status.value} {self.status.phrase}", *(f"{name}: {text}" for name, text in headers)]
        return "\r\n".join([*lines, "", ""]).encode() + body


SERVER_FAILED = ProtocolErrorResponse(
    HTTPStatus.INTERNAL_SERVER_ERROR, "Internal server error", "messaging.runtime.InternalServerError"
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
