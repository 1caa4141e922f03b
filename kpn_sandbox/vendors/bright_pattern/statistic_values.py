"""
What each statistic is worth: of services, one or several together, and of agents.

A value is a whole number, a decimal one, a text, or None where it is not defined. Averages, shares and maxima of
several services are taken over their calls, never over their averages.
"""

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from kpn_sandbox.simulation.facts import Status
from kpn_sandbox.simulation.supervisor_metrics import ServiceFact
from kpn_sandbox.vendors.bright_pattern.records import ACD_STATES, names_of, team_id, user_id
from kpn_sandbox.vendors.bright_pattern.snapshot import Snapshot

Value = int | Decimal | str | None
Column = Sequence[Value]


class Pool(NamedTuple):
    """Some services at one instant."""

    services: Sequence[ServiceFact]
    snapshot: Snapshot
    dispositions: Sequence[str]

    def total(self, name: str) -> int:
        """The sum of a figure of the queues."""
        return sum(getattr(service.queue, name) for service in self.services)

    def abandoned(self) -> int:
        """All callers who hung up."""
        return sum(service.abandoned for service in self.services)

    def short(self) -> int:
        """Those who hung up within the threshold."""
        return sum(service.short_abandoned for service in self.services)

    def share(self, part: int, scale: int, places: int) -> Value:
        """A part of the calls received."""
        return share(part, self.total("offered"), scale, places)


OfServices = Callable[[Pool], Value]
OfAgents = Callable[[Snapshot, Sequence[str]], Column]


def share(part: int, whole: int, scale: int, places: int) -> Value:
    """So many of `scale`, rounded half up to so many decimal places; None of nothing."""
    if not whole:
        return None
    unit = 10**places
    return Decimal((2 * part * scale * unit + whole) // (2 * whole)).scaleb(-places)


@lru_cache(maxsize=65_536)
def spelled(value: Value) -> str:
    """A value as it stands in an answer: always a string, empty where it is not defined."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        text = format(value, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    return str(value)


def _service_level(pool: Pool) -> Value:
    reckoned = pool.total("answered") + pool.abandoned() - pool.short()
    return share(pool.total("answered_in_time"), reckoned, 100, 2)


def _common(pool: Pool, name: str) -> Value:
    """What all of them have; None when they differ."""
    found = {getattr(service, name) for service in pool.services}
    if len(found) != 1:
        return None
    value = found.pop()
    return Decimal(str(value)).normalize() if isinstance(value, float) else int(value)


def _disposed(pool: Pool) -> Value:
    counts = pool.snapshot.disposed_for(pool.dispositions)
    return sum(counts.get(service.queue.number, 0) for service in pool.services)


OF_SERVICES: dict[str, OfServices] = {
    "in_calls_received_per_day": lambda pool: pool.total("offered"),
    "in_calls_queued_per_day": lambda pool: pool.total("offered"),
    "in_calls_handled_per_day": lambda pool: pool.total("answered"),
    "in_calls_waiting": lambda pool: pool.total("waiting"),
    "in_max_wait_time": lambda pool: max((each.queue.longest_wait_seconds for each in pool.services), default=0),
    "in_calls_abandoned_in_queue_per_day": lambda pool: pool.abandoned() - pool.short(),
    "in_calls_short_abandoned_in_queue_per_day": Pool.short,
    "in_calls_abandoned_total_per_day": Pool.abandoned,
    "in_calls_abandoned_in_queue_ratio_per_day": lambda pool: pool.share(pool.abandoned() - pool.short(), 1, 4),
    "in_calls_short_abandoned_in_queue_ratio_per_day": lambda pool: pool.share(pool.short(), 1, 4),
    "in_calls_abandoned_percent_per_day": lambda pool: pool.share(pool.abandoned(), 100, 2),
    "in_average_speed_of_answer": lambda pool: share(pool.total("answer_seconds"), pool.total("answered"), 1, 0),
    "service_level": _service_level,
    "service_level_target": lambda pool: _common(pool, "target_percent"),
    "service_level_threshold_time": lambda pool: _common(pool, "threshold_seconds"),
    "out_calls_answered_per_day": lambda pool: sum(each.outbound_answered for each in pool.services),
    "out_calls_handled_per_day": lambda pool: sum(each.outbound_answered for each in pool.services),
    "agents_logged": lambda pool: pool.total("staffed"),
    "agents_ready": lambda pool: pool.total("available"),
    "agents_busy": lambda pool: pool.total("staffed") - pool.total("available") - pool.total("auxiliary"),
    "calls_dispositions_per_day": _disposed,
    "name": lambda pool: pool.services[0].queue.name,
}
"""By the protocol name."""


def _names(snapshot: Snapshot) -> tuple[Column, Column]:
    first, last, _ = names_of(tuple(fact.name for fact in snapshot.agents.agents))
    return first, last


def _media(snapshot: Snapshot) -> Column:
    return [None if seconds is None else "voice" for seconds in snapshot.agents.talk_seconds]


def _next_state(snapshot: Snapshot) -> Column:
    at_work = (Status.RINGING, Status.TALKING, Status.WRAPPING)
    agents = snapshot.agents
    return [
        ("not_ready" if due else "ready") if fact.status in at_work else None
        for fact, due in zip(agents.agents, agents.due_away)
    ]


def _state_duration(snapshot: Snapshot) -> Column:
    agents = snapshot.agents
    return [
        None if fact.status is Status.LOGGED_OUT else seconds
        for fact, seconds in zip(agents.agents, agents.seconds_in_activity)
    ]


OF_AGENTS: dict[str, OfAgents] = {
    "login_id": lambda snapshot, _: [fact.login for fact in snapshot.agents.agents],
    "firstname": lambda snapshot, _: _names(snapshot)[0],
    "lastname": lambda snapshot, _: _names(snapshot)[1],
    "first_last_name": lambda snapshot, _: [fact.name for fact in snapshot.agents.agents],
    "last_first_name": lambda snapshot, _: [f"{last} {first}".strip() for first, last in zip(*_names(snapshot))],
    "team_name": lambda snapshot, _: snapshot.agents.department_names,
    "user_id": lambda snapshot, _: [user_id(snapshot.seed, fact.login) for fact in snapshot.agents.agents],
    "team_id": lambda snapshot, _: [team_id(snapshot.seed, fact.department) for fact in snapshot.agents.agents],
    "is_agent": lambda snapshot, _: ["1"] * len(snapshot.agents.agents),
    "extension": lambda snapshot, _: [str(fact.login)[-4:] for fact in snapshot.agents.agents],
    "login_time": lambda snapshot, _: snapshot.agents.login_seconds,
    "acd_state": lambda snapshot, _: [ACD_STATES[fact.status] for fact in snapshot.agents.agents],
    "acd_next_state": lambda snapshot, _: _next_state(snapshot),
    "state_duration": lambda snapshot, _: _state_duration(snapshot),
    "reason": lambda snapshot, _: snapshot.agents.reason_names,
    "active_item_talk_duration": lambda snapshot, _: snapshot.agents.talk_seconds,
    "active_item_hold_duration": lambda snapshot, _: snapshot.agents.hold_seconds,
    "active_item_media_type": lambda snapshot, _: _media(snapshot),
    "in_calls_handled_per_day": lambda snapshot, _: snapshot.agents.answered,
    "out_calls_handled_per_day": lambda snapshot, _: snapshot.agents.outbound_answered,
    "calls_average_handling_time_per_day": lambda snapshot, _: snapshot.agents.handling_seconds,
    "agent_total_ready_time": lambda snapshot, _: snapshot.agents.ready_seconds,
    "agent_total_busy_time": lambda snapshot, _: snapshot.agents.busy_seconds,
    "agent_total_ACW_time": lambda snapshot, _: snapshot.agents.wrap_seconds,
    "agent_total_break_time": lambda snapshot, _: snapshot.agents.break_seconds,
    "calls_dispositions_per_day": lambda snapshot, dispositions: snapshot.disposed(dispositions),
}
"""By the protocol name: one value for each agent."""
