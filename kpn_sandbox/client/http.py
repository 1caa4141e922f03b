"""
Requests to a sandbox and their responses.

    ClientError
        Unreachable     no response
        Rejected         an error as response; it has the status

Whoever looks at a vendor's API takes any status for a response (`send`); whoever uses the control API wants the JSON
of a success and an exception otherwise (`ask`).
"""

import json
from base64 import b64encode
from collections.abc import Mapping
from email.message import Message
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

from kpn_sandbox.safe_text import redacted_value, terminal_text

CONTROL_PATH = "/_sandbox"
_TIMEOUT_SECONDS = 90.0
"""Longer than the longest delay that a fault or a `Prefer` header can ask for."""

JsonObject = dict[str, Any]
"""A JSON object of the sandbox."""


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
        self, method: str, path: str, headers: Mapping[str, str] | None = None, content: bytes | None = None
    ) -> Response:
        """
        Send a request and take any status for a response.

        Args:
            method: The HTTP method.
            path: The path below the base URL, with its query.
            headers: Headers of the request.
            content: The body; a POST without one has an empty body.

        Raises:
            Unreachable: There is no response, or it is no HTTP.
        """
        data = b"" if content is None and method == "POST" else content
        try:
            request = Request(self.url + path, data, dict(headers or {}), method=method)
            with self._open(request) as response:
                return Response(response.status, response.headers, response.read())
        except (OSError, HTTPException, ValueError) as error:
            reason = str(error) or type(error).__name__
            raise Unreachable(f"{redacted_value(self.url + path)} does not answer: {reason}") from error

    def ask(self, method: str, path: str, authorization: str | None = None, body: Any = None) -> JsonObject:
        """
        Send a request that must succeed, and return the JSON object of the response, empty when there is no body.

        Args:
            method: The HTTP method.
            path: The path below the base URL, with its query.
            authorization: The header `Authorization`; none by default.
            body: What to send as JSON.

        Raises:
            Unreachable: There is no response.
            Rejected: The response is an error, or not the sandbox's.
        """
        headers = {} if authorization is None else {"Authorization": authorization}
        content = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            content = json.dumps(body).encode()
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

    def token_in(self, body: JsonObject) -> str:
        """
        The access token in the body of a successful token request.

        Raises:
            Rejected: There is none.
        """
        if "access_token" not in body:
            raise self._not_a_sandbox()
        return str(body["access_token"])

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

    def _not_a_sandbox(self) -> Rejected:
        return Rejected(f"{self.url} does not answer like a sandbox")

    def _open(self, request: Request) -> Any:
        try:
            return self._opener.open(request, timeout=_TIMEOUT_SECONDS)
        except HTTPError as error:
            # urllib raises what is not 2xx, as an error that is a response, too.
            return error


def _reason(response: Response) -> str:
    """A problem's detail, else the beginning of the body."""
    return str(response["detail"]) if "detail" in response else response.content[:500].decode(errors="replace")
