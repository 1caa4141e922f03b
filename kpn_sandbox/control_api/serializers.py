"""What is so in the sandbox, in the words of this API; instants become text here."""

from datetime import datetime
from functools import lru_cache
from typing import Any

from kpn_sandbox.literals import KPN_TOKEN_REQUEST
from kpn_sandbox.simulation.calendar import zone
from kpn_sandbox.simulation.facts import CallFact, CustomerFact, RingFact, StateFact
from kpn_sandbox.simulation.scenarios import SCENARIOS
from kpn_sandbox.tenants.accounts import Credentials
from kpn_sandbox.tenants.clock import Clock, format_instant
from kpn_sandbox.tenants.conduct import ConductFinding
from kpn_sandbox.tenants.faults import FaultPlan
from kpn_sandbox.tenants.pins import Pin
from kpn_sandbox.tenants.request_log import LogEntry
from kpn_sandbox.tenants.tenant import Tenant
from kpn_sandbox.vendors.atobi.store import Record


def instant(at: float | None) -> str | None:
    """ISO 8601 with offset, and with milliseconds where there are any; None stays null."""
    if at is None:
        return None
    hours, milliseconds = divmod(round(at * 1000), 3_600_000)
    minutes, milliseconds = divmod(milliseconds, 60_000)
    hour, offset = _hour(hours)
    seconds, milliseconds = divmod(milliseconds, 1000)
    fraction = f".{milliseconds:03}" if milliseconds else ""
    return f"{hour}{minutes:02}:{seconds:02}{fraction}{offset}"


@lru_cache(maxsize=4096)
def _hour(hours: int) -> tuple[str, str]:
    # The center's zone is whole hours from UTC in all years that the center exists.
    text = datetime.fromtimestamp(hours * 3600, zone()).isoformat()
    return text[:14], text[19:]


def account_record(tenant: Tenant) -> dict[str, Any]:
    """An account without its secrets, as it is now."""
    return {
        **settings_record(tenant),
        "created_at": instant(tenant.account.created_at),
        "replay": tenant.replay(format_instant(float(int(tenant.now())))),
    }


def settings_record(tenant: Tenant) -> dict[str, Any]:
    """What an account is set to now."""
    wall = tenant.wall_clock()
    return {
        "client_id": tenant.account.client_id,
        "seed": tenant.account.seed,
        "scenario": tenant.in_force(tenant.clock.now(wall)).scenario,
        "profile": profile_record(tenant),
        "clock": clock_record(tenant.clock, wall),
    }


def credentials_record(made: Credentials, base_url: str) -> dict[str, Any]:
    """An account's secrets, and what each API asks for."""
    client_id, secret = made.account.client_id, made.client_secret
    application = {"client_id": client_id, "client_secret": secret}
    user = {"username": client_id, "password": secret}
    return {
        "client_secret": secret,
        "credentials": {
            "kpn": {**application, "token_url": base_url + KPN_TOKEN_REQUEST, "base_url": base_url},
            "bright_pattern": {"tenant_url": client_id, **user},
            "kaisa": user,
            "atobi": {**application, "type": "kpi"},
            "itx": {"url": f"{base_url}/rest/kpi?token={made.itx_token}", "token": made.itx_token},
        },
    }


def profile_record(tenant: Tenant) -> dict[str, Any]:
    """The profile in force, before the scenario."""
    return tenant.in_force(tenant.now()).profile.to_dict()


def scenario_record(tenant: Tenant) -> dict[str, Any]:
    """The scenario in force, and what theory needs to know when arrivals are constant."""
    at = tenant.now()
    known = SCENARIOS[tenant.in_force(at).scenario]
    later = (setting for setting in tenant.settings if setting.since > at and setting.scenario != known.name)
    ends_at = next((setting.since for setting in later), None)
    told: dict[str, Any] = {"name": known.name, "summary": known.summary, "ends_at": instant(ends_at)}
    theory = tenant.center.theory(at)
    if theory:
        told["theory"] = [{"queue": fact.number, **_without(fact._asdict(), "number")} for fact in theory]
    return told


def _without(values: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key != name}


def clock_record(clock: Clock, wall: float) -> dict[str, Any]:
    """A clock as it stands at a moment of wall time."""
    return {"mode": clock.mode, "at": instant(clock.now(wall)), "speed": clock.speed}


def pin_record(pin: Pin) -> dict[str, Any]:
    """Fields of one object that stay as they are."""
    return {
        "kind": pin.kind,
        "key": pin.key,
        "fields": pin.fields,
        "expires_at": instant(pin.expires_at),
        "reads": pin.reads_left,
    }


def fault_record(plan: FaultPlan) -> dict[str, Any]:
    """A fault and what is left of it."""
    told = plan.to_dict()
    kind = ("outcomes", "repeat") if plan.probability is None else ("probability", "outcome", "seed")
    named = {"id": plan.id, "api": plan.api, "operation": plan.operation}
    return {**named, **{name: told[name] for name in kind}, "remaining": plan.remaining}


def call_record(fact: CallFact) -> dict[str, Any]:
    """A call; the customer by his primary key."""
    return {
        "queue": fact.queue,
        "vdn": fact.vdn,
        "trunk": fact.trunk,
        "port": fact.port,
        "customer": fact.customer.primary_key,
        "arrived_at": instant(fact.arrived_at),
        "ringing_at": instant(fact.ringing_at),
        "rings": [_ring_record(ring) for ring in fact.rings],
        "answered_at": instant(fact.answered_at),
        "held_at": instant(fact.held_at),
        "ended_at": instant(fact.ended_at),
        "wrapped_at": instant(fact.wrapped_at),
        "left_at": instant(fact.left_at),
        "agent": fact.agent,
        "outcome": fact.outcome,
        "in_service_level": fact.in_service_level,
        "transferred": fact.transferred,
    }


def _ring_record(fact: RingFact) -> dict[str, Any]:
    return {**fact._asdict(), "started_at": instant(fact.started_at), "ended_at": instant(fact.ended_at)}


def state_record(fact: StateFact) -> dict[str, Any]:
    """An agent entered a state."""
    return {**fact._asdict(), "at": instant(fact.at), "status": fact.status.value}


def entry_record(entry: LogEntry) -> dict[str, Any]:
    """A request as it was received and how it ended."""
    shown = ("method", "path", "query", "status", "duration_ms", "headers")
    return {
        "id": entry.id,
        "at": instant(entry.at),
        "received_at": instant(entry.wall_at),
        "api": entry.api,
        "operation": entry.operation or None,
        **{name: getattr(entry, name) for name in shown},
        "note": entry.note or None,
    }


def finding_record(finding: ConductFinding) -> dict[str, Any]:
    """Something that a client does wrong."""
    return {**vars(finding), "examples": list(finding.examples)}


def inbox_record(record: Record) -> dict[str, Any]:
    """Something that was received, its fields as they were sent."""
    named = {"type": record.type, "context": record.context, "kpi": record.kpi}
    return {"received_at": instant(record.received_at), **named, **record.body}


def customer_record(fact: CustomerFact) -> dict[str, Any]:
    """Somebody who calls."""
    return fact._asdict()
