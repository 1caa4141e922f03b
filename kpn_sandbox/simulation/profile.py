"""
The profile of a center: few numbers from which everything else follows.

A profile is immutable and checked as a whole when it is made. Durations are seconds, shares run from 0 to 1. What a
queue does not say for itself it takes from the profile.

Source:
    The defaults are those of an ordinary center of the Netherlands: handling times, 80 % in 20 seconds and shrinkage as
    published for Dutch centers, lognormal talk as measured by Brown et al., Statistical Analysis of a Telephone Call
    Center, JASA 100 (2005), and the mean patience of 600 seconds that British figures of abandonment imply.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property
from math import inf
from typing import Any, NamedTuple

from kpn_sandbox import validation
from kpn_sandbox.literals import (
    ARRIVAL_RHYTHMS,
    FIRST_NUMBER,
    MOST_AGENTS,
    MOST_PORTS,
    MOST_QUEUES,
    MOST_TRUNKS,
    NAME_STYLES,
    SERVICE_DISTRIBUTIONS,
    ArrivalRhythm,
    NameStyle,
    ServiceDistribution,
)
from kpn_sandbox.simulation.errors import InvalidProfile
from kpn_sandbox.simulation.names import check_locale
from kpn_sandbox.validation import Check, ErrorOf, InvalidValue, minutes


@dataclass(frozen=True)
class QueueSettings:
    """The settings of one queue; None takes the profile's value."""

    name: str | None = None
    agents: int | None = None
    load: float | None = None
    talk_seconds: float | None = None
    wrap_seconds: float | None = None
    patience_seconds: float | None = None
    service_level_seconds: float | None = None
    service_level_target: float | None = None

    def value(self, name: str, profile: "Profile") -> float:
        """
        A setting of this queue: its own or the profile's.

        Args:
            name, profile: A field that queue and profile have in common, and the profile.
        """
        own: float | None = getattr(self, name)
        shared: float = getattr(profile, name)
        return shared if own is None else own


@dataclass(frozen=True)
class TrunkSettings:
    """The settings of one trunk; None derives the value from the size of the center."""

    name: str | None = None
    ports: int | None = None


@dataclass(frozen=True)
class Outage:
    """A trunk, counted from 1, that is out of service between two readings of the wall clock every day."""

    trunk: int
    start: str = "00:00"
    end: str = "24:00"


@dataclass(frozen=True)
class Profile:
    """Everything that can be set about a center; `from_dict` checks what users write, the initializer does not."""

    agents: int = 50
    queues: int | tuple[QueueSettings, ...] = 3
    trunks: int | tuple[TrunkSettings, ...] | None = None
    """None: so many that no caller is blocked, and at least two."""
    load: float = 1.0
    talk_seconds: float = 240
    wrap_seconds: float = 45
    patience_seconds: float = 600
    """The mean; infinity, in JSON ``unlimited``, for callers who never hang up."""
    service_level_seconds: float = 20
    opening: str = "24x7"
    names: NameStyle = "faker"
    locale: str = "nl_NL"
    list_logged_out: bool = True
    """Whether a list of agents shows those who are logged out."""
    ring_seconds: float = 5
    max_wait_seconds: float = 600
    unanswered_share: float = 0.004
    absent_share: float = 0.12
    breaks: bool = True
    rhythm: ArrivalRhythm = "daily"
    """``daily``: arrivals and staff follow the day and the week; ``constant``: they do not change."""
    service: ServiceDistribution = "lognormal"
    outages: tuple[Outage, ...] = ()

    @classmethod
    def from_dict(cls, settings: Mapping[str, Any]) -> "Profile":
        """
        A checked profile from JSON values.

        Args:
            settings: Field names and JSON values; what is missing keeps its default.

        Raises:
            InvalidProfile: Fields are unknown or not what they may be; the error holds all of them.
        """
        values, wrong = {}, []
        for name, value in settings.items():
            try:
                validation.check_known(name, value, _CHECKS, role="a field of the profile", error=InvalidProfile)
                values[name] = _CHECKS[name](name, value, InvalidProfile)
            except InvalidProfile as error:
                wrong.append(error)
        if wrong:
            raise InvalidProfile(wrong[0].field, wrong[0].value, wrong[0].allowed, wrong[1:])
        return cls(**values).checked()

    def checked(self) -> "Profile":
        """This profile; `InvalidProfile` is raised if its fields do not go together."""
        _check_together(self)
        return self

    def to_dict(self) -> dict[str, Any]:
        """The profile as JSON values, without a field that is None; `from_dict` gives the same profile back."""
        values = {field.name: _plain(getattr(self, field.name)) for field in fields(self)}
        return {name: value for name, value in values.items() if value is not None}

    def complete(self) -> "Profile":
        """The profile with the number of trunks that the center has when nobody says one."""
        return self if self.trunks is not None else replace(self, trunks=self.trunk_count)

    @property
    def queue_count(self) -> int:
        """The number of queues."""
        return self.queues if isinstance(self.queues, int) else len(self.queues)

    @property
    def trunk_count(self) -> int:
        """The number of trunks."""
        if self.trunks is None:
            return max(2, -(-self.agents * PORTS_PER_HUNDRED_AGENTS // (100 * MOST_PORTS)))
        return self.trunks if isinstance(self.trunks, int) else len(self.trunks)

    @cached_property
    def digest(self) -> str:
        """Sixteen hexadecimal digits that are the same for equal profiles."""
        text = json.dumps(self.complete().to_dict(), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:16]


class Epoch(NamedTuple):
    """A profile and the instant (epoch seconds) from which it is in force."""

    since: float
    profile: Profile


MOST_CALLS = 2_500_000
"""A profile whose days could have more calls is refused: one of them would take half a gigabyte and half a minute."""

WORKING_SECONDS = 9 * 3600
"""The longest that an agent works on a day: a shift of eight and a half hours, and what begins early or ends late."""

PORTS_PER_HUNDRED_AGENTS = 240
"""Ports where a profile names no number: over twice the agents, so that callers queue long before they are blocked."""

ALWAYS = float("-inf")
"""The `since` of the profile that an account began with."""


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [{key: _plain(item) for key, item in vars(entry).items() if item is not None} for entry in value]
    if value == inf:
        return validation.UNLIMITED
    # Equal profiles have equal digests, whether somebody wrote 240 or 240.0.
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _check_together(profile: Profile) -> None:
    if isinstance(profile.queues, tuple):
        wanted = sum(queue.agents or 0 for queue in profile.queues)
        if wanted > profile.agents:
            raise InvalidProfile("queues", wanted, f"at most {profile.agents} agents in all queues together")
        _check_names("queues", [queue.name for queue in profile.queues])
    # Each number by itself may be right and their product too large: a thousand agents with calls of a second.
    if _most_calls(profile) > MOST_CALLS:
        allowed = f"so long that {profile.agents} agents take at most {MOST_CALLS:,} calls a day"
        shortest = min(queue.value("talk_seconds", profile) for queue in _distinct_queues(profile))
        raise InvalidProfile("talk_seconds", shortest, allowed)
    if isinstance(profile.trunks, tuple):
        _check_names("trunks", [trunk.name for trunk in profile.trunks])
    for position, outage in enumerate(profile.outages):
        if outage.trunk > profile.trunk_count:
            raise InvalidProfile(f"outages[{position}].trunk", outage.trunk, f"from 1 to {profile.trunk_count}")


def _most_calls(profile: Profile) -> float:
    """The most calls of a day: agents are always busy, and those placed nowhere work where calls are shortest."""
    worked = 86400 if profile.rhythm == "constant" else WORKING_SECONDS
    queues = _distinct_queues(profile)
    rates = [
        worked
        * profile.load
        * (1 if queue.load is None else queue.load)
        / (queue.value("talk_seconds", profile) + queue.value("wrap_seconds", profile) + profile.ring_seconds)
        for queue in queues
    ]
    placed = [queue.agents or 0 for queue in queues]
    others = profile.agents - sum(placed)
    return sum(count * rate for count, rate in zip(placed, rates, strict=True)) + others * max(rates)


def _distinct_queues(profile: Profile) -> tuple[QueueSettings, ...]:
    return profile.queues if isinstance(profile.queues, tuple) else (QueueSettings(),)


def _check_names(field: str, names: list[str | None]) -> None:
    given = [name for name in names if name is not None]
    for name in given:
        if given.count(name) > 1:
            raise InvalidProfile(field, name, "a list of different names")


_NAME = validation.text(1, 80)
_SHARED: dict[str, Check[Any]] = {
    "load": validation.number(0, 3),
    "talk_seconds": validation.number(1, 2700),
    "wrap_seconds": validation.number(0, 1800),
    "patience_seconds": validation.number_or_unlimited(1, 86400),
    "service_level_seconds": validation.number(0, 3600),
}
"""What a profile says of all queues and a queue may say for itself."""

_OF_QUEUE: dict[str, Check[Any]] = {"name": _NAME, "agents": validation.whole_number(0, MOST_AGENTS), **_SHARED}
_QUEUE = validation.object_with({**_OF_QUEUE, "service_level_target": validation.number(0, 1)})
_TRUNK = validation.object_with({"name": _NAME, "ports": validation.whole_number(1, MOST_PORTS)})
_TIMES = {"start": validation.time_of_day, "end": validation.time_of_day}
_LAST_NUMBER = FIRST_NUMBER + MOST_TRUNKS - 1
_OUTAGE_TRUNK = validation.Rule[int](
    f"a whole number from 1 to {MOST_TRUNKS}, or a trunk's Number from {FIRST_NUMBER} to {_LAST_NUMBER}",
    lambda value: validation.is_whole(value) and (1 <= value <= MOST_TRUNKS or FIRST_NUMBER <= value <= _LAST_NUMBER),
    lambda value: int(value) if value < FIRST_NUMBER else int(value) - FIRST_NUMBER + 1,
    type="integer",
    minimum=1,
    maximum=_LAST_NUMBER,
    **{"not": {"minimum": MOST_TRUNKS + 1, "maximum": FIRST_NUMBER - 1}},
)
_OUTAGE = validation.object_with({"trunk": _OUTAGE_TRUNK, **_TIMES}, required=("trunk",))
_LOCALE = validation.text(2, 20)


def _queue(field: str, value: Any, error: ErrorOf = InvalidValue) -> QueueSettings:
    return QueueSettings(**_QUEUE(field, value, error))


def _trunk(field: str, value: Any, error: ErrorOf = InvalidValue) -> TrunkSettings:
    return TrunkSettings(**_TRUNK(field, value, error))


def _outage(field: str, value: Any, error: ErrorOf = InvalidValue) -> Outage:
    outage = Outage(**_OUTAGE(field, value, error))
    if minutes(outage.start) >= minutes(outage.end):
        raise error(f"{field}.end", outage.end, f"later than {outage.start}")
    return outage


def _locale(field: str, value: Any, error: ErrorOf = InvalidValue) -> str:
    language, _, country = _LOCALE(field, value, error).replace("-", "_").partition("_")
    # Spelled as web pages and systems do, nl-NL or NL_nl, it is the same.
    locale = f"{language.lower()}_{country.upper()}" if country.isalpha() and len(country) == 2 else value
    check_locale(locale)
    return locale


_CHECKS: Mapping[str, Check[Any]] = {
    "agents": validation.whole_number(1, MOST_AGENTS),
    "queues": validation.count_or_list(1, MOST_QUEUES, validation.described(_queue, validation.json_schema(_QUEUE))),
    "trunks": validation.count_or_list(1, MOST_TRUNKS, validation.described(_trunk, validation.json_schema(_TRUNK))),
    **_SHARED,
    "opening": validation.opening_hours,
    "names": validation.choice(*NAME_STYLES),
    "locale": validation.described(_locale, _LOCALE.json_schema),
    "ring_seconds": validation.number(0, 10),
    "max_wait_seconds": validation.number(10, 86400),
    "unanswered_share": validation.number(0, 0.5),
    "absent_share": validation.number(0, 0.9),
    "breaks": validation.true_or_false,
    "list_logged_out": validation.true_or_false,
    "rhythm": validation.choice(*ARRIVAL_RHYTHMS),
    "service": validation.choice(*SERVICE_DISTRIBUTIONS),
    "outages": validation.list_of(0, 40, validation.described(_outage, validation.json_schema(_OUTAGE))),
}


def field_ranges() -> dict[str, str]:
    """Return what each field of a profile may be, such as "a number from 0 to 3", by its name."""
    return {each.name: _range_of(each.name) for each in fields(Profile)}


def field_schemas() -> dict[str, dict[str, Any]]:
    """Return the JSON schema of each field of a profile by its name."""
    return {each.name: validation.json_schema(_CHECKS[each.name]) for each in fields(Profile)}


def _range_of(field: str) -> str:
    # The only complete description of a field is the message with which a wrong value is refused.
    try:
        _CHECKS[field](field, object(), InvalidProfile)
    except InvalidProfile as error:
        return error.allowed
    raise AssertionError(f"{field} takes anything")
