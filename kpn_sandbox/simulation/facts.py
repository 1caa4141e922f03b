"""
What is so at one instant, in the center's own words and units.

Facts are immutable and know no vendor: durations are whole seconds, shares are whole percents, absent things are
None. They are named tuples rather than dataclasses because a thousand of them are made for one answer, and a
tuple is made four times as fast.
"""

from enum import Enum
from typing import NamedTuple


class Status(str, Enum):
    """
    The work mode of an agent.

    Source:
        The words of Avaya CMS (Administering CMS r21, agent string values), of which KPN shows ACD and ACW.
    """

    AVAILABLE = "AVAIL"
    RINGING = "RINGING"
    TALKING = "ACD"
    WRAPPING = "ACW"
    AUXILIARY = "AUX"
    LOGGED_OUT = "UNSTAFF"


class Direction(str, Enum):
    """Whether a call came in or went out."""

    INBOUND = "IN"
    OUTBOUND = "OUT"


class PortState(str, Enum):
    """
    What a port of a trunk does.

    Source:
        The four states on KPN's page: carrying a call that talks, carrying one that waits, free, out of service.
    """

    SEIZED = "SEIZED"
    QUEUED = "QUEUEDIN"
    IDLE = "IDLE"
    FAULT = "FAULT"


class AgentFact(NamedTuple):
    """One agent at one instant; as long as nothing about him changes it is mostly the same object."""

    login: int
    name: str
    status: Status
    reason: int | None
    direction: Direction | None
    skill: int
    level: int
    since: float
    """When the status began, epoch seconds."""
    vdn: str | None
    department: int

    def seconds_in_status(self, at: float) -> int:
        """Whole seconds in the status at an instant (epoch seconds)."""
        return int(at // 1 - self.since)


class QueueFact(NamedTuple):
    """One queue at one instant; counters and totals run since local midnight."""

    name: str
    number: int
    waiting: int
    offered: int
    answered: int
    answered_in_time: int
    transferred: int
    held: int
    unanswered_rings: int
    ring_seconds: int
    answer_seconds: int
    talk_seconds: int
    abandon_seconds: int
    flowed_out: int
    longest_wait_seconds: int
    staffed: int
    available: int
    talking: int
    auxiliary: int
    wrapping: int
    service_level_percent: int


class TrunkFact(NamedTuple):
    """One trunk at one instant; ``ports[0]`` is port 1."""

    name: str
    number: int
    total_ports: int
    ports_in_use: int
    ports_idle: int
    usage_percent: int
    ports: tuple[PortState, ...]


class TheoryFact(NamedTuple):
    """What queueing theory needs to know of a queue whose arrivals and staff stay the same all day."""

    number: int
    staff: int
    arrivals_per_hour: float
    service_seconds: float
    patience_seconds: float | None
    """The mean of exponential patience; None when nobody hangs up."""


class CustomerFact(NamedTuple):
    """Somebody who calls, with every identifier that one of the vendors knows him by."""

    primary_key: int
    entity_id: str
    """Nine digits; the first may be zero."""
    customer_number: int
    phone: str
    """E.164."""
    external_id: str
    kaisa_customer_id: int
    name: str
    area: str
    """Where the phone number belongs."""


class RingFact(NamedTuple):
    """A call rang at an agent; instants are epoch seconds, None when they have not come yet."""

    agent: int
    started_at: float
    ended_at: float | None
    answered: bool


class CallFact(NamedTuple):
    """
    One call as far as it has gone; instants are epoch seconds, None when they have not come or will not come.
    """

    queue: int
    vdn: str
    trunk: int | None
    port: int | None
    customer: CustomerFact
    arrived_at: float
    ringing_at: float | None
    """When it rang first."""
    rings: tuple[RingFact, ...]
    answered_at: float | None
    held_at: float | None
    ended_at: float | None
    """End of the talk."""
    wrapped_at: float | None
    left_at: float | None
    """When it left the queue: answer, hang-up, flow-out."""
    agent: int | None
    """Who answered."""
    outcome: str | None
    """answered, abandoned, flowed_out, blocked; None while it waits."""
    in_service_level: bool | None
    transferred: bool | None
    """None until the talk has ended."""


class StateFact(NamedTuple):
    """An agent entered a state."""

    at: float
    status: Status
    reason: int | None
    queue: int
    """The number of the queue he is logged in for, or was last or will be."""
    vdn: str | None
