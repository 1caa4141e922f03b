"""
Scenarios: named patches to a profile, one word for a kind of day.

A scenario says what differs from the profile it is laid over: its load is a factor on the profile's own load, all
other fields replace the profile's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from kpn_sandbox.simulation.errors import UnknownScenario
from kpn_sandbox.simulation.profile import Outage, Profile


@dataclass(frozen=True)
class Scenario:
    """A kind of day: its name, what is different in one sentence, and the patch to the profile."""

    name: str
    summary: str
    load_factor: float = 1.0
    patch: Mapping[str, Any] = field(default_factory=dict)

    def over(self, profile: Profile) -> Profile:
        """
        The profile of an account with this scenario laid over it.

        Raises:
            InvalidProfile: The two together make a center too busy to simulate.
        """
        # A profile's load may be 3 at most; a scenario over a busy profile stays there instead of being refused.
        load = min(profile.load * self.load_factor, 3.0)
        return replace(profile, load=load, **self.patch).checked()


def scenario(name: str) -> Scenario:
    """
    The scenario of a name.

    Raises:
        UnknownScenario: There is none.
    """
    try:
        return SCENARIOS[name]
    except KeyError:
        raise UnknownScenario(name, tuple(SCENARIOS)) from None


_LAB = {
    "opening": "24x7",
    "wrap_seconds": 0,
    "patience_seconds": 120,
    "ring_seconds": 0,
    "max_wait_seconds": 86400,
    "unanswered_share": 0,
    "absent_share": 0,
    "breaks": False,
    "rhythm": "constant",
    "service": "exponential",
    "outages": (),
}

SCENARIOS: Mapping[str, Scenario] = MappingProxyType(
    {
        each.name: each
        for each in (
            Scenario("calm", "A quiet day: 70 % of the usual calls.", 0.70),
            Scenario("normal", "A day as planned: about 80 % answered within 20 seconds."),
            Scenario("busy", "15 % more calls than planned for.", 1.15),
            Scenario("peak", "35 % more calls than planned for: queues build up and callers give up.", 1.35),
            Scenario(
                "understaffed",
                "A quarter more of the roster stays away than planned for.",
                patch={"absent_share": 0.37},
            ),
            Scenario(
                "trunk outage",
                "The first trunk is out of service: its ports go FAULT as their calls end, the others overflow.",
                patch={"outages": (Outage(1),)},
            ),
            Scenario("night closed", "Open from 08:00 to 20:00 only.", patch={"opening": "08:00-20:00"}),
            Scenario(
                "lab",
                "For checks against theory: constant arrivals, fixed staff, exponential talk and patience, no more.",
                patch=_LAB,
            ),
        )
    }
)
