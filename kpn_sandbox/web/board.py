"""What the wallboard shows beside the answers of the public API: the day so far, goals, and who turns what."""

from typing import Any

from kpn_sandbox.apis.control.records import clock_record, instant
from kpn_sandbox.control.tenant import Tenant
from kpn_sandbox.simulation.calendar_day import day_of
from kpn_sandbox.simulation.daybook import FIRST_NUMBER
from kpn_sandbox.simulation.profile import Profile, QueueSettings

STEP_SECONDS = 900
"""How far apart the points of the day are."""

TARGET = 0.8
"""The target of a queue that names none, as the center staffs it."""


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
        "clock": clock_record(tenant.clock, tenant.source()),
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
    return TARGET if queue.service_level_target is None else queue.service_level_target


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
        "at": instant(at),
        "offered": offered,
        "answered": answered,
        "answered_in_time": sum(queue.answered_in_time for queue in queues),
        "abandoned": left - sum(queue.flowed_out for queue in queues),
    }
