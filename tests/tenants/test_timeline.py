"""Timelines of accounts: what is in force when, and which dated changes do not hold at an instant."""

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kpn_sandbox.caching import SingleFlightCache
from kpn_sandbox.simulation.center import Center
from kpn_sandbox.simulation.profile import ALWAYS, Profile
from kpn_sandbox.tenants.timeline import AccountTimeline, Change, Setting, merge_patch, patched

NOON = 1_795_431_600.0
"""2026-11-23T12:00:00+01:00."""
MIDNIGHT = NOON - 12 * 3600
NORMAL = AccountTimeline(Setting(ALWAYS, Profile(), "normal"))

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


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(patches=st.lists(st.tuples(PATCHES, st.integers(1, 6000)), min_size=1, max_size=4))
def test_a_patch_from_now_on_changes_nothing_that_was(patches):
    """Before its instant every figure stays what it was, and the counters never go back."""
    timeline, now = AccountTimeline(Setting(ALWAYS, Profile(agents=20), "normal")), NOON
    centers, instants = [], []
    for patch, seconds in [({}, 1), *patches]:
        timeline = timeline.with_profile(patch, now)
        instants.append(now)
        centers.append(Center("seed", timeline.epochs, SingleFlightCache(2**26)))
        now += seconds

    for (older, newer), instant in zip(pairwise(centers), instants[1:], strict=True):
        for before in (instant - 1, instant - 600, MIDNIGHT + 3600):
            assert newer.queues(before) == older.queues(before)
            assert newer.agents(before) == older.agents(before)
        known = {fact.number: fact.offered for fact in newer.queues(instant - 1)}
        assert all(fact.offered >= known.get(fact.number, 0) for fact in newer.queues(instant))


def test_a_change_that_makes_no_difference_has_no_epoch():
    """The same configuration has the same digest, however it came about."""
    timeline = NORMAL.with_profile({"agents": 50}, NOON).with_profile({"agents": 7}, NOON + 5)

    assert timeline.with_profile({"agents": None}, NOON + 5).epochs == ((ALWAYS, Profile()),)


def test_a_change_before_others_leaves_them():
    """A clock may be moved back; what was dated later counts from its own instant on all the same."""
    timeline = NORMAL.with_scenario("peak", NOON, 60).with_scenario("calm", NOON - 600)

    found = [timeline.setting_at(NOON + seconds).scenario for seconds in (-601, -600, 0, 59, 60)]

    assert found == ["normal", "calm", "peak", "peak", "normal"]


def test_a_patch_without_fields_is_no_change():
    """Nothing is dated by it."""
    assert NORMAL.with_profile({}, NOON) == NORMAL


@pytest.mark.parametrize(
    ("seconds", "since", "until"),
    [(-1, None, NOON), (0, NOON, NOON + 60), (59.5, NOON, NOON + 60), (60, NOON + 60, None)],
)
def test_a_scenario_has_a_period(seconds, since, until):
    """From the change that set it to the next one; the base counts always, and the last one has no end."""
    timeline = NORMAL.with_profile({"agents": 9}, NOON - 5).with_scenario("peak", NOON, 60)

    assert timeline.scenario_since(NOON + seconds) == since
    assert timeline.scenario_until(NOON + seconds) == until


def test_a_profile_counts_from_its_last_change():
    """Changes of the scenario do not matter."""
    timeline = NORMAL.with_profile({"agents": 9}, NOON).with_profile({"load": 2}, NOON + 9).with_scenario("peak", NOON)

    assert [timeline.profile_since(NOON + seconds) for seconds in (-1, 0, 8, 9)] == [None, NOON, NOON, NOON + 9]


def test_changes_of_a_later_instant_are_not_in_force():
    """Each is a sentence, in the order of their instants, with an end where there is one."""
    timeline = NORMAL.with_scenario("peak", NOON, 60).with_profile({"agents": 12, "names": "faker"}, NOON + 30)

    assert timeline.not_in_force(NOON - 1) == (
        'scenario "peak" counts from 2026-11-23T12:00:00+01:00 to 2026-11-23T12:01:00+01:00',
        'profile {"agents": 12, "names": "faker"} counts from 2026-11-23T12:00:30+01:00 on',
    )
    assert timeline.not_in_force(NOON + 30) == ()


def test_a_scenario_that_is_over_is_not_in_force():
    """It is said until the next change of the scenario, which replaces it."""
    timeline = NORMAL.with_scenario("peak", NOON, 60)
    over = ('scenario "peak" counts from 2026-11-23T12:00:00+01:00 to 2026-11-23T12:01:00+01:00',)

    assert [timeline.not_in_force(NOON + seconds) for seconds in (59, 60, 99_999)] == [(), over, over]
    assert timeline.with_scenario("busy", NOON + 120).not_in_force(NOON + 120) == ()


def test_what_was_replaced_before_the_instant_is_not_told():
    """A change without an end holds until the next one, and so counts no more because of that one."""
    timeline = NORMAL.with_scenario("peak", NOON).with_scenario("busy", NOON + 60).with_profile({"agents": 1}, NOON)

    assert timeline.not_in_force(NOON + 60) == ()


def test_a_timeline_is_reset_part_by_part():
    """The base is another one, and only dated changes of that part are gone."""
    timeline = NORMAL.with_scenario("peak", NOON, 60).with_profile({"agents": 12}, NOON)

    profile, scenario = timeline.reset_to(profile=Profile(agents=3)), timeline.reset_to(scenario="calm")

    assert (profile.base, [each.scenario for each in profile.changes]) == (
        Setting(ALWAYS, Profile(agents=3), "normal"),
        ["peak", "normal"],
    )
    assert scenario == AccountTimeline(Setting(ALWAYS, Profile(), "calm"), (Change(NOON, {"agents": 12}),))


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from(["peak", "busy", 7, 9, 50]), st.booleans()), max_size=8))
def test_a_timeline_that_grew_is_folded_like_one_that_was_read(changes):
    """Whether changes came one after the other or all at once, in order or not, the same is in force."""
    timeline = NORMAL
    for second, change, ends in changes:
        if isinstance(change, str):
            timeline = timeline.with_scenario(change, NOON + second, 2 if ends else None)
        else:
            timeline = timeline.with_profile({"agents": change}, NOON + second)

    fresh = AccountTimeline(timeline.base, timeline.changes)

    assert list(timeline.changes) == sorted(timeline.changes, key=lambda change: change.effective_at)
    assert (timeline.settings, timeline.epochs) == (fresh.settings, fresh.epochs)


def test_a_patch_is_a_merge_patch():
    """Lists are replaced as a whole, as RFC 7396 has it, and the profile itself stays as it was."""
    profile = Profile.from_dict({"queues": [{"name": "A"}, {"name": "B"}]})

    after = patched(profile, {"queues": [{"name": "C"}]})

    assert [queue.name for queue in after.queues] == ["C"]
    assert [queue.name for queue in profile.queues] == ["A", "B"]


@pytest.mark.parametrize(
    ("target", "patch", "result"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        (["a", "b"], ["c", "d"], ["c", "d"]),
        ({"a": "foo"}, None, None),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_a_merge_patch_is_applied_as_the_rfc_says(target, patch, result):
    """The examples of RFC 7396, appendix A, come out as they stand there, and the value patched stays as it was."""
    before = repr(target)

    assert merge_patch(target, patch) == result
    assert repr(target) == before
