"""The configuration of a center over time."""

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kpn_sandbox.caching import SingleFlightCache
from kpn_sandbox.simulation.center import Center
from kpn_sandbox.simulation.errors import InvalidProfile, UnknownScenario
from kpn_sandbox.simulation.profile import ALWAYS, Profile
from kpn_sandbox.tenants.accounts import Account, NewAccount
from kpn_sandbox.tenants.configuration import Change, epochs_of, log_of, patched, settings_of
from kpn_sandbox.tenants.errors import InvalidSetting, UnknownAccount
from tests.tenants.concurrency import in_threads

NOON = 1_795_431_600.0
"""2026-11-23T12:00:00+01:00."""
MIDNIGHT = NOON - 12 * 3600

PATCHES = st.fixed_dictionaries(
    {},
    optional={
        "agents": st.integers(1, 60),
        "queues": st.integers(1, 9),
        "trunks": st.integers(1, 4),
        "load": st.floats(0, 3),
        "talk_seconds": st.integers(60, 900),
        "wrap_seconds": st.integers(0, 120),
        "patience_seconds": st.sampled_from([None, "unlimited"]) | st.integers(10, 900),
        "opening": st.sampled_from(["24x7", "08:00-20:00", "00:00-12:00"]),
        "absent_share": st.floats(0, 0.9),
        "breaks": st.booleans(),
    },
)


@pytest.fixture
def noon(anna, sandbox):
    """The account's clock stands at noon."""
    sandbox.clocks.set(anna, "frozen", at=NOON)
    return sandbox


def log_of_account(sandbox, client_id):
    with sandbox.database.read() as connection:
        return log_of(connection, client_id)


def agents(sandbox, at=NOON):
    return sandbox.tenant("anna").in_force(at).profile.agents


def scenario(sandbox, at=NOON):
    return sandbox.tenant("anna").in_force(at).scenario


def test_a_patch_counts_from_now_on(anna, noon, other):
    """A patch is in force from the present second on, at every worker, and not a second earlier."""
    profile = noon.configuration.patch(anna, {"agents": 7})

    assert profile == Profile(agents=7)
    assert (agents(other, NOON - 1), agents(other)) == (50, 7)
    assert len(other.tenant(anna).center.agents(NOON + 3600)) == 7
    assert len(other.tenant(anna).center.agents(NOON - 1)) == 50


def test_patches_add_up(anna, noon):
    """A field that is not in a patch stays, and null gives it its default again."""
    noon.configuration.patch(anna, {"agents": 7, "load": 0.5})

    assert noon.configuration.patch(anna, {"queues": 2}) == Profile(agents=7, load=0.5, queues=2)
    assert noon.configuration.patch(anna, {"agents": None}) == Profile(load=0.5, queues=2)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(patches=st.lists(st.tuples(PATCHES, st.integers(1, 6000)), min_size=1, max_size=4))
def test_a_patch_does_not_change_the_past(patches):
    """Before its instant every figure stays the same, and counters never go back."""
    account, log, now = Account("anna", "seed", profile=Profile(agents=20)), (), NOON
    centers, instants = [], []
    for patch, seconds in [({}, 1), *patches]:
        log = (*log, Change(now, profile=patch))
        instants.append(now)
        centers.append(Center("seed", epochs_of(settings_of(account, log)), SingleFlightCache(2**26)))
        now += seconds

    for (older, newer), instant in zip(pairwise(centers), instants[1:], strict=True):
        for before in (instant - 1, instant - 600, MIDNIGHT + 3600):
            assert newer.queues(before) == older.queues(before)
            assert newer.agents(before) == older.agents(before)
        known = {fact.number: fact.offered for fact in newer.queues(instant - 1)}
        assert all(fact.offered >= known.get(fact.number, 0) for fact in newer.queues(instant))


def test_a_patch_from_midnight_rebuilds_the_day(anna, noon, other):
    """The patches of today count from midnight on as one, and yesterday stays."""
    noon.clocks.set(anna, "frozen", at=MIDNIGHT - 3600)
    noon.configuration.patch(anna, {"agents": 20, "load": 0.5})
    noon.clocks.set(anna, "frozen", at=MIDNIGHT + 3600)
    noon.configuration.patch(anna, {"agents": 30, "queues": 2})
    noon.clocks.set(anna, "frozen", at=NOON)

    profile = noon.configuration.patch(anna, {"queues": 3}, midnight=True)

    assert profile == Profile(agents=30, queues=3, load=0.5)
    assert [agents(other, at) for at in (MIDNIGHT - 3601, MIDNIGHT - 1, MIDNIGHT, NOON)] == [50, 20, 30, 30]
    assert log_of_account(other, anna)[1:] == [Change(MIDNIGHT, {"agents": 30, "queues": 3})]


@pytest.mark.parametrize(
    ("patch", "field"),
    [
        ({"agents": 0}, "agents"),
        ({"agents": "7"}, "agents"),
        ({"shoes": 1}, "shoes"),
        ({"queues": [{"name": None}]}, "queues[0].name"),
        ({"outages": [{"start": "08:00"}]}, "outages[0].trunk"),
        ({"agents": 1000, "talk_seconds": 1, "wrap_seconds": 0}, "talk_seconds"),
        ({"opening": {"from": None}}, "opening"),
        ([1], "profile"),
    ],
)
def test_a_wrong_patch_changes_nothing(anna, noon, patch, field):
    """A patch is checked as a whole; the error names the field and what would be right."""
    noon.configuration.patch(anna, {"agents": 7})

    with pytest.raises(InvalidProfile) as refusal:
        noon.configuration.patch(anna, patch)

    assert (refusal.value.field, bool(refusal.value.allowed)) == (field, True)
    assert (agents(noon), len(log_of_account(noon, anna))) == (7, 1)


def test_a_patch_must_fit_the_scenarios_to_come(anna, noon):
    """A patch is refused if a pending scenario would make the center too busy."""
    noon.configuration.set_scenario(anna, "lab", 60)
    patch = {"agents": 1000, "talk_seconds": 70, "wrap_seconds": 45, "load": 1.2}

    with pytest.raises(InvalidProfile):
        noon.configuration.patch(anna, patch)

    assert agents(noon) == 50


def test_a_scenario_counts_from_now_on(anna, noon, other):
    """A scenario is in force from the present second on, at every worker, and not a second earlier."""
    assert noon.configuration.set_scenario(anna, "peak") == "peak"

    assert (scenario(other, NOON - 1), scenario(other)) == ("normal", "peak")


def test_a_scenario_ends_by_itself(anna, noon, other):
    """After its duration the scenario before is in force again."""
    noon.configuration.set_scenario(anna, "busy")

    noon.configuration.set_scenario(anna, "peak", 60)

    assert [scenario(other, NOON + seconds) for seconds in (0, 59, 60)] == ["peak", "peak", "busy"]


def test_a_scenario_for_some_time_may_follow_another(anna, noon):
    """After two scenarios with a duration, the one before both is in force again."""
    noon.configuration.set_scenario(anna, "peak", 60)
    noon.clocks.advance(anna, 30)

    noon.configuration.set_scenario(anna, "busy", 60)

    assert [scenario(noon, NOON + seconds) for seconds in (29, 30, 60, 89, 90)] == [
        "peak",
        "busy",
        "busy",
        "busy",
        "normal",
    ]


def test_a_scenario_without_an_end_stays(anna, noon):
    """A scenario for good stays, also when the one before it would have ended later."""
    noon.configuration.set_scenario(anna, "peak", 60)

    noon.configuration.set_scenario(anna, "busy")

    assert scenario(noon, NOON + 3600) == "busy"


@pytest.mark.parametrize(
    ("name", "seconds", "refusal"),
    [
        ("lunch", None, UnknownScenario),
        ("peak", 0, InvalidSetting),
        ("peak", -5, InvalidSetting),
        ("peak", "60", InvalidSetting),
        ("peak", True, InvalidSetting),
        ("peak", float("inf"), InvalidSetting),
        ("peak", 10**9, InvalidSetting),
    ],
)
def test_a_wrong_scenario_changes_nothing(anna, noon, name, seconds, refusal):
    """The error says what would be right."""
    with pytest.raises(refusal):
        noon.configuration.set_scenario(anna, name, seconds)

    assert log_of_account(noon, anna) == []


def test_an_unknown_account_has_no_configuration(sandbox):
    """Both kinds of change raise UnknownAccount."""
    with pytest.raises(UnknownAccount):
        sandbox.configuration.patch("nobody", {"agents": 7})
    with pytest.raises(UnknownAccount):
        sandbox.configuration.set_scenario("nobody", "peak")


def test_a_large_center_is_computed_before_the_change_returns(sandbox):
    """The first request for a large center finds its day in the cache."""
    sandbox.accounts.create(NewAccount("anna"))

    sandbox.configuration.patch("anna", {"agents": 500})

    assert len(sandbox.tenant("anna").center.agents(sandbox.tenant("anna").now())) == 500


def test_simultaneous_patches_all_count(anna, noon, other):
    """Each of many patches at the same time builds on the one before."""
    fields = ["load", "talk_seconds", "wrap_seconds", "patience_seconds", "ring_seconds", "agents", "queues", "trunks"]

    in_threads(lambda turn: (noon, other)[turn % 2].configuration.patch(anna, {fields[turn]: 1 if turn else 0.5}), 8)

    profile = noon.tenant(anna).in_force(NOON).profile
    assert (profile.load, profile.agents, profile.queues, profile.trunks) == (0.5, 1, 1, 1)


def test_changes_of_the_same_second_are_one(anna, noon):
    """Many changes while the clock stands are merged, so the log stays short."""
    for number in range(1, 4):
        noon.configuration.patch(anna, {"agents": number, "queues": None if number == 2 else number})
        noon.configuration.set_scenario(anna, ["calm", "busy", "peak"][number - 1])
    noon.configuration.patch(anna, {"queues": None})

    assert log_of_account(noon, anna) == [Change(NOON, scenario="peak"), Change(NOON, {"agents": 3, "queues": None})]


def test_changes_without_effect_leave_no_trace():
    """The same configuration has the same epochs, however it came about."""
    account = Account("anna", "seed")
    log = [Change(NOON, {"agents": 50}), Change(NOON + 5, {"agents": 7}), Change(NOON + 5, {"agents": None})]

    assert epochs_of(settings_of(account, log)) == ((ALWAYS, Profile()),)


def test_a_patch_is_a_merge_patch():
    """Lists are replaced as a whole, as RFC 7396 says, and the patched profile is a new object."""
    profile = Profile.from_dict({"queues": [{"name": "A"}, {"name": "B"}]})

    after = patched(profile, {"queues": [{"name": "C"}]})

    assert [queue.name for queue in after.queues] == ["C"]
    assert [queue.name for queue in profile.queues] == ["A", "B"]
