"""What every database must do."""

import multiprocessing
import sqlite3
from hashlib import sha256

import pytest
from sqlalchemy import bindparam, create_engine, func, insert, inspect, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError
from sqlalchemy.schema import CreateIndex, CreateTable

from kpn_sandbox.storage import Database, SchemaError, StorageError
from kpn_sandbox.storage.tables import SCHEMA, generated_secrets, metadata, schema_version, tokens
from tests.postgresql import new_server, remove

COUNT = select(func.count()).select_from(generated_secrets)
ONE = select(generated_secrets.c.value).where(generated_secrets.c.name == bindparam("name"))
KEEP = insert(generated_secrets).values(name=bindparam("name"), value=bindparam("value"))


def keep(database, name):
    with database.write() as connection:
        connection.execute(insert(generated_secrets).values(name=name, value="x"))


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
        connection.execute(insert(generated_secrets).values(name="one", value="x"))
        1 / 0

    assert count(database) == 0


def test_a_reader_sees_one_moment(open_database):
    """What others write while somebody reads does not show before he is done."""
    here, there = open_database(), open_database()
    keep(here, "one")

    with here.read() as connection:
        before = connection.scalar(COUNT)
        keep(there, "two")
        meanwhile = connection.scalar(COUNT)
    with here.read() as connection:
        after = connection.scalar(COUNT)

    assert (before, meanwhile, after) == (1, 1, 2)


def test_a_repeated_key_is_told_apart(database):
    """Who comes second learns that it is taken, which is no failure of the database."""
    keep(database, "one")

    with pytest.raises(IntegrityError):
        keep(database, "one")


def test_rows_need_what_they_refer_to(database):
    """A token without its account is refused."""
    row = {"digest": "d", "client_id": "nobody", "kind": "kpn", "user": "", "nonce": "", "issued_at": 0.0, "revoked": 0}

    with pytest.raises(IntegrityError), database.write() as connection:
        connection.execute(insert(tokens).values(row))


def test_a_closed_database_opens_itself_again(database, count):
    """Nothing is lost by letting go of the connections, which is done before a fork."""
    keep(database, "one")
    database.close()

    keep(database, "two")

    assert count(database) == 2


def test_a_child_process_renews_its_connections(database, count):
    """After a fork the child opens connections of its own, and what it writes is seen by the parent."""
    database.close()

    def child():
        database.after_fork()
        keep(database, "child")
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
        database.fetch_one(ONE, name="one")
    database.close()


def tables_of(url):
    """The names of all tables, as somebody else would see them."""
    engine = create_engine(url)
    names = inspect(engine).get_table_names()
    engine.dispose()
    return sorted(names)


def run_sql(url, *statements):
    engine = create_engine(url)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def test_a_database_carries_the_number_of_its_schema(url):
    """The first start writes the number, and later starts accept the database."""
    Database(url).close()
    database = Database(url)

    assert database.fetch_one(select(schema_version.c.number)) == (SCHEMA,)
    database.close()


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("DROP TABLE schema_version", f"an older version (schema 0, this version needs {SCHEMA})"),
        ("DELETE FROM schema_version", f"an older version (schema 0, this version needs {SCHEMA})"),
        ("UPDATE schema_version SET number = 999", f"a newer version (schema 999, this version needs {SCHEMA})"),
    ],
)
def test_a_database_of_another_schema_is_refused(url, statement, told):
    """A database with tables but without the right number is refused, with what to do, and left as it is."""
    Database(url).close()
    run_sql(url, statement)
    before = tables_of(url)

    with pytest.raises(SchemaError) as refusal:
        Database(url)

    shown = make_url(url).render_as_string()
    assert str(refusal.value) == (
        f"database {shown} was made by {told}: name another one with --database-url, or remove it"
    )
    assert tables_of(url) == before


def test_tables_of_others_do_not_matter(url):
    """A database with other tables than ours is as good as an empty one."""
    run_sql(url, "CREATE TABLE somebody_else (id INTEGER)")

    Database(url).close()

    assert {"somebody_else", "accounts"} <= set(tables_of(url))


def test_a_table_that_was_added_is_created_at_the_next_start(url):
    """A vendor that stores rows for the first time does not make a database of the same number unusable."""
    Database(url).close()
    run_sql(url, "DROP TABLE digest_uses")

    Database(url).close()

    assert "digest_uses" in tables_of(url)


def test_the_number_of_the_schema_changes_with_the_tables():
    """Whoever changes a table raises SCHEMA, and puts the new digest of all tables here."""
    tables = metadata.tables.values()
    indexes = [index for table in tables for index in table.indexes]
    ddl = sorted([*(str(CreateTable(table)) for table in tables), *(str(CreateIndex(index)) for index in indexes)])
    digest = sha256("".join(ddl).encode()).hexdigest()

    assert (SCHEMA, digest[:16]) == (2, "1a5345aa1592627b")


def test_a_locked_file_is_not_of_another_schema(tmp_path):
    """A start that finds the file locked says so, also when it could not be told whose the file is."""
    url = f"sqlite:///{tmp_path}/sandbox.db"
    Database(url).close()
    other = sqlite3.connect(tmp_path / "sandbox.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")

    with pytest.raises(StorageError, match="cannot be used: database is locked$"):
        Database(url, busy_seconds=0.05)
    other.close()


def test_a_locked_table_is_not_of_another_schema(postgresql):
    """A start that finds the table of the number locked says so."""
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
    """Who finds the file locked for longer than he waits is told so; afterwards all is well."""
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


def test_a_server_that_comes_back_is_asked_again(own_postgresql):
    """While it is away everything is an error of storage, afterwards the next question is answered."""
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


def test_a_server_that_was_restarted_is_not_noticed(own_postgresql):
    """A question on a connection of before is asked again on a new one."""
    database = Database(own_postgresql.create("sandbox"))
    database.fetch_one(KEEP, name="one", value="x")

    own_postgresql.stop()
    own_postgresql.start()

    assert database.fetch_one(ONE, name="one") == ("x",)
    database.fetch_one(KEEP, name="two", value="x")
    database.check()
    database.close()


@pytest.fixture
def own_postgresql(postgresql):
    """A server that may be stopped; the others' goes on."""
    server = new_server()
    yield server
    remove(server)
