"""
Who does what and has done how much, and how each service stands: the figures beyond those of a dashboard.

Agents are told in columns rather than one by one: a thousand of them with twenty figures each are asked for every few
seconds.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from kpn_sandbox.simulation.agent_activity import NONE
from kpn_sandbox.simulation.calendar import day_of
from kpn_sandbox.simulation.center import Center
from kpn_sandbox.simulation.day_index import FIRST_LOGIN, FIRST_NUMBER
from kpn_sandbox.simulation.facts import AgentFact, QueueFact
from kpn_sandbox.simulation.randomness import Integers


class ServiceFact(NamedTuple):
    """One queue at one instant, with what its own fact leaves out."""

    queue: QueueFact
    short_abandoned: int
    """Callers who hung up within the threshold."""
    abandoned: int
    """All who hung up."""
    threshold_seconds: int
    target_percent: float
    outbound_answered: int


class ChatFact(NamedTuple):
    """A message from one agent to the others."""

    place: int
    """Which of the day's it is, from 0."""
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

    Times are seconds; None where there is nothing to tell.
    """

    agents: list[AgentFact]
    department_names: list[str]
    reason_names: list[str | None]
    seconds_in_activity: list[int]
    """As `AgentFact.seconds_in_status`, but ringing and talking are one."""
    login_seconds: list[int | None]
    ready_seconds: list[int]
    busy_seconds: list[int]
    wrap_seconds: list[int]
    break_seconds: list[int]
    talk_seconds: list[int | None]
    hold_seconds: list[int | None]
    answered: list[int]
    handling_seconds: list[int | None]
    """The average of conversations that are wrapped up."""
    outbound_answered: list[int]
    due_away: list[bool]
    """Whether a break or the end of the shift is overdue."""


def supervisor_metrics(center: Center, at: float) -> SupervisorMetrics:
    """All agents at an instant (epoch seconds)."""
    book, instant = center.day_index_at(at)
    agents = list(center.agents(at))
    cast = book.names(book.trace.span_at(instant))
    departments = {number: cast.department_name(number) for number in {agent.department for agent in agents}}
    reasons = {code: cast.reason_name(code) for code in {agent.reason for agent in agents} if code is not None}
    rows = np.array([agent.login - FIRST_LOGIN for agent in agents], dtype=np.int64)
    figures = center.agent_activity(book.trace.day).at(instant)

    def seconds(column: Integers) -> list[int]:
        whole: list[int] = (column[rows] // 1000).tolist()
        return whole

    average = np.where(figures.handled > 0, _rounded(figures.handling, 1000 * np.maximum(figures.handled, 1)), NONE)
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
    """How many conversations of each agent of the workforce ended with one of these dispositions."""
    book, instant = center.day_index_at(at)
    counts: list[int] = center.agent_activity(book.trace.day).disposed(codes, instant).tolist()
    return [counts[agent.login - FIRST_LOGIN] for agent in center.agents(at)]


def dispositions_by_queue(center: Center, codes: Iterable[int], at: float) -> dict[int, int]:
    """How many conversations ended with one of these dispositions, by the number of their queue."""
    book, instant = center.day_index_at(at)
    counts = center.agent_activity(book.trace.day).disposed_for(codes, instant).tolist()
    return {FIRST_NUMBER + queue: count for queue, count in enumerate(counts)}


def services(center: Center, at: float) -> list[ServiceFact]:
    """All queues at an instant."""
    book, instant = center.day_index_at(at)
    performance = center.agent_activity(book.trace.day)
    short, reached = performance.short_abandons(instant), performance.reached(instant)
    plans = book.trace.span_at(instant).plan.queues
    found = []
    for queue in center.queues(at):
        index = queue.number - FIRST_NUMBER
        # A queue that was removed but is not empty yet has no plan any more.
        plan = plans[index] if index < len(plans) else None
        found.append(
            ServiceFact(
                queue=queue,
                short_abandoned=short[index],
                abandoned=queue.offered - queue.answered - queue.flowed_out - queue.waiting,
                threshold_seconds=plan.threshold // 1000 if plan else 0,
                target_percent=100 * plan.target if plan else 0,
                outbound_answered=reached[index],
            )
        )
    return found


def chats(center: Center, at: float) -> list[ChatFact]:
    """What agents have written on the day of an instant until then, the last first."""
    book, instant = center.day_index_at(at)
    day = day_of(at)
    found = []
    for message in reversed(center.agent_activity(day).messages):
        if message.instant <= instant:
            span = book.trace.span_at(message.instant)
            person = book.people[book.trace.spans.index(span)][message.agent]
            content = message.phrase.format(queue=book.queue_name(span, message.queue))
            sent_at = day.starts_at + message.instant // 1000
            found.append(ChatFact(message.place, sent_at, person.login, person.name, message.urgent, content))
    return found


def _rounded(whole: Integers, parts: Integers) -> Integers:
    """Half up."""
    return (2 * whole + parts) // (2 * parts)


def _or_none(column: list[int]) -> list[int | None]:
    # Whole seconds of NONE milliseconds are NONE again.
    return [None if value == NONE else value for value in column]
