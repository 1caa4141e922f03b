"""When a customer was in contact with the center last: his calls, the newest first."""

from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

import numpy as np

from kpn_sandbox.simulation.attribution import ATTRIBUTIONS
from kpn_sandbox.simulation.calendar_day import CalendarDay
from kpn_sandbox.simulation.center import Center
from kpn_sandbox.simulation.daybook import FIRST_LOGIN, FIRST_NUMBER
from kpn_sandbox.simulation.daylog import ENDED, FATES, TALKING, DayLog
from kpn_sandbox.simulation.history import History

DAYS_BACK = 28
"""Older calls are not told."""


class ContactFact(NamedTuple):
    """A call of a customer as far as it has gone; instants are epoch seconds."""

    number: str
    """The same for ever, and no other call's."""
    arrived_at: float
    queue: int
    queue_name: str
    agent: int | None
    agent_name: str | None
    fate: str
    """One of `daylog.FATES`."""
    fate_since: float
    wait_seconds: int
    """Until it was answered or lost, or until now."""
    talk_seconds: int | None
    """None when nobody answered."""
    attribution: str


def contacts(history: History, center: Center, customer: int, at: float, most: int) -> list[ContactFact]:
    """
    The latest calls of a customer.

    Args:
        history: Where the calls of days are kept.
        center: The center.
        customer: The customer, from 0.
        at: The instant up to which calls are told; epoch seconds.
        most: How many at most.
    """
    return list(islice(_backwards(history, center, customer, at), most))


def _backwards(history: History, center: Center, customer: int, at: float) -> Iterator[ContactFact]:
    for day, whole in history.logs(center, at, DAYS_BACK):
        log = whole.of(customer)
        instant = min(day.offset(at), day.length)
        fates = log.fates(instant).tolist()
        for place in np.argsort(-log.arrival, kind="stable").tolist():
            yield _fact(center, day, log, place, fates[place], instant)


def _fact(center: Center, day: CalendarDay, log: DayLog, place: int, fate: int, instant: int) -> ContactFact:
    arrival, answer, end, queue = (int(each[place]) for each in (log.arrival, log.answer, log.end, log.queue))
    arrived_at = day.starts_at + arrival / 1000
    taken = fate in (TALKING, ENDED)
    over = min(end, instant)
    waited = answer if taken else over
    since = {TALKING: answer, 0: arrival}.get(fate, end)
    agent = int(log.agent[place]) if taken else None
    return ContactFact(
        number=f"C{day.date:%Y%m%d}-{FIRST_NUMBER + queue}-{arrival:08d}",
        arrived_at=arrived_at,
        queue=FIRST_NUMBER + queue,
        queue_name=center.queue_name(queue, arrived_at),
        agent=None if agent is None else FIRST_LOGIN + agent,
        agent_name=None if agent is None else center.casting(arrived_at).agent_name(agent),
        fate=FATES[fate],
        fate_since=day.starts_at + since / 1000,
        wait_seconds=(waited - arrival) // 1000,
        talk_seconds=(over - answer) // 1000 if taken else None,
        attribution=ATTRIBUTIONS[int(log.attribution[place])],
    )
