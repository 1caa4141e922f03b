"""
Types of the JSON objects that the control API responds with, and so of what the client returns.

Here, because the client may import nothing of the server. `openapi` of the control API makes component schemas from the
annotations: a text beside a type is the description of the field. Instants are ISO 8601 with offset.
"""

from collections.abc import Mapping
from typing import Annotated, Any, NamedTuple, NotRequired, TypedDict

from kpn_sandbox import literals
from kpn_sandbox.client.errors import FieldError


class Keywords(NamedTuple):
    """Further keywords of a field's JSON schema."""

    example: str
    format: str | None = None


InstantText = Annotated[str, Keywords("2026-11-23T10:00:00+01:00", "date-time")]


class HealthRecord(TypedDict):
    """Health of the sandbox."""

    status: Annotated[str, Keywords("ok")]
    version: str
    engine: Annotated[int, "Another number, other centers from the same seeds."]
    uptime_seconds: float


class BehaviorRecord(TypedDict):
    """Label and source of an operation or a behavior."""

    name: str
    label: literals.FidelityLabel
    source: str


class ApiFidelityRecord(TypedDict):
    """Labels and sources of one API."""

    api: str
    operations: list[BehaviorRecord]
    behaviors: list[BehaviorRecord]


class FidelityRecord(TypedDict):
    """Labels and sources of all APIs."""

    apis: list[ApiFidelityRecord]


class ScenarioNameRecord(TypedDict):
    """Name of a scenario, and what it does."""

    name: str
    summary: str


class ScenariosRecord(TypedDict):
    """List of all scenarios."""

    scenarios: list[ScenarioNameRecord]


class QueueTheoryRecord(TypedDict):
    """Parameters of a queue for the formulas of queueing theory."""

    queue: int
    staff: int
    arrivals_per_hour: float
    service_seconds: float
    patience_seconds: float | None


class ScenarioInForceRecord(ScenarioNameRecord):
    """Scenario in force, with the period in which it counts."""

    effective_from: Annotated[InstantText | None, "From when on it counts; null for always."]
    ends_at: Annotated[InstantText | None, "When another one follows; null for never."]
    theory: NotRequired[Annotated[list[QueueTheoryRecord], "Only when arrivals are constant."]]


class AccountClockRecord(TypedDict):
    """Clock of an account."""

    mode: literals.ClockMode
    at: InstantText
    speed: Annotated[float, "Seconds of the account per second of wall time; 0 when frozen."]
    tokens: Annotated[literals.TokenTime, "Whose time the life of access tokens follows."]


class ClockRecord(AccountClockRecord):
    """Clock of an account, and what does not count at its instant."""

    not_in_force: Annotated[list[str], "Dated changes that do not hold at this instant, each in a sentence."]


class AccountSettingsRecord(TypedDict):
    """Settings of an account."""

    client_id: str
    seed: str
    scenario: str
    profile: Mapping[str, Any]
    clock: AccountClockRecord


class AccountRecord(AccountSettingsRecord):
    """Account without its secrets."""

    created_at: Annotated[InstantText, "By wall time."]
    expires_at: Annotated[InstantText | None, "When it is dropped, by wall time; null for never."]
    replay: Annotated[str, "What X-Sandbox-Replay says with answers of this second."]


class ListedAccountRecord(TypedDict):
    """Account in a list; one from a newer version has `unreadable` in place of what this version cannot tell."""

    client_id: str
    seed: str
    scenario: str
    created_at: Annotated[InstantText, "By wall time."]
    expires_at: Annotated[InstantText | None, "When it is dropped, by wall time; null for never."]
    profile: NotRequired[Mapping[str, Any]]
    clock: NotRequired[AccountClockRecord]
    replay: NotRequired[Annotated[str, "What X-Sandbox-Replay says with answers of this second."]]
    unreadable: NotRequired[Annotated[str, "Why this version cannot read it; it can be deleted."]]


class AccountsRecord(TypedDict):
    """Page of the list of accounts."""

    accounts: list[ListedAccountRecord]
    next: Annotated[str | None, "What the next page comes after; null on the last page."]


class RestoredRecord(AccountRecord):
    """Account that a snapshot was restored into."""

    notes: Annotated[list[str], "What may differ from the account that was saved, each in a sentence."]


class NewAccountRecord(AccountSettingsRecord):
    """New account, or one with new secrets; no other response contains them."""

    client_secret: str
    credentials: Annotated[dict[str, dict[str, str]], "What each API asks for, by API."]


class RevokedRecord(TypedDict):
    """Number of access tokens and sessions that were revoked."""

    revoked: int


class ProfileRecord(TypedDict):
    """Profile of a center."""

    agents: int
    queues: Annotated[Any, "A number, or a list of queues."]
    trunks: Annotated[Any, "A number, or a list of trunks."]
    load: float
    talk_seconds: float
    wrap_seconds: float
    patience_seconds: Annotated[Any, "A number, or unlimited."]
    service_level_seconds: float
    opening: str
    names: literals.NameStyle
    locale: str
    ring_seconds: float
    max_wait_seconds: float
    unanswered_share: float
    list_logged_out: bool
    absent_share: float
    breaks: bool
    rhythm: literals.ArrivalRhythm
    service: literals.ServiceDistribution
    outages: list[dict[str, Any]]


class PinRecord(TypedDict):
    """Pin: values that fields of one object keep."""

    kind: literals.ObjectKind
    key: str
    fields: Mapping[str, Any]
    expires_at: InstantText | None
    reads: Annotated[int | None, "Answers left that show it; null for any number."]


class PinsRecord(TypedDict):
    """List of pins."""

    pins: list[PinRecord]


class OutcomeRecord(TypedDict, total=False):
    """Outcome of one request that a fault plan decides."""

    status: int
    delay_ms: int
    body: str
    headers: dict[str, Any]
    connection: literals.ConnectionFault
    ok: bool


class FaultRecord(TypedDict):
    """Fault plan: `outcomes` and `repeat`, or else `probability`, `outcome` and `seed`."""

    id: str
    api: literals.ApiKey
    operation: str | None
    key: Annotated[str | None, "Number of the only object that it applies to."]
    outcomes: NotRequired[list[OutcomeRecord]]
    repeat: NotRequired[bool]
    probability: NotRequired[float]
    outcome: NotRequired[OutcomeRecord]
    seed: NotRequired[str]
    remaining: Annotated[int | None, "Outcomes left; null when they never end."]


class FaultsRecord(TypedDict):
    """List of fault plans, in the order in which they are tried."""

    faults: list[FaultRecord]


class QuotaRecord(TypedDict):
    """Quota: requests that are allowed in a window of time."""

    limit: int
    interval: int
    unit: literals.QuotaUnit
    retry_after: bool


class LogEntryRecord(TypedDict):
    """Entry of the request log."""

    id: Annotated[str, "Its X-Request-Id."]
    at: Annotated[InstantText, "By the account's clock."]
    received_at: Annotated[InstantText, "By wall time."]
    api: str
    operation: str | None
    method: str
    path: str
    query: str
    status: int
    duration_ms: float
    headers: Annotated[Mapping[str, str], "Of the request, without secrets."]
    response_headers: Annotated[Mapping[str, str], "Without secrets; empty when the connection was broken."]
    reason: Annotated[str | None, "Why the response is not the usual one, such as fault; several with ; between."]
    note: Annotated[str | None, "Details, for people."]
    request_body: Annotated[str | None, "With journal_bodies only; at most 8 KB, without secrets."]
    response_body: Annotated[str | None, "Likewise, unless the status is 2xx."]
    client_id: NotRequired[Annotated[str | None, "In the list of all accounts; null when it belongs to none."]]


class LogPageRecord(TypedDict):
    """Latest entries of the request log, oldest first."""

    count: Annotated[int, "Requests that the filters let through; limit shows fewer."]
    dropped: Annotated[int, "Requests no longer kept."]
    requests: list[LogEntryRecord]


class FindingRecord(TypedDict):
    """Breach of a conduct rule, with examples and advice."""

    rule: literals.ConductRule
    count: int
    examples: Annotated[list[str], "Ids of requests."]
    advice: str


class ConductRecord(TypedDict):
    """Breaches of conduct rules by a client."""

    requests: Annotated[int, "Requests looked at."]
    findings: list[FindingRecord]


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


class CustomersRecord(TypedDict):
    """Page of the customers of a center."""

    customers: list[CustomerRecord]
    next: Annotated[int | None, "To be given as `after` for the next page; null on the last one."]


class RingRecord(TypedDict):
    """Ringing of a call at one agent."""

    agent: int
    started_at: InstantText
    ended_at: InstantText | None
    answered: bool


class CallRecord(TypedDict):
    """Call as far as it has gone; null for what has not happened."""

    direction: Annotated[str, "in, or out for a call that an agent made."]
    queue: int
    vdn: str | None
    trunk: int | None
    port: int | None
    customer: Annotated[int, "The customer's primary_key."]
    callback_of: Annotated[InstantText | None, "arrived_at of the call whose caller this one calls back."]
    arrived_at: Annotated[InstantText, "When it came in, or when the agent dialled."]
    ringing_at: Annotated[InstantText | None, "When it rang first."]
    rings: list[RingRecord]
    answered_at: InstantText | None
    held_at: InstantText | None
    ended_at: Annotated[InstantText | None, "End of the talk, and of a call that was made and not answered."]
    wrapped_at: InstantText | None
    left_at: Annotated[InstantText | None, "When it left the queue; an outbound call never was in it."]
    agent: Annotated[int | None, "Who answered, or who made the call."]
    outcome: Annotated[
        str | None, "answered, abandoned, flowed_out, blocked, cut_off; out: answered, no_answer, cut_off; null so far."
    ]
    in_service_level: bool | None
    transferred: bool | None


class CallsRecord(TypedDict):
    """Calls of a period, in order of arrival, and those that agents made."""

    calls: list[CallRecord]


class IntervalRecord(TypedDict):
    """Queue in an interval; an event counts in the interval in which it happens."""

    starts_at: InstantText
    ends_at: InstantText
    seconds: Annotated[float, "The part of it that counts: in the period, and not in the future."]
    queue: int
    offered: int
    answered: int
    in_service_level: Annotated[int, "Calls answered within the queue's threshold."]
    abandoned: int
    flowed_out: int
    handled: Annotated[int, "Answered calls whose wrap-up ended."]
    average_speed_of_answer: Annotated[float | None, "Seconds, of the calls answered."]
    average_handle_time: Annotated[float | None, "Seconds from answer to the end of the wrap-up, of the calls handled."]
    staffed: Annotated[float | None, "Mean number of agents logged in."]
    occupancy: Annotated[float | None, "Share of the time logged in and not in AUX that is ringing, talk or wrap-up."]


class IntervalsRecord(TypedDict):
    """Intervals of a period, in order, with each queue."""

    intervals: list[IntervalRecord]


class ShiftRecord(TypedDict):
    """Planned shift."""

    starts_at: InstantText
    ends_at: InstantText


class BreakRecord(ShiftRecord):
    """Planned break."""

    reason: Annotated[int, "The AUX reason."]


class AgentScheduleRecord(TypedDict):
    """Schedule of an agent on a date."""

    agent: int
    queue: int
    shift: Annotated[ShiftRecord | None, "Null on a day off."]
    breaks: list[BreakRecord]
    absent: Annotated[bool, "Whether the agent does not work the planned shift, or a part of it."]
    logged_in_at: Annotated[InstantText | None, "The first log-in."]
    logged_out_at: Annotated[InstantText | None, "The last log-out; null while logged in."]
    adherence: Annotated[
        float | None,
        "Share of the planned time so far, absence left out, in which the agent was in the planned state: "
        "in a break in AUX with its reason, else logged in and not in AUX.",
    ]


class ScheduleRecord(TypedDict):
    """Schedules of all agents on a date."""

    date: Annotated[str, Keywords("2026-11-23", "date")]
    agents: list[AgentScheduleRecord]


class StateRecord(TypedDict):
    """Change of an agent's state."""

    at: InstantText
    status: str
    reason: int | None
    queue: int
    vdn: str | None
    direction: Annotated[str | None, "in or out; null without a call at hand, and in wrap-up."]


class StatesRecord(TypedDict):
    """Changes of an agent's state in a period."""

    states: list[StateRecord]


class InboxRecord(TypedDict):
    """KPI records received from a client, oldest first."""

    records: list[dict[str, Any]]


class ResetRecord(TypedDict):
    """Layers that were reset."""

    layers: list[literals.ResetLayer]


class ProblemRecord(TypedDict):
    """Problem document of a request that failed (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    errors: NotRequired[list[FieldError]]
