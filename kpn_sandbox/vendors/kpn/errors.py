"""
Error responses in KPN's three shapes, and the error that each exception and each forced status becomes.

    ApiError
        KpnError
            FaultError              of the gateway: {"fault": {"faultstring", "detail": {"errorcode"}}}
            EnvelopeError           of the API behind it: {"Error": text, "DataSet": null}
            TokenEndpointError      of the token endpoint: {"ErrorCode" : code, "Error" :text}

Source:
    Faults and the token endpoint's errors: docs.apigee.com (OAuth HTTP status code reference) and captures of other
    Apigee gateways. The envelope is on KPN's page; its content when something is wrong is assumed.
"""

import json
from collections.abc import Callable, Iterable

from authlib.oauth2.rfc6749 import InvalidClientError, UnsupportedGrantTypeError
from werkzeug import exceptions as http

from kpn_sandbox.auth.errors import ExpiredToken, RevokedToken, UnknownToken
from kpn_sandbox.gateway.error_handling import ApiError, ExceptionMap, common_rows
from kpn_sandbox.gateway.operations import Operation, phrase
from kpn_sandbox.gateway.reasons import UNKNOWN_PATH
from kpn_sandbox.gateway.responses import PreconditionFailed
from kpn_sandbox.simulation.errors import ObjectNotFound
from kpn_sandbox.vendors.kpn.headers import HEADERS
from kpn_sandbox.vendors.kpn.operations import TOKEN

# Faults of the gateway: status, text, error code.
MISSING_TOKEN = (401, "Invalid access token", "oauth.v2.InvalidAccessToken")
UNKNOWN_TOKEN = (401, "Invalid Access Token", "keymanagement.service.invalid_access_token")
EXPIRED_TOKEN = (401, "Access Token expired", "keymanagement.service.access_token_expired")
REVOKED_TOKEN = (401, "Access Token not approved", "keymanagement.service.access_token_not_approved")
ACCESS_DENIED = (403, "Access Denied", "accesscontrol.IPDeniedAccess")
# The two spaces are Apigee's.
QUOTA_VIOLATION = (
    429,
    "Rate limit quota violation. Quota limit  exceeded. Identifier : _default",
    "policies.ratelimit.QuotaViolation",
)
INTERNAL_ERROR = (500, "Internal server error", "messaging.runtime.InternalServerError")
BAD_GATEWAY = (502, "Unexpected EOF at target", "messaging.adaptors.http.flow.UnexpectedEOFAtTarget")
UNAVAILABLE = (503, "The Service is temporarily unavailable", "messaging.adaptors.http.flow.ServiceUnavailable")


class KpnError(ApiError):
    """An error response of KPN's API."""

    common_headers = HEADERS


class FaultError(KpnError):
    """An error of the gateway; a 401 has the challenge in Apigee's words."""

    def __init__(self, status: int, text: str, code: str) -> None:
        description = f'error_description="{code}: {text}"'
        challenge = [("WWW-Authenticate", f'Bearer realm="null",error="invalid_token",{description}')]
        super().__init__(status, text, challenge if status == 401 else ())
        self.code = code

    def body(self) -> bytes:
        """Return compact JSON."""
        fault = {"fault": {"faultstring": self.text, "detail": {"errorcode": self.code}}}
        return json.dumps(fault, separators=(",", ":")).encode()


class UnknownPathError(FaultError):
    """An error for a path that no API owns; Apigee escapes the slashes of this one fault."""

    reason = UNKNOWN_PATH

    def __init__(self, path: str) -> None:
        text = f"Unable to identify proxy for host: default and url: {path}"
        super().__init__(404, text, "messaging.adaptors.http.flow.ApplicationNotFound")

    def body(self) -> bytes:
        """Return compact JSON with escaped slashes."""
        return super().body().replace(b"/", b"\\/")


class EnvelopeError(KpnError):
    """An error of the API behind the gateway."""

    def body(self) -> bytes:
        """Return JSON with a space after each separator."""
        return json.dumps({"Error": self.text, "DataSet": None}).encode()


class TokenEndpointError(KpnError):
    """
    An error of the token endpoint.

    Args:
        status: HTTP status.
        code: Value of `ErrorCode`.
        text: Value of `Error`.
    """

    def __init__(self, status: int, code: str, text: str) -> None:
        super().__init__(status, text)
        self.code = code

    def body(self) -> bytes:
        """Return JSON with the spaces where Apigee has them."""
        return f'{{"ErrorCode" : {json.dumps(self.code)}, "Error" :{json.dumps(self.text)}}}'.encode()


def invalid_request(text: str) -> KpnError:
    """Return the error for a token request with a missing or wrong parameter."""
    return TokenEndpointError(400, "invalid_request", text)


def invalid_client() -> KpnError:
    """Return the one error that Apigee has for an unknown client id, a wrong secret and missing credentials."""
    return TokenEndpointError(401, "invalid_client", "ClientId is Invalid")


def bad_request(text: str) -> KpnError:
    """Return the envelope of a 400."""
    return EnvelopeError(400, text)


def method_not_allowed(allowed: Iterable[str]) -> KpnError:
    """Return the envelope of a 405 for a path with these methods."""
    return EnvelopeError(405, "Method not allowed", [("Allow", ", ".join(sorted(allowed)))])


def allowed_methods(operation: Operation) -> tuple[str, ...]:
    """Return the methods of an operation's path; the token endpoint's GET always fails and is not one of them."""
    return ("OPTIONS", "POST") if operation is TOKEN else ("GET", "HEAD", "OPTIONS")


def at_token_endpoint(error: ApiError) -> ApiError:
    """Return an error in the shape of the token endpoint."""
    if isinstance(error, EnvelopeError) and error.status == 400:
        return invalid_request(error.text)
    if isinstance(error, EnvelopeError) and error.status == 405:
        return method_not_allowed(allowed_methods(TOKEN))
    return error


def error_for_status(status: int, operation: Operation, subject: str = "") -> KpnError:
    """
    Return the error for a forced status.

    Args:
        status, operation, subject: As for `VendorApi.error_for_status`.
    """
    if operation is TOKEN and status in _TOKEN_STATUS_MAP:
        return _TOKEN_STATUS_MAP[status]()
    if status == 404:
        return EnvelopeError(404, f"{subject} not found" if subject else "Not found")
    if status == 405:
        return method_not_allowed(allowed_methods(operation))
    if status in STATUS_MAP:
        return STATUS_MAP[status]()
    if status < 500:
        return EnvelopeError(status, phrase(status))
    # Apigee documents codes of this form for other statuses.
    return FaultError(status, phrase(status), f"messaging.adaptors.http.flow.{phrase(status).replace(' ', '')}")


STATUS_MAP: dict[int, Callable[[], KpnError]] = {
    302: lambda: EnvelopeError(302, "Found. Link in location header"),
    400: lambda: bad_request("Bad request"),
    401: lambda: FaultError(*UNKNOWN_TOKEN),
    403: lambda: FaultError(*ACCESS_DENIED),
    412: lambda: EnvelopeError(412, "Precondition failed"),
    429: lambda: FaultError(*QUOTA_VIOLATION),
    500: lambda: FaultError(*INTERNAL_ERROR),
    502: lambda: FaultError(*BAD_GATEWAY),
    503: lambda: FaultError(*UNAVAILABLE),
}
"""Errors by status, for statuses whose error depends on nothing else in the request."""

_REFUSED = {
    408: (408, "Request timeout", "protocol.http.RequestTimeout"),
    413: (413, "Body buffer overflow", "protocol.http.TooBigBody"),
}
"""
Faults of the gateway for requests that never reach the API.

Source:
    Apigee's runtime troubleshooting, page "413 Request Entity Too Large - TooBigBody"; the 408 is modelled on it.
"""

_TOKEN_STATUS_MAP: dict[int, Callable[[], KpnError]] = {
    400: lambda: invalid_request("Bad request"),
    401: invalid_client,
}

EXCEPTION_MAP: ExceptionMap = {
    **common_rows(
        unauthorized=lambda error: FaultError(*MISSING_TOKEN),
        bad_request=bad_request,
        unavailable=lambda: FaultError(*UNAVAILABLE),
        refused=lambda status, text: FaultError(*_REFUSED.get(status, (status, text, "protocol.http.BadRequest"))),
    ),
    ExpiredToken: lambda error: FaultError(*EXPIRED_TOKEN),
    RevokedToken: lambda error: FaultError(*REVOKED_TOKEN),
    UnknownToken: lambda error: FaultError(*UNKNOWN_TOKEN),
    InvalidClientError: lambda error: invalid_client(),
    UnsupportedGrantTypeError: lambda error: invalid_request(
        f"Unsupported grant type : {error.grant_type}" if error.grant_type else "Required param : grant_type"
    ),
    ObjectNotFound: lambda error: EnvelopeError(404, f"{error.kind} {error.number} not found"),
    PreconditionFailed: lambda error: STATUS_MAP[412](),
    http.MethodNotAllowed: lambda error: method_not_allowed(error.valid_methods or ()),
    http.BadRequest: lambda error: STATUS_MAP[400](),
    Exception: lambda error: FaultError(*INTERNAL_ERROR),
}
"""Errors by exception, apart from those that depend on the path."""
