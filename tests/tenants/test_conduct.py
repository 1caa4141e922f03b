"""Client lint: rules that find in the request log what a client does wrong."""

import pytest

from kpn_sandbox.tenants.conduct import conduct
from kpn_sandbox.tenants.request_log import LogEntry


def entry(number, operation="agents", status=200, *, seconds=0.0, wall=None, token="t", retry_after=None):
    """Return a request this many seconds after the first one."""
    return LogEntry(
        client_id="anna",
        id=f"r{number}",
        at=1000.0 + seconds,
        wall_at=9000.0 + (seconds if wall is None else wall),
        api="kpn",
        operation=operation,
        method="GET",
        path="/",
        query="",
        status=status,
        duration_ms=1.0,
        token="" if operation == "token" else token,
        retry_after=retry_after,
    )


def broken(entries):
    return {finding.rule: (finding.count, finding.examples) for finding in conduct(entries)}


@pytest.mark.parametrize(
    "entries",
    [
        [],
        [entry(0, "token"), *[entry(number) for number in range(1, 20)]],
        [entry(number, "token") for number in range(4)],
        [entry(0, status=401), entry(1, "token"), entry(2, token="u")],
        [entry(number, seconds=number) for number in range(50)],
    ],
)
def test_a_correct_client_breaks_no_rule(entries):
    """One token for many requests, a new one after a rejection, and polling every second break no rule."""
    assert broken(entries) == {}


def test_a_token_per_request_is_found():
    """A token per request is found once there are enough of them to be sure."""
    entries = [entry(number, "token" if number % 2 == 0 else "agents") for number in range(12)]

    assert broken(entries) == {"token-per-request": (6, ("r2", "r4", "r6", "r8", "r10"))}


def test_requests_beyond_the_quota_are_found():
    """Each rejection counts."""
    entries = [entry(0), entry(1, status=429), entry(2, status=429)]

    assert broken(entries) == {"beyond-quota": (2, ("r1", "r2"))}


def test_an_early_retry_is_found():
    """A request is early until the seconds of Retry-After are over."""
    entries = [entry(0, status=503, retry_after=10), entry(1, seconds=9), entry(2, seconds=10)]

    assert broken(entries) == {"retry-too-early": (1, ("r1",))}


def test_a_wait_by_either_clock_counts():
    """A client has waited if it moved the account's clock, and if wall time passed while that clock stands."""
    moved = [entry(0, status=503, retry_after=10), entry(1, seconds=10, wall=0)]
    waited = [entry(0, status=503, retry_after=10), entry(1, seconds=0, wall=10)]

    assert (broken(moved), broken(waited)) == ({}, {})


def test_a_reused_rejected_token_is_found():
    """A rejected token is found when it is used again, until it is valid again because the clock was put back."""
    entries = [entry(0, status=401), entry(1, status=401), entry(2), entry(3, status=401), entry(4, token="u")]

    assert broken(entries) == {"expired-token-reused": (1, ("r1",))}


def test_each_finding_has_advice():
    """The advice of each rule is a sentence."""
    entries = [entry(0, status=429, retry_after=60), entry(1, status=429), entry(2, status=401), entry(3, status=401)]

    findings = conduct(entries)

    assert [finding.rule for finding in findings] == ["beyond-quota", "retry-too-early", "expired-token-reused"]
    assert all(finding.advice.endswith(".") for finding in findings)
