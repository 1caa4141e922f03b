"""A vendor's answer as a test looks at it."""

import json
from collections.abc import Mapping
from email.message import Message
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.request import OpenerDirector, ProxyHandler, Request, build_opener

from kpn_sandbox.client import Unreachable

TIMEOUT_SECONDS = 90.0
"""Longer than any delay that the sandbox can be told."""

_OPENER = None


class Reply(dict[str, Any]):
    """
    An answer: its JSON object, with everything else as attributes.

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
        """
        The body, read as JSON.

        Raises:
            ValueError: It is none.
        """
        return json.loads(self.content)


def send(method: str, url: str, headers: Mapping[str, str]) -> Reply:
    """
    Ask, and take any status for an answer.

    Raises:
        Unreachable: There is no answer, or it is no HTTP.
    """
    request = Request(url, b"" if method == "POST" else None, dict(headers), method=method)
    try:
        with _opener().open(request, timeout=TIMEOUT_SECONDS) as answer:
            return Reply(answer.status, answer.headers, answer.read())
    except HTTPError as error:
        with error:
            return Reply(error.code, error.headers, error.read())
    except (OSError, HTTPException) as error:
        raise Unreachable(f"{url} does not answer: {error or type(error).__name__}") from error


def _opener() -> OpenerDirector:
    global _OPENER
    # A proxy for the internet knows nothing about this machine.
    _OPENER = _OPENER or build_opener(ProxyHandler({}))
    return _OPENER
