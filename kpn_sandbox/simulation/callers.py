"""
The callers of a day: which customer each call is of.

Who calls changes nothing about how calls queue, so callers are found after a day was simulated, when they are first
needed, in one pass over all calls in order of arrival. Whoever arrives is decided by what has happened until then, so
a change of the profile leaves all callers before it as they were.

A center has customers in proportion to the calls that it is planned for. They are numbered from 0; a larger center has
those of a smaller one and more. A few of them call often, most of them hardly ever, and some of those who hang up
before they are answered call again within minutes. How many do, and how often, is assumed.

Source:
    Aksin, Armony and Mehrotra, The modern call center, Production and Operations Management 16 (2007), for retrials of
    callers who abandoned, which a center counts as further calls.
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import chain, count
from typing import NamedTuple

import numpy as np

from kpn_sandbox.simulation.arrivals import calls_per_week
from kpn_sandbox.simulation.calendar import MINUTE, CalendarDay
from kpn_sandbox.simulation.day_trace import ABANDONED, CallTable
from kpn_sandbox.simulation.identifiers import MOST_CUSTOMERS
from kpn_sandbox.simulation.randomness import WORDS, Integers, variates, words
from kpn_sandbox.simulation.resolved_profile import ResolvedProfile, Span

CUSTOMERS_PER_HUNDRED_CALLS = 165
"""Customers for every hundred calls that are planned for in a week: each calls about twice in four weeks."""

FEWEST_CUSTOMERS = 20
"""A center that nobody calls has customers all the same."""

GROUPS = (0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)
GROUP_SHARES = (12, 12, 20, 32, 48, 72, 108, 150, 194, 208, 144)
"""
The customers by how often they call: where each group begins, in 1,024ths of all, and its thousandths of the calls.

The first customers call some six times a week, those of the second half once in seven weeks. Two thirds of those who
call in a week do it once.
"""

REDIALS = WORDS * 38 // 100
"""Of a hundred callers who hung up 38 want to try again: a word below this. Not all of them find a later call to be."""

REDIAL_AFTER, REDIAL_MEAN = MINUTE // 4, 2 * MINUTE
"""They wait so long at least, and so long beyond that on average."""

REDIAL_PATIENCE = 15 * MINUTE
"""
The call that they make is the next one of the queue; nothing is added to the volume. They make none if it comes later
than this after they wanted to, so in a small center, whose queues have few calls, fewer call again.
"""

NOBODY_BEFORE = -1
"""In place of an earlier call: the caller is drawn."""


class CallerRequests(NamedTuple):
    """Calls that need a caller, one column for each thing that decides who it is; instants are of one day."""

    start: Integers
    end: Integers
    """From the start to before the end the caller is in this call; a call may be over at once."""
    earlier: Integers
    """The row of a call that started before and whose caller makes this one too, else `NOBODY_BEFORE`."""
    wanted: Integers
    """The customer who calls otherwise, unless that one is in another call."""
    customers: Integers
    """How many customers there are to take the place of one who is in another call."""


@lru_cache(maxsize=4096)
def customer_count(resolved: ResolvedProfile) -> int:
    """The number of customers of a center with a profile."""
    wanted = calls_per_week(resolved) * CUSTOMERS_PER_HUNDRED_CALLS // 100
    return min(max(wanted, FEWEST_CUSTOMERS), MOST_CUSTOMERS)


def find_callers(seed: str, day: CalendarDay, spans: Sequence[Span], calls: CallTable) -> Integers:
    """
    The customer, from 0, of each call of a day.

    Args:
        seed, day: The account's seed, and the day.
        spans, calls: The parts of the day, in order, and its calls.
    """
    drawn = _draws(seed, day, calls)
    span = np.searchsorted([each.start for each in spans], calls.arrival, side="right") - 1
    customers = np.array([customer_count(each.resolved) for each in spans])[span]
    wanted = _wanted(drawn[:, 0], customers)
    requests = CallerRequests(calls.arrival, calls.end, _redials(calls, drawn), wanted, customers)
    return assign_callers(requests).astype("i4")


def assign_callers(requests: CallerRequests) -> Integers:
    """
    Decide who makes each call, in order of their starts; nobody is in two calls at a time.

    Who is in another call already is replaced: the caller of an earlier call by the customer wanted otherwise, and that
    one by the next customer who is free.
    """
    order = np.argsort(requests.start, kind="stable")
    found = [0] * len(order)
    until: dict[int, int] = {}
    columns = (column[order].tolist() for column in requests)
    for row, start, end, earlier, wanted, customers in zip(order.tolist(), *columns, strict=True):
        customer = wanted if earlier < 0 else found[earlier]
        if until.get(customer, 0) > start:
            # Customers beyond the last one exist in a larger center; they help out when all others are in a call.
            everybody = chain(range(wanted, customers), range(wanted), count(customers))
            customer = next(each for each in everybody if until.get(each, 0) <= start)
        found[row] = customer
        if end > start:
            until[customer] = end
    return np.array(found, dtype=np.int64)


def _draws(seed: str, day: CalendarDay, calls: CallTable) -> Integers:
    """Three words for each call: who calls, whether the caller would call again, and when."""
    parts = [np.empty((0, 3), dtype=np.int64)]
    for queue, number in enumerate(np.bincount(calls.queue).tolist()):
        parts.append(words(3 * number, seed, day.date, "callers", queue).reshape(-1, 3))
    return np.concatenate(parts)


def _wanted(drawn: Integers, customers: Integers) -> Integers:
    """The customers that words choose, more often from the first groups than from the last ones."""
    edges = np.cumsum((0, *GROUP_SHARES)) * WORDS // sum(GROUP_SHARES)
    group = np.searchsorted(edges, drawn, side="right") - 1
    first, last = (customers * np.array(GROUPS)[each] // GROUPS[-1] for each in (group, group + 1))
    found: Integers = first + (drawn - edges[group]) * (last - first) // (edges[group + 1] - edges[group])
    return found


def _redials(calls: CallTable, drawn: Integers) -> Integers:
    """For each call the row of the abandoned call whose caller makes it, or `NOBODY_BEFORE`."""
    earlier = np.full(len(drawn), NOBODY_BEFORE, dtype=np.int64)
    lost = np.flatnonzero((calls.outcome == ABANDONED) & (drawn[:, 1] < REDIALS))
    due = calls.end[lost] + REDIAL_AFTER + variates("exponential", drawn[lost, 2], REDIAL_MEAN)
    # One after the other as they are due: each makes the first call of the queue that nobody before makes.
    in_turn = np.lexsort((due, calls.queue[lost]))
    firsts = np.searchsorted(calls.queue, np.arange(int(calls.queue.max(initial=0)) + 2)).tolist()
    queue, taken = -1, -1
    for row, at in zip(lost[in_turn].tolist(), due[in_turn].tolist(), strict=True):
        if calls.queue[row] != queue:
            queue, taken = int(calls.queue[row]), -1
            first, last = firsts[queue : queue + 2]
        place = max(first + int(np.searchsorted(calls.arrival[first:last], at)), taken + 1)
        if place < last and calls.arrival[place] <= at + REDIAL_PATIENCE:
            earlier[place] = row
            taken = place
    return earlier
