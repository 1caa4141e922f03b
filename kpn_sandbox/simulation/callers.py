"""
The callers of a day: which customer each call is of, inbound or outbound.

Who calls changes nothing about how calls queue, so callers are found after a day was simulated, when they are first
needed, in one pass over all calls in order of arrival. Whoever arrives is decided by what has happened until then, so
a change of the profile leaves all callers before it as they were.

A center has customers in proportion to the calls that it is planned for. They are numbered from 0; a larger center has
those of a smaller one and more. A few of them call often, most of them hardly ever, and some of those who hang up
before they are answered call again within minutes. How many do, and how often, is assumed.

Agents who make calls first call back whoever was promised that in the same queue, the longest waiting first; each is
tried once, and nobody on another day. Otherwise they call customers at random.

Source:
    Aksin, Armony and Mehrotra, The modern call center, Production and Operations Management 16 (2007), for retrials of
    callers who abandoned, which a center counts as further calls.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from itertools import chain, count
from typing import NamedTuple

import numpy as np

from kpn_sandbox.simulation.arrivals import calls_per_week
from kpn_sandbox.simulation.calendar import MINUTE, CalendarDay
from kpn_sandbox.simulation.day_trace import ABANDONED, Callers, CallTable, OutboundTable
from kpn_sandbox.simulation.dispositions import CALLBACK_AGREED, inbound_dispositions, outbound_dispositions
from kpn_sandbox.simulation.identifiers import MOST_CUSTOMERS
from kpn_sandbox.simulation.randomness import WORDS, Integers, variates, words
from kpn_sandbox.simulation.resolved_profile import ResolvedProfile, Span, span_positions

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

CALLBACK_AFTER = 10 * MINUTE
"""Nobody is called back sooner than this after the conversation."""


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


class Callbacks:
    """
    The callbacks of a day that are promised and not made yet, first come, first served in each queue.

    Args:
        queue: The queue of each call, inbound and then outbound.
        due: The instant from which the caller of a call may be called back, by the row of the call.
        first: The row of the first outbound call.
    """

    def __init__(self, queue: Sequence[int], due: Mapping[int, int], first: int) -> None:
        self.made: dict[int, int] = {}
        """The row of the call that promised it, by the row of the callback."""
        self.due, self.first = due, first
        self._queue = queue
        self._open: dict[int, list[tuple[int, int]]] = {}

    def promise(self, row: int) -> None:
        """Take note of a call that promises a callback."""
        self._open.setdefault(self._queue[row], []).append((self.due[row], row))

    def take(self, row: int, start: int, free_from: Callable[[int], int]) -> int | None:
        """
        Choose the callback that an outbound call makes.

        Args:
            row, start: The call, and its start.
            free_from: The instant from which the caller of a call, given by its row, is in no call.

        Returns:
            The row of the call that promised it, None where nobody waits for a callback.
        """
        waiting = self._open.get(self._queue[row], [])
        # Who calls again meanwhile is called back afterwards.
        due = [each for each in waiting if max(each[0], free_from(each[1])) <= start]
        if not due:
            return None
        chosen = min(due)
        waiting.remove(chosen)
        self.made[row] = chosen[1]
        return chosen[1]


@lru_cache(maxsize=4096)
def customer_count(resolved: ResolvedProfile) -> int:
    """The number of customers of a center with a profile."""
    wanted = calls_per_week(resolved) * CUSTOMERS_PER_HUNDRED_CALLS // 100
    return min(max(wanted, FEWEST_CUSTOMERS), MOST_CUSTOMERS)


def find_callers(
    seed: str, day: CalendarDay, spans: Sequence[Span], calls: CallTable, outbound: OutboundTable
) -> Callers:
    """
    The customers of all calls of a day.

    Args:
        seed, day: The account's seed, and the day.
        spans, calls, outbound: The parts of the day, in order, its inbound calls, and its outbound ones.
    """
    drawn = _draws(seed, day, calls)
    start, end = (np.concatenate(pair) for pair in ((calls.arrival, outbound.start), (calls.end, outbound.end)))
    span = span_positions(spans, start)
    customers = np.array([customer_count(each.resolved) for each in spans])[span]
    count = len(calls.arrival)
    wanted = (_wanted(drawn[:, 0], customers[:count]), outbound.contact * customers[count:] // WORDS)
    nobody = np.full(len(outbound.start), NOBODY_BEFORE, dtype=np.int64)
    earlier = np.concatenate((_redials(calls, drawn), nobody))
    callbacks = _promised(seed, day, calls, outbound)
    found = assign_callers(CallerRequests(start, end, earlier, np.concatenate(wanted), customers), callbacks)
    promises = np.array([callbacks.made.get(row, -1) for row in range(count, len(start))], dtype=np.int64)
    return Callers(found[:count].astype("i4"), found[count:], promises)


def assign_callers(requests: CallerRequests, callbacks: Callbacks | None = None) -> Integers:
    """
    Decide who is in each call, in order of their starts; nobody is in two calls at a time.

    Who is in another call already is replaced: the caller of an earlier call by the customer wanted otherwise, and that
    one by the next customer who is free.

    Args:
        requests: The calls, inbound and then outbound.
        callbacks: The callbacks that they promise, and of which it takes note that they are made.
    """
    callbacks = Callbacks((), {}, len(requests.start)) if callbacks is None else callbacks
    order = np.argsort(requests.start, kind="stable")
    found = [0] * len(order)
    until: dict[int, int] = {}
    columns = (column[order].tolist() for column in requests)

    def free_from(row: int) -> int:
        return until.get(found[row], 0)

    for row, start, end, earlier, wanted, customers in zip(order.tolist(), *columns, strict=True):
        customer = wanted if earlier < 0 else found[earlier]
        if row >= callbacks.first:
            promise = callbacks.take(row, start, free_from)
            customer = wanted if promise is None else found[promise]
        if until.get(customer, 0) > start:
            # Customers beyond the last one exist in a larger center; they help out when all others are in a call.
            everybody = chain(range(wanted, customers), range(wanted), count(customers))
            customer = next(each for each in everybody if until.get(each, 0) <= start)
        found[row] = customer
        if row in callbacks.due:
            callbacks.promise(row)
        if end > start:
            until[customer] = end
    return np.array(found, dtype=np.int64)


def _promised(seed: str, day: CalendarDay, calls: CallTable, outbound: OutboundTable) -> Callbacks:
    """The callbacks that the calls of a day promise, by their dispositions."""
    codes = inbound_dispositions(seed, day, calls), outbound_dispositions(outbound)
    rows = np.flatnonzero(np.concatenate(codes) == CALLBACK_AGREED)
    over = np.concatenate((calls.wrap_end, outbound.end))[rows] + CALLBACK_AFTER
    due = dict(zip(rows.tolist(), over.tolist(), strict=True))
    return Callbacks(np.concatenate((calls.queue, outbound.queue)).tolist(), due, len(calls.queue))


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
