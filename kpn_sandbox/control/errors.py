"""
What the sandbox can refuse.

    ControlError
        AccountExists       another account has that client id
        InvalidAccount      a setting of an account is wrong: which, and what would be right
"""


class ControlError(Exception):
    """The base of all refusals of the sandbox."""


class AccountExists(ControlError):
    """Another account has that client id."""

    def __init__(self, client_id: str) -> None:
        super().__init__(f"account {client_id} exists")
        self.client_id = client_id


class InvalidAccount(ControlError):
    """A setting of an account is not what it may be."""

    def __init__(self, field: str, allowed: str) -> None:
        super().__init__(f"{field} must be {allowed}")
        self.field = field
        self.allowed = allowed
