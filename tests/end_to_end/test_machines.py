"""Two sandboxes on one PostgreSQL behind one nginx, as on two machines."""

import signal
from collections import Counter

import pytest

from kpn_sandbox.client import Client

from .callers import concurrently, get
from .nginx import balanced

pytestmark = pytest.mark.slow

ME = ("APP_CONSUMER_KEY", "APP_CONSUMER_SECRET")


@pytest.fixture
def machines(start_on, postgresql):
    """Two sandboxes on one new database."""
    database = postgresql.create("machines")
    yield [start_on(database, "--agents", "12", "--workers", "2") for _ in range(2)]
    postgresql.drop("machines")


@pytest.fixture
def front(machines, tmp_path):
    """The URL that users know."""
    with balanced([machine.url for machine in machines], tmp_path) as url:
        yield url


def test_two_machines_are_one_sandbox(machines, front):
    """Accounts, tokens, pins, quota and request log agree, whichever machine answers."""
    made = Client(front, machines[0].admin_token).new_account(profile={"agents": 5})
    token = made.token()
    made.freeze()
    assert Client(machines[1].url).account(*ME).show()["client_id"] == ME[0]

    bodies = {get(url, "/agents", token).body for url in (front, front, *(machine.url for machine in machines))}
    assert len(bodies) == 1

    made.forget_requests()
    made.pin("agents", 40001, reads=4, Agent="Somebody")
    made.quota(10, unit="month")
    answers = concurrently(30, lambda n: get(front, "/agent/logid/40001", token))

    assert Counter(answer.status for answer in answers) == {200: 10, 429: 20}
    assert sum(b"Somebody" in answer.body for answer in answers) == 4
    assert {entry["id"] for entry in made.requests()} == {answer.headers["X-Request-Id"] for answer in answers}
    assert made.conduct()["findings"][0]["count"] == 20


def test_when_one_machine_dies_the_other_goes_on(machines, front):
    """The other machine answers every request, with the same tokens and pins."""
    account = Client(front).account(*ME)
    token = account.token()
    account.pin("queues", 1000, InQueueCalls="77")
    before = concurrently(8, lambda n: get(front, "/queue/number/1000", token).status)

    machines[0].stop(group=True, by=signal.SIGKILL)
    after = concurrently(24, lambda n: get(front, "/queue/number/1000", token))

    assert {*before, *(answer.status for answer in after)} == {200}
    assert {answer.json["DataSet"]["queue"]["InQueueCalls"] for answer in after} == {"77"}
    assert account.token() != token
    assert len(account.requests(operation="queue")) == 32
