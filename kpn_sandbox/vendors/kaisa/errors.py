"""
Every refusal, in Kaisa's shape, and the table from what went wrong to what Kaisa says.

    Refusal             {"errors": ["..."]}
        Unauthorized    401, without a body, with a challenge

Source:
    github.com/freespee/freespee-php-api-client (src/Response.php, test/ClientTest.php) for the array and the empty 401;
    what stands in the array is assumed to be text.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from flask import Response
from marshmallow import ValidationError
from werkzeug import exceptions as http

from kpn_sandbox.auth.errors import DigestRefused, MalformedDigest
from kpn_sandbox.gateway.api import phrase
from kpn_sandbox.gateway.cors import OPEN
from kpn_sandbox.gateway.prefer_header import MalformedPreference
from kpn_sandbox.gateway.responses import PreconditionFailed
from kpn_sandbox.simulation.errors import InstantOutOfRange, PeriodTooLong
from kpn_sandbox.storage import StorageError

JSON = ("Content-Type", "application/json")


class Refusal(Exception):
    """An answer that is not what was asked for."""

    def __init__(self, status: int, *errors: str, headers: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__(*errors)
        self.status = status
        self.errors = errors or (phrase(status),)
        self.headers = headers

    def response(self) -> Response:
        """The refusal as an answer."""
        body = json.dumps({"errors": self.errors}).encode()
        return Response(body, self.status, [JSON, *OPEN, *self.headers])


class Unauthorized(Refusal):
    """A refusal for want of good credentials."""

    def __init__(self, challenge: str) -> None:
        super().__init__(401, headers=[("WWW-Authenticate", challenge)])

    def response(self) -> Response:
        """The challenge alone."""
        return Response(b"", self.status, [JSON, *OPEN, *self.headers])


def refused(error: Exception) -> Refusal:
    """What Kaisa says when this goes wrong."""
    if isinstance(error, Refusal):
        return error
    for kind, say in _SAYINGS:
        if isinstance(error, kind):
            return say(error)
    return Refusal(500)


def forced(status: int, location: str, challenge: str) -> Refusal:
    """The refusal that somebody forced."""
    if status == 401:
        return Unauthorized(challenge)
    headers = {302: [("Location", location)], 405: [("Allow", "GET, HEAD, OPTIONS")], 429: [("Retry-After", "60")]}
    return Refusal(status, headers=headers.get(status, []))


def messages(error: ValidationError) -> list[str]:
    """What is wrong, a sentence for each parameter."""
    wrong = error.normalized_messages()
    return [f"{name} {text}" for name, texts in wrong.items() for text in texts]


def _allow(methods: Iterable[str]) -> Refusal:
    return Refusal(405, headers=[("Allow", ", ".join(sorted(methods)))])


_SAYINGS: tuple[tuple[type[Exception], Callable[[Any], Refusal]], ...] = (
    (DigestRefused, lambda error: Unauthorized(error.challenge)),
    (MalformedDigest, lambda error: Refusal(400, str(error))),
    (ValidationError, lambda error: Refusal(400, *messages(error))),
    (PeriodTooLong, lambda error: Refusal(400, str(error))),
    (InstantOutOfRange, lambda error: Refusal(400, str(error))),
    (MalformedPreference, lambda error: Refusal(400, str(error))),
    (PreconditionFailed, lambda error: Refusal(412)),
    (StorageError, lambda error: Refusal(503)),
    (http.MethodNotAllowed, lambda error: _allow(error.valid_methods or ())),
    (http.RequestEntityTooLarge, lambda error: Refusal(400, "body must be at most 1 MB")),
    (http.NotFound, lambda error: Refusal(404)),
    (http.BadRequest, lambda error: Refusal(400)),
)
