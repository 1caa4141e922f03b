"""A change of the profile at an instant leaves everything before it as it was, and all adds up after it."""

from datetime import UTC, datetime

from hypothesis import example, given, settings
from hypothesis import strategies as some

from kpn_sandbox.caching import SingleFlightCache
from kpn_sandbox.simulation.center import Center
from kpn_sandbox.simulation.profile import ALWAYS, Epoch, Profile
from tests.reconciliation import answers, check_ageing, check_growth, check_instant

MIDNIGHT = datetime(2026, 11, 22, 23, tzinfo=UTC).timestamp()
DAY = 86_400

ports = some.fixed_dictionaries({"ports": some.integers(1, 40)})
patches = some.fixed_dictionaries(
    {},
    optional={
        "agents": some.integers(1, 40),
        "queues": some.integers(1, 9),
        "trunks": some.integers(1, 4) | some.lists(ports, min_size=1, max_size=3),
        "load": some.floats(0, 2),
        "talk_seconds": some.integers(60, 600),
        "wrap_seconds": some.integers(0, 120),
        "patience_seconds": some.just("unlimited") | some.integers(10, 900),
        "service_level_seconds": some.integers(0, 60),
        "opening": some.sampled_from(["24x7", "08:00-20:00", "07:10-13:25"]),
        "absent_share": some.floats(0, 0.5),
        "unanswered_share": some.floats(0, 0.3),
        "max_wait_seconds": some.integers(30, 900),
        "rhythm": some.sampled_from(["daily", "constant"]),
        "outages": some.just([{"trunk": 1, "start": "10:00", "end": "15:00"}]),
    },
)
instants = some.integers(0, DAY - 1)


def center(*epochs: tuple[float, dict]) -> Center:
    return Center("seed", tuple(Epoch(since, Profile.from_dict(patch)) for since, patch in epochs), SingleFlightCache())


@settings(max_examples=15, deadline=None)
@given(first=patches, second=patches, change=instants, moments=some.lists(instants, min_size=4, max_size=4))
def test_the_past_does_not_depend_on_the_future(first, second, change, moments):
    """At every instant before a change the center is the one without the change."""
    plain = center((ALWAYS, first))
    changed = center((ALWAYS, first), (MIDNIGHT + change, second))

    for moment in (*(moment for moment in moments if moment < change), change - 1):
        if moment >= 0:
            assert answers(changed, MIDNIGHT + moment) == answers(plain, MIDNIGHT + moment)


# An agent whose log-out waits for a call has a shift in the same queue again when the profile changes meanwhile.
@example(first={}, second={"agents": 1}, change=45_371, moments=[45_372])
@settings(max_examples=30, deadline=None)
@given(
    first=patches, second=patches, change=instants, moments=some.lists(instants, min_size=4, max_size=6, unique=True)
)
def test_everything_adds_up_across_a_change(first, second, change, moments):
    """Before and after a change all figures reconcile, and no counter falls."""
    subject = center((ALWAYS, first), (MIDNIGHT + change, second))
    longest_wait = max(first.get("max_wait_seconds", 600), second.get("max_wait_seconds", 600))
    queues_before = []

    for moment in sorted((*moments, change)):
        agents, queues, trunks = answers(subject, MIDNIGHT + moment)
        check_instant(agents, queues, trunks, longest_wait)
        present = {queue["Number"] for queue in queues}
        check_growth([queue for queue in queues_before if queue["Number"] in present], queues)
        queues_before = queues


@settings(max_examples=15, deadline=None)
@given(profile=patches, moment=some.integers(0, DAY - 120), seconds=some.integers(1, 100))
def test_states_age_with_the_clock(profile, moment, seconds):
    """Whoever stays in a state is as much older in it as the clock went on."""
    subject = center((ALWAYS, profile))

    before, after = (answers(subject, MIDNIGHT + instant)[0] for instant in (moment, moment + seconds))

    check_ageing(before, after, seconds)
