"""The center's facts in KPN's terms: renamed, not computed."""

from typing import NamedTuple

from kpn_sandbox.simulation.facts import AgentFact, PortState, QueueFact, TrunkFact


class AgentRecord(NamedTuple):
    """An agent, as KPN orders and names its fields."""

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
    """A queue, as KPN orders and names its fields."""

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
    """A port of a trunk."""

    Number: int
    State: str


class TrunkRecord(NamedTuple):
    """A trunk, as KPN orders and names its fields."""

    Name: str
    Number: int
    TotalPorts: int
    PortsInUse: int
    PortsIdle: int
    Usage: int
    Ports: tuple[PortRecord, ...]


def agent_record(fact: AgentFact, at: float) -> AgentRecord:
    """An agent in KPN's terms, at an instant."""
    return AgentRecord(
        fact.login,
        fact.name,
        fact.status.value,
        fact.reason,
        None if fact.direction is None else fact.direction.value,
        fact.skill,
        fact.level,
        fact.seconds_in_status(at),
        fact.vdn,
        fact.department,
    )


def queue_record(fact: QueueFact) -> QueueRecord:
    """A queue in KPN's terms."""
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


def port_record(number: int, state: PortState) -> PortRecord:
    """A port in KPN's terms."""
    return PortRecord(Number=number, State=state.value)


def trunk_record(fact: TrunkFact) -> TrunkRecord:
    """A trunk in KPN's terms."""
    return TrunkRecord(
        Name=fact.name,
        Number=fact.number,
        TotalPorts=fact.total_ports,
        PortsInUse=fact.ports_in_use,
        PortsIdle=fact.ports_idle,
        Usage=fact.usage_percent,
        Ports=tuple(port_record(number, state) for number, state in enumerate(fact.ports, 1)),
    )
