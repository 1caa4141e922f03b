"""
Errors of the control API, as problem documents that say what would be right.

    ApiError
        ProblemError    a problem document; `invalid_fields` makes the one for wrong fields

Source:
    RFC 9457.
"""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import orjson
from flask import Response, request
from marshmallow import ValidationError
from werkzeug import exceptions as http

from kpn_sandbox.client.errors import FieldError
from kpn_sandbox.control_api.fields import field_errors, shortened
from kpn_sandbox.gateway.error_handling import ApiError, ExceptionMap, Headers, allow_header, common_rows, mapped_error
from kpn_sandbox.simulation.errors import InstantOutOfRange, InvalidProfile, ObjectNotFound
from kpn_sandbox.tenants.errors import (
    AccountExists,
    InvalidSetting,
    NoQuota,
    TooManyChanges,
    UnknownAccount,
    UnknownFault,
    UnknownPin,
    UnreadableAccount,
)
from kpn_sandbox.validation import near_miss_in

_YEARS = "from 2000-01-01 to 2100-12-31 in Europe/Amsterdam"
_CHALLENGES = (
    ("WWW-Authenticate", 'Basic realm="kpn_sandbox", charset="UTF-8"'),
    ("WWW-Authenticate", 'Bearer realm="kpn_sandbox"'),
)
_SHOWN_IN_DETAIL = 5

_TITLES = {413: "Content Too Large"}
"""Names of RFC 9110 for which the standard library has older ones."""


class ProblemError(ApiError):
    """
    An error response of the control API.

    Args:
        status: HTTP status; a 401 names both ways to authenticate.
        text: What is wrong, and what would be right.
        errors: Wrong fields.
        headers: Headers beside those that every error has.
    """

    common_headers = (("Cache-Control", "no-store"), ("Content-Type", "application/problem+json"))

    def __init__(self, status: int, text: str, errors: Sequence[FieldError] = (), headers: Headers = ()) -> None:
        super().__init__(status, text, [*(_CHALLENGES if status == 401 else ()), *headers])
        self.errors = errors

    def body(self) -> bytes:
        """Return the problem document."""
        title = _TITLES.get(self.status) or HTTPStatus(self.status).phrase
        document = {"type": "about:blank", "title": title, "status": self.status, "detail": self.text}
        errors = {"errors": list(self.errors)} if self.errors else {}
        # A refused value may be something that JSON has no form for.
        return orjson.dumps({**document, **errors}, default=repr)


def invalid_fields(*errors: FieldError) -> ProblemError:
    """Return the 400 for wrong fields; its text names the first of them."""
    shown = [f"{error['field']} must be {error['allowed']}" for error in errors[:_SHOWN_IN_DETAIL]]
    meant = near_miss_in(errors[0]["allowed"], errors[0].get("value"))
    return ProblemError(400, f"{'; '.join(shown)}.{meant}", errors)


def error_response(error: Exception) -> Response:
    """Return the response for an exception; to a script of a page without the challenge that opens a window."""
    response = error_for(error).response()
    return without_basic(response) if request.headers.get("Sec-Fetch-Dest") == "empty" else response


def without_basic(response: Response) -> Response:
    """Return a response without a Basic challenge, on which a browser would ask its user for a password."""
    challenges = response.headers.getlist("WWW-Authenticate")
    response.headers.setlist("WWW-Authenticate", [each for each in challenges if not each.startswith("Basic")])
    return response


def error_for(error: Exception) -> ApiError:
    """Return the error that an exception becomes."""
    return mapped_error(error, EXCEPTION_MAP)


def _field_error(error: Any) -> FieldError:
    if error.value is None and error.allowed == "given":
        return {"field": error.field, "allowed": error.allowed}
    return {"field": error.field, "value": shortened(error.value), "allowed": error.allowed}


def _refused(status: int, error: Exception, errors: Sequence[FieldError] = ()) -> ProblemError:
    text = str(error)
    return ProblemError(status, f"{text[:1].upper()}{text[1:]}.", errors)


def _wrong_method(error: http.MethodNotAllowed) -> ProblemError:
    headers = allow_header(error)
    text = f"This path has {headers[0][1]} only." if headers[0][1] else "This path has other methods."
    return ProblemError(405, text, headers=headers)


EXCEPTION_MAP: ExceptionMap = {
    **common_rows(
        unauthorized=lambda error: ProblemError(401, "This access token is not good; fetch another one."),
        bad_request=lambda text: ProblemError(400, text),
        unavailable=lambda: ProblemError(503, "The database does not answer; try again."),
        refused=lambda status, text: ProblemError(status, f"{text}."),
    ),
    ValidationError: lambda error: invalid_fields(*field_errors(error.messages, error.data)),
    InvalidProfile: lambda error: invalid_fields(*map(_field_error, error.all)),
    InstantOutOfRange: lambda error: invalid_fields({"field": "instant", "allowed": _YEARS}),
    ObjectNotFound: lambda error: ProblemError(404, f"{error.kind} {error.number} not found."),
    InvalidSetting: lambda error: invalid_fields(_field_error(error)),
    AccountExists: lambda error: _refused(409, error, [_field_error(error)]),
    TooManyChanges: lambda error: _refused(409, error),
    UnreadableAccount: lambda error: ProblemError(409, f"The database {error.reason}."),
    UnknownAccount: lambda error: _refused(404, error),
    UnknownPin: lambda error: _refused(404, error),
    UnknownFault: lambda error: _refused(404, error),
    NoQuota: lambda error: _refused(404, error),
    http.NotFound: lambda error: ProblemError(404, "Nothing has this path; see /openapi/sandbox.json."),
    http.MethodNotAllowed: _wrong_method,
    http.HTTPException: lambda error: ProblemError(400, error.description or error.name),
    Exception: lambda error: ProblemError(500, "The sandbox failed; its log says why under the id in X-Request-Id."),
}
"""The error of an exception; the errors of the pages' data come from here, too."""
