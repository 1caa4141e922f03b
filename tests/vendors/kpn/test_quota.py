"""Quotas at KPN's API."""

import pytest

from kpn_sandbox.tenants.faults import FaultPlan, Outcome
from kpn_sandbox.tenants.quota import Quota
from tests.application import CREDENTIALS, TOKEN_URL

ME = "APP_CONSUMER_KEY"


@pytest.fixture
def limit(sandbox):
    """Give the demo account a quota per minute."""

    def give(limit, **more):
        sandbox.quotas.set(ME, Quota(limit, **more))

    return give


def quota_headers(answer):
    return {name: value for name, value in answer.headers if name.startswith("quota-") or name == "Retry-After"}


def test_every_counted_answer_has_the_quota_headers(get, limit):
    """Limit, window and use are in the headers, also of 404 and 304."""
    limit(3)

    answers = [get("/agents"), get("/agent/logid/1")]
    answers.append(get("/agents", If_None_Match=answers[0].headers["ETag"]))

    assert [answer.status_code for answer in answers] == [200, 404, 304]
    assert [answer.headers["quota-used"] for answer in answers] == ["1", "2", "3"]
    assert quota_headers(answers[0]) == {
        "quota-limit": "3",
        "quota-interval": "1",
        "quota-time-unit": "minute",
        "quota-used": "1",
        "quota-reset-UTC": "2026-11-23T09:01:00Z",
    }


def test_beyond_the_quota_is_kpns_fault(get, limit):
    """The fault has `quota-used` at the limit, and no `Retry-After`."""
    limit(1)
    get("/agents")

    refused = get("/queues")

    assert refused.status_code == 429
    assert refused.json == {
        "fault": {
            "faultstring": "Rate limit quota violation. Quota limit  exceeded. Identifier : _default",
            "detail": {"errorcode": "policies.ratelimit.QuotaViolation"},
        }
    }
    assert (quota_headers(refused)["quota-used"], quota_headers(refused)["quota-limit"]) == ("1", "1")
    assert "Retry-After" not in refused.headers


def test_retry_after_can_be_switched_on(get, limit):
    """With the setting, the fault has the seconds to the next window in `Retry-After`, by the account's clock."""
    limit(1, retry_after=True)
    get("/agents")

    assert get("/agents").headers["Retry-After"] == "60"


def test_the_next_window_begins_anew(get, limit, wall):
    """The count begins anew with the next window of the account's clock."""
    limit(1)
    statuses = [get("/agents").status_code, get("/agents").status_code]

    wall.at += 60

    assert [*statuses, get("/agents").status_code] == [200, 429, 200]


def test_some_requests_are_not_counted(client, get, limit):
    """Requests for tokens, without a good token or with a forced error do not count and have no quota headers."""
    limit(1)

    uncounted = [
        client.post(TOKEN_URL, data=CREDENTIALS),
        client.get("/agents"),
        get("/agents", Prefer="code=503"),
        get("/agents", method="POST"),
    ]

    assert [quota_headers(answer) for answer in uncounted] == [{}] * 4
    assert get("/agents").status_code == 200


def test_a_fault_is_counted(get, limit, sandbox):
    """A request counts before its fault, because the gateway counts and the fault comes from behind it."""
    limit(1)
    sandbox.faults.add(ME, FaultPlan("kpn", outcomes=(Outcome(status=503), Outcome(status=503))))

    assert [get("/agents").status_code for _ in range(2)] == [503, 429]


def test_without_a_quota_there_are_no_quota_headers(get):
    """An account without a quota has no limit and no headers of one."""
    assert quota_headers(get("/agents")) == {}
