"""What a client does wrong, told from its journal."""

import pytest

from kpn_sandbox.tenants.conduct import conduct
from kpn_sandbox.tenants.request_log import LogEntry


def entry(number, operation="agents", status=200, *, seconds=0.0, wall=None, token="t", retry_after=None):
    """A request so many seconds after the first one."""
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
def test_a_client_that_behaves_is_told_nothing(entries):
    """One token for many requests, a new one after a refusal; asking every second is no fault."""
    assert broken(entries) == {}


def test_a_token_for_each_request_is_seen():
    """When there are enough of them to be sure."""
    entries = [entry(number, "token" if number % 2 == 0 else "agents") for number in range(12)]

    assert broken(entries) == {"token-per-request": (6, ("r2", "r4", "r6", "r8", "r10"))}


def test_asking_beyond_the_quota_is_seen():
    """Each refusal counts."""
    entries = [entry(0), entry(1, status=429), entry(2, status=429)]

    assert broken(entries) == {"beyond-quota": (2, ("r1", "r2"))}


def test_asking_before_the_wait_is_over_is_seen():
    """Until the seconds are over that the refusal told."""
    entries = [entry(0, status=503, retry_after=10), entry(1, seconds=9), entry(2, seconds=10)]

    assert broken(entries) == {"retry-too-early": (1, ("r1",))}


def test_who_moves_the_clock_has_waited():
    """And so has who waits while it stands."""
    moved = [entry(0, status=503, retry_after=10), entry(1, seconds=10, wall=0)]
    waited = [entry(0, status=503, retry_after=10), entry(1, seconds=0, wall=10)]

    assert (broken(moved), broken(waited)) == ({}, {})


def test_a_refused_token_that_comes_again_is_seen():
    """Until it is good again, because the clock was put back."""
    entries = [entry(0, status=401), entry(1, status=401), entry(2), entry(3, status=401), entry(4, token="u")]

    assert broken(entries) == {"expired-token-reused": (1, ("r1",))}


def test_each_finding_says_what_to_do():
    """In a sentence."""
    entries = [entry(0, status=429, retry_after=60), entry(1, status=429), entry(2, status=401), entry(3, status=401)]

    findings = conduct(entries)

    assert [finding.rule for finding in findings] == ["beyond-quota", "retry-too-early", "expired-token-reused"]
    assert all(finding.advice.endswith(".") for finding in findings)
