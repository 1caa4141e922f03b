"""A profile says what is wrong with it before a center runs on it."""

import json
from dataclasses import FrozenInstanceError, replace
from math import inf, nan
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from kpn_sandbox.simulation.errors import InvalidProfile
from kpn_sandbox.simulation.profile import Outage, Profile, QueueSettings, TrunkSettings

RICH = {
    "agents": 40,
    "queues": [{"name": "Storingen", "agents": 10, "load": 0.5, "patience_seconds": 60}, {}, {"talk_seconds": 300.5}],
    "trunks": [{"name": "KPN", "ports": 30}, {}],
    "load": 1.2,
    "patience_seconds": "unlimited",
    "opening": "08:00-20:00",
    "names": "numbered",
    "locale": "en_GB",
    "breaks": False,
    "outages": [{"trunk": 2, "start": "10:00", "end": "11:30"}],
}

BOUNDS = [
    ("agents", 1, 5000),
    ("queues", 1, 200),
    ("trunks", 1, 50),
    ("load", 0, 3),
    ("talk_seconds", 1, 2700),
    ("wrap_seconds", 0, 1800),
    ("patience_seconds", 1, 86400),
    ("service_level_seconds", 0, 3600),
    ("ring_seconds", 0, 10),
    ("max_wait_seconds", 10, 86400),
    ("unanswered_share", 0, 0.5),
    ("absent_share", 0, 0.9),
]

QUEUE_BOUNDS = [
    ("agents", 0, 50),
    ("load", 0, 3),
    ("talk_seconds", 1, 2700),
    ("wrap_seconds", 0, 1800),
    ("patience_seconds", 1, 86400),
    ("service_level_seconds", 0, 3600),
    ("service_level_target", 0, 1),
]

REFUSED = [
    ({"agents": 50.5}, "agents", "a whole number from 1 to 5000"),
    ({"agents": True}, "agents", "a whole number from 1 to 5000"),
    ({"agents": "50"}, "agents", "a whole number from 1 to 5000"),
    ({"agents": None}, "agents", "a whole number from 1 to 5000"),
    ({"load": nan}, "load", "a number from 0 to 3"),
    ({"load": inf}, "load", "a number from 0 to 3"),
    ({"load": True}, "load", "a number from 0 to 3"),
    ({"load": []}, "load", "a number from 0 to 3"),
    ({"queues": True}, "queues", "a whole number from 1 to 200, or a list"),
    ({"queues": "5"}, "queues", "a whole number from 1 to 200, or a list"),
    ({"queues": []}, "queues", "a list of 1 to 200 entries"),
    ({"queues": [{}] * 201}, "queues", "a list of 1 to 200 entries"),
    ({"queues": [{}, 7]}, "queues[1]", "an object with name, agents, load, "),
    ({"queues": [{"agent": 7}]}, "queues[0].agent", "a field of queues[0]: one of name, agents, load, "),
    ({"queues": [{"name": ""}]}, "queues[0].name", "a printable text of 1 to 80 characters"),
    ({"queues": [{"name": "x" * 81}]}, "queues[0].name", "a printable text of 1 to 80 characters"),
    ({"queues": [{"name": "two\nlines"}]}, "queues[0].name", "a printable text of 1 to 80 characters"),
    ({"queues": [{"name": "\ud800"}]}, "queues[0].name", "a printable text of 1 to 80 characters"),
    ({"queues": [{"name": "A"}, {"name": "A"}]}, "queues", "a list of different names"),
    ({"agents": 9, "queues": [{"agents": 6}, {"agents": 4}]}, "queues", "at most 9 agents in all queues together"),
    ({"trunks": [{"ports": 0}]}, "trunks[0].ports", "a whole number from 1 to 480"),
    ({"trunks": [{"ports": 481}]}, "trunks[0].ports", "a whole number from 1 to 480"),
    ({"trunks": [{"name": 7}]}, "trunks[0].name", "a printable text of 1 to 80 characters"),
    ({"trunks": [{"name": "A"}, {"name": "A"}]}, "trunks", "a list of different names"),
    ({"opening": "closed"}, "opening", "24x7 or opening hours such as 08:00-20:00"),
    ({"opening": "20:00-08:00"}, "opening", "24x7 or opening hours such as 08:00-20:00"),
    ({"opening": "08:00-08:00"}, "opening", "24x7 or opening hours such as 08:00-20:00"),
    ({"opening": "8-20:00"}, "opening", "24x7 or opening hours such as 08:00-20:00"),
    ({"opening": "08:00-24:01"}, "opening", "24x7 or opening hours such as 08:00-20:00"),
    ({"opening": "٠٨:00-20:00"}, "opening", "24x7 or opening hours such as 08:00-20:00"),
    ({"opening": 24}, "opening", "24x7 or opening hours such as 08:00-20:00"),
    ({"names": "both"}, "names", "one of faker, numbered"),
    ({"names": []}, "names", "one of faker, numbered"),
    ({"locale": "xx_XX"}, "locale", "a locale of Faker, such as nl_NL or en_GB"),
    ({"locale": 5}, "locale", "a printable text of 2 to 20 characters"),
    ({"breaks": 1}, "breaks", "true or false"),
    ({"rhythm": "weekly"}, "rhythm", "one of daily, constant"),
    ({"service": "normal"}, "service", "one of lognormal, exponential"),
    ({"outages": {}}, "outages", "a list of 0 to 40 entries"),
    ({"outages": [{"start": "10:00"}]}, "outages[0].trunk", "given"),
    ({"outages": [{"trunk": 3}]}, "outages[0].trunk", "from 1 to 2"),
    ({"outages": [{"trunk": 1, "start": "10"}]}, "outages[0].start", "a time of day from 00:00 to 24:00"),
    ({"outages": [{"trunk": 1, "start": "10:00", "end": "10:00"}]}, "outages[0].end", "later than 10:00"),
    ({"outage": []}, "outage", "a field of the profile: one of agents, queues, trunks, "),
    (
        {"agents": 900, "talk_seconds": 1, "wrap_seconds": 0},
        "talk_seconds",
        "so long that 900 agents take at most 2,500,000 calls a day",
    ),
]


def test_every_wrong_field_is_named() -> None:
    """Whoever made three mistakes learns of all of them at once."""
    with pytest.raises(InvalidProfile) as refusal:
        Profile.from_dict({"agents": 6000, "load": 1.5, "queues": 277, "colour": "red"})

    assert [(each.field, each.value) for each in refusal.value.all] == [
        ("agents", 6000),
        ("queues", 277),
        ("colour", "red"),
    ]


@pytest.mark.parametrize(("field", "low", "high"), BOUNDS)
def test_numbers_have_bounds(field: str, low: float, high: float) -> None:
    """Every number may be at its bounds and not beyond them, and the refusal says field, value and range."""
    for value in (low, high):
        assert Profile.from_dict({"agents": 50, field: value}).to_dict()[field] == value

    for value in (low - 1, high + 1):
        with pytest.raises(InvalidProfile) as refusal:
            Profile.from_dict({field: value})

        assert (refusal.value.field, refusal.value.value) == (field, value)
        assert f"from {low} to {high}" in refusal.value.allowed


@pytest.mark.parametrize(("field", "low", "high"), QUEUE_BOUNDS)
def test_numbers_of_a_queue_have_bounds(field: str, low: float, high: float) -> None:
    """What a queue says for itself has the bounds of the profile."""
    for value in (low, high):
        assert getattr(queue_of(Profile.from_dict({"queues": [{field: value}]})), field) == value

    for value in (low - 1, max(high, 1000) * 100):
        with pytest.raises(InvalidProfile) as refusal:
            Profile.from_dict({"queues": [{field: value}]})

        assert (refusal.value.field, refusal.value.value) == (f"queues[0].{field}", value)


@pytest.mark.parametrize(("settings", "field", "allowed"), REFUSED)
def test_refusal_says_what_would_be_right(settings: dict[str, Any], field: str, allowed: str) -> None:
    """A wrong setting is refused with its place, its value and what would be right, all of them in one sentence."""
    with pytest.raises(InvalidProfile) as refusal:
        Profile.from_dict(settings)

    assert refusal.value.field == field
    assert refusal.value.allowed.startswith(allowed)
    assert str(refusal.value).startswith(f"{field} must be {refusal.value.allowed}, not {refusal.value.value!r}")


@pytest.mark.parametrize("queue", [{"load": 3}, {"wrap_seconds": 0}, {"talk_seconds": 1}])
def test_queue_of_its_own_cannot_be_too_busy_either(queue: dict[str, float]) -> None:
    """What a queue says for itself counts when a profile is refused because its day has too many calls."""
    shared = {"agents": 5000, "load": 3, "talk_seconds": 100, "wrap_seconds": 100}
    assert Profile.from_dict({**shared, "queues": [{}]})

    with pytest.raises(InvalidProfile) as refusal:
        Profile.from_dict({**shared, "queues": [{}, queue]})

    assert refusal.value.field == "talk_seconds"


def test_small_queue_may_be_busy() -> None:
    """A few agents with short calls do no harm in a large center."""
    busy = {"agents": 5, "talk_seconds": 1, "wrap_seconds": 0}

    assert Profile.from_dict({"agents": 5000, "queues": [busy, {"agents": 4995}]})


def test_missing_settings_keep_their_defaults() -> None:
    """Nothing said is the default profile."""
    assert Profile.from_dict({}) == Profile()


def test_settings_are_kept() -> None:
    """What is said of queues, trunks and outages is kept, what is not said is left open."""
    profile = Profile.from_dict(RICH)

    assert queue_of(profile) == QueueSettings("Storingen", agents=10, load=0.5, patience_seconds=60)
    assert profile.trunks == (TrunkSettings("KPN", 30), TrunkSettings())
    assert profile.outages == (Outage(2, "10:00", "11:30"),)


@pytest.mark.parametrize("settings", [{}, RICH])
def test_profile_survives_json(settings: dict[str, Any]) -> None:
    """A profile written as JSON and read again is the same, with the same digest."""
    profile = Profile.from_dict(settings)

    again = Profile.from_dict(json.loads(json.dumps(profile.to_dict())))
    assert (again, again.digest) == (profile, profile.digest)


@given(
    some.fixed_dictionaries(
        {},
        optional={
            "agents": some.integers(1, 5000),
            "queues": some.integers(1, 200)
            | some.lists(some.fixed_dictionaries({"load": some.floats(0, 1)}), min_size=1),
            "trunks": some.integers(1, 50),
            "load": some.floats(0, 1),
            "patience_seconds": some.just("unlimited") | some.floats(1, 86400),
            "absent_share": some.floats(0, 0.9),
        },
    )
)
def test_any_profile_survives(settings: dict[str, Any]) -> None:
    """Whatever is said of a center, it is the same after it was written and read."""
    profile = Profile.from_dict({**settings, "queues": settings.get("queues", 5)})

    again = Profile.from_dict(profile.to_dict())
    assert (again, again.digest) == (profile, profile.digest)


def test_equal_profiles_have_equal_digests() -> None:
    """Somebody who writes 240.0 for 240 means the same, in a queue too."""
    whole = Profile.from_dict({"talk_seconds": 240, "load": 1, "queues": [{"load": 1}]})
    decimal = Profile.from_dict({"talk_seconds": 240.0, "load": 1.0, "queues": [{"load": 1.0}]})

    assert (whole, whole.digest) == (decimal, decimal.digest)


def test_different_profiles_have_different_digests() -> None:
    """Every field counts in the digest."""
    default, rich = Profile(), Profile.from_dict(RICH)
    changed = [replace(default, **{field: getattr(rich, field)}) for field in RICH]

    assert len({profile.digest for profile in (default, rich, *changed)}) == len(RICH) + 2
    assert all(len(profile.digest) == 16 and int(profile.digest, 16) for profile in changed)


def test_profile_does_not_change() -> None:
    """A profile is what it was when it was checked."""
    profile = Profile()

    with pytest.raises(FrozenInstanceError):
        profile.agents = 0  # type: ignore[misc]


def queue_of(profile: Profile) -> QueueSettings:
    """The first queue, given one by one."""
    assert isinstance(profile.queues, tuple)
    return profile.queues[0]
