"""
The short way: plain requests, past the framework.

A dashboard that polls asks for the same thing again and again, at most for another instant, and of an account with no
quota and no fault. What the framework does around such a request costs several times as much as its answer. The short
way gives the same bytes; whatever is not plain, refusals above all, goes the long way, and so does what fails on the
short one.
"""

from collections.abc import Callable, Iterable, Mapping
from time import perf_counter
from typing import Any, NamedTuple

from kpn_sandbox.gateway.prefer_header import Preferences, preferences
from kpn_sandbox.gateway.request_info import STORAGE_ERROR, entry, request_id
from kpn_sandbox.gateway.responses import unchanged
from kpn_sandbox.storage import StorageError
from kpn_sandbox.tenants.sandbox import Sandbox
from kpn_sandbox.tenants.tenant import Tenant

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

Headers = list[tuple[str, str]]


class CachedAnswer(NamedTuple):
    """What is sent, ready to be sent again."""

    body: bytes
    tag: str
    headers: Headers


class CacheableRequest(NamedTuple):
    """A plain request and its answer."""

    tenant: Tenant
    api: str
    operation: str
    answer: CachedAnswer


FastRoute = Callable[[dict[str, Any], str | None, float | None], CacheableRequest | None]
"""
Answers the plain requests of one operation; None sends the request the long way, and so does an exception.

It is given the WSGI environment, the last part of the path, None when the path is the operation's own, and the instant
that the answer shall be of, None for now. It must change nothing, because the long way begins from the beginning.
"""


class FastPathMiddleware:
    """
    Answers plain requests and hands on all others.

    Args:
        long_way: The application that knows everything.
        sandbox: Keeps the journal.
        roads: By the path, or the path without its last part.
    """

    def __init__(self, long_way: Application, sandbox: Sandbox, roads: Mapping[str, FastRoute]) -> None:
        self.long_way = long_way
        self._sandbox = sandbox
        self._roads = roads

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a request."""
        answered = None
        if environ["REQUEST_METHOD"] == "GET":
            try:
                answered = self._answered(environ)
            except StorageError as error:
                environ[STORAGE_ERROR] = error
            except Exception:
                # The long way meets it again, and knows what to say.
                pass
        if answered is None:
            return self.long_way(environ, start_response)
        status, headers, body = answered
        start_response(status, headers)
        return body

    def _answered(self, environ: dict[str, Any]) -> tuple[str, Headers, list[bytes]] | None:
        began = perf_counter()
        wishes = preferences(environ, ())
        if wishes.code is not None or wishes.delay_ms is not None:
            return None
        plain = self._plain(environ, wishes.at)
        if plain is None:
            return None
        had = unchanged(environ, plain.answer.tag)
        if self._sandbox.request_log.on:
            self._note(environ, plain, wishes, 304 if had else 200, began)
        return _not_modified(environ, plain.answer, wishes) if had else _success(environ, plain.answer, wishes)

    def _plain(self, environ: dict[str, Any], at: float | None) -> CacheableRequest | None:
        path: str = environ["PATH_INFO"]
        road = self._roads.get(path)
        if road is not None:
            return road(environ, None, at)
        home, _, last = path.rpartition("/")
        road = self._roads.get(home)
        return None if road is None else road(environ, last, at)

    def _note(
        self, environ: dict[str, Any], plain: CacheableRequest, wishes: Preferences, status: int, began: float
    ) -> None:
        told = entry(
            environ,
            plain.tenant,
            api=plain.api,
            operation=plain.operation,
            status=status,
            wall_at=self._sandbox.wall_clock(),
            began=began,
            note=wishes.note,
        )
        self._sandbox.request_log.write(told)


def _success(environ: dict[str, Any], answer: CachedAnswer, wishes: Preferences) -> tuple[str, Headers, list[bytes]]:
    length = ("Content-Length", str(len(answer.body)))
    return "200 OK", [*answer.headers, length, *_special(environ, wishes)], [answer.body]


def _not_modified(
    environ: dict[str, Any], answer: CachedAnswer, wishes: Preferences
) -> tuple[str, Headers, list[bytes]]:
    kept = (each for each in answer.headers if each[0] != "Content-Type")
    return "304 NOT MODIFIED", [*kept, *_special(environ, wishes)], []


def _special(environ: dict[str, Any], wishes: Preferences) -> Headers:
    told = ("X-Request-Id", request_id(environ))
    return [("Preference-Applied", wishes.applied), told] if wishes.applied else [told]
