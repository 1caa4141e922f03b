"""
Facts of the center under Bright Pattern's names: queues are services, departments are teams.

Also the other way round, for pins, which have KPN's names for fields.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from kpn_sandbox.simulation.facts import AgentFact, QueueFact, Status
from kpn_sandbox.simulation.supervisor_metrics import ChatFact
from kpn_sandbox.vendors.bright_pattern.store import Wallboard

ACD_STATES = {
    Status.AVAILABLE: "ready",
    Status.RINGING: "busy",
    Status.TALKING: "busy",
    Status.WRAPPING: "after_call_work",
    Status.AUXILIARY: "not_ready",
    Status.LOGGED_OUT: "",
}
"""
Names of the states of agents.

Source:
    The names are those of Bright Pattern's wallboard and of its client-side JavaScript API, getAgentState. That an
    agent is busy while a call rings is assumed.
"""

PRIVILEGES = ("PUSH_PULL_GLOBAL_WALLBOARDS", "CUSTOMIZE_WALLBOARDS", "SYS_USE_AGENT_SEAT_MAPS")

# Attributes of facts by the fields of pins that fix them.
_AGENT_ATTRIBUTES = {"Agent": "name", "Dep": "department", "Status": "status", "Reason": "reason"}
_QUEUE_ATTRIBUTES = {
    "Name": "name",
    "InQueueCalls": "waiting",
    "OfferedCalls": "offered",
    "AnsweredCalls": "answered",
    "InServiceLevelCalls": "answered_in_time",
    "Answertime": "answer_seconds",
    "Flowout": "flowed_out",
    "LongestWaitingCall": "longest_wait_seconds",
    "Staffed": "staffed",
    "Available": "available",
    "InACD": "talking",
    "InAUX": "auxiliary",
    "InACW": "wrapping",
}


@lru_cache(maxsize=16_384)
def unique_id(seed: str, kind: str, number: int) -> str:
    """
    Return the UUID of an object of the center, which never changes.

    Args:
        seed: Seed of the center.
        kind: Kind of the object, `service`, `team` or `user` for those that clients may name.
        number: Number of the object among its kind.
    """
    return str(uuid5(NAMESPACE_URL, f"kpn-sandbox:{kind}/{number}/{seed}")).upper()


def _first_and_last(name: str) -> tuple[str, str]:
    """Split a name: the last name begins after the first word, a title not counted."""
    words = name.split(" ")
    first = 2 if words[0].endswith(".") and len(words) > 2 else 1
    return " ".join(words[:first]), " ".join(words[first:])


def chat_record(seed: str, fact: ChatFact, date: str) -> dict[str, str]:
    """
    Return a message from one agent to the others.

    Args:
        seed: Seed of the center.
        fact: The message.
        date: Calendar day as YYYY-MM-DD.
    """
    first, last = _first_and_last(fact.name)
    return {
        "id": unique_id(seed, f"message {date}", fact.place),
        "login_id": str(fact.login),
        "first_name": first,
        "last_name": last,
        "send_time": str(fact.sent_at),
        "is_urgent": "1" if fact.urgent else "0",
        "content": fact.content,
    }


def wallboard_entry(wallboard: Wallboard) -> dict[str, Any]:
    """Return a wallboard as the list of wallboards has it."""
    record = wallboard_record(wallboard)
    return {name: record[name] for name in ("id", "name", "is_global", "is_default")}


def wallboard_record(wallboard: Wallboard) -> dict[str, Any]:
    """Return a wallboard with its configuration."""
    return vars(wallboard)


def pinned_agent(fact: AgentFact, fields: Mapping[str, Any]) -> AgentFact:
    """
    Return an agent with the fields of a pin.

    Args:
        fact: The agent.
        fields: Fields of the pin by KPN's names; those that Bright Pattern does not show are ignored.
    """
    changes = _changes(fields, _AGENT_ATTRIBUTES)
    if "status" in changes:
        changes["status"] = Status(fields["Status"])
        if changes["status"] is not Status.AUXILIARY:
            changes.setdefault("reason", None)
    return fact._replace(**changes)


def pinned_queue(fact: QueueFact, fields: Mapping[str, Any]) -> QueueFact:
    """
    Return a queue with the fields of a pin.

    Args:
        fact: The queue.
        fields: Fields of the pin by KPN's names; those that Bright Pattern does not show are ignored.
    """
    return fact._replace(**_changes(fields, _QUEUE_ATTRIBUTES))


@lru_cache(maxsize=64)
def sorted_names(names: tuple[str, ...]) -> tuple[Sequence[str], Sequence[str], Sequence[int]]:
    """Return first names, last names, and the indexes of all in the order of last and first names."""
    parts = [_first_and_last(name) for name in names]
    order = sorted(range(len(parts)), key=lambda index: (parts[index][1].casefold(), parts[index][0].casefold()))
    return [first for first, _ in parts], [last for _, last in parts], order


def _changes(fields: Mapping[str, Any], attributes: Mapping[str, str]) -> dict[str, Any]:
    # In pins, as in KPN's responses, numbers are strings.
    return {
        attributes[name]: int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else value
        for name, value in fields.items()
        if name in attributes
    }
