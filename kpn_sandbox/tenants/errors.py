"""
What the sandbox can refuse.

    ControlError
        UnknownAccount      nobody has that client id
        AccountExists       another account has that client id
        InvalidSetting      a value is wrong: of which field, what it was, what would be right
        UnknownPin          nothing is pinned there
        UnknownFault        no plan has that id
        NoQuota             no quota is set
"""

from typing import Any


class ControlError(Exception):
    """The base of all refusals of the sandbox."""


class UnknownAccount(ControlError):
    """Nobody has that client id."""

    def __init__(self, client_id: str) -> None:
        super().__init__(f"account {client_id} not found")
        self.client_id = client_id


class AccountExists(ControlError):
    """Another account has that client id."""

    field = "client_id"
    allowed = "a client id that no other account has"

    def __init__(self, client_id: str) -> None:
        super().__init__(f"account {client_id} exists")
        self.client_id = client_id
        self.value = client_id


class InvalidSetting(ControlError):
    """A value is not what it may be."""

    def __init__(self, field: str, value: Any, allowed: str) -> None:
        super().__init__(f"{field} must be {allowed}, not {value!r}")
        self.field = field
        self.value = value
        self.allowed = allowed


class UnknownPin(ControlError):
    """Nothing is pinned there."""

    def __init__(self, kind: str, key: str) -> None:
        super().__init__(f"no pin on {key} of {kind}")
        self.kind = kind
        self.key = key


class UnknownFault(ControlError):
    """No fault plan has that id."""

    def __init__(self, fault: str) -> None:
        super().__init__(f"fault {fault} not found")
        self.fault = fault


class NoQuota(ControlError):
    """The account may ask as often as it likes."""

    def __init__(self) -> None:
        super().__init__("no quota is set")
