"""The short way of plain requests, beside the long way of all others."""

import pytest
from werkzeug.test import Client
from werkzeug.wrappers import Response

from kpn_sandbox.gateway.fast_path import FastPathMiddleware
from kpn_sandbox.tenants.faults import FaultPlan, Outcome
from kpn_sandbox.tenants.quota import Quota

ME = "APP_CONSUMER_KEY"
BASE = "/communication/kpn/dashboard-server"
PLAIN = ("/agents", "/queues", "/trunks", "/agent/logid/40003", "/queue/number/1000", "/trunk/number/1000")
WISHES = ({}, {"Prefer": 'at="2026-07-03T12:00:00+02:00"'}, {"Prefer": "nothing=known"})


class Counter:
    """The long way, counting who comes along."""

    def __init__(self, long_way):
        self.long_way = long_way
        self.seen = 0

    def __call__(self, environ, start_response):
        self.seen += 1
        return self.long_way(environ, start_response)


@pytest.fixture
def long_way(app):
    counter = Counter(app.wsgi_app.long_way)
    app.wsgi_app.long_way = counter
    return counter


def test_the_application_has_a_shortcut(app):
    """It stands before Flask."""
    assert isinstance(app.wsgi_app, FastPathMiddleware)


@pytest.fixture
def get_long(app, token):
    """Asks with a good token, the long way."""

    def ask(path, **headers):
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        client = Client(app.wsgi_app.long_way, Response)
        return client.get(path, headers={"Authorization": f"Bearer {token}", **names})

    return ask


@pytest.mark.parametrize("home", ["", BASE])
@pytest.mark.parametrize("path", PLAIN)
def test_both_ways_give_the_same(get, get_long, long_way, home, path):
    """Status, headers in their order and body, in full and unchanged, now and as of another instant."""
    for wishes in WISHES:
        tag = get(home + path, **wishes).headers["ETag"]
        for headers in ({}, {"If_None_Match": tag}, {"If_Match": tag}):
            long_way.seen = 0
            short = get(home + path, X_Request_Id="same", **headers, **wishes)
            assert long_way.seen == 0
            long = get_long(home + path, X_Request_Id="same", **headers, **wishes)
            assert (short.status, [*short.headers], short.data) == (long.status, [*long.headers], long.data)


@pytest.mark.parametrize("wishes", WISHES)
def test_both_ways_are_noted_alike(get, get_long, sandbox, wishes):
    """Except for the time it took."""
    sandbox.request_log.clear(ME)
    get("/agents?x=1", X_Request_Id="same", **wishes)
    get_long("/agents?x=1", X_Request_Id="same", **wishes)

    short, long = sandbox.request_log.entries(ME).entries
    headers = {**long.headers, "User-Agent": short.headers["User-Agent"]}
    assert short == long._replace(headers=headers, duration_ms=short.duration_ms)


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
def test_what_is_not_plain_goes_the_long_way(get, long_way, path, headers):
    """Whoever wishes, is refused or asks for something else."""
    get(path, **headers)

    assert long_way.seen == 1


def test_an_account_with_something_special_goes_the_long_way(get, long_way, sandbox):
    """A quota, a fault or a pin that counts its readers."""
    sandbox.quotas.set(ME, Quota(100))
    get("/agents")
    sandbox.quotas.remove(ME)
    sandbox.faults.add(ME, FaultPlan("kpn", outcomes=(Outcome(ok=True),)))
    get("/agents")
    sandbox.pins.put(ME, "agents", "40003", {"Agent": "X"}, reads=1)
    get("/queues"), get("/agents")

    assert long_way.seen == 3


def test_a_lock_is_waited_for_once(get, long_way, sandbox, caplog):
    """A failing database is not asked again on the long way."""
    sandbox.database.fetch_one = failing(sandbox.database.fetch_one)

    answer = get("/agents")

    assert (answer.status_code, long_way.seen) == (503, 1)
    assert len(caplog.records) == 1


def failing(row):
    """Lets the first statement pass, the second fail, and no third one happen."""
    left = [row, _busy]

    def once(statement, **values):
        return left.pop(0)(statement, **values)

    return once


def _busy(statement, **values):
    from kpn_sandbox.storage import StorageError

    raise StorageError("database is locked")
