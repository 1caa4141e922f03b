"""Quotas: how often an account may ask, by its own clock."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from kpn_sandbox.tenants.errors import InvalidSetting, NoQuota, UnknownAccount
from kpn_sandbox.tenants.quota import Quota
from tests.tenants.concurrency import in_processes, in_threads

ZONE = ZoneInfo("Europe/Amsterdam")


def at(text):
    return int(datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp())


def count(sandbox, api="kpn", client_id="anna"):
    tenant = sandbox.tenant(client_id)
    return tenant.quota and sandbox.quotas.count(client_id, tenant.quota, api, tenant.now())


def let_through(sandbox):
    return not count(sandbox).exceeded


def test_without_a_quota_nothing_is_counted(anna, sandbox):
    """There is nothing to tell."""
    assert count(sandbox) is None
    with pytest.raises(NoQuota):
        sandbox.tenant(anna).required_quota()


def test_requests_are_counted_wherever_they_come(anna, sandbox, other, wall):
    """The last one that is let through reaches the limit; those beyond it are not counted."""
    sandbox.quotas.set(anna, Quota(2))

    counts = [count(worker) for worker in (sandbox, other, sandbox, other)]

    assert [(told.used, told.exceeded) for told in counts] == [(1, False), (2, False), (2, True), (2, True)]
    assert {told.resets_at for told in counts} == {1_795_424_460}


def test_a_new_window_begins_at_nothing(anna, sandbox, other, wall):
    """By the account's clock, whether it runs or is moved."""
    sandbox.quotas.set(anna, Quota(1))
    assert [let_through(sandbox), let_through(other)] == [True, False]

    wall.at += 60
    assert [let_through(sandbox), let_through(other)] == [True, False]

    other.clocks.advance(anna, 60)
    assert [let_through(sandbox), let_through(other)] == [True, False]


def test_a_frozen_clock_opens_no_window(anna, sandbox, wall):
    """However long one waits."""
    sandbox.quotas.set(anna, Quota(1))
    sandbox.clocks.set(anna, "frozen")
    let_through(sandbox)

    wall.at += 3600

    assert not let_through(sandbox)


def test_each_api_is_counted_for_itself(anna, sandbox):
    """The quota is the same for all."""
    sandbox.quotas.set(anna, Quota(1))

    assert [count(sandbox, api).exceeded for api in ("kpn", "kaisa", "kpn")] == [False, False, True]


def test_a_new_quota_begins_at_nothing(anna, sandbox, other):
    """Also when it is the same again."""
    sandbox.quotas.set(anna, Quota(1))
    let_through(other)

    sandbox.quotas.set(anna, Quota(1))

    assert [let_through(other), let_through(other)] == [True, False]


def test_a_quota_is_taken_away(anna, sandbox, other):
    """Then there is nothing to tell again."""
    sandbox.quotas.set(anna, Quota(1))
    before = other.tenant(anna).required_quota()

    sandbox.quotas.remove(anna)

    assert (before, count(other)) == (Quota(1), None)


@pytest.mark.parametrize(("told", "seconds"), [(True, 60), (False, None)])
def test_a_refusal_says_how_long_to_wait_when_it_shall(anna, sandbox, told, seconds):
    """Whole seconds until the next window."""
    sandbox.quotas.set(anna, Quota(1, retry_after=told))

    first, second = count(sandbox), count(sandbox)

    assert (first.retry_after, second.retry_after) == (None, seconds)


def test_counts_are_exact_over_threads(anna, sandbox, other):
    """Exactly as many as the limit are let through."""
    sandbox.quotas.set(anna, Quota(50))

    answers = in_threads(lambda turn: let_through((sandbox, other)[turn % 2]), 120)

    assert sum(answers) == 50


@pytest.mark.slow
def test_counts_are_exact_over_processes(anna, sandbox, url):
    """Also when nothing is shared but the database."""
    sandbox.quotas.set(anna, Quota(50, unit="month", interval=1000))

    answers = in_processes(url, let_through, 30)

    assert sum(answers) == 50


@pytest.mark.parametrize(
    ("quota", "instant", "start", "end"),
    [
        (Quota(1), "2026-11-23T10:00:59", "2026-11-23T10:00:00", "2026-11-23T10:01:00"),
        (Quota(1, 15), "2026-11-23T10:14:59", "2026-11-23T10:00:00", "2026-11-23T10:15:00"),
        (Quota(1, 1, "hour"), "2026-07-03T10:59:59", "2026-07-03T10:00:00", "2026-07-03T11:00:00"),
        (Quota(1, 1, "day"), "2026-11-23T23:59:59", "2026-11-23T00:00:00", "2026-11-24T00:00:00"),
        (Quota(1, 1, "day"), "2026-03-29T12:00:00", "2026-03-29T00:00:00", "2026-03-30T00:00:00"),
        (Quota(1, 2, "day"), "2000-01-04T12:00:00", "2000-01-03T00:00:00", "2000-01-05T00:00:00"),
        (Quota(1, 1, "week"), "2026-11-29T23:59:59", "2026-11-23T00:00:00", "2026-11-30T00:00:00"),
        (Quota(1, 1, "week"), "2000-01-01T00:00:00", "1999-12-27T00:00:00", "2000-01-03T00:00:00"),
        (Quota(1, 1, "month"), "2026-02-28T23:59:59", "2026-02-01T00:00:00", "2026-03-01T00:00:00"),
        (Quota(1, 3, "month"), "2026-05-15T12:00:00", "2026-04-01T00:00:00", "2026-07-01T00:00:00"),
        (Quota(1, 1000, "month"), "2100-12-31T23:59:59", "2083-05-01T00:00:00", "2166-09-01T00:00:00"),
    ],
)
def test_windows_are_those_of_the_calendar(quota, instant, start, end):
    """In Europe/Amsterdam, counted from the beginning of 2000."""
    assert quota.window(at(instant)) == (at(start), at(end))


@pytest.mark.parametrize("unit", ["minute", "hour"])
def test_the_hour_that_comes_twice_has_windows_of_its_own(unit):
    """In autumn the clock is put back; every instant still lies in its window."""
    quota = Quota(1, 1, unit)
    for instant in range(1_792_886_400 - 7200, 1_792_886_400 + 14_400, 59):
        window = quota.window(instant)

        assert window.starts_at <= instant < window.ends_at
        assert window.ends_at - window.starts_at == {"minute": 60, "hour": 3600}[unit]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"limit": 0}, "limit"),
        ({"limit": 1_000_001}, "limit"),
        ({"limit": 1.0}, "limit"),
        ({"limit": True}, "limit"),
        ({"limit": 1, "interval": 0}, "interval"),
        ({"limit": 1, "interval": 1001}, "interval"),
        ({"limit": 1, "unit": "second"}, "unit"),
        ({"limit": 1, "retry_after": 1}, "retry_after"),
    ],
)
def test_a_wrong_quota_is_refused(given, field):
    """The refusal names the field and what would be right."""
    with pytest.raises(InvalidSetting) as refusal:
        Quota(**given)

    assert refusal.value.field == field


def test_nobody_has_no_quota(sandbox):
    """There must be an account."""
    with pytest.raises(UnknownAccount):
        sandbox.quotas.set("nobody", Quota(1))
