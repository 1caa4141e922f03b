"""Serializers of the control API: from facts and value objects to the records that responses are written from."""

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import Any, cast

from kpn_sandbox.client import records
from kpn_sandbox.literals import KPN_TOKEN_REQUEST
from kpn_sandbox.simulation.calendar import zone
from kpn_sandbox.simulation.customers import Customers
from kpn_sandbox.simulation.facts import CallFact, CustomerFact, Direction, RingFact, StateFact, TheoryFact
from kpn_sandbox.simulation.intervals import IntervalFact
from kpn_sandbox.simulation.profile import Profile
from kpn_sandbox.simulation.scenarios import SCENARIOS
from kpn_sandbox.simulation.schedule import BreakFact, ScheduleFact
from kpn_sandbox.tenants.accounts import Credentials
from kpn_sandbox.tenants.clock import Clock, format_instant
from kpn_sandbox.tenants.conduct import ConductFinding
from kpn_sandbox.tenants.faults import FaultPlan
from kpn_sandbox.tenants.pins import Pin
from kpn_sandbox.tenants.quota import Quota
from kpn_sandbox.tenants.request_log import LogEntry
from kpn_sandbox.tenants.sandbox import UnreadableListing
from kpn_sandbox.tenants.tenant import Tenant
from kpn_sandbox.vendors.atobi.store import Record
from kpn_sandbox.vendors.itx.auth import itx_token
from kpn_sandbox.vendors.kaisa.records import CUSTOMER_ID


def instant_text(at: float) -> str:
    """
    Return an instant as ISO 8601 with the offset of Europe/Amsterdam.

    Args:
        at: Epoch seconds; milliseconds are written only where there are any.
    """
    hours, milliseconds = divmod(round(at * 1000), 3_600_000)
    minutes, milliseconds = divmod(milliseconds, 60_000)
    hour, offset = _hour_and_offset(hours)
    seconds, milliseconds = divmod(milliseconds, 1000)
    fraction = f".{milliseconds:03}" if milliseconds else ""
    return f"{hour}{minutes:02}:{seconds:02}{fraction}{offset}"


def optional_instant_text(at: float | None) -> str | None:
    """Return an instant (epoch seconds) as `instant_text` does, and None as None."""
    return None if at is None else instant_text(at)


@lru_cache(maxsize=4096)
def _hour_and_offset(hours: int) -> tuple[str, str]:
    # A day of calls has tens of thousands of instants in few hours, so the slow part is done once per hour. That is
    # right because Amsterdam is whole hours from UTC in all years that a center exists.
    text = datetime.fromtimestamp(hours * 3600, zone()).isoformat()
    return text[:14], text[19:]


def account_record(tenant: Tenant) -> records.AccountRecord:
    """Return an account without its secrets, as it is now."""
    return {
        **settings_record(tenant),
        "created_at": instant_text(tenant.account.created_at),
        "expires_at": optional_instant_text(tenant.account.expires_at),
        "replay": tenant.replay(format_instant(float(int(tenant.now())))),
    }


def listed_account_record(listed: Tenant | UnreadableListing) -> records.ListedAccountRecord:
    """Return an account of a list."""
    if isinstance(listed, Tenant):
        return cast(records.ListedAccountRecord, account_record(listed))
    return {
        "client_id": listed.client_id,
        "seed": listed.seed,
        "scenario": listed.scenario,
        "created_at": instant_text(listed.created_at),
        "expires_at": optional_instant_text(listed.expires_at),
        "unreadable": listed.field_error,
    }


def settings_record(tenant: Tenant) -> records.AccountSettingsRecord:
    """Return the settings of an account, as they are now."""
    wall = tenant.wall_clock()
    return {
        "client_id": tenant.account.client_id,
        "seed": tenant.account.seed,
        "scenario": tenant.in_force(tenant.clock.now(wall)).scenario,
        "profile": profile_record(tenant.in_force(tenant.now()).profile),
        "clock": account_clock_record(tenant.clock, wall),
    }


def new_account_record(tenant: Tenant, made: Credentials, base_url: str) -> records.NewAccountRecord:
    """
    Return an account with its secrets, in the terms in which each API asks for them.

    Args:
        tenant: The account.
        made: Its new secrets.
        base_url: URL of the sandbox as the client sees it.
    """
    client_id, secret = made.account.client_id, made.client_secret
    application = {"client_id": client_id, "client_secret": secret}
    user = {"username": client_id, "password": secret}
    token = itx_token(client_id, secret)
    return {
        **settings_record(tenant),
        "client_secret": secret,
        "credentials": {
            "kpn": {**application, "token_url": base_url + KPN_TOKEN_REQUEST, "base_url": base_url},
            "bright_pattern": {"tenant_url": client_id, **user},
            "kaisa": user,
            "atobi": {**application, "type": "kpi"},
            "itx": {"url": f"{base_url}/rest/kpi?token={token}", "token": token},
        },
    }


def profile_record(profile: Profile) -> records.ProfileRecord:
    """Return a profile with all its fields."""
    return cast(records.ProfileRecord, profile.complete().to_dict())


def quota_record(quota: Quota) -> records.QuotaRecord:
    """Return a quota."""
    return cast(records.QuotaRecord, quota.to_dict())


def scenario_record(tenant: Tenant) -> records.ScenarioInForceRecord:
    """Return the scenario in force, with the parameters of its queues while arrivals are constant."""
    at, timeline = tenant.now(), tenant.timeline
    scenario = SCENARIOS[timeline.setting_at(at).scenario]
    record: records.ScenarioInForceRecord = {
        "name": scenario.name,
        "summary": scenario.summary,
        "effective_from": optional_instant_text(timeline.scenario_since(at)),
        "ends_at": optional_instant_text(timeline.scenario_until(at)),
    }
    theory = tenant.center.theory(at)
    if theory:
        record["theory"] = [_theory_record(fact) for fact in theory]
    return record


def _theory_record(fact: TheoryFact) -> records.QueueTheoryRecord:
    return {
        "queue": fact.number,
        "staff": fact.staff,
        "arrivals_per_hour": fact.arrivals_per_hour,
        "service_seconds": fact.service_seconds,
        "patience_seconds": fact.patience_seconds,
    }


def account_clock_record(clock: Clock, wall: float) -> records.AccountClockRecord:
    """
    Return a clock with its present instant.

    Args:
        clock: The clock of an account.
        wall: Wall time, in epoch seconds.
    """
    at = instant_text(clock.now(wall))
    return {"mode": clock.mode, "at": at, "speed": clock.speed, "tokens": clock.tokens}


def clock_record(tenant: Tenant) -> records.ClockRecord:
    """Return the clock of an account with its present instant and the dated changes that do not hold there."""
    wall = tenant.wall_clock()
    not_in_force = tenant.timeline.not_in_force(tenant.clock.now(wall))
    return {**account_clock_record(tenant.clock, wall), "not_in_force": list(not_in_force)}


def pin_record(pin: Pin) -> records.PinRecord:
    """Return a pin with the reads that are left."""
    return {
        "kind": pin.kind,
        "key": pin.key,
        "fields": pin.fields,
        "expires_at": optional_instant_text(pin.expires_at),
        "reads": pin.reads_left,
    }


def fault_record(plan: FaultPlan) -> records.FaultRecord:
    """Return a fault plan with the number of outcomes that are left."""
    names = ("outcomes", "repeat") if plan.probability is None else ("probability", "outcome", "seed")
    values = plan.to_dict()
    record = {"id": plan.id, "api": plan.api, "operation": plan.operation, "key": plan.key}
    return cast(records.FaultRecord, {**record, **{name: values[name] for name in names}, "remaining": plan.remaining})


def call_record(fact: CallFact) -> records.CallRecord:
    """Return a call as far as it has gone."""
    return {
        "direction": _direction(fact.direction),
        "queue": fact.queue,
        "vdn": fact.vdn,
        "trunk": fact.trunk,
        "port": fact.port,
        "customer": fact.customer,
        "callback_of": optional_instant_text(fact.callback_of),
        "arrived_at": instant_text(fact.arrived_at),
        "ringing_at": optional_instant_text(fact.ringing_at),
        "rings": [_ring_record(ring) for ring in fact.rings],
        "answered_at": optional_instant_text(fact.answered_at),
        "held_at": optional_instant_text(fact.held_at),
        "ended_at": optional_instant_text(fact.ended_at),
        "wrapped_at": optional_instant_text(fact.wrapped_at),
        "left_at": optional_instant_text(fact.left_at),
        "agent": fact.agent,
        "outcome": fact.outcome,
        "in_service_level": fact.in_service_level,
        "transferred": fact.transferred,
    }


def _ring_record(fact: RingFact) -> records.RingRecord:
    times = {"started_at": instant_text(fact.started_at), "ended_at": optional_instant_text(fact.ended_at)}
    return cast(records.RingRecord, {**fact._asdict(), **times})


def interval_record(fact: IntervalFact) -> records.IntervalRecord:
    """Return a queue in an interval."""
    return {
        "starts_at": instant_text(fact.start),
        "ends_at": instant_text(fact.end),
        "seconds": fact.seconds,
        "queue": fact.queue,
        "offered": fact.offered,
        "answered": fact.answered,
        "in_service_level": fact.answered_in_time,
        "abandoned": fact.abandoned,
        "flowed_out": fact.flowed_out,
        "handled": fact.handled,
        "average_speed_of_answer": fact.speed_of_answer,
        "average_handle_time": fact.handle_time,
        "staffed": fact.staffed,
        "occupancy": fact.occupancy,
    }


def schedule_record(fact: ScheduleFact) -> records.AgentScheduleRecord:
    """Return the schedule of an agent."""
    return {
        "agent": fact.agent,
        "queue": fact.queue,
        "shift": None if fact.shift is None else _shift_record(*fact.shift),
        "breaks": [_break_record(each) for each in fact.breaks],
        "absent": fact.absent,
        "logged_in_at": optional_instant_text(fact.login),
        "logged_out_at": optional_instant_text(fact.logout),
        "adherence": fact.adherence,
    }


def _break_record(fact: BreakFact) -> records.BreakRecord:
    return {**_shift_record(fact.start, fact.end), "reason": fact.reason}


def _shift_record(start: float, end: float) -> records.ShiftRecord:
    return {"starts_at": instant_text(start), "ends_at": instant_text(end)}


def state_record(fact: StateFact) -> records.StateRecord:
    """Return a change of an agent's state."""
    direction = None if fact.direction is None else _direction(fact.direction)
    texts = {"at": instant_text(fact.at), "status": fact.status.value, "direction": direction}
    return cast(records.StateRecord, {**fact._asdict(), **texts})


def _direction(direction: Direction) -> str:
    return direction.value.lower()


def log_entry_record(entry: LogEntry, *, with_account: bool = False) -> records.LogEntryRecord:
    """
    Return an entry of the request log.

    Args:
        entry, with_account: The entry, and whether the record names its account.
    """
    record: records.LogEntryRecord = {
        "id": entry.id,
        "at": instant_text(entry.at),
        "received_at": instant_text(entry.wall_at),
        "api": entry.api,
        "operation": entry.operation or None,
        "method": entry.method,
        "path": entry.path,
        "query": entry.query,
        "status": entry.status,
        "duration_ms": entry.duration_ms,
        "headers": entry.headers,
        "response_headers": entry.all_response_headers,
        "reason": entry.reason or None,
        "note": entry.note or None,
        "request_body": entry.request_body,
        "response_body": entry.response_body,
    }
    return {**record, "client_id": entry.client_id} if with_account else record


def finding_record(finding: ConductFinding) -> records.FindingRecord:
    """Return a breach of a conduct rule."""
    return cast(records.FindingRecord, {**vars(finding), "examples": list(finding.examples)})


def inbox_record(record: Record) -> dict[str, Any]:
    """Return a KPI record that Atobi's endpoint received, its fields as the client sent them."""
    names = {"type": record.type, "context": record.context, "kpi": record.kpi}
    return {"received_at": instant_text(record.received_at), **names, **record.body}


def customer_records(customers: Customers, indices: Iterable[int]) -> list[records.CustomerRecord]:
    """
    Return customers with every identifier.

    Args:
        customers: Customers of the center.
        indices: Which of them, from 0.
    """
    return [_customer_record(customers.customer(index)) for index in indices]


def _customer_record(fact: CustomerFact) -> records.CustomerRecord:
    identifiers = fact.identifiers
    return {
        "primary_key": int(identifiers["primary_key"]),
        "entity_id": identifiers["entity_id"],
        "customer_number": int(identifiers["customer_number"]),
        "phone": identifiers["phone"],
        "external_id": identifiers["external_id"],
        "kaisa_customer_id": int(identifiers[CUSTOMER_ID]),
        "name": fact.name,
        "area": fact.area,
    }
