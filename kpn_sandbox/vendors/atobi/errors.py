"""
Every refusal, in Atobi's shapes, and the table from what went wrong to what Atobi says.

    Refusal             {"status": "error", "message": ..., "errors": {...}}
        TokenRefusal    {"error": code, "error_description": ..., "message": ...}

Source:
    The page asks for a "status in JSON body" and shows none. Texts and keys are those of Laravel and of
    thephpleague/oauth2-server, which is assumed.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import InvalidClientError, InvalidRequestError, UnsupportedGrantTypeError
from flask import Response
from werkzeug import exceptions as http

from kpn_sandbox.gateway.api import phrase
from kpn_sandbox.gateway.cors import OPEN
from kpn_sandbox.gateway.prefer_header import MalformedPreference
from kpn_sandbox.simulation.errors import InstantOutOfRange
from kpn_sandbox.storage import StorageError
from kpn_sandbox.vendors.atobi.operations import TOKEN

JSON = ("Content-Type", "application/json")

TOO_MANY = "Too Many Attempts."
UNAUTHENTICATED = "Unauthenticated."
INVALID = "The given data was invalid."


class Refusal(Exception):
    """An answer that is not what was asked for."""

    def __init__(
        self,
        status: int,
        message: str,
        errors: Mapping[str, Sequence[str]] | None = None,
        headers: Sequence[tuple[str, str]] = (),
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.errors = errors
        self.headers = headers

    def body(self) -> dict[str, Any]:
        """What is told."""
        told: dict[str, Any] = {"status": "error", "message": self.message}
        return told if self.errors is None else {**told, "errors": self.errors}

    def response(self) -> Response:
        """The refusal as an answer."""
        return Response(json.dumps(self.body()).encode(), self.status, [JSON, *OPEN, *self.headers])


class TokenRefusal(Refusal):
    """A refusal of the token endpoint."""

    def __init__(self, status: int, code: str, message: str, headers: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__(status, message, headers=headers)
        self.code = code

    def body(self) -> dict[str, Any]:
        """What is told."""
        return {"error": self.code, "error_description": self.message, "message": self.message}


def refused(error: Exception, path: str) -> Refusal:
    """
    What Atobi says when this goes wrong.

    Args:
        error: What went wrong.
        path: What was asked for: the token endpoint has a shape of its own.
    """
    said = error if isinstance(error, Refusal) else _said(error)
    if path != TOKEN.path or isinstance(said, TokenRefusal):
        return said
    return TokenRefusal(said.status, _CODES.get(said.status, "server_error"), said.message, said.headers)


def forced(status: int, location: str) -> Refusal:
    """The refusal that somebody forced."""
    texts = {401: UNAUTHENTICATED, 422: INVALID, 429: TOO_MANY}
    headers = {302: [("Location", location)], 405: [("Allow", "OPTIONS, POST")]}
    errors = {"data": ["The data field is invalid."]} if status == 422 else None
    return Refusal(status, texts.get(status, phrase(status)), errors, headers.get(status, []))


def _said(error: Exception) -> Refusal:
    for kind, say in _SAYINGS:
        if isinstance(error, kind):
            return say(error)
    return Refusal(500, "Server Error")


def _unsupported(error: Exception) -> Refusal:
    text = "The authorization grant type is not supported by the authorization server."
    return TokenRefusal(400, "unsupported_grant_type", text)


def _invalid_client(error: InvalidClientError) -> Refusal:
    headers = [("WWW-Authenticate", 'Basic realm="OAuth"')] if error.status_code == 401 else []
    return TokenRefusal(401, "invalid_client", "Client authentication failed", headers)


def _allow(error: http.MethodNotAllowed) -> Refusal:
    return Refusal(405, "Method Not Allowed", headers=[("Allow", ", ".join(sorted(error.valid_methods or ())))])


_CODES = {400: "invalid_request", 401: "invalid_client", 405: "invalid_request", 413: "invalid_request"}
_CODES |= {429: "too_many_requests", 503: "temporarily_unavailable"}

_SAYINGS: tuple[tuple[type[Exception], Callable[[Any], Refusal]], ...] = (
    (UnsupportedGrantTypeError, _unsupported),
    (InvalidClientError, _invalid_client),
    (InvalidRequestError, lambda error: TokenRefusal(400, "invalid_request", error.description)),
    (OAuth2Error, lambda error: Refusal(401, UNAUTHENTICATED, headers=[("WWW-Authenticate", "Bearer")])),
    (MalformedPreference, lambda error: Refusal(400, str(error))),
    (InstantOutOfRange, lambda error: Refusal(400, str(error))),
    (StorageError, lambda error: Refusal(503, "Service Unavailable")),
    (http.MethodNotAllowed, _allow),
    (http.RequestEntityTooLarge, lambda error: Refusal(413, "The request body must be at most 1 MB.")),
    (http.NotFound, lambda error: Refusal(404, "Not Found")),
    (http.BadRequest, lambda error: Refusal(400, "Bad Request")),
)
