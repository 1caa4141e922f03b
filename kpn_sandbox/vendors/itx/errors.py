"""
Error responses of the provider, and the error that each exception and each forced status becomes.

    ApiError
        ItxError        a panel with one section whose message is the error

Source:
    The page names `message` for "Error or any other message"; that an error is such a panel, too, is invented: a client
    that ignores the status still has something to show.
"""

import json

from werkzeug import exceptions as http

from kpn_sandbox.gateway.cors import CORS_HEADERS
from kpn_sandbox.gateway.error_handling import ApiError, ExceptionMap, Headers, allow_header, common_rows
from kpn_sandbox.gateway.operations import Operation, phrase
from kpn_sandbox.gateway.responses import JSON

HEADERS = (JSON, *CORS_HEADERS, ("Cache-Control", "no-store"))
"""Headers of every response."""


class ItxError(ApiError):
    """An error response of the provider."""

    common_headers = HEADERS

    def body(self) -> bytes:
        """Return a panel with one section."""
        return json.dumps({"sections": [{"title": "Error", "message": self.text, "documents": []}]}).encode()


def error_for_status(status: int, operation: Operation, subject: str = "") -> ItxError:
    """
    Return the error for a forced status.

    Args:
        status, operation, subject: As for `VendorApi.error_for_status`.
    """
    return ItxError(status, phrase(status), STATUS_MAP.get(status, ()))


STATUS_MAP: dict[int, Headers] = {405: [("Allow", "GET, HEAD, OPTIONS")]}
"""Headers by forced status."""

EXCEPTION_MAP: ExceptionMap = {
    **common_rows(
        unauthorized=lambda error: ItxError(401, "Missing or unknown token"),
        bad_request=lambda text: ItxError(400, text),
        unavailable=lambda: ItxError(503, phrase(503)),
        refused=ItxError,
    ),
    http.MethodNotAllowed: lambda error: ItxError(405, "Only GET is supported", allow_header(error)),
    http.NotFound: lambda error: ItxError(404, phrase(404)),
    http.BadRequest: lambda error: ItxError(400, phrase(400)),
    Exception: lambda error: ItxError(500, phrase(500)),
}
"""Errors by exception."""
