"""
The messages that agents write to one another inside the center.

Instants and words come from a stream of the day; the sender is one of the agents who are logged in then, so nobody
writes in an empty center. Phrases and frequencies are invented.
"""

from typing import NamedTuple

import numpy as np

from kpn_sandbox.simulation.arrivals import LAST_ARRIVAL
from kpn_sandbox.simulation.calendar import MINUTE
from kpn_sandbox.simulation.day_trace import DayTrace
from kpn_sandbox.simulation.names import words_of
from kpn_sandbox.simulation.randomness import WORDS, variates, words

GAP_MEAN = 7 * MINUTE
"""Milliseconds between two messages on average."""

URGENT = WORDS // 12
"""One of twelve messages is urgent."""

PHRASES: list[str] = words_of("phrases")


class ChatMessage(NamedTuple):
    """A message as it was written."""

    place: int
    """The number of the message on its day, from 0."""
    instant: int
    """Milliseconds since midnight."""
    agent: int
    queue: int
    """The queue that the sender works for."""
    phrase: str
    """The text, in which ``{queue}`` stands for the queue's name."""
    urgent: bool


def chat_messages(seed: str, trace: DayTrace) -> list[ChatMessage]:
    """
    All messages of a day, in order.

    Args:
        seed: The seed of the account.
        trace: The day; whatever it says of later instants, messages before them stay the same.
    """
    # Twice the expected number of gaps fills every day; what lies behind its last arrival is not sent.
    count = 2 * trace.day.length // GAP_MEAN
    drawn = words(4 * count, seed, trace.day.date, "chat").reshape(count, 4)
    instants = np.cumsum(variates("exponential", drawn[:, 0], GAP_MEAN)).tolist()
    found = []
    for place, (instant, (_, sender, phrase, urgent)) in enumerate(zip(instants, drawn.tolist(), strict=True)):
        present = _logged_in(trace, instant) if instant < trace.day.length - LAST_ARRIVAL else []
        if present:
            agent, queue = present[sender * len(present) // WORDS]
            text = PHRASES[phrase * len(PHRASES) // WORDS]
            found.append(ChatMessage(place, instant, agent, queue, text, urgent < URGENT))
    return found


def _logged_in(trace: DayTrace, instant: int) -> list[tuple[int, int]]:
    """The agents who are logged in at an instant, each with the queue."""
    logins = trace.logins
    present = (logins.login <= instant) & (logins.logout > instant)
    return sorted(zip(logins.agent[present].tolist(), logins.queue[present].tolist(), strict=True))
