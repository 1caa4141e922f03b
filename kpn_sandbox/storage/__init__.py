"""
Where what users wrote is kept: one SQLite file, or one PostgreSQL database for many machines.

`Database` opens it, `tables` say what is in it, `StorageError` says in one line why it cannot be used.
"""

from kpn_sandbox.storage.engine import Database
from kpn_sandbox.storage.errors import StorageError

__all__ = ["Database", "StorageError"]
