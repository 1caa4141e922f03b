"""A database of its own for each test, and wall time that is moved by hand."""

import pytest

from kpn_sandbox.control.accounts import Accounts
from kpn_sandbox.control.sandbox import Sandbox
from kpn_sandbox.storage import Database


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
def database(tmp_path):
    database = Database(f"sqlite:///{tmp_path}/sandbox.db")
    yield database
    database.close()


@pytest.fixture
def accounts(database):
    return Accounts(database)


@pytest.fixture
def sandbox(database, wall):
    return Sandbox(database, wall)
