"""
The statistics that can be subscribed to: meaning, unit, and the parts of a subscription that may have them.

Source:
    The names are those of the dictionary of Bright Pattern's wallboard (wb6/app/stats-def.factory.js) unless another
    source is given; the meanings are those of the corresponding desktop metrics in the Supervisor guide.
"""

from dataclasses import dataclass
from enum import StrEnum

from kpn_sandbox.vendors.bright_pattern.operations import REFERENCE, SAMPLES, WALLBOARD

SUM = "SUM"
"""Takes the place of a name in a column that adds statistics."""

_KELLY = "github.com/dvakhrushev/dvakhrushev.github.io, wallboard-kelly"
_JAVA = "github.com/i4way-hong/BP_Statistics"


class Unit(StrEnum):
    """Unit of a statistic's values; the values of `TEXT` are not numbers."""

    TEXT = "text"
    COUNT = "count"
    SECONDS = "seconds"
    RATIO = "ratio"
    """0 to 1."""
    PERCENT = "percent"
    """0 to 100."""


class ApplicationPart(StrEnum):
    """A part of a subscribed application that has statistics, by its name in JSON."""

    TOTALS = "stats_totals"
    SERVICES = "service_grids"
    AGENTS = "agent_grids"


@dataclass(frozen=True)
class Statistic:
    """
    A statistic.

    Args:
        name: Name in subscriptions.
        meaning: One sentence.
        unit: Unit of its values.
        documented: Parts that have it in public material.
        inferred: Further parts that may have it.
        source: Document that has the name.
    """

    name: str
    meaning: str
    unit: Unit
    documented: frozenset[ApplicationPart]
    inferred: frozenset[ApplicationPart]
    source: str = WALLBOARD

    @property
    def parts(self) -> frozenset[ApplicationPart]:
        """Parts that may have it."""
        return self.documented | self.inferred

    @property
    def is_number(self) -> bool:
        """Whether its values can be added."""
        return self.unit is not Unit.TEXT


def _statistic(name: str, letters: str, unit: Unit, meaning: str, source: str = WALLBOARD) -> Statistic:
    """Return a statistic; the letters are T, S and A for the three parts, those of inferred parts after a plus."""
    documented, inferred = (frozenset(_PARTS[each] for each in some) for some in f"{letters}+".split("+")[:2])
    return Statistic(name, meaning, unit, documented, inferred, source)


_PARTS = {"T": ApplicationPart.TOTALS, "S": ApplicationPart.SERVICES, "A": ApplicationPart.AGENTS}


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
        _statistic("out_calls_handled_per_day", "TA+S", _COUNT, "The same, counted for who made them.", _KELLY),
        _statistic("agents_logged", "TS", _COUNT, "Agents of the service who are logged in."),
        _statistic("agents_ready", "T+S", _COUNT, "Agents of the service who are ready.", REFERENCE),
        _statistic("agents_busy", "S+T", _COUNT, "Agents of the service who ring, talk or wrap up."),
        _statistic("login_id", "A", _TEXT, "Login id, KPN's Logid.", SAMPLES),
        _statistic("firstname", "A", _TEXT, "First name.", SAMPLES),
        _statistic("lastname", "A", _TEXT, "Last name.", SAMPLES),
        _statistic("first_last_name", "A", _TEXT, "Both names."),
        _statistic("last_first_name", "A", _TEXT, "Both names, the last one first."),
        _statistic("team_name", "A", _TEXT, "Name of the team."),
        _statistic("user_id", "A", _TEXT, "UUID of the agent.", _JAVA),
        _statistic("team_id", "A", _TEXT, "UUID of the team.", _JAVA),
        _statistic("is_agent", "A", _TEXT, "1.", _JAVA),
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
"""Statistics by name, in the order of the manual."""
