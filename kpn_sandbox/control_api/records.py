"""
Shapes of the records that the control API's responses are written from.

`serializers` makes them, `response_schemas` documents them. Instants are ISO 8601 texts with offset.
"""

from collections.abc import Mapping
from typing import Any, NotRequired, TypedDict


class HealthRecord(TypedDict):
    """Health of the sandbox."""

    status: str
    version: str
    engine: int
    uptime_seconds: float


class ClockRecord(TypedDict):
    """Clock of an account; speed in seconds of the account per second of wall time."""

    mode: str
    at: str
    speed: float


class SettingsRecord(TypedDict):
    """Settings of an account."""

    client_id: str
    seed: str
    scenario: str
    profile: dict[str, Any]
    clock: ClockRecord


class AccountRecord(SettingsRecord):
    """Account without its secrets."""

    created_at: str
    replay: str


class NewAccountRecord(SettingsRecord):
    """Account with its secrets; `credentials` holds those of each API by its key."""

    client_secret: str
    credentials: dict[str, dict[str, str]]


class QueueTheoryRecord(TypedDict):
    """Parameters of a queue for the formulas of queueing theory."""

    queue: int
    staff: int
    arrivals_per_hour: float
    service_seconds: float
    patience_seconds: float | None


class ScenarioRecord(TypedDict):
    """Scenario in force; `theory` only while arrivals are constant."""

    name: str
    summary: str
    ends_at: str | None
    theory: NotRequired[list[QueueTheoryRecord]]


class PinRecord(TypedDict):
    """Pin: values that fields of one object keep."""

    kind: str
    key: str
    fields: Mapping[str, Any]
    expires_at: str | None
    reads: int | None


class FaultRecord(TypedDict):
    """Fault plan: either `outcomes` and `repeat`, or `probability`, `outcome` and `seed`."""

    id: str
    api: str
    operation: str | None
    outcomes: NotRequired[list[dict[str, Any]]]
    repeat: NotRequired[bool]
    probability: NotRequired[float]
    outcome: NotRequired[dict[str, Any]]
    seed: NotRequired[str]
    remaining: int | None


class LogEntryRecord(TypedDict):
    """Entry of the request log."""

    id: str
    at: str
    received_at: str
    api: str
    operation: str | None
    method: str
    path: str
    query: str
    status: int
    duration_ms: float
    headers: Mapping[str, str]
    note: str | None


class FindingRecord(TypedDict):
    """Breach of a conduct rule."""

    rule: str
    count: int
    examples: list[str]
    advice: str


class CustomerRecord(TypedDict):
    """Customer of the center, with every identifier."""

    primary_key: int
    entity_id: str
    customer_number: int
    phone: str
    external_id: str
    kaisa_customer_id: int
    name: str
    area: str


class RingRecord(TypedDict):
    """Ringing of a call at one agent."""

    agent: int
    started_at: str
    ended_at: str | None
    answered: bool


class CallRecord(TypedDict):
    """Call as far as it has gone; None for what has not happened."""

    queue: int
    vdn: str
    trunk: int | None
    port: int | None
    customer: int
    arrived_at: str
    ringing_at: str | None
    rings: list[RingRecord]
    answered_at: str | None
    held_at: str | None
    ended_at: str | None
    wrapped_at: str | None
    left_at: str | None
    agent: int | None
    outcome: str | None
    in_service_level: bool | None
    transferred: bool | None


class StateRecord(TypedDict):
    """Change of an agent's state."""

    at: str
    status: str
    reason: int | None
    queue: int
    vdn: str | None
