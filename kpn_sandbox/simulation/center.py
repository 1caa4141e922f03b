"""
Questions about a center at an instant, answered from day traces.

The center is a pure function of seed, configuration and instant. It keeps nothing but what it has computed, so any
two centers of the same account give the same answers, to questions in any order.
"""

import hashlib
from collections.abc import Hashable, Iterator
from functools import cached_property

from kpn_sandbox.caching import SingleFlightCache
from kpn_sandbox.simulation.agent_activity import AgentActivity
from kpn_sandbox.simulation.arrivals import arrivals_per_hour
from kpn_sandbox.simulation.calendar import CalendarDay, day_of
from kpn_sandbox.simulation.counters import QueueTotals
from kpn_sandbox.simulation.day_index import FIRST_LOGIN, FIRST_NUMBER, DayIndex, center_names
from kpn_sandbox.simulation.day_simulation import simulate_day
from kpn_sandbox.simulation.day_trace import DayTrace
from kpn_sandbox.simulation.errors import UnknownAgent, UnknownQueue, UnknownTrunk
from kpn_sandbox.simulation.facts import AgentFact, Direction, PortState, QueueFact, Status, TheoryFact, TrunkFact
from kpn_sandbox.simulation.names import CenterNames
from kpn_sandbox.simulation.profile import Epoch
from kpn_sandbox.simulation.resolved_profile import Span, resolve_profile

_INBOUND = (Status.RINGING, Status.TALKING)
_ON_A_CALL = (*_INBOUND, Status.WRAPPING)


class Center:
    """
    One contact center.

    Args:
        seed: What makes it this center and no other.
        epochs: Its profiles, each with the instant from which it is in force, in order; the first from ever.
        traces: Where computed days are kept; may be shared with other centers.
    """

    def __init__(self, seed: str, epochs: tuple[Epoch, ...], traces: SingleFlightCache) -> None:
        self.seed = seed
        self._epochs = epochs
        self._traces = traces
        parts = (f"{epoch.since} {epoch.profile.digest}" for epoch in epochs)
        self.digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
        """The same for equal configurations, whatever the seed."""

    def agents(self, at: float) -> tuple[AgentFact, ...]:
        """
        All agents at an instant, those logged out included.

        Args:
            at: Epoch seconds; fractions of a second do not count.

        Raises:
            InstantOutOfRange: Before 2000 or after 2100.
        """
        return tuple(_CenterSnapshot(self, at).agents())

    def agent(self, login: int, at: float) -> AgentFact:
        """
        One agent at an instant.

        Raises:
            UnknownAgent: Nobody has that login id at that instant.
            InstantOutOfRange: Before 2000 or after 2100.
        """
        for fact in _CenterSnapshot(self, at).agents(login - FIRST_LOGIN):
            return fact
        raise UnknownAgent(login)

    def queues(self, at: float) -> tuple[QueueFact, ...]:
        """All queues at an instant."""
        moment = _CenterSnapshot(self, at)
        return tuple(map(moment.queue, moment.queue_indices()))

    def queue(self, number: int, at: float) -> QueueFact:
        """
        One queue at an instant.

        Raises:
            UnknownQueue: No queue has that number at that instant.
        """
        moment = _CenterSnapshot(self, at)
        if number - FIRST_NUMBER not in moment.queue_indices():
            raise UnknownQueue(number)
        return moment.queue(number - FIRST_NUMBER)

    def trunks(self, at: float) -> tuple[TrunkFact, ...]:
        """All trunks at an instant."""
        return tuple(_CenterSnapshot(self, at).trunks())

    def trunk(self, number: int, at: float) -> TrunkFact:
        """
        One trunk at an instant.

        Raises:
            UnknownTrunk: No trunk has that number at that instant.
        """
        for fact in _CenterSnapshot(self, at).trunks(number - FIRST_NUMBER):
            return fact
        raise UnknownTrunk(number)

    def theory(self, at: float) -> tuple[TheoryFact, ...]:
        """What queueing theory needs to know of each queue; nothing unless the rhythm is constant."""
        plan = _CenterSnapshot(self, at).span.plan
        return tuple(
            TheoryFact(
                number=FIRST_NUMBER + index,
                staff=len(plan.staff(index)),
                arrivals_per_hour=arrivals_per_hour(plan, index),
                service_seconds=queue.talk / 1000,
                patience_seconds=None if queue.patience is None else queue.patience / 1000,
            )
            for index, queue in enumerate(plan.queues)
            if plan.constant
        )

    def book(self, day: CalendarDay) -> DayIndex:
        """A day of the center."""

        def compute() -> DayIndex:
            return DayIndex(self.seed, self._simulated(day))

        found: DayIndex = self._traces.find(self.key(day), compute, DayIndex.size)
        return found

    def trace(self, day: CalendarDay) -> DayTrace:
        """The trace of a day; one that is not kept already is not kept either."""
        book: DayIndex | None = self._traces.kept(self.key(day))
        return self._simulated(day) if book is None else book.trace

    def agent_activity(self, day: CalendarDay) -> AgentActivity:
        """What agents and queues have done on a day; kept for itself, because not everybody asks for it."""

        def compute() -> AgentActivity:
            book = self.book(day)
            return AgentActivity(self.seed, book.trace, book.agents.columns())

        found: AgentActivity = self._traces.find(("performance", self.key(day)), compute, AgentActivity.size)
        return found

    def key(self, day: CalendarDay) -> Hashable:
        """The same for days on which the same happens."""
        return self.seed, day.date, tuple((span.start, span.plan.profile.digest) for span in self._spans(day))

    def names(self, at: float) -> CenterNames:
        """
        The names in force at an instant.

        Raises:
            InstantOutOfRange: Before 2000 or after 2100.
        """
        profile = self._span_at(at).plan.profile
        return center_names(self.seed, profile.locale, profile.names)

    def queue_name(self, index: int, at: float) -> str:
        """The name that the queue at an index from 0 has at an instant: its own or the cast's."""
        queues = self._span_at(at).plan.queues
        own = queues[index].name if index < len(queues) else None
        return own or self.names(at).queue_name(index)

    def day_index_at(self, at: float) -> tuple[DayIndex, int]:
        """The day that an instant lies in, and its milliseconds since midnight."""
        day = day_of(at)
        return self.book(day), day.offset(at)

    def _span_at(self, at: float) -> Span:
        day = day_of(at)
        return next(span for span in reversed(self._spans(day)) if span.start <= day.offset(at))

    def _simulated(self, day: CalendarDay) -> DayTrace:
        return simulate_day(self.seed, day, self._spans(day))

    def _spans(self, day: CalendarDay) -> tuple[Span, ...]:
        begins = [min(max(_milliseconds(epoch.since, day), 0), day.length) for epoch in self._epochs]
        return tuple(
            Span(begin, end, resolve_profile(epoch.profile))
            for epoch, begin, end in zip(self._epochs, begins, [*begins[1:], day.length])
            if begin < end
        )


class _CenterSnapshot:
    """A center at one instant."""

    def __init__(self, center: Center, at: float) -> None:
        self.book, self.instant = center.day_index_at(at)
        self.trace = self.book.trace
        self.span = self.trace.span_at(self.instant)
        self.number = self.trace.spans.index(self.span)

    def agents(self, only: int | None = None) -> Iterator[AgentFact]:
        """Everybody, or one agent; a fact that still holds is told again instead of being made anew."""
        told, places = self.book.told[self.number], self.book.agents.at(self.instant)
        homes, employed = self.book.homes(self.span, self.instant), len(self.span.plan.homes)
        chosen = range(len(told)) if only is None else range(max(only, 0), min(max(only, -1) + 1, len(told)))
        for agent in chosen:
            place, home = places[agent], homes[agent]
            known = told[agent]
            if known is None or known[0] != place or known[1] != home:
                known = told[agent] = place, home, self._agent(agent, place, home)
            if agent < employed or known[2].status is not Status.LOGGED_OUT:
                yield known[2]

    def _agent(self, agent: int, place: int, home: int) -> AgentFact:
        person = self.book.people[self.number][agent]
        status, since, detail = self.book.agents.read(place)
        return AgentFact(
            login=person.login,
            name=person.name,
            status=status,
            reason=detail if status is Status.AUXILIARY else None,
            direction=Direction.INBOUND if status in _INBOUND else None,
            skill=home + 1,
            level=person.level,
            since=self.trace.day.starts_at + since / 1000,
            vdn=self.book.vdn_name(self.span, detail) if status in _ON_A_CALL else None,
            department=person.department,
        )

    def queue_indices(self) -> list[int]:
        """The queues that exist, and those that were removed but are not empty yet."""
        existing = len(self.span.plan.queues)
        return [
            index for index, tally in enumerate(self._tallies) if index < existing or tally.waiting or tally.staffed
        ]

    def queue(self, index: int) -> QueueFact:
        tally = self._tallies[index]
        finished = tally.offered - tally.waiting
        return QueueFact(
            name=self.book.queue_name(self.span, index),
            number=FIRST_NUMBER + index,
            waiting=tally.waiting,
            offered=tally.offered,
            answered=tally.answered,
            answered_in_time=tally.answered_in_time,
            transferred=tally.transferred,
            held=tally.held,
            unanswered_rings=tally.unanswered_rings,
            ring_seconds=tally.ring_time // 1000,
            answer_seconds=tally.answer_time // 1000,
            talk_seconds=tally.talk_time // 1000,
            abandon_seconds=tally.abandon_time // 1000,
            flowed_out=tally.flowed_out,
            longest_wait_seconds=tally.longest_wait // 1000,
            staffed=tally.staffed,
            available=tally.available,
            talking=tally.talking,
            auxiliary=tally.auxiliary,
            wrapping=tally.wrapping,
            service_level_percent=_percent(tally.answered_in_time, finished) if finished else 100,
        )

    def trunks(self, only: int | None = None) -> Iterator[TrunkFact]:
        states = self.book.ports.at(self.instant)
        starts = self.trace.port_usage.starts
        for index, (start, end) in enumerate(zip(starts, starts[1:])):
            ports = self._shown_ports(index, states[start:end])
            if only in (None, index) and (ports or index < len(self.span.plan.trunks)):
                yield self._trunk(index, ports)

    def _trunk(self, index: int, ports: list[PortState]) -> TrunkFact:
        in_use = ports.count(PortState.SEIZED) + ports.count(PortState.QUEUED)
        return TrunkFact(
            name=self.book.trunk_name(self.span, index),
            number=FIRST_NUMBER + index,
            total_ports=len(ports),
            ports_in_use=in_use,
            ports_idle=ports.count(PortState.IDLE),
            usage_percent=_percent(in_use, len(ports)),
            ports=tuple(ports),
        )

    def _shown_ports(self, index: int, states: list[PortState]) -> list[PortState]:
        """The ports a trunk has; of ports that were removed those up to the last that still carries a call."""
        trunks = self.span.plan.trunks
        present = trunks[index].ports if index < len(trunks) else 0
        removed = [PortState.FAULT if state is PortState.IDLE else state for state in states[present:]]
        while removed and removed[-1] is PortState.FAULT:
            removed.pop()
        return states[:present] + removed

    @cached_property
    def _tallies(self) -> list[QueueTotals]:
        return self.book.counters.at(self.instant)


def _milliseconds(since: float, day: CalendarDay) -> int:
    """The first whole second of the day from which a profile is in force, unlimited to the day."""
    if since <= day.starts_at:
        return 0
    return min(-(-int((since - day.starts_at) * 1000) // 1000), 90_000) * 1000


def _percent(part: int, whole: int) -> int:
    """Rounded half up."""
    return (200 * part + whole) // (2 * whole)
