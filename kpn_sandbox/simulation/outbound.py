"""
The calls that agents make themselves while they are in AUX for the back office.

Whom they reach and how long they talk comes from a stream of its own, so inbound calls do not depend on it. An agent
dials one number after the other; a call that would outlast the time in the back office is not made. All rates are
assumed.
"""

from typing import NamedTuple

import numpy as np

from kpn_sandbox.simulation.calendar import CalendarDay
from kpn_sandbox.simulation.day_trace import AuxTable
from kpn_sandbox.simulation.randomness import WORDS, Integers, variates, words
from kpn_sandbox.simulation.staffing import BACK_OFFICE

DIAL_MEAN, RING_MEAN, TALK_MEAN = 60_000, 15_000, 150_000
"""Milliseconds that pass on average between two calls, while a call rings at the other end, and while the two talk."""

REACHED = WORDS * 6 // 10
"""Six of ten calls are answered: a word below this."""

CALLS_AT_MOST = 64
"""In one period in the back office; more than its 45 minutes have room for."""


class OutboundTable(NamedTuple):
    """Calls that agents made, in order of agent and start; -1 where a thing did not happen."""

    agent: Integers
    queue: Integers
    start: Integers
    answer: Integers
    end: Integers
    draw: Integers
    """A word from which the disposition follows."""


def outbound_calls(seed: str, day: CalendarDay, aux: AuxTable) -> OutboundTable:
    """
    The calls that agents make on a day.

    Args:
        seed, day, aux: The account's seed, the day, and the times in AUX of all agents.
    """
    chosen = np.flatnonzero(aux.reason == BACK_OFFICE)
    order = chosen[np.lexsort((aux.start[chosen], aux.agent[chosen]))]
    turns: dict[int, int] = {}
    parts = [np.empty((0, len(OutboundTable._fields)), dtype=np.int64)]
    for row in order.tolist():
        agent = int(aux.agent[row])
        turn = turns[agent] = turns.get(agent, -1) + 1
        # The number of the turn names the stream, so breaks of other kinds change no call.
        drawn = words(5 * CALLS_AT_MOST, seed, day.date, "outbound", f"{agent} {turn}").reshape(-1, 5)
        parts.append(_calls(aux, row, drawn))
    return OutboundTable(*np.concatenate(parts).T)


def _calls(aux: AuxTable, row: int, drawn: Integers) -> Integers:
    """The calls of one period in the back office, as rows of an `OutboundTable`."""
    agent, queue, begin, end, _, planned_end = (int(column[row]) for column in aux)
    dialling = variates("exponential", drawn[:, 0], DIAL_MEAN)
    ringing = variates("lognormal_cv_0.7", drawn[:, 1], RING_MEAN)
    reached = drawn[:, 3] < REACHED
    talking = np.where(reached, variates("lognormal_cv_1", drawn[:, 2], TALK_MEAN), 0)
    ends = begin + np.cumsum(dialling + ringing + talking)
    start, answer = ends - talking - ringing, ends - talking
    made = (ends <= planned_end) & (start < end)
    # Who is gone before the planned end hangs up.
    answer = np.where(reached & (answer < end), answer, -1)
    owners = np.full(CALLS_AT_MOST, agent), np.full(CALLS_AT_MOST, queue)
    return np.stack((*owners, start, answer, np.minimum(ends, end), drawn[:, 4]), axis=1)[made]
