"""How Kaisa takes part in an exchange: whose a request is, how a quota is told, how something is refused."""

from collections.abc import Collection

from flask import Response, request

from kpn_sandbox.apis.exchange import Caller
from kpn_sandbox.apis.kaisa.auth import KaisaDoor
from kpn_sandbox.apis.kaisa.errors import refused
from kpn_sandbox.apis.kaisa.operations import CUSTOMERS
from kpn_sandbox.apis.operation import STATUSES
from kpn_sandbox.auth.errors import DigestRefused, MalformedDigest
from kpn_sandbox.control.quota import Count


class KaisaManners:
    """
    Kaisa's manners.

    Args:
        door: Knows whose credentials are.
    """

    api = "kaisa"
    statuses: Collection[int] = STATUSES

    def __init__(self, door: KaisaDoor) -> None:
        self._door = door

    def caller(self) -> Caller:
        """Whose the current request is: by its credentials, good or stale."""
        if "HTTP_AUTHORIZATION" not in request.environ:
            return Caller(None)
        try:
            return Caller(self._door.tenant(CUSTOMERS))
        except DigestRefused as error:
            return Caller(error.tenant, error.reason)
        except MalformedDigest:
            return Caller(None)

    def quota_headers(self, count: Count) -> list[tuple[str, str]]:
        """Kaisa tells no quota, only how long to wait when it is used up."""
        return [] if count.retry_after is None else [("Retry-After", str(count.retry_after))]

    def refused(self, error: Exception) -> Response:
        """The answer when this went wrong."""
        return refused(error).response()
