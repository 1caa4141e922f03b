"""How Atobi takes part in an exchange: whose a request is, how a quota is told, how something is refused."""

from collections.abc import Collection

from authlib.oauth2 import OAuth2Error
from flask import Response, request

from kpn_sandbox.apis.atobi.auth import form_of
from kpn_sandbox.apis.atobi.errors import Refusal, refused
from kpn_sandbox.apis.atobi.operations import TOKEN
from kpn_sandbox.apis.exchange import Caller
from kpn_sandbox.apis.operation import STATUSES
from kpn_sandbox.auth import Guard, claimed_id
from kpn_sandbox.auth.errors import SpentToken
from kpn_sandbox.control.errors import UnknownAccount
from kpn_sandbox.control.quota import Count
from kpn_sandbox.control.sandbox import Sandbox


class AtobiManners:
    """
    Atobi's manners.

    Args:
        sandbox: Knows the accounts.
        guard: Knows whose a token is.
    """

    api = "atobi"
    statuses: Collection[int] = sorted({*STATUSES, 413, 415, 422})

    def __init__(self, sandbox: Sandbox, guard: Guard) -> None:
        self._sandbox = sandbox
        self._guard = guard

    def caller(self) -> Caller:
        """Whose the current request is: by its token, good or spent, or by the client id that wants one."""
        return self._claimer() if request.path == TOKEN.path else self._bearer()

    def quota_headers(self, count: Count) -> list[tuple[str, str]]:
        """How Laravel tells a limit, which is assumed."""
        told = [("X-RateLimit-Limit", str(count.limit)), ("X-RateLimit-Remaining", str(count.limit - count.used))]
        if count.exceeded:
            told.append(("X-RateLimit-Reset", str(count.resets_at)))
        if count.retry_after is not None:
            told.append(("Retry-After", str(count.retry_after)))
        return told

    def refused(self, error: Exception) -> Response:
        """The answer when this went wrong."""
        return refused(error, request.path).response()

    def _bearer(self) -> Caller:
        try:
            return Caller(self._guard.tenant(request.environ.get("HTTP_AUTHORIZATION")))
        except SpentToken as error:
            return Caller(error.tenant, "token expired or revoked")
        except OAuth2Error:
            return Caller(None)

    def _claimer(self) -> Caller:
        try:
            client_id = claimed_id({"Authorization": request.headers.get("Authorization", "")}, form_of(request))
            return Caller(None if client_id is None else self._sandbox.tenant(client_id))
        except (UnknownAccount, Refusal):
            return Caller(None)
