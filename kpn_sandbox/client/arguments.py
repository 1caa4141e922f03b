"""Types of the arguments that methods of the client take by name; a test compares them with what the sandbox takes."""

from collections.abc import Mapping, Sequence
from datetime import time, timedelta
from decimal import Decimal
from enum import Enum
from http import HTTPStatus
from typing import Any, Literal, TypedDict
from uuid import UUID

from kpn_sandbox.client.values import Headers, Instant, Number, Seconds
from kpn_sandbox.literals import (
    ApiKey,
    ArrivalRhythm,
    ClockMode,
    ConnectionFault,
    NameStyle,
    OperationName,
    ScenarioName,
    ServiceDistribution,
    TokenTime,
)

Share = float | Decimal
Count = int | Decimal
Seed = str | int | UUID | Enum
Operation = OperationName | Enum
Status = int | str | HTTPStatus
PinValue = str | int | Decimal | timedelta | Enum | None
Broken = ConnectionFault | Literal["timeout"] | BaseException | type[BaseException]
Outcome = float | Decimal | timedelta | Enum | Broken | Literal["ok"] | Mapping[str, Any]
"""The outcome of a request, as `fail` describes it; a word is a literal, so that type checkers find a wrong one."""


class QueuePatch(TypedDict, total=False):
    """Settings of a queue."""

    name: str
    agents: Count
    load: Share
    talk_seconds: Seconds
    wrap_seconds: Seconds
    patience_seconds: Seconds | str
    service_level_seconds: Seconds
    service_level_target: Share


class TrunkPatch(TypedDict, total=False):
    """Settings of a trunk."""

    name: str
    ports: Count


class OutagePatch(TypedDict, total=False):
    """A trunk that is out of service between two readings of the clock."""

    trunk: Count
    start: str | time
    end: str | time


class ProfilePatch(TypedDict, total=False):
    """Fields of a profile; None restores a default."""

    agents: Count | None
    queues: Count | Sequence[QueuePatch] | None
    trunks: Count | Sequence[TrunkPatch] | None
    load: Share | None
    talk_seconds: Seconds | None
    wrap_seconds: Seconds | None
    patience_seconds: Seconds | str | None
    service_level_seconds: Seconds | None
    opening: str | None
    names: NameStyle | Enum | None
    locale: str | None
    list_logged_out: bool | None
    ring_seconds: Seconds | None
    max_wait_seconds: Seconds | None
    unanswered_share: Share | None
    absent_share: Share | None
    breaks: bool | None
    rhythm: ArrivalRhythm | Enum | None
    service: ServiceDistribution | Enum | None
    outages: Sequence[OutagePatch] | None


class ClockSettings(TypedDict, total=False):
    """Settings of a clock."""

    mode: ClockMode | Enum
    at: Instant
    speed: float | Decimal
    tokens: TokenTime | Enum


class NewAccountSettings(TypedDict, total=False):
    """Settings of an account that is to be created."""

    client_id: str | UUID | Enum | None
    client_secret: str | UUID | None
    seed: Seed | None
    scenario: ScenarioName | Enum | None
    clock: ClockSettings | None
    """Such as `{"mode": "running", "at": "2026-11-23T10:00:00+01:00", "speed": 60}`."""
    at: Instant | None
    """Freezes the clock there, in place of `clock`."""
    profile: ProfilePatch | None
    """A merge patch to the default profile."""
    agents: Count | None
    """The number of agents of the center, in place of the profile's."""
    expires_in_seconds: Seconds | None
    """After so long, by wall time, it is dropped; never by default."""


class PinFields(TypedDict, total=False):
    """Fields of agents, queues and trunks, as KPN spells them; a number is sent as a text."""

    Agent: PinValue
    Status: PinValue
    Reason: PinValue
    Direction: PinValue
    Skill: PinValue
    Lvl: PinValue
    Time: PinValue
    VDN: PinValue
    Dep: PinValue
    Name: PinValue
    InQueueCalls: PinValue
    OfferedCalls: PinValue
    AnsweredCalls: PinValue
    InServiceLevelCalls: PinValue
    TransferredCalls: PinValue
    HoldCalls: PinValue
    RONACalls: PinValue
    RingTime: PinValue
    Answertime: PinValue
    ACDtime: PinValue
    Abandontime: PinValue
    Flowout: PinValue
    LongestWaitingCall: PinValue
    Staffed: PinValue
    Available: PinValue
    InACD: PinValue
    InAUX: PinValue
    InACW: PinValue
    ServiceLevel: PinValue
    TotalPorts: PinValue
    PortsInUse: PinValue
    PortsIdle: PinValue
    Usage: PinValue
    Ports: Sequence[Mapping[str, PinValue]]


class LogFilters(TypedDict, total=False):
    """Filters of the request log; one that is None does not count."""

    api: ApiKey | Enum | None
    method: str | Enum | None
    path: str | None
    """As it was sent; a * at the end stands for any end."""
    status: Status | None
    """Such as `503` or `"5xx"`; 0 for a broken connection."""
    since: Instant | None
    limit: Count | None


class CallFilters(TypedDict, total=False):
    """Filters of the calls."""

    queue: Number | None
    agent: Number | None
    direction: str | Enum | None


class InboxFilters(TypedDict, total=False):
    """Filters of the inbox."""

    type: str | Enum | None
    context: str | Enum | None
    kpi: str | Enum | None
    since: Instant | None


class CustomerFilters(TypedDict, total=False):
    """Filters of the customers."""

    after: Number | None
    """The primary_key of the last one on the page before."""
    identifier: Number | None
    """Any number of one."""


class RequestOptions(TypedDict, total=False):
    """Options of a request."""

    params: Mapping[str, Any] | Sequence[tuple[str, Any]] | None
    """Fields of the query, beside those in the path."""
    token: str | None
    """The access token to send; the account's own by default, fetched when there is none or it has ended."""
    headers: Headers | None
    """More headers, such as `{"Prefer": "code=503"}`; an `Authorization` is sent in place of a token."""
    timeout: Seconds | None
    """How long to wait for a byte; longer than the longest delay by default."""
