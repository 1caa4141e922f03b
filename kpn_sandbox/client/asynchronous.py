"""Requests that are sent in coroutines, by httpx, which the extra `async` installs."""

import ssl
from email.message import Message
from functools import cache
from typing import Any

from kpn_sandbox.client.errors import ClientError
from kpn_sandbox.client.http import Call, Response, Target, unreachable


class AsyncConnection(Target):
    """
    A way to send requests to a server, many at a time.

    Each request has a connection of its own, as with `Connection`: so nothing needs to be closed, and an object may be
    used in one event loop after another, as tests have them.
    """

    async def send(self, call: Call) -> Response:
        """
        Send a request and take any status for a response.

        Raises:
            ClientError: httpx is not installed.
            Unreachable: There is no response, or it is no HTTP.
        """
        try:
            import httpx  # noqa: PLC0415
        except ImportError:
            raise ClientError("AsyncAccount takes httpx: pip install 'kpn-sandbox[async]'") from None
        headers = [(name.encode("latin-1"), text.encode("latin-1")) for name, text in call.headers.items()]
        try:
            async with httpx.AsyncClient(timeout=call.timeout, trust_env=False, verify=_tls()) as client:
                response = await client.request(call.method, call.url, headers=headers, content=call.content)
        except httpx.TimeoutException:
            raise unreachable(call, TimeoutError()) from None
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError, RuntimeError) as error:
            raise unreachable(call, error) from error
        return Response(response.status_code, _message(response.headers.multi_items()), response.content)


@cache
def _tls() -> ssl.SSLContext:
    # Made once, because reading the certificates takes longer than a request.
    return ssl.create_default_context()


def _message(headers: list[tuple[str, Any]]) -> Message:
    message = Message()
    for name, text in headers:
        message[name] = text
    return message
