"""
Answers requests: one desk gives out tokens, the other takes key figures in.

URL to answer: the token endpoint and the one that takes key figures in.
"""

from collections.abc import Callable

import orjson
from flask import Blueprint, Response, request

from kpn_sandbox.auth import BearerAuth
from kpn_sandbox.gateway.api import Operation
from kpn_sandbox.gateway.cors import OPEN, preflight
from kpn_sandbox.gateway.request_context import Limits, RequestLifecycle
from kpn_sandbox.gateway.responses import told
from kpn_sandbox.tenants.accounts import Account
from kpn_sandbox.tenants.quota import Quota
from kpn_sandbox.tenants.sandbox import Sandbox
from kpn_sandbox.vendors.atobi.api import AtobiManners
from kpn_sandbox.vendors.atobi.auth import AtobiTokenEndpoint
from kpn_sandbox.vendors.atobi.errors import JSON, Refusal, forced, refused
from kpn_sandbox.vendors.atobi.operations import KPI, TOKEN, VERSIONS
from kpn_sandbox.vendors.atobi.records import acknowledgment, parsed, records
from kpn_sandbox.vendors.atobi.store import Inbox

INTEGRATION = "kpi"
"""The type that every account's integration has."""

THROTTLE = Quota(180, 1, "minute", retry_after=True)
"""
What an account may ask unless it has a quota of its own.

Source:
    help.atobi.io, "KPI integration", API Throttling: 180 requests in 1 minute by default.
"""

_UNSTORED = [("Cache-Control", "no-store"), ("Pragma", "no-cache")]


class Reception:
    """
    Answers requests.

    Args:
        desk: Makes the answers that bring a token.
        guard: Tells who calls.
        around: Begins each exchange.
        manners: Atobi's.
        sandbox: Knows the accounts, and keeps what is received.
    """

    def __init__(
        self,
        desk: AtobiTokenEndpoint,
        guard: BearerAuth,
        around: RequestLifecycle,
        manners: AtobiManners,
        sandbox: Sandbox,
    ) -> None:
        self.manners = manners
        self._desk = desk
        self._guard = guard
        self._around = around
        self._sandbox = sandbox
        self._inbox = Inbox(sandbox.database)

    def give_token(self) -> Response:
        """The answer to the current request, which is for a token."""
        exchange = self._around.begin(self.manners, TOKEN.key, _forced)

        def admit(account: Account) -> None:
            tenant = self._sandbox.tenant(account.client_id)
            self._around.admit(exchange, tenant, limits=Limits(THROTTLE, " token"))

        return Response(self._desk.answer(request, admit), headers=[JSON, *OPEN, *_UNSTORED])

    def take_in(self, api_version: str) -> Response:
        """
        The answer to the current request, which brings key figures.

        Args:
            api_version: The version in the path.
        """
        exchange = self._around.begin(self.manners, KPI.key, _forced)
        tenant = self._guard.authenticate(request.environ.get("HTTP_AUTHORIZATION"))
        at = self._around.admit(exchange, tenant, limits=Limits(THROTTLE))
        if api_version not in VERSIONS:
            raise Refusal(404, f"Unknown API version: it must be {VERSIONS[0]}.")
        if request.mimetype != "application/json":
            raise Refusal(415, "Content-Type must be application/json.")
        found = records(parsed(request.get_data()), INTEGRATION, at)
        received = self._inbox.receive(tenant.account.client_id, found)
        exchange.notes.append(f"{received.created} created, {received.updated} updated")
        return told(orjson.dumps(acknowledgment(received)), tenant, at, [JSON, *OPEN])


def _forced(status: int) -> Refusal:
    return refused(forced(status, request.base_url), request.path)


def blueprint(reception: "Callable[[], Reception]") -> Blueprint:
    """
    The routes.

    Args:
        reception: Gives who answers requests, when the first one comes.
    """
    atobi = Blueprint("atobi", __name__)
    views: dict[Operation, Callable[..., Response]] = {
        TOKEN: lambda: reception().give_token(),
        KPI: lambda api_version: reception().take_in(api_version),
    }
    for operation, view in views.items():
        (rule,) = operation.rules
        atobi.add_url_rule(rule, operation.key, view, methods=["POST"], provide_automatic_options=False)
        atobi.add_url_rule(rule, f"{operation.key}_preflight", preflight(["POST"]), methods=["OPTIONS"])
    return atobi
