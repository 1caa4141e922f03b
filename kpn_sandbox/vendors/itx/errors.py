"""
Every refusal, as a panel with one section that tells it, and the table from what went wrong to what is said.

Source:
    The page names `message` for "Error or any other message"; that a refusal is such a panel, too, is invented: whoever
    ignores the status still has something to show.
"""

import json
from collections.abc import Callable, Sequence
from typing import Any

from flask import Response
from werkzeug import exceptions as http

from kpn_sandbox.gateway.api import phrase
from kpn_sandbox.gateway.cors import OPEN
from kpn_sandbox.gateway.prefer_header import MalformedPreference
from kpn_sandbox.simulation.errors import InstantOutOfRange
from kpn_sandbox.storage import StorageError

HEADERS = [("Content-Type", "application/json"), *OPEN, ("Cache-Control", "no-store")]


class Refusal(Exception):
    """An answer that is not what was asked for."""

    def __init__(self, status: int, message: str, headers: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = headers

    def response(self) -> Response:
        """The refusal as an answer."""
        told = {"sections": [{"title": "Error", "message": self.message, "documents": []}]}
        return Response(json.dumps(told).encode(), self.status, [*HEADERS, *self.headers])


def refused(error: Exception) -> Refusal:
    """What is said when this goes wrong."""
    if isinstance(error, Refusal):
        return error
    for kind, say in _SAYINGS:
        if isinstance(error, kind):
            return say(error)
    return Refusal(500, phrase(500))


def forced(status: int, location: str) -> Refusal:
    """The refusal that somebody forced."""
    headers = {302: [("Location", location)], 405: [("Allow", "GET, HEAD, OPTIONS")]}
    return Refusal(status, phrase(status), headers.get(status, []))


def _allow(error: http.MethodNotAllowed) -> Refusal:
    return Refusal(405, "Only GET is supported", [("Allow", ", ".join(sorted(error.valid_methods or ())))])


_SAYINGS: tuple[tuple[type[Exception], Callable[[Any], Refusal]], ...] = (
    (MalformedPreference, lambda error: Refusal(400, str(error))),
    (InstantOutOfRange, lambda error: Refusal(400, str(error))),
    (StorageError, lambda error: Refusal(503, phrase(503))),
    (http.MethodNotAllowed, _allow),
    (http.RequestEntityTooLarge, lambda error: Refusal(400, "Body must be at most 1 MB")),
    (http.NotFound, lambda error: Refusal(404, phrase(404))),
    (http.BadRequest, lambda error: Refusal(400, phrase(400))),
)
