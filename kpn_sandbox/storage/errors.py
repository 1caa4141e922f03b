"""
The errors of storage.

    StorageError
        SchemaError     the tables are of another version of the sandbox
        LockedError     another process holds the lock, and releases it again
"""


class StorageError(Exception):
    """
    The database cannot be used; the message says in one line which one and why.

    Args:
        reason: Why.
        database: URL of the database without its password; empty where the error is about to get it.
    """

    def __init__(self, reason: str, database: str = "") -> None:
        super().__init__(f"database {database} {reason}" if database else reason)
        self.reason = reason


class SchemaError(StorageError):
    """The tables are of another version of the sandbox; the message also says what to do."""


class LockedError(StorageError):
    """Another process holds the lock of the database for longer than a writer waits."""
