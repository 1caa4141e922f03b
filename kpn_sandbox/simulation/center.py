"""
The center at an instant: facts about its agents, queues and trunks, read from day traces.

The center is a pure function of seed, configuration and instant. It keeps nothing but what it has computed, so any two
centers of the same account, in whatever process, give the same answers to questions in any order.
"""

import hashlib
from collections.abc import Hashable, Iterator
from datetime import timedelta
from functools import cached_property
from itertools import accumulate, pairwise
from typing import Any, NamedTuple

import numpy as np

from kpn_sandbox.caching import SingleFlightCache
from kpn_sandbox.simulation.agent_activity import AgentActivity
from kpn_sandbox.simulation.arrivals import arrivals_per_hour
from kpn_sandbox.simulation.calendar import LAST_DATE, CalendarDay, calendar_day, day_of
from kpn_sandbox.simulation.callers import customer_count
from kpn_sandbox.simulation.counters import rounded
from kpn_sandbox.simulation.day_index import FIRST_LOGIN, FIRST_NUMBER, DayIndex, ShownAgents, queue_name
from kpn_sandbox.simulation.day_simulation import simulate_day
from kpn_sandbox.simulation.day_trace import DayTrace
from kpn_sandbox.simulation.errors import UnknownAgent, UnknownQueue, UnknownTrunk
from kpn_sandbox.simulation.facts import AgentFact, PortState, QueueFact, Status, TheoryFact, TrunkFact, direction_of
from kpn_sandbox.simulation.names import CenterNames, center_names
from kpn_sandbox.simulation.profile import Epoch
from kpn_sandbox.simulation.resolved_profile import Span, most_queues, resolve_profile
from kpn_sandbox.simulation.timelines import PortTimeline

_ON_A_CALL = (Status.RINGING, Status.TALKING, Status.WRAPPING)


class Center:
    """
    One contact center.

    Every method that takes an instant takes epoch seconds, of which fractions do not count, and raises
    `InstantOutOfRange` for instants before 2000 or after 2100.

    Args:
        seed: The account's seed: what makes it this center and no other.
        epochs: Its profiles, each with the instant from which it is in force, in order; the first holds from ever.
        traces: The cache of computed days; may be shared with other centers.
    """

    def __init__(self, seed: str, epochs: tuple[Epoch, ...], traces: SingleFlightCache) -> None:
        self.seed, self._epochs, self._traces = seed, epochs, traces
        parts = (f"{epoch.since} {epoch.profile.digest}" for epoch in epochs)
        self.digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
        """The same for equal configurations, whatever the seed."""
        self.key = seed, self.digest
        """The same for centers in which the same happens."""
        # Requests are mostly for one day; threads that miss at once make equal ones.
        self._last_day: _CenterDay | None = None

    @property
    def most_agents(self) -> int:
        """The greatest number of agents that it has at any time."""
        return max(epoch.profile.agents for epoch in self._epochs)

    @property
    def most_queues(self) -> int:
        """The greatest number of queues that it has at any time."""
        return max(epoch.profile.queue_count for epoch in self._epochs)

    def agents(self, at: float) -> tuple[AgentFact, ...]:
        """All agents at an instant, those logged out included; the same tuple while nothing about any has changed."""
        index, instant = self.day_index_at(at)
        shown = index.last_agents
        if not shown.since <= instant < shown.until:
            shown = index.last_agents = _CenterSnapshot(self, at).shown_agents()
        return shown.facts

    def agent(self, login: int, at: float) -> AgentFact:
        """
        One agent at an instant.

        Args:
            login, at: The login id, and the instant.

        Raises:
            UnknownAgent: No agent has that login id at that instant.
        """
        snapshot, agent = _CenterSnapshot(self, at), login - FIRST_LOGIN
        if not 0 <= agent < snapshot.employed:
            raise UnknownAgent(login)
        return snapshot.agent(agent)

    def lists_logged_out(self, at: float) -> bool:
        """Whether a list of agents shows those who are logged out at an instant; the profile in force says so."""
        return self._span_at(at).resolved.profile.list_logged_out

    def queues(self, at: float, *, removed: bool = False) -> tuple[QueueFact, ...]:
        """
        All queues at an instant.

        Args:
            at: The instant.
            removed: Whether queues count that were there earlier on the day, with what they had counted.
        """
        snapshot = _CenterSnapshot(self, at)
        return tuple(map(snapshot.queue, snapshot.queue_indices(removed=removed)))

    def queue(self, number: int, at: float) -> QueueFact:
        """
        One queue at an instant.

        Args:
            number, at: The number, and the instant.

        Raises:
            UnknownQueue: No queue has that number at that instant.
        """
        snapshot = _CenterSnapshot(self, at)
        if number - FIRST_NUMBER not in snapshot.queue_indices():
            raise UnknownQueue(number)
        return snapshot.queue(number - FIRST_NUMBER)

    def trunks(self, at: float) -> tuple[TrunkFact, ...]:
        """All trunks at an instant."""
        return tuple(_CenterSnapshot(self, at).trunks())

    def trunk(self, number: int, at: float) -> TrunkFact:
        """
        One trunk at an instant.

        Args:
            number, at: The number, and the instant.

        Raises:
            UnknownTrunk: No trunk has that number at that instant.
        """
        for fact in _CenterSnapshot(self, at).trunks(number - FIRST_NUMBER):
            return fact
        raise UnknownTrunk(number)

    def theory(self, at: float) -> tuple[TheoryFact, ...]:
        """The parameters of the Erlang formulas for each queue; empty unless the rhythm is constant."""
        resolved = self._span_at(at).resolved
        return tuple(
            TheoryFact(
                FIRST_NUMBER + index,
                len(resolved.staff(index)),
                arrivals_per_hour(resolved, index),
                queue.talk / 1000,
                None if queue.patience is None else queue.patience / 1000,
            )
            for index, queue in enumerate(resolved.queues)
            if resolved.constant
        )

    def closed_until(self, at: float) -> int | None:
        """
        When the center opens next by the hours in force at an instant; None while it is open.

        Returns:
            Epoch seconds; of a day after 2100, None.
        """
        day, hours = day_of(at), self._span_at(at).resolved.hours
        if day.offset(at) < day.elapsed(hours.opens):
            return day.starts_at + day.elapsed(hours.opens) // 1000
        # A center that is open to midnight has no closing time.
        if hours.closes == 24 * 60 or day.offset(at) < day.elapsed(hours.closes) or day.date == LAST_DATE:
            return None
        following = calendar_day(day.date + timedelta(days=1))
        return following.starts_at + following.elapsed(hours.opens) // 1000

    def names(self, at: float) -> CenterNames:
        """The names in force at an instant."""
        profile = self._span_at(at).resolved.profile
        return center_names(self.seed, profile.locale, profile.names)

    def customer_count(self, at: float) -> int:
        """The number of customers at an instant: who was one before a change of the profile stays one."""
        return self._customer_counts[sum(epoch.since <= at for epoch in self._epochs[1:])]

    @cached_property
    def _customer_counts(self) -> list[int]:
        """For each profile the most customers of it and those before it."""
        return list(accumulate((customer_count(resolve_profile(epoch.profile)) for epoch in self._epochs), max))

    def queue_name(self, index: int, at: float) -> str:
        """
        The name of a queue: its own or the center's.

        Args:
            index, at: The queue, from 0, which need not exist any more, and the instant.
        """
        return queue_name(self._span_at(at).resolved, self.names(at), index)

    def day_index(self, day: CalendarDay) -> DayIndex:
        """A day of the center, kept in the cache."""

        def compute() -> DayIndex:
            return DayIndex(self.seed, self._simulated(day)).prepared()

        found: DayIndex = self._traces.get_or_compute(self.day_key(day), compute, DayIndex.size)
        return found

    def day_index_at(self, at: float) -> tuple[DayIndex, int]:
        """The day that an instant lies in, and the milliseconds from midnight to it."""
        day = self._day_at(at).day
        return self.day_index(day), day.offset(at)

    def trace(self, day: CalendarDay) -> DayTrace:
        """The trace of a day, taken from the cache but not put into it: a long history would drive all else out."""
        index: DayIndex | None = self._traces.get(self.day_key(day))
        return self._simulated(day) if index is None else index.trace

    def agent_activity(self, day: CalendarDay) -> AgentActivity:
        """The activities of agents on a day; cached apart from the day itself, because few clients need them."""
        key = (self.seed, "agent activity", self.day_key(day))
        index = self.day_index(day)

        def compute() -> AgentActivity:
            return AgentActivity(self.seed, index.trace, index.agents.columns())

        found: AgentActivity = self._traces.get_or_compute(key, compute, AgentActivity.size)
        return found

    def ports(self, index: DayIndex) -> PortTimeline:
        """The states of all ports on a day; made when first needed, because only trunks need them."""
        made: PortTimeline = index.ports if "ports" in vars(index) else self._traces.run(lambda: index.ports)
        return made

    def day_key(self, day: CalendarDay) -> tuple[Hashable, ...]:
        """A key that is the same for days on which the same happens; it begins with the seed."""
        return self._day(day).key

    def _span_at(self, at: float) -> Span:
        day, spans, _ = self._day_at(at)
        return spans[0] if len(spans) == 1 else next(each for each in reversed(spans) if each.start <= day.offset(at))

    def _simulated(self, day: CalendarDay) -> DayTrace:
        return simulate_day(self.seed, day, self._spans(day))

    def _spans(self, day: CalendarDay) -> tuple[Span, ...]:
        return self._day(day).spans

    def _day_at(self, at: float) -> "_CenterDay":
        known = self._last_day
        return known if known is not None and known.day.contains(at) else self._day(day_of(at))

    def _day(self, day: CalendarDay) -> "_CenterDay":
        known = self._last_day
        if known is None or known.day is not day:
            spans = self._new_spans(day)
            key = self.seed, day.date, tuple((span.start, span.resolved.profile.digest) for span in spans)
            known = self._last_day = _CenterDay(day, spans, key)
        return known

    def _new_spans(self, day: CalendarDay) -> tuple[Span, ...]:
        begins = [min(max(_milliseconds(epoch.since, day), 0), day.length) for epoch in self._epochs]
        # Profiles that are in force on other days only begin and end at the same midnight here.
        return tuple(
            Span(begin, end, resolve_profile(epoch.profile))
            for epoch, (begin, end) in zip(self._epochs, pairwise([*begins, day.length]), strict=True)
            if begin < end
        )


class _CenterDay(NamedTuple):
    """A day of a center: its parts, and the key under which it is cached."""

    day: CalendarDay
    spans: tuple[Span, ...]
    key: tuple[Hashable, ...]


class _CenterSnapshot:
    """A center at one instant."""

    def __init__(self, center: Center, at: float) -> None:
        self._center = center
        self.index, self.instant = center.day_index_at(at)
        self.trace = self.index.trace
        self.span = self.trace.span_at(self.instant)
        self.number = self.trace.spans.index(self.span)

    @property
    def employed(self) -> int:
        """The number of agents."""
        return len(self.span.resolved.homes)

    def shown_agents(self) -> ShownAgents:
        """All agents, and the part of the day from the instant on in which nothing about any of them changes."""
        before, timeline = self.index.last_agents, self.index.agents
        facts: list[Any] = list(before.facts)
        following = before.next_changes.copy()
        changed = np.flatnonzero(following <= self.instant)
        # Agents log in for a queue, and a change of its own says when; but another profile may change all of them.
        if len(self.trace.spans) > 1 or not facts or self.instant < before.since:
            changed, following = np.arange(self.employed), np.zeros(self.employed, np.int64)
            facts = [None] * self.employed
        changes, homes = timeline.positions(changed, self.instant), self.index.homes(self.span, self.instant)
        following[changed] = timeline.next_instants(changed, changes)
        for agent, change in zip(changed.tolist(), changes.tolist(), strict=True):
            facts[agent] = self._agent(agent, change, homes[agent])
        return ShownAgents(self.instant, min(int(following.min()), self.span.end), tuple(facts), following)

    def agent(self, agent: int) -> AgentFact:
        """One agent."""
        change = int(self.index.agents.positions(agent, self.instant))
        return self._agent(agent, change, self.index.homes(self.span, self.instant)[agent])

    def _agent(self, agent: int, change: int, home: int) -> AgentFact:
        """An agent since a change; a fact that still holds is returned again instead of being made anew."""
        known = self.index.agent_facts[self.number][agent]
        if known is not None and known[:2] == (change, home):
            return known[2]
        identity = self.index.identities[self.number][agent]
        status, since, detail, outbound = self.index.agents.read(change)
        inbound = status in _ON_A_CALL and not outbound
        fact = AgentFact(
            login=identity.login,
            name=identity.name,
            status=status,
            reason=detail if status is Status.AUXILIARY else None,
            direction=direction_of(status, outbound=outbound),
            skill=home + 1,
            level=identity.level,
            since=self.trace.day.starts_at + since / 1000,
            vdn=self.index.vdn_name(self.span, detail) if inbound else None,
            department=identity.department,
        )
        self.index.agent_facts[self.number][agent] = change, home, fact
        return fact

    def queue_indices(self, *, removed: bool = False) -> range:
        """The queues that exist, or all that have existed on the day so far."""
        if not removed:
            return range(len(self.span.resolved.queues))
        return range(most_queues(self.trace.spans[: self.number + 1]))

    def queue(self, index: int) -> QueueFact:
        name = self.index.queue_name(self.span, index)
        return QueueFact(name, FIRST_NUMBER + index, *self._totals[index])

    def trunks(self, only: int | None = None) -> Iterator[TrunkFact]:
        states, starts = self._center.ports(self.index).at(self.instant), self.trace.port_usage.starts
        for trunk, own in enumerate(self.span.resolved.trunks):
            if only in (None, trunk):
                yield self._trunk(trunk, states[starts[trunk] : starts[trunk] + own.ports])

    def _trunk(self, trunk: int, ports: list[PortState]) -> TrunkFact:
        in_use = ports.count(PortState.SEIZED) + ports.count(PortState.QUEUED)
        idle, usage = ports.count(PortState.IDLE), rounded(100 * in_use, len(ports))
        name = self.index.trunk_name(self.span, trunk)
        return TrunkFact(name, FIRST_NUMBER + trunk, len(ports), in_use, idle, usage, tuple(ports))

    @cached_property
    def _totals(self) -> list[tuple[int, ...]]:
        return self.index.counters.at(self.instant)


def _milliseconds(since: float, day: CalendarDay) -> int:
    """The first whole second of the day from which a profile is in force, unlimited to the day."""
    if since <= day.starts_at:
        return 0
    # Rounded up, so that an instant read in whole seconds never comes before the change; the longest day has 90,000.
    return min(-(-int((since - day.starts_at) * 1000) // 1000), 90_000) * 1000
