"""Facts of the center under KPN's names, in KPN's order; nothing is computed here."""

from operator import attrgetter
from typing import Any, NamedTuple

from kpn_sandbox.simulation.facts import AgentFact, TrunkFact


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


class PortRecord(NamedTuple):
    """A port of a trunk; the fields have KPN's names and order."""

    Number: int
    State: str


QUEUE_ATTRIBUTES = {
    "Name": "name",
    "Number": "number",
    "InQueueCalls": "waiting",
    "OfferedCalls": "offered",
    "AnsweredCalls": "answered",
    "InServiceLevelCalls": "answered_in_time",
    "TransferredCalls": "transferred",
    "HoldCalls": "held",
    "RONACalls": "unanswered_rings",
    "RingTime": "ring_seconds",
    "Answertime": "answer_seconds",
    "ACDtime": "talk_seconds",
    "Abandontime": "abandon_seconds",
    "Flowout": "flowed_out",
    "LongestWaitingCall": "longest_wait_seconds",
    "Staffed": "staffed",
    "Available": "available",
    "InACD": "talking",
    "InAUX": "auxiliary",
    "InACW": "wrapping",
    "ServiceLevel": "service_level_percent",
}
"""Attributes of a queue's fact by KPN's names, in KPN's order."""
TRUNK_ATTRIBUTES = {
    "Name": "name",
    "Number": "number",
    "TotalPorts": "total_ports",
    "PortsInUse": "ports_in_use",
    "PortsIdle": "ports_idle",
    "Usage": "usage_percent",
    "Ports": "ports",
}
"""Attributes of a trunk's fact by KPN's names, in KPN's order."""

queue_record = attrgetter(*QUEUE_ATTRIBUTES.values())
"""Returns a queue's values in KPN's order."""
_trunk_values = attrgetter(*TRUNK_ATTRIBUTES.values())


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


def trunk_record(fact: TrunkFact) -> tuple[Any, ...]:
    """Return a trunk under KPN's names."""
    *values, ports = _trunk_values(fact)
    return (*values, tuple(PortRecord(number, state.value) for number, state in enumerate(ports, 1)))
