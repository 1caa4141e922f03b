"""How Bright Pattern takes part in an exchange: whose a request is, how a quota is told, what is said when it fails."""

from collections.abc import Collection

from flask import Response, request

from kpn_sandbox.apis.bright_pattern import errors
from kpn_sandbox.apis.bright_pattern.auth import Gate, claimed
from kpn_sandbox.apis.bright_pattern.headers import cors_headers, quota_headers
from kpn_sandbox.apis.bright_pattern.operations import LOGIN, STATUSES, TOKEN
from kpn_sandbox.apis.exchange import Caller
from kpn_sandbox.control.quota import Count


class BrightPatternManners:
    """
    Bright Pattern's manners.

    Args:
        gate: Knows whose a session is.
    """

    api = "bright_pattern"
    statuses: Collection[int] = tuple(STATUSES)

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    def caller(self) -> Caller:
        """Whose the current request is: by its session, good or ended, or by the user name that wants one."""
        if request.method == "POST" and request.path in (LOGIN.path, TOKEN.path):
            return Caller(self._gate.tenant_of(claimed(request)))
        return Caller(self._gate.owner(request))

    def quota_headers(self, count: Count) -> list[tuple[str, str]]:
        """How a quota is told."""
        return quota_headers(count)

    def refused(self, error: Exception) -> Response:
        """The answer when this went wrong."""
        response = errors.refused(error, request.path).response()
        response.headers.extend(cors_headers(request.headers.get("Origin")))
        return response
