"""What must hold in a center after any sequence of changes, beside the figures of `tests.reconciliation`."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from kpn_sandbox.simulation.calendar import day_of
from kpn_sandbox.simulation.center import Center
from kpn_sandbox.simulation.day_trace import DayTrace
from kpn_sandbox.simulation.profile import Profile
from kpn_sandbox.simulation.randomness import Integers
from kpn_sandbox.simulation.staffing import BACK_OFFICE
from kpn_sandbox.simulation.supervisor_metrics import services

Period = tuple[int, int, int]
"""An agent or a port, and two instants."""

COUNTED = ("offered", "answered", "answered_in_time", "flowed_out", "transferred", "held", "talk_seconds")
"""The figures of a queue that never fall on a day."""


def check_nobody_works_twice(trace: DayTrace) -> None:
    """
    No two calls, and no two times in AUX, of one agent overlap, and all lie in a time logged in.

    Outbound calls lie in times in the back office, and no port carries two calls at once.
    """
    calls = trace.calls
    rows = calls.agent >= 0
    periods = [
        *_periods(calls.agent[rows], calls.ring_start[rows], calls.wrap_end[rows]),
        *_periods(trace.rings.agent, trace.rings.start, trace.rings.end),
        *_periods(trace.aux.agent, trace.aux.start, trace.aux.end),
    ]
    logins = sorted(_periods(trace.logins.agent, trace.logins.login, trace.logins.logout))
    check_apart(sorted(periods))
    check_apart(logins)
    check_inside(periods, logins)
    check_outbound(trace)


def check_outbound(trace: DayTrace) -> None:
    """Outbound calls lie in times in the back office one after the other, and no port carries two calls at once."""
    made, chosen, usage = trace.outbound, trace.aux.reason == BACK_OFFICE, trace.port_usage
    calls = _periods(made.agent, made.start, made.end)
    assert all(who != other or end < start for (who, _, end), (other, start, _) in pairwise(calls))
    check_inside(calls, _periods(*(column[chosen] for column in (trace.aux.agent, trace.aux.start, trace.aux.end))))
    assert ((made.answer < 0) | ((made.start < made.answer) & (made.answer < made.end))).all()
    port, begin = np.append(usage.port, usage.outbound), np.append(trace.calls.arrival, made.start)
    held = _periods(port, begin, np.append(trace.calls.end, made.end))
    check_apart(sorted([each for each in held if each[0] >= 0] + [tuple(outage) for outage in usage.outages]))


def check_apart(periods: Sequence[Period]) -> None:
    """Of periods in order, no two of the same agent or port overlap."""
    for (owner, _, end), (other, start, _) in pairwise(periods):
        assert owner != other or end <= start, (owner, end, start)


def check_inside(inner: Iterable[Period], outer: Iterable[Period]) -> None:
    """Each period lies in one of the others of the same agent."""
    by_agent: dict[int, list[tuple[int, int]]] = {}
    for agent, begin, over in outer:
        by_agent.setdefault(agent, []).append((begin, over))
    for agent, start, end in inner:
        assert any(begin <= start and end <= over for begin, over in by_agent.get(agent, [])), (agent, start)


def _periods(owner: Integers, start: Integers, end: Integers) -> list[Period]:
    return list(zip(owner.tolist(), start.tolist(), end.tolist(), strict=True))


def check_lists(center: Center, at: float, wanted: Profile) -> None:
    """The lists show exactly the agents, queues and ports of the profile in force."""
    agents, queues, trunks = center.agents(at), center.queues(at), center.trunks(at)
    assert [agent.login for agent in agents] == [40001 + agent for agent in range(wanted.agents)]
    count = wanted.queues if isinstance(wanted.queues, int) else len(wanted.queues)
    assert [queue.number for queue in queues] == [1000 + queue for queue in range(count)]
    assert len(trunks) == wanted.trunk_count
    if isinstance(wanted.trunks, tuple):
        assert all(own.ports in (None, len(trunk.ports)) for own, trunk in zip(wanted.trunks, trunks, strict=True))


class Counters:
    """The counters of a center, watched on their way through a day; they begin anew with each day."""

    def __init__(self) -> None:
        self._day: Any = None
        self._known: dict[Any, list[int]] = {}

    def check(self, center: Center, at: float) -> None:
        """No counter of a queue or agent is lower than when it was last looked at on this day."""
        day = day_of(at)
        found = {each.queue.number: [getattr(each.queue, name) for name in COUNTED] for each in services(center, at)}
        figures = center.agent_activity(day).at(day.offset(at))
        each_agent = zip(*(getattr(figures, name).tolist() for name in ("answered", "handled", "reached")), strict=True)
        found |= {f"agent {agent}": list(counts) for agent, counts in enumerate(each_agent)}
        for key, before in self._known.items() if day == self._day else ():
            # Agents beyond those of the profile in force are not told, and whoever never was there counts nothing.
            now = found.get(key, [0] * len(before))
            assert all(new >= old for new, old in zip(now, before, strict=True)), (key, before, now)
        self._day, self._known = day, found

    def forget(self) -> None:
        """Begin anew, as a change does that counts always."""
        self._day = None
