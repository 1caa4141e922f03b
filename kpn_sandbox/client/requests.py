"""Requests to the APIs of vendors as an account's client sends them, with tokens that are fetched when needed."""

from collections.abc import Callable
from typing import Any, TypedDict, Unpack

from kpn_sandbox.client.http import (
    CONTROL_PATH,
    Body,
    Connection,
    Headers,
    Rejected,
    Response,
    Seconds,
    body_of,
    text_of,
)
from kpn_sandbox.literals import KPN_TOKEN_REQUEST

USER_AGENT = "kpn-sandbox-fixture"
"""User agent of `token` and `get`, so that checks of the client under test can leave out a test's own requests."""

_TOKEN_EXPIRED = "keymanagement.service.access_token_expired"


class RequestOptions(TypedDict, total=False):
    """How a request is sent."""

    token: str | None
    """The access token to send; the account's own by default, fetched when there is none or it has expired."""
    headers: Headers | None
    """More headers, such as `{"Prefer": "code=503"}`; an `Authorization` is sent in place of a token."""
    timeout: Seconds | None
    """How long to wait for a byte; longer than the longest delay by default."""


class VendorRequests:
    """
    Requests of an account's client.

    Args:
        connection: The way to the sandbox.
        client_id: The account's client id.
        client_secret: Its secret; without one there are no access tokens.
    """

    def __init__(self, connection: Connection, client_id: str, client_secret: str | None) -> None:
        self.url = connection.url
        self.client_id = client_id
        self.client_secret = client_secret
        self._connection = connection
        self._token = ""

    def token(self) -> str:
        """Fetch an access token."""
        return self._connection.text_in("access_token", self._connection.check(self.request_token()))

    def request_token(self, headers: Headers | None = None, *, timeout: Seconds | None = None) -> Response:
        """
        Request an access token, which `get` uses from then on, and return the response, whatever its status.

        Args:
            headers: More headers, such as `{"Prefer": "code=503"}`.
            timeout: How long to wait for the response.

        Raises:
            Rejected: The account's secret is not known here.
        """
        if self.client_secret is None:
            raise Rejected("a token takes the account's secret")
        credentials = self._connection.authorization(self.client_id, self.client_secret) or ""
        sent = {"Authorization": credentials, "User-Agent": USER_AGENT, **(headers or {})}
        response = self._connection.send("POST", KPN_TOKEN_REQUEST, sent, timeout=timeout)
        self._token = str(response.get("access_token", "")) if response.status == 200 else ""
        return response

    def get(self, path: Any, **options: Unpack[RequestOptions]) -> Response:
        """
        Send a GET request as the account's client would; a token request that fails gives the response instead.

        Args:
            path: Such as `/agents` or `/queue/number/1000`.
            options: As `RequestOptions` describes them.
        """
        return self._send("GET", path, Body(), options)

    def post(
        self, path: Any, body: Any = None, *, json: Any = None, data: Any = None, **options: Unpack[RequestOptions]
    ) -> Response:
        """
        Send a POST request as the account's client would.

        Args:
            path: As in `get`.
            body, json: Value to send as JSON, under either name.
            data: In place of JSON, a mapping to send as a form, or a text or bytes to send as they are.
            options: As in `get`.
        """
        return self._send("POST", path, body_of(json if body is None else body, data), options)

    def put(
        self, path: Any, body: Any = None, *, json: Any = None, data: Any = None, **options: Unpack[RequestOptions]
    ) -> Response:
        """
        Send a PUT request as the account's client would.

        Args:
            path: As in `get`.
            body, json, data: As in `post`.
            options: As in `get`.
        """
        return self._send("PUT", path, body_of(json if body is None else body, data), options)

    def _send(self, method: str, path: Any, body: Body, options: RequestOptions) -> Response:
        target = f"/{text_of(path, 'path').removeprefix(self.url).removeprefix('/')}"
        sent = {"User-Agent": USER_AGENT, **(options.get("headers") or {})}

        def send(authorization: str) -> Response:
            headers = {"Authorization": authorization, **sent}
            return self._connection.send(method, target, headers, body, timeout=options.get("timeout"))

        token = options.get("token")
        if token is not None or any(name.lower() == "authorization" for name in sent):
            return send(f"Bearer {token}")
        if target.startswith(f"{CONTROL_PATH}/"):
            return send(self._connection.authorization(self.client_id, self.client_secret) or "")
        return self._send_with_token(send)

    def _send_with_token(self, send: Callable[[str], Response]) -> Response:
        """Send a request with the account's own token, once more with a new one when it has expired."""
        if not self._token:
            response = self.request_token()
            if response.status != 200:
                return response
        response = send(f"Bearer {self._token}")
        if response.status != 401 or _TOKEN_EXPIRED not in response.text:
            return response
        renewed = self.request_token()
        return send(f"Bearer {self._token}") if renewed.status == 200 else renewed
