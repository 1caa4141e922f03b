"""
The day index: a day trace made ready to be read at any instant.

Counters, timelines and names are derived from the trace when they are first needed and kept with it, so that reading
another instant of the same day costs a few binary searches.
"""

from collections.abc import Collection, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np

from kpn_sandbox.literals import FIRST_LOGIN as FIRST_LOGIN
from kpn_sandbox.literals import FIRST_NUMBER as FIRST_NUMBER
from kpn_sandbox.simulation.counters import QueueCounters
from kpn_sandbox.simulation.day_trace import DayTrace
from kpn_sandbox.simulation.facts import AgentFact
from kpn_sandbox.simulation.names import CenterNames, center_names
from kpn_sandbox.simulation.randomness import Integers
from kpn_sandbox.simulation.resolved_profile import ResolvedProfile, Span, most_queues
from kpn_sandbox.simulation.timelines import AgentTimeline, PortTimeline

BYTES_PER_CALL = 182
BYTES_PER_AGENT = 600
BYTES_PER_DAY = 20_000
"""What an index takes with everything derived; `benchmarks/day_trace.py` measures it."""


class AgentIdentity(NamedTuple):
    """The properties of an agent that stay the same all day."""

    login: int
    name: str
    level: int
    department: int


class ShownAgents(NamedTuple):
    """All agents as they are in a part of the day, in milliseconds since midnight."""

    since: int
    until: int
    facts: tuple[AgentFact, ...]
    next_changes: Integers
    """The instant of the next change of each."""


CachedFact = tuple[int, int, AgentFact]
"""An agent's fact with the change in the timeline and the queue that it was made for."""


class DayIndex:
    """One day of a center, with everything that is derived from its trace when first needed."""

    def __init__(self, seed: str, trace: DayTrace) -> None:
        self.trace = trace
        self._seed = seed
        self._most_agents = max(len(span.resolved.homes) for span in trace.spans)
        self._most_queues = most_queues(trace.spans)
        self.last_agents = ShownAgents(0, 0, (), np.zeros(0, np.int64))
        """All agents as they were shown last; threads replace it as a whole."""

    def prepared(self) -> "DayIndex":
        """Derive now what most readers need, and return the index."""
        self.counters, self.agents
        return self

    @cached_property
    def counters(self) -> QueueCounters:
        """The counters of all queues."""
        return QueueCounters(self.trace)

    @cached_property
    def agents(self) -> AgentTimeline:
        """The states of all agents."""
        return AgentTimeline(self.trace, self._most_agents)

    @cached_property
    def ports(self) -> PortTimeline:
        """The states of all ports."""
        return PortTimeline(self.trace)

    def names(self, span: Span) -> CenterNames:
        """The names in force in a part of the day."""
        return center_names(self._seed, span.resolved.profile.locale, span.resolved.profile.names)

    @cached_property
    def vdn_labels(self) -> list[list[tuple[str, ...]]]:
        """For each span and queue the labels of the numbers that lead to it."""
        styles = [self.names(span) for span in self.trace.spans]
        return [[names.vdn_names(queue) for queue in range(self._most_queues)] for names in styles]

    @cached_property
    def identities(self) -> list[list[AgentIdentity]]:
        """For each span all agents of the day."""
        return [self._identities(span) for span in self.trace.spans]

    @cached_property
    def agent_facts(self) -> list[list[CachedFact | None]]:
        """For each span and agent the fact that was made last, to be used again while it holds."""
        # Threads may read and write at once: an entry is replaced as a whole, and each that fits an instant is right.
        return [[None] * self._most_agents for _ in self.trace.spans]

    def queue_name(self, span: Span, queue: int) -> str:
        """
        The name of a queue: its own or the center's.

        Args:
            span, queue: The part of the day in which it has the name, and the queue from 0.
        """
        return queue_name(span.resolved, self.names(span), queue)

    def trunk_name(self, span: Span, trunk: int) -> str:
        """
        The name of a trunk: its own or the center's.

        Args:
            span, trunk: The part of the day in which it has the name, and the trunk from 0.
        """
        trunks = span.resolved.trunks
        own = trunks[trunk].name if trunk < len(trunks) else None
        return own or _unlike(span.resolved.trunk_names, self.names(span).trunk_name(trunk))

    def vdn_name(self, span: Span, call: int) -> str:
        """
        The label of the number that a call was dialled at.

        Args:
            span, call: The part of the day in which it has the label, and the row of the call.
        """
        calls = self.trace.calls
        labels = self.vdn_labels[self.trace.spans.index(span)][int(calls.queue[call])]
        return labels[int(calls.vdn[call]) * len(labels) >> 8]

    def homes(self, span: Span, instant: int) -> Sequence[int]:
        """
        The queue of each agent: the one that the agent is logged in for, else the home queue.

        Args:
            span, instant: The instant, in milliseconds since midnight, and the part of the day that it lies in.
        """
        if len(self.trace.spans) == 1:
            return span.resolved.homes
        # After a change of the profile agents may still finish a call for the queue that was their home before.
        homes = list(span.resolved.homes) + [0] * (self._most_agents - len(span.resolved.homes))
        logins = self.trace.logins
        present = (logins.login <= instant) & (logins.logout > instant)
        for agent, queue in zip(logins.agent[present].tolist(), logins.queue[present].tolist(), strict=True):
            homes[agent] = queue
        return homes

    def size(self) -> int:
        """Estimated bytes in memory, from measured costs per call and agent, once everything was derived."""
        return BYTES_PER_DAY + BYTES_PER_CALL * len(self.trace.calls.arrival) + BYTES_PER_AGENT * self._most_agents

    def _identities(self, span: Span) -> list[AgentIdentity]:
        names = self.names(span)
        return [
            AgentIdentity(FIRST_LOGIN + agent, names.agent_name(agent), names.level(agent), names.department(agent))
            for agent in range(self._most_agents)
        ]


def queue_name(resolved: ResolvedProfile, names: CenterNames, queue: int) -> str:
    """
    The name of a queue: its own or the center's.

    Args:
        resolved, names: The profile and the names in force.
        queue: The queue, from 0, which need not exist any more.
    """
    own = resolved.queues[queue].name if queue < len(resolved.queues) else None
    return own or _unlike(resolved.queue_names, names.queue_name(queue))


def _unlike(taken: Collection[str | None], name: str) -> str:
    """A name of the center, changed where an object of the profile has it; different names stay different."""
    while name in taken:
        name += " (2)"
    return name
