"""
Requests to a provider's endpoint as ITX would send them: one GET with the customer's identifier, and nothing else.

    CallFailed
        EndpointUnreachable     no response, or not in time
        UnusableResponse        a response that is no panel: a redirect, an error, HTML, another content type, too large

Source:
    apidoc.itxuc.com, "Custom KPI API": GET with `customerId`, other parameters fixed in the URL. That ITX follows no
    redirects, how long it waits and how much it reads is not public; the numbers here are assumed.
"""

from email.message import Message
from http.client import responses
from time import monotonic
from typing import NamedTuple
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from kpn_sandbox.client import Response
from kpn_sandbox.client.external import NoResponse, UnusableAnswer, check_url, get_external
from kpn_sandbox.safe_text import redacted_value

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
    check_url(url)
    parts = urlsplit(url)
    placeholder = next((each for each in _PLACEHOLDERS if each in url), None)
    if placeholder is not None:
        return url.replace(placeholder, quote(customer_id, safe=""))
    fixed = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != "customerId"]
    return urlunsplit(parts._replace(query=urlencode([*fixed, ("customerId", customer_id)]), fragment=""))


def customer_in(url: str) -> str:
    """Return the `customerId` in the query of a URL; empty if there is none."""
    try:
        pairs = parse_qsl(urlsplit(url).query)
    except ValueError:
        return ""
    return next((value for name, value in pairs if name == "customerId" and value not in _PLACEHOLDERS), "")


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
    response = _response(target, seconds)
    _check_status(response)
    _check_type(response.headers)
    return PanelResponse(target, response.content, monotonic() - start)


def _response(target: str, seconds: float) -> Response:
    try:
        return get_external(target, _HEADERS, seconds)
    except NoResponse as error:
        raise EndpointUnreachable(str(error)) from None
    except UnusableAnswer as error:
        raise UnusableResponse(str(error)) from None


def _check_status(response: Response) -> None:
    if 300 <= response.status < 400:
        target = redacted_value(response.headers.get("Location", "nowhere"))
        raise UnusableResponse(f"status {response.status}: redirected to {target}; give the final URL")
    if response.status != 200:
        raise UnusableResponse(
            f"status must be 200, not {response.status} {responses.get(response.status, '')}".strip()
        )


def _check_type(headers: Message) -> None:
    kind = headers.get_content_type() if headers.get("Content-Type") else ""
    if kind in ("text/html", "application/xhtml+xml"):
        question = "is it the URL of the API, and not behind a log-in?"
        raise UnusableResponse(f"the answer is an HTML page, not JSON; {question}")
    if kind != "application/json" and not kind.endswith("+json"):
        raise UnusableResponse(f"Content-Type must be application/json, not {kind or 'missing'}")
