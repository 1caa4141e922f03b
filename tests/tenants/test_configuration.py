"""The configuration of a center over time."""

import pytest
from sqlalchemy import insert

from kpn_sandbox.literals import MOST_DATED_CHANGES
from kpn_sandbox.simulation.errors import InvalidProfile, UnknownScenario
from kpn_sandbox.simulation.profile import Profile
from kpn_sandbox.storage.tables import configuration
from kpn_sandbox.tenants.accounts import NewAccount
from kpn_sandbox.tenants.errors import InvalidSetting, TooManyChanges, UnknownAccount
from kpn_sandbox.tenants.timeline import Change
from tests.tenants.concurrency import in_threads

NOON = 1_795_431_600.0
"""2026-11-23T12:00:00+01:00."""
MIDNIGHT = NOON - 12 * 3600


@pytest.fixture
def noon(anna, sandbox):
    """The account's clock stands at noon."""
    sandbox.clocks.set(anna, "frozen", at=NOON)
    return sandbox


def changes(sandbox):
    """The dated changes of the account."""
    return list(sandbox.tenant("anna").timeline.changes)


def agents(sandbox, at=NOON):
    return sandbox.tenant("anna").in_force(at).profile.agents


def scenario(sandbox, at=NOON):
    return sandbox.tenant("anna").in_force(at).scenario


def test_a_patch_counts_always(anna, noon, other):
    """A patch is in force at every worker and at any instant, as if the center had never been different."""
    applied = noon.configuration.patch(anna, {"agents": 7})

    assert (applied.setting.profile, applied.effective_from) == (Profile(agents=7), None)
    assert (agents(other, NOON - 86_400), agents(other), changes(other)) == (7, 7, [])
    assert len(other.tenant(anna).center.agents(NOON - 86_400)) == 7


def test_a_patch_counts_from_now_on(anna, noon, other):
    """A patch from now on is in force from the present second, at every worker, and not a second earlier."""
    applied = noon.configuration.patch(anna, {"agents": 7}, "now")

    assert (applied.setting.profile, applied.effective_from) == (Profile(agents=7), NOON)
    assert (agents(other, NOON - 1), agents(other)) == (50, 7)
    assert len(other.tenant(anna).center.agents(NOON + 3600)) == 7
    assert len(other.tenant(anna).center.agents(NOON - 1)) == 50


@pytest.mark.parametrize("effective", ["always", "now"])
def test_patches_add_up(anna, noon, effective):
    """A field that is not in a patch stays, and null gives it its default again."""
    noon.configuration.patch(anna, {"agents": 7, "load": 0.5}, effective)

    more = noon.configuration.patch(anna, {"queues": 2}, effective)
    less = noon.configuration.patch(anna, {"agents": None}, effective)

    assert more.setting.profile == Profile(agents=7, load=0.5, queues=2)
    assert less.setting.profile == Profile(load=0.5, queues=2)


def test_a_patch_that_counts_always_drops_dated_changes_of_its_fields(anna, noon, other):
    """Other fields keep their dated changes, and a dated change without a field left disappears."""
    noon.configuration.patch(anna, {"agents": 20}, "now")
    noon.clocks.advance(anna, 60)
    noon.configuration.patch(anna, {"agents": 30, "queues": 3}, "now")

    applied = noon.configuration.patch(anna, {"agents": 7})

    assert applied.setting.profile == Profile(agents=7, queues=3)
    assert changes(other) == [Change(NOON + 60, {"queues": 3})]
    assert [agents(other, NOON + seconds) for seconds in (-1, 0, 60)] == [7, 7, 7]


@pytest.mark.parametrize("at", [NOON - 400 * 86_400, NOON + 400 * 86_400])
def test_a_change_that_counts_always_counts_at_any_date(anna, noon, other, at):
    """A date in the past or in the future has the same center, whenever the change was made."""
    noon.configuration.patch(anna, {"agents": 7})
    noon.configuration.set_scenario(anna, "peak")

    noon.clocks.set(anna, "frozen", at=at)

    assert (agents(other, at), scenario(other, at)) == (7, "peak")
    assert other.tenant(anna).timeline.not_in_force(at) == ()


@pytest.mark.parametrize("effective", ["always", "now"])
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
def test_a_wrong_patch_changes_nothing(anna, noon, patch, field, effective):
    """A patch is checked as a whole; the error names the field and what would be right."""
    noon.configuration.patch(anna, {"agents": 7}, effective)

    with pytest.raises(InvalidProfile) as refusal:
        noon.configuration.patch(anna, patch, effective)

    assert (refusal.value.field, bool(refusal.value.allowed)) == (field, True)
    assert (agents(noon), len(changes(noon))) == (7, int(effective == "now"))


def test_a_patch_must_fit_the_scenarios_to_come(anna, noon):
    """A patch is refused if a pending scenario would make the center too busy."""
    noon.configuration.set_scenario(anna, "lab", for_seconds=60)
    patch = {"agents": 5000, "talk_seconds": 70, "wrap_seconds": 45, "load": 1.2}

    with pytest.raises(InvalidProfile):
        noon.configuration.patch(anna, patch)

    assert agents(noon) == 50


def test_a_scenario_counts_always(anna, noon, other):
    """A scenario is in force at every worker and at any instant; dated scenarios are dropped with their ends."""
    noon.configuration.set_scenario(anna, "busy", for_seconds=60)

    applied = noon.configuration.set_scenario(anna, "peak")

    assert (applied.setting.scenario, applied.effective_from) == ("peak", None)
    assert [scenario(other, NOON + seconds) for seconds in (-86_400, 0, 60)] == ["peak", "peak", "peak"]
    assert changes(other) == []


def test_a_scenario_counts_from_now_on(anna, noon, other):
    """A scenario from now on is in force from the present second, at every worker, and not a second earlier."""
    applied = noon.configuration.set_scenario(anna, "peak", "now")

    assert (applied.setting.scenario, applied.effective_from) == ("peak", NOON)
    assert (scenario(other, NOON - 1), scenario(other)) == ("normal", "peak")


@pytest.mark.parametrize("effective", [None, "now"])
def test_a_scenario_for_some_time_counts_from_now_on(anna, noon, other, effective):
    """A scenario with a duration counts from now on, and after it the scenario before is in force again."""
    noon.configuration.set_scenario(anna, "busy")

    applied = noon.configuration.set_scenario(anna, "peak", effective, for_seconds=60)

    assert applied.effective_from == NOON
    assert [scenario(other, NOON + seconds) for seconds in (-1, 0, 59, 60)] == ["busy", "peak", "peak", "busy"]


def test_a_scenario_for_some_time_cannot_count_always(anna, noon):
    """The error says that a duration and `always` exclude each other, and nothing is changed."""
    with pytest.raises(InvalidSetting, match="effective must be now, or left out, beside for_seconds"):
        noon.configuration.set_scenario(anna, "peak", "always", for_seconds=60)

    assert (scenario(noon), changes(noon)) == ("normal", [])


def test_a_scenario_for_some_time_may_follow_another(anna, noon):
    """After two scenarios with a duration, the one before both is in force again."""
    noon.configuration.set_scenario(anna, "peak", for_seconds=60)
    noon.clocks.advance(anna, 30)

    noon.configuration.set_scenario(anna, "busy", for_seconds=60)

    found = [scenario(noon, NOON + seconds) for seconds in (29, 30, 60, 89, 90)]
    assert found == ["peak", "busy", "busy", "busy", "normal"]


def test_a_scenario_without_an_end_stays(anna, noon):
    """A scenario without a duration stays, also when the one before it would have ended later."""
    noon.configuration.set_scenario(anna, "peak", for_seconds=60)

    noon.configuration.set_scenario(anna, "busy", "now")

    assert scenario(noon, NOON + 3600) == "busy"


def test_a_dated_change_beyond_the_limit_is_refused(anna, noon):
    """A change of the same second, or one that counts always, is still accepted; the error names the ways out."""
    with noon.database.write() as connection:
        rows = [
            {"client_id": anna, "effective_at": NOON - second, "profile": '{"load": 0.5}', "ends": 0}
            for second in range(1, MOST_DATED_CHANGES + 1)
        ]
        connection.execute(insert(configuration), rows)

    with pytest.raises(TooManyChanges, match="at most 1,000 dated changes.*effective=always.*reset"):
        noon.configuration.patch(anna, {"load": 0.6}, "now")
    noon.clocks.set(anna, "frozen", at=NOON - 1)
    merged = noon.configuration.patch(anna, {"load": 0.7}, "now")
    always = noon.configuration.patch(anna, {"load": 0.8})

    assert (merged.setting.profile.load, always.setting.profile.load, changes(noon)) == (0.7, 0.8, [])


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
        noon.configuration.set_scenario(anna, name, for_seconds=seconds)

    assert changes(noon) == []


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
    patches = [{"load": 0.5}, {"agents": 1}, {"queues": 1}, {"trunks": 1}]
    patches += [{"talk_seconds": 60}, {"wrap_seconds": 9}, {"patience_seconds": 90}, {"ring_seconds": 5}]

    in_threads(lambda turn: (noon, other)[turn % 2].configuration.patch(anna, patches[turn]), len(patches))

    profile = noon.tenant(anna).in_force(NOON).profile
    assert {name: getattr(profile, name) for patch in patches for name in patch} == {
        name: value for patch in patches for name, value in patch.items()
    }


def test_every_worker_reads_the_timeline_that_is_stored(anna, noon, other, open_sandbox):
    """Whatever others added, replaced and dropped, a worker that knows an earlier state reads the present one."""
    steps = [
        lambda worker: worker.configuration.patch(anna, {"agents": 7}, "now"),
        lambda worker: worker.clocks.advance(anna, 10),
        lambda worker: worker.configuration.set_scenario(anna, "peak", for_seconds=5),
        lambda worker: worker.configuration.patch(anna, {"load": 0.5, "agents": 9}, "now"),
        lambda worker: worker.configuration.patch(anna, {"load": 0.6}, "now"),
        lambda worker: worker.clocks.set(anna, "frozen", at=NOON - 60),
        lambda worker: worker.configuration.set_scenario(anna, "busy", "now"),
        lambda worker: worker.configuration.patch(anna, {"agents": 3}),
        lambda worker: worker.reset(anna, ["scenario"]),
        lambda worker: worker.configuration.set_scenario(anna, "calm", "now"),
        lambda worker: worker.configuration.set_scenario(anna, "busy"),
        lambda worker: (worker.accounts.delete(anna), worker.accounts.create(NewAccount(anna))),
        lambda worker: worker.configuration.patch(anna, {"agents": 4}, "now"),
    ]
    for turn, step in enumerate(steps):
        step((noon, other)[turn % 2])
        # The second worker reads only now and then, so that it has to make up for several changes.
        readers = (noon, other) if turn % 3 == 0 else (noon,)
        stored = open_sandbox().tenant(anna).timeline
        assert [reader.tenant(anna).timeline for reader in readers] == [stored] * len(readers)
        assert noon.tenant(anna).timeline.epochs == stored.epochs


def test_changes_of_the_same_second_are_one(anna, noon):
    """Many changes while the clock stands are merged, so the log stays short."""
    for number in range(1, 4):
        noon.configuration.patch(anna, {"agents": number, "queues": None if number == 2 else number}, "now")
        noon.configuration.set_scenario(anna, ["calm", "busy", "peak"][number - 1], "now")
    noon.configuration.patch(anna, {"queues": None}, "now")

    assert changes(noon) == [Change(NOON, scenario="peak"), Change(NOON, {"agents": 3, "queues": None})]
