"""The center's facts in Bright Pattern's terms: queues are services, departments teams; renamed, not computed."""

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
The word for each work mode.

Source:
    The words are those of Bright Pattern's wallboard and of its client-side JavaScript API, getAgentState. That an
    agent is busy while a call rings is assumed.
"""

PRIVILEGES = ("PUSH_PULL_GLOBAL_WALLBOARDS", "CUSTOMIZE_WALLBOARDS", "SYS_USE_AGENT_SEAT_MAPS")

PINNED_AGENT = {"Agent": "name", "Dep": "department", "Status": "status", "Reason": "reason"}
"""The fields of an agent that somebody may have fixed, as KPN names them, and what they fix here."""

PINNED_QUEUE = {
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
"""Likewise of a queue."""


@lru_cache(maxsize=16_384)
def unique_id(seed: str, kind: str, number: int) -> str:
    """The UUID that a thing of the center with this number always has."""
    return str(uuid5(NAMESPACE_URL, f"kpn-sandbox:{kind}/{number}/{seed}")).upper()


def service_id(seed: str, number: int) -> str:
    """The UUID of the service that the queue with this number is."""
    return unique_id(seed, "service", number)


def team_id(seed: str, department: int) -> str:
    """The UUID of the team that the department with this number is."""
    return unique_id(seed, "team", department)


def user_id(seed: str, login: int) -> str:
    """The UUID of the agent with this login id."""
    return unique_id(seed, "user", login)


def first_and_last(name: str) -> tuple[str, str]:
    """A name in two parts: the last one begins after the first space, behind a title."""
    words = name.split(" ")
    first = 2 if words[0].endswith(".") and len(words) > 2 else 1
    return " ".join(words[:first]), " ".join(words[first:])


def named(identifier: str, name: str) -> dict[str, str]:
    """A team, an agent or a service as the configuration lists them."""
    return {"id": identifier, "name": name}


def chat_record(seed: str, fact: ChatFact, date: str) -> dict[str, str]:
    """A message from one agent to the others."""
    first, last = first_and_last(fact.name)
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
    """A wallboard in the list of all."""
    return {"id": wallboard.id, "name": wallboard.name, "is_global": wallboard.is_global, "is_default": False}


def wallboard_record(wallboard: Wallboard) -> dict[str, Any]:
    """A wallboard with what stands on it."""
    shown = {"id": wallboard.id, "name": wallboard.name, "is_global": wallboard.is_global}
    return {**shown, "config": wallboard.config}


def pinned_agent(fact: AgentFact, fields: Mapping[str, Any]) -> AgentFact:
    """An agent with what is fixed of him."""
    changes = {PINNED_AGENT[name]: _plain(value) for name, value in fields.items() if name in PINNED_AGENT}
    if "status" in changes:
        changes["status"] = Status(fields["Status"])
        if changes["status"] is not Status.AUXILIARY:
            changes.setdefault("reason", None)
    return fact._replace(**changes)


def pinned_queue(fact: QueueFact, fields: Mapping[str, Any]) -> QueueFact:
    """A queue with what is fixed of it."""
    changes = {PINNED_QUEUE[name]: _plain(value) for name, value in fields.items() if name in PINNED_QUEUE}
    return fact._replace(**changes)


@lru_cache(maxsize=64)
def names_of(names: tuple[str, ...]) -> tuple[Sequence[str], Sequence[str], Sequence[int]]:
    """First names, last names, and the places of all in the order of last and first names."""
    parts = [first_and_last(name) for name in names]
    order = sorted(range(len(parts)), key=lambda place: (parts[place][1].casefold(), parts[place][0].casefold()))
    return [first for first, _ in parts], [last for _, last in parts], order


def _plain(value: Any) -> Any:
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else value
