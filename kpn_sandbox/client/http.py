"""
Requests to a sandbox and their responses.

Whoever looks at a vendor's API takes any status for a response (`send`); whoever uses the control API wants the JSON
of a success and an exception otherwise (`ask`).
"""

import json
import re
import ssl
from base64 import b64encode
from collections.abc import Generator
from datetime import datetime
from email.message import Message
from email.utils import parsedate_to_datetime
from http.client import BadStatusLine, HTTPException
from typing import Any, NamedTuple, Self, TypeVar
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

from kpn_sandbox.client.errors import ClientError, NotJson, Rejected, Unreachable
from kpn_sandbox.client.values import Body, Headers, body_of, pairs, present, seconds, shown, text_of
from kpn_sandbox.literals import LONGEST_DELAY_MS
from kpn_sandbox.safe_text import redacted_value

CONTROL_PATH = "/_sandbox"
_TIMEOUT_SECONDS = LONGEST_DELAY_MS / 1000 + 30
"""Longer than the longest delay that a fault or a `Prefer` header can ask for."""
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_HEADER_TEXT = re.compile(r"[\t -~\xa0-\xff]*")

JsonObject = dict[str, Any]
"""A JSON object of the sandbox."""


class Response(dict[str, Any]):
    """
    A response: the mapping is its JSON object, everything else is in attributes.

    Args:
        status: The status code, whatever it is.
        headers: The headers; their names are found in any capitals.
        content: The body as it came. The mapping is empty when it is no JSON object.
    """

    def __init__(self, status: int, headers: Message, content: bytes) -> None:
        self.status = self.status_code = status
        self.headers = headers
        self.content = content
        try:
            super().__init__(json.loads(content))
        except (ValueError, TypeError, RecursionError):
            super().__init__()

    @property
    def ok(self) -> bool:
        """Whether the status is below 400."""
        return self.status < 400

    @property
    def text(self) -> str:
        """The body as text."""
        return self.content.decode(errors="replace")

    def json(self) -> Any:
        """
        The body, read as JSON.

        Raises:
            NotJson: It is none.
        """
        try:
            return json.loads(self.content)
        except (ValueError, RecursionError):
            begin = redacted_value(self.text[:100])
            raise NotJson(f"the body must be JSON, not {begin!r} (status {self.status})", self.status) from None

    def raise_for_status(self) -> Self:
        """
        Return the response itself if its status is below 400.

        Raises:
            Rejected: It is not; the error has the status.
        """
        if not self.ok:
            raise Rejected(f"the response is {self.status}: {_reason(self)}", self.status, self)
        return self


class Call(NamedTuple):
    """A request, ready to be sent."""

    method: str
    url: str
    headers: dict[str, str]
    content: bytes | None
    timeout: float
    """Seconds to wait for a byte."""


Result = TypeVar("Result")
Steps = Generator[Call, Response, Result]
"""
What makes a result of some requests, without sending them: a generator of calls, which is sent the response to each.

So each method of the client is written once, whether its requests are sent by a function or a coroutine.
"""


class Target:
    """
    The server that requests go to, mostly a sandbox.

    Args:
        url: The base URL.
        admin_token: The administrator's token, for what takes the administrator.
    """

    def __init__(self, url: Any, admin_token: Any = None) -> None:
        text = text_of(url, "url").rstrip("/")
        self.url = text if "://" in text else f"http://{text}"
        self.admin_token = None if admin_token is None else text_of(admin_token, "admin_token")

    def authorization(self, client_id: str, client_secret: str | None) -> str | None:
        """
        The header `Authorization` for requests about an account.

        Args:
            client_id: The account's client id.
            client_secret: Its secret; none to ask as the administrator, who may have no token.
        """
        if client_secret:
            return f"Basic {b64encode(f'{client_id}:{client_secret}'.encode()).decode()}"
        return None if self.admin_token is None else f"Bearer {self.admin_token}"

    def call(
        self,
        method: str,
        path: Any,
        headers: Headers | None = None,
        body: Body | None = None,
        *,
        params: Any = None,
        timeout: Any = None,
    ) -> Call:
        """
        A request to be sent.

        Args:
            method: The HTTP method.
            path: The path below the base URL, with or without a query; a URL below it is taken, too.
            headers: Headers of the request.
            body: The body; a POST or PUT without one has an empty body.
            params: Fields to add to the query, a mapping or pairs.
            timeout: How long to wait for a byte, a `timedelta` or seconds; longer than the longest delay by default.

        Raises:
            ClientError: A value cannot be sent.
        """
        method = text_of(method, "method")
        content, kind = body or Body(b"" if method in ("POST", "PUT") else None)
        sent = _checked_headers({} if headers is None else headers)
        if kind and not any(name.lower() == "content-type" for name in sent):
            sent["Content-Type"] = kind
        patience = _TIMEOUT_SECONDS if timeout is None else seconds(timeout)
        return Call(method, self.url + self.path(path, params), sent, content, patience)

    def path(self, path: Any, params: Any = None) -> str:
        """
        A path below the base URL, as it is sent.

        Args:
            path, params: As for `call`.

        Raises:
            ClientError: It is no text, or a URL of another server.
        """
        below = text_of(path, "path").removeprefix(self.url)
        if re.match("[a-z]+://", below, re.IGNORECASE):
            raise ClientError(
                f"path must be a path such as /agents, or a URL below {self.url}, not {redacted_value(below)!r}"
            )
        text = f"/{below.removeprefix('/')}"
        # As browsers and other libraries do: what a path cannot have is encoded, what is encoded already stays.
        target = quote(text, safe="!#$%&'()*+,/:;=?@[]~")
        fields = [] if params is None else pairs(params, "params")
        return f"{target}{'&' if '?' in target else '?'}{urlencode(fields)}" if fields else target

    def ask(
        self,
        method: str,
        path: Any,
        authorization: str | None = None,
        body: Any = None,
        *,
        user_agent: str | None = None,
    ) -> Steps[JsonObject]:
        """
        Send a request that must succeed, and return the JSON object of the response, empty when there is no body.

        Args:
            method: The HTTP method.
            path: The path below the base URL, with its query.
            authorization: The header `Authorization`; none by default.
            body: What to send as JSON.
            user_agent: The header `User-Agent`; that of the library by default.

        Raises:
            Unreachable: There is no response.
            Rejected: The response is an error, or not the sandbox's.
        """
        headers = present(**{"Authorization": authorization, "User-Agent": user_agent})
        content = None if body is None else body_of(body)
        try:
            response = yield self.call(method, path, headers, content)
        except Unreachable as error:
            # The control API never breaks a connection, so there is no sandbox: say how to get one.
            text = error.hint or "start one with kpn-sandbox serve"
            raise Unreachable(f"no sandbox answers at {self.url}: {text}", error.hint) from None
        return self.check(response)

    def check(self, response: Response) -> JsonObject:
        """
        The JSON object of a success; an empty one when there is no body.

        Raises:
            Rejected: The response is an error, or not the sandbox's.
        """
        if not 200 <= response.status < 300:
            raise Rejected(f"{self.url} answered {response.status}: {_reason(response)}", response.status, response)
        try:
            body = response.json() if response.content else {}
        except NotJson:
            body = None
        if not isinstance(body, dict):
            raise self._not_a_sandbox()
        return body

    def member(self, name: str, body: JsonObject, kind: type[Result]) -> Result:
        """
        A list or a text in the body of a successful response.

        Args:
            name, body: Its name, and the JSON object of the response.
            kind: `list` or `str`.

        Raises:
            Rejected: There is none.
        """
        found = body.get(name)
        if not isinstance(found, kind):
            raise self._not_a_sandbox()
        return found

    def instant_in(self, name: str, body: JsonObject) -> datetime:
        """
        An instant in the body of a successful response.

        Args:
            name, body: Its name, and the JSON object of the response.

        Raises:
            Rejected: There is none.
        """
        try:
            return datetime.fromisoformat(self.member(name, body, str))
        except ValueError:
            raise self._not_a_sandbox() from None

    def date_of(self, response: Response) -> datetime:
        """
        The wall time of the server, to the second.

        Raises:
            Rejected: The response does not have it.
        """
        try:
            return parsedate_to_datetime(str(response.headers["Date"]))
        except (TypeError, ValueError):
            raise self._not_a_sandbox() from None

    def _not_a_sandbox(self) -> Rejected:
        return Rejected(f"{self.url} does not answer like a sandbox")


class _NoRedirects(HTTPRedirectHandler):
    """Takes a redirect for a response, which a test may be about."""

    def redirect_request(self, *arguments: Any) -> None:
        return None


class Connection(Target):
    """
    A way to send requests to a server, mostly a sandbox, one after the other.

    Args:
        url, admin_token: As for `Target`.
        proxies: Whether to use the proxies of the environment. They lead to the internet, and a sandbox is nearer.
    """

    def __init__(self, url: Any, admin_token: Any = None, *, proxies: bool = False) -> None:
        super().__init__(url, admin_token)
        self._opener = build_opener(ProxyHandler(None if proxies else {}), _NoRedirects)

    def send(self, call: Call) -> Response:
        """
        Send a request and take any status for a response.

        Raises:
            Unreachable: There is no response, or it is no HTTP.
        """
        # A RuntimeError comes from tools that block sockets in tests.
        try:
            request = Request(call.url, call.content, call.headers, method=call.method)
            with self._open(request, call.timeout) as response:
                return Response(response.status, response.headers, response.read())
        except (OSError, HTTPException, ValueError, ArithmeticError, RuntimeError) as error:
            raise unreachable(call, error) from error

    def _open(self, request: Request, patience: float) -> Any:
        try:
            return self._opener.open(request, timeout=patience)
        except HTTPError as error:
            # urllib raises what is not 2xx, as an error that is a response, too.
            return error


def unreachable(call: Call, error: Exception) -> Unreachable:
    """
    Return the error of a request without a response.

    Args:
        call: The request.
        error: What went wrong.
    """
    reason, hint = getattr(error, "reason", None) or error, hint_of(error)
    text = "timed out" if isinstance(reason, TimeoutError) else hint or str(reason) or type(reason).__name__
    return Unreachable(f"{redacted_value(call.url)} does not answer: {text}", hint)


def hint_of(error: BaseException | None) -> str:
    """Return what the reason of a failed request means, where that is known; empty where it is not."""
    while error is not None:
        reason = getattr(error, "reason", None)
        if isinstance(error, ssl.SSLCertVerificationError):
            return f"its certificate is not trusted ({error.verify_message}); SSL_CERT_FILE names one to trust"
        # OpenSSL names it in another way from 3.2 on.
        if isinstance(error, ssl.SSLError) and reason in ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE"):
            return "it does not speak HTTPS; try http://"
        # A server of TLS answers anything else with an alert, whose first bytes are these.
        if isinstance(error, BadStatusLine) and str(error).startswith("\x15\x03"):
            return "it speaks HTTPS; try https://"
        if isinstance(error, TimeoutError):
            return "it does not answer in time"
        # httpx hides the error of TLS, which then is the context only.
        error = reason if isinstance(reason, Exception) else error.__cause__ or error.__context__
    return ""


def _checked_headers(headers: Any) -> dict[str, str]:
    sent = dict(pairs(headers, "headers"))
    for name, text in sent.items():
        if not _HEADER_NAME.fullmatch(name) or not _HEADER_TEXT.fullmatch(text):
            raise ClientError(f"header {shown(name)} must be a text of Latin-1 without line breaks, not {shown(text)}")
    return sent


def _reason(response: Response) -> str:
    """A problem's detail with the value that was refused, else the beginning of the body."""
    detail, errors = response.get("detail"), response.get("errors")
    if not detail:
        return response.content[:500].decode(errors="replace")
    first = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], dict) else {}
    return f"{detail} It was {shown(first['value'])}." if "value" in first else str(detail)
