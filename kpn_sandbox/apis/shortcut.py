"""
The short way: plain requests, past the framework.

A dashboard that polls asks for the same thing again and again, with no wish, and of an account with no quota and no
fault. What the framework does around such a request costs several times as much as its answer. The short way gives the
same bytes; whatever is not plain, refusals above all, goes the long way, and so does what fails on the short one.
"""

from collections.abc import Callable, Iterable, Mapping
from time import perf_counter
from typing import Any, NamedTuple

from kpn_sandbox.apis.conditional import unchanged
from kpn_sandbox.apis.entries import entry
from kpn_sandbox.apis.preferences import HEADERS as WISHES
from kpn_sandbox.apis.wire import STORAGE_ERROR, request_id
from kpn_sandbox.control.sandbox import Sandbox
from kpn_sandbox.control.tenant import Tenant
from kpn_sandbox.storage import StorageError

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

Headers = list[tuple[str, str]]


class Answer(NamedTuple):
    """What is sent, ready to be sent again."""

    body: bytes
    tag: str
    headers: Headers


class Plain(NamedTuple):
    """A plain request and its answer."""

    tenant: Tenant
    api: str
    operation: str
    answer: Answer


Road = Callable[[dict[str, Any], str | None], Plain | None]
"""
Answers the plain requests of one operation; None sends the request the long way, and so does an exception.

It is given the WSGI environment and the last part of the path, None when the path is the operation's own. Until the
answer is made it must change nothing, because the long way begins from the beginning.
"""


class Shortcut:
    """
    Answers plain requests and hands on all others.

    Args:
        long_way: The application that knows everything.
        sandbox: Keeps the journal.
        roads: By the path, or the path without its last part.
    """

    def __init__(self, long_way: Application, sandbox: Sandbox, roads: Mapping[str, Road]) -> None:
        self.long_way = long_way
        self._sandbox = sandbox
        self._roads = roads

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a request."""
        answered = None
        if environ["REQUEST_METHOD"] == "GET" and not WISHES & environ.keys():
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
        plain = self._plain(environ)
        if plain is None:
            return None
        answer = plain.answer
        had = unchanged(environ, answer.tag)
        if self._sandbox.journal.on:
            self._note(environ, plain, 304 if had else 200, began)
        told = ("X-Request-Id", request_id(environ))
        if had:
            return "304 NOT MODIFIED", [*(each for each in answer.headers if each[0] != "Content-Type"), told], []
        length = ("Content-Length", str(len(answer.body)))
        return "200 OK", [*answer.headers, length, told], [answer.body]

    def _plain(self, environ: dict[str, Any]) -> Plain | None:
        path: str = environ["PATH_INFO"]
        road = self._roads.get(path)
        if road is not None:
            return road(environ, None)
        home, _, last = path.rpartition("/")
        road = self._roads.get(home)
        return None if road is None else road(environ, last)

    def _note(self, environ: dict[str, Any], plain: Plain, status: int, began: float) -> None:
        wall_at = self._sandbox.source()
        told = entry(
            environ,
            plain.tenant,
            api=plain.api,
            operation=plain.operation,
            status=status,
            wall_at=wall_at,
            began=began,
        )
        self._sandbox.journal.note(told)
