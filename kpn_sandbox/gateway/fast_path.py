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

from kpn_sandbox.auth.errors import InvalidDigest, InvalidSession, MalformedDigest
from kpn_sandbox.gateway.error_handling import ApiError
from kpn_sandbox.gateway.prefer_header import MalformedPreference, Preferences, preferences
from kpn_sandbox.gateway.reasons import PREFER_HEADER, joined_reasons
from kpn_sandbox.gateway.request_info import (
    LOG_FACTS,
    REFUSAL,
    STORAGE_ERROR,
    WITHOUT_HSTS,
    LogFacts,
    RequestFacts,
    WsgiApp,
    request_facts,
    request_id,
)
from kpn_sandbox.gateway.request_metrics import RequestMetrics
from kpn_sandbox.gateway.responses import PreconditionFailed, unchanged
from kpn_sandbox.simulation.errors import SimulationError
from kpn_sandbox.storage import StorageError
from kpn_sandbox.tenants.request_log import LogEntry, LoggedHeaders
from kpn_sandbox.tenants.sandbox import Sandbox
from kpn_sandbox.tenants.tenant import Tenant

Headers = list[tuple[str, str]]

EXPECTED = (
    OAuth2Error,
    InvalidSession,
    InvalidDigest,
    MalformedDigest,
    ApiError,
    SimulationError,
    MalformedPreference,
    PreconditionFailed,
)
"""Errors that Flask turns into responses. Any other exception is a bug: it is logged, and Flask tries again."""

FAST_PATH = "kpn_sandbox.fast_path"
"""Key of the `FastPathMiddleware` among the extensions of the application."""

FAST_REQUEST = "kpn_sandbox.fast_request"
"""Environment key of a request that the fast path has answered."""

SUCCESS, NOT_MODIFIED = "200 OK", "304 Not Modified"

# Memory of a cached response beside its body, roughly.
_HEADER_BYTES = 1024

_log = logging.getLogger(__name__)


class CachedResponse:
    """
    A response with status 200, ready to be sent again.

    Args:
        body, headers: Its parts; the headers without those that differ from request to request.
        tag: Its entity tag; None for a response that is not conditional.
        reason: Why it is not the usual one, for the request log; empty otherwise.
    """

    __slots__ = ("_logged", "body", "encoded", "headers", "reason", "tag")

    def __init__(self, body: bytes, headers: Headers, tag: str | None = None, reason: str = "") -> None:
        self.body = body
        self.tag = tag
        self.headers = headers
        self.reason = reason
        self._logged: dict[tuple[bool, bool], LoggedHeaders] = {}
        self.encoded: dict[bool, bytes] = {}
        """Header lines of the response, and of the 304 in its place (True), for a server that writes them itself."""

    def headers_for(self, *, is_unchanged: bool) -> Headers:
        """Return the headers of the response, or of the 304 in its place."""
        if is_unchanged:
            return [each for each in self.headers if each[0] != "Content-Type"]
        return [*self.headers, ("Content-Length", str(len(self.body)))]

    def size(self) -> int:
        """Bytes in memory."""
        return len(self.body) + _HEADER_BYTES

    def logged_headers(self, *, is_unchanged: bool, hsts: bool) -> LoggedHeaders:
        """
        Return the headers for the request log, which are made once.

        Args:
            is_unchanged: Whether the response is the 304 in its place.
            hsts: Whether `Strict-Transport-Security` is sent.
        """
        found = self._logged.get((is_unchanged, hsts))
        if found is None:
            headers = self.headers_for(is_unchanged=is_unchanged)
            found = LoggedHeaders(each for each in headers if hsts or each[0] != "Strict-Transport-Security")
            self._logged[is_unchanged, hsts] = found
        return found


class CacheableRequest(NamedTuple):
    """A request that the fast path may answer, and its response."""

    tenant: Tenant
    api: str
    operation: str
    response: CachedResponse
    own_headers: Headers = []
    """Headers that follow from this request."""


FastRoute = Callable[[dict[str, Any], str | None, float | None], CacheableRequest | None]
"""
Answers the cacheable requests of one operation; None leaves a request to Flask.

Its arguments are the WSGI environment, the last part of the path (None when the route has the whole path), and the
instant of the response in epoch seconds (None for now). It must change nothing, because Flask may start afresh; one
whose authentication uses something up leaves the account in the environment as `AUTHENTICATED`.
"""


class FastRequest(NamedTuple):
    """A request that the fast path may answer, as far as it does not change when the client repeats it."""

    route: FastRoute
    last_part: str | None
    preferred: Preferences
    facts: RequestFacts


class FastResponse(NamedTuple):
    """A response of the fast path."""

    response: CachedResponse
    is_unchanged: bool
    """Whether it is a 304, because the client has the response already."""
    own_headers: Headers
    """Headers that belong to this request; they are the last ones."""

    @property
    def status(self) -> str:
        """Status code and reason phrase."""
        return NOT_MODIFIED if self.is_unchanged else SUCCESS

    @property
    def headers(self) -> Headers:
        """All headers, in their order."""
        return [*self.response.headers_for(is_unchanged=self.is_unchanged), *self.own_headers]

    @property
    def body(self) -> bytes:
        """The body; empty for a 304."""
        return b"" if self.is_unchanged else self.response.body


class FastPathMiddleware:
    """
    WSGI middleware that answers cacheable GETs and passes on all other requests.

    Args:
        next_app: Answers what is passed on.
        sandbox: Keeps the request log.
        routes: By path, or by path without its last part.
        metrics: Counts the requests that are answered here; None counts none.
    """

    def __init__(
        self,
        next_app: WsgiApp,
        sandbox: Sandbox,
        routes: Mapping[str, FastRoute],
        *,
        metrics: RequestMetrics | None = None,
    ) -> None:
        self.metrics = metrics or RequestMetrics(())
        self.next_app = next_app
        self._sandbox = sandbox
        self._routes = routes

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a request; one that the fast path has answered is left in the environment as `FAST_REQUEST`."""
        if environ["REQUEST_METHOD"] != "GET" or REFUSAL in environ:
            return self.next_app(environ, start_response)
        began = perf_counter()
        found = self._read(environ)
        answer = None if found is None else self.respond(found, environ, began)
        if answer is None:
            return self.next_app(environ, start_response)
        environ[FAST_REQUEST] = found
        start_response(answer.status, answer.headers)
        return [answer.body] if answer.body else []

    def respond(self, found: FastRequest, environ: dict[str, Any], began: float) -> FastResponse | None:
        """
        Answer a request and log it; None leaves it to Flask.

        Args:
            found: The request.
            environ: Its WSGI environment.
            began: `perf_counter` at the begin of the request.
        """
        try:
            return self._respond(found, environ, began)
        except EXPECTED:
            return None
        except StorageError as error:
            # Flask must not wait once more for a database that has just failed.
            environ[STORAGE_ERROR] = error
            return None
        except Exception:  # noqa: BLE001 - the client gets its response from Flask, the log gets the bug
            _log.exception("request %s failed on the fast path", request_id(environ))
            return None

    def _read(self, environ: dict[str, Any]) -> FastRequest | None:
        path = environ["PATH_INFO"]
        route, last_part = self._routes.get(path), None
        if route is None:
            parent, _, last_part = path.rpartition("/")
            route = self._routes.get(parent)
        if route is None:
            return None
        try:
            preferred = preferences(environ, ())
        except MalformedPreference:
            return None
        if preferred.code is not None or preferred.delay_ms is not None:
            return None
        return FastRequest(route, last_part, preferred, request_facts(environ))

    def _respond(self, found: FastRequest, environ: dict[str, Any], began: float) -> FastResponse | None:
        wall_at = self._sandbox.wall_clock()
        cacheable = found.route(environ, found.last_part, found.preferred.at)
        if cacheable is None:
            return None
        tag, applied = cacheable.response.tag, found.preferred.applied
        is_unchanged = tag is not None and unchanged(environ, tag)
        if LOG_FACTS in environ:
            notes = [found.preferred.note] if found.preferred.note else []
            environ[LOG_FACTS] = LogFacts(cacheable.tenant.account.client_id, cacheable.api, cacheable.operation, notes)
        if self._sandbox.request_log.on:
            entry = self._log_entry(environ, found, cacheable, is_unchanged=is_unchanged, wall_at=wall_at, began=began)
            self._sandbox.request_log.write(entry)
        self.metrics.count(cacheable.api, cacheable.operation, 304 if is_unchanged else 200, perf_counter() - began)
        own = [*cacheable.own_headers, ("X-Request-Id", request_id(environ))]
        if applied:
            own.insert(-1, ("Preference-Applied", applied))
        return FastResponse(cacheable.response, is_unchanged, own)

    def _log_entry(
        self,
        environ: dict[str, Any],
        found: FastRequest,
        cacheable: CacheableRequest,
        *,
        is_unchanged: bool,
        wall_at: float,
        began: float,
    ) -> LogEntry:
        response, preferred = cacheable.response, found.preferred
        headers = response.logged_headers(is_unchanged=is_unchanged, hsts=WITHOUT_HSTS not in environ)
        reason = response.reason
        own = list(cacheable.own_headers)
        if preferred.applied:
            own.append(("Preference-Applied", preferred.applied))
            reason = joined_reasons([PREFER_HEADER, reason])
        if own:
            headers = LoggedHeaders([*headers.items(), *own])
        facts, tenant = found.facts, cacheable.tenant
        return LogEntry(
            tenant.account.client_id,
            request_id(environ),
            tenant.clock.now(wall_at),
            wall_at,
            cacheable.api,
            cacheable.operation,
            facts.method,
            facts.path,
            facts.query,
            304 if is_unchanged else 200,
            round((perf_counter() - began) * 1000, 3),
            facts.headers,
            preferred.note,
            facts.token,
            reason=reason,
            response_headers=headers,
        )
