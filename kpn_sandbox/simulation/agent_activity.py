"""
The activities of agents on a day: what they do and since when, how long in all, and what is overdue.

Everything is kept in sorted columns over all agents or queues, so an instant costs a few binary searches, whether a
center has ten agents or a thousand. All times are milliseconds; `NONE` stands where a thing did not happen.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from kpn_sandbox.simulation.chat import chat_messages
from kpn_sandbox.simulation.day_trace import ABANDONED, ANSWERED, CallTable, DayTrace, OutboundTable
from kpn_sandbox.simulation.dispositions import inbound_dispositions, outbound_dispositions
from kpn_sandbox.simulation.events import INSTANT_BITS, Events
from kpn_sandbox.simulation.facts import Status
from kpn_sandbox.simulation.randomness import Flags, Integers
from kpn_sandbox.simulation.resolved_profile import most_queues, span_positions
from kpn_sandbox.simulation.roster import shifts_by_span
from kpn_sandbox.simulation.staffing import BREAK, LUNCH, UNPLANNED
from kpn_sandbox.simulation.timelines import STATES, StateChanges

NONE = -1

BREAK_REASONS = (BREAK, LUNCH)
"""The AUX reasons that count as a break."""

OUT, READY, BUSY, WRAP, AWAY, PAUSE = range(6)
"""
The activities: logged out, waiting for a call, ringing or talking, wrapping up, in AUX, in AUX for a break.

They are numbers rather than an enum, because they stand in columns.
"""

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


class AgentFigures(NamedTuple):
    """The figures of each agent at an instant."""

    since: Integers
    """When the activity began."""
    login: Integers
    """When the agent logged in, unless logged out."""
    ready: Integers
    busy: Integers
    wrap: Integers
    pause: Integers
    talk: Integers
    """How long the conversation at hand has lasted without hold; `NONE` without one."""
    hold: Integers
    answered: Integers
    """Inbound calls that the agent answered."""
    handled: Integers
    """Inbound calls that are wrapped up."""
    handling: Integers
    """How long those took from answer to end of wrap-up, in all."""
    reached: Integers
    """Outbound calls that were answered."""
    due: Flags
    """Whether a break or the end of the shift is overdue."""


class AgentActivity:
    """One day of a center, given by its trace and the changes of state of its agents, to be read at any instant."""

    def __init__(self, seed: str, trace: DayTrace, changes: StateChanges) -> None:
        calls = trace.calls.wide()
        self._agents = np.arange(int(changes.agent[-1]) + 1)
        self._queues = np.arange(most_queues(trace.spans))
        self.outbound = trace.outbound
        self.messages = chat_messages(seed, trace)
        self._activities = _Activities(changes, self._agents)
        self._conversations = _Conversations(changes, calls, self.outbound, self._agents)
        self._due_times = _DueTimes(seed, trace, self._agents)
        self._count_calls(trace, calls)
        self._count_dispositions(seed, trace, calls)

    def at(self, instant: int) -> AgentFigures:
        """The figures of each agent at an instant, in milliseconds since midnight."""
        probes = (self._agents << INSTANT_BITS) + instant
        row, since, totals = self._activities.at(instant)
        talk, hold = self._conversations.at(instant, row)
        login = self._due_times.login(probes)
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
            due=self._due_times.due(probes, login) & ~out,
        )

    def short_abandons(self, instant: int) -> list[int]:
        """For each queue the callers who hung up within its service level threshold."""
        short: list[int] = self._short.count((self._queues << INSTANT_BITS) + instant).tolist()
        return short

    def reached_by_queue(self, instant: int) -> list[int]:
        """For each queue the outbound calls that were answered."""
        reached: list[int] = self._reached_by_queue.count((self._queues << INSTANT_BITS) + instant).tolist()
        return reached

    def dispositions(self, codes: Iterable[int], instant: int, *, by_queue: bool = False) -> list[int]:
        """
        Count for each agent, or for each queue, the conversations that ended with certain dispositions.

        Args:
            codes, instant: The codes of the dispositions, and the instant up to which conversations count.
            by_queue: Whether to count for queues.
        """
        events, owners = self._dispositions[by_queue], self._queues if by_queue else self._agents
        probes = (owners << INSTANT_BITS) + instant
        counts = [events[code].count(probes) for code in set(codes) if code in events]
        total: list[int] = np.sum([np.zeros_like(owners), *counts], axis=0).tolist()
        return total

    def size(self) -> int:
        """Estimated bytes in memory."""
        events = (self._answered, self._handled, self._reached, self._short, self._reached_by_queue)
        counted = sum(each.size for each in (*events, *(each for kept in self._dispositions for each in kept.values())))
        return counted + self._activities.size + self._conversations.size + 200 * len(self._agents)

    def _count_calls(self, trace: DayTrace, calls: CallTable) -> None:
        answered = calls.outcome == ANSWERED
        agent, answer, end = calls.agent[answered], calls.answer[answered], calls.wrap_end[answered]
        self._answered = _events(agent, answer, self._agents)
        self._handled = _events(agent, end, self._agents, end - answer)
        # The threshold is inclusive, as it is for calls that are answered in time.
        short = (calls.outcome == ABANDONED) & (calls.end - calls.arrival <= _thresholds(trace, calls))
        self._short = _events(calls.queue[short], calls.end[short], self._queues)
        made = self.outbound
        reached = made.answer >= 0
        self._reached = _events(made.agent[reached], made.answer[reached], self._agents)
        self._reached_by_queue = _events(made.queue[reached], made.answer[reached], self._queues)

    def _count_dispositions(self, seed: str, trace: DayTrace, calls: CallTable) -> None:
        codes = np.concatenate((inbound_dispositions(seed, trace.day, calls), outbound_dispositions(self.outbound)))
        instant = np.concatenate((calls.wrap_end, self.outbound.end))
        agent = np.concatenate((calls.agent, self.outbound.agent))
        queue = np.concatenate((calls.queue, self.outbound.queue))
        chosen = {code: codes == code for code in np.flatnonzero(np.bincount(codes[codes >= 0])).tolist()}
        self._dispositions = tuple(
            {code: _events(owner[rows], instant[rows], owners) for code, rows in chosen.items()}
            for owner, owners in ((agent, self._agents), (queue, self._queues))
        )


class _Activities:
    """The activities of agents, with a running total of the time in each."""

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
            # The time before each change, summed over all agents in one go, less that before the agent's first change.
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
        """For each agent the row of the last change, the beginning of the activity, and the totals."""
        row = np.searchsorted(self._keys, (self._agents << INSTANT_BITS) + instant, side="right") - 1
        running = instant - self._instant[row]
        added = np.stack([np.where(self._activity[row] == each, running, 0) for each in _TOTALS])
        return row, self._since[row], self._totals[:, row] + added

    def out(self, row: Integers) -> Flags:
        """Whether agents whose last changes stand in these rows are logged out."""
        flags: Flags = self._activity[row] == OUT
        return flags


class _Conversations:
    """How long the conversations at hand have lasted."""

    def __init__(self, changes: StateChanges, calls: CallTable, made: OutboundTable, agents: Integers) -> None:
        # A conversation lasts from the first ring to the end of the wrap-up, in which talk and hold stay as they were.
        on_a_call = [STATES.index(status) for status in (Status.RINGING, Status.TALKING, Status.WRAPPING)]
        self._call = np.where(np.isin(changes.state, on_a_call), changes.detail, NONE).astype("i4")
        self._ringing = changes.state == STATES.index(Status.RINGING)
        self._answer, self._end, self._hold = (c.astype("i4") for c in (calls.answer, calls.end, calls.hold_start))
        self._made, self._agents = made, agents
        self._keys = (made.agent << INSTANT_BITS) + made.start
        self.size = 5 * len(changes.agent) + 12 * len(calls.answer) + 8 * len(self._keys)

    def at(self, instant: int, row: Integers) -> tuple[Integers, Integers]:
        """Talk and hold of each agent whose last change stands in the row, `NONE` without a conversation."""
        talk, hold = np.full(len(row), NONE), np.full(len(row), NONE)
        busy = np.flatnonzero(self._call[row] >= 0)
        talk[busy], hold[busy] = self._of_calls(self._call[row[busy]], self._ringing[row[busy]], instant)
        self._add_outbound(talk, hold, instant)
        return talk, hold

    def _of_calls(self, call: Integers, ringing: Flags, instant: int) -> tuple[Integers, Integers]:
        answer, end, begun = (column[call].astype(np.int64) for column in (self._answer, self._end, self._hold))
        # Half as long again as the talk before it, so that the end of a call that is cut off does not count.
        over = begun + (begun - answer) // 2
        hold = np.where(begun >= 0, np.clip(np.minimum(instant, over) - begun, 0, None), 0)
        talk = np.minimum(instant, end) - answer - hold
        return np.where(ringing, 0, talk), np.where(ringing, 0, hold)

    def _add_outbound(self, talk: Integers, hold: Integers, instant: int) -> None:
        if not len(self._keys):
            return
        row = np.searchsorted(self._keys, (self._agents << INSTANT_BITS) + instant, side="right") - 1
        at_hand = np.flatnonzero((row >= 0) & (self._made.agent[row] == self._agents) & (self._made.end[row] > instant))
        answer = self._made.answer[row[at_hand]]
        talk[at_hand] = np.where((answer >= 0) & (answer <= instant), instant - answer, 0)
        hold[at_hand] = 0


class _DueTimes:
    """The log-ins of agents, and the instants at which breaks and log-outs were due."""

    def __init__(self, seed: str, trace: DayTrace, agents: Integers) -> None:
        logins, aux = trace.logins, trace.aux
        # What is not planned does not settle a break that is due when it begins.
        chosen = ~np.isin(aux.reason, UNPLANNED)
        planned = [
            (shift.agent << INSTANT_BITS) + due
            for shifts in shifts_by_span(seed, trace.day, trace.spans)
            for shift in shifts
            for due in (*(each.due for each in shift.breaks if each.reason not in UNPLANNED), shift.logout)
        ]
        self._first_keys = agents << INSTANT_BITS
        self._logins = np.sort((logins.agent << INSTANT_BITS) + logins.login)
        self._breaks = np.sort((aux.agent[chosen] << INSTANT_BITS) + aux.start[chosen])
        self._dues = np.sort(np.array(planned, dtype=np.int64))

    def login(self, probes: Integers) -> Integers:
        """The last log-in of each agent, `NONE` before the first."""
        return self._last(self._logins, probes)

    def due(self, probes: Integers, login: Integers) -> Flags:
        """Whether the last thing that was due since the log-in has not begun."""
        due = self._last(self._dues, probes)
        flags: Flags = (due >= 0) & (due >= login) & (due > self._last(self._breaks, probes))
        return flags

    def _last(self, keys: Integers, probes: Integers) -> Integers:
        # A probe before the first key finds the entry behind all others, and one before an agent's first key finds that
        # of an agent before; both lie below the agent's first key.
        found = np.append(keys, -1)[np.searchsorted(keys, probes, side="right") - 1] - self._first_keys
        return np.where(found >= 0, found, NONE)


def _events(owner: Integers, instant: Integers, owners: Integers, *weights: Integers) -> Events:
    return Events((owner << INSTANT_BITS) + instant, weights, owners)


def _thresholds(trace: DayTrace, calls: CallTable) -> Integers:
    """The service level threshold that was in force when each call arrived."""
    span = span_positions(trace.spans, calls.arrival)
    table = np.zeros((len(trace.spans), int(calls.queue.max(initial=0)) + 1), dtype=np.int64)
    for number, each in enumerate(trace.spans):
        thresholds: Sequence[int] = [queue.threshold for queue in each.resolved.queues]
        table[number, : len(thresholds)] = thresholds[: table.shape[1]]
    return table[span, calls.queue]
