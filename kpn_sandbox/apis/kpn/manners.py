"""How KPN takes part in an exchange: whose a request is, how a quota is told, what is said when something is wrong."""

from collections.abc import Collection

from authlib.oauth2 import OAuth2Error
from flask import Response, request

from kpn_sandbox.apis.exchange import Caller
from kpn_sandbox.apis.kpn import errors
from kpn_sandbox.apis.kpn.auth import claimed
from kpn_sandbox.apis.kpn.headers import quota_headers
from kpn_sandbox.apis.kpn.operations import STATUSES, TOKEN
from kpn_sandbox.apis.wire import raw_path
from kpn_sandbox.auth import Guard
from kpn_sandbox.auth.errors import SpentToken
from kpn_sandbox.control.errors import UnknownAccount
from kpn_sandbox.control.quota import Count
from kpn_sandbox.control.sandbox import Sandbox


class KpnManners:
    """
    KPN's manners.

    Args:
        sandbox: Knows the accounts.
        guard: Knows whose a token is.
    """

    api = "kpn"
    statuses: Collection[int] = tuple(STATUSES)

    def __init__(self, sandbox: Sandbox, guard: Guard) -> None:
        self._sandbox = sandbox
        self._guard = guard

    def caller(self) -> Caller:
        """Whose the current request is: by its token, good or spent, or by the client id that wants one."""
        return self._claimer() if request.path == TOKEN.path else self._bearer()

    def quota_headers(self, count: Count) -> list[tuple[str, str]]:
        """How KPN's gateway tells a quota."""
        return quota_headers(count)

    def refused(self, error: Exception) -> Response:
        """The answer when this went wrong."""
        return errors.refused(error, raw_path(request.environ)).response()

    def _bearer(self) -> Caller:
        try:
            return Caller(self._guard.tenant(request.environ.get("HTTP_AUTHORIZATION")))
        except SpentToken as error:
            return Caller(error.tenant, errors.refused(error, request.path).text)
        except OAuth2Error:
            return Caller(None)

    def _claimer(self) -> Caller:
        client_id = claimed(request)
        try:
            return Caller(None if client_id is None else self._sandbox.tenant(client_id))
        except UnknownAccount:
            return Caller(None)
