"""A scenario is a patch to whatever profile it is laid over."""

from dataclasses import fields
from typing import Any

import pytest

from kpn_sandbox.simulation.errors import InvalidProfile, UnknownScenario
from kpn_sandbox.simulation.profile import Outage, Profile
from kpn_sandbox.simulation.scenarios import SCENARIOS, scenario

NAMES = ["calm", "normal", "busy", "peak", "understaffed", "trunk outage", "night closed", "lab"]

CHANGES = [
    ("calm", {"load": 0.7}),
    ("normal", {}),
    ("busy", {"load": 1.15}),
    ("peak", {"load": 1.35}),
    ("understaffed", {"absent_share": 0.37}),
    ("trunk outage", {"outages": (Outage(1, "00:00", "24:00"),)}),
    ("night closed", {"opening": "08:00-20:00"}),
]


def test_every_scenario_has_a_name_and_a_summary() -> None:
    """The scenarios are those of the manual, each with a sentence."""
    assert list(SCENARIOS) == NAMES
    assert all(each.summary.endswith(".") and each.name == name for name, each in SCENARIOS.items())


@pytest.mark.parametrize(("name", "change"), CHANGES)
def test_scenario_changes_what_it_says_and_no_more(name: str, change: dict[str, Any]) -> None:
    """A scenario changes one thing of a day as planned."""
    assert difference(scenario(name).over(Profile()), Profile()) == change


def test_lab_leaves_only_what_theory_knows() -> None:
    """In the lab nothing is left but arrivals, staff, talk and patience, and these stay as they are all day."""
    lab = scenario("lab").over(Profile(agents=7, talk_seconds=100, load=1.5))

    assert (lab.agents, lab.talk_seconds, lab.load) == (7, 100, 1.5)
    assert (lab.rhythm, lab.service, lab.breaks) == ("constant", "exponential", False)
    assert (lab.wrap_seconds, lab.ring_seconds, lab.unanswered_share, lab.absent_share) == (0, 0, 0, 0)


@pytest.mark.parametrize("name", NAMES)
def test_profile_under_a_scenario_is_a_profile(name: str) -> None:
    """What a scenario makes of a profile passes the checks of a profile."""
    profile = scenario(name).over(Profile())

    assert Profile.from_dict(profile.to_dict()) == profile


def test_load_of_a_scenario_is_a_factor() -> None:
    """A busy day is busier than planned, whatever was planned."""
    assert scenario("busy").over(Profile(load=2)).load == pytest.approx(2.3)


def test_load_has_a_limit() -> None:
    """No scenario goes beyond the load that a profile may have."""
    assert scenario("peak").over(Profile(load=3)).load == 3


def test_scenario_may_be_too_much() -> None:
    """A center that is just possible on a normal day is refused on a peak day."""
    profile = Profile.from_dict({"agents": 5000, "talk_seconds": 30, "load": 1})

    with pytest.raises(InvalidProfile) as refusal:
        scenario("peak").over(profile)

    assert refusal.value.field == "talk_seconds"


def test_unknown_scenario_is_refused_with_the_names() -> None:
    """Whoever asks for a scenario that does not exist hears which ones do."""
    with pytest.raises(UnknownScenario) as refusal:
        scenario("chaos")

    assert refusal.value.known == tuple(NAMES)
    assert all(name in str(refusal.value) for name in NAMES)


def difference(profile: Profile, other: Profile) -> dict[str, Any]:
    """The fields in which two profiles differ, as the first has them."""
    names = [field.name for field in fields(Profile)]
    return {name: getattr(profile, name) for name in names if getattr(profile, name) != getattr(other, name)}
