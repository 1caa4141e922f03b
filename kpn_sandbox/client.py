"""A small client of a running sandbox, without dependencies."""

import json
from base64 import b64encode
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

TOKEN_PATH = "/oauth/client_credential/accesstoken?grant_type=client_credentials"
READY_PATH = "/_sandbox/ready"
_TIMEOUT_SECONDS = 10.0


class ClientError(Exception):
    """The sandbox did not do what it was asked; the message says why in one line."""


class Unreachable(ClientError):
    """Nobody answers at that URL."""


class Refused(ClientError):
    """The sandbox answered with an error."""


class Client:
    """
    A sandbox at a URL.

    Args:
        url: The base URL, without a slash at its end.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        # A proxy for the internet knows nothing about this machine.
        self._opener = build_opener(ProxyHandler({}))

    def token(self, client_id: str, client_secret: str) -> str:
        """
        Fetch an access token.

        Raises:
            ClientError: Nobody answers, or the credentials are refused.
        """
        credentials = b64encode(f"{client_id}:{client_secret}".encode()).decode()
        body = self._ask(Request(self._url + TOKEN_PATH, b"", {"Authorization": f"Basic {credentials}"}))
        return str(body["access_token"])

    def ready(self) -> None:
        """
        Return when the sandbox is ready.

        Raises:
            ClientError: Nobody answers, or the sandbox is not ready.
        """
        self._ask(Request(self._url + READY_PATH))

    def _ask(self, request: Request) -> dict[str, Any]:
        try:
            with self._opener.open(request, timeout=_TIMEOUT_SECONDS) as answer:
                return dict(json.load(answer))
        except HTTPError as error:
            with error:
                told = error.read(500).decode(errors="replace")
            raise Refused(f"{self._url} answered {error.code}: {told}") from None
        except (OSError, HTTPException):
            raise Unreachable(f"no sandbox answers at {self._url}: start one with kpn-sandbox serve") from None
        except (ValueError, TypeError, KeyError):
            raise Refused(f"{self._url} does not answer like a sandbox") from None
