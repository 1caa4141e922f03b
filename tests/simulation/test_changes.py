"""Sequences of changes: whatever follows whatever, the past stays, the figures add up, and nobody works twice."""

from datetime import UTC, datetime
from itertools import accumulate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from kpn_sandbox.caching import SingleFlightCache
from kpn_sandbox.simulation.calendar import day_of
from kpn_sandbox.simulation.center import Center
from kpn_sandbox.simulation.profile import ALWAYS, Epoch, Profile
from tests.reconciliation import answers, check_instant
from tests.simulation.changes import Counters, check_lists, check_nobody_works_twice
from tests.simulation.test_causality import patches

MIDNIGHT = datetime(2026, 11, 23, 23, tzinfo=UTC).timestamp()
DAY = 86_400


def center(seed: str, begin: int, first: dict, *changes: tuple[int, dict]) -> Center:
    """A center whose profile is replaced by others, each so many seconds after the one before."""
    instants = accumulate((gap for gap, _ in changes), initial=begin)
    next(instants)
    epochs = [(MIDNIGHT + at, patch) for at, (_, patch) in zip(instants, changes, strict=True)]
    return Center(
        seed,
        tuple(Epoch(since, Profile.from_dict(patch)) for since, patch in ((ALWAYS, first), *epochs)),
        SingleFlightCache(),
    )


gaps = some.integers(1, 120) | some.integers(1, 3600)
sequences = some.lists(some.tuples(gaps, patches), min_size=2, max_size=6)


@settings(max_examples=15, deadline=None)
@given(
    seed=some.sampled_from(["m0", "m1", "acme"]),
    begin=some.integers(6 * 3600, 20 * 3600),
    first=patches,
    changes=sequences,
    after=some.integers(0, 600),
)
def test_everything_adds_up_after_any_sequence_of_changes(seed, begin, first, changes, after):
    """At each change, just before and after it, the figures reconcile and the lists are those of the profile."""
    subject = center(seed, begin, first, *changes)
    check_nobody_works_twice(subject.trace(day_of(MIDNIGHT)))
    longest_wait = max(each.get("max_wait_seconds", 600) for each in (first, *(patch for _, patch in changes)))
    at, profile, counters = begin, Profile.from_dict(first), Counters()
    for gap, patch in (*changes, (after, changes[-1][1])):
        for moment in (at + gap // 2, at + gap - 1):
            if moment >= at:
                check_instant(*answers(subject, MIDNIGHT + moment), longest_wait)
                check_lists(subject, MIDNIGHT + moment, profile)
        at, profile = at + gap, Profile.from_dict(patch)
        check_instant(*answers(subject, MIDNIGHT + at), longest_wait)
        check_lists(subject, MIDNIGHT + at, profile)
        counters.check(subject, MIDNIGHT + at)


@settings(max_examples=15, deadline=None)
@given(begin=some.integers(6 * 3600, 20 * 3600), first=patches, changes=sequences, kept=some.integers(0, 4))
def test_the_past_does_not_depend_on_later_changes(begin, first, changes, kept):
    """Up to a change the center is the one in which it and the later ones are not made."""
    kept = min(kept, len(changes) - 1)
    all_of_them, some_of_them = center("m0", begin, first, *changes), center("m0", begin, first, *changes[:kept])
    change = begin + sum(gap for gap, _ in changes[: kept + 1])
    for moment in (change - 1, change - 20, change - 200, change - 2000):
        assert answers(all_of_them, MIDNIGHT + moment) == answers(some_of_them, MIDNIGHT + moment)


@pytest.mark.parametrize("moment", range(0, 7200, 300))
def test_two_changes_a_minute_apart_let_nobody_talk_twice(moment):
    """Seed m0 on 2026-11-24: four queues at 08:05:21 and five a minute later staff each agent once."""
    begin = 8 * 3600 + 5 * 60 + 21
    subject = center("m0", begin, {}, (0, {"queues": 4}), (60, {"queues": 5}))
    check_nobody_works_twice(subject.trace(day_of(MIDNIGHT)))
    agents, queues, trunks = answers(subject, MIDNIGHT + begin + 60 + moment)
    check_instant(agents, queues, trunks, 600)
    assert sum(int(queue["Staffed"]) for queue in queues) == sum(agent["Status"] != "UNSTAFF" for agent in agents)
