"""Databases for all tests."""

import os
from secrets import token_hex

import pytest

from tests import postgresql as server

# They are to be run beside a sandbox of their own, as the manual tells; the tests of the manual do that.
collect_ignore = ["recipes"]


@pytest.fixture(scope="session")
def postgresql():
    """A PostgreSQL server that runs as long as the tests do."""
    reason = server.missing()
    if reason and os.environ.get("CI") == "true":
        pytest.fail(reason)
    if reason:
        pytest.skip(reason)
    running = server.new_server()
    yield running
    server.remove(running)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    """The URL of an empty database, one of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/sandbox.db"
        return
    running = request.getfixturevalue("postgresql")
    name = f"test_{token_hex(8)}"
    yield running.create(name)
    running.drop(name)
