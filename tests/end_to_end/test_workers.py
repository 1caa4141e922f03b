"""Three workers on one database, which must be one sandbox."""

from collections import Counter

import pytest

from kpn_sandbox.client import Client

from .callers import concurrently, get

pytestmark = pytest.mark.slow

ME = ("APP_CONSUMER_KEY", "APP_CONSUMER_SECRET")


@pytest.fixture
def sandbox(start_on, url):
    return start_on(url, "--workers", "3", "--agents", "12")


@pytest.fixture
def account(sandbox):
    """The remote control of the demo account."""
    return Client(sandbox.url).account(*ME)


def test_counts_are_exact_over_workers(sandbox, account):
    """Quota, faults, reads of a pin and the request log, with requests spread over all workers."""
    token = sandbox.token()
    account.forget_requests()

    account.quota(25, unit="month")
    answers = concurrently(60, lambda n: get(sandbox.url, "/agents", token))
    assert Counter(answer.status for answer in answers) == {200: 25, 429: 35}
    assert sorted(int(answer.headers["quota-used"]) for answer in answers)[:26] == [*range(1, 26), 25]
    account.drop_quota()

    account.fail("queues", *[{"status": 503}] * 7, {"ok": True}, {"status": 502})
    answers = concurrently(40, lambda n: get(sandbox.url, "/queues", token))
    assert Counter(answer.status for answer in answers) == {503: 7, 502: 1, 200: 32}
    assert [fault["remaining"] for fault in account.faults()] == [0]

    account.pin("agents", 40003, reads=9, Agent="Somebody")
    answers = concurrently(40, lambda n: get(sandbox.url, "/agent/logid/40003", token))
    assert sum(b"Somebody" in answer.body for answer in answers) == 9
    assert account.pins() == []

    noted = account.requests()
    assert Counter(entry["operation"] for entry in noted) == {"agents": 60, "queues": 40, "agent": 40}
    assert len({entry["id"] for entry in noted}) == 140


def test_a_write_is_seen_by_the_next_request_to_any_worker(sandbox, account):
    """A clock that one worker sets is read by all of them, at once."""
    account.freeze("2026-11-23T10:00:00+01:00")
    token = sandbox.token()

    for second in range(10, 30):
        at = f"2026-11-23T10:00:{second}+01:00"
        account.freeze(at)
        instants = concurrently(6, lambda n: get(sandbox.url, "/trunks", token).headers["X-Sandbox-Time"], at_a_time=6)
        assert set(instants) == {at}


def test_tokens_agree(sandbox, account):
    """A token of one worker is good at all; taken back at one it is good at none."""
    token = sandbox.token()
    before = concurrently(12, lambda n: get(sandbox.url, "/agents", token).status)

    account.reset("tokens")

    assert set(before) == {200}
    assert set(concurrently(12, lambda n: get(sandbox.url, "/agents", token).status)) == {401}


def test_accounts_are_the_same_at_all_workers(sandbox):
    """An account that one worker makes or deletes exists or is gone at all."""
    made = Client(sandbox.url, sandbox.admin_token).new_account(profile={"agents": 3})
    token = made.token()
    alive = concurrently(9, lambda n: len(get(sandbox.url, "/agents", token).json["DataSet"]["agents"]))

    made.delete()

    assert set(alive) == {3}
    assert set(concurrently(9, lambda n: get(sandbox.url, "/agents", token).status)) == {401}
