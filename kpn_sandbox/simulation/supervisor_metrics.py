"""
The figures of a supervisor's screen: agents and services in more detail than their facts.

Agents come in columns rather than one by one: clients ask for a thousand of them with twenty figures each every few
seconds. A service is a queue as supervisors see it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from kpn_sandbox.simulation.agent_activity import NONE
from kpn_sandbox.simulation.center import Center
from kpn_sandbox.simulation.counters import rounded
from kpn_sandbox.simulation.day_index import FIRST_LOGIN, FIRST_NUMBER
from kpn_sandbox.simulation.facts import AgentFact, QueueFact
from kpn_sandbox.simulation.randomness import Integers


class ServiceFact(NamedTuple):
    """One queue at one instant, with the figures that its `QueueFact` leaves out."""

    queue: QueueFact
    short_abandoned: int
    """Callers who hung up within the threshold."""
    abandoned: int
    """All callers who hung up."""
    threshold_seconds: int
    target_percent: float
    outbound_answered: int
    exists: bool
    """Whether the queue is still there; one that was removed counts in sums."""


class ChatFact(NamedTuple):
    """A message from one agent to the others."""

    place: int
    """The number of the message on its day, from 0."""
    sent_at: int
    """Epoch seconds."""
    login: int
    name: str
    urgent: bool
    content: str


@dataclass(frozen=True)
class SupervisorMetrics:
    """
    All agents at an instant, those logged out included; each column has one entry for each of them.

    Counts and times (seconds) run since local midnight; None where there is nothing to show.
    """

    agents: list[AgentFact]
    department_names: list[str]
    reason_names: list[str | None]
    seconds_in_activity: list[int]
    """Seconds in the status, where ringing and talking count as one."""
    login_seconds: list[int | None]
    ready_seconds: list[int]
    busy_seconds: list[int]
    wrap_seconds: list[int]
    break_seconds: list[int]
    talk_seconds: list[int | None]
    """Of the conversation at hand, without hold."""
    hold_seconds: list[int | None]
    answered: list[int]
    handling_seconds: list[int | None]
    """The average of the inbound calls that are wrapped up."""
    outbound_answered: list[int]
    due_away: list[bool]
    """Whether a break or the end of the shift is overdue."""


def supervisor_metrics(center: Center, at: float) -> SupervisorMetrics:
    """
    All agents at an instant.

    Args:
        center, at: The center, and the instant in epoch seconds.
    """
    index, instant = center.day_index_at(at)
    agents = list(center.agents(at))
    names = index.names(index.trace.span_at(instant))
    departments = {number: names.department_name(number) for number in {agent.department for agent in agents}}
    reasons = {code: names.reason_name(code) for code in {agent.reason for agent in agents} if code is not None}
    # Agents who were employed earlier in the day and have left have figures, but no fact.
    rows = np.array([agent.login - FIRST_LOGIN for agent in agents], dtype=np.int64)
    figures = center.agent_activity(index.trace.day).at(instant)

    def seconds(column: Integers) -> list[int]:
        return list((column[rows] // 1000).tolist())

    average = np.where(figures.handled > 0, rounded(figures.handling, 1000 * np.maximum(figures.handled, 1)), NONE)
    return SupervisorMetrics(
        agents=agents,
        department_names=[departments[agent.department] for agent in agents],
        reason_names=[None if agent.reason is None else reasons[agent.reason] for agent in agents],
        seconds_in_activity=seconds(instant - figures.since),
        login_seconds=_or_none(seconds(np.where(figures.login == NONE, NONE, instant - figures.login))),
        ready_seconds=seconds(figures.ready),
        busy_seconds=seconds(figures.busy),
        wrap_seconds=seconds(figures.wrap),
        break_seconds=seconds(figures.pause),
        talk_seconds=_or_none(seconds(figures.talk)),
        hold_seconds=_or_none(seconds(figures.hold)),
        answered=figures.answered[rows].tolist(),
        handling_seconds=_or_none(average[rows].tolist()),
        outbound_answered=figures.reached[rows].tolist(),
        due_away=figures.due[rows].tolist(),
    )


def dispositions_by_agent(center: Center, codes: Iterable[int], at: float) -> list[int]:
    """
    Count the conversations of each agent that ended with certain dispositions.

    Args:
        center, codes: The center, and the codes of the dispositions.
        at: The instant up to which conversations count, epoch seconds.

    Returns:
        A count for each agent, in the order of `SupervisorMetrics.agents`.
    """
    index, instant = center.day_index_at(at)
    counts = center.agent_activity(index.trace.day).dispositions(codes, instant)
    return [counts[agent.login - FIRST_LOGIN] for agent in center.agents(at)]


def dispositions_by_queue(center: Center, codes: Iterable[int], at: float) -> dict[int, int]:
    """
    Count the conversations of each queue of the day that ended with certain dispositions, by its number.

    Args:
        center, codes: The center, and the codes of the dispositions.
        at: The instant up to which conversations count, epoch seconds.
    """
    index, instant = center.day_index_at(at)
    counts = center.agent_activity(index.trace.day).dispositions(codes, instant, by_queue=True)
    return {FIRST_NUMBER + queue: count for queue, count in enumerate(counts)}


def services(center: Center, at: float) -> list[ServiceFact]:
    """
    All services at an instant.

    Args:
        center, at: The center, and the instant in epoch seconds.
    """
    index, instant = center.day_index_at(at)
    activity = center.agent_activity(index.trace.day)
    short, reached = activity.short_abandons(instant), activity.reached_by_queue(instant)
    existing = index.trace.span_at(instant).resolved.queues
    found = []
    for fact in center.queues(at, removed=True):
        queue = fact.number - FIRST_NUMBER
        # A queue that was removed has no settings any more.
        own = existing[queue] if queue < len(existing) else None
        threshold, target = (own.threshold // 1000, 100 * own.target) if own else (0, 0)
        abandoned = fact.offered - fact.answered - fact.flowed_out - fact.waiting
        found.append(ServiceFact(fact, short[queue], abandoned, threshold, target, reached[queue], own is not None))
    return found


def chats(center: Center, at: float) -> list[ChatFact]:
    """
    The messages that agents have sent on the day of an instant until then, the newest first.

    Args:
        center, at: The center, and the instant in epoch seconds.
    """
    index, instant = center.day_index_at(at)
    day = index.trace.day
    found = []
    for message in reversed(center.agent_activity(day).messages):
        if message.instant <= instant:
            span = index.trace.span_at(message.instant)
            sender = index.identities[index.trace.spans.index(span)][message.agent]
            content = message.phrase.format(queue=index.queue_name(span, message.queue))
            sent_at = day.starts_at + message.instant // 1000
            found.append(ChatFact(message.place, sent_at, sender.login, sender.name, message.urgent, content))
    return found


def _or_none(column: list[int]) -> list[int | None]:
    # Whole seconds of NONE milliseconds are NONE again.
    return [None if value == NONE else value for value in column]
