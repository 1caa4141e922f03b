"""
Error responses in Kaisa's shape, and the error that each exception and each forced status becomes.

    ApiError
        KaisaError              {"errors": ["..."]}
            ChallengeError      401, without a body, with a challenge

Source:
    github.com/freespee/freespee-php-api-client (src/Response.php, test/ClientTest.php) for the array and the empty 401;
    that the array has texts is assumed.
"""

import json
from typing import Any

from marshmallow import ValidationError
from werkzeug import exceptions as http

from kpn_sandbox.auth.errors import MalformedDigest
from kpn_sandbox.gateway.cors import CORS_HEADERS
from kpn_sandbox.gateway.error_handling import ApiError, ExceptionMap, Headers, allow_header, common_rows
from kpn_sandbox.gateway.operations import Operation, phrase
from kpn_sandbox.gateway.responses import JSON, PreconditionFailed
from kpn_sandbox.simulation.errors import DateOutOfRange, PeriodTooLong

HEADERS = (JSON, *CORS_HEADERS)
"""Headers of every response."""


class KaisaError(ApiError):
    """
    An error response of Kaisa's API.

    Args:
        status: HTTP status.
        texts: Messages; the reason phrase when empty.
        headers: Headers beside those of every response.
    """

    common_headers = HEADERS

    def __init__(self, status: int, *texts: str, headers: Headers = ()) -> None:
        super().__init__(status, texts[0] if texts else phrase(status), headers)
        self.texts = texts or (phrase(status),)

    def body(self) -> bytes:
        """Return JSON."""
        return json.dumps({"errors": self.texts}).encode()


class ChallengeError(KaisaError):
    """An error for missing or wrong credentials; the response has no body but the challenge."""

    def __init__(self, challenge: str) -> None:
        super().__init__(401, headers=[("WWW-Authenticate", challenge)])

    def body(self) -> bytes:
        """Return an empty body."""
        return b""


def error_for_status(status: int, operation: Operation, subject: str = "") -> KaisaError:
    """
    Return the error for a forced status.

    Args:
        status, operation, subject: As for `VendorApi.error_for_status`.
    """
    return ChallengeError("") if status == 401 else KaisaError(status, headers=STATUS_MAP.get(status, ()))


STATUS_MAP: dict[int, Headers] = {405: [("Allow", "GET, HEAD, OPTIONS")], 429: [("Retry-After", "60")]}
"""Headers by forced status."""

EXCEPTION_MAP: ExceptionMap = {
    **common_rows(
        unauthorized=lambda error: ChallengeError(error.challenge),
        bad_request=lambda text: KaisaError(400, text),
        unavailable=lambda: KaisaError(503),
        refused=KaisaError,
    ),
    MalformedDigest: lambda error: KaisaError(400, str(error)),
    ValidationError: lambda error: KaisaError(400, *_validation_texts(error)),
    PeriodTooLong: lambda error: KaisaError(400, f"period must be at most {error.most} days, not {error.days}"),
    DateOutOfRange: lambda error: KaisaError(400, f"dates must be from {error.first} to {error.last}"),
    PreconditionFailed: lambda error: KaisaError(412),
    http.MethodNotAllowed: lambda error: KaisaError(405, headers=allow_header(error)),
    http.NotFound: lambda error: KaisaError(404),
    http.BadRequest: lambda error: KaisaError(400),
    Exception: lambda error: KaisaError(500),
}
"""Errors by exception."""


def _validation_texts(error: Any) -> list[str]:
    return [f"{name} {text}" for name, texts in error.normalized_messages().items() for text in texts]
