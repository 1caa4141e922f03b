"""The view of a customer's panel."""

from typing import Any

from flask import request

from kpn_sandbox.gateway.operations import endpoint
from kpn_sandbox.gateway.request_context import RequestContext
from kpn_sandbox.simulation.customers import customers_of
from kpn_sandbox.simulation.history import History
from kpn_sandbox.vendors.itx.errors import ItxError
from kpn_sandbox.vendors.itx.operations import KPI
from kpn_sandbox.vendors.itx.records import IDENTIFIERS, panel

# Characters of a customer's identifier.
_LONGEST_ID = 128


def customer_id() -> str:
    """
    Return the customer's identifier in the current request.

    Raises:
        ItxError: The identifier is missing, repeated or too long.
    """
    found = request.args.getlist("customerId")
    if len(found) != 1 or not found[0].strip():
        raise ItxError(400, "customerId must be given once")
    if len(found[0]) > _LONGEST_ID:
        raise ItxError(400, f"customerId must be at most {_LONGEST_ID} characters")
    return found[0]


@endpoint(KPI)
def kpi(context: RequestContext, history: History) -> dict[str, Any]:
    """Show documents about a customer, in sections."""
    tenant, at = context.account, context.at
    customer = customers_of(tenant.center, at).find(customer_id(), IDENTIFIERS)
    return panel(tenant, history, customer, at)


ENDPOINTS = (kpi,)
