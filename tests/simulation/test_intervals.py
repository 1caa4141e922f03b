"""Intervals of queues add up to the counters, to the calls, and to each other."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from kpn_sandbox.caching import SingleFlightCache
from kpn_sandbox.simulation.call_detail_records import ObservedPeriod, find_calls
from kpn_sandbox.simulation.center import Center
from kpn_sandbox.simulation.facts import Direction
from kpn_sandbox.simulation.intervals import IntervalFact, fold_intervals
from kpn_sandbox.simulation.profile import ALWAYS, Epoch, Profile
from kpn_sandbox.simulation.scenarios import SCENARIOS, scenario

MIDNIGHT = datetime(2026, 11, 22, 23, tzinfo=UTC).timestamp()
DAY = 86_400
TRACES = SingleFlightCache()
SUMMED = ("offered", "answered", "answered_in_time", "flowed_out")


def center(name: str = "normal", seed: str = "intervals") -> Center:
    return Center(seed, (Epoch(ALWAYS, scenario(name).over(Profile(agents=30, trunks=2))),), TRACES)


def changing_center() -> Center:
    changes = (ALWAYS, Profile(agents=30, queues=4)), (MIDNIGHT + 36_000, Profile(agents=20, queues=2))
    return Center("changing", tuple(Epoch(*each) for each in changes), TRACES)


def fold(subject: Center, at: float, *, start: float = MIDNIGHT, end: float | None = None, **options):
    period = ObservedPeriod(start, at + 0.001 if end is None else end, at)
    return [fact for day in fold_intervals(subject, period, **{"minutes": 30, **options}) for fact in day]


def total(facts: list[IntervalFact], name: str, queue: int) -> int:
    return sum(getattr(fact, name) for fact in facts if fact.queue == queue)


def weighted(facts: list[IntervalFact], name: str, weight: str) -> float:
    return sum((getattr(fact, name) or 0) * getattr(fact, weight) for fact in facts)


def assert_sums_are_the_counters(subject: Center, facts: list[IntervalFact], at: float) -> None:
    for queue in subject.queues(at):
        assert {name: total(facts, name, queue.number) for name in SUMMED} == {
            name: getattr(queue, name) for name in SUMMED
        }
        left = queue.offered - queue.answered - queue.flowed_out - queue.waiting
        assert total(facts, "abandoned", queue.number) == left
        own = [fact for fact in facts if fact.queue == queue.number]
        assert weighted(own, "speed_of_answer", "answered") == pytest.approx(queue.answer_seconds, abs=2)


@settings(max_examples=40, deadline=None)
@given(
    name=some.sampled_from(sorted(SCENARIOS)),
    seed=some.sampled_from("abc"),
    second=some.integers(0, DAY - 1) | some.integers(0, 95).map(lambda quarter: quarter * 900),
    minutes=some.sampled_from((15, 30, 60)),
)
def test_sums_of_intervals_are_the_counters(name, seed, second, minutes):
    """At any instant, the borders of intervals included, the intervals since midnight add up to the queue counters."""
    subject, at = center(name, seed), MIDNIGHT + second

    facts = fold(subject, at, minutes=minutes)

    assert_sums_are_the_counters(subject, facts, at)


@pytest.mark.parametrize("second", [3600, 35_999, 36_000, 36_001, 36_600, 54_321, DAY - 1])
def test_sums_are_the_counters_after_a_change_of_the_profile(second):
    """Queues that a change removes keep the intervals before it."""
    subject, at = changing_center(), MIDNIGHT + second

    facts = fold(subject, at)

    assert_sums_are_the_counters(subject, facts, at)
    assert {fact.queue for fact in facts} == {1000, 1001, 1002, 1003}


CHANGES = some.fixed_dictionaries(
    {},
    optional={
        "agents": some.sampled_from((10, 20, 30, 50)),
        "queues": some.integers(1, 5),
        "trunks": some.integers(1, 3),
        "load": some.sampled_from((0.5, 1.5)),
        "opening": some.sampled_from(("24x7", "08:00-20:00", "09:00-10:00")),
    },
)


@settings(max_examples=40, deadline=None)
@given(
    changes=some.lists(some.tuples(some.integers(1, 3600), CHANGES), min_size=2, max_size=6),
    later=some.integers(-1800, 1800),
    minutes=some.sampled_from((15, 30, 60)),
)
def test_sums_are_the_counters_after_any_sequence_of_changes(changes, later, minutes):
    """However agents, queues, trunks and opening hours change, calls that are cut off included, the sums hold."""
    since, fields, epochs = MIDNIGHT + 34_200.0, {"agents": 30}, [Epoch(ALWAYS, Profile(agents=30))]
    for seconds, change in changes:
        since, fields = since + seconds, {**fields, **change}
        epochs.append(Epoch(since, Profile(**fields)))
    subject, at = Center("changes", tuple(epochs), TRACES), since + later

    facts = fold(subject, at, minutes=minutes)

    assert_sums_are_the_counters(subject, facts, at)
    assert all(0 <= (fact.occupancy or 0) <= 1 and 0 <= (fact.staffed or 0) <= 50 for fact in facts)


@settings(max_examples=20, deadline=None)
@given(
    start=some.integers(-2 * DAY, DAY),
    cut=some.integers(0, 2 * DAY),
    length=some.integers(0, 2 * DAY),
    known=some.integers(-DAY, 3 * DAY),
)
def test_a_period_is_the_sum_of_its_parts(start, cut, length, known):
    """Wherever a period is cut, inside an interval too, its two parts have the counts and times of the whole."""
    subject, first = center(), MIDNIGHT + start
    middle, last, at = first + cut, first + cut + length, MIDNIGHT + known

    whole, *parts = (
        fold(subject, at, start=begin, end=end) for begin, end in ((first, last), (first, middle), (middle, last))
    )

    for name in (*SUMMED, "abandoned", "handled", "seconds"):
        assert sum(getattr(fact, name) for part in parts for fact in part) == sum(getattr(fact, name) for fact in whole)
    for pair in (("staffed", "seconds"), ("handle_time", "handled"), ("speed_of_answer", "answered")):
        assert sum(weighted(part, *pair) for part in parts) == pytest.approx(weighted(whole, *pair), abs=1000)


def test_an_interval_counts_its_calls():
    """Of several days each interval has the calls that the call detail records show in it."""
    subject, at = center("peak"), MIDNIGHT + DAY + 40_000
    period = ObservedPeriod(MIDNIGHT - DAY, at + 0.001, at)
    calls = find_calls(subject, period, direction=Direction.INBOUND)

    facts = [fact for day in fold_intervals(subject, period, minutes=60) for fact in day]

    assert len({fact.start for fact in facts}) == 48 + 12
    for fact in facts:
        own = [call for call in calls if call.queue == fact.queue]
        answered = [call for call in own if fact.start <= (call.answered_at or 0) < fact.end]
        wrapped = [
            call.wrapped_at - call.answered_at for call in own if fact.start <= (call.wrapped_at or 0) < fact.end
        ]
        assert fact.answered == len(answered)
        assert fact.answered_in_time == sum(bool(call.in_service_level) for call in answered)
        assert fact.offered == sum(
            fact.start <= call.arrived_at < fact.end for call in own if call.outcome != "blocked"
        )
        assert fact.handled == len(wrapped)
        assert fact.handle_time == (pytest.approx(sum(wrapped) / len(wrapped), abs=0.01) if wrapped else None)


@pytest.mark.parametrize("at", [MIDNIGHT + 36_000, MIDNIGHT + 37_234])
def test_staff_and_occupancy_are_those_of_the_counters(at):
    """The means are those of the agents whom the counters show second by second."""
    subject = center("peak")
    start = at - at % 1800 - 1800
    seconds = [{queue.number: queue for queue in subject.queues(start + second)} for second in range(1800)]

    for fact in (fact for fact in fold(subject, at) if fact.start == start):
        own = [each[fact.queue] for each in seconds]
        staffed, auxiliary = (sum(getattr(each, name) for each in own) for name in ("staffed", "auxiliary"))
        free = sum(each.available for each in own)
        assert fact.staffed == pytest.approx(staffed / 1800, abs=0.02)
        assert fact.occupancy == pytest.approx(1 - free / (staffed - auxiliary), abs=0.01)


def test_an_interval_that_is_over_never_changes():
    """What happens later leaves the figures of earlier intervals as they are."""
    subject = center("peak")

    before, after = fold(subject, MIDNIGHT + 36_000), fold(subject, MIDNIGHT + 50_000)

    over = [fact for fact in before if fact.end <= MIDNIGHT + 36_000]
    assert over and over == after[: len(over)]


def test_an_interval_under_way_counts_so_far():
    """Its seconds are those that have passed, and its means are over these; nothing that lies ahead has an interval."""
    subject = center()

    facts = fold(subject, MIDNIGHT + 36_600, end=MIDNIGHT + DAY)

    last = facts[-1]
    assert (last.start, last.end, last.seconds) == (MIDNIGHT + 36_000, MIDNIGHT + 37_800, 600)
    assert 0 < last.staffed <= 30 and 0 <= last.occupancy <= 1


def test_an_interval_of_no_time_has_no_means():
    """At the instant at which an interval begins it has counts but no mean."""
    last = fold(center(), MIDNIGHT + 36_000)[-1]

    assert (last.start, last.seconds, last.staffed, last.occupancy) == (MIDNIGHT + 36_000, 0, None, None)


@pytest.mark.parametrize(("midnight", "hours"), [((2026, 3, 28), 23), ((2026, 10, 24), 25)])
def test_days_with_a_change_of_clocks_have_whole_hours(midnight, hours):
    """The days of 23 and of 25 hours have as many hours as intervals."""
    start = datetime(*midnight, 23 if hours == 23 else 22, tzinfo=UTC).timestamp()

    facts = fold(center(), start + 5 * DAY, start=start, end=start + hours * 3600, minutes=60, queue=1000)

    assert [fact.seconds for fact in facts] == [3600] * hours


def test_nothing_of_the_future():
    """A period in the future and an empty one have no intervals."""
    assert fold(center(), MIDNIGHT, start=MIDNIGHT + 1, end=MIDNIGHT + DAY) == []
    assert fold(center(), MIDNIGHT + 50, start=MIDNIGHT, end=MIDNIGHT) == []
