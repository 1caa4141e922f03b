"""The file of a SQLite database: where it is, who may read it, and that it is still there."""

import sqlite3
import stat
from contextlib import closing

import pytest
from sqlalchemy import bindparam, insert, select

from kpn_sandbox.storage import Database, StorageError
from kpn_sandbox.storage.tables import generated_secrets

KEEP = insert(generated_secrets).values(name=bindparam("name"), value="x")
ONE = select(generated_secrets.c.value).where(generated_secrets.c.name == bindparam("name"))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "sandbox.db"


@pytest.fixture
def database(path):
    database = Database(f"sqlite:///{path}")
    yield database
    database.close()


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("name", ["a%41b", "what?", "a?b=c", "a#b", "a b", "a%", "a&b;c", "\u00e9\u20ac", "file:a"])
def test_a_path_is_taken_as_it_is(tmp_path, name):
    """The path of a database is no text in a URL: nothing in a folder's name is decoded or cut off."""
    (tmp_path / name).mkdir()

    Database(f"sqlite:///{tmp_path}/{name}/sandbox.db").close()

    assert (tmp_path / name / "sandbox.db").stat().st_size > 0
    assert [each.name for each in tmp_path.iterdir()] == [name]


def test_only_the_owner_may_read_the_files(tmp_path, path, database):
    """Every file of the database has mode 0600."""
    database.fetch_one(KEEP, name="one")

    assert {mode(each) for each in tmp_path.iterdir()} == {0o600}
    assert len(list(tmp_path.iterdir())) == 4


def test_a_file_that_others_may_read_is_narrowed(path):
    """A file of an earlier version, which others may read, is the owner's alone after a start."""
    Database(f"sqlite:///{path}").close()
    path.chmod(0o644)

    Database(f"sqlite:///{path}").close()

    assert mode(path) == 0o600


def test_what_is_no_database_of_a_sandbox_keeps_its_mode(tmp_path):
    """A path that leads to a folder, to another program's file or to a newer sandbox's database changes nothing."""
    folder, text, newer = tmp_path / "folder", tmp_path / "hosts", tmp_path / "newer.db"
    folder.mkdir(0o755)
    text.write_text("127.0.0.1 localhost\n" * 20)
    Database(f"sqlite:///{newer}").close()
    with closing(sqlite3.connect(newer)) as connection, connection:
        connection.execute("UPDATE schema_version SET number = 1000")
    text.chmod(0o644)
    newer.chmod(0o644)

    for each in (folder, text, newer):
        with pytest.raises(StorageError):
            Database(f"sqlite:///{each}")

    assert (mode(folder), mode(text), mode(newer)) == (0o755, 0o644, 0o644)


def test_a_deleted_file_takes_no_write(path, database):
    """Once the file is deleted every use fails, and no new file is created in its place."""
    database.fetch_one(KEEP, name="one")
    path.unlink()

    with pytest.raises(StorageError, match="its file is gone"):
        database.fetch_one(KEEP, name="two")
    with pytest.raises(StorageError, match="its file is gone"):
        database.fetch_one(ONE, name="one")
    with pytest.raises(StorageError, match="its file is gone"), database.write():
        pass
    with pytest.raises(StorageError, match="its file is gone"), database.read():
        pass
    with pytest.raises(StorageError, match="its file is gone"):
        database.check()
    assert not path.exists()


def test_a_file_that_goes_during_a_write_is_no_success(path, database):
    """A transaction that was committed into a deleted file raises an error."""
    with pytest.raises(StorageError, match="its file is gone"), database.write() as connection:
        connection.execute(KEEP, {"name": "one"})
        path.unlink()


def test_a_replaced_file_takes_no_write(path, database):
    """Another file in place of the one that was opened gets nothing."""
    path.rename(path.with_name("moved.db"))
    Database(f"sqlite:///{path}").close()

    with pytest.raises(StorageError, match="its file was replaced"):
        database.fetch_one(KEEP, name="one")

    with sqlite3.connect(path) as other:
        assert other.execute("SELECT COUNT(*) FROM generated_secrets").fetchone() == (0,)
    other.close()


def test_a_file_that_comes_back_is_used_again(path, database):
    """A file that was moved away and back is the same one."""
    path.rename(path.with_name("moved.db"))
    path.with_name("moved.db").rename(path)

    database.fetch_one(KEEP, name="one")

    assert database.fetch_one(ONE, name="one") == ("x",)


def test_a_closed_database_is_one_file(tmp_path, path):
    """After a clean stop the file has everything, and SQLite's log is gone or empty, killed workers or not."""
    database = Database(f"sqlite:///{path}")
    database.fetch_one(KEEP, name="one")
    worker = sqlite3.connect(path)
    worker.execute("SELECT COUNT(*) FROM generated_secrets").fetchall()

    database.close()

    assert (tmp_path / "sandbox.db-wal").stat().st_size == 0
    worker.close()
