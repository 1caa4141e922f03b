"""History says what the counters said, and it adds up."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Event

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from kpn_sandbox.caching import SingleFlightCache
from kpn_sandbox.simulation.calendar import FIRST_DATE, LAST_DATE, calendar_day, zone
from kpn_sandbox.simulation.call_detail_records import ObservedPeriod, find_calls
from kpn_sandbox.simulation.center import Center
from kpn_sandbox.simulation.errors import DateOutOfRange, PeriodTooLong
from kpn_sandbox.simulation.facts import Direction
from kpn_sandbox.simulation.history import (
    ATTRIBUTIONS,
    LENGTHS,
    LONGEST_PERIOD,
    NOTHING,
    SHARES,
    AnsweredAndMissed,
    CallerCounts,
    CallSummary,
    History,
    attributions,
    calls_by_customer,
)
from kpn_sandbox.simulation.profile import ALWAYS, Epoch, Profile
from kpn_sandbox.simulation.scenarios import SCENARIOS, scenario

TODAY = date(2026, 11, 23)
DAY = 86_400
TRACES = SingleFlightCache()
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)


def center(name: str = "normal", seed: str = "history", **fields) -> Center:
    profile = scenario(name).over(Profile(**{"agents": 20, "trunks": 2, **fields}))
    return Center(seed, (Epoch(ALWAYS, profile),), TRACES)


def at(day: date, second: int) -> float:
    return calendar_day(day).starts_at + second


def last_second(day: date) -> float:
    return at(day, calendar_day(day).length // 1000 - 1)


def figures(summary: CallSummary) -> list[object]:
    callers = summary.callers.customer, summary.callers.count
    columns = (summary.calls, summary.lengths, *callers, summary.attributions)
    return [*(column.tolist() for column in columns), summary.talk]


def summary_of(subject: Center, first: date, last: date, instant: float, customer: int | None = None) -> CallSummary:
    return History().days(subject, first, last, instant, customer=customer).total


@settings(max_examples=25, deadline=None)
@given(name=some.sampled_from(sorted(SCENARIOS)), back=some.integers(0, 400), second=some.integers(0, DAY - 1))
def test_a_day_is_what_the_counters_say_at_that_instant(name, back, second):
    """Offered, answered and missed calls of a day are the sums over the queues, whatever the instant."""
    day, subject = TODAY - timedelta(days=back), center(name)
    # The day on which summer time begins has an hour less.
    instant = min(at(day, second), last_second(day))

    summary = summary_of(subject, day, day, instant)

    queues = subject.queues(instant)
    answered = sum(queue.answered for queue in queues)
    lost = sum(queue.offered - queue.answered - queue.waiting for queue in queues)
    assert summary.offered == sum(queue.offered for queue in queues)
    assert summary.total == AnsweredAndMissed(answered, lost)
    calling = sum(agent.direction is Direction.OUTBOUND for agent in subject.agents(instant))
    assert summary.ended == answered - sum(queue.talking for queue in queues) + calling


@settings(max_examples=10, deadline=None)
@given(back=some.integers(1, 60))
def test_yesterday_agrees_with_a_clock_turned_back(back):
    """What history says of a finished day is what it said at the day's last second."""
    subject, day = center(), TODAY - timedelta(days=back)

    later, then = summary_of(subject, day, day, at(TODAY, 40_000)), summary_of(subject, day, day, last_second(day))

    assert figures(later) == figures(then)


@settings(max_examples=25, deadline=None)
@given(
    name=some.sampled_from(sorted(SCENARIOS)),
    first=some.integers(0, 20),
    length=some.integers(0, 6),
    second=some.integers(0, DAY - 1),
)
def test_everything_adds_up(name, first, length, second):
    """Hours, lengths, callers and attributions are cuts of the same calls."""
    start = TODAY - timedelta(days=first)

    summary = summary_of(center(name), start, start + timedelta(days=length), at(TODAY, second))

    total, waiting = summary.total, int(summary.calls[0].sum())
    assert total.answered + total.missed + waiting == summary.offered
    assert _added(summary.by_hour()) == total
    assert summary.callers.count.sum() == summary.attributions.sum() == summary.offered
    assert summary.ended + int(summary.calls[1].sum()) == total.answered


@settings(max_examples=15, deadline=None)
@given(customer=some.integers(0, 200), second=some.integers(0, DAY - 1))
def test_a_customers_days_are_the_calls_of_the_records(customer, second):
    """Restricted to a customer, history counts exactly the customer's calls in the call detail records."""
    subject, start = center("busy"), TODAY - timedelta(days=2)
    instant = at(TODAY, second)
    caller = subject.names(instant).customer_numbers.primary_key(customer)

    summary = summary_of(subject, start, TODAY, instant, customer)

    period = ObservedPeriod(at(start, 0), instant + 1, instant)
    every = find_calls(subject, period, direction=Direction.INBOUND)
    calls = [call for call in every if call.customer == caller and call.outcome != "blocked"]
    talks = [call.ended_at - call.answered_at for call in calls if call.ended_at]
    assert summary.offered == len(calls) == summary.callers.count.sum()
    assert summary.callers.customer.tolist() == [customer] * bool(calls)
    assert summary.total.answered == sum(call.answered_at is not None for call in calls)
    assert (
        summary.lengths.tolist()
        == np.bincount(
            np.searchsorted(LENGTHS, [round(talk * 1000) for talk in talks], side="right"), minlength=6
        ).tolist()
    )


def test_customers_together_are_the_center():
    """The days of all customers add up to the days of the center."""
    history, subject = History(), center("peak", agents=5)
    period = (TODAY - timedelta(days=1), TODAY, at(TODAY, 50_000))

    every = [
        history.days(subject, *period, customer=customer).total
        for customer in range(subject.customer_count(period[-1]))
    ]

    whole = history.days(subject, *period).total
    assert sum(each.offered for each in every) == whole.offered
    assert sum(each.talk for each in every) == whole.talk
    assert np.array_equal(sum(each.attributions.astype(int) for each in every), whole.attributions)


@pytest.mark.parametrize(("day", "hours"), [(SPRING, 23), (AUTUMN, 25)])
def test_hours_are_those_of_the_wall_clock(day, hours):
    """On the days of 23 and 25 hours calls still count in the hour that the wall clock showed."""
    subject = center("lab", agents=60)

    by_hour = summary_of(subject, day, day, last_second(day)).by_hour()

    shown = np.zeros(24, dtype=int)
    period = ObservedPeriod(at(day, 0), last_second(day) + 1, last_second(day))
    for call in find_calls(subject, period, direction=Direction.INBOUND):
        shown[datetime.fromtimestamp(call.arrived_at, zone()).hour] += 1
    assert [sum(each) for each in by_hour] == shown.tolist()
    assert sum(count > 0 for count in shown) == min(hours, 24)


def test_the_future_is_empty():
    """A day that lies ahead is there, with nothing on it."""
    days = History().days(center(), TODAY, TODAY + timedelta(days=2), at(TODAY, 3600))

    assert [day for day, _ in days.each] == [TODAY + timedelta(days=number) for number in range(3)]
    assert [summary.offered for _, summary in days.each][1:] == [0, 0]


def test_a_change_leaves_the_days_before_it_alone():
    """A profile that comes into force today changes nothing of yesterday."""
    calm, peak = (scenario(name).over(Profile(agents=20, trunks=2)) for name in ("calm", "peak"))
    noon, evening = at(TODAY, 43_200), at(TODAY, 72_000)
    before = Center("history", (Epoch(ALWAYS, calm),), TRACES)
    after = Center("history", (Epoch(ALWAYS, calm), Epoch(noon, peak)), TRACES)
    history, yesterday = History(), TODAY - timedelta(days=1)

    same = [figures(history.days(each, yesterday, TODAY, noon).total) for each in (before, after)]

    assert same[0] == same[1]
    assert summary_of(after, TODAY, TODAY, evening).offered > summary_of(before, TODAY, TODAY, evening).offered


def test_what_is_kept_is_what_is_computed():
    """Asked in any order, kept or not, the same period gives the same figures."""
    history, subject = History(), center()
    start, instant = TODAY - timedelta(days=5), at(TODAY, 30_000)

    history.days(subject, TODAY - timedelta(days=3), TODAY, instant - 7200, customer=17)
    twice = [figures(history.days(subject, start, TODAY, instant).total) for _ in range(2)]

    assert twice[0] == twice[1] == figures(summary_of(subject, start, TODAY, instant))


def test_a_summary_takes_a_few_kilobytes():
    """What is kept of a finished day is small."""
    history = History()
    days = history.days(center(agents=50), TODAY - timedelta(days=1), TODAY - timedelta(days=1), at(TODAY, 0))

    assert days.each[0][1].size() < 4096


@pytest.mark.parametrize("length", [LONGEST_PERIOD + 1, 40_000])
def test_a_period_beyond_a_year_is_refused(length):
    """A period of more than 366 days is refused before anything is computed."""
    with pytest.raises(PeriodTooLong, match="at most 366 days"):
        summary_of(center(), TODAY, TODAY + timedelta(days=length - 1), at(TODAY, 0))


@pytest.mark.parametrize("day", [date(1999, 12, 31), date(2101, 1, 1), date.max])
def test_dates_that_no_center_has_are_refused(day):
    """History ends where the center does, and the error is about the date."""
    with pytest.raises(DateOutOfRange) as error:
        summary_of(center(), day, day, at(TODAY, 0))

    assert (error.value.day, error.value.first, error.value.last) == (day, FIRST_DATE, LAST_DATE)


def test_each_new_day_is_run_where_the_server_wants_it():
    """The calls and the summary of a new day are computations of their own; days that are kept are none."""
    ran: list[object] = []

    def run(compute):
        ran.append(compute)
        return compute()

    history = History(SingleFlightCache(run=run))
    for _ in range(2):
        history.days(center(), TODAY - timedelta(days=4), TODAY - timedelta(days=1), at(TODAY, 0))

    assert len(ran) == 8


def test_requests_for_the_same_day_compute_it_once():
    """Of several requests for the same days one computes them, and the others get what it has computed."""
    begun, go_on, ran = Event(), Event(), []

    def run(compute):
        ran.append(compute)
        begun.set()
        go_on.wait(0.05)
        return compute()

    history, subject = History(SingleFlightCache(run=run)), center(seed="cold")
    period = (subject, TODAY - timedelta(days=2), TODAY - timedelta(days=1), at(TODAY, 0))

    with ThreadPoolExecutor(3) as pool:
        first = pool.submit(history.days, *period)
        begun.wait()
        others = [pool.submit(history.days, *period) for _ in range(2)]
        found = [figures(each.result().total) for each in (first, *others)]

    assert found[0] == found[1] == found[2]
    assert len(ran) == 4


def test_attributions_come_in_their_shares():
    """Over many calls each attribution has its share, and a call keeps its own when more come after it."""
    day = calendar_day(TODAY)

    many = attributions("seed", day, 3, 100_000)

    assert np.bincount(many) / 100_000 == pytest.approx([share / 256 for share in SHARES.values()], abs=0.01)
    assert np.array_equal(attributions("seed", day, 3, 100), many[:100])
    assert len(set(ATTRIBUTIONS)) == len(ATTRIBUTIONS)


@pytest.mark.parametrize(("most", "places"), [(1, [2]), (2, [0, 2, 4]), (3, [0, 2, 4]), (9, [0, 1, 2, 3, 4])])
def test_the_top_callers_are_few(most, places):
    """Those who called most are found, and beyond the number asked for only those who called as often as the last."""
    callers = CallerCounts(np.array([5, 1, 1, 1, 10]), np.array([3, 1, 4, 2, 3]))

    assert callers.top(most) == [([5, 6, 7, 8, 18][place], [3, 1, 4, 2, 3][place]) for place in places]
    assert NOTHING.callers.top(most) == []


def test_calls_by_customer_are_all_calls_that_were_offered():
    """The calls by customer are those of the trace but for the blocked ones, in another order."""
    trace = center("trunk outage").trace(calendar_day(TODAY))

    calls = calls_by_customer("history", trace)

    kept = trace.calls.outcome != 0
    assert sorted(calls.arrival.tolist()) == sorted(trace.calls.arrival[kept].tolist())
    assert calls.customer.tolist() == sorted(trace.callers[kept].tolist())


def test_instants_are_utc():
    """A period is one of local dates: midnight in Amsterdam begins a day, not midnight in London."""
    before_midnight = datetime(2026, 11, 22, 22, 59, 59, tzinfo=UTC).timestamp()

    days = [History().days(center(), TODAY, TODAY, before_midnight + more).total.offered for more in (0, 7200)]

    assert days[0] == 0 < days[1]


def _added(each: list[AnsweredAndMissed]) -> AnsweredAndMissed:
    return AnsweredAndMissed(sum(answers.answered for answers in each), sum(answers.missed for answers in each))
