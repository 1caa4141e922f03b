"""Quotas: rate limits of accounts by their own clocks."""

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


def admitted(sandbox):
    return not count(sandbox).exceeded


def test_without_a_quota_nothing_is_counted(anna, sandbox):
    """An account without a quota has no state of it."""
    assert count(sandbox) is None
    with pytest.raises(NoQuota):
        sandbox.tenant(anna).required_quota()


def test_requests_of_all_workers_are_counted(anna, sandbox, other, wall):
    """The last admitted request reaches the limit, and those beyond it are not counted."""
    sandbox.quotas.set(anna, Quota(2))

    counts = [count(worker) for worker in (sandbox, other, sandbox, other)]

    assert [(state.used, state.exceeded) for state in counts] == [(1, False), (2, False), (2, True), (2, True)]
    assert {state.resets_at for state in counts} == {1_795_424_460}


def test_a_new_window_begins_at_zero(anna, sandbox, other, wall):
    """A window ends by the account's clock, whether that runs or is moved."""
    sandbox.quotas.set(anna, Quota(1))
    assert [admitted(sandbox), admitted(other)] == [True, False]

    wall.at += 60
    assert [admitted(sandbox), admitted(other)] == [True, False]

    other.clocks.advance(anna, 60)
    assert [admitted(sandbox), admitted(other)] == [True, False]


def test_a_frozen_clock_opens_no_window(anna, sandbox, wall):
    """No new window begins while the account's clock stands, however much wall time passes."""
    sandbox.quotas.set(anna, Quota(1))
    sandbox.clocks.set(anna, "frozen")
    admitted(sandbox)

    wall.at += 3600

    assert not admitted(sandbox)


def test_each_api_is_counted_separately(anna, sandbox):
    """The limit is the same for every API, and each has its own count."""
    sandbox.quotas.set(anna, Quota(1))

    assert [count(sandbox, api).exceeded for api in ("kpn", "kaisa", "kpn")] == [False, False, True]


def test_a_new_quota_begins_at_zero(anna, sandbox, other):
    """Setting a quota begins its counts anew, also when it is the same quota."""
    sandbox.quotas.set(anna, Quota(1))
    admitted(other)

    sandbox.quotas.set(anna, Quota(1))

    assert [admitted(other), admitted(other)] == [True, False]


def test_a_quota_is_removed(anna, sandbox, other):
    """Without its quota an account has no state of it."""
    sandbox.quotas.set(anna, Quota(1))
    before = other.tenant(anna).required_quota()

    sandbox.quotas.remove(anna)

    assert (before, count(other)) == (Quota(1), None)


@pytest.mark.parametrize(("retry_after", "seconds"), [(True, 60), (False, None)])
def test_a_rejection_says_how_long_to_wait_if_the_quota_does(anna, sandbox, retry_after, seconds):
    """The wait is in whole seconds until the next window."""
    sandbox.quotas.set(anna, Quota(1, retry_after=retry_after))

    first, second = count(sandbox), count(sandbox)

    assert (first.retry_after, second.retry_after) == (None, seconds)


def test_counts_are_exact_over_threads(anna, sandbox, other):
    """Exactly as many requests of many threads are admitted as the limit allows."""
    sandbox.quotas.set(anna, Quota(50))

    answers = in_threads(lambda turn: admitted((sandbox, other)[turn % 2]), 120)

    assert sum(answers) == 50


@pytest.mark.slow
def test_counts_are_exact_over_processes(anna, sandbox, url):
    """Exactly as many are admitted as the limit allows, also when processes share only the database."""
    sandbox.quotas.set(anna, Quota(50, unit="month", interval=1000))

    answers = in_processes(url, admitted, 30)

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
    """Windows follow the calendar in Europe/Amsterdam, counted from the beginning of 2000."""
    assert quota.window(at(instant)) == (at(start), at(end))


@pytest.mark.parametrize("unit", ["minute", "hour"])
def test_the_hour_that_comes_twice_has_windows_of_its_own(unit):
    """When the clock is put back in autumn, every instant still lies in its window."""
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
        ({"limit": 1.5}, "limit"),
        ({"limit": True}, "limit"),
        ({"limit": 1, "interval": 0}, "interval"),
        ({"limit": 1, "interval": 1001}, "interval"),
        ({"limit": 1, "unit": "second"}, "unit"),
        ({"limit": 1, "retry_after": 1}, "retry_after"),
    ],
)
def test_a_wrong_quota_is_refused(given, field):
    """The error names the field and what would be right."""
    with pytest.raises(InvalidSetting) as refusal:
        Quota(**given)

    assert refusal.value.field == field


def test_an_unknown_account_has_no_quota(sandbox):
    """Setting and removing raise UnknownAccount."""
    with pytest.raises(UnknownAccount):
        sandbox.quotas.set("nobody", Quota(1))
