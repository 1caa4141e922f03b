"""
The state of each agent and each port at an instant.

The changes of all agents lie in one sorted column of packed integers, so that a thousand agents cost one binary search;
the calls of all ports lie in another one.
"""

from typing import NamedTuple

import numpy as np

from kpn_sandbox.literals import MOST_AGENTS
from kpn_sandbox.simulation.day_trace import ANSWERED, DayTrace, PortUsage
from kpn_sandbox.simulation.facts import PortState, Status
from kpn_sandbox.simulation.profile import MOST_CALLS
from kpn_sandbox.simulation.randomness import Integers
from kpn_sandbox.simulation.staffing import BACK_OFFICE

STATES = (*Status, Status.TALKING)
"""The states of agents; the last one is that of an agent on an outbound call."""

# Of changes at the same instant the last kind holds: being free again gives way to whatever begins then, a log-out to
# the log-in of another shift.
_KINDS = (
    *(Status.AVAILABLE, Status.LOGGED_OUT, Status.AVAILABLE),
    *(Status.RINGING, Status.TALKING, Status.WRAPPING, Status.AUXILIARY, Status.TALKING),
)
_FREE_AGAIN, _LOGGED_OUT, _LOGGED_IN, _RINGING, _TALKING, _WRAPPING, _AUXILIARY, _OUTBOUND = range(8)
_CODES = np.array([*(STATES.index(status) for status in _KINDS[:-1]), len(Status)])

# A change is one integer: agent, instant, kind and detail are its digits, the agent the highest one. Bits would not
# suffice for all of them: of the largest center there are 5,000 agents, and a detail is one of its calls of a day.
_DETAILS = 2_530_000
_IN_INSTANT = _DETAILS * len(_KINDS)
_INSTANTS = 90_000_001
_IN_AGENT = _IN_INSTANT * _INSTANTS
assert MOST_AGENTS * _IN_AGENT < 1 << 63 and MOST_CALLS < _DETAILS

_PORT_AT = 32


class AgentState(NamedTuple):
    """A state that an agent is in."""

    status: Status
    since: int
    """Milliseconds since midnight."""
    detail: int
    """The inbound call of an agent who rings, talks or wraps up; the AUX reason of one in AUX."""
    outbound: bool
    """Whether the agent is on an outbound call."""


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
        parts = [
            np.arange(agents) * _IN_AGENT + _LOGGED_OUT * _DETAILS,
            *_call_changes(trace),
            *_ring_changes(trace),
            *_aux_changes(trace),
            *_outbound_changes(trace),
            *_login_changes(trace),
        ]
        changes = np.sort(np.concatenate(parts))
        instants = changes // _IN_INSTANT
        # The last one is of no agent: after the last change of each agent comes one of another.
        end = changes[-1:] // _IN_AGENT * _IN_AGENT + _IN_AGENT
        self._changes = np.append(changes[np.append(instants[1:] != instants[:-1], True)], end)

    def positions(self, agents: Integers | int, instant: int) -> Integers:
        """
        The positions of the last changes of some agents; see `read`.

        Args:
            agents, instant: The agents, and the instant in milliseconds since midnight.
        """
        return self._changes.searchsorted(agents * _IN_AGENT + (instant + 1) * _IN_INSTANT) - 1

    def next_instants(self, agents: Integers, positions: Integers) -> Integers:
        """
        The instants of the changes that follow, in milliseconds since midnight; after the last one, later than any day.

        Args:
            agents, positions: Some agents, and the positions of a change of each.
        """
        return (self._changes[positions + 1] - agents * _IN_AGENT) // _IN_INSTANT

    def read(self, position: int) -> AgentState:
        """The state that an agent entered with the change at a position."""
        return _read(int(self._changes[position]))

    def columns(self) -> StateChanges:
        """All changes of all agents; each agent has one at midnight."""
        rest, detail = np.divmod(self._changes[:-1], _DETAILS)
        rest, kind = np.divmod(rest, len(_KINDS))
        return StateChanges(*np.divmod(rest, _INSTANTS), _CODES[kind], detail)

    def of(self, agent: int) -> list[AgentState]:
        """The changes of one agent on the day, in order, from the state at midnight on."""
        first, last = np.searchsorted(self._changes, [agent * _IN_AGENT, (agent + 1) * _IN_AGENT])
        return [_read(change) for change in self._changes[first:last].tolist()]


def _read(change: int) -> AgentState:
    rest, detail = divmod(change, _DETAILS)
    rest, kind = divmod(rest, len(_KINDS))
    return AgentState(_KINDS[kind], rest % _INSTANTS, detail, kind == _OUTBOUND)


class PortTimeline:
    """Every call on every port of a day."""

    def __init__(self, trace: DayTrace) -> None:
        self.usage: PortUsage = trace.port_usage
        rows, calls, made = np.flatnonzero(self.usage.port >= 0), trace.calls, trace.outbound
        port = np.concatenate((self.usage.port[rows], self.usage.outbound)).astype(np.int64)
        keys = (port << _PORT_AT) + np.concatenate((calls.arrival[rows], made.start))
        order = np.argsort(keys)
        self._keys = keys[order]
        # A probe before the first call of the first port finds the entry behind all others: a call of no port.
        self._port = np.append(port[order], -1).astype("i2")
        self._end = np.append(np.concatenate((calls.end[rows], made.end))[order], 0).astype("i4")
        # An outbound call has an agent from the beginning.
        self._answer = np.append(np.concatenate((calls.answer[rows], made.start))[order], -1).astype("i4")
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


def _change(agent: Integers, instant: Integers, kind: int, detail: Integers | int = 0) -> Integers:
    return agent * _IN_AGENT + instant * _IN_INSTANT + (kind * _DETAILS + detail)


def _call_changes(trace: DayTrace) -> list[Integers]:
    row = np.flatnonzero(trace.calls.outcome == ANSWERED)
    calls = trace.calls.wide()
    agent, rings, answer, end, wrap_end = (
        column[row] for column in (calls.agent, calls.ring_start, calls.answer, calls.end, calls.wrap_end)
    )
    rang, wrapped = answer > rings, wrap_end > end
    return [
        _change(agent[rang], rings[rang], _RINGING, row[rang]),
        _change(agent, answer, _TALKING, row),
        _change(agent[wrapped], end[wrapped], _WRAPPING, row[wrapped]),
        _change(agent, wrap_end, _FREE_AGAIN),
    ]


def _ring_changes(trace: DayTrace) -> list[Integers]:
    rings = trace.rings
    return [_change(rings.agent, rings.start, _RINGING, rings.call), _change(rings.agent, rings.end, _FREE_AGAIN)]


def _aux_changes(trace: DayTrace) -> list[Integers]:
    aux = trace.aux
    return [_change(aux.agent, aux.start, _AUXILIARY, aux.reason), _change(aux.agent, aux.end, _FREE_AGAIN)]


def _outbound_changes(trace: DayTrace) -> list[Integers]:
    made, aux = trace.outbound, trace.aux
    # A call that ends with the time in the back office, because its agent is gone, does not lead back to it.
    ends = _change(made.agent, made.end, _AUXILIARY)
    gone = np.append(np.sort(_change(aux.agent, aux.end, _AUXILIARY)), -1)
    ends = ends[gone[np.searchsorted(gone[:-1], ends)] != ends]
    return [_change(made.agent, made.start, _OUTBOUND), ends + BACK_OFFICE]


def _login_changes(trace: DayTrace) -> list[Integers]:
    logins = trace.logins
    return [_change(logins.agent, logins.login, _LOGGED_IN), _change(logins.agent, logins.logout, _LOGGED_OUT)]
