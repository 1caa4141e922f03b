"""
What is put right before anything looks at a request.

A body that is too large is refused, but taken in first: a server that answers while its client still sends, and then
hangs up, is mostly not heard. An empty path is the root (RFC 9112, section 3.2.2); the framework would redirect it, in
HTML.
"""

from collections.abc import Callable, Iterable
from typing import Any

LARGEST_BODY = 1024 * 1024
"""Bytes of a body that are looked at."""

MOST_TAKEN_IN = 64 * LARGEST_BODY
"""Bytes that are taken in to be thrown away; whoever sends more finds the connection closed."""

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Entrance:
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
        if length.isdecimal() and int(length) > LARGEST_BODY:
            _throw_away(environ["wsgi.input"], min(int(length), MOST_TAKEN_IN))
        return self._application(environ, start_response)


def _throw_away(body: Any, count: int) -> None:
    while count > 0:
        part = body.read(min(count, 65536))
        if not part:
            return
        count -= len(part)
