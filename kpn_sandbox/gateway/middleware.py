"""
In front of the application: what every request must be before it is answered, the access log, and quick routes.

A request that is not as it must be is refused by the application, so that it gets the error of the API whose path it
names. A body is read whole before that: a client that still sends while the server responds and closes the connection
mostly does not see the response.

Source:
    RFC 9112, sections 3.2 (Host, empty path), 6.3 (length of a body) and 7.1 (chunks); RFC 9110, section 10.1.1
    (Expect).
"""

import logging
from codecs import BOM_UTF8
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from werkzeug.exceptions import HTTPException, RequestTimeout
from werkzeug.routing import Rule

from kpn_sandbox.gateway.error_handling import BodyTooLarge, MalformedRequest
from kpn_sandbox.gateway.hosts import PUBLIC_URL, parse_host
from kpn_sandbox.gateway.request_info import LOG_FACTS, REFUSAL, WITHOUT_HSTS, LogFacts, WsgiApp, raw_path, request_id
from kpn_sandbox.literals import LARGEST_BODY_BYTES
from kpn_sandbox.safe_text import redacted_path, redacted_query, terminal_text
from kpn_sandbox.tenants.clock import WallClock

ACCESS_LOG = "kpn_sandbox.access_log"
"""Key of the `AccessLogMiddleware` among the extensions of an application that writes an access log."""

MOST_DISCARDED_BYTES = 64 * LARGEST_BODY_BYTES
"""Bytes of a body that are read and discarded; the connection of a client that sends more is closed."""

_PIECE_BYTES = 65_536
_SENT_TARGET = "kpn_sandbox.sent_target"
_HSTS = "strict-transport-security"
_log = logging.getLogger(__name__)


class RequestMiddleware:
    """
    WSGI middleware that checks Host and framing, reads bodies, and takes the path of the public URL off.

    Args:
        next_app: Answers the requests; it refuses those that hold a `REFUSAL`.
        public_url: Base of every generated URL, without a slash at the end; None for that of the Host header.
        hsts: Whether responses may have a `Strict-Transport-Security` header.
        body_limit: Returns how many bytes a body may have, for a method and a path.
    """

    def __init__(
        self,
        next_app: WsgiApp,
        *,
        public_url: str | None = None,
        hsts: bool = True,
        body_limit: Callable[[str, str], int] = lambda method, path: LARGEST_BODY_BYTES,
    ) -> None:
        self.next_app = next_app
        self._public_url = public_url
        self._prefix = urlsplit(public_url or "").path
        self._hsts = hsts
        self._body_limit = body_limit

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a request."""
        start = start_response if self._hsts else _without_hsts(start_response)
        if not self._hsts:
            environ[WITHOUT_HSTS] = "1"
        if self._public_url is not None:
            environ[PUBLIC_URL] = self._public_url
            if self._prefix and environ["PATH_INFO"] == self._prefix:
                # Relative links of the start page need the slash at the end of its address.
                headers = [("Location", f"{self._public_url}/"), ("X-Request-Id", request_id(environ))]
                start("308 Permanent Redirect", [*headers, ("Content-Length", "0")])
                return []
            self._take_off_prefix(environ)
        environ["PATH_INFO"] = environ.get("PATH_INFO") or "/"
        # The body is taken in any case: who logs the request may look for its sender there.
        limit = self._body_limit(environ["REQUEST_METHOD"], environ["PATH_INFO"])
        refusal = _take_body(environ, limit) or _wrong_host(environ)
        if refusal is not None:
            environ[REFUSAL] = refusal
        return self.next_app(environ, start)

    def _take_off_prefix(self, environ: dict[str, Any]) -> None:
        # Some proxies take it off, others pass it on; behind both, the application sees the same path.
        start = f"{self._prefix}/"
        if self._prefix and environ["PATH_INFO"].startswith(start):
            for key in ("PATH_INFO", "RAW_URI", "REQUEST_URI"):
                if environ.get(key, "").startswith(start):
                    environ[key] = environ[key][len(self._prefix) :]


def _wrong_host(environ: dict[str, Any]) -> HTTPException | None:
    host = environ.get("HTTP_HOST")
    if host is None:
        return MalformedRequest("Host is missing") if environ.get("SERVER_PROTOCOL") == "HTTP/1.1" else None
    return None if parse_host(host) else MalformedRequest("Host cannot be read")


def _take_body(environ: dict[str, Any], limit: int) -> HTTPException | None:
    """Put the whole body in the place of the stream; return why the request is refused, None when it is not."""
    coding, length = environ.get("HTTP_TRANSFER_ENCODING"), environ.get("CONTENT_LENGTH") or ""
    if coding is None and length in ("", "0"):
        return None
    stream, environ["wsgi.input"] = environ["wsgi.input"], BytesIO()
    environ["wsgi.input_terminated"] = True
    known = environ.get("SERVER_PROTOCOL") != "HTTP/1.0" and not length
    if coding is not None and (coding.strip().lower() != "chunked" or not known):
        return MalformedRequest("Transfer-Encoding must be chunked, without Content-Length, in HTTP/1.1")
    if coding is None and not (length.isascii() and length.isdecimal()):
        return MalformedRequest("Content-Length must be a number")
    expected = None if coding is not None else int(length[:20])
    if expected is not None and expected > limit and "HTTP_EXPECT" in environ:
        # The client waits for permission to send it, which the server has not given.
        return BodyTooLarge(limit)
    try:
        most = MOST_DISCARDED_BYTES if expected is None else min(expected, MOST_DISCARDED_BYTES)
        body = _read(stream, most, limit)
    except TimeoutError:
        return RequestTimeout()
    except Exception as error:  # noqa: BLE001 - only the server's reader runs here, and each server has its own errors
        _log.debug("request %s: broken body: %r", request_id(environ), error)
        return MalformedRequest("Body cannot be read")
    if len(body) > limit or (expected or 0) > limit:
        return BodyTooLarge(limit)
    if expected is not None and len(body) < expected:
        return MalformedRequest("Body is shorter than its Content-Length")
    # RFC 8259, section 8.1, lets a reader ignore a byte order mark; forms and JSON get the same reader.
    environ["wsgi.input"] = BytesIO(body.removeprefix(BOM_UTF8))
    return None


def _read(stream: Any, most: int, limit: int) -> bytes:
    """Return a body; of one that is too large, not more than the first bytes."""
    body, count = bytearray(), 0
    while count < most:
        piece = stream.read(min(most - count, _PIECE_BYTES))
        if not piece:
            break
        count += len(piece)
        if len(body) <= limit:
            body += piece
    return bytes(body)


def _without_hsts(start_response: Callable[..., Any]) -> Callable[..., Any]:
    def start(status: str, headers: list[tuple[str, str]], *args: Any) -> Any:
        return start_response(status, without_hsts(headers), *args)

    return start


def without_hsts(headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return headers without `Strict-Transport-Security`."""
    return [each for each in headers if each[0].lower() != _HSTS]


class AccessLogMiddleware:
    """
    WSGI middleware that writes a line for each request when its response begins.

    The line is that of the common log format, as Apache and NGINX write it, and has three more fields: the API, the
    operation, and in quotes whatever there is to say, such as the reason of a refusal.

    Args:
        next_app: Answers the requests.
        wall_clock: Returns wall time, in epoch seconds.
        write: Writes a line.
    """

    def __init__(self, next_app: WsgiApp, wall_clock: WallClock, write: Callable[[str], Any]) -> None:
        self.next_app = next_app
        self._wall_clock = wall_clock
        self._write = write

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a request."""
        at = self.open(environ)
        # A connection that a fault breaks has neither.
        answered = ["-", "-"]

        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            sizes = (value for name, value in headers if name.lower() == "content-length")
            answered[:] = status[:3], next(sizes, "-")
            return start_response(status, headers, *more)

        body = self.next_app(environ, start)
        self.write_line(environ, at, *answered)
        return body

    def open(self, environ: dict[str, Any]) -> float:
        """Prepare the environment of a request, and return the instant of its line."""
        environ[LOG_FACTS] = LogFacts()
        # The application may know the request below another path.
        environ.setdefault(_SENT_TARGET, _target(environ))
        return self._wall_clock()

    def write_line(self, environ: dict[str, Any], at: float, status: str, size: str) -> None:
        """
        Write the line of a request.

        Args:
            environ: Its environment, after `open` and the response.
            at: What `open` returned.
            status, size: Status and length of the response, "-" where it has none.
        """
        facts: LogFacts = environ[LOG_FACTS]
        when = datetime.fromtimestamp(at, UTC).strftime("%d/%b/%Y:%H:%M:%S +0000")
        request = f"{environ['REQUEST_METHOD']} {environ[_SENT_TARGET]} {environ.get('SERVER_PROTOCOL', 'HTTP/1.1')}"
        reason = "; ".join([*facts.notes, *([facts.refusal] if facts.refusal and status >= "400" else [])])
        sender = f"{environ.get('REMOTE_ADDR') or '-'} - {facts.account or '-'}"
        line = f'{sender} [{when}] "{_quoted(request)}" {status} {size} {facts.api or "-"} {facts.operation or "-"}'
        self._write(f'{terminal_text(line)} "{_quoted(reason or "-")}"\n')


def _target(environ: dict[str, Any]) -> str:
    query = environ.get("QUERY_STRING", "")
    return redacted_path(raw_path(environ)) + (f"?{redacted_query(query)}" if query else "")


def _quoted(text: str) -> str:
    return terminal_text(text.replace("\\", "\\\\").replace('"', '\\"'))


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
