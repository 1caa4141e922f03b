"""
What agents do, since when, for how long in all, and what they ought to do: columns over all agents of a day.

All times are milliseconds.
"""

import numpy as np

from kpn_sandbox.simulation.day import CallTable, DayTrace
from kpn_sandbox.simulation.events import INSTANT_BITS
from kpn_sandbox.simulation.facts import Status
from kpn_sandbox.simulation.outbound import OutboundTable
from kpn_sandbox.simulation.randomness import Flags, Integers
from kpn_sandbox.simulation.roster import BREAK, LUNCH, NO_ANSWER
from kpn_sandbox.simulation.shifts import day_sessions
from kpn_sandbox.simulation.timelines import STATES, Changes

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

    def __init__(self, changes: Changes, agents: Integers) -> None:
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

    def __init__(self, changes: Changes, calls: CallTable, made: OutboundTable, agents: Integers) -> None:
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


class Plans:
    """Log-ins, and what agents ought to have begun by now."""

    def __init__(self, seed: str, trace: DayTrace, agents: Integers) -> None:
        stays, rests = trace.stays, trace.rests
        chosen = rests.reason != NO_ANSWER
        planned = [
            (session.agent << INSTANT_BITS) + due
            for sessions in day_sessions(seed, trace.day, trace.spans)
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
