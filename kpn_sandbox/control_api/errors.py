"""
Every refusal, as a problem that says what would be right.

Source:
    RFC 9457.
"""

from collections.abc import Callable, Sequence
from typing import Any

import orjson
from flask import Response
from marshmallow import ValidationError
from werkzeug import exceptions as http

from kpn_sandbox.control_api.fields import complaints
from kpn_sandbox.simulation import errors as simulation
from kpn_sandbox.storage import StorageError
from kpn_sandbox.tenants import errors as control

_YEARS = "from 2000-01-01 to 2100-12-31 in Europe/Amsterdam"
_CHALLENGES = ('Basic realm="kpn_sandbox", charset="UTF-8"', 'Bearer realm="kpn_sandbox"')


class Refusal(Exception):
    """A request that is not done, and why."""

    status = 500
    title = "Internal Server Error"

    def __init__(self, detail: str, errors: Sequence[dict[str, Any]] = ()) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = errors

    def response(self) -> Response:
        """The refusal as an answer."""
        body = {"type": "about:blank", "title": self.title, "status": self.status, "detail": self.detail}
        if self.errors:
            body["errors"] = list(self.errors)
        headers = {"Cache-Control": "no-store"}
        return Response(orjson.dumps(body, default=repr), self.status, headers, content_type="application/problem+json")


class BadRequest(Refusal):
    """Something in the request is not what it may be."""

    status, title = 400, "Bad Request"

    @classmethod
    def of(cls, errors: Sequence[dict[str, Any]]) -> "BadRequest":
        """The refusal of wrong fields."""
        told = [f"{error['field']} must be {error['allowed']}" for error in errors[:5]]
        return cls(f"{'; '.join(told)}.", errors)


class Unauthorized(Refusal):
    """Nobody knows who asks."""

    status, title = 401, "Unauthorized"

    def response(self) -> Response:
        """The refusal with both challenges."""
        response = super().response()
        for challenge in _CHALLENGES:
            response.headers.add("WWW-Authenticate", challenge)
        return response


class Forbidden(Refusal):
    """Somebody who may not."""

    status, title = 403, "Forbidden"


class NotFound(Refusal):
    """There is no such thing, or it is another's."""

    status, title = 404, "Not Found"


class MethodNotAllowed(Refusal):
    """A method that the path does not have."""

    status, title = 405, "Method Not Allowed"

    def __init__(self, allowed: Sequence[str]) -> None:
        super().__init__(f"This path has {', '.join(allowed)} only." if allowed else "This path has other methods.")
        self._allowed = allowed

    def response(self) -> Response:
        """The refusal with the methods that there are."""
        response = super().response()
        response.headers["Allow"] = ", ".join(self._allowed)
        return response


class Conflict(Refusal):
    """It is there already."""

    status, title = 409, "Conflict"


class ContentTooLarge(Refusal):
    """A body beyond all reason."""

    status, title = 413, "Content Too Large"


class ServiceUnavailable(Refusal):
    """The database does not answer."""

    status, title = 503, "Service Unavailable"


def refused(error: Exception) -> Response:
    """What the sandbox says when this goes wrong."""
    if isinstance(error, Refusal):
        return error.response()
    for kind, say in _SAYINGS:
        if isinstance(error, kind):
            return say(error).response()
    return Refusal("The sandbox failed; its log tells why under the id in X-Request-Id.").response()


def _field(name: str, error: Any) -> BadRequest:
    return BadRequest.of([_complaint(name, error)])


def _complaint(name: str, error: Any) -> dict[str, Any]:
    value = {} if error.value is None else {"value": error.value}
    return {"field": name, **value, "allowed": error.allowed}


def _capital(error: Exception) -> str:
    text = str(error)
    return text[:1].upper() + text[1:]


_SAYINGS: tuple[tuple[type[Exception], Callable[[Any], Refusal]], ...] = (
    (ValidationError, lambda error: BadRequest.of(complaints(error.messages, error.data))),
    (simulation.InvalidProfile, lambda error: BadRequest.of([_complaint(each.field, each) for each in error.all])),
    (simulation.InstantOutOfRange, lambda error: BadRequest.of([{"field": "instant", "allowed": _YEARS}])),
    (simulation.ObjectNotFound, lambda error: NotFound(f"{error}.")),
    (control.InvalidSetting, lambda error: _field(error.field, error)),
    (control.AccountExists, lambda error: Conflict(f"{error}.", [_complaint(error.field, error)])),
    (control.UnknownAccount, lambda error: NotFound(f"{_capital(error)}.")),
    (control.UnknownPin, lambda error: NotFound(f"{_capital(error)}.")),
    (control.UnknownFault, lambda error: NotFound(f"{_capital(error)}.")),
    (control.NoQuota, lambda error: NotFound(f"{_capital(error)}.")),
    (StorageError, lambda error: ServiceUnavailable("The database does not answer; try again.")),
    (http.RequestEntityTooLarge, lambda error: ContentTooLarge("A body may have 1 MB at most.")),
    (http.NotFound, lambda error: NotFound("Nothing has this path; see /openapi/sandbox.json.")),
    (http.MethodNotAllowed, lambda error: MethodNotAllowed(sorted(error.valid_methods or ()))),
    (http.HTTPException, lambda error: BadRequest(error.description or error.name)),
)
