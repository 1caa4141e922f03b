"""Databases, for a suite that runs on each kind."""

import pytest
from sqlalchemy import text

from kpn_sandbox.storage import Database


@pytest.fixture
def sqlite_url(tmp_path):
    """The URL of a file that does not exist yet."""
    return f"sqlite:///{tmp_path}/sandbox.db"


@pytest.fixture
def open_database(url):
    """Opens the database once more, as another process would."""
    opened = []

    def one_more():
        opened.append(Database(url))
        return opened[-1]

    yield one_more
    for database in opened:
        database.close()


@pytest.fixture
def database(open_database):
    return open_database()


@pytest.fixture
def count():
    """Counts the generated secrets."""

    def counted(database):
        with database.read() as connection:
            return connection.scalar(text("SELECT COUNT(*) FROM generated_secrets"))

    return counted
