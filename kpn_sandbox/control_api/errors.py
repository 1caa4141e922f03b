"""
Errors of the control API, as problem documents that say what would be right.

    ProblemError        an error response
    invalid_fields      makes the 400 for wrong fields
    EXCEPTION_MAP       which error an exception becomes

Source:
    RFC 9457.
"""

from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any

import orjson
from flask import Response
from marshmallow import ValidationError
from werkzeug import exceptions as http

from kpn_sandbox.control_api.fields import FieldError, field_errors
from kpn_sandbox.simulation.errors import InstantOutOfRange, InvalidProfile, ObjectNotFound
from kpn_sandbox.storage import StorageError
from kpn_sandbox.tenants.errors import AccountExists, InvalidSetting, NoQuota, UnknownAccount, UnknownFault, UnknownPin

_YEARS = "from 2000-01-01 to 2100-12-31 in Europe/Amsterdam"
_CHALLENGES = ('Basic realm="kpn_sandbox", charset="UTF-8"', 'Bearer realm="kpn_sandbox"')
_SHOWN_IN_DETAIL = 5

_TITLES = {413: "Content Too Large"}
"""Names of RFC 9110 for which the standard library has older ones."""


class ProblemError(Exception):
    """
    An error response of the control API.

    Args:
        status: HTTP status.
        text: What is wrong, and what would be right.
        errors: Wrong fields.
        headers: Headers beside those that every error has.
    """

    def __init__(
        self, status: int, text: str, errors: Sequence[FieldError] = (), headers: Sequence[tuple[str, str]] = ()
    ) -> None:
        super().__init__(text)
        self.status = status
        self.text = text
        self.errors = errors
        self.headers = headers

    def response(self) -> Response:
        """Return the error as a problem document; a 401 names both ways to authenticate."""
        title = _TITLES.get(self.status) or HTTPStatus(self.status).phrase
        problem: dict[str, Any] = {
            "type": "about:blank",
            "title": title,
            "status": self.status,
            "detail": self.text,
        }
        if self.errors:
            problem["errors"] = list(self.errors)
        challenges = [("WWW-Authenticate", text) for text in _CHALLENGES if self.status == 401]
        return Response(
            orjson.dumps(problem, default=repr),
            self.status,
            [("Cache-Control", "no-store"), *challenges, *self.headers],
            content_type="application/problem+json",
        )


def invalid_fields(*errors: FieldError) -> ProblemError:
    """Return the 400 for wrong fields; its text names the first of them."""
    shown = [f"{error['field']} must be {error['allowed']}" for error in errors[:_SHOWN_IN_DETAIL]]
    return ProblemError(400, f"{'; '.join(shown)}.", errors)


def error_response(error: Exception) -> Response:
    """Return the response for an exception; a 500 for one that nobody expected."""
    return error_for(error).response()


def error_for(error: Exception) -> ProblemError:
    """Return the error that an exception becomes; the first row of `EXCEPTION_MAP` that is about it counts."""
    if isinstance(error, ProblemError):
        return error
    for kind, problem in EXCEPTION_MAP:
        if isinstance(error, kind):
            return problem(error)
    return ProblemError(500, "The sandbox failed; its log tells why under the id in X-Request-Id.")


def _field_error(error: Any) -> FieldError:
    if error.value is None:
        return {"field": error.field, "allowed": error.allowed}
    return {"field": error.field, "value": error.value, "allowed": error.allowed}


def _not_found(error: Exception) -> ProblemError:
    text = str(error)
    return ProblemError(404, f"{text[:1].upper()}{text[1:]}.")


def _wrong_method(error: http.MethodNotAllowed) -> ProblemError:
    allowed = ", ".join(sorted(error.valid_methods or ()))
    text = f"This path has {allowed} only." if allowed else "This path has other methods."
    return ProblemError(405, text, headers=[("Allow", allowed)])


EXCEPTION_MAP: tuple[tuple[type[Exception], Callable[[Any], ProblemError]], ...] = (
    (ValidationError, lambda error: invalid_fields(*field_errors(error.messages, error.data))),
    (InvalidProfile, lambda error: invalid_fields(*map(_field_error, error.all))),
    (InstantOutOfRange, lambda error: invalid_fields({"field": "instant", "allowed": _YEARS})),
    (ObjectNotFound, _not_found),
    (InvalidSetting, lambda error: invalid_fields(_field_error(error))),
    (AccountExists, lambda error: ProblemError(409, f"{error}.", [_field_error(error)])),
    (UnknownAccount, _not_found),
    (UnknownPin, _not_found),
    (UnknownFault, _not_found),
    (NoQuota, _not_found),
    (StorageError, lambda error: ProblemError(503, "The database does not answer; try again.")),
    (http.RequestEntityTooLarge, lambda error: ProblemError(413, "A body may have 1 MB at most.")),
    (http.NotFound, lambda error: ProblemError(404, "Nothing has this path; see /openapi/sandbox.json.")),
    (http.MethodNotAllowed, _wrong_method),
    (http.HTTPException, lambda error: ProblemError(400, error.description or error.name)),
)
