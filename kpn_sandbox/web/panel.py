"""The KPI panel of a customer, laid out as ITX would show it."""

from typing import Any

import orjson

from kpn_sandbox.apis.itx.layout import rows
from kpn_sandbox.apis.itx.records import panel
from kpn_sandbox.control.tenant import Tenant
from kpn_sandbox.simulation.clientele import clientele
from kpn_sandbox.simulation.history import History

OFFERED = 20
"""Customers whose names are offered."""


def customer_panel(tenant: Tenant, at: float, customer_id: str, told: History) -> dict[str, Any]:
    """
    What ITX would show.

    Args:
        tenant: Whose center it is.
        at: Its instant, epoch seconds.
        customer_id: Any identifier of a customer.
        told: Tells of centers what happened.
    """
    everybody = clientele(tenant.center.casting(at))
    offered = [everybody[index] for index in range(OFFERED)]
    # The layout is of what ITX receives; sums, for one, are spelled only there.
    given = orjson.loads(orjson.dumps(panel(tenant, told, everybody.find(customer_id), at)))
    return {
        "client_id": tenant.account.client_id,
        "customers": [{"customer_id": str(fact.primary_key), "name": fact.name} for fact in offered],
        "rows": [row._asdict() for row in rows(given)],
    }
