"""
What agents do, since when, for how long in all, and what they ought to do: columns over all agents of a day.

All times are milliseconds.

What agents and queues have done on a day, beyond what counters and timelines tell.

Everything is kept in sorted columns over all agents or queues, so an instant costs a few binary searches, whether a
center has ten agents or a thousand. All times are milliseconds.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from kpn_sandbox.simulation.chat import chat_messages
from kpn_sandbox.simulation.day_trace import ABANDONED, ANSWERED, CallTable, DayTrace
from kpn_sandbox.simulation.dispositions import inbound_dispositions, outbound_dispositions
from kpn_sandbox.simulation.events import INSTANT_BITS, Events
from kpn_sandbox.simulation.facts import Status
from kpn_sandbox.simulation.outbound import OutboundTable, outbound_calls
from kpn_sandbox.simulation.randomness import Flags, Integers
from kpn_sandbox.simulation.roster import BREAK, LUNCH, NO_ANSWER, shifts_by_span
from kpn_sandbox.simulation.timelines import STATES, StateChanges

BREAK_REASONS = (BREAK, LUNCH)
"""The AUX reasons that count as a break."""

HOLD_PART = 6
"""A caller who is put on hold, a third into the talk, is there for a sixth of it."""

OUT, READY, BUSY, WRAP, AWAY, PAUSE = range(6)
"""What an agent does: nothing, wait, ring or talk, wrap up, be in AUX, be in AUX for a break."""

_ACTIVITY = {
    Status.LOGGED_OUT: OUT,
    Status.AVAILABLE: READY,
    Status.RINGING: BUSY,
    Status.TALKING: BUSY,
    Status.WRAPPING: WRAP,
    Status.AUXILIARY: AWAY,
}
_ACTIVITIES = np.array([_ACTIVITY[status] for status in STATES])
_TOTALS = (READY, BUSY, WRAP, PAUSE)
NONE = -1


class Activities:
    """What agents do, with running totals of each activity."""

    def __init__(self, changes: StateChanges, agents: Integers) -> None:
        self._keys = (changes.agent << INSTANT_BITS) + changes.instant
        self._agents = agents
        activity = _ACTIVITIES[changes.state]
        activity[(activity == AWAY) & np.isin(changes.detail, BREAK_REASONS)] = PAUSE
        follows = np.append(changes.agent[1:] == changes.agent[:-1], False)
        lasted = np.where(follows, np.append(np.diff(changes.instant), 0), 0)
        first = np.searchsorted(changes.agent, changes.agent)
        totals = []
        for each in _TOTALS:
            before = np.concatenate(([0], np.cumsum(np.where(activity == each, lasted, 0))[:-1]))
            totals.append((before - before[first]).astype("i4"))
        self._totals = np.stack(totals)
        # Ringing and talking are one activity; everything else begins anew with each change.
        goes_on = np.zeros(len(activity), dtype=bool)
        goes_on[1:] = (activity[1:] == BUSY) & (activity[:-1] == BUSY) & follows[:-1]
        begun = np.maximum.accumulate(np.where(goes_on, 0, np.arange(len(activity))))
        self._since = changes.instant[begun].astype("i4")
        self._instant = changes.instant.astype("i4")
        self._activity = activity.astype("i1")
        self.size = self._keys.nbytes + self._totals.nbytes + 9 * len(activity)

    def at(self, instant: int) -> tuple[Integers, Integers, Integers]:
        """For each agent the row of his last change, since when he does what he does, and his totals."""
        row = np.searchsorted(self._keys, (self._agents << INSTANT_BITS) + instant, side="right") - 1
        running = instant - self._instant[row]
        added = np.stack([np.where(self._activity[row] == each, running, 0) for each in _TOTALS])
        return row, self._since[row], self._totals[:, row] + added

    def out(self, row: Integers) -> Flags:
        """Whether agents with these last changes are logged out."""
        flags: Flags = self._activity[row] == OUT
        return flags


class Conversations:
    """How long conversations at hand have lasted."""

    def __init__(self, changes: StateChanges, calls: CallTable, made: OutboundTable, agents: Integers) -> None:
        on_a_call = [STATES.index(status) for status in (Status.RINGING, Status.TALKING, Status.WRAPPING)]
        self._call = np.where(np.isin(changes.state, on_a_call), changes.detail, NONE).astype("i4")
        self._ringing = changes.state == STATES.index(Status.RINGING)
        self._answer, self._end, self._hold = (c.astype("i4") for c in (calls.answer, calls.end, calls.hold_start))
        self._made, self._agents = made, agents
        self._keys = (made.agent << INSTANT_BITS) + made.start
        self.size = 5 * len(changes.agent) + 12 * len(calls.answer) + 8 * len(self._keys)

    def at(self, instant: int, row: Integers) -> tuple[Integers, Integers]:
        """Talk and hold of each agent whose last change stands in that row."""
        talk, hold = np.full(len(row), NONE), np.full(len(row), NONE)
        busy = np.flatnonzero(self._call[row] >= 0)
        talk[busy], hold[busy] = self._of_calls(self._call[row[busy]], self._ringing[row[busy]], instant)
        self._add_made(talk, hold, instant)
        return talk, hold

    def _of_calls(self, call: Integers, ringing: Flags, instant: int) -> tuple[Integers, Integers]:
        answer, end, begun = (column[call].astype(np.int64) for column in (self._answer, self._end, self._hold))
        over = begun + (end - answer) // HOLD_PART
        hold = np.where(begun >= 0, np.clip(np.minimum(instant, over) - begun, 0, None), 0)
        talk = np.minimum(instant, end) - answer - hold
        return np.where(ringing, 0, talk), np.where(ringing, 0, hold)

    def _add_made(self, talk: Integers, hold: Integers, instant: int) -> None:
        row = np.searchsorted(self._keys, (self._agents << INSTANT_BITS) + instant, side="right") - 1
        if not len(self._keys):
            return
        at_hand = np.flatnonzero((row >= 0) & (self._made.agent[row] == self._agents) & (self._made.end[row] > instant))
        answer = self._made.answer[row[at_hand]]
        talk[at_hand] = np.where((answer >= 0) & (answer <= instant), instant - answer, 0)
        hold[at_hand] = 0


class DueTimes:
    """Log-ins, and what agents ought to have begun by now."""

    def __init__(self, seed: str, trace: DayTrace, agents: Integers) -> None:
        stays, rests = trace.stays, trace.rests
        chosen = rests.reason != NO_ANSWER
        planned = [
            (session.agent << INSTANT_BITS) + due
            for sessions in shifts_by_span(seed, trace.day, trace.spans)
            for session in sessions
            for due in (*(each.due for each in session.breaks), session.logout)
        ]
        self._floor = agents << INSTANT_BITS
        self._logins = np.sort((stays.agent << INSTANT_BITS) + stays.login)
        self._rests = np.sort((rests.agent[chosen] << INSTANT_BITS) + rests.start[chosen])
        self._dues = np.sort(np.array(planned, dtype=np.int64))

    def login(self, probes: Integers) -> Integers:
        """The last log-in of each agent, `NONE` if he never came."""
        return self._last(self._logins, probes)

    def due(self, probes: Integers, login: Integers) -> Flags:
        """Whether the last thing that was due since the log-in has not begun."""
        due = self._last(self._dues, probes)
        flags: Flags = (due >= 0) & (due >= login) & (due > self._last(self._rests, probes))
        return flags

    def _last(self, keys: Integers, probes: Integers) -> Integers:
        found = np.append(keys, -1)[np.searchsorted(keys, probes, side="right") - 1] - self._floor
        return np.where(found >= 0, found, NONE)


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


class AgentActivity:
    """
    One day of a center, ready to be asked.

    Args:
        seed: The seed of the account.
        trace: The day.
        changes: Of all its agents.
    """

    def __init__(self, seed: str, trace: DayTrace, changes: StateChanges) -> None:
        calls = trace.calls.wide()
        self._agents = np.arange(int(changes.agent[-1]) + 1)
        self._queues = np.arange(max(len(span.plan.queues) for span in trace.spans))
        self.outbound = outbound_calls(seed, trace.day, trace.rests)
        self.messages = chat_messages(seed, trace)
        self._activities = Activities(changes, self._agents)
        self._conversations = Conversations(changes, calls, self.outbound, self._agents)
        self._plans = DueTimes(seed, trace, self._agents)
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
        table[number, : len(thresholds)] = thresholds[: table.shape[1]]
    return table[span, calls.queue]
