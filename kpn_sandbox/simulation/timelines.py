"""
The state of each agent and each port at an instant.

The changes of all agents lie in one sorted column of packed integers, so that a thousand agents cost one binary search;
the calls of all ports lie in another one.
"""

from typing import NamedTuple

import numpy as np

from kpn_sandbox.simulation.day_trace import ANSWERED, DayTrace, PortUsage
from kpn_sandbox.simulation.facts import PortState, Status
from kpn_sandbox.simulation.randomness import Integers

STATES = tuple(Status)
_CODE = {status: code for code, status in enumerate(STATES)}

# A change is one integer: agent, instant, rank, state and detail, from the highest bits to the lowest. Of changes at
# the same instant the highest rank holds: being free again gives way to whatever begins then, a log-out to the log-in
# of another shift. The widths: a detail is a call of a day of two million at most, six states need three bits, four
# ranks two, and 27 bits hold the 90,000,000 milliseconds of the longest day.
_STATE_AT = 21
_RANK_AT = _STATE_AT + 3
_INSTANT_AT = _RANK_AT + 2
_INSTANT_BITS = 27
_AGENT_AT = _INSTANT_AT + _INSTANT_BITS
_FREE_AGAIN, _LOGGED_OUT, _LOGGED_IN, _BUSY = range(4)

_PORT_AT = 32


class AgentState(NamedTuple):
    """A state that an agent is in."""

    status: Status
    since: int
    """Milliseconds since midnight."""
    detail: int
    """The call of an agent who rings, talks or wraps up; the AUX reason of one in AUX."""


class StateChanges(NamedTuple):
    """Changes of state, in order of agent and instant; one column for each thing known of them."""

    agent: Integers
    instant: Integers
    state: Integers
    """Positions in `STATES`."""
    detail: Integers


class AgentTimeline:
    """Every change of every agent on a day, of whom there are so many at most at any time of it."""

    def __init__(self, trace: DayTrace, agents: int) -> None:
        self._agents = np.arange(agents) << _AGENT_AT
        parts = [
            self._agents | _CODE[Status.LOGGED_OUT] << _STATE_AT,
            *_call_changes(trace),
            *_ring_changes(trace),
            *_aux_changes(trace),
            *_login_changes(trace),
        ]
        changes = np.sort(np.concatenate(parts))
        last = np.append(changes[1:] >> _INSTANT_AT != changes[:-1] >> _INSTANT_AT, True)
        self._changes = changes[last]

    def at(self, instant: int) -> list[int]:
        """The position of each agent's last change at an instant, in milliseconds since midnight; see `read`."""
        positions: list[int] = (
            np.searchsorted(self._changes, self._agents + ((instant + 1) << _INSTANT_AT)) - 1
        ).tolist()
        return positions

    def read(self, position: int) -> AgentState:
        """The state that an agent entered with the change at a position."""
        return _read(int(self._changes[position]))

    def columns(self) -> StateChanges:
        """All changes of all agents; each agent has one at midnight."""
        changes = self._changes
        return StateChanges(
            changes >> _AGENT_AT,
            changes >> _INSTANT_AT & ((1 << _INSTANT_BITS) - 1),
            changes >> _STATE_AT & 7,
            changes & ((1 << _STATE_AT) - 1),
        )

    def of(self, agent: int) -> list[AgentState]:
        """The changes of one agent on the day, in order, from the state at midnight on."""
        first, last = np.searchsorted(self._changes, [agent << _AGENT_AT, (agent + 1) << _AGENT_AT])
        return [_read(change) for change in self._changes[first:last].tolist()]


def _read(change: int) -> AgentState:
    status = STATES[change >> _STATE_AT & 7]
    return AgentState(status, change >> _INSTANT_AT & ((1 << _INSTANT_BITS) - 1), change & ((1 << _STATE_AT) - 1))


class PortTimeline:
    """Every call on every port of a day."""

    def __init__(self, trace: DayTrace) -> None:
        self.usage: PortUsage = trace.port_usage
        rows = np.flatnonzero(self.usage.port >= 0)
        port = self.usage.port[rows].astype(np.int64)
        keys = (port << _PORT_AT) + trace.calls.arrival[rows]
        order = np.argsort(keys)
        self._keys, rows = keys[order], rows[order]
        # A probe before the first call of the first port finds the entry behind all others: a call of no port.
        self._port = np.append(self.usage.port[rows], -1).astype("i2")
        self._end = np.append(trace.calls.end[rows], 0).astype("i4")
        self._answer = np.append(trace.calls.answer[rows], -1).astype("i4")
        self._ports = np.arange(self.usage.starts[-1])

    def at(self, instant: int) -> list[PortState]:
        """The state of each port at an instant, in milliseconds since midnight."""
        call = np.searchsorted(self._keys, (self._ports << _PORT_AT) + instant, side="right") - 1
        busy = (self._port[call] == self._ports) & (self._end[call] > instant)
        talking = busy & (self._answer[call] >= 0) & (self._answer[call] <= instant)
        code = (busy.astype(np.int64) + talking).tolist()
        states = [_PORT_STATES[each] for each in code]
        for outage in self.usage.outages:
            if outage.start <= instant < outage.end:
                states[outage.port] = PortState.FAULT
        return states


_PORT_STATES = (PortState.IDLE, PortState.QUEUED, PortState.SEIZED)


def _change(agent: Integers, instant: Integers, rank: int, status: Status, detail: Integers | int = 0) -> Integers:
    return agent << _AGENT_AT | instant << _INSTANT_AT | rank << _RANK_AT | _CODE[status] << _STATE_AT | detail


def _call_changes(trace: DayTrace) -> list[Integers]:
    row = np.flatnonzero(trace.calls.outcome == ANSWERED)
    calls = trace.calls.wide()
    agent, rings, answer, end, wrap_end = (
        column[row] for column in (calls.agent, calls.ring_start, calls.answer, calls.end, calls.wrap_end)
    )
    rang, wrapped = answer > rings, wrap_end > end
    return [
        _change(agent[rang], rings[rang], _BUSY, Status.RINGING, row[rang]),
        _change(agent, answer, _BUSY, Status.TALKING, row),
        _change(agent[wrapped], end[wrapped], _BUSY, Status.WRAPPING, row[wrapped]),
        _change(agent, wrap_end, _FREE_AGAIN, Status.AVAILABLE),
    ]


def _ring_changes(trace: DayTrace) -> list[Integers]:
    rings = trace.rings
    return [
        _change(rings.agent, rings.start, _BUSY, Status.RINGING, rings.call),
        _change(rings.agent, rings.end, _FREE_AGAIN, Status.AVAILABLE),
    ]


def _aux_changes(trace: DayTrace) -> list[Integers]:
    aux = trace.aux
    return [
        _change(aux.agent, aux.start, _BUSY, Status.AUXILIARY, aux.reason),
        _change(aux.agent, aux.end, _FREE_AGAIN, Status.AVAILABLE),
    ]


def _login_changes(trace: DayTrace) -> list[Integers]:
    logins = trace.logins
    return [
        _change(logins.agent, logins.login, _LOGGED_IN, Status.AVAILABLE),
        _change(logins.agent, logins.logout, _LOGGED_OUT, Status.LOGGED_OUT),
    ]
