"""
The facts about agents, queues, trunks and calls at one instant, in the center's own words and units.

Facts are immutable and know no vendor: durations are whole seconds, shares are whole percents, absent things are
None. They are named tuples rather than dataclasses because a thousand of them are made for one answer, and a
tuple is made four times as fast.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple


class Status(StrEnum):
    """
    The work mode of an agent.

    Source:
        Avaya CMS (Administering CMS r21, agent string values); an agent who has put a caller on hold is still in ACD.
    """

    AVAILABLE = "AVAIL"
    RINGING = "RINGING"
    TALKING = "ACD"
    WRAPPING = "ACW"
    AUXILIARY = "AUX"
    LOGGED_OUT = "UNSTAFF"


class Direction(StrEnum):
    """Whether a call came in or went out."""

    INBOUND = "IN"
    OUTBOUND = "OUT"


def direction_of(status: Status, *, outbound: bool) -> Direction | None:
    """
    The direction of the call at hand, None without one and in wrap-up.

    Args:
        status, outbound: The status of the agent, and whether the call is outbound.
    """
    if status in (Status.RINGING, Status.TALKING):
        return Direction.OUTBOUND if outbound else Direction.INBOUND
    return None


class PortState(StrEnum):
    """
    The state of a port of a trunk.

    Source:
        Avaya CMS (Administering CMS r21, trunk string values), reduced to four states.
    """

    SEIZED = "SEIZED"
    """Carrying a call that is connected to an agent."""
    QUEUED = "QUEUEDIN"
    """Carrying a call that waits or rings."""
    IDLE = "IDLE"
    FAULT = "FAULT"
    """Out of service."""


class AgentFact(NamedTuple):
    """
    One agent at one instant.

    As long as nothing about the agent changes it is mostly the same object, so its identity may serve as a cache key.
    """

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
    """The label of the number that the call at hand was dialled at."""
    department: int

    def seconds_in_status(self, at: float) -> int:
        """Whole seconds that the agent has been in the status at an instant (epoch seconds)."""
        return int(at // 1 - self.since)


class QueueFact(NamedTuple):
    """One queue at one instant; counts and times run since local midnight."""

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
    """Calls answered in time, of all that have left the queue, also by hanging up or flowing out; 100 of none."""


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
    """The parameters of the Erlang formulas for a queue whose arrivals and staff stay the same all day."""

    number: int
    staff: int
    arrivals_per_hour: float
    service_seconds: float
    patience_seconds: float | None
    """The mean of exponential patience; None when nobody hangs up."""


class CustomerFact(NamedTuple):
    """A customer who calls the center."""

    identifiers: Mapping[str, str]
    """
    The customer's number in several numberings, by the name of the numbering; no two customers share one.

    ``phone`` is E.164, ``entity_id`` may begin with a zero, all others are plain numbers. A vendor chooses the
    numberings that its system knows customers by.
    """
    name: str
    area: str
    """Where the phone number belongs."""


class RingFact(NamedTuple):
    """A call rang at an agent; instants are epoch seconds, None when they lie ahead."""

    agent: int
    """The login id."""
    started_at: float
    ended_at: float | None
    answered: bool


class CallFact(NamedTuple):
    """
    One call as far as it has gone; instants are epoch seconds, None when they lie ahead or will not come.

    An outbound call never was in the queue: it has no VDN, rings at nobody in the center and leaves no queue.
    """

    direction: Direction
    queue: int
    """The number of the queue, of an outbound call that of the agent."""
    vdn: str | None
    trunk: int | None
    port: int | None
    customer: int
    """The primary key of the caller."""
    arrived_at: float
    """When it came in, or when the agent dialled."""
    callback_of: float | None
    """When the call began whose caller this one calls back."""
    ringing_at: float | None
    """When it rang first."""
    rings: tuple[RingFact, ...]
    answered_at: float | None
    held_at: float | None
    ended_at: float | None
    """End of the talk, and of an outbound call that was not answered."""
    wrapped_at: float | None
    left_at: float | None
    """When it left the queue: answer, hang-up, flow-out."""
    agent: int | None
    """The login id of the agent who answered, or who made the call."""
    outcome: str | None
    """answered, abandoned, flowed_out, blocked, cut_off or, of an outbound call, no_answer; None while it waits."""
    in_service_level: bool | None
    transferred: bool | None
    """None until the talk has ended."""


class StateFact(NamedTuple):
    """An agent entered a state at an instant, in epoch seconds."""

    at: float
    status: Status
    reason: int | None
    """The AUX reason, None in other states."""
    queue: int
    """The number of the queue that the agent is logged in for, or else the home queue."""
    vdn: str | None
    direction: Direction | None
