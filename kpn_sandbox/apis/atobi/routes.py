"""URL to answer: the token endpoint and the one that takes key figures in."""

from collections.abc import Callable

import orjson
from flask import Blueprint, Response, request

from kpn_sandbox.apis.atobi.auth import TokenDesk
from kpn_sandbox.apis.atobi.errors import JSON, Refusal, forced, refused
from kpn_sandbox.apis.atobi.manners import AtobiManners
from kpn_sandbox.apis.atobi.operations import KPI, TOKEN, VERSIONS
from kpn_sandbox.apis.browsers import OPEN, preflight
from kpn_sandbox.apis.hooks import Hooks, Limits
from kpn_sandbox.apis.operation import Operation
from kpn_sandbox.apis.replies import told
from kpn_sandbox.auth import Guard
from kpn_sandbox.control.accounts import Account
from kpn_sandbox.control.inbox import Inbox
from kpn_sandbox.control.quota import Quota
from kpn_sandbox.control.sandbox import Sandbox

INTEGRATION = "kpi"
"""The type that every account's integration has."""

THROTTLE = Quota(180, 1, "minute", retry_after=True)
"""
What an account may ask unless it has a quota of its own.

Source:
    help.atobi.io, "KPI integration", API Throttling: 180 requests in 1 minute by default.
"""

_UNSTORED = [("Cache-Control", "no-store"), ("Pragma", "no-cache")]


class Counter:
    """
    Answers requests for a token.

    Args:
        desk: Makes the answer.
        around: Begins each exchange.
        manners: Atobi's.
        sandbox: Knows the accounts.
    """

    def __init__(self, desk: TokenDesk, around: Hooks, manners: AtobiManners, sandbox: Sandbox) -> None:
        self._desk = desk
        self._around = around
        self._manners = manners
        self._sandbox = sandbox

    def respond(self) -> Response:
        """The answer to the current request."""
        exchange = self._around.begin(self._manners, TOKEN.key, _forced)

        def enter(account: Account) -> None:
            tenant = self._sandbox.tenant(account.client_id)
            self._around.admit(exchange, tenant, limits=Limits(THROTTLE, " token"))

        return Response(self._desk.answer(request, enter), headers=[JSON, *OPEN, *_UNSTORED])


class Reception:
    """
    Takes key figures in.

    Args:
        guard: Tells who calls.
        around: Begins each exchange.
        manners: Atobi's.
        inbox: Where they go.
    """

    def __init__(self, guard: Guard, around: Hooks, manners: AtobiManners, inbox: Inbox) -> None:
        self._guard = guard
        self._around = around
        self._manners = manners
        self._inbox = inbox

    def respond(self, api_version: str) -> Response:
        """
        The answer to the current request.

        Args:
            api_version: The version in the path.
        """
        # Imported here because schemas take long to make, and a start does not need them.
        from kpn_sandbox.apis.atobi.records import acknowledgment, parsed, records

        exchange = self._around.begin(self._manners, KPI.key, _forced)
        tenant = self._guard.tenant(request.environ.get("HTTP_AUTHORIZATION"))
        at = self._around.admit(exchange, tenant, limits=Limits(THROTTLE))
        if api_version not in VERSIONS:
            raise Refusal(404, f"Unknown API version: it must be {VERSIONS[0]}.")
        if request.mimetype != "application/json":
            raise Refusal(415, "Content-Type must be application/json.")
        found = records(parsed(request.get_data()), INTEGRATION, at)
        received = self._inbox.receive(tenant.account.client_id, found)
        exchange.notes.append(f"{received.created} created, {received.updated} updated")
        return told(orjson.dumps(acknowledgment(received)), tenant, at, [JSON, *OPEN])


def blueprint(counter: Counter, reception: Reception) -> Blueprint:
    """
    The routes.

    Args:
        counter: Answers requests for a token.
        reception: Takes key figures in.
    """
    atobi = Blueprint("atobi", __name__)
    views: dict[Operation, Callable[..., Response]] = {TOKEN: counter.respond, KPI: reception.respond}
    for operation, view in views.items():
        (rule,) = operation.rules
        atobi.add_url_rule(rule, operation.key, view, methods=["POST"], provide_automatic_options=False)
        atobi.add_url_rule(rule, f"{operation.key}_preflight", preflight(["POST"]), methods=["OPTIONS"])
    return atobi


def _forced(status: int) -> Refusal:
    return refused(forced(status, request.base_url), request.path)
