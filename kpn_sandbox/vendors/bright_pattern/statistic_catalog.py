"""
The statistics that can be subscribed to: what they mean, in which unit, and where they may stand.

Source:
    The names are those of the dictionary of Bright Pattern's wallboard (wb6/app/stats-def.factory.js) unless another
    source is given; the meanings are those of the desktop metrics of the same sense in the Supervisor guide.
"""

from dataclasses import dataclass
from enum import Enum

from kpn_sandbox.vendors.bright_pattern.operations import REFERENCE, SAMPLES, WALLBOARD

KELLY = "github.com/dvakhrushev/dvakhrushev.github.io, wallboard-kelly"
JAVA = "github.com/i4way-hong/BP_Statistics"
SUM = "SUM"
"""Stands in the place of a name and adds others together."""


class Unit(str, Enum):
    """What a value is a number of, if it is one."""

    TEXT = "text"
    COUNT = "count"
    SECONDS = "seconds"
    RATIO = "ratio"
    """0 to 1."""
    PERCENT = "percent"
    """0 to 100."""


class Place(str, Enum):
    """Where statistics stand in a subscription."""

    TOTALS = "stats_totals"
    SERVICES = "service_grids"
    AGENTS = "agent_grids"


@dataclass(frozen=True)
class Statistic:
    """One statistic."""

    name: str
    meaning: str
    unit: Unit
    seen: frozenset[Place]
    """Where public material has it."""
    inferred: frozenset[Place]
    """Where it may stand as well."""
    source: str = WALLBOARD

    @property
    def places(self) -> frozenset[Place]:
        """Where it may stand."""
        return self.seen | self.inferred

    @property
    def numeric(self) -> bool:
        """Whether it can be added."""
        return self.unit is not Unit.TEXT


_PLACES = {"T": Place.TOTALS, "S": Place.SERVICES, "A": Place.AGENTS}


def _statistic(name: str, where: str, unit: Unit, meaning: str, source: str = WALLBOARD) -> Statistic:
    seen, _, inferred = where.partition("+")
    return Statistic(
        name,
        meaning,
        unit,
        frozenset(_PLACES[letter] for letter in seen),
        frozenset(_PLACES[letter] for letter in inferred),
        source,
    )


_TEXT, _COUNT, _SECONDS, _RATIO, _PERCENT = Unit

STATISTICS = {
    each.name: each
    for each in (
        _statistic("name", "S", _TEXT, "Name of the service."),
        _statistic("in_calls_received_per_day", "TS", _COUNT, "Calls that came for the service."),
        _statistic("in_calls_queued_per_day", "T+S", _COUNT, "Calls that entered the queue: all that came."),
        _statistic("in_calls_waiting", "TS", _COUNT, "Calls that wait or ring now."),
        _statistic("in_max_wait_time", "TS", _SECONDS, "Wait of the oldest of them; 0 without one."),
        _statistic("in_calls_abandoned_in_queue_per_day", "TS", _COUNT, "Callers who hung up after the threshold."),
        _statistic("in_calls_short_abandoned_in_queue_per_day", "TS", _COUNT, "Callers who hung up within it."),
        _statistic("in_calls_abandoned_total_per_day", "S+T", _COUNT, "All callers who hung up."),
        _statistic(
            "in_calls_abandoned_in_queue_ratio_per_day", "TS", _RATIO, "Those after the threshold, of calls received."
        ),
        _statistic(
            "in_calls_short_abandoned_in_queue_ratio_per_day", "TS", _RATIO, "Those within it, of calls received."
        ),
        _statistic("in_calls_abandoned_percent_per_day", "S+T", _PERCENT, "All who hung up, of calls received."),
        _statistic("in_average_speed_of_answer", "T+S", _SECONDS, "Average wait of answered calls.", REFERENCE),
        _statistic(
            "service_level",
            "TS",
            _PERCENT,
            "Calls answered within the threshold, of those answered at any time or abandoned after it.",
        ),
        _statistic("service_level_target", "S+T", _PERCENT, "The service level to be reached; empty when they differ."),
        _statistic("service_level_threshold_time", "TS", _SECONDS, "The threshold; empty when they differ."),
        _statistic("out_calls_answered_per_day", "T+S", _COUNT, "Calls that agents made and that were answered."),
        _statistic("out_calls_handled_per_day", "TA+S", _COUNT, "The same, counted for who made them.", KELLY),
        _statistic("agents_logged", "TS", _COUNT, "Agents of the service who are logged in."),
        _statistic("agents_ready", "T+S", _COUNT, "Agents of the service who are ready.", REFERENCE),
        _statistic("agents_busy", "S+T", _COUNT, "Agents of the service who ring, talk or wrap up."),
        _statistic("login_id", "A", _TEXT, "Login id, KPN's Logid.", SAMPLES),
        _statistic("firstname", "A", _TEXT, "First name.", SAMPLES),
        _statistic("lastname", "A", _TEXT, "Last name.", SAMPLES),
        _statistic("first_last_name", "A", _TEXT, "Both names."),
        _statistic("last_first_name", "A", _TEXT, "Both names, the last one first."),
        _statistic("team_name", "A", _TEXT, "Name of the team."),
        _statistic("user_id", "A", _TEXT, "UUID of the agent.", JAVA),
        _statistic("team_id", "A", _TEXT, "UUID of the team.", JAVA),
        _statistic("is_agent", "A", _TEXT, "1.", JAVA),
        _statistic("extension", "A", _TEXT, "Phone extension: the last four digits of the login id.", REFERENCE),
        _statistic("login_time", "A", _SECONDS, "Time since the log-in; empty when logged out."),
        _statistic("acd_state", "A", _TEXT, "ready, busy, after_call_work, not_ready; empty when logged out."),
        _statistic(
            "acd_next_state",
            "A",
            _TEXT,
            "With a call: not_ready when a break or the end of the shift is overdue, else ready; otherwise empty.",
            REFERENCE,
        ),
        _statistic("state_duration", "A", _SECONDS, "Time in the state; empty when logged out."),
        _statistic("reason", "A", _TEXT, "Why not ready, else empty."),
        _statistic("active_item_talk_duration", "A", _SECONDS, "Talk of the call at hand; empty without one."),
        _statistic("active_item_hold_duration", "A", _SECONDS, "Its time on hold."),
        _statistic("active_item_media_type", "A", _TEXT, "voice; empty without a call at hand."),
        _statistic("in_calls_handled_per_day", "A+TS", _COUNT, "Calls answered."),
        _statistic(
            "calls_average_handling_time_per_day", "A", _SECONDS, "Average talk, hold and wrap-up of calls wrapped up."
        ),
        _statistic("agent_total_ready_time", "A", _SECONDS, "Time ready today."),
        _statistic("agent_total_busy_time", "A", _SECONDS, "Time with ringing calls and calls today."),
        _statistic("agent_total_ACW_time", "A", _SECONDS, "Time in after-call work today."),
        _statistic("agent_total_break_time", "A", _SECONDS, "Time not ready for a break or lunch today."),
        _statistic(
            "calls_dispositions_per_day", "A+TS", _COUNT, "Conversations that ended with one of the dispositions."
        ),
    )
}
"""By name, in the order of the manual."""


def places_named(place: Place) -> list[str]:
    """The names that may stand in a place."""
    return [name for name, statistic in STATISTICS.items() if place in statistic.places]
