"""
What agents write to one another inside the center.

The instants and the words come from a stream of the day; whoever writes is one of those logged in, so nobody writes
into an empty center.
"""

from typing import NamedTuple

import numpy as np

from kpn_sandbox.simulation.arrivals import LAST_ARRIVAL
from kpn_sandbox.simulation.calendar import MINUTE
from kpn_sandbox.simulation.day_trace import DayTrace
from kpn_sandbox.simulation.randomness import WORDS, variates, words

GAP_MEAN = 7 * MINUTE
URGENT = WORDS // 12

PHRASES = (
    "Het is druk bij {queue}, wie kan bijspringen?",
    "Klant van {queue} vraagt naar een leidinggevende",
    "Storing bij {queue} is opgelost",
    "Ik ga zo met pauze",
    "Wie heeft het nieuwe script voor {queue}?",
    "Kan iemand een terugbelverzoek overnemen?",
    "Systeem is traag, heeft iemand anders dat ook?",
    "Vergadering om 15:00 gaat door",
    "Let op: prijzen voor {queue} zijn aangepast",
    "Dank voor de hulp!",
    "Klant is boos over de wachttijd bij {queue}",
    "Wie is er vandaag achterwacht?",
)


class ChatMessage(NamedTuple):
    """A message as it was written."""

    place: int
    """Which of the day's it is, from 0."""
    instant: int
    agent: int
    queue: int
    """The queue that the sender works for."""
    phrase: str
    urgent: bool


def chat_messages(seed: str, trace: DayTrace) -> list[ChatMessage]:
    """All messages of a day, in order."""
    count = 2 * trace.day.length // GAP_MEAN
    drawn = words(4 * count, seed, trace.day.date, "chat").reshape(count, 4)
    instants = np.cumsum(variates("exponential", drawn[:, 0], GAP_MEAN)).tolist()
    found = []
    for place, (instant, (_, sender, phrase, urgent)) in enumerate(zip(instants, drawn.tolist())):
        there = _logged_in(trace, instant) if instant < trace.day.length - LAST_ARRIVAL else []
        if there:
            agent, queue = there[sender * len(there) // WORDS]
            text = PHRASES[phrase * len(PHRASES) // WORDS]
            found.append(ChatMessage(place, instant, agent, queue, text, urgent < URGENT))
    return found


def _logged_in(trace: DayTrace, instant: int) -> list[tuple[int, int]]:
    """Everybody who is logged in, with the queue that he works for."""
    stays = trace.stays
    there = (stays.login <= instant) & (stays.logout > instant)
    return sorted(zip(stays.agent[there].tolist(), stays.queue[there].tolist()))
