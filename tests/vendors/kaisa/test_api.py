"""The controls of an account at Kaisa's API: clock, faults, quota, request log and the Prefer header."""

import pytest

from kpn_sandbox.tenants.accounts import NewAccount
from kpn_sandbox.tenants.faults import FaultPlan, Outcome
from kpn_sandbox.tenants.quota import Quota
from tests.vendors.kaisa.conftest import credentials

CLIENT = "APP_CONSUMER_KEY"
TOTAL = "/widgets/data?type=call_totals"


@pytest.fixture
def sandbox(app):
    return app.extensions["kpn_sandbox"].sandbox


def test_the_default_period_ends_today(sandbox, data):
    """The default period ends on the current date of the account's clock."""
    sandbox.clocks.set(CLIENT, "frozen", at=1_780_000_000)

    assert data("calls_per_day")[-1]["name"] == "2026-05-28"


@pytest.mark.parametrize("status", [400, 403, 404, 405, 429, 500, 503])
def test_a_forced_error_has_kaisas_shape(client, status):
    """A forced error comes before credentials and has `errors`."""
    response = client.get(TOTAL, headers={"Prefer": f"code={status}"})

    assert response.status_code == status and list(response.json) == ["errors"]


def test_a_malformed_preference_is_refused(client):
    """`errors` says what the preference must be."""
    response = client.get(TOTAL, headers={"Prefer": "code=999"})

    assert response.status_code == 400 and response.json["errors"][0].startswith("Preference code must be")


def test_a_fault_happens_once(sandbox, ask):
    """A planned outcome is used up by one request."""
    sandbox.faults.add(CLIENT, FaultPlan(api="kaisa", operation="widgets", outcomes=(Outcome(status=503),)))

    assert [ask(TOTAL).status_code for _ in range(2)] == [503, 200]


def test_a_quota_is_counted(sandbox, ask):
    """A request beyond the quota is 429 in Kaisa's shape."""
    sandbox.quotas.set(CLIENT, Quota(1, 1, "minute", retry_after=True))

    first, second = ask(TOTAL), ask(TOTAL)

    assert (first.status_code, second.status_code, list(second.json)) == (200, 429, ["errors"])
    assert int(second.headers["Retry-After"]) > 0


def test_requests_are_logged_without_secrets(sandbox, ask):
    """The request log has operation and status, and no credentials."""
    ask(TOTAL)

    entry = sandbox.request_log.entries(CLIENT, api="kaisa").entries[-1]
    asked = (entry.operation, entry.path, entry.query, entry.status)
    assert asked == ("widgets", "/widgets/data", "type=call_totals", 200)
    assert entry.headers["Authorization"] == "***"


def test_reserved_numbers_answer_with_their_status(ask):
    """A reserved customer id answers its status, for clients that cannot send headers."""
    assert ask(f"{TOTAL}&customer_id=99503").status_code == 503
    assert ask("/customers/99404").status_code == 404


def test_accounts_are_independent(sandbox, ask):
    """Another account has other customers and other calls."""
    sandbox.accounts.create(NewAccount("other", "secret"))
    ask("/customers", "POST", data={"name": "Mine", "custnr": "1"})

    other = ask("/customers", user="other", password="secret").json

    assert other["customers"] != ask("/customers?custnr=1").json["customers"] and other["total"] > 10_000
    assert other["customers"][0] != ask("/customers").json["customers"][0]


@pytest.mark.shared
@pytest.mark.parametrize("version", ["2.4.9", "3", "v2", "2.4"])
@pytest.mark.parametrize("path", ["/customers?pagesize=2", "/widgets/data?type=call_totals", "/miscellaneous/ping"])
def test_a_version_in_front_changes_nothing(ask, version, path):
    """Clients whose base ends with a version get what others get; their digest is about the path with the version."""
    assert ask(f"/{version}{path}").data == ask(path).data
    assert ask(f"/{version}{path}").status_code == 200


def test_a_digest_is_about_the_version_too(client, challenge):
    """A digest that was made for another path is refused."""
    header = credentials(challenge(), "GET", "/2.4.9/customers")

    assert client.get("/2.4.9/customers/1", headers={"Authorization": header}).status_code == 400


def test_a_versioned_request_meets_faults_and_is_logged(sandbox, ask):
    """Operation, customer id and request log are those of the path without a version."""
    sandbox.faults.add(CLIENT, FaultPlan(api="kaisa", operation="customer", outcomes=(Outcome(status=503),)))
    first = ask("/customers?pagesize=1").json["customers"][0]["customer_id"]

    failed, found = ask(f"/2.4.9/customers/{first}"), ask(f"/2.4.9/customers/{first}")

    assert (failed.status_code, found.json["customers"][0]["customer_id"]) == (503, first)
    assert ask(f"/2.4.9/customers/{first}", "PUT", data={"name": "New"}).json["customers"][0]["name"] == "New"
    assert ask("/2.4.9/customers/99429").status_code == 429
    entry = sandbox.request_log.entries(CLIENT, api="kaisa").entries[-2]
    assert (entry.operation, entry.path) == ("change_customer", f"/2.4.9/customers/{first}")


def test_fields_that_are_not_read_may_be_repeated(ask):
    """Only parameters that the operation reads must not be repeated."""
    assert ask("/customers?pagesize=1&x=1&x=2").status_code == 200
    assert ask("/customers?pagesize=1&pagesize=2").status_code == 400
    form = {"name": "New", "custnr": "7"}
    assert ask("/customers", "POST", data={**form, "pagesize": ["1", "2"]}).status_code == 200
    assert ask("/customers", "POST", data={**form, "name": ["A", "B"]}).status_code == 400
