"""
A day trace made ready for questions: counted, put in order of agents and ports, and cast with names.
"""

from collections.abc import Sequence
from functools import cached_property, lru_cache
from typing import NamedTuple

from kpn_sandbox.simulation.counters import QueueCounters
from kpn_sandbox.simulation.day_trace import DayTrace
from kpn_sandbox.simulation.facts import AgentFact
from kpn_sandbox.simulation.names import CenterNames
from kpn_sandbox.simulation.resolved_profile import Span
from kpn_sandbox.simulation.timelines import AgentTimeline, PortTimeline

BYTES_PER_CALL = 220
BYTES_PER_AGENT = 600
BYTES_PER_DAY = 20_000


class AgentIdentity(NamedTuple):
    """What about an agent stays the same all day."""

    login: int
    name: str
    level: int
    department: int


Told = tuple[int, int, AgentFact]
"""The change and the queue that a fact tells of, and the fact."""

FIRST_LOGIN = 40001
FIRST_NUMBER = 1000


class DayIndex:
    """One day of a center, with everything that is derived from its trace when first asked for."""

    def __init__(self, seed: str, trace: DayTrace) -> None:
        self.trace = trace
        self._seed = seed
        self._most_agents = max(len(span.plan.homes) for span in trace.spans)
        self._most_queues = max(len(span.plan.queues) for span in trace.spans)

    @cached_property
    def counters(self) -> QueueCounters:
        """The queues."""
        return QueueCounters(self.trace)

    @cached_property
    def agents(self) -> AgentTimeline:
        """The agents."""
        return AgentTimeline(self.trace, self._most_agents)

    @cached_property
    def ports(self) -> PortTimeline:
        """The trunks."""
        return PortTimeline(self.trace)

    def names(self, span: Span) -> CenterNames:
        """The names in force in a part of the day."""
        return center_names(self._seed, span.plan.profile.locale, span.plan.profile.names)

    @cached_property
    def vdn_labels(self) -> list[list[tuple[str, ...]]]:
        """The labels of the numbers that lead to each queue, for each of the day's spans."""
        casts = [self.names(span) for span in self.trace.spans]
        return [[cast.vdn_names(queue) for queue in range(self._most_queues)] for cast in casts]

    @cached_property
    def people(self) -> list[list[AgentIdentity]]:
        """Everybody who works on the day, for each of its spans."""
        return [self._people(span) for span in self.trace.spans]

    @cached_property
    def told(self) -> list[list[Told | None]]:
        """For each span and agent what was told last."""
        return [[None] * self._most_agents for _ in self.trace.spans]

    def queue_name(self, span: Span, queue: int) -> str:
        """The name of a queue: its own or the cast's."""
        own = span.plan.queues[queue].name if queue < len(span.plan.queues) else None
        return own or self.names(span).queue_name(queue)

    def trunk_name(self, span: Span, trunk: int) -> str:
        """The name of a trunk: its own or the cast's."""
        own = span.plan.trunks[trunk].name if trunk < len(span.plan.trunks) else None
        return own or self.names(span).trunk_name(trunk)

    def vdn_name(self, span: Span, call: int) -> str:
        """The label of the number that a call was dialled at."""
        calls = self.trace.calls
        labels = self.vdn_labels[self.trace.spans.index(span)][int(calls.queue[call])]
        return labels[int(calls.vdn[call]) * len(labels) >> 8]

    def homes(self, span: Span, instant: int) -> Sequence[int]:
        """The queue of each agent at an instant of a span: the one he is logged in for, else his home."""
        if len(self.trace.spans) == 1:
            return span.plan.homes
        homes = list(span.plan.homes) + [0] * (self._most_agents - len(span.plan.homes))
        stays = self.trace.stays
        here = (stays.login <= instant) & (stays.logout > instant)
        for agent, queue in zip(stays.agent[here].tolist(), stays.queue[here].tolist()):
            homes[agent] = queue
        return homes

    def size(self) -> int:
        """How many bytes the book will take once it was read from; measured, not counted."""
        return BYTES_PER_DAY + BYTES_PER_CALL * len(self.trace.calls.arrival) + BYTES_PER_AGENT * self._most_agents

    def _people(self, span: Span) -> list[AgentIdentity]:
        cast = self.names(span)
        return [
            AgentIdentity(FIRST_LOGIN + agent, cast.agent_name(agent), cast.level(agent), cast.department(agent))
            for agent in range(self._most_agents)
        ]


@lru_cache(maxsize=256)
def center_names(seed: str, locale: str, names: str) -> CenterNames:
    """The cast of an account; kept, because naming a thousand people takes longer than asking what they do."""
    return CenterNames(seed, locale, names)
