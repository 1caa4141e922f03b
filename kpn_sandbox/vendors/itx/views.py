"""
Answers requests for a panel: admits the caller, finds the customer, writes out what is known of him.

URL to question: what a panel shows.
"""

from collections.abc import Callable

import orjson
from flask import Blueprint, Response, request

from kpn_sandbox.gateway.api import RESERVED
from kpn_sandbox.gateway.cors import preflight
from kpn_sandbox.gateway.request_context import RequestLifecycle
from kpn_sandbox.gateway.responses import told
from kpn_sandbox.simulation.customers import customers_of
from kpn_sandbox.simulation.history import History
from kpn_sandbox.tenants.faults import Outcome
from kpn_sandbox.vendors.itx.api import ItxManners
from kpn_sandbox.vendors.itx.auth import ItxAuth
from kpn_sandbox.vendors.itx.errors import HEADERS, Refusal, forced
from kpn_sandbox.vendors.itx.operations import KPI
from kpn_sandbox.vendors.itx.records import panel

LONGEST_ID = 128


class Provider:
    """
    Answers requests for a panel.

    Args:
        door: Tells who calls.
        around: Begins each exchange.
        manners: The provider's.
        history: Tells who called.
    """

    def __init__(self, door: ItxAuth, around: RequestLifecycle, manners: ItxManners, history: History) -> None:
        self._door = door
        self._around = around
        self.manners = manners
        self._history = history

    def respond(self) -> Response:
        """The answer to the current request."""
        exchange = self._around.begin(self.manners, KPI.key, _forced)
        tenant = self._door.tenant()
        at = self._around.admit(exchange, tenant)
        customer_id = _customer_id()
        if customer_id.isascii() and customer_id.isdigit() and int(customer_id[:9]) in RESERVED:
            exchange.notes.append("reserved number")
            exchange.happen(Outcome(status=RESERVED[int(customer_id[:9])]))
        customer = customers_of(tenant.center.names(at)).find(customer_id)
        body = orjson.dumps(panel(tenant, self._history, customer, at))
        return told(body, tenant, at, HEADERS)


def _customer_id() -> str:
    given = request.args.getlist("customerId")
    if len(given) != 1 or not given[0].strip():
        raise Refusal(400, "customerId must be given once")
    if len(given[0]) > LONGEST_ID:
        raise Refusal(400, f"customerId must be at most {LONGEST_ID} characters")
    return given[0]


def _forced(status: int) -> Refusal:
    return forced(status, request.base_url)


def blueprint(provider: "Callable[[], Provider]") -> Blueprint:
    """
    The routes.

    Args:
        provider: Gives who answers requests, when the first one comes.
    """

    def view() -> Response:
        return provider().respond()

    itx = Blueprint("itx", __name__)
    itx.add_url_rule(KPI.path, KPI.key, view, methods=["GET"], provide_automatic_options=False)
    itx.add_url_rule(KPI.path, "preflight", preflight(["GET", "HEAD"]), methods=["OPTIONS"])
    return itx
