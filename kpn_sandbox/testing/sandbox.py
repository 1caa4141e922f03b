"""A running sandbox as tests have it."""

from contextlib import suppress
from typing import Any

from kpn_sandbox.client import CONTROL_PATH, Client, ClientError
from kpn_sandbox.testing.account import Account


class Sandbox:
    """
    A sandbox at a URL.

    Args:
        url: The base URL, without a slash at its end.
        admin_token: The administrator's token.
    """

    def __init__(self, url: str, admin_token: str) -> None:
        self.url = url
        self.admin_token = admin_token
        self.made: list[Account] = []
        """The accounts made here and not dropped yet."""
        self._client = Client(url, admin_token)

    def new_account(
        self, *, at: Any = None, agents: int | None = None, profile: dict[str, Any] | None = None, **settings: Any
    ) -> Account:
        """
        Make an account; it is gone when the sandbox is, or dropped.

        Args:
            at: The instant at which its clock stands: ISO 8601 with offset, or an aware datetime.
            agents: The size of its center.
            profile: A merge patch to the default profile.
            settings: `scenario`, `seed`, `clock`, `client_id`, `client_secret`; what is left out is chosen.

        Raises:
            Refused: A setting is wrong; the message says what would be right.
        """
        settings = {name: value for name, value in settings.items() if value is not None}
        if at is not None:
            settings["clock"] = {"mode": "frozen", "at": at if isinstance(at, str) else at.isoformat()}
        if agents is not None or profile:
            settings["profile"] = {**(profile or {}), **({} if agents is None else {"agents": agents})}
        made = self._client.ask("POST", f"{CONTROL_PATH}/accounts", f"Bearer {self.admin_token}", settings)
        self.made.append(Account(self._client, made))
        return self.made[-1]

    def drop(self, account: Account) -> None:
        """Drop an account with its whole world; one that is gone already stays so."""
        if account in self.made:
            self.made.remove(account)
        with suppress(ClientError):
            self._client.account(account.client_id).delete()

    def drop_all(self) -> None:
        """Drop every account that was made here."""
        while self.made:
            self.drop(self.made[-1])
