"""
Data of the pages that no API has in the same form.

    wallboard_data      the day so far and the goals of the queues, beside the live figures of KPN's API
    history_data        datasets of Kaisa's API for many days
    panel_data          the KPI panel of a customer, laid out as ITX shows it
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import orjson

from kpn_sandbox.control_api.errors import invalid_fields
from kpn_sandbox.control_api.serializers import account_clock_record, instant_text
from kpn_sandbox.itx_check.panel import panel_rows
from kpn_sandbox.simulation.calendar import FIRST_DATE, day_of
from kpn_sandbox.simulation.customers import customers_of
from kpn_sandbox.simulation.history import History
from kpn_sandbox.tenants.tenant import Tenant
from kpn_sandbox.vendors.itx.records import IDENTIFIERS, panel
from kpn_sandbox.vendors.kaisa.records import DATASETS, DatasetPeriod
from kpn_sandbox.web.live import MOST_DAYS, Shown, goals

STEP_SECONDS = 900
"""Seconds between two points of the wallboard's day."""

CHART_DATASETS = ("calls_per_day", "daily_call_distribution", "call_length_distribution")
"""Datasets of Kaisa that the history page has a chart for."""

SUGGESTED_CUSTOMERS = 20
"""Customers that the panel page suggests by name."""


def wallboard_data(tenant: Tenant, at: float) -> dict[str, Any]:
    """
    Return what frames the wallboard's live figures: account, goals, and the day so far.

    Args:
        tenant: Account of the center.
        at: Instant of the center, in epoch seconds.
    """
    setting = tenant.in_force(at)
    return {
        "client_id": tenant.account.client_id,
        "scenario": setting.scenario,
        "clock": account_clock_record(tenant.clock, tenant.wall_clock()),
        "faults": len(tenant.plans),
        "pins": len(tenant.pins),
        "goals": goals(setting.effective()),
        "step_seconds": STEP_SECONDS,
        "points": _points(tenant, at),
    }


def _points(tenant: Tenant, at: float) -> list[dict[str, Any]]:
    """Return the counters of all queues together, at every step since midnight and now."""
    now = int(at // 1)
    steps = range(day_of(at).starts_at, now, STEP_SECONDS)
    return [_point(tenant, instant) for instant in (*steps, now)]


def _point(tenant: Tenant, at: int) -> dict[str, Any]:
    queues = tenant.center.queues(at)
    offered, answered = sum(queue.offered for queue in queues), sum(queue.answered for queue in queues)
    lost = offered - answered - sum(queue.waiting for queue in queues)
    return {
        "at": instant_text(at),
        "offered": offered,
        "answered": answered,
        "answered_in_time": sum(queue.answered_in_time for queue in queues),
        "abandoned": lost - sum(queue.flowed_out for queue in queues),
    }


def history_data(shown: Shown, first: date, last: date, history: History) -> dict[str, Any]:
    """
    Return Kaisa's datasets of some days; the present one counts up to the instant.

    Args:
        shown: Account and instant.
        first, last: The days, both included.
        history: Computes and caches calls of earlier days.
    """
    tenant, at = shown
    customers = customers_of(tenant.center, at)
    period = DatasetPeriod(history.days(tenant.center, first, last, at), customers, None)
    return {
        "client_id": tenant.account.client_id,
        "from": first.isoformat(),
        "to": last.isoformat(),
        "today": day_of(at).date.isoformat(),
        "datasets": {name: DATASETS[name](period) for name in CHART_DATASETS},
    }


def history_days(query: Mapping[str, Any], today: date) -> tuple[date, date]:
    """
    Return the first and the last day that a query asks for; the last one is the present day unless it says another.

    Args:
        query: The query as `HistoryQuerySchema` loaded it.
        today: The date of the instant that is shown.

    Raises:
        ProblemError: The days lie ahead, end before they begin, or are more than `MOST_DAYS`.
    """
    last: date = query.get("last", today)
    if last > today:
        raise invalid_fields({"field": "to", "value": last.isoformat(), "allowed": f"at most the present day, {today}"})
    first: date = query.get("first", max(last - timedelta(query["days"] - 1), FIRST_DATE))
    if not 0 <= (last - first).days < MOST_DAYS:
        allowed = f"at most to ({last}), and at most {MOST_DAYS} days with it"
        raise invalid_fields({"field": "from", "value": first.isoformat(), "allowed": allowed})
    return first, last


def panel_data(tenant: Tenant, at: float, customer_id: str, history: History) -> dict[str, Any]:
    """
    Return the rows that ITX would show of a customer, and some customers to choose from.

    Args:
        tenant: Account of the center.
        at: Instant of the center, in epoch seconds.
        customer_id: Any identifier of a customer; one that nobody has gives the panel of an unknown customer.
        history: Computes and caches calls of earlier days.
    """
    customers = customers_of(tenant.center, at)
    suggested = [customers.customer(index) for index in range(SUGGESTED_CUSTOMERS)]
    # Rows are laid out from the JSON that ITX would receive, because some values get their form only there.
    received = orjson.loads(orjson.dumps(panel(tenant, history, customers.find(customer_id, IDENTIFIERS), at)))
    return {
        "client_id": tenant.account.client_id,
        "customers": [{"customer_id": fact.identifiers["primary_key"], "name": fact.name} for fact in suggested],
        "rows": [row._asdict() for row in panel_rows(received)],
    }
