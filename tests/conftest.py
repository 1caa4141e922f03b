"""
Databases and applications for all tests; each application has wall time that is moved by hand, and does not wait.

The tests are run against the code beside them, whatever version of the package is installed. pytest would load the
package's plugin, and with it the installed package, before it reads any of our files; so `setup.cfg` turns the entry
point off and puts this project first, and the plugin is loaded here. Processes that tests start get the same path.
"""

import gc
import os
import shutil
from secrets import token_hex

import pytest

import kpn_sandbox
from kpn_sandbox.app import create_app
from kpn_sandbox.settings import Settings
from kpn_sandbox.storage import Database
from kpn_sandbox.tenants.accounts import NewAccount
from kpn_sandbox.tenants.sandbox import Sandbox
from tests import postgresql as server
from tests.application import CREDENTIALS, TOKEN_URL, CountedApp, Wall, starting
from tests.source import PACKAGE, PROJECT
from tests.tools import skipped

pytest_plugins = ["kpn_sandbox.pytest_plugin"]

NOW = 1_795_424_400.25
"""Wall time of an application until a test moves it: Monday, 2026-11-23, 10:00:00.25 in Amsterdam."""

# They are run beside a sandbox of their own, as the documentation says; its tests do that.
collect_ignore = ["recipes"]


def pytest_configure():
    """Stop where another version of the package was loaded, and let processes that tests start load this one."""
    if kpn_sandbox.__file__ != str(PACKAGE / "__init__.py"):
        raise pytest.UsageError(f"the tests are of {PACKAGE}, but {kpn_sandbox.__file__} was loaded")
    paths = [str(PROJECT), *filter(None, [os.environ.get("PYTHONPATH")])]
    os.environ["PYTHONPATH"] = os.pathsep.join(paths)


def pytest_collection_finish():
    """Keep the garbage collector from looking at all tests again and again, which took a third of their time."""
    gc.collect()
    gc.freeze()


def pytest_terminal_summary(terminalreporter):
    """Say once which tools are missing, in place of a line for each test that needs one."""
    reports = terminalreporter.stats.get("skipped", [])
    for line in skipped(report.longrepr[2] for report in reports):
        terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def postgresql():
    """A PostgreSQL server that runs as long as the tests do."""
    running = server.new_server()
    yield running
    server.remove(running)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def url(request):
    """The URL of an empty database, one of each kind."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_url")
        return
    running = request.getfixturevalue("postgresql")
    name = f"test_{token_hex(8)}"
    yield running.create(name)
    running.drop(name)


@pytest.fixture
def wall():
    return Wall(NOW)


@pytest.fixture
def pauses():
    """The delays that requests asked for, in seconds."""
    return []


@pytest.fixture
def settings():
    """Settings beside the database; override it for others."""
    return {"agents": 12}


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory):
    """A SQLite file with all tables and no rows; a copy is made faster than the tables."""
    file = tmp_path_factory.mktemp("empty") / "sandbox.db"
    Database(f"sqlite:///{file}").close()
    return file


@pytest.fixture
def sqlite_url(tmp_path, empty_database):
    """The URL of an empty database in a file."""
    return f"sqlite:///{shutil.copy(empty_database, tmp_path)}"


@pytest.fixture
def open_sandbox(url, wall):
    """Opens the sandbox on the database once more, as another worker or machine would."""
    opened = []

    def one_more(*kinds, accounts=()):
        opened.append(Database(url))
        sandbox = Sandbox(opened[-1], wall, credential_kinds=kinds)
        for client_id in accounts:
            sandbox.accounts.create(NewAccount(client_id, "secret"))
        return sandbox

    yield one_more
    for database in opened:
        database.close()


@pytest.fixture
def start(sqlite_url, wall, pauses):
    """Start the application, as another worker or another start would."""
    with starting(sqlite_url, wall, pauses) as start:
        yield start


@pytest.fixture(scope="module")
def start_in_module(tmp_path_factory, empty_database):
    """Starts applications that the tests of a module share, whatever they do to them."""
    with starting(
        f"sqlite:///{shutil.copy(empty_database, tmp_path_factory.mktemp('module'))}", Wall(NOW), []
    ) as start:
        yield start


@pytest.fixture(scope="session")
def shared_app(tmp_path_factory, empty_database):
    """The application with these settings that all tests share which change nothing that another one sees."""
    apps = {}

    def app_with(**settings):
        key = tuple(sorted(settings.items()))
        if key not in apps:
            file = shutil.copy(empty_database, tmp_path_factory.mktemp("shared"))
            made = Settings(database_url=f"sqlite:///{file}", **settings)
            apps[key] = create_app(made, wall_clock=Wall(NOW), pause=lambda seconds: None)
        return apps[key]

    yield app_with
    for app in apps.values():
        app.extensions["kpn_sandbox"].sandbox.database.close()


@pytest.fixture
def app(request, start, shared_app, settings):
    """The test's own application; with the marker `shared` one that other tests have used."""
    make = shared_app if request.node.get_closest_marker("shared") else start
    return make(**settings)


@pytest.fixture
def sandbox(app):
    """The accounts and stores of the application, to be changed without the control API."""
    return app.extensions["kpn_sandbox"].sandbox


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture
def framework(app):
    """The application behind the fast path, counting the requests that reach it."""
    fast_path = app.wsgi_app.next_app
    fast_path.next_app = CountedApp(fast_path.next_app)
    return fast_path.next_app


@pytest.fixture
def token(client):
    return client.post(TOKEN_URL, data=CREDENTIALS).json["access_token"]


@pytest.fixture
def get(client, token):
    """Asks with a good token."""

    def ask(path, method="GET", **headers):
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        return client.open(path, method=method, headers={"Authorization": f"Bearer {token}", **names})

    return ask
