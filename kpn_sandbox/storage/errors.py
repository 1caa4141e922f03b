"""What storage can refuse."""


class StorageError(Exception):
    """The database cannot be used; the message says in one line which one and why."""
