"""
Requests to servers of others, which may be slow, wrong or hostile.

A redirect is not followed, because what is sent along, such as a token, is meant for the one server. There is one
deadline for the whole answer, head and body: a server that sends a byte now and then would outlast a limit for each.
"""

import socket
from http.client import HTTPConnection, HTTPException, HTTPSConnection, IncompleteRead
from threading import Timer
from typing import Any
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import HTTPErrorProcessor, HTTPHandler, HTTPSHandler, ProxyHandler, Request, build_opener

from kpn_sandbox.client.errors import Unreachable
from kpn_sandbox.client.http import Call, Connection, Response, hint_of
from kpn_sandbox.client.values import Headers

LARGEST_BODY = 5 * 1024 * 1024
"""Bytes of the largest body that is read."""

_LARGEST_OF_SANDBOX = 64 * 1024 * 1024

TIMEOUT_SECONDS = 10.0
"""Seconds in which an answer must be complete, where nothing else is said."""


class ExternalError(Exception):
    """
    There is no usable response.

    Args:
        message: It says in one line why.
        hint: As for `Unreachable`.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class NoResponse(ExternalError):
    """There is no response, or not in time."""


class UnusableAnswer(ExternalError):
    """There is a response, but it is too large or no proper HTTP."""


def check_url(url: str) -> None:
    """
    Check that a URL is one of HTTP.

    Raises:
        ValueError: It is not; the message says what would be right.
    """
    try:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https") and parts.hostname and parts.port != 0 and url.isprintable():
            return
    except ValueError:
        pass
    raise ValueError("URL must be like https://customer.example/rest/kpi?token=...")


def get_external(url: str, headers: Headers, seconds: float = TIMEOUT_SECONDS) -> Response:
    """
    Return the response to a GET, whatever its status.

    Args:
        url, headers, seconds: As for `request_external`, which says what is raised.
    """
    return request_external("GET", url, headers, seconds=seconds)


def request_external(method: str, url: str, headers: Headers, body: bytes | None = None, *, seconds: float) -> Response:
    """
    Return the response to a request, whatever its status.

    Args:
        method, url, headers: The request; the URL is one of HTTP or HTTPS.
        body: Its body; None for none.
        seconds: How long to wait for the whole response.

    Raises:
        NoResponse: There is none in time.
        UnusableAnswer: It is too large, or no proper HTTP.
        ValueError: It is no URL of HTTP.
    """
    check_url(url)
    return _response(Request(url, body, dict(headers), method=method), seconds, LARGEST_BODY)


class DeadlineConnection(Connection):
    """
    A way to a sandbox, without a proxy, where each response must be complete within a time.

    Args:
        url, admin_token: As for `Target`.
        seconds: How long to wait for a whole response.
    """

    def __init__(self, url: Any, admin_token: Any, seconds: float) -> None:
        super().__init__(url, admin_token)
        self._seconds = seconds

    def send(self, call: Call) -> Response:
        """
        Send a request and take any status for a response.

        Raises:
            Unreachable: There is no response in time, or it is no HTTP.
        """
        try:
            request = Request(call.url, call.content, call.headers, method=call.method)
            return _response(request, self._seconds, _LARGEST_OF_SANDBOX, ProxyHandler({}))
        except (ExternalError, ValueError) as error:
            raise Unreachable(f"{call.url} {error}", getattr(error, "hint", "")) from None


def _response(request: Request, seconds: float, largest: int, *handlers: Any) -> Response:
    deadline = _Deadline(seconds)
    opener = build_opener(_AnyStatus, _Http(deadline), _Https(deadline), *handlers)
    try:
        with deadline, opener.open(request, timeout=seconds) as response:
            content = _read(response, deadline, largest)
    except (OSError, HTTPException, ValueError) as error:
        raise _error(error, deadline) from None
    return Response(response.status, response.headers, content)


def _read(response: Any, deadline: "_Deadline", largest: int) -> bytes:
    body: bytes = response.read(largest + 1)
    if len(body) > largest:
        raise UnusableAnswer(f"the answer is larger than {largest // 1024 // 1024} MB")
    if deadline.is_over:
        raise TimeoutError
    if response.length:
        raise IncompleteRead(body)
    return body


class _Deadline:
    """Ends the connections of a request when its time is over."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.is_over = False
        self._ends: list[socket.socket] = []
        self._timer = Timer(seconds, self._end)
        self._timer.daemon = True

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *error: object) -> None:
        self._timer.cancel()
        for end in self._ends:
            end.close()

    def connect(self, *address: Any, **options: Any) -> socket.socket:
        connection = socket.create_connection(*address, **options)
        # TLS takes the socket over; a second descriptor of it still ends the connection.
        self._ends.append(connection.dup())
        return connection

    def _end(self) -> None:
        self.is_over = True
        for end in self._ends:
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                # It is closed already.
                continue


class _AnyStatus(HTTPErrorProcessor):
    """Takes every status for a response; without it urllib would follow redirects."""

    def http_response(self, request: Request, response: Any) -> Any:
        return response

    https_response = http_response


class _Http(HTTPHandler):
    def __init__(self, deadline: _Deadline) -> None:
        super().__init__()
        self._deadline = deadline

    def http_open(self, req: Request) -> Any:
        return self.do_open(_watched(HTTPConnection, self._deadline), req)


class _Https(HTTPSHandler):
    def __init__(self, deadline: _Deadline) -> None:
        super().__init__()
        self._deadline = deadline

    def https_open(self, req: Request) -> Any:
        return self.do_open(_watched(HTTPSConnection, self._deadline), req)


def _watched(kind: type[HTTPConnection], deadline: _Deadline) -> Any:
    """Return what makes connections of a kind that end with the deadline."""

    def make(*arguments: Any, **options: Any) -> Any:
        connection: Any = kind(*arguments, **options)
        connection._create_connection = deadline.connect
        return connection

    return make


def _error(error: Exception, deadline: _Deadline) -> ExternalError:
    # urllib wraps an error of the connection, but not one while reading.
    reason = error.reason if isinstance(error, URLError) else error
    if deadline.is_over or isinstance(reason, TimeoutError):
        text = f"no complete answer within {deadline.seconds:g} seconds"
        return NoResponse(f"gave {text}", text)
    hint = hint_of(error)
    if isinstance(reason, HTTPException):
        return UnusableAnswer(f"the answer is not proper HTTP: {hint or type(reason).__name__}", hint)
    return NoResponse(f"cannot be reached: {hint or str(reason) or type(reason).__name__}", hint)
