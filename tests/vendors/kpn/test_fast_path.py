"""The fast path gives the bytes of the framework, and leaves to it whatever is not cacheable."""

import pytest
from werkzeug.test import Client
from werkzeug.wrappers import Response

from kpn_sandbox.gateway.fast_path import FastPathMiddleware
from kpn_sandbox.gateway.middleware import RequestMiddleware
from kpn_sandbox.storage import StorageError
from kpn_sandbox.tenants.faults import FaultPlan, Outcome
from kpn_sandbox.tenants.pins import Pin
from kpn_sandbox.tenants.quota import Quota

ME = "APP_CONSUMER_KEY"
BASE = "/communication/kpn/dashboard-server"
CACHEABLE = ("/agents", "/queues", "/trunks", "/agent/logid/40003", "/queue/number/1000", "/trunk/number/1000")
PREFERENCES = ({}, {"Prefer": 'at="2026-07-03T12:00:00+02:00"'}, {"Prefer": "nothing=known"})


def test_the_application_begins_with_the_fast_path(app):
    """Only the checks of every request come before the fast path."""
    assert isinstance(app.wsgi_app, RequestMiddleware)
    assert isinstance(app.wsgi_app.next_app, FastPathMiddleware)


@pytest.fixture
def get_by_framework(app, token):
    """Requests with a good token, past the fast path."""

    def ask(path, **headers):
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        client = Client(app.wsgi_app.next_app.next_app, Response)
        return client.get(path, headers={"Authorization": f"Bearer {token}", **names})

    return ask


@pytest.mark.parametrize("home", ["", BASE])
@pytest.mark.parametrize("path", CACHEABLE)
def test_the_fast_path_gives_the_bytes_of_the_framework(get, get_by_framework, framework, home, path):
    """Status, headers in their order and body are equal, for 200 and 304, now and as of another instant."""
    for preference in PREFERENCES:
        tag = get(home + path, **preference).headers["ETag"]
        for headers in ({}, {"If_None_Match": tag}, {"If_Match": tag}):
            framework.requests = 0
            fast = get(home + path, X_Request_Id="same", **headers, **preference)
            assert framework.requests == 0
            full = get_by_framework(home + path, X_Request_Id="same", **headers, **preference)
            assert (fast.status, [*fast.headers], fast.data) == (full.status, [*full.headers], full.data)


@pytest.mark.parametrize("preference", PREFERENCES)
def test_the_request_log_does_not_tell_both_apart(get, get_by_framework, sandbox, preference):
    """The entries of the fast path and of the framework differ in the duration alone."""
    sandbox.request_log.clear(ME)
    get("/agents?x=1", X_Request_Id="same", **preference)
    get_by_framework("/agents?x=1", X_Request_Id="same", **preference)

    fast, full = sandbox.request_log.entries(ME).entries
    headers = {**full.headers, "User-Agent": fast.headers["User-Agent"]}
    assert fast == full._replace(headers=headers, duration_ms=fast.duration_ms)


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/agents", {"method": "HEAD"}),
        ("/agents", {"method": "POST"}),
        ("/agents", {"If_Match": '"other"'}),
        ("/agents", {"X_Mock_Response_Code": "200"}),
        ("/agents", {"Prefer": "delay-ms=0"}),
        ("/agents", {"Prefer": "code=201"}),
        ("/agents", {"Prefer": "at=tomorrow"}),
        ("/agents", {"Authorization": "Bearer other"}),
        ("/agent/logid/99200", {}),
        ("/agent/logid/1", {}),
        ("/agent/logid/x", {}),
        ("/agent/logid", {}),
        ("/agents/40001", {}),
        ("/", {}),
    ],
)
def test_what_is_not_cacheable_is_left_to_the_framework(get, framework, path, headers):
    """Forced statuses, errors, other methods and other paths reach the framework."""
    get(path, **headers)

    assert framework.requests == 1


def test_accounts_with_a_quota_a_fault_or_counted_reads_are_left_to_the_framework(get, framework, sandbox):
    """A quota, a fault and a pin that counts its reads each make a request reach the framework."""
    sandbox.quotas.set(ME, Quota(100))
    get("/agents")
    sandbox.quotas.remove(ME)
    sandbox.faults.add(ME, FaultPlan("kpn", outcomes=(Outcome(ok=True),)))
    get("/agents")
    sandbox.pins.put(ME, Pin("agents", "40003", {"Agent": "X"}, reads_left=1))
    get("/queues"), get("/agents")

    assert framework.requests == 3


def test_a_failing_database_is_asked_once(get, framework, sandbox, caplog):
    """The framework does not ask a database again that has just failed on the fast path."""
    sandbox.database.fetch_one = failing(sandbox.database.fetch_one)

    answer = get("/agents")

    assert (answer.status_code, framework.requests) == (503, 1)
    assert len(caplog.records) == 1


def test_a_bug_on_the_fast_path_is_logged(app, token, sandbox, caplog):
    """An exception that the fast path does not expect is logged once, and the framework answers."""
    broken = FastPathMiddleware(app.wsgi_app.next_app, sandbox, {"/agents": lambda *request: 1 / 0})

    response = Client(broken, Response).get("/agents", headers={"Authorization": f"Bearer {token}"})

    assert response.status_code == 200
    assert [record.exc_info[0] for record in caplog.records] == [ZeroDivisionError]


def test_an_account_with_a_quota_is_authenticated_once(get, sandbox):
    """The framework takes over the account that the fast path has authenticated."""
    sandbox.quotas.set(ME, Quota(100))
    get("/agents")
    counted = []
    versions = sandbox.database.fetch_one

    def count(statement, **values):
        counted.append(str(statement).split(" FROM ")[0])
        return versions(statement, **values)

    sandbox.database.fetch_one = count
    get("/agents")

    assert len([each for each in counted if "version" in each]) == 1


def failing(row):
    """Lets the first statement pass, the second fail, and no third one happen."""
    left = [row, _busy]

    def once(statement, **values):
        return left.pop(0)(statement, **values)

    return once


def _busy(statement, **values):
    raise StorageError("database is locked")
