"""
Requests to a sandbox and their responses.

    ClientError
        Unreachable     no response
        Rejected        an error as response; it has the status
        NotAsExpected   the account is not as a test expects; also an AssertionError

Values are taken as programs naturally have them: an instant may be a `datetime`, seconds a `timedelta`, a number a
`Decimal`, a word an `Enum`, a status an `HTTPStatus`, a file a `Path`.

Whoever looks at a vendor's API takes any status for a response (`send`); whoever uses the control API wants the JSON
of a success and an exception otherwise (`ask`).
"""

import json
from base64 import b64encode
from collections.abc import Collection, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from email.message import Message
from enum import Enum
from http.client import HTTPException
from math import isfinite
from numbers import Real
from os import PathLike, fspath
from pathlib import Path
from typing import Any, NamedTuple
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import ProxyHandler, Request, build_opener
from uuid import UUID

from kpn_sandbox.literals import CONNECTION_FAULTS, LONGEST_DELAY_MS
from kpn_sandbox.safe_text import redacted_value, terminal_text

CONTROL_PATH = "/_sandbox"
_TIMEOUT_SECONDS = LONGEST_DELAY_MS / 1000 + 30
"""Longer than the longest delay that a fault or a `Prefer` header can ask for."""

JsonObject = dict[str, Any]
"""A JSON object of the sandbox."""

Instant = str | datetime
"""An ISO 8601 instant with offset, or an aware datetime."""
Seconds = float | Decimal | timedelta
Number = str | int | Enum
"""The Logid of an agent, or the Number of a queue or trunk."""
Headers = Mapping[str, Any]


class ClientError(Exception):
    """The sandbox did not do what was asked; the message says why in one line, as a terminal may show it."""

    def __init__(self, message: str) -> None:
        super().__init__(terminal_text(message))


class Unreachable(ClientError):
    """There is no response at that URL, or it is no HTTP."""


class Rejected(ClientError):
    """The sandbox responded with an error, whose status is 0 when the status was not what was wrong."""

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


class NotAsExpected(ClientError, AssertionError):
    """The account is not as a test expects: faults are left, or its clients sent other requests."""


def json_value(value: Any, name: str = "value") -> Any:
    """
    Return a value as JSON has it.

    Args:
        value: Whatever a program has; mappings and collections of such values, too.
        name: Its name, for the error; a `timedelta` under a name in `_ms` becomes milliseconds, else seconds.

    Raises:
        ClientError: JSON has no form for it; the message names it.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, Enum):
        return json_value(value.value, name)
    if isinstance(value, Mapping):
        return {text_of(key, name): json_value(item, str(key)) for key, item in value.items()}
    if isinstance(value, Collection) and not isinstance(value, str | bytes):
        return [json_value(item, name) for item in value]
    return _scalar(value, name)


def _scalar(value: Any, name: str) -> str | int | float:
    if isinstance(value, str):
        return str(value)
    if isinstance(value, timedelta):
        return _number(value / timedelta(milliseconds=1) if name.endswith("_ms") else value.total_seconds(), name)
    if isinstance(value, Real | Decimal):
        return _number(value, name)
    if isinstance(value, datetime):
        if value.utcoffset() is None:
            raise ClientError(f"{name} must be a datetime with a time zone, not {value!r}")
        return value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.isoformat("minutes")
    if isinstance(value, PathLike):
        return str(fspath(value))
    if isinstance(value, UUID):
        return str(value)
    raise ClientError(f"{name} must be a value that JSON has, not {value!r:.200}")


def _number(value: Any, name: str) -> int | float:
    if not isfinite(value):
        raise ClientError(f"{name} must be a number, not {value!r}")
    return int(value) if value == int(value) else float(value)


def text_of(value: Any, name: str = "value") -> str:
    """
    Return a value as a path, a query or a header has it.

    Args:
        value: Whatever a program has.
        name: Its name, for the error.

    Raises:
        ClientError: There is no text for it; the message names it.
    """
    plain = json_value(value, name)
    if isinstance(plain, bool):
        return "true" if plain else "false"
    if plain is None or isinstance(plain, dict | list):
        raise ClientError(f"{name} must be a word or a number, not {value!r:.200}")
    return str(plain)


def segment(value: Any) -> str:
    """Return a value as one segment of a path."""
    return quote(text_of(value), safe="")


def query(filters: Mapping[str, Any]) -> str:
    """Return a query string of the filters that are not None, with its question mark; empty without any."""
    given = {name: text_of(value, name) for name, value in filters.items() if value is not None}
    return f"?{urlencode(given)}" if given else ""


def present(**values: Any) -> dict[str, Any]:
    """Return the values that are not None, by name."""
    return {name: value for name, value in values.items() if value is not None}


def seconds(value: Seconds, name: str = "timeout") -> float:
    """
    Return a length of time in seconds.

    Args:
        value: A `timedelta`, or a number of seconds; not negative.
        name: Its name, for the error.

    Raises:
        ClientError: It is neither.
    """
    plain = json_value(value, name)
    if isinstance(plain, bool) or not isinstance(plain, int | float) or plain < 0:
        raise ClientError(f"{name} must be a number of seconds or a timedelta, not {value!r}")
    return plain


def outcome_of(given: Any) -> Any:
    """Return the outcome of a fault as the control API takes it: a bare `timedelta` is a delay, `"ok"` none at all."""
    if isinstance(given, timedelta):
        return json_value({"delay_ms": given})
    plain = json_value(given, "outcome")
    if plain == "ok":
        return {"ok": True}
    if isinstance(plain, str) and plain in CONNECTION_FAULTS:
        return {"connection": plain}
    return {"status": plain} if isinstance(plain, int | float) else plain


def counted(found: list[JsonObject], wanted: JsonObject) -> str:
    """
    Say how many requests there were, and which.

    Args:
        found: The requests, as the log has them.
        wanted: The filters that they match.
    """
    which = " ".join(f"{name}={value}" for name, value in wanted.items())
    lines = (f"{each['method']} {each['path']} {each['status'] or 'no answer'}" for each in found[-5:])
    shown = f" (the last: {'; '.join(lines)})" if found else ""
    return f"{len(found)} request{'' if len(found) == 1 else 's'}{f' with {which}' if which else ''}{shown}"


def read_document(source: Mapping[str, Any] | Path | str) -> Any:
    """
    Return a JSON document: an object, the text of one, or what is in a file.

    Raises:
        ClientError: The file cannot be read, or the text is not JSON.
    """
    if isinstance(source, Mapping):
        return source
    try:
        return json.loads(source.read_text(encoding="utf-8-sig") if isinstance(source, Path) else source)
    except OSError as error:
        raise ClientError(f"{source} cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise ClientError(f"a snapshot must be JSON: {error}") from None


class Body(NamedTuple):
    """The body of a request, and its type."""

    content: bytes | None = None
    type: str = ""


def body_of(json_body: Any = None, data: Any = None) -> Body:
    """
    Return the body of a request.

    Args:
        json_body: Value that is sent as JSON; None for none.
        data: Bytes or a text, which are sent as they are, or a mapping, which is sent as a form.

    Raises:
        ClientError: There are both, or there is no form for a value.
    """
    if json_body is not None and data is not None:
        raise ClientError("a body must be either JSON or data, not both")
    if json_body is not None:
        return Body(json.dumps(json_value(json_body, "body")).encode(), "application/json")
    if isinstance(data, Mapping):
        form = {text_of(name): text_of(value, str(name)) for name, value in data.items()}
        return Body(urlencode(form).encode(), "application/x-www-form-urlencoded")
    if data is None or isinstance(data, bytes):
        return Body(data, "application/octet-stream" if data else "")
    return Body(text_of(data, "data").encode(), "text/plain; charset=utf-8")


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
        except (ValueError, TypeError):
            super().__init__()

    @property
    def text(self) -> str:
        """The body as text."""
        return self.content.decode(errors="replace")

    def json(self) -> Any:
        """The body, read as JSON; a `ValueError` when it is none."""
        return json.loads(self.content)


class Connection:
    """
    A way to send requests to a server, mostly a sandbox.

    Args:
        url: The base URL, without a slash at its end.
        admin_token: The administrator's token, for what takes the administrator.
        proxies: Whether to use the proxies of the environment. They lead to the internet, and a sandbox is nearer.
    """

    def __init__(self, url: str, admin_token: str | None = None, *, proxies: bool = False) -> None:
        self.url = url
        self._admin = None if admin_token is None else f"Bearer {admin_token}"
        self._opener = build_opener(ProxyHandler(None if proxies else {}))

    def send(
        self,
        method: str,
        path: str,
        headers: Headers | None = None,
        body: Body | None = None,
        *,
        timeout: Seconds | None = None,
    ) -> Response:
        """
        Send a request and take any status for a response.

        Args:
            method: The HTTP method.
            path: The path below the base URL, with its query.
            headers: Headers of the request.
            body: The body; a POST or PUT without one has an empty body.
            timeout: How long to wait for a byte, a `timedelta` or seconds; longer than the longest delay by default.

        Raises:
            Unreachable: There is no response, or it is no HTTP.
        """
        content, kind = body or Body(b"" if method in ("POST", "PUT") else None)
        sent = {name: text_of(value, name) for name, value in (headers or {}).items()}
        if kind and not any(name.lower() == "content-type" for name in sent):
            sent["Content-Type"] = kind
        patience = _TIMEOUT_SECONDS if timeout is None else seconds(timeout)
        try:
            request = Request(self.url + path, content, sent, method=method)
            with self._open(request, patience) as response:
                return Response(response.status, response.headers, response.read())
        except (OSError, HTTPException, ValueError) as error:
            reason = str(error) or type(error).__name__
            raise Unreachable(f"{redacted_value(self.url + path)} does not answer: {reason}") from error

    def ask(
        self,
        method: str,
        path: str,
        authorization: str | None = None,
        body: Any = None,
        *,
        user_agent: str | None = None,
    ) -> JsonObject:
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
            response = self.send(method, path, headers, content)
        except Unreachable:
            # The control API never breaks a connection, so there is no sandbox: say how to get one.
            raise Unreachable(f"no sandbox answers at {self.url}: start one with kpn-sandbox serve") from None
        return self.check(response)

    def check(self, response: Response) -> JsonObject:
        """
        The JSON object of a success; an empty one when there is no body.

        Raises:
            Rejected: The response is an error, or not the sandbox's.
        """
        if not 200 <= response.status < 300:
            raise Rejected(f"{self.url} answered {response.status}: {_reason(response)}", response.status)
        try:
            body = response.json() if response.content else {}
        except ValueError:
            body = None
        if not isinstance(body, dict):
            raise self._not_a_sandbox()
        return body

    def authorization(self, client_id: str, client_secret: str | None) -> str | None:
        """
        The header `Authorization` for requests about an account.

        Args:
            client_id: The account's client id.
            client_secret: Its secret; None to ask as the administrator, who may have no token.
        """
        if client_secret is None:
            return self._admin
        return f"Basic {b64encode(f'{client_id}:{client_secret}'.encode()).decode()}"

    def list_in(self, name: str, body: JsonObject) -> list[Any]:
        """
        A list in the body of a successful response.

        Args:
            name: Its name.
            body: The JSON object of the response.

        Raises:
            Rejected: There is none.
        """
        if not isinstance(body.get(name), list):
            raise self._not_a_sandbox()
        return list(body[name])

    def text_in(self, name: str, body: JsonObject) -> str:
        """
        A text in the body of a successful response.

        Args:
            name: Its name.
            body: The JSON object of the response.

        Raises:
            Rejected: There is none.
        """
        if not isinstance(body.get(name), str):
            raise self._not_a_sandbox()
        return str(body[name])

    def _not_a_sandbox(self) -> Rejected:
        return Rejected(f"{self.url} does not answer like a sandbox")

    def _open(self, request: Request, patience: float) -> Any:
        try:
            return self._opener.open(request, timeout=patience)
        except HTTPError as error:
            # urllib raises what is not 2xx, as an error that is a response, too.
            return error


def _reason(response: Response) -> str:
    """A problem's detail, else the beginning of the body."""
    return str(response["detail"]) if "detail" in response else response.content[:500].decode(errors="replace")
