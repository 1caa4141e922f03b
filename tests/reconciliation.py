"""
Sums that hold in KPN's answers for every center, computed from the answers alone.

The functions take the lists of `DataSet` as they come over the wire, where every value is a string or null.
"""

from collections import Counter
from typing import Any

from kpn_sandbox.simulation.center import Center
from kpn_sandbox.vendors.kpn.records import agent_record, queue_record, trunk_record
from kpn_sandbox.vendors.kpn.schemas import AgentSchema, QueueSchema, TrunkSchema, record_serializer

Rows = list[dict[str, Any]]

NOT_COUNTERS = {"Name", "Number", "InQueueCalls", "LongestWaitingCall", "Staffed", "Available", "ServiceLevel"} | {
    "InACD",
    "InAUX",
    "InACW",
}


def answers(center: Center, at: float) -> tuple[Rows, Rows, Rows]:
    """The API's answers for agents, queues and trunks of a center."""
    agent, queue, trunk = record_serializer(AgentSchema), record_serializer(QueueSchema), record_serializer(TrunkSchema)
    return (
        [agent(agent_record(fact, at)) for fact in center.agents(at)],
        [queue(queue_record(fact)) for fact in center.queues(at)],
        [trunk(trunk_record(fact)) for fact in center.trunks(at)],
    )


def check_instant(agents: Rows, queues: Rows, trunks: Rows, longest_wait: int = 600) -> None:
    """Everything that must hold at one instant."""
    for queue in queues:
        check_queue(_numbers(queue), longest_wait)
        check_staff(_numbers(queue), [agent for agent in agents if _skill(agent) == queue["Number"]])
    for agent in agents:
        check_agent(agent)
    for trunk in trunks:
        check_trunk(trunk)
    check_trunks_carry_the_queues(queues, trunks)


def check_queue(queue: dict[str, int], longest_wait: int) -> None:
    """The counters of a queue among themselves."""
    offered, waiting, answered = queue["OfferedCalls"], queue["InQueueCalls"], queue["AnsweredCalls"]
    abandoned = offered - answered - queue["Flowout"] - waiting

    assert all(value >= 0 for value in queue.values())
    assert queue["InServiceLevelCalls"] <= answered <= offered
    assert max(queue["TransferredCalls"], queue["HoldCalls"]) <= answered
    assert abandoned >= 0
    assert abandoned > 0 or queue["Abandontime"] == 0
    finished = offered - waiting
    level = (200 * queue["InServiceLevelCalls"] + finished) // (2 * finished) if finished else 100
    assert queue["ServiceLevel"] == level <= 100
    assert queue["LongestWaitingCall"] <= (longest_wait + 15 if waiting else 0)


def check_staff(queue: dict[str, int], agents: Rows) -> None:
    """The agents of a queue against its own figures."""
    states = Counter(agent["Status"] for agent in agents)
    counted = tuple(states[status] for status in ("AVAIL", "ACD", "AUX", "ACW"))

    assert counted == tuple(queue[name] for name in ("Available", "InACD", "InAUX", "InACW"))
    assert queue["Staffed"] == sum(counted) + states["RINGING"]
    assert states["RINGING"] <= queue["InQueueCalls"]
    assert queue["InQueueCalls"] == states["RINGING"] or queue["Available"] == 0


def check_agent(agent: dict[str, Any]) -> None:
    """The fields of an agent among themselves."""
    assert (agent["Reason"] is not None) == (agent["Status"] == "AUX")
    directions = {"RINGING": ["IN"], "ACD": ["IN", "OUT"]}
    assert agent["Direction"] in directions.get(agent["Status"], [None])
    assert (agent["VDN"] is not None) == (agent["Direction"] == "IN" or agent["Status"] == "ACW")
    assert 1 <= int(agent["Lvl"]) <= 16
    assert int(agent["Time"]) >= 0


def check_trunk(trunk: dict[str, Any]) -> None:
    """The ports of a trunk against its own figures."""
    states = Counter(port["State"] for port in trunk["Ports"])
    total, in_use = int(trunk["TotalPorts"]), int(trunk["PortsInUse"])

    assert total == len(trunk["Ports"])
    assert [port["Number"] for port in trunk["Ports"]] == [str(number) for number in range(1, total + 1)]
    assert in_use == states["SEIZED"] + states["QUEUEDIN"]
    assert int(trunk["PortsIdle"]) == states["IDLE"] == total - in_use - states["FAULT"]
    assert int(trunk["Usage"]) == (200 * in_use + total) // (2 * total)


def check_trunks_carry_the_queues(queues: Rows, trunks: Rows) -> None:
    """Every call that waits or talks holds one port."""
    states = Counter(port["State"] for trunk in trunks for port in trunk["Ports"])

    assert states["QUEUEDIN"] == sum(int(queue["InQueueCalls"]) for queue in queues)
    assert states["SEIZED"] == sum(int(queue["InACD"]) for queue in queues)


def check_growth(before: Rows, after: Rows) -> None:
    """Counters and totals of the same queues never fall during a day."""
    later = {queue["Number"]: queue for queue in after}
    for queue in before:
        for name in queue.keys() - NOT_COUNTERS:
            assert int(queue[name]) <= int(later[queue["Number"]][name]), name


def check_ageing(before: Rows, after: Rows, seconds: int) -> None:
    """Whoever is in a state for longer than the gap was in it before, and is so many seconds older in it."""
    earlier = {agent["Logid"]: agent for agent in before}
    for agent in after:
        if int(agent["Time"]) > seconds:
            was = earlier[agent["Logid"]]
            assert {**was, "Time": str(int(was["Time"]) + seconds)} == agent


def _skill(agent: dict[str, Any]) -> str:
    return str(999 + int(agent["Skill"]))


def _numbers(queue: dict[str, Any]) -> dict[str, int]:
    return {name: int(value) for name, value in queue.items() if name != "Name"}
