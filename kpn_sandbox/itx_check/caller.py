"""
Requests to a provider's endpoint as ITX would send them: one GET with the customer's identifier, and nothing else.

    CallFailed
        EndpointUnreachable     no response, or not in time
        UnusableResponse        a response that is no panel: a redirect, an error, HTML, another content type, too large

Source:
    apidoc.itxuc.com, "Custom KPI API": GET with `customerId`, other parameters fixed in the URL. That ITX follows no
    redirects, how long it waits and how much it reads is not public; the numbers here are assumed.
"""

from http.client import HTTPException, HTTPMessage
from time import monotonic
from typing import IO, Any, NamedTuple
from urllib.error import HTTPError, URLError
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from kpn_sandbox.safe_text import redacted_value

LARGEST_BODY = 5 * 1024 * 1024
TIMEOUT_SECONDS = 10.0
_CHUNK = 64 * 1024
_PLACEHOLDERS = ("{id}", "{customerId}", "%7Bid%7D", "%7BcustomerId%7D")
_HEADERS = {"Accept": "application/json", "User-Agent": "kpn-sandbox itx"}


class CallFailed(Exception):
    """There is no panel to show; the message says in one line why."""


class EndpointUnreachable(CallFailed):
    """There is no response, or not in time."""


class UnusableResponse(CallFailed):
    """There is a response, but it is no panel."""


class PanelResponse(NamedTuple):
    """A response that may hold a panel: the URL that was requested, and the seconds until the body was complete."""

    url: str
    body: bytes
    seconds: float


def panel_url(url: str, customer_id: str) -> str:
    """
    The URL that ITX would request.

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


def request_panel(url: str, customer_id: str, seconds: float) -> PanelResponse:
    """
    Request the panel of a customer.

    Args:
        url: As configured in ITX.
        customer_id: Any identifier of a customer.
        seconds: How long to wait for the whole response.

    Raises:
        ValueError: It is no URL of HTTP.
        CallFailed: There is no panel to show.
    """
    target = panel_url(url, customer_id)
    start = monotonic()
    try:
        with build_opener(_NoRedirects()).open(Request(target, headers=_HEADERS), timeout=seconds) as response:
            _check_type(response.headers)
            body = _read(response, start + seconds)
    except HTTPError as error:
        raise _unusable(error) from None
    except (URLError, OSError, HTTPException, ValueError) as error:
        raise _failure(error, seconds) from None
    return PanelResponse(target, body, monotonic() - start)


class _NoRedirects(HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


def _check_type(headers: HTTPMessage) -> None:
    kind = headers.get_content_type() if headers.get("Content-Type") else ""
    if kind in ("text/html", "application/xhtml+xml"):
        question = "is it the URL of the API, and not behind a log-in?"
        raise UnusableResponse(f"the answer is an HTML page, not JSON; {question}")
    if kind != "application/json" and not kind.endswith("+json"):
        raise UnusableResponse(f"Content-Type must be application/json, not {kind or 'missing'}")


def _read(response: IO[bytes], deadline: float) -> bytes:
    chunks, size = [], 0
    # `read1` returns what has come so far, so that a body that drips cannot outlast the time-out.
    while chunk := response.read1(_CHUNK):  # type: ignore[attr-defined]
        chunks.append(chunk)
        size += len(chunk)
        if size > LARGEST_BODY:
            raise UnusableResponse(f"the answer is larger than {LARGEST_BODY // 1024 // 1024} MB")
        if monotonic() > deadline:
            raise TimeoutError
    return b"".join(chunks)


def _unusable(error: HTTPError) -> UnusableResponse:
    with error:
        if 300 <= error.code < 400:
            target = error.headers.get("Location", "nowhere")
            return UnusableResponse(f"status {error.code}: redirected to {redacted_value(target)}; give the final URL")
        return UnusableResponse(f"status must be 200, not {error.code} {error.reason}")


def _failure(error: Exception, seconds: float) -> CallFailed:
    # urllib wraps an error of the connection, but not one while reading.
    reason = getattr(error, "reason", error)
    if isinstance(reason, TimeoutError):
        return EndpointUnreachable(f"no complete answer within {seconds:g} seconds")
    if isinstance(error, HTTPException):
        return UnusableResponse(f"the answer is not proper HTTP: {type(error).__name__}")
    return EndpointUnreachable(f"cannot be reached: {reason}")
