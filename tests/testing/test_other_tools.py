"""The sandbox in a process whose tests seed random numbers, fake the file system or move the time."""

import random
import time
from datetime import UTC, datetime, timedelta
from urllib.error import HTTPError
from urllib.request import urlopen

import faker.generator
import freezegun
import numpy
import pytest
import time_machine
from pyfakefs.fake_filesystem_unittest import Patcher

from kpn_sandbox.client import NotAsExpected
from kpn_sandbox.testing import running

PAGES = ("/", "/docs", "/console", "/wallboard", "/history", "/panel", "/openapi/kpn.json", "/openapi/sandbox.json")
FILES = ("/assets/base.css", "/assets/console.js", "/docs/assets/swagger-ui.css")
NOON = datetime(2026, 11, 23, 11, tzinfo=UTC)


@pytest.fixture(scope="module")
def sandbox():
    """A sandbox in this process."""
    with running() as sandbox:
        yield sandbox


def status(url):
    try:
        with urlopen(url, timeout=10) as response:
            return response.status if response.read() else 0
    except HTTPError as error:
        with error:
            return error.code


def use_everything(sandbox, **settings):
    """Ask an account of the sandbox for a bit of everything; the statuses of the last requests."""
    account = sandbox.new_account(agents=5, **settings)
    account.profile(locale="de_DE", effective="now")
    account.fail_sometimes("trunks", 0.5, 503)
    account.pin("agents", 40001, Status="AUX")
    for path in (*PAGES, *FILES):
        status(sandbox.url + path)
    for asked in (account.customers, account.calls, account.intervals, account.schedule, account.har, account.conduct):
        asked()
    for _ in range(30):
        account.get("/trunks")
    account.rotate()
    account.reset()
    return [account.get(path).status for path in ("/agents", "/queues", "/trunks")]


def test_random_numbers_of_the_process_are_left_alone(sandbox):
    """A test that has seeded `random` or NumPy draws the same numbers, whatever the sandbox is asked meanwhile."""
    random.seed(1)
    numpy.random.seed(1)
    before = random.getstate(), str(numpy.random.get_state()), faker.generator.random.getstate()

    for _ in range(3):
        assert use_everything(sandbox) == [200, 200, 200]

    assert (random.getstate(), str(numpy.random.get_state()), faker.generator.random.getstate()) == before


def test_a_faked_file_system_hides_nothing(sandbox):
    """Where pyfakefs has replaced the files of a test, pages, names and the database are there."""
    with Patcher():
        assert [status(sandbox.url + path) for path in (*PAGES, *FILES)] == [200] * len(PAGES + FILES)
        assert use_everything(sandbox, profile={"locale": "en_GB"}) == [200, 200, 200]
        assert [status(f"{sandbox.url}/assets/{name}") for name in ("none.css", "..css", "%2e%2e", "base")] == [404] * 4


def stopped_by_freezegun():
    return freezegun.freeze_time(NOON)


def stopped_by_time_machine():
    return time_machine.travel(NOON, tick=False)


@pytest.mark.parametrize("stopped", [stopped_by_freezegun, stopped_by_time_machine])
def test_a_running_clock_follows_the_time_of_the_process(sandbox, stopped):
    """Accounts whose clock runs show the time that a test has set; waits still end, and a frozen clock stands."""
    with stopped():
        account = sandbox.new_account()
        shown = account.clock()["at"]
        account.fail("agents", {"delay_ms": 20})
        served = account.get("/agents").status
        with pytest.raises(NotAsExpected):
            account.wait_for("queues", timeout=timedelta(milliseconds=100))
        frozen = account.freeze(datetime.now(UTC) + timedelta(hours=1))["at"]

    assert (shown, served) == ("2026-11-23T12:00:00+01:00", 200)
    assert account.clock()["at"] == frozen == "2026-11-23T13:00:00+01:00"
    assert abs(datetime.fromisoformat(account.run()["at"]).timestamp() - time.time()) < 60
