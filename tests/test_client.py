"""The client: every method of the control API, over a socket."""

import socket
import subprocess
import sys
import threading

import pytest

from kpn_sandbox.app import create_app
from kpn_sandbox.client import Client, Rejected, Unreachable
from kpn_sandbox.server.werkzeug_server import make_threaded
from kpn_sandbox.settings import Settings

MONDAY = "2026-11-23T10:00:00+01:00"


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    """A client of a sandbox that serves on a free port."""
    url = f"sqlite:///{tmp_path_factory.mktemp('client')}/sandbox.db"
    app = create_app(Settings(database_url=url, agents=5, admin_token="admin-token"))
    listener = socket.create_server(("127.0.0.1", 0))
    server = make_threaded(app, listener)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    yield Client(f"http://127.0.0.1:{server.port}", "admin-token")
    server.shutdown()
    serving.join()
    server.server_close()
    app.extensions["kpn_sandbox"].sandbox.database.close()


@pytest.fixture
def account(client):
    """A fresh account whose clock stands."""
    return client.new_account(seed="client", profile={"agents": 9}, clock={"mode": "frozen", "at": MONDAY})


@pytest.fixture
def agents(client, account):
    """Asks for the agents as the account; the status of the answer."""
    token = account.token()

    def ask():
        try:
            client.ask("GET", "/agents", f"Bearer {token}")
        except Rejected as refused:
            return refused.status
        return 200

    return ask


def test_accounts_are_made_listed_and_dropped(client, account):
    """The new account knows its secrets; the administrator sees it among the others."""
    assert account.settings["profile"]["agents"] == account.show()["profile"]["agents"] == 9
    assert account.client_id in [each["client_id"] for each in client.accounts()]

    account.delete()

    assert account.client_id not in [each["client_id"] for each in client.accounts()]


def test_the_administrator_needs_no_secret(client, account):
    """But a token takes one."""
    same = client.account(account.client_id)

    assert same.clock() == account.clock()
    with pytest.raises(Rejected, match="a token takes the account's secret"):
        same.token()


def test_a_new_secret_is_used_from_then_on(account):
    """The account goes on knowing its way in."""
    before = account.client_secret

    account.rotate()

    assert account.client_secret != before
    assert account.show()["client_id"] == account.client_id


def test_the_clock_is_turned(account):
    """Frozen, moved on, run fast, and back to the wall's."""
    assert account.freeze(MONDAY) == {"mode": "frozen", "at": MONDAY, "speed": 0}
    assert account.advance(3600)["at"] == account.freeze()["at"] == "2026-11-23T11:00:00+01:00"
    assert account.run(MONDAY, speed=60)["speed"] == 60
    assert (account.run()["speed"], account.clock()["mode"]) == (1, "running")


def test_the_world_is_turned_and_reset(account):
    """Profile and scenario."""
    account.profile(load=2, effective="midnight")
    account.scenario("peak", for_seconds=60)

    assert (account.profile()["load"], account.scenario()["name"]) == (2, "peak")
    assert account.reset("profile") == ["profile"]
    assert "scenario" in account.reset()
    assert (account.profile()["load"], account.scenario()["name"]) == (1, "normal")


def test_objects_are_pinned(account):
    """Set, listed and dropped."""
    account.pin("agents", 40001, Status="AUX", Reason="2", reads=3)

    assert [(pin["key"], pin["reads"]) for pin in account.pins()] == [("40001", 3)]
    account.unpin("agents", 40001)
    account.unpin()
    assert account.pins() == []


def test_requests_fail_as_told(account, agents):
    """In order, or by chance; then all is well again."""
    account.fail("agents", {"status": 503}, {"ok": True})
    assert [agents() for _ in range(3)] == [503, 200, 200]
    assert [fault["remaining"] for fault in account.faults()] == [0]

    account.heal(account.faults()[0]["id"])
    account.fail_sometimes(None, 1.0, {"status": 500}, seed="dice")
    assert agents() == 500

    account.heal()
    assert (agents(), account.faults()) == (200, [])


def test_calls_are_counted(account, agents):
    """Against a quota."""
    account.quota(1, retry_after=True)
    assert [agents(), agents()] == [200, 429]

    account.drop_quota()

    assert agents() == 200


def test_requests_are_looked_at(account, agents):
    """Listed, filtered, exported, judged and forgotten."""
    agents()

    assert [request["operation"] for request in account.requests()] == ["token", "agents"]
    assert [request["status"] for request in account.requests(operation="agents", limit=5)] == [200]
    assert len(account.har()["log"]["entries"]) == 2
    assert account.conduct()["findings"] == []
    account.forget_requests()
    assert account.requests() == []


def test_the_truth_is_told(account):
    """Customers, calls, states, and what was sent in."""
    calls = account.calls(MONDAY.replace("10:", "00:", 1), MONDAY, queue=1000)

    assert calls and {call["queue"] for call in calls} == {1000}
    assert calls == [call for call in account.calls() if call["queue"] == 1000]
    assert account.states(40001)[0]["at"] == "2026-11-23T00:00:00+01:00"
    assert len(account.customers()) == 1000
    assert account.inbox(kpi="sales") == []


def test_a_refusal_says_what_would_be_right(account):
    """In one line, with the status."""
    with pytest.raises(Rejected, match="agents must be a whole number from 1 to 1000") as refused:
        account.profile(agents=0)

    assert refused.value.status == 400


def test_nobody_there_is_told(client):
    """With how to start a sandbox."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"

    with pytest.raises(Unreachable, match="start one with kpn-sandbox serve"):
        Client(url).ready()


def test_the_client_needs_the_standard_library_only():
    """Importing the client loads no other part of the package but the shared words, and no other distribution."""
    program = "import sys; before = set(sys.modules); import kpn_sandbox.client; print(*set(sys.modules) - before)"

    loaded = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout.split()

    ours = {name for name in loaded if name.startswith("kpn_sandbox") and not name.startswith("kpn_sandbox.client")}
    others = {name.split(".")[0] for name in loaded} - {"kpn_sandbox", *sys.stdlib_module_names}
    assert (ours, others) == ({"kpn_sandbox", "kpn_sandbox.literals"}, set())
