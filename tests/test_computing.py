"""Long computations are pure: a server may run them in threads while its loop serves others."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import get_ident

import pytest

from kpn_sandbox import caching
from kpn_sandbox.app import create_app
from kpn_sandbox.settings import Settings
from kpn_sandbox.simulation import names

TOKEN_URL = "/oauth/client_credential/accesstoken?grant_type=client_credentials"
CREDENTIALS = ("APP_CONSUMER_KEY", "APP_CONSUMER_SECRET")
ACCOUNT = "/_sandbox/accounts/APP_CONSUMER_KEY"


class Lock:
    """A lock that only the thread of the loop may take."""

    threads: set[int] = set()

    def __enter__(self):
        self.threads.add(get_ident())

    def __exit__(self, *error):
        pass


@pytest.fixture
def ran(tmp_path, monkeypatch):
    """The application whose computations run in another thread, and a list of those that ran."""
    # Caches and names make their locks themselves, and nobody else needs to hand them in.
    monkeypatch.setattr(caching, "Lock", Lock)
    monkeypatch.setattr(names, "Lock", Lock)
    monkeypatch.setattr(Lock, "threads", set())
    file = tmp_path / "sandbox.db"
    computed = []

    def run(compute):
        with closing(sqlite3.connect(file, timeout=0, isolation_level=None)) as other:
            # Fails if the request that waits for the computation has begun to write.
            other.execute("BEGIN IMMEDIATE")
            other.execute("ROLLBACK")
        computed.append(compute)
        return thread.submit(compute).result()

    with ThreadPoolExecutor(1) as thread:
        app = create_app(Settings(database_url=f"sqlite:///{file}", agents=5, seed="computing"), run=run)
        yield app, computed
        app.extensions["kpn_sandbox"].sandbox.database.close()


def test_no_computation_takes_a_lock_or_runs_in_a_transaction(ran):
    """Whatever is asked or changed, days are computed without a cache, and nothing is being written meanwhile."""
    app, computed = ran
    client = app.test_client()

    def control(method, path, body=None):
        response = client.open(ACCOUNT + path, method=method, json=body, auth=CREDENTIALS)
        assert response.status_code in (200, 201, 204), response.text

    def read():
        token = client.post(TOKEN_URL, auth=CREDENTIALS).json["access_token"]
        bearer = {"Authorization": f"Bearer {token}"}
        asked = ["/agents", "/queues", "/trunks", "/agent/logid/40001"]
        assert {client.get(path, headers=bearer).status_code for path in asked} == {200}
        shown = ["/history/days?days=2", "/wallboard/day", "/wallboard/live", "/wallboard/outline", "/wallboard/calls"]
        assert {client.get(path, auth=CREDENTIALS).status_code for path in shown} == {200}
        for path in ("/truth/calls", "/truth/agents/40001", "/truth/intervals", "/truth/schedule", "/customers"):
            control("GET", path)

    read()
    for method, path, body in [
        ("PATCH", "/profile?effective=now", {"load": 1.2}),
        ("PUT", "/scenario?effective=now", {"name": "peak"}),
        ("POST", "/clock/advance", {"seconds": 90_000}),
        ("PUT", "/pins/agents/40001", {"fields": {"Reason": "2"}, "reads": 2}),
        ("PUT", "/snapshot", client.get(f"{ACCOUNT}/snapshot", auth=CREDENTIALS).json),
        ("POST", "/reset", None),
    ]:
        control(method, path, body)
        read()

    assert len(computed) > 10
    assert Lock.threads == {get_ident()}
