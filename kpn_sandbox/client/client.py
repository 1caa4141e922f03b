"""The sandbox as its administrator and its clients see it: its accounts, access tokens, and whether it is ready."""

from datetime import datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from enum import Enum
from typing import Any, TypedDict, Unpack
from urllib.parse import quote

from kpn_sandbox.client.account import Account
from kpn_sandbox.client.http import CONTROL_PATH, Connection, Instant, JsonObject, query
from kpn_sandbox.literals import KPN_TOKEN_REQUEST, ScenarioName


class NewAccountSettings(TypedDict, total=False):
    """Settings of an account that is to be created."""

    client_id: str | None
    client_secret: str | None
    seed: str | int | None
    scenario: ScenarioName | Enum | None
    clock: dict[str, Any] | None
    """Such as `{"mode": "running", "at": "2026-11-23T10:00:00+01:00", "speed": 60}`."""
    at: Instant | None
    """Freezes the clock there: ISO 8601 with offset, or an aware datetime; goes before `clock`."""
    profile: dict[str, Any] | None
    """A merge patch to the default profile."""
    agents: int | Decimal | None
    """The number of agents of the center; goes before `profile`."""
    expires_in_seconds: int | None
    """After so long, by wall time, it is dropped; never by default."""


class Client(Connection):
    """A running sandbox; every method raises `ClientError` when there is no response or the sandbox refuses."""

    def token(self, client_id: str, client_secret: str) -> str:
        """
        Fetch an access token.

        Args:
            client_id: The account's client id.
            client_secret: Its secret.
        """
        return self.text_in(
            "access_token", self.ask("POST", KPN_TOKEN_REQUEST, self.authorization(client_id, client_secret))
        )

    def ready(self) -> JsonObject:
        """Return how the sandbox is when it is ready, and raise when it is not."""
        return self.ask("GET", f"{CONTROL_PATH}/ready")

    def now(self) -> datetime:
        """The wall time of the sandbox, to the second."""
        return parsedate_to_datetime(str(self.send("GET", f"{CONTROL_PATH}/health").headers["Date"]))

    def accounts(self) -> list[JsonObject]:
        """All accounts without their secrets, the oldest first."""
        found: list[JsonObject] = []
        after = ""
        while True:
            page = self.ask("GET", f"{CONTROL_PATH}/accounts?limit=1000{after}", self.authorization("", None))
            found += self.list_in("accounts", page)
            if page.get("next") is None:
                return found
            after = f"&after={quote(page['next'], safe='')}"

    def all_requests(self, **filters: Any) -> list[JsonObject]:
        """The last requests of all accounts and of none, oldest first; filters are those of an account's `requests`."""
        path = f"{CONTROL_PATH}/requests{query(filters)}"
        return list(self.ask("GET", path, self.authorization("", None))["requests"])

    def new_account(self, **settings: Unpack[NewAccountSettings]) -> Account:
        """Create an account; a setting that is left out or None is chosen by the sandbox."""
        body = {name: value for name, value in settings.items() if value is not None}
        at, agents = body.pop("at", None), body.pop("agents", None)
        if at is not None:
            body["clock"] = {"mode": "frozen", "at": at}
        if agents is not None:
            body["profile"] = {**(settings.get("profile") or {}), "agents": agents}
        made = self.ask("POST", f"{CONTROL_PATH}/accounts", self.authorization("", None), body)
        return Account(self, self.text_in("client_id", made), self.text_in("client_secret", made), made)

    def account(self, client_id: str, client_secret: str | None = None) -> Account:
        """
        An account that exists.

        Args:
            client_id: Its client id.
            client_secret: Its secret; without one the administrator asks.
        """
        return Account(self, client_id, client_secret)
