"""
From an exception to the error response of the API whose path was requested.

    ApiError            an error response; each API has subclasses for its shapes
    ExceptionMap        the error that each exception becomes; one table per API on top of `common_rows`
    ErrorHandler        the application's error handler, which finds the API by the path
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from authlib.oauth2 import OAuth2Error
from flask import Response, request
from werkzeug import exceptions as http

from kpn_sandbox.auth.errors import InvalidDigest
from kpn_sandbox.gateway.prefer_header import MalformedPreference
from kpn_sandbox.gateway.reasons import reason_of
from kpn_sandbox.gateway.request_info import LOG_FACTS, STORAGE_ERROR, request_id
from kpn_sandbox.simulation.errors import InstantOutOfRange
from kpn_sandbox.storage import StorageError

Headers = Sequence[tuple[str, str]]

_log = logging.getLogger(__name__)


class MalformedRequest(http.BadRequest):
    """A request breaks a rule of HTTP; its description says which one."""


class BodyTooLarge(http.RequestEntityTooLarge):
    """A body has more bytes than its limit."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"Body must be at most {limit // 1024**2} MB")


class ApiError(Exception):
    """
    An error response of an API.

    Args:
        status: HTTP status.
        text: Message in the API's words.
        headers: Headers beside those that every response of the API has.
    """

    common_headers: Headers = ()
    """Headers of every response of the API."""
    reason = ""
    """Reason for the request log, where it is not that of the exception that the error was made from."""

    def __init__(self, status: int, text: str, headers: Headers = ()) -> None:
        super().__init__(text)
        self.status = status
        self.text = text
        self.headers = headers

    def body(self) -> bytes:
        """Return the body in the API's shape."""
        return self.text.encode()

    def response(self) -> Response:
        """Return the error as a response."""
        if LOG_FACTS in request.environ:
            request.environ[LOG_FACTS].refusal = self.text
        return Response(self.body(), self.status, [*self.common_headers, *self.headers])


ErrorRow = Callable[[Any], ApiError]
ExceptionMap = Mapping[type[Exception], ErrorRow]
"""The error that an exception becomes; the row of the nearest base class counts, the last one is that of Exception."""


def common_rows(
    *,
    unauthorized: ErrorRow,
    bad_request: Callable[[str], ApiError],
    unavailable: Callable[[], ApiError],
    refused: Callable[[int, str], ApiError],
) -> dict[type[Exception], ErrorRow]:
    """
    Return the rows that every API's exception map begins with, from functions that return its errors.

    Args:
        unauthorized: Credentials are missing or wrong.
        bad_request: An instant is out of range, or a preference is malformed; gets the text.
        unavailable: The database cannot be used.
        refused: The request is not as HTTP has it, too slow or too large; gets 400, 408 or 413 and the text.
    """
    return {
        OAuth2Error: unauthorized,
        InvalidDigest: unauthorized,
        InstantOutOfRange: lambda error: bad_request(
            f"instant must be from {error.first} to {error.last} in Europe/Amsterdam"
        ),
        MalformedPreference: lambda error: bad_request(str(error)),
        StorageError: lambda error: unavailable(),
        BodyTooLarge: lambda error: refused(413, str(error.description)),
        http.RequestEntityTooLarge: lambda error: refused(413, "Body must be at most 1 MB"),
        http.RequestTimeout: lambda error: refused(408, "Body took too long"),
        MalformedRequest: lambda error: refused(400, str(error.description)),
    }


def mapped_error(error: Exception, rows: ExceptionMap) -> ApiError:
    """
    Return the error of an API that an exception becomes.

    Args:
        error: The exception; an error of the API stays as it is.
        rows: Exception map of the API.
    """
    if isinstance(error, ApiError):
        return error
    found = next(rows[kind] for kind in type(error).__mro__ if kind in rows)(error)
    found.reason = found.reason or reason_of(error, found.status)
    return found


def allow_header(error: http.MethodNotAllowed) -> list[tuple[str, str]]:
    """Return the Allow header of a 405."""
    return [("Allow", ", ".join(sorted(error.valid_methods or ())))]


class _Api(Protocol):
    def owns(self, path: str) -> bool: ...
    def error_response(self, error: Exception) -> Response: ...


class ErrorHandler:
    """
    Error handler of the application.

    Args:
        apis: APIs by priority; the first that owns the path responds.
        default: API that responds for paths that no API owns.
    """

    def __init__(self, apis: Sequence[_Api], default: _Api) -> None:
        self._apis = apis
        self._default = default

    def __call__(self, error: Exception) -> Response:
        """Return the response for an exception; an unexpected one is logged with its traceback."""
        api = next((each for each in self._apis if each.owns(request.path)), self._default)
        response = api.error_response(error)
        if isinstance(error, StorageError):
            request.environ[STORAGE_ERROR] = error
            _log.error("request %s: %s", request_id(request.environ), error)
        elif response.status_code == 500 and getattr(error, "status", None) != 500:
            _log.error("request %s failed", request_id(request.environ), exc_info=error)
        return response
