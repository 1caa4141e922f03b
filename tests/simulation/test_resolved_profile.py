"""A plan gives every agent a home, every queue its settings and every trunk its ports."""

import itertools
from typing import Any

import pytest

from kpn_sandbox.simulation.profile import Profile
from kpn_sandbox.simulation.resolved_profile import OpeningHours, ResolvedQueue, ResolvedTrunk, resolve_profile
from tests.simulation.days import profile

STAFFED = [
    ({"agents": 50, "queues": 5}, [10, 10, 10, 10, 10]),
    ({"agents": 7, "queues": 3}, [3, 2, 2]),
    ({"agents": 1, "queues": 3}, [1, 0, 0]),
    ({"agents": 20, "queues": [{"agents": 3}, {}, {}]}, [3, 9, 8]),
    ({"agents": 20, "queues": [{"agents": 0}, {}]}, [0, 20]),
    ({"agents": 20, "queues": [{"agents": 4}, {"agents": 10}]}, [7, 13]),
    ({"agents": 14, "queues": [{"agents": 4}, {"agents": 10}]}, [4, 10]),
]

PORTS = [
    ({}, [60, 60]),
    ({"agents": 1, "trunks": 1}, [30]),
    ({"agents": 1000, "trunks": 20}, [120] * 20),
    ({"agents": 1000, "trunks": 2}, [480, 480]),
    ({"agents": 200}, [240, 240]),
    ({"agents": 1000}, [480] * 5),
    ({"agents": 5000}, [480] * 25),
    ({"agents": 5000, "trunks": 50}, [240] * 50),
    ({"agents": 50, "trunks": [{"ports": 7}, {}]}, [7, 60]),
]


@pytest.mark.parametrize(("settings", "staff"), STAFFED)
def test_agents_go_where_they_are_asked_for(settings: dict[str, Any], staff: list[int]) -> None:
    """Queues get the agents they ask for, and the others are spread evenly over those that ask for no number."""
    plan = resolve_profile(profile(**settings))

    assert [len(plan.staff(queue)) for queue in range(len(plan.queues))] == staff


def test_every_agent_has_one_home() -> None:
    """Whatever the size, the queues share out all agents, each agent once."""
    for agents in (1, 2, 49, 50, 51, 5000):
        for queues in (1, 3, 200):
            plan = resolve_profile(Profile(agents=agents, queues=queues))

            homed = [agent for queue in range(queues) for agent in plan.staff(queue)]
            assert sorted(homed) == list(range(agents))


def test_more_agents_leave_the_homes_of_the_others() -> None:
    """Agents who were there first keep their queue when more come."""
    homes = [resolve_profile(Profile(agents=agents, queues=7)).homes for agents in range(1, 120)]

    assert all(more[: len(fewer)] == fewer for fewer, more in itertools.pairwise(homes))


def test_queue_takes_from_the_profile_what_it_does_not_say() -> None:
    """A queue that says nothing has the profile's settings, in milliseconds and thousandths."""
    plan = resolve_profile(profile(load=1.5, talk_seconds=100.5, queues=1))

    assert plan.queues == (ResolvedQueue(None, 1500, 100_500, 45_000, 600_000, 20_000, 0.8),)


def test_queue_has_settings_of_its_own() -> None:
    """What a queue says replaces the profile's setting, but its load is a factor on the profile's."""
    own = {
        "name": "Storingen",
        "load": 0.5,
        "talk_seconds": 60,
        "wrap_seconds": 0,
        "patience_seconds": 30,
        "service_level_seconds": 0,
        "service_level_target": 0.9,
    }
    plan = resolve_profile(profile(load=1.5, patience_seconds="unlimited", queues=[own, {}]))

    assert plan.queues[0] == ResolvedQueue("Storingen", 750, 60_000, 0, 30_000, 0, 0.9)
    assert plan.queues[1].patience is None


@pytest.mark.parametrize(("settings", "ports"), PORTS)
def test_trunks_come_in_whole_lines(settings: dict[str, Any], ports: list[int]) -> None:
    """A trunk that does not say its ports gets lines of thirty, enough for the center and at most 480."""
    assert [trunk.ports for trunk in resolve_profile(profile(**settings)).trunks] == ports


def test_trunk_has_a_name_of_its_own() -> None:
    """A trunk keeps the name it is given."""
    assert resolve_profile(profile(trunks=[{"name": "KPN", "ports": 8}])).trunks == (ResolvedTrunk("KPN", 8),)


@pytest.mark.parametrize(
    ("opening", "hours"),
    [("24x7", OpeningHours(0, 1440)), ("00:00-24:00", OpeningHours(0, 1440)), ("07:10-13:25", OpeningHours(430, 805))],
)
def test_opening_hours_are_minutes(opening: str, hours: OpeningHours) -> None:
    """Opening hours are minutes past midnight."""
    assert resolve_profile(profile(opening=opening)).hours == hours


def test_rhythm_may_be_constant() -> None:
    """A plan knows whether its rhythm is constant."""
    assert [resolve_profile(profile(rhythm=rhythm)).constant for rhythm in ("daily", "constant")] == [False, True]
