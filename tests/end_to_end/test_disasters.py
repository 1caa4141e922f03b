"""Disasters: nothing acknowledged is lost, and the service recovers by itself."""

import signal
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPException
from threading import Event, Thread

import pytest

from kpn_sandbox.client import Client, Rejected
from kpn_sandbox.storage import Database
from tests import postgresql as server

from .callers import concurrently, get
from .small_disk import scarce

pytestmark = pytest.mark.slow

ME = ("APP_CONSUMER_KEY", "APP_CONSUMER_SECRET")
UNAVAILABLE = "messaging.adaptors.http.flow.ServiceUnavailable"


def ask_until(sandbox, token, answered, stop):
    """Ask until `stop` is set, and keep the id of each answer."""
    while not stop.is_set():
        try:
            answered.append(get(sandbox.url, "/agents", token).headers["X-Request-Id"])
        except (OSError, HTTPException):
            # A worker was killed before it answered or while it did; no client was told of a success.
            pass


def test_killing_a_worker_loses_nothing_acknowledged(start):
    """Every request that was answered is in the request log, and the master starts another worker."""
    sandbox = start("--workers", "2", "--agents", "5")
    account, token = Client(sandbox.url).account(*ME), sandbox.token()
    answered, stop = [], Event()
    callers = [Thread(target=ask_until, args=(sandbox, token, answered, stop)) for _ in range(4)]
    for caller in callers:
        caller.start()

    for _ in range(3):
        asked = len(answered)
        killed = sandbox.kill_worker()
        while len(answered) < asked + 60 or len(sandbox.processes()) < 3 or killed in sandbox.processes():
            time.sleep(0.01)
    stop.set()
    for caller in callers:
        caller.join()

    noted = {entry["id"] for entry in account.requests()}
    # The request log keeps a thousand, among them those whose answer was lost.
    assert len(answered) >= 180 and set(answered[-900:]) <= noted


def test_killing_everything_loses_nothing_acknowledged(start):
    """Pins, quota, faults and the request log are there after the next start."""
    sandbox = start("--agents", "5")
    account, token = Client(sandbox.url).account(*ME), sandbox.token()
    account.pin("agents", 40001, reads=5, Agent="Somebody")
    account.quota(100, unit="month")
    account.fail("queues", {"status": 503}, {"status": 502})
    ids = [get(sandbox.url, path, token).headers["X-Request-Id"] for path in ("/agents", "/agents", "/queues")]

    sandbox.stop(group=True, by=signal.SIGKILL)
    again = start("--agents", "5")
    account = Client(again.url).account(*ME)

    assert [entry["id"] for entry in account.requests()][-3:] == ids
    assert [pin["reads"] for pin in account.pins()] == [3]
    assert [fault["remaining"] for fault in account.faults()] == [1]
    assert get(again.url, "/queues", token).headers["quota-used"] == "4"


def test_a_full_disk_is_reported_and_recovered_from(start_on, tmp_path):
    """Requests get 503 in the shape of their API; when there is space again they are answered, and nothing is lost."""
    with scarce(tmp_path) as disk:
        sandbox = start_on(f"sqlite:///{tmp_path}/sandbox.db", "--agents", "5")
        account, token = Client(sandbox.url).account(*ME), sandbox.token()
        account.pin("agents", 40001, Agent="Somebody")

        disk.fill(sandbox.processes())
        full = _until_refused(lambda: get(sandbox.url, "/agents", token))
        with pytest.raises(Rejected, match="503"):
            account.pin("agents", 40002, Agent="x" * 30_000)
        disk.empty(sandbox.processes())
        healed = get(sandbox.url, "/agent/logid/40001", token)
        account.pin("agents", 40002, Agent="Another")
        sandbox.stop()

    assert full.json["fault"]["detail"]["errorcode"] == UNAVAILABLE
    assert (healed.status, healed.json["DataSet"]["agent"]["Agent"]) == (200, "Somebody")


def _until_refused(ask):
    """The first refusal; the request log may have had a little space left."""
    for _ in range(5000):
        answer = ask()
        if answer.status != 200:
            return answer
    raise AssertionError("nothing was refused")


def test_a_disk_that_cannot_be_written_to_is_reported_at_the_start(start_on, tmp_path):
    """The start ends with one line and exit code 2."""
    with scarce(tmp_path) as disk:
        start_on(f"sqlite:///{tmp_path}/sandbox.db").stop()

        disk.lock()
        refused = start_on(f"sqlite:///{tmp_path}/sandbox.db")
        code, _, errors = refused.stop()

    assert code == 2
    assert errors.count("\n") == 1 and "sandbox.db cannot be used" in errors


@pytest.mark.parametrize("replaced", [False, True])
def test_a_deleted_or_replaced_file_takes_no_writes(start, tmp_path, replaced):
    """Nothing is acknowledged that would be lost: requests and `ready` are 503, and say why; health is fine."""
    sandbox = start("--agents", "5", "--workers", "2")
    account, token = Client(sandbox.url).account(*ME), sandbox.token()
    (tmp_path / "sandbox.db").unlink()
    if replaced:
        Database(f"sqlite:///{tmp_path}/sandbox.db").close()

    answers = concurrently(8, lambda n: get(sandbox.url, "/agents", token))
    with pytest.raises(Rejected, match="503"):
        account.pin("agents", 40001, Agent="Somebody")
    with pytest.raises(Rejected, match="503.*its file (is gone|was replaced)"):
        Client(sandbox.url).ready()

    assert {answer.status for answer in answers} == {503}
    assert get(sandbox.url, "/_sandbox/health", token).status == 200
    assert (tmp_path / "sandbox.db").exists() == replaced


def test_a_stop_leaves_one_file(start, tmp_path):
    """After SIGTERM everything is in the database's file, which only its owner may read."""
    sandbox = start("--agents", "5", "--workers", "2")
    token = sandbox.token()
    concurrently(20, lambda n: get(sandbox.url, "/agents", token))

    code, _, errors = sandbox.stop()

    assert (code, errors) == (0, "")
    assert [path.name for path in tmp_path.iterdir()] == ["sandbox.db"]
    assert (tmp_path / "sandbox.db").stat().st_mode & 0o777 == 0o600


def test_a_running_account_does_not_begin_anew(start):
    """A start with other settings ends with exit code 2 and one line; it may begin after a kill, and says why."""
    running = start("--agents", "5")

    code, _, errors = start("--agents", "6").stop()
    running.stop(group=True, by=signal.SIGKILL)
    again = start("--agents", "6")
    _, _, said = again.stop()

    assert (code, errors.count("\n")) == (2, 1)
    assert "--agents was 5 and is 6 now" in errors and "--force" in errors
    assert said == "kpn-sandbox: account APP_CONSUMER_KEY begins anew: --agents was 5 and is 6 now\n"


def test_a_locked_file_is_reported_and_recovered_from(start, tmp_path):
    """A lock that is held for longer than a writer waits makes the service unavailable until it is released."""
    sandbox = start("--agents", "5", "--workers", "2")
    account, token = Client(sandbox.url).account(*ME), sandbox.token()

    with closing(sqlite3.connect(tmp_path / "sandbox.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        answers = concurrently(8, lambda n: get(sandbox.url, "/agents", token))
        took = time.monotonic() - began
        with pytest.raises(Rejected, match="503"):
            account.freeze()
        other.execute("ROLLBACK")

    assert {(answer.status, answer.json["fault"]["detail"]["errorcode"]) for answer in answers} == {(503, UNAVAILABLE)}
    assert took < 9
    assert get(sandbox.url, "/agents", token).status == 200
    account.freeze()


@pytest.mark.usefixtures("postgresql")
def test_a_database_that_goes_away_is_reported_and_recovered_from(start_on):
    """A database server that is stopped and started again is used again, without a new start of the sandbox."""
    database = server.new_server()
    try:
        sandbox = start_on(database.create("sandbox"), "--agents", "5", "--workers", "2")
        account, token = Client(sandbox.url).account(*ME), sandbox.token()
        account.pin("agents", 40001, Agent="Somebody")
        concurrently(20, lambda n: get(sandbox.url, "/agents", token))

        database.stop()
        gone = concurrently(20, lambda n: get(sandbox.url, "/agents", token))
        with pytest.raises(Rejected, match="503"):
            Client(sandbox.url).ready()
        with pytest.raises(Rejected, match="503"):
            account.freeze()
        with pytest.raises(Rejected, match="503"):
            account.token()
        database.start()
        back = concurrently(20, lambda n: get(sandbox.url, "/agent/logid/40001", token))
        account.freeze()
        sandbox.stop()
    finally:
        server.remove(database)

    assert {(answer.status, answer.json["fault"]["detail"]["errorcode"]) for answer in gone} == {(503, UNAVAILABLE)}
    assert {(answer.status, answer.json["DataSet"]["agent"]["Agent"]) for answer in back} == {(200, "Somebody")}


@pytest.mark.usefixtures("postgresql")
def test_a_silent_database_stops_no_other_request(start_on):
    """While PostgreSQL does not answer, requests that need it get 503 in time, and others their response at once."""
    database = server.new_server()
    try:
        sandbox = start_on(database.create("sandbox"), "--agents", "5")
        token = sandbox.token()
        concurrently(20, lambda n: get(sandbox.url, "/agents", token))

        database.signal(signal.SIGSTOP)
        began = time.monotonic()
        with ThreadPoolExecutor(40) as pool:
            silent = [pool.submit(get, sandbox.url, "/agents", token) for _ in range(40)]
            time.sleep(0.5)
            asked = time.monotonic()
            health = get(sandbox.url, "/_sandbox/health", token)
            took = time.monotonic() - asked
        waited = time.monotonic() - began
        database.signal(signal.SIGCONT)
        back = get(sandbox.url, "/agents", token)
        sandbox.stop()
    finally:
        server.remove(database)

    assert {answer.result().status for answer in silent} == {503}
    assert (health.status, back.status) == (200, 200)
    assert took < 2 and waited < 30
