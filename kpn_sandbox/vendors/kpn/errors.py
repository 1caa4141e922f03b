"""
Every refusal, in KPN's three shapes, and the table from what went wrong to what KPN says.

    Refusal
        Fault               the gateway's own: {"fault": {"faultstring", "detail": {"errorcode"}}}
            InvalidAccessToken, UnknownAccessToken, AccessTokenExpired, AccessTokenNotApproved      401
            AccessDenied                                                                            403
            ApplicationNotFound                                                                     404
            QuotaViolation                                                                          429
            InternalServerError, BadGateway, ServiceUnavailable                                     500, 502, 503
            OtherFault                                                                              other 5xx
        Envelope            the API's own: {"Error": text, "DataSet": null}
            Found, BadRequest, NotFound, MethodNotAllowed, PreconditionFailed                       302 to 412
            OtherRefusal                                                                            other 3xx and 4xx
        TokenRefusal        the token endpoint's: {"ErrorCode" : code, "Error" :text}
            InvalidTokenRequest, InvalidClient                                                      400, 401

Source:
    Faults and the token endpoint's refusals: docs.apigee.com (OAuth HTTP status code reference) and captures of Apigee
    gateways. The envelope is on KPN's page; what it holds when something is wrong is assumed.
"""

import json
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import InvalidClientError, UnsupportedGrantTypeError
from flask import Response
from werkzeug import exceptions as http

from kpn_sandbox.auth.errors import ExpiredToken, RevokedToken, UnknownToken
from kpn_sandbox.gateway.prefer_header import MalformedPreference
from kpn_sandbox.gateway.responses import PreconditionFailed as ConditionFailed
from kpn_sandbox.simulation.errors import InstantOutOfRange
from kpn_sandbox.simulation.errors import ObjectNotFound as NumberNotFound
from kpn_sandbox.storage import StorageError
from kpn_sandbox.vendors.kpn.headers import HEADERS
from kpn_sandbox.vendors.kpn.operations import TOKEN, Operation


class Refusal(Exception):
    """An answer that is not what was asked for."""

    status = 500
    text = ""

    def body(self) -> bytes:
        """The JSON that tells it."""
        raise NotImplementedError

    def headers(self) -> list[tuple[str, str]]:
        """Headers beside those of every answer."""
        return []

    def response(self) -> Response:
        """The refusal as an answer."""
        return Response(self.body(), self.status, [*HEADERS, *self.headers()])


class Fault(Refusal):
    """A refusal of the gateway."""

    code = ""

    def body(self) -> bytes:
        """Compact JSON."""
        fault = {"fault": {"faultstring": self.text, "detail": {"errorcode": self.code}}}
        return json.dumps(fault, separators=(",", ":")).encode()


class Unauthorized(Fault):
    """A refusal for want of a good token."""

    status = 401

    def headers(self) -> list[tuple[str, str]]:
        """The challenge, as Apigee words it."""
        description = f'error_description="{self.code}: {self.text}"'
        return [("WWW-Authenticate", f'Bearer realm="null",error="invalid_token",{description}')]


class InvalidAccessToken(Unauthorized):
    """No access token in the request."""

    text = "Invalid access token"
    code = "oauth.v2.InvalidAccessToken"


class UnknownAccessToken(Unauthorized):
    """An access token that was never given out."""

    text = "Invalid Access Token"
    code = "keymanagement.service.invalid_access_token"


class AccessTokenExpired(Unauthorized):
    """An access token that has outlived its time."""

    text = "Access Token expired"
    code = "keymanagement.service.access_token_expired"


class AccessTokenNotApproved(Unauthorized):
    """An access token that was taken back."""

    text = "Access Token not approved"
    code = "keymanagement.service.access_token_not_approved"


class AccessDenied(Fault):
    """A caller who may not."""

    status = 403
    text = "Access Denied"
    code = "accesscontrol.IPDeniedAccess"


class ApplicationNotFound(Fault):
    """A path that nobody owns; the slashes of the path are written as Apigee writes them."""

    status = 404
    code = "messaging.adaptors.http.flow.ApplicationNotFound"

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.text = f"Unable to identify proxy for host: default and url: {path}"

    def body(self) -> bytes:
        """Compact JSON."""
        return super().body().replace(b"/", b"\\/")


class QuotaViolation(Fault):
    """More calls than the quota allows; the two spaces are Apigee's."""

    status = 429
    text = "Rate limit quota violation. Quota limit  exceeded. Identifier : _default"
    code = "policies.ratelimit.QuotaViolation"


class InternalServerError(Fault):
    """The sandbox itself failed."""

    status = 500
    text = "Internal server error"
    code = "messaging.runtime.InternalServerError"


class BadGateway(Fault):
    """What stands behind the gateway gave no proper answer."""

    status = 502
    text = "Unexpected EOF at target"
    code = "messaging.adaptors.http.flow.UnexpectedEOFAtTarget"


class ServiceUnavailable(Fault):
    """What stands behind the gateway does not answer."""

    status = 503
    text = "The Service is temporarily unavailable"
    code = "messaging.adaptors.http.flow.ServiceUnavailable"


class OtherFault(Fault):
    """A status that KPN's table does not have; its code is made after those that Apigee documents."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status
        self.text = _phrase(status)
        self.code = f"messaging.adaptors.http.flow.{self.text.replace(' ', '')}"


class Envelope(Refusal):
    """A refusal of the API behind the gateway."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text

    def body(self) -> bytes:
        """JSON with a space after each separator."""
        return json.dumps({"Error": self.text, "DataSet": None}).encode()


class Found(Envelope):
    """It stands elsewhere."""

    def __init__(self, location: str, status: int = 302) -> None:
        super().__init__("Found. Link in location header" if status == 302 else _phrase(status))
        self.status = status
        self._location = location

    def headers(self) -> list[tuple[str, str]]:
        """Where."""
        return [("Location", self._location)]


class BadRequest(Envelope):
    """Something in the request is not what it may be."""

    status = 400


class NotFound(Envelope):
    """Nothing has that number."""

    status = 404


class MethodNotAllowed(Envelope):
    """Another method on a known path."""

    status = 405

    def __init__(self, allowed: Iterable[str]) -> None:
        super().__init__("Method not allowed")
        self._allowed = sorted(allowed)

    def headers(self) -> list[tuple[str, str]]:
        """The methods that are allowed."""
        return [("Allow", ", ".join(self._allowed))]


class PreconditionFailed(Envelope):
    """The answer is not the one that If-Match names."""

    status = 412

    def __init__(self) -> None:
        super().__init__("Precondition failed")


class OtherRefusal(Envelope):
    """A status that KPN's table does not have."""

    def __init__(self, status: int) -> None:
        super().__init__(_phrase(status))
        self.status = status


class TokenRefusal(Refusal):
    """A refusal of the token endpoint, with the spaces where Apigee has them."""

    code = ""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text

    def body(self) -> bytes:
        """JSON with Apigee's spaces."""
        return f'{{"ErrorCode" : {json.dumps(self.code)}, "Error" :{json.dumps(self.text)}}}'.encode()


class InvalidTokenRequest(TokenRefusal):
    """The request for a token is not complete."""

    status = 400
    code = "invalid_request"


class InvalidClient(TokenRefusal):
    """Unknown client id, wrong secret or no credentials: Apigee makes no difference."""

    status = 401
    code = "invalid_client"

    def __init__(self) -> None:
        super().__init__("ClientId is Invalid")


def refused(error: Exception, path: str) -> Refusal:
    """
    What KPN says when this goes wrong.

    Args:
        error: What went wrong.
        path: The path as it came: the fault of an unknown one tells it, and the token endpoint has a shape of its own.
    """
    if isinstance(error, Refusal):
        return error
    if isinstance(error, http.NotFound):
        return ApplicationNotFound(path)
    for kind, say in _SAYINGS:
        if isinstance(error, kind):
            return _at_token(say(error)) if path == TOKEN.path else say(error)
    return InternalServerError()


def told(status: int, operation: Operation, location: str, subject: str | None = None) -> Refusal:
    """
    The refusal that somebody forced.

    Args:
        status: 300 or more, one of KPN's return codes or another.
        operation: What was asked for.
        location: Where a redirect points to.
        subject: What was not found, for the 404.
    """
    if operation is TOKEN and status == 400:
        return InvalidTokenRequest("Bad request")
    if operation is TOKEN and status == 401:
        return InvalidClient()
    if status in _REDIRECTS:
        return Found(location, status)
    if status == 404:
        return NotFound(f"{subject} not found" if subject else "Not found")
    if status == 405:
        return MethodNotAllowed(allowed(operation))
    if status in _TOLD:
        return _TOLD[status]()
    return OtherFault(status) if status >= 500 else OtherRefusal(status)


def allowed(operation: Operation) -> tuple[str, ...]:
    """The methods of an operation's path."""
    return ("OPTIONS", "POST") if operation is TOKEN else ("GET", "HEAD", "OPTIONS")


_REDIRECTS = (301, 302, 303, 307, 308)

_TOLD: dict[int, Callable[[], Refusal]] = {
    400: lambda: BadRequest("Bad request"),
    401: UnknownAccessToken,
    403: AccessDenied,
    412: PreconditionFailed,
    429: QuotaViolation,
    500: InternalServerError,
    502: BadGateway,
    503: ServiceUnavailable,
}

_SAYINGS: tuple[tuple[type[Exception], Callable[[Any], Refusal]], ...] = (
    (ExpiredToken, lambda error: AccessTokenExpired()),
    (RevokedToken, lambda error: AccessTokenNotApproved()),
    (UnknownToken, lambda error: UnknownAccessToken()),
    (InvalidClientError, lambda error: InvalidClient()),
    (UnsupportedGrantTypeError, lambda error: InvalidTokenRequest(_grant_type(error.grant_type))),
    (OAuth2Error, lambda error: InvalidAccessToken()),
    (NumberNotFound, lambda error: NotFound(str(error))),
    (InstantOutOfRange, lambda error: BadRequest(str(error))),
    (MalformedPreference, lambda error: BadRequest(str(error))),
    (ConditionFailed, lambda error: PreconditionFailed()),
    (StorageError, lambda error: ServiceUnavailable()),
    (http.MethodNotAllowed, lambda error: MethodNotAllowed(error.valid_methods or ())),
    (http.RequestEntityTooLarge, lambda error: BadRequest("Body must be at most 1 MB")),
    (http.BadRequest, lambda error: BadRequest("Bad request")),
)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return f"Status {status}"


def _at_token(refusal: Refusal) -> Refusal:
    if isinstance(refusal, BadRequest):
        return InvalidTokenRequest(refusal.text)
    # Its GET is routed, to say what is missing, but that does not make it an allowed method.
    return MethodNotAllowed(allowed(TOKEN)) if isinstance(refusal, MethodNotAllowed) else refusal


def _grant_type(given: str | None) -> str:
    return f"Unsupported grant type : {given}" if given else "Required param : grant_type"
