"""
Calling a provider as ITX would: one GET with the customer's identifier, and nothing else.

    CallFailed
        Unreachable     nobody answers there, or not in time
        Unusable        what was answered is no panel: a redirect, an error, HTML, another content type, too much

Source:
    apidoc.itxuc.com, "Custom KPI API": GET with `customerId`, other parameters fixed in the URL. That ITX follows no
    redirects, how long it waits and how much it reads is not public; the numbers here are assumed.
"""

import socket
from collections.abc import Callable
from http.client import HTTPException, HTTPMessage
from time import monotonic
from typing import IO, Any, NamedTuple
from urllib.error import HTTPError, URLError
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

LARGEST_ANSWER = 5 * 1024 * 1024
PIECE = 64 * 1024
SECONDS = 10.0

_PLACEHOLDERS = ("{id}", "{customerId}", "%7Bid%7D", "%7BcustomerId%7D")


class CallFailed(Exception):
    """There is no answer that could be shown; the message says in one line why."""


class Unreachable(CallFailed):
    """Nobody answers, or not in time."""


class Unusable(CallFailed):
    """An answer that is no panel."""


class Answer(NamedTuple):
    """What a provider answered."""

    url: str
    body: bytes
    seconds: float


def address(url: str, customer_id: str) -> str:
    """
    The URL that ITX would call.

    Args:
        url: As configured, with its fixed parameters; `{id}` may stand where the identifier belongs.
        customer_id: Any identifier of a customer.

    Raises:
        ValueError: It is no URL of HTTP; the message says what would be right.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("URL must be like https://customer.example/rest/kpi?token=...")
    placeholder = next((each for each in _PLACEHOLDERS if each in url), None)
    if placeholder is not None:
        return url.replace(placeholder, quote(customer_id, safe=""))
    fixed = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != "customerId"]
    return urlunsplit(parts._replace(query=urlencode([*fixed, ("customerId", customer_id)]), fragment=""))


def call(url: str, customer_id: str, *, seconds: float = SECONDS, clock: Callable[[], float] = monotonic) -> Answer:
    """
    Ask a provider.

    Args:
        url: As configured in ITX.
        customer_id: Any identifier of a customer.
        seconds: How long to wait for the whole answer.
        clock: Tells seconds.

    Raises:
        ValueError: It is no URL of HTTP.
        CallFailed: There is no answer that could be shown.
    """
    asked = address(url, customer_id)
    start = clock()
    try:
        with _opener().open(Request(asked, headers=_HEADERS), timeout=seconds) as response:
            _check_type(response.headers)
            body = _read(response, lambda: clock() - start > seconds)
    except HTTPError as error:
        raise _refused(error) from None
    except (URLError, OSError, HTTPException, ValueError) as error:
        raise _failed(error, seconds) from None
    return Answer(asked, body, clock() - start)


_HEADERS = {"Accept": "application/json", "User-Agent": "kpn-sandbox itx"}


class _NoRedirects(HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


def _opener() -> Any:
    return build_opener(_NoRedirects())


def _check_type(headers: HTTPMessage) -> None:
    kind = headers.get_content_type() if headers.get("Content-Type") else ""
    if kind in ("text/html", "application/xhtml+xml"):
        raise Unusable("the answer is an HTML page, not JSON; is it the URL of the API, and not behind a log-in?")
    if kind != "application/json" and not kind.endswith("+json"):
        raise Unusable(f"Content-Type must be application/json, not {kind or 'missing'}")


def _read(response: IO[bytes], late: Callable[[], bool]) -> bytes:
    pieces, size = [], 0
    # One read at a time gives what has come so far, so that a dripping answer cannot outlast the clock.
    while piece := response.read1(PIECE):  # type: ignore[attr-defined]
        pieces.append(piece)
        size += len(piece)
        if size > LARGEST_ANSWER:
            raise Unusable(f"the answer is larger than {LARGEST_ANSWER // 1024 // 1024} MB")
        if late():
            raise TimeoutError
    return b"".join(pieces)


def _refused(error: HTTPError) -> CallFailed:
    with error:
        if 300 <= error.code < 400:
            target = error.headers.get("Location", "nowhere")
            return Unusable(f"status {error.code}: redirected to {target}; give the final URL")
        return Unusable(f"status must be 200, not {error.code} {error.reason}")


def _failed(error: Exception, seconds: float) -> CallFailed:
    reason = getattr(error, "reason", error)
    if isinstance(reason, TimeoutError | socket.timeout):
        return Unreachable(f"no complete answer within {seconds:g} seconds")
    if isinstance(error, HTTPException):
        return Unusable(f"the answer is not proper HTTP: {type(error).__name__}")
    return Unreachable(f"cannot be reached: {reason}")
