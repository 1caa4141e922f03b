"""
Error responses in Bright Pattern's shapes, and the error that each exception and each forced status becomes.

    ApiError
        BrightPatternError          {"error_code", "error_message"}
            BadRequestError         400; the message has the path of the wrong member
            LoginClosedError        403, {"error"}
            TokenEndpointError      {"error", "error_description"}

Source:
    The page has the shape of a 400 and no code; the codes are the sandbox's own. {"error"} is in the reference, for
    release 5.36. The token endpoint's shape is that of RFC 6749, section 5.2, which the vendor's other APIs have, too.
"""

from enum import IntEnum

import orjson
from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import InvalidClientError, UnsupportedGrantTypeError
from werkzeug import exceptions as http

from kpn_sandbox.auth.errors import InvalidSession
from kpn_sandbox.gateway.error_handling import ApiError, ExceptionMap, Headers, allow_header, common_rows
from kpn_sandbox.gateway.operations import Operation, phrase
from kpn_sandbox.gateway.responses import JSON
from kpn_sandbox.tenants.errors import UnknownAccount
from kpn_sandbox.vendors.bright_pattern.operations import LOGIN, TOKEN, methods_of
from kpn_sandbox.vendors.bright_pattern.store import TooManySubscriptions, UnknownWallboard


class Code(IntEnum):
    """Values of `error_code`, all of them invented by the sandbox."""

    BAD_REQUEST = 1000, "The request is not what it may be"
    UNKNOWN_STATISTIC = 1001, "There is no such statistic, or not in this place"
    MALFORMED_JSON = 1002, "The body is no JSON"
    WRONG_CONTENT_TYPE = 1003, "The content type is not application/json"
    MISSING = 1004, "Something that must be there is not"
    WRONG_TYPE = 1005, "A value is of another type than it may be"
    REPEATED_ID = 1006, "Two columns of a grid, or two grids, have the same id"
    UNKNOWN_COLUMN = 1007, "Order or filter name no column of the grid"
    WRONG_OPERATION = 1008, "The filter operation is none of EQ, NE, LT, GT, LE, GE"
    WRONG_DIRECTION = 1009, "The order direction is neither ASC nor DESC"
    WRONG_LIMIT = 1010, "The limit is no whole number of 0 or more"
    WRONG_SUM = 1011, "A SUM column has nothing to add, or what cannot be added"
    TOO_LARGE = 1012, "The body, or what it asks for, is too large"
    UNAUTHORIZED = 1101, "No session, one that nobody has, or one that has ended"
    FORBIDDEN = 1103, "The user may not"
    NO_SUBSCRIPTION = 1104, "There is no active subscription"
    NOT_FOUND = 1105, "There is nothing at that place"
    METHOD_NOT_ALLOWED = 1106, "Another method on a known path"
    TOO_MANY_SUBSCRIPTIONS = 1109, "The limit of active subscriptions is exceeded for the tenant"
    TOO_MANY_REQUESTS = 1129, "More requests than the account's quota allows"
    OTHER = 1199, "A status that somebody forced"
    INTERNAL = 1200, "The sandbox itself failed"
    BAD_GATEWAY = 1202, "What stands behind the gateway gave no proper answer"
    UNAVAILABLE = 1203, "The database cannot be used"

    meaning: str

    def __new__(cls, number: int, meaning: str) -> "Code":
        """
        Make a number with a meaning.

        Args:
            number: Value of `error_code`.
            meaning: One sentence for the OpenAPI document.
        """
        code = int.__new__(cls, number)
        code._value_ = number
        code.meaning = meaning
        return code


class BrightPatternError(ApiError):
    """
    An error response of Bright Pattern's API.

    Args:
        status: HTTP status.
        code: Value of `error_code`.
        text: Value of `error_message`.
        headers: Headers beside those of every response.
    """

    common_headers = (JSON,)

    def __init__(self, status: int, code: Code, text: str, headers: Headers = ()) -> None:
        super().__init__(status, text, headers)
        self.code = code

    def body(self) -> bytes:
        """Return JSON."""
        return orjson.dumps({"error_code": int(self.code), "error_message": self.text})


class BadRequestError(BrightPatternError):
    """
    An error for a wrong request.

    Args:
        code: Value of `error_code`.
        text: Value of `error_message`.
        path: Path of the wrong member in a JSON body; empty for none.
    """

    def __init__(self, code: Code, text: str, path: str = "") -> None:
        super().__init__(400, code, f"{text} at {path}" if path else text)


class LoginClosedError(BrightPatternError):
    """An error for log-ins with a password, which the vendor has closed."""

    def __init__(self) -> None:
        super().__init__(403, Code.FORBIDDEN, "illegal login attempt")

    def body(self) -> bytes:
        """Return JSON as the reference shows it."""
        return orjson.dumps({"error": self.text})


class TokenEndpointError(BrightPatternError):
    """
    An error of the token endpoint.

    Args:
        status: HTTP status.
        error: Value of `error`.
        text: Value of `error_description`.
        headers: Headers beside those of every response.
    """

    def __init__(self, status: int, error: str, text: str, headers: Headers = ()) -> None:
        super().__init__(status, Code.BAD_REQUEST, text, headers)
        self.error = error

    def body(self) -> bytes:
        """Return JSON as RFC 6749 has it."""
        return orjson.dumps({"error": self.error, "error_description": self.text})


def unauthorized(text: str = "Unauthorized") -> BrightPatternError:
    """Return the error for a missing, unknown or ended session, and for wrong credentials."""
    return BrightPatternError(401, Code.UNAUTHORIZED, text)


def no_subscription() -> BrightPatternError:
    """Return the error for a user without an active subscription."""
    return BrightPatternError(404, Code.NO_SUBSCRIPTION, "There is no active subscription")


def at_token_endpoint(error: ApiError) -> TokenEndpointError:
    """Return an error in the shape of the token endpoint."""
    if isinstance(error, TokenEndpointError):
        return error
    return TokenEndpointError(error.status, _OAUTH_ERRORS.get(error.status, "server_error"), error.text, error.headers)


def error_for_status(status: int, operation: Operation, subject: str = "") -> BrightPatternError:
    """
    Return the error for a forced status.

    Args:
        status, operation, subject: As for `VendorApi.error_for_status`.
    """
    if status == 403 and operation.path == LOGIN.path:
        return LoginClosedError()
    headers = [("Allow", ", ".join(methods_of(operation.path)))] if status == 405 else ()
    text = "Unauthorized" if status == 401 else phrase(status)
    error = BrightPatternError(status, STATUS_MAP.get(status, Code.OTHER), text, headers)
    return at_token_endpoint(error) if operation is TOKEN else error


STATUS_MAP = {
    400: Code.BAD_REQUEST,
    401: Code.UNAUTHORIZED,
    403: Code.FORBIDDEN,
    404: Code.NOT_FOUND,
    405: Code.METHOD_NOT_ALLOWED,
    409: Code.TOO_MANY_SUBSCRIPTIONS,
    413: Code.TOO_LARGE,
    429: Code.TOO_MANY_REQUESTS,
    500: Code.INTERNAL,
    502: Code.BAD_GATEWAY,
    503: Code.UNAVAILABLE,
}
"""Error codes by forced status; `Code.OTHER` for every other status."""

_OAUTH_ERRORS = {400: "invalid_request", 401: "invalid_client", 403: "access_denied", 503: "temporarily_unavailable"}

EXCEPTION_MAP: ExceptionMap = {
    **common_rows(
        unauthorized=lambda error: unauthorized(),
        bad_request=lambda text: BadRequestError(Code.BAD_REQUEST, text),
        unavailable=lambda: BrightPatternError(503, Code.UNAVAILABLE, "The service is temporarily unavailable"),
        refused=lambda status, text: BrightPatternError(status, STATUS_MAP.get(status, Code.OTHER), text),
    ),
    TooManySubscriptions: lambda error: BrightPatternError(409, Code.TOO_MANY_SUBSCRIPTIONS, str(error)),
    UnknownWallboard: lambda error: BrightPatternError(404, Code.NOT_FOUND, str(error)),
    InvalidSession: lambda error: unauthorized(),
    UnknownAccount: lambda error: unauthorized(),
    OAuth2Error: lambda error: TokenEndpointError(400, "invalid_request", str(error.description or error.error)),
    InvalidClientError: lambda error: TokenEndpointError(401, "invalid_client", "Client authentication failed"),
    UnsupportedGrantTypeError: lambda error: _unsupported_grant_type(error.grant_type),
    http.NotFound: lambda error: BrightPatternError(404, Code.NOT_FOUND, "Not found"),
    http.MethodNotAllowed: lambda error: BrightPatternError(
        405, Code.METHOD_NOT_ALLOWED, "Method not allowed", allow_header(error)
    ),
    http.BadRequest: lambda error: BadRequestError(Code.BAD_REQUEST, "Bad request"),
    Exception: lambda error: BrightPatternError(500, Code.INTERNAL, "Internal server error"),
}
"""Errors by exception; `at_token_endpoint` gives those of the token endpoint their shape."""


def _unsupported_grant_type(grant_type: str | None) -> BrightPatternError:
    if not grant_type:
        return TokenEndpointError(400, "invalid_request", "grant_type is missing")
    return TokenEndpointError(400, "unsupported_grant_type", "grant_type must be client_credentials")
