"""What every database must do."""

import multiprocessing

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from kpn_sandbox.storage import Database, StorageError
from kpn_sandbox.storage.tables import kept, tokens


def keep(database, name):
    with database.write() as connection:
        connection.execute(insert(kept).values(name=name, value="x"))


def keep_many(url, names):
    database = Database(url)
    for name in names:
        keep(database, name)
    database.close()


def test_what_is_written_is_read_by_others(open_database, count):
    """A write is seen by the next reader, whichever connection he has."""
    here, there = open_database(), open_database()

    keep(here, "one")

    assert count(there) == 1


def test_a_failed_transaction_leaves_nothing(database, count):
    """A transaction is written as a whole or not at all."""
    with pytest.raises(ZeroDivisionError), database.write() as connection:
        connection.execute(insert(kept).values(name="one", value="x"))
        1 / 0

    assert count(database) == 0


def test_the_generation_stays_while_nobody_writes(database):
    """Reading changes nothing."""
    first = database.generation()

    database.check()

    assert database.generation() == first


def test_the_generation_changes_when_anybody_writes(open_database):
    """A write is noticed by the writer and by all others."""
    here, there = open_database(), open_database()
    before = here.generation(), there.generation()

    keep(here, "one")

    assert here.generation() != before[0]
    assert there.generation() != before[1]


def test_a_repeated_key_is_told_apart(database):
    """Who comes second learns that it is taken, which is no failure of the database."""
    keep(database, "one")

    with pytest.raises(IntegrityError):
        keep(database, "one")


def test_rows_need_what_they_refer_to(database):
    """A token without its account is refused."""
    row = {"digest": "d", "client_id": "nobody", "issued_at": 0.0, "revoked": 0}

    with pytest.raises(IntegrityError), database.write() as connection:
        connection.execute(insert(tokens).values(row))


def test_a_closed_database_opens_itself_again(database, count):
    """Nothing is lost by letting go of the connections, which is done before a fork."""
    keep(database, "one")
    before = database.generation()
    database.close()

    keep(database, "two")

    assert count(database) == 2
    assert database.generation() != before


def test_a_child_process_renews_its_connections(database, count):
    """After a fork the child opens connections of its own, and what it writes is seen by the parent."""
    before = database.generation()
    database.close()

    def child():
        database.renew()
        keep(database, "child")
        database.close()

    process = multiprocessing.get_context("fork").Process(target=child)
    process.start()
    process.join(30)

    assert (process.exitcode, count(database)) == (0, 1)
    assert database.generation() != before


def test_many_processes_start_and_write_at_once(url, open_database, count):
    """Processes that open an empty database at the same moment all succeed, and no write is lost."""
    names = [[f"{process}-{number}" for number in range(20)] for process in range(4)]
    spawn = multiprocessing.get_context("spawn")
    writers = [spawn.Process(target=keep_many, args=(url, own)) for own in names]

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
    ],
)
def test_a_database_that_cannot_be_used_is_refused_in_one_line(url, reason):
    """The refusal says what is wrong, on one line and without the password."""
    with pytest.raises(StorageError) as refusal:
        Database(url)

    assert reason in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert "hidden" not in str(refusal.value)


def test_a_file_that_is_no_database_is_refused(tmp_path):
    """A text file is left alone."""
    path = tmp_path / "notes.txt"
    path.write_text("not a database, just some notes that somebody took\n" * 20)

    with pytest.raises(StorageError, match="file is not a database"):
        Database(f"sqlite:///{path}")

    assert path.read_text().startswith("not a database")


def test_a_database_that_is_spoiled_meanwhile_is_an_error_of_storage(tmp_path):
    """What goes wrong later is told the same way."""
    database = Database(f"sqlite:///{tmp_path}/sandbox.db")
    database.close()
    for path in tmp_path.iterdir():
        path.write_bytes(b"spoiled" * 1000)

    with pytest.raises(StorageError):
        database.check()
    with pytest.raises(StorageError):
        database.generation()
    database.close()
