"""
The request-head cache: requests that are known by the bytes of their heads.

A dashboard sends the same bytes once a second. gunicorn reads them, the middleware checks them and the fast path finds
their route each time with the same result; so that result is kept with the bytes. What can change is looked at each
time: the account, its clock, the response, and whether quota, faults or pins are in the way. A head is learned only
from a request that gunicorn has read and the fast path has answered, so its meaning is the same; all other requests,
and all errors, go that way.
"""

import re
from time import perf_counter
from typing import Any, NamedTuple

from gunicorn.util import http_date

from kpn_sandbox.caching import BoundedCache
from kpn_sandbox.gateway.fast_path import FAST_REQUEST, FastPathMiddleware, FastRequest, FastResponse
from kpn_sandbox.gateway.middleware import AccessLogMiddleware, without_hsts
from kpn_sandbox.gateway.request_info import REQUEST_ID
from kpn_sandbox.tenants.clock import WallClock, wall_time
from kpn_sandbox.tenants.request_log import SentHeaders

MOST_HEADS = 1000
"""Heads that a worker remembers."""

MOST_BYTES = 4096
MOST_LINES = 50
"""Longer heads are not learned, so that without a line or with one more they are as far from gunicorn's limits."""

# The entity tag of a client that asks whether its response still holds is another one each second.
_IF_NONE_MATCH = re.compile(rb'\r\nif-none-match: ?((?:W/)?"[!#-~]{1,100}")(?=\r\n)', re.I)
_END = b"\r\n\r\n"
_START = b"HTTP/1.1 %b\r\nServer: gunicorn\r\nDate: %b\r\nConnection: keep-alive\r\n"

# Such a request goes the usual way: its response depends on what is not compared here.
_UNUSUAL = (
    "CONTENT_LENGTH",
    "CONTENT_TYPE",
    "HTTP_EXPECT",
    "HTTP_IF_MATCH",
    "HTTP_TRANSFER_ENCODING",
    "HTTP_UPGRADE",
    "HTTP_X_REQUEST_ID",
)


class _KnownHead(NamedTuple):
    environ: dict[str, Any]
    request: FastRequest


class RequestHeadCache:
    """
    Answers requests whose heads it has seen before.

    Args:
        fast_path: Answers them.
        hsts: Whether responses may have a `Strict-Transport-Security` header.
        wall_clock: Returns wall time, in epoch seconds, for their `Date`.
        access_log: Writes their lines; None where there is no access log.
    """

    def __init__(
        self,
        fast_path: FastPathMiddleware,
        *,
        hsts: bool = True,
        wall_clock: WallClock = wall_time,
        access_log: AccessLogMiddleware | None = None,
    ) -> None:
        self._fast_path = fast_path
        self._access_log = access_log
        self._wall_clock = wall_clock
        self._hsts = hsts
        self._heads: BoundedCache[_KnownHead] = BoundedCache(MOST_HEADS)
        self._date = (0, b"")

    def respond(self, received: bytes, sender: str = "") -> bytes | None:
        """
        Return the whole response to what a client has sent; None leaves it to gunicorn.

        Args:
            received, sender: What the client has sent, and its address.
        """
        began = perf_counter()
        known, tag = self._heads.get(received), None
        if known is None:
            head, tag = _without_tag(received)
            known = None if tag is None else self._heads.get(head)
            if known is None:
                return None
        environ, request = known.environ.copy(), known.request
        if tag is not None:
            environ["HTTP_IF_NONE_MATCH"] = tag
            facts = request.facts
            headers = SentHeaders({**facts.headers, "If-None-Match": tag})
            request = request._replace(facts=facts._replace(headers=headers))
        if self._access_log is not None:
            environ["REMOTE_ADDR"] = sender
            at = self._access_log.open(environ)
        response = self._fast_path.respond(request, environ, began)
        if response is None:
            return None
        if self._access_log is not None:
            size = "-" if response.is_unchanged else str(len(response.body))
            self._access_log.write_line(environ, at, response.status[:3], size)
        return self._encoded(response)

    def __len__(self) -> int:
        """The number of heads."""
        return len(self._heads)

    def learn(self, received: bytes, environ: dict[str, Any]) -> None:
        """
        Remember a head that the fast path has answered; others are not remembered.

        Args:
            received: What the client had sent when gunicorn began to read the request.
            environ: The WSGI environment after the request.
        """
        request: FastRequest | None = environ.get(FAST_REQUEST)
        if request is None or not _is_plain(received, environ):
            return
        head, _ = _without_tag(received)
        if b"if-none-match" in head.lower():
            return
        facts = request.facts
        headers = SentHeaders({name: value for name, value in facts.headers.items() if name != "If-None-Match"})
        # The rest of the environment belongs to the connection or to the one request.
        kept = {key: value for key, value in environ.items() if isinstance(value, str)}
        for key in (REQUEST_ID, "HTTP_IF_NONE_MATCH", "REMOTE_ADDR", "REMOTE_PORT"):
            kept.pop(key, None)
        self._heads.put(head, _KnownHead(kept, request._replace(facts=facts._replace(headers=headers))))

    def _encoded(self, answer: FastResponse) -> bytes:
        response, is_unchanged = answer.response, answer.is_unchanged
        lines = response.encoded.get(is_unchanged)
        if lines is None:
            headers = response.headers_for(is_unchanged=is_unchanged)
            lines = _lines(headers if self._hsts else without_hsts(headers))
            response.encoded[is_unchanged] = lines
        start = _START % (answer.status.encode(), self._now())
        return b"%b%b%b\r\n%b" % (start, lines, _lines(answer.own_headers), answer.body)

    def _now(self) -> bytes:
        """Return the date as HTTP has it, which is the same for a second."""
        second, text = self._date
        now = int(self._wall_clock())
        if now != second:
            text = http_date(now).encode()
            self._date = now, text
        return text


def _without_tag(received: bytes) -> tuple[bytes, str | None]:
    """Return a head without its first `If-None-Match`, and the entity tag in that; None when it has none."""
    found = _IF_NONE_MATCH.search(received)
    if found is None:
        return received, None
    return received[: found.start()] + received[found.end() :], found[1].decode()


def _is_plain(received: bytes, environ: dict[str, Any]) -> bool:
    """Return whether bytes are exactly one head of a GET, whose connection stays open and which has no body."""
    return (
        len(received) <= MOST_BYTES
        and received.startswith(b"GET ")
        and received.find(_END) == len(received) - len(_END)
        and received.count(b"\n") <= MOST_LINES
        and environ["SERVER_PROTOCOL"] == "HTTP/1.1"
        and environ.get("HTTP_CONNECTION", "keep-alive").lower() == "keep-alive"
        # Credentials of HTTP Digest are good for one request, so such a head does not come again.
        and not environ.get("HTTP_AUTHORIZATION", "").lower().startswith("digest")
        and not any(environ.get(key) for key in _UNUSUAL)
    )


def _lines(headers: list[tuple[str, str]]) -> bytes:
    return "".join(f"{name}: {value}\r\n" for name, value in headers).encode("latin-1")
