"""
Storage of what users wrote: one SQLite file, or one PostgreSQL database for many machines.

`Database` opens it, `tables` defines its neutral tables and the number of the schema, `schema` creates them and brings
them up to date, `SqliteFile` watches the file, `PreparedStatements` runs the statements of every request,
`StorageError` says in one line why a database cannot be used.
"""

from kpn_sandbox.storage.engine import Database
from kpn_sandbox.storage.errors import LockedError, SchemaError, StorageError

__all__ = ["Database", "LockedError", "SchemaError", "StorageError"]
