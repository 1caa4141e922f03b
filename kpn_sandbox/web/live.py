"""
Live data of the pages: what an account's clients would see at an instant, without being one of them.

Nothing here counts for a quota, takes a fault, uses up a pin's reads, or is written into the request log. Most of a
center is the same a second later, so a page names the data that it has and gets only what differs. The earlier data
is computed again for that: a tag is an instant and a digest of everything else that rows follow from.
"""

import hashlib
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from marshmallow import fields

from kpn_sandbox.control_api.fields import (
    DateField,
    PatternField,
    QuerySchema,
    SpelledField,
    WholeNumberField,
    in_query,
)
from kpn_sandbox.control_api.request_schemas import PRINTABLE, PRINTABLE_ALLOWED
from kpn_sandbox.control_api.serializers import account_clock_record, instant_text, optional_instant_text
from kpn_sandbox.literals import SCENARIO_NAMES, SERVICE_LEVEL_TARGET
from kpn_sandbox.simulation.day_index import FIRST_NUMBER
from kpn_sandbox.simulation.profile import Profile, QueueSettings
from kpn_sandbox.tenants.clock import format_instant
from kpn_sandbox.tenants.tenant import Tenant
from kpn_sandbox.vendors.kpn.views import uncounted_records

MOST_DAYS = 90
"""Most days that the history page shows."""

MOST_CALLS = 40
"""Most calls that the call feed shows."""

KEYS = {"agents": "Logid", "queues": "Number", "trunks": "Number"}
"""The field that identifies a row, by kind."""

_LONGEST_STEP = 3600
"""Seconds between two instants of which the later is sent as a difference; it costs another look at the center."""

_TAG = re.compile(r"([0-9]{1,10})-([0-9a-f]{16})")

Row = dict[str, Any]
Rows = dict[str, list[Row]]


class ShownQuerySchema(QuerySchema):
    """Query of the pages' data: which account at which instant, and under which scenario and seed."""

    account = PatternField(PRINTABLE, PRINTABLE_ALLOWED, metadata=in_query())
    at = fields.String(metadata=in_query())
    scenario = SpelledField(SCENARIO_NAMES, metadata=in_query())
    seed = PatternField(PRINTABLE, PRINTABLE_ALLOWED, metadata=in_query())


class LiveQuerySchema(ShownQuerySchema):
    """Query of the live data, with the tag of the data that the page has."""

    since = fields.String(metadata=in_query())


class OutlineQuerySchema(ShownQuerySchema):
    """Query of the time bar."""

    date = DateField(metadata=in_query())


class CallsQuerySchema(ShownQuerySchema):
    """Query of the call feed."""

    most = WholeNumberField(1, MOST_CALLS, load_default=12, metadata=in_query())


class HistoryQuerySchema(ShownQuerySchema):
    """Query of the history page: the first and the last date, or so many days up to the last one."""

    days = WholeNumberField(1, MOST_DAYS, load_default=30, metadata=in_query())
    first = DateField(data_key="from", metadata=in_query())
    last = DateField(data_key="to", metadata=in_query())


class PanelQuerySchema(ShownQuerySchema):
    """Query of the panel page."""

    customerId = fields.String(load_default="", metadata=in_query())


class Shown(NamedTuple):
    """An account as a page shows it: under the scenario and seed of its address, at an instant in whole seconds."""

    tenant: Tenant
    at: float


def live_data(shown: Shown, since: str, extra: Mapping[str, Any]) -> dict[str, Any]:
    """
    Return what an account's clients would see.

    Args:
        shown: The account and the instant.
        since: Tag of the data that the page has; rows are then differences to those. Any other text gives whole rows.
        extra: What does not follow from account and instant alone: quota and blocked requests.
    """
    tenant, at = shown
    tag = f"{int(at)}-{_digest(tenant)}"
    rows: Mapping[str, Any] = uncounted_records(tenant, at)
    earlier = _instant_of(since, tag)
    if earlier is not None:
        before = uncounted_records(tenant, earlier)
        rows = {kind: differences(kind, before[kind], rows[kind]) for kind in KEYS}
    return {"tag": tag, "since": None if earlier is None else since, **_frame(shown), **extra, **rows}


def differences(kind: str, before: list[Row], after: list[Row]) -> dict[str, Row | None]:
    """
    Return the rows that differ, by key: fields with their new values, all fields of a new row, None for one that left.

    Of the ports of a trunk only those that differ are listed.

    Args:
        kind: Kind of the rows.
        before, after: The rows that the page has, and those that it is to have.
    """
    name = KEYS[kind]
    old, new = {row[name]: row for row in before}, {row[name]: row for row in after}
    found: dict[str, Row | None] = {key: None for key in old if key not in new}
    for key, row in new.items():
        known = old.get(key, {})
        changed = {
            field: _changed(known.get(field), value) for field, value in row.items() if known.get(field) != value
        }
        if changed or key not in old:
            found[key] = changed
    return found


def _changed(before: Any, value: Any) -> Any:
    if isinstance(before, list) and isinstance(value, list) and len(before) == len(value):
        return [new for old, new in zip(before, value, strict=True) if old != new]
    return value


def _instant_of(since: str, tag: str) -> int | None:
    """Return the instant of a tag if its rows differ from those of another one by the time that has passed only."""
    found, wanted = _TAG.fullmatch(since), _TAG.fullmatch(tag)
    if not found or not wanted or found[2] != wanted[2]:
        return None
    near = abs(int(found[1]) - int(wanted[1])) <= _LONGEST_STEP
    return int(found[1]) if near else None


def _digest(tenant: Tenant) -> str:
    return hashlib.sha256(repr(tenant.cache_key).encode()).hexdigest()[:16]


def _frame(shown: Shown) -> dict[str, Any]:
    tenant, at = shown
    setting = tenant.in_force(at)
    return {
        "client_id": tenant.account.client_id,
        "at": instant_text(at),
        "clock": account_clock_record(tenant.clock, tenant.wall_clock()),
        "seed": tenant.account.seed,
        "scenario": setting.scenario,
        "replay": tenant.replay(format_instant(at)),
        "not_in_force": list(tenant.timeline.not_in_force(at)),
        "closed_until": optional_instant_text(tenant.center.closed_until(at)),
        "goals": goals(setting.effective()),
        "pins": sum(pin.holds(at) for pin in tenant.pins),
        "faults": len(tenant.plans),
    }


def goals(profile: Profile) -> list[dict[str, Any]]:
    """Return the goal of each queue of a profile: percent of calls to answer within so many seconds."""
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
