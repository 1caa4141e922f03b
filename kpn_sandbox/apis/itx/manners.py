"""How this API takes part in an exchange: whose a request is, how a quota is told, how something is refused."""

from collections.abc import Collection

from flask import Response

from kpn_sandbox.apis.exchange import Caller
from kpn_sandbox.apis.itx.auth import ItxDoor
from kpn_sandbox.apis.itx.errors import refused
from kpn_sandbox.apis.operation import STATUSES
from kpn_sandbox.control.quota import Count


class ItxManners:
    """
    The manners of a provider.

    Args:
        door: Knows whose a token is.
    """

    api = "itx"
    statuses: Collection[int] = STATUSES

    def __init__(self, door: ItxDoor) -> None:
        self._door = door

    def caller(self) -> Caller:
        """Whose the current request is: by its token."""
        return Caller(self._door.owner())

    def quota_headers(self, count: Count) -> list[tuple[str, str]]:
        """Only how long to wait when a quota is used up."""
        return [] if count.retry_after is None else [("Retry-After", str(count.retry_after))]

    def refused(self, error: Exception) -> Response:
        """The answer when this went wrong."""
        return refused(error).response()
