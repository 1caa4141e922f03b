"""
The tables of a database: created in an empty one, checked and brought up to date in another one.

From `OLDEST_SCHEMA` on, each schema only has tables, columns and indexes more than the one before; the new columns may
be empty or have a default. So one rule brings every such database up to date: what is missing is added.
"""

from sqlalchemy import Connection, insert, select, text, update
from sqlalchemy.schema import CreateColumn, CreateIndex, CreateTable

from kpn_sandbox.storage.errors import SchemaError
from kpn_sandbox.storage.tables import OLDEST_SCHEMA, SCHEMA, metadata, schema_version

_COLUMNS = {
    "sqlite": "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'",
    "postgresql": "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema=current_schema()",
}
TOUCH = update(schema_version).values(number=schema_version.c.number)
"""Writes one row as it is, which shows whether the database can be written to."""


def prepare(connection: Connection) -> None:
    """
    Create the tables that are missing, and bring those of an older version up to date.

    Args:
        connection: A transaction on the database, alone in doing this.

    Raises:
        SchemaError: The tables are those of a newer version, of one that is too old, or none that any version made.
    """
    found = _columns(connection)
    # Tables of others may share a PostgreSQL database; they say nothing about ours.
    if found.keys() & metadata.tables.keys():
        number = _number(connection) if schema_version.name in found else 0
        _check_number(number)
        if number < SCHEMA:
            _add_columns(connection, found)
            connection.execute(update(schema_version).values(number=SCHEMA))
        _check_columns(found)
    else:
        connection.execute(CreateTable(schema_version))
        connection.execute(insert(schema_version).values(number=SCHEMA))
        found[schema_version.name] = set()
    for table in metadata.sorted_tables:
        if table.name not in found:
            connection.execute(CreateTable(table))
        for index in table.indexes:
            connection.execute(CreateIndex(index, if_not_exists=True))
    connection.execute(TOUCH)


def _columns(connection: Connection) -> dict[str, set[str]]:
    """Return the names of the columns of each table that there is."""
    found: dict[str, set[str]] = {}
    for table, column in connection.execute(text(_COLUMNS[connection.dialect.name])):
        found.setdefault(table, set()).add(column)
    return found


def _number(connection: Connection) -> int:
    return connection.scalar(select(schema_version.c.number)) or 0


def _check_number(number: int) -> None:
    if number > SCHEMA:
        raise SchemaError(
            f"is from a newer version of the sandbox (schema {number}, this version knows {SCHEMA}): start that "
            "version, or name another database with --database-url"
        )
    if number < OLDEST_SCHEMA:
        raise SchemaError(
            f"is from an older version of the sandbox (schema {number}, this version needs {OLDEST_SCHEMA} to "
            f"{SCHEMA}): name another one with --database-url, or remove it"
        )


def _check_columns(found: dict[str, set[str]]) -> None:
    for table in metadata.sorted_tables:
        missing = [column.name for column in table.columns if column.name not in found.get(table.name, (column.name,))]
        if missing:
            raise SchemaError(
                f"has schema {SCHEMA} without the column {missing[0]} of {table.name}, so another program has changed "
                "it: restore a copy of it, or name another one with --database-url"
            )


def _add_columns(connection: Connection, found: dict[str, set[str]]) -> None:
    for table in metadata.sorted_tables:
        for column in table.columns:
            optional = column.nullable or column.server_default is not None
            if optional and column.name not in found.get(table.name, (column.name,)):
                definition = str(CreateColumn(column).compile(dialect=connection.dialect))
                connection.execute(text(f"ALTER TABLE {table.name} ADD COLUMN {definition}"))
                found[table.name].add(column.name)
