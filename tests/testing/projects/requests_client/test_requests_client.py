"""A client that uses requests, with all that the fixtures offer a synchronous test."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from http import HTTPStatus

import pytest
import requests

from kpn_sandbox.testing import Account, RunningSandbox

NOON = datetime(2026, 11, 23, 12)
TOKEN = "/oauth/client_credential/accesstoken?grant_type=client_credentials"


class Dashboard:
    """The application under test: it keeps its token, and tries again when it is told to."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.session = requests.Session()

    def log_in(self) -> None:
        credentials = {"client_id": self.account.client_id, "client_secret": self.account.client_secret}
        answer = self.session.post(self.account.url + TOKEN, data=credentials, timeout=10)
        answer.raise_for_status()
        self.session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def agents(self) -> list[dict[str, str]]:
        for _ in range(4):
            try:
                answer = self.session.get(f"{self.account.url}/agents", timeout=10)
            except requests.ConnectionError:
                continue
            if answer.status_code == HTTPStatus.UNAUTHORIZED:
                self.log_in()
            elif answer.status_code == HTTPStatus.TOO_MANY_REQUESTS:
                self.account.advance(int(answer.headers["Retry-After"]))
            elif answer.ok:
                found: list[dict[str, str]] = answer.json()["DataSet"]["agents"]
                return found
        raise AssertionError("no answer")


@pytest.fixture
def dashboard(kpn_account: Account) -> Iterator[Dashboard]:
    client = Dashboard(kpn_account)
    client.log_in()
    yield client
    client.session.close()


@pytest.mark.kpn_conduct
@pytest.mark.kpn_sandbox(at=NOON, agents=12)
def test_a_token_expires(dashboard: Dashboard, kpn_account: Account) -> None:
    assert len(dashboard.agents()) == 12

    kpn_account.advance(timedelta(hours=1))

    assert len(dashboard.agents()) == 12
    statuses = [each["status"] for each in kpn_account.requests("agents")]
    assert statuses == [200, 401, 200]


def test_failures_are_survived(dashboard: Dashboard, kpn_account: Account) -> None:
    kpn_account.fail("agents", 503, ConnectionError, HTTPStatus.OK)

    assert len(dashboard.agents()) == 50
    kpn_account.assert_faults_used()
    kpn_account.verify("agents", 3)


@pytest.mark.kpn_sandbox(at=NOON)
def test_a_quota_is_kept(dashboard: Dashboard, kpn_account: Account) -> None:
    kpn_account.quota(1, retry_after=True)

    dashboard.agents()
    dashboard.agents()

    assert kpn_account.now() == datetime.fromisoformat("2026-11-23T12:01:00+01:00")


def test_an_account_of_its_own(kpn_sandbox: RunningSandbox) -> None:
    with kpn_sandbox.new_account(scenario="peak", at=NOON, profile={"agents": 5, "queues": 2}) as account:
        account.pin("agents", 40001, Status="AUX", Reason=2)
        dashboard = Dashboard(account)
        dashboard.log_in()

        assert [agent["Reason"] for agent in dashboard.agents()][:1] == ["2"]
        dashboard.session.close()
