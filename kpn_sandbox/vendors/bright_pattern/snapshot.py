"""A center at an instant as one account sees it: with its pins, ready to be asked for statistics."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

from kpn_sandbox.simulation import supervisor_metrics
from kpn_sandbox.simulation.calendar import day_of
from kpn_sandbox.simulation.center import Center
from kpn_sandbox.simulation.dispositions import code_of
from kpn_sandbox.simulation.supervisor_metrics import ChatFact, ServiceFact, SupervisorMetrics
from kpn_sandbox.vendors.bright_pattern.records import pinned_agent, pinned_queue, service_id, team_id

Pinned = Mapping[str, Mapping[str, Any]]
"""Fixed fields by the number of what they belong to."""


class Snapshot:
    """
    One instant.

    Args:
        center: The center.
        at: The instant, in epoch seconds.
        agents: What is fixed of agents.
        queues: What is fixed of queues.
    """

    def __init__(self, center: Center, at: float, agents: Pinned, queues: Pinned) -> None:
        self.center = center
        self.at = at
        self.seed = center.seed
        self._pinned_agents, self._pinned_queues = agents, queues

    @cached_property
    def services(self) -> list[ServiceFact]:
        """All services, in the order of their numbers."""
        facts = supervisor_metrics.services(self.center, self.at)
        if not self._pinned_queues:
            return facts
        return [_pinned_service(fact, self._pinned_queues.get(str(fact.queue.number))) for fact in facts]

    @cached_property
    def agents(self) -> SupervisorMetrics:
        """All agents."""
        metrics = supervisor_metrics.supervisor_metrics(self.center, self.at)
        return _pinned_metrics(metrics, self._pinned_agents, self.center, self.at) if self._pinned_agents else metrics

    @cached_property
    def chats(self) -> list[ChatFact]:
        """What agents have written to one another today, the last first."""
        return supervisor_metrics.chats(self.center, self.at)

    @cached_property
    def date(self) -> str:
        """The calendar day."""
        return day_of(self.at).date.isoformat()

    @cached_property
    def service_ids(self) -> list[str]:
        """The UUID of each service."""
        return [service_id(self.seed, fact.queue.number) for fact in self.services]

    @cached_property
    def service_of_agents(self) -> list[str]:
        """For each agent the UUID of his service."""
        return [service_id(self.seed, 999 + fact.skill) for fact in self.agents.agents]

    @cached_property
    def team_of_agents(self) -> list[str]:
        """For each agent the UUID of his team."""
        return [team_id(self.seed, fact.department) for fact in self.agents.agents]

    def disposed(self, names: Iterable[str]) -> list[int]:
        """Return how many conversations of each agent ended with one of these dispositions."""
        return supervisor_metrics.dispositions_by_agent(self.center, _codes(names), self.at)

    def disposed_for(self, names: Iterable[str]) -> dict[int, int]:
        """Return how many conversations ended with one of these dispositions, by number of the queue."""
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


def _pinned_metrics(metrics: SupervisorMetrics, pinned: Pinned, center: Center, at: float) -> SupervisorMetrics:
    index, instant = center.day_index_at(at)
    names = index.names(index.trace.span_at(instant))
    agents, departments, reasons = list(metrics.agents), list(metrics.department_names), list(metrics.reason_names)
    seconds = list(metrics.seconds_in_activity)
    for row, fact in enumerate(metrics.agents):
        fields = pinned.get(str(fact.login))
        if fields is not None:
            agents[row] = agent = pinned_agent(fact, fields)
            departments[row] = _known(names.department_name, agent.department)
            reasons[row] = None if agent.reason is None else _known(names.reason_name, agent.reason)
            seconds[row] = int(fields.get("Time", seconds[row]))
    return replace(
        metrics, agents=agents, department_names=departments, reason_names=reasons, seconds_in_activity=seconds
    )


def _known(name_of: Callable[[int], str], number: int) -> str:
    """Return the name of a number; the number itself where a pin names one that the center does not have."""
    try:
        return name_of(number)
    except (ValueError, IndexError):
        return str(number)
