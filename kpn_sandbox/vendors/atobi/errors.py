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
from kpn_sandbox.gateway.error_handling import ApiError, ExceptionMap, Headers, allow_header, common_rows
from kpn_sandbox.gateway.operations import Operation, phrase
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


def at_token_endpoint(error: ApiError) -> ApiError:
    """Return an error in the shape of the token endpoint."""
    if isinstance(error, TokenEndpointError):
        return error
    return TokenEndpointError(error.status, _CODES.get(error.status, "server_error"), error.text, error.headers)


def error_for_status(status: int, operation: Operation, subject: str = "") -> ApiError:
    """
    Return the error for a forced status.

    Args:
        status, operation, subject: As for `VendorApi.error_for_status`.
    """
    headers = [("Allow", "OPTIONS, POST")] if status == 405 else ()
    errors = {"data": ["The data field is invalid."]} if status == 422 else None
    error = AtobiError(status, STATUS_MAP.get(status, phrase(status)), errors, headers)
    return at_token_endpoint(error) if operation is TOKEN else error


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


EXCEPTION_MAP: ExceptionMap = {
    **common_rows(
        unauthorized=lambda error: AtobiError(401, UNAUTHENTICATED, headers=[("WWW-Authenticate", "Bearer")]),
        bad_request=lambda text: AtobiError(400, text),
        unavailable=lambda: AtobiError(503, "Service Unavailable"),
        refused=lambda status, text: AtobiError(status, f"{text}."),
    ),
    UnsupportedGrantTypeError: _unsupported_grant_type,
    InvalidClientError: lambda error: TokenEndpointError(401, "invalid_client", "Client authentication failed"),
    InvalidRequestError: lambda error: invalid_request(error.description),
    http.MethodNotAllowed: lambda error: AtobiError(405, "Method Not Allowed", headers=allow_header(error)),
    http.NotFound: lambda error: AtobiError(404, "Not Found"),
    http.BadRequest: lambda error: AtobiError(400, "Bad Request"),
    Exception: lambda error: AtobiError(500, "Server Error"),
}
"""Errors by exception; `at_token_endpoint` gives those of the token endpoint their shape."""
