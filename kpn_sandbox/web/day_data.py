"""
Data of the wallboard about a day: its outline for the time bar, the call feed, and the days of agents and queues.

    day_outline_data    calls that wait from midnight to midnight, and what marks the day
    call_feed_data      who calls, waits, talks and gave up, at an instant
    agent_day_data      states, calls and half hours of an agent
    queue_day_data      half hours and latest calls of a queue

They are made of the same records as `truth/calls`, `truth/agents` and `truth/intervals` of the control API.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from kpn_sandbox.control_api.serializers import instant_text, interval_record
from kpn_sandbox.simulation.calendar import CalendarDay, day_of
from kpn_sandbox.simulation.call_detail_records import ObservedPeriod, find_calls, find_states, recent_calls
from kpn_sandbox.simulation.customers import Customers, customers_of
from kpn_sandbox.simulation.day_index import FIRST_NUMBER
from kpn_sandbox.simulation.day_outline import landmarks, waiting_curve
from kpn_sandbox.simulation.facts import CallFact, Direction, StateFact, Status
from kpn_sandbox.simulation.intervals import fold_intervals
from kpn_sandbox.tenants.tenant import Tenant

OUTLINE_SECONDS = 300
"""Seconds between two points of the outline."""

HALF_HOUR = 1800

CALLS_OF_A_QUEUE = 60
"""Most calls of a queue's day that are listed; half of them at most wait."""

_BUSY = (Status.RINGING, Status.TALKING, Status.WRAPPING)


def day_outline_data(tenant: Tenant, day: CalendarDay) -> dict[str, Any]:
    """
    Return the outline of a day, which knows also what lies ahead.

    Args:
        tenant: Account of the center.
        day: The day.
    """
    trace = tenant.center.day_index(day).trace
    curve = waiting_curve(trace, OUTLINE_SECONDS * 1000)
    marks = [
        {"kind": mark.kind, "from": mark.start // 1000, "to": mark.end // 1000, "name": _trunk_name(tenant, day, mark)}
        for mark in landmarks(trace)
    ]
    ends = day.starts_at + day.length // 1000
    changes = [
        {"kind": "change", "from": int(change.effective_at) - day.starts_at, "to": None, "name": change.scenario}
        for change in tenant.timeline.changes
        if day.starts_at <= change.effective_at < ends
    ]
    return {
        "date": day.date.isoformat(),
        "starts_at": day.starts_at,
        "seconds": day.length // 1000,
        # On the days on which clocks change the fourth hour after midnight is not 04:00.
        "hours": [instant_text(at)[11:16] for at in range(day.starts_at, ends + 1, 3600)],
        "step_seconds": OUTLINE_SECONDS,
        "waiting": curve.at,
        "most": curve.most,
        "marks": sorted((*marks, *changes), key=lambda mark: mark["from"]),
    }


def _trunk_name(tenant: Tenant, day: CalendarDay, mark: Any) -> str | None:
    if mark.trunk is None:
        return None
    at = day.starts_at + mark.start // 1000
    return next((trunk.name for trunk in tenant.center.trunks(at)[mark.trunk : mark.trunk + 1]), None)


def call_feed_data(tenant: Tenant, at: float, most: int) -> dict[str, Any]:
    """
    Return the calls of an instant: those that wait, the oldest first, then those to which something happened last.

    Args:
        tenant: Account of the center.
        at: The instant, in epoch seconds.
        most: The greatest number of calls that wait, and of the others.
    """
    calls = recent_calls(tenant.center, at, most)
    return {"at": instant_text(at // 1), "calls": list(_call_rows(tenant, at, calls))}


def _call_rows(tenant: Tenant, at: float, calls: Iterable[CallFact]) -> Iterator[dict[str, Any]]:
    center, customers = tenant.center, customers_of(tenant.center, at)
    agents = {fact.login: fact.name for fact in center.agents(at)}
    queues = {fact.number: fact.name for fact in center.queues(at, removed=True)}
    for call in calls:
        yield _call_row(call, at // 1, queues, agents) | {"caller": _caller(customers, call.customer)}


def _call_row(call: CallFact, at: float, queues: Mapping[int, str], agents: Mapping[int, str]) -> dict[str, Any]:
    state, since = call_state(call)
    asked = next((ring.agent for ring in reversed(call.rings)), None)
    agent = call.agent if call.agent is not None else asked if state == "ringing" else None
    answered = call.answered_at
    return {
        "state": state,
        "direction": call.direction.value.lower(),
        "queue": queues.get(call.queue, str(call.queue)),
        "agent": None if agent is None else agents.get(agent, str(agent)),
        "since": instant_text(since // 1),
        "arrived_at": instant_text(call.arrived_at // 1),
        "waited": int((answered or call.left_at or call.ended_at or at) - call.arrived_at),
        "talked": None if answered is None else int((call.ended_at or at) - answered),
        "in_service_level": call.in_service_level,
    }


def call_state(call: CallFact) -> tuple[str, float]:
    """Return what a call is doing or what became of it, and since when."""
    if call.wrapped_at is not None:
        return call.outcome or "answered", call.wrapped_at
    if call.ended_at is not None:
        over = call.direction is Direction.OUTBOUND or call.outcome != "answered"
        return (call.outcome or "answered") if over else "wrapping", call.ended_at
    if call.answered_at is not None:
        return "talking", call.answered_at
    if call.outcome is not None:
        return call.outcome, call.left_at or call.arrived_at
    if call.direction is Direction.OUTBOUND:
        return "dialing", call.arrived_at
    rings = [ring for ring in call.rings if ring.ended_at is None]
    return ("ringing", rings[-1].started_at) if rings else ("waiting", call.arrived_at)


def _caller(customers: Customers, primary_key: int) -> str:
    found = customers.find(str(primary_key), ("primary_key",))
    return str(primary_key) if found is None else customers.customer(found).name


def agent_day_data(tenant: Tenant, at: float, login: int) -> dict[str, Any]:
    """
    Return the day of an agent up to an instant.

    Args:
        tenant: Account of the center.
        at: The instant, in epoch seconds.
        login: Login id of the agent.

    Raises:
        UnknownAgent: No agent has that login id.
    """
    center, day = tenant.center, day_of(at)
    fact = center.agent(login, at)
    period = ObservedPeriod(day.starts_at, at + 0.001, at // 1)
    states = find_states(center, login, period)
    calls = find_calls(center, period, agent=login)
    return {
        **_day_head(day, at),
        "number": login,
        "name": fact.name,
        "states": [
            {
                "at": instant_text(state.at),
                "from": round(state.at - day.starts_at, 3),
                "status": state.status,
                "reason": state.reason,
            }
            for state in states
        ],
        "half_hours": list(_agent_half_hours(states, calls, day, at // 1)),
        "calls": list(_call_rows(tenant, at, reversed(calls))),
    }


def _day_head(day: CalendarDay, at: float) -> dict[str, Any]:
    return {
        "date": day.date.isoformat(),
        "at": instant_text(at // 1),
        "seconds": day.length // 1000,
        "known": int(at // 1 - day.starts_at),
    }


def _agent_half_hours(
    states: Sequence[StateFact], calls: Sequence[CallFact], day: CalendarDay, at: float
) -> Iterator[dict[str, Any]]:
    for start in range(day.starts_at, int(at) + 1, HALF_HOUR):
        end = min(start + HALF_HOUR, at)
        spent = dict.fromkeys(Status, 0.0)
        for state, following in pairwise([*states, None]):
            if state is not None:
                until = at if following is None else following.at
                spent[state.status] += max(0.0, min(until, end) - max(state.at, start))
        answered = [
            call for call in calls if call.answered_at is not None and start <= call.answered_at < start + HALF_HOUR
        ]
        staffed = sum(spent.values()) - spent[Status.LOGGED_OUT]
        if staffed or answered:
            inbound = [call for call in answered if call.direction is Direction.INBOUND]
            yield {
                "starts_at": instant_text(start),
                "answered": len(answered),
                "in_service_level": _share(sum(bool(call.in_service_level) for call in inbound), len(inbound)),
                "talk_seconds": round(spent[Status.TALKING]),
                "wrap_seconds": round(spent[Status.WRAPPING]),
                "aux_seconds": round(spent[Status.AUXILIARY]),
                "free_seconds": round(spent[Status.AVAILABLE]),
                "occupancy": _share(sum(spent[status] for status in _BUSY), staffed - spent[Status.AUXILIARY]),
            }


def _share(part: float, whole: float) -> float | None:
    return round(part / whole, 3) if whole > 0 else None


def queue_day_data(tenant: Tenant, at: float, number: int) -> dict[str, Any]:
    """
    Return the day of a queue up to an instant.

    Args:
        tenant: Account of the center.
        at: The instant, in epoch seconds.
        number: Number of the queue.

    Raises:
        UnknownQueue: No queue has that number.
    """
    center, day = tenant.center, day_of(at)
    period = ObservedPeriod(day.starts_at, at + 0.001, at // 1)
    intervals = [fact for facts in fold_intervals(center, period, minutes=30, queue=number) for fact in facts]
    calls = recent_calls(center, at, CALLS_OF_A_QUEUE // 2, queue=number)
    curve = waiting_curve(center.day_index(day).trace, OUTLINE_SECONDS * 1000, number - FIRST_NUMBER)
    passed = int(at // 1 - day.starts_at) // OUTLINE_SECONDS + 1
    return {
        **_day_head(day, at),
        "step_seconds": OUTLINE_SECONDS,
        "most_waiting": curve.most[:passed],
        "number": number,
        "name": center.queue(number, at).name,
        "half_hours": [interval_record(fact) for fact in intervals],
        "calls": list(_call_rows(tenant, at, calls)),
    }
