"""Facts of the center under KPN's names, in KPN's order; nothing is computed here."""

from typing import NamedTuple

from kpn_sandbox.simulation.facts import AgentFact, QueueFact, TrunkFact


class AgentRecord(NamedTuple):
    """An agent; the fields have KPN's names and order."""

    Logid: int
    Agent: str
    Status: str
    Reason: int | None
    Direction: str | None
    Skill: int
    Lvl: int
    Time: int
    VDN: str | None
    Dep: int


class QueueRecord(NamedTuple):
    """A queue; the fields have KPN's names and order."""

    Name: str
    Number: int
    InQueueCalls: int
    OfferedCalls: int
    AnsweredCalls: int
    InServiceLevelCalls: int
    TransferredCalls: int
    HoldCalls: int
    RONACalls: int
    RingTime: int
    Answertime: int
    ACDtime: int
    Abandontime: int
    Flowout: int
    LongestWaitingCall: int
    Staffed: int
    Available: int
    InACD: int
    InAUX: int
    InACW: int
    ServiceLevel: int


class PortRecord(NamedTuple):
    """A port of a trunk; the fields have KPN's names and order."""

    Number: int
    State: str


class TrunkRecord(NamedTuple):
    """A trunk; the fields have KPN's names and order."""

    Name: str
    Number: int
    TotalPorts: int
    PortsInUse: int
    PortsIdle: int
    Usage: int
    Ports: tuple[PortRecord, ...]


def agent_record(fact: AgentFact, at: float) -> AgentRecord:
    """
    Return an agent under KPN's names.

    Args:
        fact: The agent.
        at: Instant in epoch seconds, up to which the time in the status counts.
    """
    return AgentRecord(
        Logid=fact.login,
        Agent=fact.name,
        Status=fact.status.value,
        Reason=fact.reason,
        Direction=None if fact.direction is None else fact.direction.value,
        Skill=fact.skill,
        Lvl=fact.level,
        Time=fact.seconds_in_status(at),
        VDN=fact.vdn,
        Dep=fact.department,
    )


def queue_record(fact: QueueFact) -> QueueRecord:
    """Return a queue under KPN's names."""
    return QueueRecord(
        Name=fact.name,
        Number=fact.number,
        InQueueCalls=fact.waiting,
        OfferedCalls=fact.offered,
        AnsweredCalls=fact.answered,
        InServiceLevelCalls=fact.answered_in_time,
        TransferredCalls=fact.transferred,
        HoldCalls=fact.held,
        RONACalls=fact.unanswered_rings,
        RingTime=fact.ring_seconds,
        Answertime=fact.answer_seconds,
        ACDtime=fact.talk_seconds,
        Abandontime=fact.abandon_seconds,
        Flowout=fact.flowed_out,
        LongestWaitingCall=fact.longest_wait_seconds,
        Staffed=fact.staffed,
        Available=fact.available,
        InACD=fact.talking,
        InAUX=fact.auxiliary,
        InACW=fact.wrapping,
        ServiceLevel=fact.service_level_percent,
    )


def trunk_record(fact: TrunkFact) -> TrunkRecord:
    """Return a trunk under KPN's names."""
    return TrunkRecord(
        Name=fact.name,
        Number=fact.number,
        TotalPorts=fact.total_ports,
        PortsInUse=fact.ports_in_use,
        PortsIdle=fact.ports_idle,
        Usage=fact.usage_percent,
        Ports=tuple(PortRecord(number, state.value) for number, state in enumerate(fact.ports, 1)),
    )
