"""
Around every request: its id, and what the caller wishes of the answer.

A wished status is carried out in one place, whoever wished for it: a status of 300 or more ends the request with the
vendor's own refusal, a lower one replaces only the status of an answer that succeeded.
"""

import re
from collections.abc import Callable, Collection
from secrets import token_hex
from typing import Any, NamedTuple

from flask import Response, request

from .preferences import NONE, Preferences, preferences

Pause = Callable[[float], None]
"""Lets some seconds pass while others are served."""

Refuse = Callable[[int], Exception]
"""Makes the vendor's refusal of a status."""

_WISHES = "kpn_sandbox.preferences"
_REQUEST_ID = "kpn_sandbox.request_id"
_GIVEN_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Outcome(NamedTuple):
    """What shall become of a request."""

    status: int | None = None
    delay_ms: int | None = None

    def happen(self, pause: Pause, refuse: Refuse) -> None:
        """
        Let the delay pass, then refuse if the status is a refusal.

        Raises:
            Exception: What `refuse` makes.
        """
        if self.delay_ms:
            pause(self.delay_ms / 1000)
        if self.status is not None and self.status >= 300:
            raise refuse(self.status)


def wished(pause: Pause, statuses: Collection[int], refuse: Refuse) -> Preferences:
    """
    Read what the caller wishes, and let it happen as far as it comes before the answer.

    Raises:
        MalformedPreference: A wish is not understood.
        Exception: What `refuse` makes of a wished status.
    """
    environ = request.environ
    wishes = preferences(environ, statuses)
    if wishes is not NONE:
        environ[_WISHES] = wishes
        Outcome(wishes.code, wishes.delay_ms).happen(pause, refuse)
    return wishes


def finish(response: Response) -> Response:
    """Tell the request's id and the wishes that were fulfilled."""
    environ = request.environ
    response.headers["X-Request-Id"] = request_id(environ)
    wishes: Preferences = environ.get(_WISHES, NONE)
    if wishes is not NONE:
        response.headers["Preference-Applied"] = wishes.applied
        if wishes.code is not None and wishes.code < 300 and response.status_code == 200:
            response.status_code = wishes.code
    return response


def request_id(environ: dict[str, Any]) -> str:
    """The id that the caller gave, else one that is made, the same for the whole request."""
    known: str | None = environ.get(_REQUEST_ID)
    if known is None:
        given = environ.get("HTTP_X_REQUEST_ID", "")
        known = given if _GIVEN_ID.fullmatch(given) else token_hex(16)
        environ[_REQUEST_ID] = known
    return known
