"""
What is put right before anything looks at a request.

A body that is too large is refused, but taken in first: a server that answers while its client still sends, and then
hangs up, is mostly not heard. An empty path is the root (RFC 9112, section 3.2.2); the framework would redirect it, in
HTML.

Routes that are quick to register.

Werkzeug compiles two functions for each route that build its URL. There are more than a hundred routes and nobody
builds URLs of them, so each is compiled when it is first asked for; that is a tenth of a start.

Parts that are made when somebody first needs them.

Most starts are asked for one vendor only, and to import and make what the others need would be a third of a start.
"""

from collections.abc import Callable, Iterable
from threading import Lock
from typing import Any, Generic, TypeVar

from werkzeug.routing import Rule

from kpn_sandbox.literals import LARGEST_BODY_BYTES

MOST_TAKEN_IN = 64 * LARGEST_BODY_BYTES
"""Bytes that are taken in to be thrown away; whoever sends more finds the connection closed."""

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class BodyLimitMiddleware:
    """
    The way into an application.

    Args:
        application: Answers the requests, and refuses a body by its Content-Length.
    """

    def __init__(self, application: Application) -> None:
        self._application = application

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a request."""
        environ["PATH_INFO"] = environ.get("PATH_INFO") or "/"
        length = environ.get("CONTENT_LENGTH") or ""
        if length.isdecimal() and int(length) > LARGEST_BODY_BYTES:
            _throw_away(environ["wsgi.input"], min(int(length), MOST_TAKEN_IN))
        return self._application(environ, start_response)


def _throw_away(body: Any, count: int) -> None:
    while count > 0:
        part = body.read(min(count, 65536))
        if not part:
            return
        count -= len(part)


class LazyRule(Rule):
    """A route that learns to build its URL when somebody wants to know it."""

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        compile_now = super()._compile_builder

        def build(rule: Rule, *args: Any, **values: Any) -> tuple[str, str]:
            return compile_now(append_unknown)(rule, *args, **values)

        return build


Part = TypeVar("Part")


class Later(Generic[Part]):
    """
    A part that is made once, at the first call.

    Args:
        make: Imports what it needs and makes the part; those who ask at the same time wait for one making.
    """

    def __init__(self, make: Callable[[], Part]) -> None:
        self._make = make
        self._made: list[Part] = []
        self._lock = Lock()

    def __call__(self) -> Part:
        """The part."""
        if not self._made:
            with self._lock:
                if not self._made:
                    self._made.append(self._make())
        return self._made[0]
