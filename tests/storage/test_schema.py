"""The schema of a database: its number, its columns, and bringing an older one up to date."""

from hashlib import sha256

import pytest
from sqlalchemy import create_engine, insert, inspect, select, text
from sqlalchemy.schema import CreateIndex, CreateTable

from kpn_sandbox.storage import Database, SchemaError
from kpn_sandbox.storage.tables import OLDEST_SCHEMA, SCHEMA, generated_secrets, metadata, schema_version


def tables_of(url):
    """Return the names of all tables, as another program sees them."""
    engine = create_engine(url)
    names = inspect(engine).get_table_names()
    engine.dispose()
    return sorted(names)


def columns_of(url, table):
    engine = create_engine(url)
    names = [column["name"] for column in inspect(engine).get_columns(table)]
    engine.dispose()
    return names


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


OLDER = "is from an older version of the sandbox (schema {}, this version needs {} to {}): name another one with"
NEWER = "is from a newer version of the sandbox (schema 999, this version knows {}): start that version, or name"


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("DROP TABLE schema_version", OLDER.format(0, OLDEST_SCHEMA, SCHEMA)),
        ("DELETE FROM schema_version", OLDER.format(0, OLDEST_SCHEMA, SCHEMA)),
        ("UPDATE schema_version SET number = 1", OLDER.format(1, OLDEST_SCHEMA, SCHEMA)),
        ("UPDATE schema_version SET number = 999", NEWER.format(SCHEMA)),
    ],
)
def test_a_database_of_another_schema_is_refused(url, statement, reason):
    """A database of a version that is too old or newer is refused, with what to do, and left as it is."""
    Database(url).close()
    run_sql(url, statement)
    before = tables_of(url)

    with pytest.raises(SchemaError) as refusal:
        Database(url)

    assert f"/{url.rpartition('/')[2]} {reason}" in str(refusal.value)
    assert tables_of(url) == before


@pytest.mark.parametrize("table", sorted(set(metadata.tables) - {"schema_version"}))
def test_a_renamed_column_is_noticed(url, table):
    """A database of the right number whose column another program has renamed is refused, whichever table it is of."""
    Database(url).close()
    column = next(
        each.name for each in metadata.tables[table].columns if not each.primary_key or table == "credentials"
    )
    run_sql(url, f'ALTER TABLE {table} RENAME COLUMN "{column}" TO renamed')

    with pytest.raises(SchemaError, match=f"without the column {column} of {table}, so another program"):
        Database(url)


def test_an_older_database_is_brought_up_to_date(url):
    """A database of the schema before gets the columns that it lacks, and keeps what is in it."""
    database = Database(url)
    with database.write() as connection:
        connection.execute(insert(generated_secrets).values(name="admin_token", value="kept"))
    database.close()
    run_sql(
        url,
        "DROP INDEX accounts_by_end",
        "ALTER TABLE accounts DROP COLUMN expires_at",
        "ALTER TABLE accounts DROP COLUMN created_with",
        "ALTER TABLE accounts DROP COLUMN loaded_entry",
        "ALTER TABLE tokens DROP COLUMN wall_at",
        f"UPDATE schema_version SET number = {OLDEST_SCHEMA}",
    )

    database = Database(url)

    assert database.fetch_one(select(schema_version.c.number)) == (SCHEMA,)
    assert database.fetch_one(select(generated_secrets.c.value)) == ("kept",)
    assert "expires_at" in columns_of(url, "accounts") and "wall_at" in columns_of(url, "tokens")
    database.close()


def test_an_older_database_is_brought_up_to_date_as_a_whole(url):
    """A database that cannot be brought up to date is refused and stays as it was."""
    Database(url).close()
    run_sql(
        url,
        "DROP INDEX accounts_by_end",
        "ALTER TABLE accounts DROP COLUMN expires_at",
        "ALTER TABLE accounts RENAME COLUMN seed TO renamed",
        f"UPDATE schema_version SET number = {OLDEST_SCHEMA}",
    )

    with pytest.raises(SchemaError, match="without the column seed of accounts"):
        Database(url)

    assert "expires_at" not in columns_of(url, "accounts")


def test_tables_of_other_programs_do_not_matter(url):
    """A database with other tables only is as good as an empty one."""
    run_sql(url, "CREATE TABLE somebody_else (id INTEGER)")

    Database(url).close()

    assert {"somebody_else", "accounts"} <= set(tables_of(url))


def test_a_table_that_was_added_is_created_at_the_next_start(url):
    """A table that a database of the right schema lacks, that of a new vendor for instance, is created."""
    Database(url).close()
    run_sql(url, "DROP TABLE digest_uses")

    Database(url).close()

    assert "digest_uses" in tables_of(url)


def test_the_number_of_the_schema_changes_with_the_tables():
    """A change of a table needs a new SCHEMA, and the new digest of all tables in this test."""
    tables = metadata.tables.values()
    indexes = [index for table in tables for index in table.indexes]
    ddl = sorted([*(str(CreateTable(table)) for table in tables), *(str(CreateIndex(index)) for index in indexes)])
    digest = sha256("".join(ddl).encode()).hexdigest()

    assert (SCHEMA, digest[:16]) == (5, "0b9ad6dea61afcfb")
