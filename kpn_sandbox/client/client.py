"""The sandbox as its administrator and its clients see it: its accounts, access tokens, and whether it is ready."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Unpack, cast
from urllib.parse import quote

from kpn_sandbox.client.account import Account, AsyncAccount
from kpn_sandbox.client.arguments import LogFilters, NewAccountSettings, Operation
from kpn_sandbox.client.asynchronous import AsyncConnection
from kpn_sandbox.client.errors import ClientError
from kpn_sandbox.client.http import CONTROL_PATH, Connection, JsonObject, Response, Steps, Target
from kpn_sandbox.client.overrides import seed_text
from kpn_sandbox.client.records import HealthRecord, ListedAccountRecord, LogEntryRecord
from kpn_sandbox.client.requests import sent_instant
from kpn_sandbox.client.steps import Awaiting, Blocking, checks_arguments, sends_requests
from kpn_sandbox.client.values import Headers, Seconds, control_value, json_value, present, query, shown, text_of
from kpn_sandbox.literals import KPN_TOKEN_REQUEST


class SandboxRequests:
    """
    Requests about a sandbox.

    Args:
        target: The way to it.
    """

    def __init__(self, target: Target) -> None:
        self._target = target
        self.url = target.url
        self.admin_token = target.admin_token
        # They only read and write texts, so nothing of them is awaited.
        self.authorization, self.check, self.member = target.authorization, target.check, target.member

    def _administrator(self) -> str | None:
        return self._target.authorization("", None)

    @sends_requests
    def send(
        self, method: str, path: Any, headers: Headers | None = None, *, timeout: Seconds | None = None
    ) -> Steps[Response]:
        """
        Send a request and take any status for a response.

        Args:
            method: The HTTP method.
            path: The path below the base URL, with its query.
            headers: Headers of the request.
            timeout: How long to wait for a byte.
        """
        return (yield self._target.call(method, path, headers, timeout=timeout))

    @sends_requests
    def ask(
        self,
        method: str,
        path: Any,
        authorization: str | None = None,
        body: Any = None,
        *,
        user_agent: str | None = None,
    ) -> Steps[JsonObject]:
        """
        Send a request that must succeed, and return the JSON object of the response, empty when there is no body.

        Args:
            method, path, authorization, body, user_agent: As for `Target.ask`.
        """
        return (yield from self._target.ask(method, path, authorization, body, user_agent=user_agent))

    @sends_requests
    def token(self, client_id: str, client_secret: str) -> Steps[str]:
        """
        Fetch an access token.

        Args:
            client_id: The account's client id.
            client_secret: Its secret.
        """
        credentials = self._target.authorization(text_of(client_id), text_of(client_secret))
        made = yield from self._target.ask("POST", KPN_TOKEN_REQUEST, credentials)
        return self._target.member("access_token", made, str)

    @sends_requests
    def ready(self) -> Steps[HealthRecord]:
        """Return how the sandbox is when it is ready, and raise when it is not."""
        return cast(HealthRecord, (yield from self._target.ask("GET", f"{CONTROL_PATH}/ready")))

    @sends_requests
    def now(self) -> Steps[datetime]:
        """The wall time of the sandbox, to the second."""
        return (yield from self._now())

    def _now(self) -> Steps[datetime]:
        response = yield self._target.call("GET", f"{CONTROL_PATH}/health")
        return self._target.date_of(response)

    def _instant(self, value: Any, name: str) -> Steps[str]:
        """An instant as it is sent; words without a date are about the day of the sandbox's wall time."""
        return sent_instant(value, name, self._now)

    @sends_requests
    def accounts(self) -> Steps[list[ListedAccountRecord]]:
        """All accounts without their secrets, the oldest first."""
        found: list[Any] = []
        after = ""
        while True:
            path = f"{CONTROL_PATH}/accounts?limit=1000{after}"
            page = yield from self._target.ask("GET", path, self._administrator())
            found += self._target.member("accounts", page, list)
            if page.get("next") is None:
                return found
            after = f"&after={quote(page['next'], safe='')}"

    @sends_requests
    def all_requests(
        self, operation: Operation | None = None, **filters: Unpack[LogFilters]
    ) -> Steps[list[LogEntryRecord]]:
        """
        The last requests of all accounts and of none, oldest first.

        Args:
            operation, filters: Those of an account's `requests`.
        """
        name = None if operation is None else text_of(operation, "operation")
        given: JsonObject = {**filters, "operation": None if name == "any" else name}
        if given.get("since") is not None:
            given["since"] = yield from self._instant(given["since"], "since")
        found = yield from self._target.ask("GET", f"{CONTROL_PATH}/requests{query(given)}", self._administrator())
        return self._target.member("requests", found, list)

    def _created(self, settings: Mapping[str, Any]) -> Steps[tuple[str, str, JsonObject]]:
        """Create an account; its id, its secret, and what the sandbox answered."""
        body = present(**settings)
        at = body.pop("at", None)
        if "clock" in body:
            body["clock"] = yield from self._clock(body["clock"])
        if at is not None:
            body["clock"] = _frozen((yield from self._instant(at, "at")), body.get("clock"))
        if "agents" in body:
            body["profile"] = _with_agents(body.pop("agents"), body.get("profile"))
        for name in ("client_id", "client_secret"):
            if name in body:
                body[name] = text_of(body[name], name)
        content = control_value({**body, **present(seed=seed_text(body.get("seed")))})
        made = yield from self._target.ask("POST", f"{CONTROL_PATH}/accounts", self._administrator(), content)
        return self._target.member("client_id", made, str), self._target.member("client_secret", made, str), made

    def _clock(self, clock: Any) -> Steps[Any]:
        """A clock as it is sent; without a mode it stands where there is an instant, and runs otherwise."""
        plain = json_value(clock, "clock")
        if not isinstance(plain, dict):
            return plain
        if plain.get("at"):
            plain = {**plain, "at": (yield from self._instant(plain["at"], "clock.at"))}
        return {"mode": "frozen" if plain.get("at") and "speed" not in plain else "running", **plain}


class Client(SandboxRequests, Blocking):
    """
    A running sandbox; every method raises `ClientError` when there is no response or the sandbox refuses.

    Args:
        url: Its base URL, or a connection to it.
        admin_token: The administrator's token, for what takes the administrator.
        proxies: Whether to use the proxies of the environment.
    """

    @checks_arguments
    def __init__(self, url: str | Connection, admin_token: str | None = None, *, proxies: bool = False) -> None:
        connection = url if isinstance(url, Connection) else Connection(url, admin_token, proxies=proxies)
        super().__init__(connection)
        self._connection = connection

    @sends_requests
    def new_account(self, **settings: Unpack[NewAccountSettings]) -> Steps[Account]:
        """Create an account; a setting that is left out or None is chosen by the sandbox."""
        return Account(self, *(yield from self._created(settings)))

    @checks_arguments
    def account(self, client_id: str, client_secret: str | None = None) -> Account:
        """
        An account that exists.

        Args:
            client_id: Its client id.
            client_secret: Its secret; without one the administrator asks.
        """
        return Account(self, client_id, client_secret)


class AsyncClient(SandboxRequests, Awaiting):
    """
    A running sandbox, as `Client`, whose methods are awaited; it takes the extra `async`, which brings httpx.

    Args:
        url, admin_token: As for `Client`.
    """

    @checks_arguments
    def __init__(self, url: str, admin_token: str | None = None) -> None:
        connection = AsyncConnection(url, admin_token)
        super().__init__(connection)
        self._connection = connection

    @sends_requests
    def new_account(self, **settings: Unpack[NewAccountSettings]) -> Steps[AsyncAccount]:
        """Create an account; a setting that is left out or None is chosen by the sandbox."""
        return AsyncAccount(self, *(yield from self._created(settings)))

    @checks_arguments
    def account(self, client_id: str, client_secret: str | None = None) -> AsyncAccount:
        """
        An account that exists.

        Args:
            client_id: Its client id.
            client_secret: Its secret; without one the administrator asks.
        """
        return AsyncAccount(self, client_id, client_secret)


def _frozen(at: str, clock: Any) -> JsonObject:
    """The clock that stands at an instant, where a clock that is given, too, must say the same."""
    if clock is None:
        return {"mode": "frozen", "at": at}
    own = (clock.get("at") or at) if isinstance(clock, dict) and clock["mode"] == "frozen" else ""
    if not own or datetime.fromisoformat(own) != datetime.fromisoformat(at):
        raise ClientError(f"at={at} freezes the clock, so clock must say the same or be left out, not {shown(clock)}")
    return {**clock, "at": at}


def _with_agents(agents: Any, profile: Any) -> Any:
    """A profile with this number of agents, where one that is given, too, must say the same."""
    plain = {} if profile is None else json_value(profile, "profile")
    agents = json_value(agents, "agents")
    if not isinstance(plain, dict):
        return plain
    if plain.get("agents", agents) != agents:
        raise ClientError(f"agents must be given once, not as {shown(agents)} and in profile as {plain['agents']!r}")
    return {**plain, "agents": agents}
