"""
Reasons for the request log: why a response is not the usual one, in words that tests and people may rely on.

Several reasons of one response are joined by "; ", in the order in which they met the request.
"""

from collections.abc import Iterable

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import InvalidClientError, MissingAuthorizationError, UnsupportedTokenTypeError
from authlib.oauth2.rfc6750 import InvalidTokenError
from werkzeug import exceptions as http

from kpn_sandbox.auth.errors import ExpiredToken, InvalidDigest, InvalidSession, RevokedToken
from kpn_sandbox.gateway.prefer_header import MalformedPreference
from kpn_sandbox.gateway.responses import PreconditionFailed
from kpn_sandbox.simulation.errors import ObjectNotFound, SimulationError
from kpn_sandbox.storage import StorageError

FAULT = "fault"
PIN = "pin"
PREFER_HEADER = "Prefer header"
QUOTA = "quota"
RESERVED_NUMBER = "reserved number"
"""The sandbox was made to respond so."""

UNKNOWN_PATH = "unknown path"
INVALID_REQUEST = "invalid request"
SANDBOX_ERROR = "sandbox error"

_BY_EXCEPTION: dict[type[Exception], str] = {
    ExpiredToken: "expired token",
    RevokedToken: "revoked token",
    InvalidTokenError: "unknown token",
    MissingAuthorizationError: "no token",
    UnsupportedTokenTypeError: "no token",
    InvalidClientError: "invalid credentials",
    OAuth2Error: INVALID_REQUEST,
    InvalidSession: "no valid session",
    InvalidDigest: "invalid credentials",
    ObjectNotFound: "unknown object",
    SimulationError: INVALID_REQUEST,
    MalformedPreference: "malformed Prefer header",
    PreconditionFailed: "precondition failed",
    http.NotFound: UNKNOWN_PATH,
    http.MethodNotAllowed: "method not allowed",
    http.RequestEntityTooLarge: "body too large",
    http.RequestTimeout: "body too slow",
    http.HTTPException: "malformed request",
    StorageError: "database error",
}
_BY_STATUS = {401: "invalid credentials", 403: "forbidden", 404: "unknown object", 405: "method not allowed"}


def reason_of(error: Exception, status: int = 500) -> str:
    """
    Return the reason that an exception is; an error of an API is known by its status.

    Args:
        error: The exception.
        status: HTTP status with which an exception that has none itself is answered.
    """
    found = next((_BY_EXCEPTION[kind] for kind in type(error).__mro__ if kind in _BY_EXCEPTION), None)
    if found is not None:
        return found
    answered: int = getattr(error, "status", status)
    return _BY_STATUS.get(answered, INVALID_REQUEST if answered < 500 else SANDBOX_ERROR)


def joined_reasons(reasons: Iterable[str]) -> str:
    """Return reasons as one text, each of them once and without empty ones."""
    return "; ".join(dict.fromkeys(reason for reason in reasons if reason))
