"""Precompiled statements on raw connections."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.dialects.sqlite.pysqlite import dialect
from sqlalchemy.exc import IntegrityError

from kpn_sandbox.storage.prepared_statements import PreparedStatements
from kpn_sandbox.storage.tables import generated_secrets
from kpn_sandbox.storage.writer_turns import WriterTurns

KEEP = insert(generated_secrets).values(name=bindparam("name"), value=bindparam("value"))
FIND = select(generated_secrets.c.name, generated_secrets.c.value).where(generated_secrets.c.name == bindparam("name"))
APPEND = (
    update(generated_secrets)
    .where(generated_secrets.c.name == bindparam("of_name"))
    .values(value=generated_secrets.c.value + "x")
    .returning(generated_secrets.c.value)
)


def test_a_statement_is_committed(open_database):
    """A statement of one database is seen by another one, without a commit."""
    here, there = open_database(), open_database()

    here.fetch_one(KEEP, name="one", value="x")

    assert there.fetch_one(FIND, name="one") == ("one", "x")


def test_no_row_is_none(database):
    """A SELECT without rows returns None."""
    assert database.fetch_one(FIND, name="one") is None


def test_a_changed_row_is_returned(open_database):
    """An UPDATE with RETURNING returns the row as it is after the change."""
    here, there = open_database(), open_database()
    here.fetch_one(KEEP, name="one", value="x")

    assert here.fetch_one(APPEND, of_name="one") == ("xx",)
    assert there.fetch_one(APPEND, of_name="one") == ("xxx",)
    assert here.fetch_one(APPEND, of_name="nobody") is None


def test_a_repeated_key_is_an_integrity_error(database):
    """A key that is taken raises IntegrityError, and the connection is usable afterwards."""
    database.fetch_one(KEEP, name="one", value="x")

    with pytest.raises(IntegrityError):
        database.fetch_one(KEEP, name="one", value="y")

    assert database.fetch_one(FIND, name="one") == ("one", "x")


def test_threads_do_not_share_a_connection(open_database):
    """Statements of many threads all run once, each on a connection of its own."""
    databases = open_database(), open_database()
    databases[0].fetch_one(KEEP, name="one", value="")

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda turn: databases[turn % 2].fetch_one(APPEND, of_name="one"), range(200)))

    assert sorted(len(value) for (value,) in answers) == list(range(1, 201))


def test_a_closed_database_opens_itself_again(database):
    """Closing closes only the connections."""
    database.fetch_one(KEEP, name="one", value="x")

    database.close()

    assert database.fetch_one(FIND, name="one") == ("one", "x")


TURNS = WriterTurns(0.0009, pause=lambda seconds: None)
"""Turns with three tries and a last one."""


class FailingConnection:
    """A connection whose first statements fail."""

    def __init__(self, code, tries):
        self.code, self.left, self.real = code, tries, sqlite3.connect(":memory:", isolation_level=None)
        self.real.execute("CREATE TABLE generated_secrets (name TEXT, value TEXT)")

    def execute(self, *statement):
        if self.left:
            self.left -= 1
            error = sqlite3.OperationalError("trouble")
            error.sqlite_errorcode = self.code
            raise error
        return self.real.execute(*statement)

    def close(self):
        self.real.close()


@pytest.mark.parametrize("code", [sqlite3.SQLITE_BUSY, sqlite3.SQLITE_BUSY_RECOVERY, sqlite3.SQLITE_BUSY_SNAPSHOT])
def test_a_busy_file_is_tried_again(code):
    """Every error of a busy file is tried again: of another writer and of a recovery after a crash."""
    connection = FailingConnection(code, tries=3)
    fast = PreparedStatements(dialect(dbapi=sqlite3), lambda: connection, TURNS)

    fast.fetch_all(KEEP, {"name": "one", "value": "x"})

    assert fast.fetch_all(FIND, {"name": "one"}) == [("one", "x")]
    fast.close()


@pytest.mark.parametrize(("code", "tries", "left"), [(sqlite3.SQLITE_FULL, 1, 0), (sqlite3.SQLITE_BUSY, 9, 5)])
def test_other_errors_are_raised_at_once(code, tries, left):
    """A full disk is not tried again, and a busy file only as often as there are pauses."""
    connection = FailingConnection(code, tries)
    fast = PreparedStatements(dialect(dbapi=sqlite3), lambda: connection, TURNS)

    with pytest.raises(sqlite3.OperationalError, match="trouble"):
        fast.fetch_all(KEEP, {"name": "one", "value": "x"})

    assert connection.left == left
