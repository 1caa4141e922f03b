"""
The errors of accounts and their state.

    UnreadableAccount       a stored field of an account means nothing to this version; a `StorageError`
    TenantError
        UnknownAccount      there is no account with that client id
        AccountExists       there is one already
        AccountInUse        another process serves it with other settings
        TooManyChanges      the account has as many dated changes as it may have
        SnapshotFileError   a file with snapshots cannot be used
        InvalidSetting      a value is wrong: holds the field, the value and what would be right
        UnknownPin          there is no pin on that object
        UnknownFault        there is no fault plan with that id
        NoQuota             the account has no quota
"""

from typing import Any

from kpn_sandbox.literals import MOST_DATED_CHANGES
from kpn_sandbox.storage import StorageError


class TenantError(Exception):
    """Base of the errors of accounts and their state."""


class UnknownAccount(TenantError):
    """There is no account with that client id."""

    def __init__(self, client_id: str) -> None:
        super().__init__(f"account {client_id} not found")


class UnreadableAccount(StorageError):
    """
    A stored field of an account means nothing to this version; the account can still be listed and deleted.

    Args:
        client_id: The account.
        database: URL of the database without its password.
        field_error: What is wrong with the field.
    """

    def __init__(self, client_id: str, database: str, field_error: str) -> None:
        super().__init__(
            f"has account {client_id} from a newer version of the sandbox ({field_error}): start that version, or "
            "delete the account",
            database,
        )
        self.field_error = field_error


class AccountExists(TenantError):
    """There is an account with that client id already."""

    field = "client_id"
    allowed = "a client id that no other account has"

    def __init__(self, client_id: str) -> None:
        super().__init__(f"account {client_id} exists")
        self.value = client_id


class AccountInUse(TenantError):
    """A start would make an account begin anew that another process serves."""


class SnapshotFileError(TenantError):
    """A file with snapshots cannot be used; the message says in one line what would be right."""


class InvalidSetting(TenantError):
    """
    A value is not allowed.

    Args:
        field: Name of the field, as users spell it.
        value: The value, or `***` in place of a secret.
        allowed: The values that are allowed, in words that follow "must be".
    """

    def __init__(self, field: str, value: Any, allowed: str) -> None:
        super().__init__(f"{field} must be {allowed}, not {value!r}")
        self.field = field
        self.value = value
        self.allowed = allowed


class TooManyChanges(TenantError):
    """The account has as many dated changes as it may have."""

    def __init__(self) -> None:
        super().__init__(
            f"an account has at most {MOST_DATED_CHANGES:,} dated changes: make this one with effective=always, "
            "or reset profile and scenario first"
        )


class UnknownPin(TenantError):
    """There is no pin on an object."""


class UnknownFault(TenantError):
    """There is no fault plan with that id."""


class NoQuota(TenantError):
    """The account has no quota."""
