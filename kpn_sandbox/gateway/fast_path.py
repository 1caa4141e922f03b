"""
The fast path: cacheable GETs, answered before Flask.

A dashboard that polls repeats one request, mostly for an account without a quota and without faults. What Flask does
around such a request costs several times as much as its response. The fast path returns the same bytes, by test. It
answers successes only: a request that is not cacheable, and every error, is left to Flask, which starts afresh.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from time import perf_counter
from typing import Any, NamedTuple

from authlib.oauth2 import OAuth2Error

from kpn_sandbox.gateway.error_handling import ApiError
from kpn_sandbox.gateway.prefer_header import MalformedPreference, Preferences, preferences
from kpn_sandbox.gateway.request_info import REFUSAL, STORAGE_ERROR, log_entry, request_id
from kpn_sandbox.gateway.responses import PreconditionFailed, unchanged
from kpn_sandbox.simulation.errors import SimulationError
from kpn_sandbox.storage import StorageError
from kpn_sandbox.tenants.sandbox import Sandbox
from kpn_sandbox.tenants.tenant import Tenant

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
Headers = list[tuple[str, str]]

EXPECTED = (OAuth2Error, ApiError, SimulationError, MalformedPreference, PreconditionFailed)
"""Errors that Flask turns into responses. Any other exception is a bug: it is logged, and Flask tries again."""

_log = logging.getLogger(__name__)


class CachedResponse(NamedTuple):
    """A response with status 200 and its entity tag, ready to be sent again."""

    body: bytes
    tag: str
    headers: Headers


class CacheableRequest(NamedTuple):
    """A request that the fast path may answer, and its response."""

    tenant: Tenant
    api: str
    operation: str
    response: CachedResponse


FastRoute = Callable[[dict[str, Any], str | None, float | None], CacheableRequest | None]
"""
Answers the cacheable requests of one operation; None leaves a request to Flask.

Its arguments are the WSGI environment, the last part of the path (None when the route has the whole path), and the
instant of the response in epoch seconds (None for now). It must change nothing, because Flask may start afresh.
"""


class FastPathMiddleware:
    """
    WSGI middleware that answers cacheable GETs and passes on all other requests.

    Args:
        next_app: Answers what is passed on.
        sandbox: Keeps the request log.
        routes: By path, or by path without its last part.
    """

    def __init__(self, next_app: WsgiApp, sandbox: Sandbox, routes: Mapping[str, FastRoute]) -> None:
        self.next_app = next_app
        self._sandbox = sandbox
        self._routes = routes

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a request."""
        left = environ["REQUEST_METHOD"] != "GET" or REFUSAL in environ
        answered = None if left else self._answered(environ)
        if answered is None:
            return self.next_app(environ, start_response)
        status, headers, body = answered
        start_response(status, headers)
        return body

    def _answered(self, environ: dict[str, Any]) -> tuple[str, Headers, list[bytes]] | None:
        try:
            return self._respond(environ)
        except EXPECTED:
            return None
        except StorageError as error:
            # Flask must not wait once more for a database that has just failed.
            environ[STORAGE_ERROR] = error
            return None
        except Exception:  # noqa: BLE001 - the client gets its response from Flask, the log gets the bug
            _log.exception("request %s failed on the fast path", request_id(environ))
            return None

    def _respond(self, environ: dict[str, Any]) -> tuple[str, Headers, list[bytes]] | None:
        began = perf_counter()
        route, last_part = self._route(environ["PATH_INFO"])
        if route is None:
            return None
        preferred = preferences(environ, ())
        if preferred.code is not None or preferred.delay_ms is not None:
            return None
        found = route(environ, last_part, preferred.at)
        if found is None:
            return None
        is_unchanged = unchanged(environ, found.response.tag)
        if self._sandbox.request_log.on:
            self._log_request(environ, found, preferred, 304 if is_unchanged else 200, began)
        return (_not_modified if is_unchanged else _success)(environ, found.response, preferred)

    def _route(self, path: str) -> tuple[FastRoute | None, str | None]:
        route = self._routes.get(path)
        if route is not None:
            return route, None
        parent, _, last_part = path.rpartition("/")
        return self._routes.get(parent), last_part

    def _log_request(
        self, environ: dict[str, Any], found: CacheableRequest, preferred: Preferences, status: int, began: float
    ) -> None:
        entry = log_entry(
            environ,
            found.tenant,
            api=found.api,
            operation=found.operation,
            status=status,
            wall_at=self._sandbox.wall_clock(),
            began=began,
            note=preferred.note,
        )
        self._sandbox.request_log.write(entry)


def _success(
    environ: dict[str, Any], response: CachedResponse, preferred: Preferences
) -> tuple[str, Headers, list[bytes]]:
    length = ("Content-Length", str(len(response.body)))
    return "200 OK", [*response.headers, length, *_request_headers(environ, preferred)], [response.body]


def _not_modified(
    environ: dict[str, Any], response: CachedResponse, preferred: Preferences
) -> tuple[str, Headers, list[bytes]]:
    kept = (each for each in response.headers if each[0] != "Content-Type")
    return "304 NOT MODIFIED", [*kept, *_request_headers(environ, preferred)], []


def _request_headers(environ: dict[str, Any], preferred: Preferences) -> Headers:
    own_id = ("X-Request-Id", request_id(environ))
    return [("Preference-Applied", preferred.applied), own_id] if preferred.applied else [own_id]
