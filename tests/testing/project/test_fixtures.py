"""Every fixture, every method of an account, the marker and the options, in a project that has only the package."""

from datetime import UTC, datetime

import pytest

from kpn_sandbox.client import Rejected, Unreachable
from kpn_sandbox.testing import Account, Response, RunningSandbox

NOON = "2026-11-23T12:00:00+01:00"


def agents(account: Account) -> list[dict[str, str]]:
    return account.get("/agents")["DataSet"]["agents"]


def test_options_and_fixture_choose_the_account(account):
    """The account is as the ini options say, and the overridden fixture goes before them."""
    shown = account.show()

    assert (shown["scenario"], shown["seed"]) == ("calm", "project")
    assert shown["clock"] == {"mode": "frozen", "at": "2026-11-23T09:00:00+01:00", "speed": 0, "tokens": "account"}
    assert (shown["profile"]["agents"], shown["profile"]["queues"]) == (8, 2)


@pytest.mark.kpn_sandbox(scenario="peak", at=datetime(2026, 11, 23, 11, tzinfo=UTC), agents=5, seed="mine")
class TestMarker:
    """The marker goes before fixture and options."""

    def test_the_marker_chooses_the_account(self, account):
        """Each option of the marker changes the account."""
        shown = account.show()

        assert (shown["scenario"], shown["seed"], shown["profile"]["agents"]) == ("peak", "mine", 5)
        assert shown["clock"]["at"] == "2026-11-23T12:00:00+01:00"

    @pytest.mark.kpn_sandbox(agents=6, client_id="somebody", client_secret="hush", clock={"mode": "running"})
    def test_the_nearest_marker_wins(self, account):
        """The nearest marker goes first; its missing options come from the next one."""
        shown = account.show()

        assert (account.client_id, account.client_secret) == ("somebody", "hush")
        assert (shown["profile"]["agents"], shown["seed"], shown["clock"]["mode"]) == (6, "mine", "running")


def test_the_server_has_the_chosen_settings(kpn_sandbox: RunningSandbox, account):
    """The server has the settings that the overridden fixture returns."""
    token = account.get("/api/agents", token=account.token())

    assert token.status == 200
    assert kpn_sandbox.url == account.url and len(kpn_sandbox.admin_token) > 20


def test_a_response_is_a_dictionary_and_more(account):
    """A response is its JSON object, and has body, status and headers as attributes."""
    response = account.get("/agents", headers={"Prefer": "delay-ms=1"})

    assert isinstance(response, Response) and response.json() == response
    assert (response.status, response.status_code, response.headers["api-version"]) == (200, 200, "1.0")
    assert response.content.decode() == response.text
    assert response.headers["Preference-Applied"] == "delay-ms=1"


def test_an_error_is_a_response(account):
    """Any status is a response and is not raised; only a missing response is an error."""
    account.fail("agents", 503, "reset")

    assert account.get("/agents").status == 503
    with pytest.raises(Unreachable):
        account.get("/agents")
    assert account.get("/agents", token="nobody's").status == 401
    account.fail("token", 500)
    account.reset("tokens")
    assert account.get("/agents").status == 500


def test_the_clock_is_the_tests(account):
    """A test freezes, advances and runs the account's clock, and the account renews its token when it has expired."""
    account.freeze(NOON)
    assert agents(account) == agents(account)

    assert account.advance(3600)["at"] == "2026-11-23T13:00:00+01:00"
    assert len(agents(account)) == 8
    assert account.run(NOON, speed=60)["speed"] == 60
    assert account.clock()["mode"] == "running"


def test_the_center_is_changed(account):
    """Scenario, profile, pins and captured answers change what the sandbox answers."""
    account.scenario("busy")
    account.profile(agents=4)
    account.pin("agents", 40001, Status="AUX", Reason="2")

    assert account.scenario()["name"] == "busy"
    assert len(agents(account)) == 4 and agents(account)[0]["Reason"] == "2"
    account.unpin("agents")
    assert account.pins() == []
    account.load({"pins": [{"kind": "queues", "key": "1000", "fields": {"Name": "Sales"}}]})
    assert account.get("/queue/number/1000")["DataSet"]["queue"]["Name"] == "Sales"
    account.reset("pins", "profile")
    assert len(agents(account)) == 8


def test_faults_are_counted(account):
    """Unused outcomes are listed and asserted on; a fault that repeats has none."""
    account.fail("queues", 503, "ok")
    account.fail(None, {"delay_ms": 1}, repeat=True)
    account.fail_sometimes("trunks", 0.5, {"status": 500}, seed="dice")

    with pytest.raises(AssertionError, match="queues of kpn: 2 outcomes left"):
        account.assert_faults_used()
    assert [account.get("/queues").status for _ in range(2)] == [503, 200]
    account.assert_faults_used()
    account.heal()
    assert account.faults() == []


def test_a_quota_counts(account):
    """Calls beyond the quota are answered with 429."""
    account.quota(1)

    assert [account.get("/queues").status for _ in range(2)] == [200, 429]
    account.drop_quota()
    assert account.get("/queues").status == 200


def test_the_clients_requests_are_listed(account):
    """Request log, conduct, archive, replay line and the calls behind the counters are at hand."""
    account.freeze(NOON)
    response = account.get("/trunks")

    assert [each["status"] for each in account.requests(operation="trunks")] == [200]
    assert account.conduct()["findings"] == []
    assert len(account.har()["log"]["entries"]) == 2
    assert account.replay() == response.headers["X-Sandbox-Replay"]
    assert account.calls() and account.customers() and account.states(40001) is not None


def test_more_accounts_never_meet(kpn_sandbox: RunningSandbox, account):
    """Each account has a state of its own; a dropped one is deleted."""
    other = kpn_sandbox.new_account(at=NOON, agents=3, profile={"queues": 1}, scenario="peak", seed="other")
    account.pin("agents", 40001, Agent="Pinned")

    assert len(agents(other)) == 3 and agents(other)[0]["Agent"] != "Pinned"
    kpn_sandbox.drop(other)
    with pytest.raises(Rejected):
        other.show()
