"""
The errors of storage.

    StorageError
        SchemaError     the database was made by another version of the sandbox
"""


class StorageError(Exception):
    """The database cannot be used; the message says in one line which one and why."""


class SchemaError(StorageError):
    """The database was made by another version of the sandbox; the message also says what to do."""
