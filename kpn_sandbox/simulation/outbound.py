"""
Calls that agents make themselves, while they are in the back office.

A stream of its own tells whom they reach and how long they talk, so the calls that come in know nothing of it. An agent
dials one number after the other; a call that would outlast his time in the back office is not made.
"""

from typing import NamedTuple

import numpy as np

from kpn_sandbox.simulation.calendar import CalendarDay
from kpn_sandbox.simulation.day_trace import AuxTable
from kpn_sandbox.simulation.randomness import WORDS, Integers, variates, words
from kpn_sandbox.simulation.roster import BACK_OFFICE

DIAL_MEAN, RING_MEAN, TALK_MEAN = 60_000, 15_000, 150_000
"""Milliseconds between two calls, that a call rings at the other end, and that the two talk."""

REACHED = WORDS * 6 // 10
"""Six of ten calls are answered."""

CALLS_AT_MOST = 64
"""In one stay in the back office."""


class OutboundTable(NamedTuple):
    """Calls made, in order of agent and start; -1 where a thing did not happen."""

    agent: Integers
    queue: Integers
    start: Integers
    answer: Integers
    end: Integers
    draw: Integers
    """A word from which its disposition follows."""


def outbound_calls(seed: str, day: CalendarDay, rests: AuxTable) -> OutboundTable:
    """The calls that agents make on a day."""
    chosen = np.flatnonzero(rests.reason == BACK_OFFICE)
    order = chosen[np.lexsort((rests.start[chosen], rests.agent[chosen]))]
    turns: dict[int, int] = {}
    parts = [np.empty((0, len(OutboundTable._fields)), dtype=np.int64)]
    for row in order.tolist():
        agent = int(rests.agent[row])
        turn = turns[agent] = turns.get(agent, -1) + 1
        parts.append(_calls(seed, day, rests, row, turn))
    return OutboundTable(*np.concatenate(parts).T)


def _calls(seed: str, day: CalendarDay, rests: AuxTable, row: int, turn: int) -> Integers:
    agent, queue, begin, end = (int(column[row]) for column in (rests.agent, rests.queue, rests.start, rests.end))
    drawn = words(5 * CALLS_AT_MOST, seed, day.date, "outbound", f"{agent} {turn}").reshape(-1, 5)
    dialling = variates("exponential", drawn[:, 0], DIAL_MEAN)
    ringing = variates("lognormal_cv_0.7", drawn[:, 1], RING_MEAN)
    reached = drawn[:, 3] < REACHED
    talking = np.where(reached, variates("lognormal_cv_1", drawn[:, 2], TALK_MEAN), 0)
    ends = begin + np.cumsum(dialling + ringing + talking)
    start = ends - talking - ringing
    answer = np.where(reached, ends - talking, -1)
    who = np.full(CALLS_AT_MOST, agent), np.full(CALLS_AT_MOST, queue)
    return np.stack((*who, start, answer, ends, drawn[:, 4]), axis=1)[ends <= end]
