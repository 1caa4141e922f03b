"""
Every refusal, in Bright Pattern's shapes, and the table from what went wrong to what is said.

    Refusal             {"error_code", "error_message"}
        BadRequest      400; for subscriptions the message names the place
    LoginRefused        403, {"error"}
    TokenRefusal        the token endpoint's: {"error", "error_description"}

Source:
    The page has the shape of a 400 and no code; the codes are the sandbox's own. {"error"} is in the reference, for
    release 5.36. The token endpoint's shape is that of RFC 6749, section 5.2, which the vendor's other APIs have, too.
"""

from collections.abc import Callable, Iterable
from enum import IntEnum
from typing import Any

import orjson
from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import InvalidClientError, UnsupportedGrantTypeError
from flask import Response
from werkzeug import exceptions as http

from kpn_sandbox.gateway.api import Operation, phrase
from kpn_sandbox.gateway.prefer_header import MalformedPreference
from kpn_sandbox.simulation.errors import InstantOutOfRange
from kpn_sandbox.storage import StorageError
from kpn_sandbox.tenants.errors import UnknownAccount
from kpn_sandbox.vendors.bright_pattern.headers import JSON, Headers
from kpn_sandbox.vendors.bright_pattern.operations import TOKEN, methods_of
from kpn_sandbox.vendors.bright_pattern.store import TooManySubscriptions, UnknownWallboard


class Code(IntEnum):
    """What is wrong, as a number; all of them are the sandbox's own."""

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
        """A number that knows its meaning."""
        code = int.__new__(cls, number)
        code._value_ = number
        code.meaning = meaning
        return code


class Refusal(Exception):
    """An answer that is not what was asked for."""

    def __init__(self, status: int, code: Code, text: str, headers: Iterable[tuple[str, str]] = ()) -> None:
        super().__init__(text)
        self.status = status
        self.code = code
        self.text = text
        self.headers: Headers = list(headers)

    def body(self) -> Any:
        """The JSON that tells it."""
        return {"error_code": int(self.code), "error_message": self.text}

    def response(self) -> Response:
        """The refusal as an answer."""
        return Response(orjson.dumps(self.body()), self.status, [JSON, *self.headers])


class BadRequest(Refusal):
    """Something in the request is not what it may be."""

    def __init__(self, code: Code, text: str, place: str = "") -> None:
        super().__init__(400, code, f"{text} at {place}" if place else text)


class LoginRefused(Refusal):
    """The old way to log in is closed."""

    def __init__(self) -> None:
        super().__init__(403, Code.FORBIDDEN, "illegal login attempt")

    def body(self) -> Any:
        """As the reference shows it."""
        return {"error": self.text}


class TokenRefusal(Refusal):
    """A refusal of the token endpoint."""

    def __init__(self, status: int, error: str, text: str) -> None:
        super().__init__(status, Code.BAD_REQUEST, text)
        self.error = error

    def body(self) -> Any:
        """As RFC 6749 has it."""
        return {"error": self.error, "error_description": self.text}


class Unauthorized(Refusal):
    """No good session."""

    def __init__(self, text: str = "Unauthorized") -> None:
        super().__init__(401, Code.UNAUTHORIZED, text)


class NoSubscription(Refusal):
    """There is nothing to tell."""

    def __init__(self) -> None:
        super().__init__(404, Code.NO_SUBSCRIPTION, "There is no active subscription")


def refused(error: Exception, path: str) -> Refusal:
    """
    What Bright Pattern says when this goes wrong.

    Args:
        error: What went wrong.
        path: The path as it came: the token endpoint has a shape of its own, and a method is refused with those of it.
    """
    if isinstance(error, Refusal):
        return error
    for kind, say in _SAYINGS:
        if isinstance(error, kind):
            return _at_token(say(error)) if path == TOKEN.path else say(error)
    return Refusal(500, Code.INTERNAL, "Internal server error")


def told(status: int, operation: Operation, location: str) -> Refusal:
    """
    The refusal that somebody forced.

    Args:
        status: 300 or more.
        operation: What was asked for.
        location: Where a redirect points to.
    """
    if status == 403 and operation.path == "/statsapi/auth":
        return LoginRefused()
    headers = {302: [("Location", location)], 405: [("Allow", ", ".join(methods_of(operation.path)))]}.get(status, [])
    code = _CODES.get(status, Code.OTHER)
    refusal = Refusal(status, code, "Unauthorized" if status == 401 else phrase(status), headers)
    return _at_token(refusal) if operation is TOKEN else refusal


_CODES = {
    400: Code.BAD_REQUEST,
    401: Code.UNAUTHORIZED,
    403: Code.FORBIDDEN,
    404: Code.NOT_FOUND,
    405: Code.METHOD_NOT_ALLOWED,
    409: Code.TOO_MANY_SUBSCRIPTIONS,
    429: Code.TOO_MANY_REQUESTS,
    500: Code.INTERNAL,
    502: Code.BAD_GATEWAY,
    503: Code.UNAVAILABLE,
}

_OAUTH_ERRORS = {400: "invalid_request", 401: "invalid_client", 403: "access_denied", 503: "temporarily_unavailable"}

_SAYINGS: tuple[tuple[type[Exception], Callable[[Any], Refusal]], ...] = (
    (TooManySubscriptions, lambda error: Refusal(409, Code.TOO_MANY_SUBSCRIPTIONS, str(error))),
    (UnknownWallboard, lambda error: Refusal(404, Code.NOT_FOUND, str(error))),
    (UnknownAccount, lambda error: Unauthorized()),
    (InvalidClientError, lambda error: TokenRefusal(401, "invalid_client", "Client authentication failed")),
    (UnsupportedGrantTypeError, lambda error: _grant_type(error.grant_type)),
    (OAuth2Error, lambda error: TokenRefusal(400, "invalid_request", str(error.description or error.error))),
    (InstantOutOfRange, lambda error: BadRequest(Code.BAD_REQUEST, str(error))),
    (MalformedPreference, lambda error: BadRequest(Code.BAD_REQUEST, str(error))),
    (StorageError, lambda error: Refusal(503, Code.UNAVAILABLE, "The service is temporarily unavailable")),
    (http.NotFound, lambda error: Refusal(404, Code.NOT_FOUND, "Not found")),
    (http.MethodNotAllowed, lambda error: _method(error.valid_methods or ())),
    (http.RequestEntityTooLarge, lambda error: BadRequest(Code.TOO_LARGE, "Body must be at most 1 MB")),
    (http.BadRequest, lambda error: BadRequest(Code.BAD_REQUEST, "Bad request")),
)


def _grant_type(given: str | None) -> Refusal:
    text = "grant_type must be client_credentials" if given else "grant_type is missing"
    return TokenRefusal(400, "unsupported_grant_type" if given else "invalid_request", text)


def _method(allowed: Iterable[str]) -> Refusal:
    headers = [("Allow", ", ".join(sorted(allowed)))]
    return Refusal(405, Code.METHOD_NOT_ALLOWED, "Method not allowed", headers)


def _at_token(refusal: Refusal) -> Refusal:
    if isinstance(refusal, TokenRefusal):
        return refusal
    spoken = TokenRefusal(refusal.status, _OAUTH_ERRORS.get(refusal.status, "server_error"), refusal.text)
    spoken.headers = refusal.headers
    return spoken
