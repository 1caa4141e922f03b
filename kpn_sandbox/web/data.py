"""
What the wallboard shows beside the answers of the public API: the day so far, goals, and who turns what.

The days behind Kaisa's figures, in the datasets that its API brings.

The KPI panel of a customer, laid out as ITX would show it.

What each field of a profile may be, in the words with which a wrong one is refused.
"""

from datetime import date, timedelta
from typing import Any

import orjson

from kpn_sandbox.control_api.serializers import clock_record, instant_text
from kpn_sandbox.itx_check.panel import panel_rows
from kpn_sandbox.literals import SERVICE_LEVEL_TARGET
from kpn_sandbox.simulation.calendar import FIRST_DATE, day_of
from kpn_sandbox.simulation.customers import customers_of
from kpn_sandbox.simulation.day_index import FIRST_NUMBER
from kpn_sandbox.simulation.errors import InvalidProfile
from kpn_sandbox.simulation.history import History
from kpn_sandbox.simulation.profile import Profile, QueueSettings
from kpn_sandbox.tenants.tenant import Tenant
from kpn_sandbox.vendors.itx.records import panel
from kpn_sandbox.vendors.kaisa.records import DATASETS, Period

STEP_SECONDS = 900
"""How far apart the points of the day are."""


def board(tenant: Tenant, at: float) -> dict[str, Any]:
    """
    The frame around the live figures.

    Args:
        tenant: Whose center it is.
        at: Its instant, epoch seconds.
    """
    setting = tenant.in_force(at)
    return {
        "client_id": tenant.account.client_id,
        "scenario": setting.scenario,
        "clock": clock_record(tenant.clock, tenant.wall_clock()),
        "faults": len(tenant.plans),
        "pins": len(tenant.pins),
        "goals": _goals(setting.effective()),
        "step_seconds": STEP_SECONDS,
        "points": _points(tenant, at),
    }


def _goals(profile: Profile) -> list[dict[str, Any]]:
    queues = profile.queues if isinstance(profile.queues, tuple) else (QueueSettings(),) * profile.queues
    return [
        {
            "number": FIRST_NUMBER + index,
            "target_percent": round(100 * _target(queue)),
            "threshold_seconds": queue.value("service_level_seconds", profile),
        }
        for index, queue in enumerate(queues)
    ]


def _target(queue: QueueSettings) -> float:
    return SERVICE_LEVEL_TARGET if queue.service_level_target is None else queue.service_level_target


def _points(tenant: Tenant, at: float) -> list[dict[str, Any]]:
    """All queues together since midnight, at every step and now."""
    now = int(at // 1)
    steps = range(day_of(at).starts_at, now, STEP_SECONDS)
    return [_point(tenant, moment) for moment in (*steps, now)]


def _point(tenant: Tenant, at: int) -> dict[str, Any]:
    queues = tenant.center.queues(at)
    offered, answered = sum(queue.offered for queue in queues), sum(queue.answered for queue in queues)
    left = offered - answered - sum(queue.waiting for queue in queues)
    return {
        "at": instant_text(at),
        "offered": offered,
        "answered": answered,
        "answered_in_time": sum(queue.answered_in_time for queue in queues),
        "abandoned": left - sum(queue.flowed_out for queue in queues),
    }


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
    period = Period(told.days(tenant.center, first, today, at, None), customers_of(tenant.center.names(at)), None)
    return {
        "client_id": tenant.account.client_id,
        "from": first.isoformat(),
        "to": today.isoformat(),
        "datasets": {name: DATASETS[name](period) for name in SHOWN},
    }


def _first(today: date, days: int) -> date:
    return max(today - timedelta(days - 1), FIRST_DATE)


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
    everybody = customers_of(tenant.center.names(at))
    offered = [everybody[index] for index in range(OFFERED)]
    # The layout is of what ITX receives; sums, for one, are spelled only there.
    given = orjson.loads(orjson.dumps(panel(tenant, told, everybody.find(customer_id), at)))
    return {
        "client_id": tenant.account.client_id,
        "customers": [{"customer_id": str(fact.primary_key), "name": fact.name} for fact in offered],
        "rows": [row._asdict() for row in panel_rows(given)],
    }


_NOTHING = object()
"""No field takes this, so every field says what it takes."""


def allowed() -> dict[str, str]:
    """By the name of the field, as "a whole number from 1 to 1000"."""
    return {name: _allowed(name) for name in Profile().to_dict()}


def _allowed(name: str) -> str:
    given: dict[str, Any] = {name: _NOTHING}
    try:
        Profile.from_dict(given)
    except InvalidProfile as error:
        return error.allowed
    raise AssertionError(f"{name} takes anything")
