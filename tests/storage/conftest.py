"""One suite for all databases."""

import os

import pytest
from sqlalchemy import create_engine, text

from kpn_sandbox.storage import Database
from kpn_sandbox.storage.tables import metadata

POSTGRESQL = "KPN_SANDBOX_TEST_POSTGRESQL_URL"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    """The URL of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/sandbox.db"
    if POSTGRESQL not in os.environ:
        pytest.skip(f"{POSTGRESQL} names no PostgreSQL database that may be emptied")
    engine = create_engine(os.environ[POSTGRESQL])
    metadata.drop_all(engine)
    engine.dispose()
    return os.environ[POSTGRESQL]


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
    """Counts the kept values."""

    def counted(database):
        with database.read() as connection:
            return connection.scalar(text("SELECT COUNT(*) FROM kept"))

    return counted
