"""
Around the application: bodies over the limit, empty paths, and routes that are quick to register.

A body over the limit is read before it is rejected, because a client that still sends while the server responds and
closes the connection mostly does not see the response. An empty path is the root (RFC 9112, section 3.2.2); Flask would
redirect it, in HTML.
"""

from collections.abc import Callable, Iterable
from typing import Any

from werkzeug.routing import Rule

from kpn_sandbox.literals import LARGEST_BODY_BYTES

MOST_DISCARDED_BYTES = 64 * LARGEST_BODY_BYTES
"""Bytes of a body that are read and discarded; the connection of a client that sends more is closed."""

_CHUNK_BYTES = 65_536

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class BodyLimitMiddleware:
    """
    WSGI middleware that reads bodies over the limit before the application rejects them.

    Args:
        next_app: Answers the requests, and rejects a body by its Content-Length.
    """

    def __init__(self, next_app: WsgiApp) -> None:
        self._next_app = next_app

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a request."""
        environ["PATH_INFO"] = environ.get("PATH_INFO") or "/"
        length = environ.get("CONTENT_LENGTH") or ""
        if length.isdecimal() and int(length) > LARGEST_BODY_BYTES:
            _discard(environ["wsgi.input"], min(int(length), MOST_DISCARDED_BYTES))
        return self._next_app(environ, start_response)


def _discard(body: Any, count: int) -> None:
    while count > 0:
        chunk = body.read(min(count, _CHUNK_BYTES))
        if not chunk:
            return
        count -= len(chunk)


class LazyRule(Rule):
    """
    Route whose URL builder is compiled when it is first needed.

    Werkzeug compiles two functions per route that build its URL. There are more than a hundred routes, and nothing
    builds their URLs; without these functions `create_app` takes 0.044 s instead of 0.139 s.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        compile_now = super()._compile_builder

        def build(rule: Rule, *args: Any, **values: Any) -> tuple[str, str]:
            return compile_now(append_unknown)(rule, *args, **values)

        return build
