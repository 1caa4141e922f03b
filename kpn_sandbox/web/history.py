"""The days behind Kaisa's figures, in the datasets that its API brings."""

from datetime import date, timedelta
from typing import Any

from kpn_sandbox.apis.kaisa.records import DATASETS, Period
from kpn_sandbox.control.tenant import Tenant
from kpn_sandbox.simulation.calendar_day import FIRST_DATE, day_of
from kpn_sandbox.simulation.clientele import clientele
from kpn_sandbox.simulation.history import History

SHOWN = ("calls_per_day", "daily_call_distribution", "call_length_distribution")
"""The datasets that make a chart."""

MOST_DAYS = 90


def history(tenant: Tenant, at: float, days: int, told: History) -> dict[str, Any]:
    """
    What happened in the last days, with today.

    Args:
        tenant: Whose center it is.
        at: Its instant, epoch seconds.
        days: How many, 1 to `MOST_DAYS`.
        told: Tells of centers what happened.
    """
    today = day_of(at).date
    first = _first(today, days)
    period = Period(told.days(tenant.center, first, today, at, None), clientele(tenant.center.casting(at)), None)
    return {
        "client_id": tenant.account.client_id,
        "from": first.isoformat(),
        "to": today.isoformat(),
        "datasets": {name: DATASETS[name](period) for name in SHOWN},
    }


def _first(today: date, days: int) -> date:
    return max(today - timedelta(days - 1), FIRST_DATE)
