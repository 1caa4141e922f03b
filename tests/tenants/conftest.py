"""Two sandboxes on one database, as two workers or machines have it, and wall time that is moved by hand."""

import pytest

from kpn_sandbox.storage import Database
from kpn_sandbox.tenants.accounts import NewAccount
from kpn_sandbox.tenants.sandbox import Sandbox


class Wall:
    """Wall time that stands until it is moved."""

    def __init__(self, at):
        self.at = at

    def __call__(self):
        return self.at


@pytest.fixture
def wall():
    return Wall(1_795_424_400.25)


@pytest.fixture
def start(url, wall):
    """Starts a sandbox on the database once more."""
    opened = []

    def one_more():
        opened.append(Database(url))
        return Sandbox(opened[-1], wall)

    yield one_more
    for database in opened:
        database.close()


@pytest.fixture
def sandbox(start):
    return start()


@pytest.fixture
def other(start):
    """The sandbox of another worker or machine on the same database."""
    return start()


@pytest.fixture
def database(sandbox):
    return sandbox.database


@pytest.fixture
def accounts(sandbox):
    return sandbox.accounts


@pytest.fixture
def anna(sandbox):
    """The client id of an account."""
    return sandbox.accounts.create(NewAccount("anna", "secret")).account.client_id
