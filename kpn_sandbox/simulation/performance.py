"""
What agents and queues have done on a day, beyond what counters and timelines tell.

Everything is kept in sorted columns over all agents or queues, so an instant costs a few binary searches, whether a
center has ten agents or a thousand. All times are milliseconds.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from kpn_sandbox.simulation.activities import NONE, Activities, Conversations, Plans
from kpn_sandbox.simulation.chatter import messages
from kpn_sandbox.simulation.day import ABANDONED, ANSWERED, CallTable, DayTrace
from kpn_sandbox.simulation.dispositions import inbound_dispositions, outbound_dispositions
from kpn_sandbox.simulation.events import INSTANT_BITS, Events
from kpn_sandbox.simulation.outbound import outbound_calls
from kpn_sandbox.simulation.randomness import Flags, Integers
from kpn_sandbox.simulation.timelines import Changes


class AgentFigures(NamedTuple):
    """What each agent has done by an instant; `NONE` where there is nothing to tell."""

    since: Integers
    """When the activity began."""
    login: Integers
    """When the agent logged in, unless he is logged out."""
    ready: Integers
    busy: Integers
    wrap: Integers
    pause: Integers
    talk: Integers
    """How long the conversation at hand has lasted without hold; `NONE` without one."""
    hold: Integers
    answered: Integers
    handled: Integers
    """Calls that came in and are wrapped up."""
    handling: Integers
    """How long those took from answer to end of wrap-up, in all."""
    reached: Integers
    """Calls made that were answered."""
    due: Flags
    """Whether a break or the end of the shift is overdue."""


class Performance:
    """
    One day of a center, ready to be asked.

    Args:
        seed: The seed of the account.
        trace: The day.
        changes: Of all its agents.
    """

    def __init__(self, seed: str, trace: DayTrace, changes: Changes) -> None:
        calls = trace.calls.wide()
        self._agents = np.arange(int(changes.agent[-1]) + 1)
        self._queues = np.arange(max(len(span.plan.queues) for span in trace.spans))
        self.outbound = outbound_calls(seed, trace.day, trace.rests)
        self.messages = messages(seed, trace)
        self._activities = Activities(changes, self._agents)
        self._conversations = Conversations(changes, calls, self.outbound, self._agents)
        self._plans = Plans(seed, trace, self._agents)
        self._count_calls(trace, calls)
        self._count_dispositions(seed, trace, calls)

    def at(self, instant: int) -> AgentFigures:
        """What each agent has done by an instant, in milliseconds since midnight."""
        probes = (self._agents << INSTANT_BITS) + instant
        row, since, totals = self._activities.at(instant)
        talk, hold = self._conversations.at(instant, row)
        login = self._plans.login(probes)
        out = self._activities.out(row)
        ready, busy, wrap, pause = totals
        return AgentFigures(
            since=since,
            login=np.where(out, NONE, login),
            ready=ready,
            busy=busy,
            wrap=wrap,
            pause=pause,
            talk=talk,
            hold=hold,
            answered=self._answered.count(probes),
            handled=self._handled.count(probes),
            handling=self._handled.total(probes),
            reached=self._reached.count(probes),
            due=self._plans.due(probes, login) & ~out,
        )

    def short_abandons(self, instant: int) -> list[int]:
        """How many callers of each queue hung up within its service level threshold."""
        short: list[int] = self._short.count((self._queues << INSTANT_BITS) + instant).tolist()
        return short

    def reached(self, instant: int) -> list[int]:
        """How many of the calls that were made for each queue were answered."""
        reached: list[int] = self._reached_for.count((self._queues << INSTANT_BITS) + instant).tolist()
        return reached

    def disposed(self, codes: Iterable[int], instant: int) -> Integers:
        """How many conversations of each agent ended with one of these dispositions."""
        return _counted(self._disposed, codes, self._agents, instant)

    def disposed_for(self, codes: Iterable[int], instant: int) -> Integers:
        """How many conversations of each queue ended with one of these dispositions."""
        return _counted(self._disposed_for, codes, self._queues, instant)

    def size(self) -> int:
        """Bytes taken, nearly."""
        events = (self._answered, self._handled, self._reached, self._short, self._reached_for)
        disposed = (*self._disposed.values(), *self._disposed_for.values())
        counted = sum(each.size for each in (*events, *disposed))
        return counted + self._activities.size + self._conversations.size + 200 * len(self._agents)

    def _count_calls(self, trace: DayTrace, calls: CallTable) -> None:
        answered = calls.outcome == ANSWERED
        agent, answer, end = calls.agent[answered], calls.answer[answered], calls.wrap_end[answered]
        self._answered = _events(agent, answer, self._agents)
        self._handled = _events(agent, end, self._agents, end - answer)
        short = (calls.outcome == ABANDONED) & (calls.end - calls.arrival <= _thresholds(trace, calls))
        self._short = _events(calls.queue[short], calls.end[short], self._queues)
        made = self.outbound
        reached = made.answer >= 0
        self._reached = _events(made.agent[reached], made.answer[reached], self._agents)
        self._reached_for = _events(made.queue[reached], made.answer[reached], self._queues)

    def _count_dispositions(self, seed: str, trace: DayTrace, calls: CallTable) -> None:
        codes = np.concatenate((inbound_dispositions(seed, trace.day, calls), outbound_dispositions(self.outbound)))
        instant = np.concatenate((calls.wrap_end, self.outbound.end))
        agent = np.concatenate((calls.agent, self.outbound.agent))
        queue = np.concatenate((calls.queue, self.outbound.queue))
        self._disposed, self._disposed_for = {}, {}
        for code in np.unique(codes[codes >= 0]).tolist():
            chosen = codes == code
            self._disposed[code] = _events(agent[chosen], instant[chosen], self._agents)
            self._disposed_for[code] = _events(queue[chosen], instant[chosen], self._queues)


def _events(owner: Integers, instant: Integers, owners: Integers, *weights: Integers) -> Events:
    return Events((owner << INSTANT_BITS) + instant, weights, owners)


def _counted(events: dict[int, Events], codes: Iterable[int], owners: Integers, instant: int) -> Integers:
    probes = (owners << INSTANT_BITS) + instant
    counts = [events[code].count(probes) for code in set(codes) if code in events]
    return np.sum(counts, axis=0) if counts else np.zeros(len(owners), dtype=np.int64)


def _thresholds(trace: DayTrace, calls: CallTable) -> Integers:
    """The service level threshold under which each call came."""
    span = np.searchsorted([span.start for span in trace.spans], calls.arrival, side="right") - 1
    table = np.zeros((len(trace.spans), int(calls.queue.max(initial=0)) + 1), dtype=np.int64)
    for number, each in enumerate(trace.spans):
        thresholds: Sequence[int] = [queue.threshold for queue in each.plan.queues]
        table[number, :len(thresholds)] = thresholds[:table.shape[1]]
    return table[span, calls.queue]
