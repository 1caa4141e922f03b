"""Question to record: what each operation asks the center, spelled for the wire."""

from collections.abc import Callable
from typing import Any

import orjson

from kpn_sandbox.apis.kpn.operations import AGENT, AGENTS, QUEUE, QUEUES, TRUNK, TRUNKS, Operation
from kpn_sandbox.apis.kpn.records import agent_record, queue_record, trunk_record
from kpn_sandbox.apis.kpn.schemas import AgentSchema, Pieces, QueueSchema, TrunkSchema, writer
from kpn_sandbox.simulation.center import Center
from kpn_sandbox.simulation.facts import AgentFact

Question = Callable[[Center, float, int | None], dict[str, Any]]

KEYS = {"agents": "Logid", "queues": "Number", "trunks": "Number"}
"""Per kind of object the field that tells them apart."""

_agent = writer(AgentSchema)
_agents = Pieces(AgentSchema, "Time")
_queue = writer(QueueSchema)
_trunk = writer(TrunkSchema)


def agents(center: Center, at: float, number: int | None) -> dict[str, Any]:
    """All agents."""
    return {"agents": [_agent(agent_record(fact, at)) for fact in center.agents(at)]}


def agent(center: Center, at: float, number: int | None) -> dict[str, Any]:
    """One agent, the first without a number."""
    return {"agent": _agent(agent_record(center.agents(at)[0] if number is None else center.agent(number, at), at))}


def queues(center: Center, at: float, number: int | None) -> dict[str, Any]:
    """All queues."""
    return {"queues": [_queue(queue_record(fact)) for fact in center.queues(at)]}


def queue(center: Center, at: float, number: int | None) -> dict[str, Any]:
    """One queue, the first without a number."""
    return {"queue": _queue(queue_record(center.queues(at)[0] if number is None else center.queue(number, at)))}


def trunks(center: Center, at: float, number: int | None) -> dict[str, Any]:
    """All trunks."""
    return {"trunks": [_trunk(trunk_record(fact)) for fact in center.trunks(at)]}


def trunk(center: Center, at: float, number: int | None) -> dict[str, Any]:
    """One trunk, the first without a number."""
    return {"trunk": _trunk(trunk_record(center.trunks(at)[0] if number is None else center.trunk(number, at)))}


QUESTIONS: dict[Operation, Question] = {
    AGENTS: agents,
    AGENT: agent,
    QUEUES: queues,
    QUEUE: queue,
    TRUNKS: trunks,
    TRUNK: trunk,
}


def ready_agents(center: Center, at: float, number: int | None) -> dict[str, Any]:
    """All agents, each spelled already: most of them have only grown older in their status since the last time."""

    def spelled(fact: AgentFact) -> orjson.Fragment:
        return orjson.Fragment(_agents.spell(fact, fact.seconds_in_status(at), lambda: agent_record(fact, at)))

    return {"agents": [spelled(fact) for fact in center.agents(at)]}


READY: dict[Operation, Question] = {**QUESTIONS, AGENTS: ready_agents}
"""The same questions, for answers that nothing is laid over."""


def records(operation: Operation, data: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The records in the answer to a question, by their keys."""
    held = data[operation.key] if operation.parameter is None else [data[operation.key]]
    return {record[KEYS[operation.kind]]: record for record in held}
