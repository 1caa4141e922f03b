"""Opening, reading and writing a database, the same on every kind."""

import multiprocessing
import signal
import sqlite3
import time

import pytest
from sqlalchemy import bindparam, create_engine, func, insert, select, text
from sqlalchemy.exc import IntegrityError

from kpn_sandbox.storage import Database, LockedError, StorageError
from kpn_sandbox.storage.tables import generated_secrets, tokens
from tests.application import TOKEN_ROW
from tests.postgresql import new_server, remove

COUNT = select(func.count()).select_from(generated_secrets)
ONE = select(generated_secrets.c.value).where(generated_secrets.c.name == bindparam("name"))
KEEP = insert(generated_secrets).values(name=bindparam("name"), value=bindparam("value"))


def store(database, name):
    with database.write() as connection:
        connection.execute(insert(generated_secrets).values(name=name, value="x"))


def store_many(url, names):
    database = Database(url)
    for name in names:
        store(database, name)
    database.close()


def test_a_write_is_read_by_others(open_database, count):
    """A committed write is seen by the next reader on any connection."""
    here, there = open_database(), open_database()

    store(here, "one")

    assert count(there) == 1


def test_a_failed_transaction_leaves_nothing(database, count):
    """A transaction is written as a whole or not at all."""
    with pytest.raises(ZeroDivisionError), database.write() as connection:
        connection.execute(insert(generated_secrets).values(name="one", value="x"))
        1 / 0

    assert count(database) == 0


def test_a_reader_sees_one_moment(open_database):
    """All statements of a reader see the same moment, whatever is written meanwhile."""
    here, there = open_database(), open_database()
    store(here, "one")

    with here.read() as connection:
        before = connection.scalar(COUNT)
        store(there, "two")
        meanwhile = connection.scalar(COUNT)
    with here.read() as connection:
        after = connection.scalar(COUNT)

    assert (before, meanwhile, after) == (1, 1, 2)


def test_a_repeated_key_is_an_integrity_error(database):
    """A row with a key that is taken raises IntegrityError, which is no failure of the database."""
    store(database, "one")

    with pytest.raises(IntegrityError):
        store(database, "one")


def test_a_row_needs_its_account(database):
    """A token without its account raises IntegrityError."""
    row = {"digest": "d", "client_id": "nobody", **TOKEN_ROW}

    with pytest.raises(IntegrityError), database.write() as connection:
        connection.execute(insert(tokens).values(row))


def test_a_closed_database_opens_itself_again(database, count):
    """Closing, as is done before a fork, closes only the connections."""
    store(database, "one")
    database.close()

    store(database, "two")

    assert count(database) == 2


def test_a_check_writes(tmp_path):
    """The check of a database is a write, so it fails where others can only read."""
    database = Database(f"sqlite:///{tmp_path}/sandbox.db", busy_seconds=0.05)
    other = sqlite3.connect(tmp_path / "sandbox.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with database.read() as connection:
        connection.execute(COUNT)
    with pytest.raises(LockedError):
        database.check()
    other.close()
    database.check()
    database.close()


def test_whoever_opens_a_database_learns_of_others(open_database, url):
    """A database is open elsewhere as long as somebody else has it open, connected or not."""
    first = open_database()
    first.disconnect()
    second = open_database()
    first.close()
    third = open_database()
    second.close()
    third.close()
    fourth = open_database()

    assert [each.is_open_elsewhere for each in (first, second, third, fourth)] == [False, True, True, False]


def hold_open(url, opened):
    database = Database(url)
    database.disconnect()
    opened.set()
    time.sleep(600)


@pytest.mark.slow
def test_a_killed_process_has_nothing_open(url, open_database):
    """A process that is killed has its database open until then, and not afterwards."""
    spawn = multiprocessing.get_context("spawn")
    opened = spawn.Event()
    holder = spawn.Process(target=hold_open, args=(url, opened))
    holder.start()
    opened.wait(60)

    meanwhile = open_database()
    meanwhile.close()
    holder.kill()
    holder.join()
    # PostgreSQL takes a moment to notice.
    afterwards = [open_database() for _ in range(1)]
    until = time.monotonic() + 10
    while afterwards[-1].is_open_elsewhere and time.monotonic() < until:
        afterwards[-1].close()
        afterwards.append(open_database())

    assert meanwhile.is_open_elsewhere and not afterwards[-1].is_open_elsewhere


def test_a_child_process_opens_connections_of_its_own(database, count):
    """After a fork the child opens connections of its own, and the parent sees what the child writes."""
    database.close()

    def child():
        database.after_fork()
        store(database, "child")
        database.close()

    process = multiprocessing.get_context("fork").Process(target=child)
    process.start()
    process.join(30)

    assert (process.exitcode, count(database)) == (0, 1)


@pytest.mark.slow
def test_many_processes_start_and_write_at_once(url, open_database, count):
    """Processes that open an empty database at the same moment all succeed, and no write is lost."""
    names = [[f"{process}-{number}" for number in range(20)] for process in range(4)]
    spawn = multiprocessing.get_context("spawn")
    writers = [spawn.Process(target=store_many, args=(url, own)) for own in names]

    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)

    assert [writer.exitcode for writer in writers] == [0, 0, 0, 0]
    assert count(open_database()) == 80


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("sqlite:////no/such/folder/sandbox.db", "unable to open database file"),
        ("sqlite://", "must name a file"),
        ("sqlite:///:memory:", "must name a file"),
        ("nonsense", "must be like"),
        ("oracle7://somewhere/x", "cannot be used"),
        ("postgresql+psycopg://nobody:hidden@127.0.0.1:1/none", "cannot be used"),
        ("postgresql+psycopg://127.0.0.1:1/none?user=nobody&password=hidden", "cannot be used"),
        ("postgresql+psycopg://127.0.0.1:port/none", "must be like"),
        ("postgresql+psycopg://127.0.0.1:1/none?connect_timeout=abc", "cannot be used"),
        ("postgresql+psycopg://127.0.0.1:1/none?no_such_option=1", "cannot be used"),
        ("sqlite:////tmp/sandbox.db?timeout=abc", "no options like 'timeout=abc'"),
        ("sqlite:///file:/tmp/sandbox.db?mode=ro&uri=true", "no options like"),
        ("sqlite:///file:/tmp/sandbox.db", "no URI of SQLite"),
        ("sqlite://somewhere/sandbox.db", "must name a file"),
    ],
)
def test_a_database_that_cannot_be_used_is_refused_in_one_line(url, reason):
    """The error has the reason on one line, without the password."""
    with pytest.raises(StorageError) as refusal:
        Database(url)

    assert reason in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert "hidden" not in str(refusal.value)


def test_a_file_that_is_no_database_is_refused(tmp_path):
    """A text file is refused and left as it is."""
    path = tmp_path / "notes.txt"
    path.write_text("not a database, just some lines of text\n" * 20)

    with pytest.raises(StorageError, match="file is not a database"):
        Database(f"sqlite:///{path}")

    assert path.read_text().startswith("not a database")


def test_a_database_that_is_damaged_later_raises_storage_errors(tmp_path):
    """A file that is damaged after the start raises StorageError at the next use."""
    database = Database(f"sqlite:///{tmp_path}/sandbox.db")
    database.close()
    for path in tmp_path.iterdir():
        path.write_bytes(b"spoiled" * 1000)

    with pytest.raises(StorageError):
        database.check()
    with pytest.raises(StorageError):
        database.fetch_one(ONE, name="one")
    database.close()


def test_a_locked_file_is_not_of_another_schema(tmp_path):
    """A start on a locked file fails with the lock as the reason, because the schema cannot be read."""
    url = f"sqlite:///{tmp_path}/sandbox.db"
    Database(url).close()
    other = sqlite3.connect(tmp_path / "sandbox.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")

    with pytest.raises(LockedError, match="cannot be used: database is locked by another process$"):
        Database(url, busy_seconds=0.05)
    other.close()


@pytest.mark.slow
def test_a_locked_table_is_not_of_another_schema(postgresql):
    """A start that finds the table of the number locked fails with the lock as the reason."""
    url = postgresql.create("locked")
    Database(url).close()
    engine = create_engine(url)

    with engine.begin() as connection:
        connection.execute(text("LOCK TABLE schema_version IN ACCESS EXCLUSIVE MODE"))
        with pytest.raises(StorageError, match="cannot be used: .*lock timeout"):
            Database(url, busy_seconds=0.05)
    engine.dispose()
    postgresql.drop("locked")


def test_a_locked_file_is_an_error_that_passes(tmp_path):
    """A file that stays locked for longer than a writer waits raises an error; afterwards writes succeed again."""
    database = Database(f"sqlite:///{tmp_path}/sandbox.db", busy_seconds=0.05)
    other = sqlite3.connect(tmp_path / "sandbox.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")

    with pytest.raises(StorageError, match="database is locked"):
        database.fetch_one(KEEP, name="one", value="x")
    other.execute("ROLLBACK")
    other.close()
    database.fetch_one(KEEP, name="one", value="x")

    assert database.fetch_one(ONE, name="one") == ("x",)
    database.close()


@pytest.mark.slow
def test_a_server_that_comes_back_is_used_again(own_postgresql):
    """While the server is away every use raises StorageError; afterwards the next one succeeds."""
    database = Database(own_postgresql.create("sandbox"))
    database.fetch_one(KEEP, name="one", value="x")

    own_postgresql.stop()
    with pytest.raises(StorageError, match="cannot be used"):
        database.fetch_one(ONE, name="one")
    with pytest.raises(StorageError, match="cannot be used"):
        database.check()
    own_postgresql.start()

    assert database.fetch_one(ONE, name="one") == ("x",)
    database.check()
    database.close()


@pytest.mark.slow
def test_a_server_that_was_restarted_is_not_noticed(own_postgresql):
    """A SELECT on a connection from before a restart of the server is repeated on a new connection."""
    database = Database(own_postgresql.create("sandbox"))
    database.fetch_one(KEEP, name="one", value="x")

    own_postgresql.stop()
    own_postgresql.start()

    assert database.fetch_one(ONE, name="one") == ("x",)
    database.fetch_one(KEEP, name="two", value="x")
    database.check()
    database.close()


@pytest.mark.slow
def test_a_server_that_is_silent_is_given_up(own_postgresql):
    """A statement, a transaction and a new connection end in time when the server is stopped in its tracks."""
    url = own_postgresql.create("sandbox")
    database = Database(url, busy_seconds=1)
    database.fetch_one(KEEP, name="one", value="x")
    database.check()

    own_postgresql.signal(signal.SIGSTOP)
    try:
        began = time.monotonic()
        for attempt in (lambda: database.fetch_one(ONE, name="one"), database.check, lambda: Database(url)):
            with pytest.raises(StorageError, match="cannot be used"):
                attempt()
        took = time.monotonic() - began
    finally:
        own_postgresql.signal(signal.SIGCONT)

    assert took < 20
    assert database.fetch_one(ONE, name="one") == ("x",)
    database.check()
    database.close()


@pytest.fixture
def own_postgresql(postgresql):
    """A server that a test may stop without stopping that of other tests."""
    server = new_server()
    yield server
    remove(server)
