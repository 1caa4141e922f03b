"""The center of an account at an instant, with the account's pins, as the statistics read it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

from kpn_sandbox.simulation import supervisor_metrics
from kpn_sandbox.simulation.calendar import day_of
from kpn_sandbox.simulation.center import Center
from kpn_sandbox.simulation.dispositions import code_of
from kpn_sandbox.simulation.supervisor_metrics import ChatFact, ServiceFact, SupervisorMetrics
from kpn_sandbox.vendors.bright_pattern.records import pinned_agent, pinned_queue, unique_id

PinnedFields = Mapping[str, Mapping[str, Any]]
"""Fields of pins by the number of the pinned object."""


class Snapshot:
    """
    The center of an account at an instant.

    Args:
        center: The center.
        at: Instant in epoch seconds.
        agents: Fields of pinned agents.
        queues: Fields of pinned queues.
    """

    def __init__(self, center: Center, at: float, agents: PinnedFields, queues: PinnedFields) -> None:
        self.center = center
        self.at = at
        self.seed = center.seed
        self._pinned_agents, self._pinned_queues = agents, queues

    @property
    def is_pinned(self) -> bool:
        """Whether fields of an agent or a queue are pinned."""
        return bool(self._pinned_agents or self._pinned_queues)

    @cached_property
    def services(self) -> list[ServiceFact]:
        """Services in the order of their numbers."""
        facts = supervisor_metrics.services(self.center, self.at)
        if not self._pinned_queues:
            return facts
        return [_pinned_service(fact, self._pinned_queues.get(str(fact.queue.number))) for fact in facts]

    @cached_property
    def agents(self) -> SupervisorMetrics:
        """Agents and their figures in columns."""
        metrics = supervisor_metrics.supervisor_metrics(self.center, self.at)
        return _pinned_metrics(metrics, self._pinned_agents, self.center, self.at) if self._pinned_agents else metrics

    @cached_property
    def chats(self) -> list[ChatFact]:
        """Messages between agents of the day so far, the last one first."""
        return supervisor_metrics.chats(self.center, self.at)

    @cached_property
    def date(self) -> str:
        """Calendar day as YYYY-MM-DD."""
        return day_of(self.at).date.isoformat()

    @cached_property
    def service_ids(self) -> list[str]:
        """UUID of each service."""
        return [unique_id(self.seed, "service", fact.queue.number) for fact in self.services]

    @cached_property
    def agent_ids(self) -> list[str]:
        """UUID of each agent."""
        return [unique_id(self.seed, "user", fact.login) for fact in self.agents.agents]

    @cached_property
    def service_of_agents(self) -> list[str]:
        """UUID of each agent's service."""
        # The first queue has number 1000 and skill 1.
        return [unique_id(self.seed, "service", 999 + fact.skill) for fact in self.agents.agents]

    @cached_property
    def team_of_agents(self) -> list[str]:
        """UUID of each agent's team."""
        return [unique_id(self.seed, "team", fact.department) for fact in self.agents.agents]

    def disposed_by_agent(self, names: Iterable[str]) -> list[int]:
        """Return the number of conversations that ended with one of these dispositions, for each agent."""
        return supervisor_metrics.dispositions_by_agent(self.center, _codes(names), self.at)

    def disposed_by_queue(self, names: Iterable[str]) -> dict[int, int]:
        """Return the number of conversations that ended with one of these dispositions, by number of the queue."""
        return supervisor_metrics.dispositions_by_queue(self.center, _codes(names), self.at)


def _codes(names: Iterable[str]) -> list[int]:
    codes = map(code_of, names)
    return [code for code in codes if code is not None]


def _pinned_service(fact: ServiceFact, fields: Mapping[str, Any] | None) -> ServiceFact:
    if fields is None:
        return fact
    queue = pinned_queue(fact.queue, fields)
    abandoned = max(0, queue.offered - queue.answered - queue.flowed_out - queue.waiting)
    return fact._replace(queue=queue, abandoned=abandoned, short_abandoned=min(fact.short_abandoned, abandoned))


def _pinned_metrics(metrics: SupervisorMetrics, pinned: PinnedFields, center: Center, at: float) -> SupervisorMetrics:
    index, instant = center.day_index_at(at)
    names = index.names(index.trace.span_at(instant))
    agents, departments, reasons = list(metrics.agents), list(metrics.department_names), list(metrics.reason_names)
    seconds = list(metrics.seconds_in_activity)
    for row, fact in enumerate(metrics.agents):
        fields = pinned.get(str(fact.login))
        if fields is not None:
            agents[row] = agent = pinned_agent(fact, fields)
            departments[row] = _name(names.department_name, agent.department)
            reasons[row] = None if agent.reason is None else _name(names.reason_name, agent.reason)
            seconds[row] = int(fields.get("Time", seconds[row]))
    return replace(
        metrics, agents=agents, department_names=departments, reason_names=reasons, seconds_in_activity=seconds
    )


def _name(name_of: Callable[[int], str], number: int) -> str:
    """Return the name of a number; the number itself where a pin has one that the center has no name for."""
    try:
        return name_of(number)
    except (ValueError, IndexError):
        return str(number)
