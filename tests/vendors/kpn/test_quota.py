"""A quota, as the dashboard's callers meet it."""

import pytest

from kpn_sandbox.tenants.faults import FaultPlan, Outcome
from kpn_sandbox.tenants.quota import Quota
from tests.application import CREDENTIALS, TOKEN_URL

ME = "APP_CONSUMER_KEY"


@pytest.fixture
def limit(sandbox):
    """Gives the demo account a quota per minute."""

    def give(limit, **more):
        sandbox.quotas.set(ME, Quota(limit, **more))

    return give


def told(answer):
    return {name: value for name, value in answer.headers if name.startswith("quota-") or name == "Retry-After"}


def test_every_counted_answer_tells_the_quota(get, limit):
    """Limit, window and what was used of it, also when nothing was found or nothing has changed."""
    limit(3)

    answers = [get("/agents"), get("/agent/logid/1")]
    answers.append(get("/agents", If_None_Match=answers[0].headers["ETag"]))

    assert [answer.status_code for answer in answers] == [200, 404, 304]
    assert [answer.headers["quota-used"] for answer in answers] == ["1", "2", "3"]
    assert told(answers[0]) == {
        "quota-limit": "3",
        "quota-interval": "1",
        "quota-time-unit": "minute",
        "quota-used": "1",
        "quota-reset-UTC": "2026-11-23T09:01:00Z",
    }


def test_beyond_the_quota_is_kpns_fault(get, limit):
    """With `quota-used` at the limit, and without a `Retry-After`."""
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
    assert (told(refused)["quota-used"], told(refused)["quota-limit"]) == ("1", "1")
    assert "Retry-After" not in refused.headers


def test_who_wishes_is_told_when_to_come_again(get, limit):
    """In seconds to the next window, by the account's clock."""
    limit(1, retry_after=True)
    get("/agents")

    assert get("/agents").headers["Retry-After"] == "60"


def test_the_next_window_begins_anew(get, limit, wall):
    """By the account's clock."""
    limit(1)
    statuses = [get("/agents").status_code, get("/agents").status_code]

    wall.at += 60

    assert [*statuses, get("/agents").status_code] == [200, 429, 200]


def test_what_is_not_counted(client, get, limit):
    """Requests for tokens, with no good token, and those with a wished refusal; they tell no quota either."""
    limit(1)

    uncounted = [
        client.post(TOKEN_URL, data=CREDENTIALS),
        client.get("/agents"),
        get("/agents", Prefer="code=503"),
        get("/agents", method="POST"),
    ]

    assert [told(answer) for answer in uncounted] == [{}] * 4
    assert get("/agents").status_code == 200


def test_a_fault_is_counted(get, limit, sandbox):
    """The quota is the gateway's, the fault comes from behind it."""
    limit(1)
    sandbox.faults.add(ME, FaultPlan("kpn", outcomes=(Outcome(status=503), Outcome(status=503))))

    assert [get("/agents").status_code for _ in range(2)] == [503, 429]


def test_without_a_quota_nothing_is_told(get):
    """No header, no limit."""
    assert told(get("/agents")) == {}
