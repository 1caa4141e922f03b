"""
The errors of the client.

    ClientError
        Unreachable     no response
        Rejected        an error as response
        NotJson         a body that is no JSON; also a ValueError
        NotAsExpected   the account is not as a test expects; also an AssertionError

A value that cannot be sent is a plain `ClientError`.
"""

from collections.abc import Mapping
from typing import Any, NotRequired, TypedDict

from kpn_sandbox.safe_text import terminal_text


class FieldError(TypedDict):
    """A wrong field: its name, its value unless absent or secret, and what would be right."""

    field: str
    value: NotRequired[Any]
    allowed: str


class ClientError(Exception):
    """
    The sandbox did not do what was asked; the message says in one line what would be right, as a terminal may show it.

    Args:
        message: The message.
        status: The status of the response; 0 when there is none, or when the status was not what was wrong.
        problem: The problem document of the response (RFC 9457), whose `errors` are of `FieldError`; empty without one.
    """

    def __init__(self, message: str, status: int = 0, problem: Mapping[str, Any] | None = None) -> None:
        super().__init__(" ".join(terminal_text(message).splitlines()))
        self.status = status
        self.problem = dict(problem or {})


class Unreachable(ClientError):
    """
    There is no response at that URL, or it is no HTTP.

    Args:
        message: The message.
        hint: What is known of the reason, such as that the server speaks HTTPS; empty when nothing is.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class Rejected(ClientError):
    """The sandbox responded with an error."""


class NotJson(ClientError, ValueError):
    """The body of a response is no JSON."""


class NotAsExpected(ClientError, AssertionError):
    """The account is not as a test expects: faults are left, or its clients sent other requests."""
