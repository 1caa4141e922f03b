"""
Error responses in Atobi's shapes, and the error that each exception and each forced status becomes.

    ApiError
        AtobiError                  {"status": "error", "message": ..., "errors": {...}}
            TokenEndpointError      {"error": code, "error_description": ..., "message": ...}

Source:
    The page asks for a "status in JSON body" and shows none. Texts and keys are those of Laravel and of
    thephpleague/oauth2-server, which is assumed.
"""

import json
from typing import Any

from authlib.oauth2.rfc6749 import InvalidClientError, InvalidRequestError, UnsupportedGrantTypeError
from werkzeug import exceptions as http

from kpn_sandbox.gateway.cors import CORS_HEADERS
from kpn_sandbox.gateway.error_handling import ApiError, ExceptionMap, Headers, allow_header, common_rows, mapped_error
from kpn_sandbox.gateway.operations import phrase
from kpn_sandbox.gateway.responses import JSON
from kpn_sandbox.vendors.atobi.operations import TOKEN

HEADERS = (JSON, *CORS_HEADERS)
"""Headers of every response."""

UNAUTHENTICATED = "Unauthenticated."
INVALID = "The given data was invalid."


class AtobiError(ApiError):
    """
    An error response of Atobi's API.

    Args:
        status: HTTP status.
        text: Value of `message`.
        errors: Messages by the dotted path of a wrong field; left out when None.
        headers: Headers beside those of every response.
    """

    common_headers = HEADERS

    def __init__(self, status: int, text: str, errors: Any = None, headers: Headers = ()) -> None:
        super().__init__(status, text, headers)
        self.errors = errors

    def body(self) -> bytes:
        """Return JSON."""
        members: dict[str, Any] = {"status": "error", "message": self.text}
        return json.dumps(members if self.errors is None else {**members, "errors": self.errors}).encode()


class TokenEndpointError(AtobiError):
    """
    An error of the token endpoint.

    Args:
        status: HTTP status.
        code: Value of `error`.
        text: Value of `error_description` and `message`.
        headers: Headers beside those of every response.
    """

    def __init__(self, status: int, code: str, text: str, headers: Headers = ()) -> None:
        super().__init__(status, text, headers=headers)
        self.code = code

    def body(self) -> bytes:
        """Return JSON."""
        return json.dumps({"error": self.code, "error_description": self.text, "message": self.text}).encode()


def invalid_request(text: str) -> TokenEndpointError:
    """Return the error for a token request that cannot be read."""
    return TokenEndpointError(400, "invalid_request", text)


def error_for(error: Exception, path: str) -> ApiError:
    """
    Return the error that an exception becomes.

    Args:
        error: The exception.
        path: Path of the request; the token endpoint has a shape of its own.
    """
    found = mapped_error(error, EXCEPTION_MAP) or AtobiError(500, "Server Error")
    if path != TOKEN.path or isinstance(found, TokenEndpointError):
        return found
    return TokenEndpointError(found.status, _CODES.get(found.status, "server_error"), found.text, found.headers)


def error_for_status(status: int, location: str, path: str) -> ApiError:
    """
    Return the error for a forced status.

    Args:
        status: 300 or more.
        location: Target of a redirect.
        path: Path of the request.
    """
    headers = {302: [("Location", location)], 405: [("Allow", "OPTIONS, POST")]}
    errors = {"data": ["The data field is invalid."]} if status == 422 else None
    error = AtobiError(status, STATUS_MAP.get(status, phrase(status)), errors, headers.get(status, ()))
    return error_for(error, path)


STATUS_MAP = {401: UNAUTHENTICATED, 422: INVALID, 429: "Too Many Attempts."}
"""Messages by forced status; HTTP's reason phrase for every other status."""

_CODES = {
    400: "invalid_request",
    401: "invalid_client",
    405: "invalid_request",
    413: "invalid_request",
    429: "too_many_requests",
    503: "temporarily_unavailable",
}


def _unsupported_grant_type(error: UnsupportedGrantTypeError) -> ApiError:
    text = "The authorization grant type is not supported by the authorization server."
    return TokenEndpointError(400, "unsupported_grant_type", text)


def _invalid_client(error: InvalidClientError) -> ApiError:
    headers = [("WWW-Authenticate", 'Basic realm="OAuth"')] if error.status_code == 401 else []
    return TokenEndpointError(401, "invalid_client", "Client authentication failed", headers)


EXCEPTION_MAP: ExceptionMap = {
    **common_rows(
        unauthorized=lambda error: AtobiError(401, UNAUTHENTICATED, headers=[("WWW-Authenticate", "Bearer")]),
        bad_request=lambda text: AtobiError(400, text),
        unavailable=lambda: AtobiError(503, "Service Unavailable"),
        too_large=lambda: AtobiError(413, "The request body must be at most 1 MB."),
    ),
    UnsupportedGrantTypeError: _unsupported_grant_type,
    InvalidClientError: _invalid_client,
    InvalidRequestError: lambda error: invalid_request(error.description),
    http.MethodNotAllowed: lambda error: AtobiError(405, "Method Not Allowed", headers=allow_header(error)),
    http.NotFound: lambda error: AtobiError(404, "Not Found"),
    http.BadRequest: lambda error: AtobiError(400, "Bad Request"),
}
"""Errors by exception; `error_for` gives those of the token endpoint their shape."""
