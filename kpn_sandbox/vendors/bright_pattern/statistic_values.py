"""
The values of statistics: of one service or several together, and of agents.

A value is a whole number, a decimal number, a text, or None where it is not defined. Averages, shares and maxima of
several services are taken over their calls, never over their averages.
"""

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from kpn_sandbox.simulation.facts import Direction, Status
from kpn_sandbox.simulation.supervisor_metrics import ServiceFact
from kpn_sandbox.vendors.bright_pattern.records import ACD_STATES, sorted_names
from kpn_sandbox.vendors.bright_pattern.snapshot import Snapshot

Value = int | Decimal | str | None
AgentValues = Sequence[Value]
"""One value for each agent."""


class ServiceSelection(NamedTuple):
    """Services at one instant whose statistics are taken together."""

    services: Sequence[ServiceFact]
    snapshot: Snapshot
    dispositions: Sequence[str]
    """Dispositions that `calls_dispositions_per_day` counts."""

    def total(self, name: str) -> int:
        """Return the sum of an attribute of their queues."""
        return sum(getattr(service.queue, name) for service in self.services)

    @property
    def abandoned(self) -> int:
        """Calls that were abandoned."""
        return sum(service.abandoned for service in self.services)

    @property
    def short_abandoned(self) -> int:
        """Calls that were abandoned within the threshold."""
        return sum(service.short_abandoned for service in self.services)

    @property
    def long_abandoned(self) -> int:
        """Calls that were abandoned after the threshold."""
        return self.abandoned - self.short_abandoned


@lru_cache(maxsize=65_536)
def text_of(value: Value) -> str:
    """Return a value as it is in responses: always a string, empty where it is not defined."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        text = format(value, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    return str(value)


def _share(part: int, whole: int, scale: int, places: int) -> Value:
    """Return scale * part / whole, rounded half up to decimal places; None when the whole is 0."""
    if not whole:
        return None
    unit = 10**places
    return Decimal((2 * part * scale * unit + whole) // (2 * whole)).scaleb(-places)


def _ratio(selection: ServiceSelection, part: int) -> Value:
    return _share(part, selection.total("offered"), 1, 4)


def _service_level(selection: ServiceSelection) -> Value:
    return _share(selection.total("answered_in_time"), selection.total("answered") + selection.long_abandoned, 100, 2)


def _common(selection: ServiceSelection, name: str) -> Value:
    """Return the value that all services that exist have, None when they differ."""
    found = {getattr(service, name) for service in selection.services if service.exists}
    if len(found) != 1:
        return None
    value = found.pop()
    return Decimal(str(value)).normalize() if isinstance(value, float) else int(value)


def _disposed(selection: ServiceSelection) -> Value:
    counts = selection.snapshot.disposed_by_queue(selection.dispositions)
    return sum(counts.get(service.queue.number, 0) for service in selection.services)


SERVICE_STATISTICS: dict[str, Callable[[ServiceSelection], Value]] = {
    "in_calls_received_per_day": lambda chosen: chosen.total("offered"),
    "in_calls_queued_per_day": lambda chosen: chosen.total("offered"),
    "in_calls_handled_per_day": lambda chosen: chosen.total("answered"),
    "in_calls_waiting": lambda chosen: chosen.total("waiting"),
    "in_max_wait_time": lambda chosen: max((each.queue.longest_wait_seconds for each in chosen.services), default=0),
    "in_calls_abandoned_in_queue_per_day": lambda chosen: chosen.long_abandoned,
    "in_calls_short_abandoned_in_queue_per_day": lambda chosen: chosen.short_abandoned,
    "in_calls_abandoned_total_per_day": lambda chosen: chosen.abandoned,
    "in_calls_abandoned_in_queue_ratio_per_day": lambda chosen: _ratio(chosen, chosen.long_abandoned),
    "in_calls_short_abandoned_in_queue_ratio_per_day": lambda chosen: _ratio(chosen, chosen.short_abandoned),
    "in_calls_abandoned_percent_per_day": lambda chosen: _share(chosen.abandoned, chosen.total("offered"), 100, 2),
    "in_average_speed_of_answer": lambda chosen: _share(chosen.total("answer_seconds"), chosen.total("answered"), 1, 0),
    "service_level": _service_level,
    "service_level_target": lambda chosen: _common(chosen, "target_percent"),
    "service_level_threshold_time": lambda chosen: _common(chosen, "threshold_seconds"),
    "out_calls_answered_per_day": lambda chosen: sum(each.outbound_answered for each in chosen.services),
    "out_calls_handled_per_day": lambda chosen: sum(each.outbound_answered for each in chosen.services),
    "agents_logged": lambda chosen: chosen.total("staffed"),
    "agents_ready": lambda chosen: chosen.total("available"),
    "agents_busy": lambda chosen: chosen.total("staffed") - chosen.total("available") - chosen.total("auxiliary"),
    "calls_dispositions_per_day": _disposed,
    "name": lambda chosen: chosen.services[0].queue.name,
}
"""Value of some services by the name of the statistic."""


def _names(snapshot: Snapshot) -> tuple[AgentValues, AgentValues]:
    first, last, _ = sorted_names(tuple(fact.name for fact in snapshot.agents.agents))
    return first, last


def _media(snapshot: Snapshot) -> AgentValues:
    return [None if seconds is None else "voice" for seconds in snapshot.agents.talk_seconds]


def _next_state(snapshot: Snapshot) -> AgentValues:
    at_work = (Status.RINGING, Status.TALKING, Status.WRAPPING)
    agents = snapshot.agents
    return [
        ("not_ready" if due or fact.direction is Direction.OUTBOUND else "ready") if fact.status in at_work else None
        for fact, due in zip(agents.agents, agents.due_away, strict=True)
    ]


def _state_duration(snapshot: Snapshot) -> AgentValues:
    agents = snapshot.agents
    return [
        None if fact.status is Status.LOGGED_OUT else seconds
        for fact, seconds in zip(agents.agents, agents.seconds_in_activity, strict=True)
    ]


AGENT_STATISTICS: dict[str, Callable[[Snapshot, Sequence[str]], AgentValues]] = {
    "login_id": lambda snapshot, _: [fact.login for fact in snapshot.agents.agents],
    "firstname": lambda snapshot, _: _names(snapshot)[0],
    "lastname": lambda snapshot, _: _names(snapshot)[1],
    "first_last_name": lambda snapshot, _: [fact.name for fact in snapshot.agents.agents],
    "last_first_name": lambda snapshot, _: [
        f"{last} {first}".strip() for first, last in zip(*_names(snapshot), strict=True)
    ],
    "team_name": lambda snapshot, _: snapshot.agents.department_names,
    "user_id": lambda snapshot, _: snapshot.agent_ids,
    "team_id": lambda snapshot, _: snapshot.team_of_agents,
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
    "calls_dispositions_per_day": lambda snapshot, dispositions: snapshot.disposed_by_agent(dispositions),
}
"""Values of all agents by the name of the statistic, from a snapshot and the dispositions that count."""
