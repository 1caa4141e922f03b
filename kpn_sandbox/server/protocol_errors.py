"""
What is answered to bytes that are not a request, before any application sees them.

The shape is that of the gateway's faults, because a client should meet one shape of error only.

Source:
    Apigee's runtime troubleshooting, page "414 Request-URI Too Long - TooBigLine" (read 2026-11-22), for that status,
    text, code and limit. The 431 is modelled on it and its limit is assumed; everything else that cannot be read is
    assumed to be a plain 400, because no capture shows it.
"""

import json
from http import HTTPStatus
from typing import NamedTuple

LINE_BYTES = 7168
HEADER_BYTES = 25600


class Refusal(NamedTuple):
    """A complete answer to something that could not be read."""

    status: HTTPStatus
    text: str
    code: str

    def to_bytes(self) -> bytes:
        """The answer as it goes over the wire; the connection ends with it."""
        fault = {"fault": {"faultstring": self.text, "detail": {"errorcode": self.code}}}
        body = json.dumps(fault, separators=(",", ":")).encode()
        head = (
            f"HTTP/1.1 {self.status.value} {self.status.phrase}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        return head.encode() + body


FAILED = Refusal(HTTPStatus.INTERNAL_SERVER_ERROR, "Internal server error", "messaging.runtime.InternalServerError")
TOO_BIG_LINE = Refusal(
    HTTPStatus.REQUEST_URI_TOO_LONG, f"request line size exceeding {LINE_BYTES:,}", "protocol.http.TooBigLine"
)
TOO_BIG_HEADERS = Refusal(
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    f"request headers size exceeding {HEADER_BYTES:,}",
    "protocol.http.TooBigHeaders",
)


def unreadable(reason: str) -> Refusal:
    """The refusal of something that breaks the rules of HTTP, with the rule it breaks."""
    return Refusal(HTTPStatus.BAD_REQUEST, f"Bad request: {reason[:200]}", "protocol.http.BadRequest")
