"""Requests to the APIs of vendors as an account's client sends them, with tokens that are fetched when needed."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar, Unpack, cast

from kpn_sandbox.client.arguments import RequestOptions
from kpn_sandbox.client.errors import ClientError, Rejected
from kpn_sandbox.client.http import CONTROL_PATH, Call, JsonObject, Response, Steps, Target
from kpn_sandbox.client.steps import sends_requests
from kpn_sandbox.client.values import Body, Headers, Seconds, body_of, instant, pairs, segment, shown, text_of
from kpn_sandbox.instants import FORMS, instant_text, is_complete
from kpn_sandbox.literals import KPN_TOKEN_REQUEST

USER_AGENT = "kpn-sandbox-fixture"
"""User agent of `token` and `get`, so that checks of the client under test can leave out a test's own requests."""

Record = TypeVar("Record")

_TOKEN_ENDED = re.compile(r"keymanagement\.service\.access_token_(expired|not_approved)\b")
"""Error codes of a token that has expired or was revoked."""


def sent_instant(value: Any, name: str, now: Callable[[], Steps[datetime]]) -> Steps[str]:
    """
    Return an instant as it is sent.

    Args:
        value: The instant; words without a date are about the day of the present instant.
        name: Name of the value in errors.
        now: Asks for the present instant, where that is needed.

    Raises:
        ClientError: It is no instant.
    """
    text = instant(value, name)
    present_instant = None if is_complete(text) else (yield from now())
    try:
        return instant_text(text, lambda: present_instant or datetime.min)
    except ValueError:
        raise ClientError(f"{name} must be {FORMS}, not {text!r}") from None


class AccountRequests:
    """
    Requests of an account's client, and those to the control API about the account.

    Args:
        connection: The way to the sandbox, or its URL.
        client_id: The account's client id.
        client_secret: Its secret; without one the administrator asks, and there are no access tokens.
        settings: What the sandbox answered when the account was created.
    """

    def __init__(
        self, connection: Target, client_id: Any, client_secret: Any = None, settings: Mapping[str, Any] | None = None
    ) -> None:
        if not isinstance(settings, Mapping | None):
            raise ClientError(f"settings must be a mapping, not {shown(settings)}")
        self._target = connection
        self.url = connection.url
        self.client_id = text_of(client_id, "client_id")
        self.client_secret = "" if client_secret is None else text_of(client_secret, "client_secret")
        """Empty when it is not known here."""
        self.settings = dict(settings or {})
        self._seen = {name: self.settings.get(name) for name in ("clock", "scenario")}
        self._path = f"{CONTROL_PATH}/accounts/{segment(client_id, 'client_id')}"
        self._token = ""

    def _ask(self, method: str, path: str = "", body: Any = None) -> Steps[JsonObject]:
        authorization = self._target.authorization(self.client_id, self.client_secret)
        return self._target.ask(method, self._path + text_of(path, "path"), authorization, body)

    def _record(self, kind: type[Record], method: str, path: str = "", body: Any = None) -> Steps[Record]:
        """Ask for an object whose fields are known."""
        return cast(Record, (yield from self._ask(method, path, body)))

    def _listed(self, name: str, path: str) -> Steps[list[Any]]:
        """Ask for a list, which is a member of the answer."""
        return self._target.member(name, (yield from self._ask("GET", path)), list)

    @sends_requests
    def ask(self, method: str, path: str = "", body: Any = None) -> Steps[JsonObject]:
        """
        Send a request to the control API about this account, and return the JSON object of the response.

        Args:
            method: The HTTP method.
            path: The path below the account's own, with its query.
            body: What to send as JSON.
        """
        return (yield from self._ask(method, path, body))

    @sends_requests
    def token(self) -> Steps[str]:
        """Fetch an access token."""
        response = yield from self._request_token()
        return self._target.member("access_token", self._target.check(response), str)

    @sends_requests
    def request_token(self, headers: Headers | None = None, *, timeout: Seconds | None = None) -> Steps[Response]:
        """
        Request an access token, which `get` uses from then on, and return the response, whatever its status.

        Args:
            headers: More headers, such as `{"Prefer": "code=503"}`.
            timeout: How long to wait for the response.

        Raises:
            Rejected: The account's secret is not known here.
        """
        return (yield from self._request_token(headers, timeout))

    def _request_token(self, headers: Headers | None = None, timeout: Any = None) -> Steps[Response]:
        if not self.client_secret:
            raise Rejected("a token takes the account's secret")
        credentials = self._target.authorization(self.client_id, self.client_secret) or ""
        sent = {"Authorization": credentials, "User-Agent": USER_AGENT, **_headers(headers)}
        response = yield self._target.call("POST", KPN_TOKEN_REQUEST, sent, timeout=timeout)
        self._token = str(response.get("access_token", "")) if response.status == 200 else ""
        return response

    @sends_requests
    def get(self, path: Any, **options: Unpack[RequestOptions]) -> Steps[Response]:
        """
        Send a GET request as the account's client would; a token request that fails gives the response instead.

        Args:
            path: Such as `/agents` or `/queue/number/1000`.
            options: As `RequestOptions` describes them.
        """
        return (yield from self._send("GET", path, Body(), options))

    @sends_requests
    def post(
        self, path: Any, body: Any = None, *, json: Any = None, data: Any = None, **options: Unpack[RequestOptions]
    ) -> Steps[Response]:
        """
        Send a POST request as the account's client would.

        Args:
            path, options: As in `get`.
            body, json: Value to send as JSON, under either name.
            data: In place of JSON, a mapping to send as a form, or a text, bytes or an open file to send as they are.
        """
        return (yield from self._send("POST", path, _body(body, json, data), options))

    @sends_requests
    def put(
        self, path: Any, body: Any = None, *, json: Any = None, data: Any = None, **options: Unpack[RequestOptions]
    ) -> Steps[Response]:
        """
        Send a PUT request as the account's client would.

        Args:
            path, body, json, data, options: As in `post`.
        """
        return (yield from self._send("PUT", path, _body(body, json, data), options))

    @sends_requests
    def delete(self, path: Any = None, **options: Unpack[RequestOptions]) -> Steps[Response]:
        """
        Send a DELETE request as the account's client would; without a path, delete the account as `drop` does.

        Args:
            path, options: As in `get`.
        """
        if path is not None:
            return (yield from self._send("DELETE", path, Body(), options))
        response = yield self._deletion()
        self._target.check(response)
        return response

    def _deletion(self) -> Call:
        # The administrator is told that an account is gone; to its own secret it looks like a wrong secret.
        administrator = self._target.authorization("", None)
        authorization = administrator or self._target.authorization(self.client_id, self.client_secret) or ""
        return self._target.call("DELETE", self._path, {"Authorization": authorization})

    def _send(self, method: str, path: Any, body: Body, options: RequestOptions) -> Steps[Response]:
        unknown = set(options) - RequestOptions.__annotations__.keys()
        if unknown:
            known = ", ".join(RequestOptions.__annotations__)
            raise ClientError(f"an option of a request must be one of {known}, not {sorted(unknown)[0]!r}")
        target = self._target.path(path, options.get("params"))
        sent = {"User-Agent": USER_AGENT, **_headers(options.get("headers"))}

        def call(authorization: str) -> Call:
            headers = {"Authorization": authorization, **sent}
            return self._target.call(method, target, headers, body, timeout=options.get("timeout"))

        token = options.get("token")
        if token is not None or any(name.lower() == "authorization" for name in sent):
            return (yield call(f"Bearer {text_of(token, 'token')}" if token is not None else ""))
        if target.startswith(f"{CONTROL_PATH}/"):
            return (yield call(self._target.authorization(self.client_id, self.client_secret) or ""))
        return (yield from self._send_with_token(call))

    def _send_with_token(self, call: Callable[[str], Call]) -> Steps[Response]:
        """Send a request with the account's own token, once more with a new one when it has expired or was revoked."""
        if not self._token:
            response = yield from self._request_token()
            if response.status != 200:
                return response
        response = yield call(f"Bearer {self._token}")
        if response.status != 401 or not _TOKEN_ENDED.search(response.text):
            return response
        renewed = yield from self._request_token()
        return (yield call(f"Bearer {self._token}")) if renewed.status == 200 else renewed


def _headers(headers: Any) -> dict[str, str]:
    return {} if headers is None else dict(pairs(headers, "headers"))


def _body(body: Any, json: Any, data: Any) -> Body:
    if body is not None and json is not None:
        raise ClientError(f"a body must be given once, not as json={shown(json)}, too")
    return body_of(json if body is None else body, data)
