"""One account: its remote control through the control API, and requests as its client would send them."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from kpn_sandbox.client.asynchronous import AsyncConnection
from kpn_sandbox.client.errors import ClientError
from kpn_sandbox.client.http import Connection, Target
from kpn_sandbox.client.inspection import AccountInspection
from kpn_sandbox.client.steps import Awaiting, Blocking, checks_arguments

_GLANCE_SECONDS = 1.0


class _ConnectedAccount(AccountInspection):
    """An account with a way to the sandbox of its own kind: one that waits, or one that is awaited."""

    _connection_class: ClassVar[type[Connection] | type[AsyncConnection]]
    _connection: Any

    @checks_arguments
    def __init__(
        self,
        connection: Any,
        client_id: Any = None,
        client_secret: Any = None,
        settings: Mapping[str, Any] | None = None,
    ) -> None:
        target, kind = target_of(connection), self._connection_class
        own = target if isinstance(target, kind) else kind(target.url, target.admin_token)
        super().__init__(own, *_owner(connection, client_id, client_secret), settings)
        self._connection = own


class Account(_ConnectedAccount, Blocking):
    """
    An account of a sandbox; every method raises `ClientError` when there is no response or the sandbox refuses.

    A `with` block drops it at its end.

    Args:
        connection: The way to the sandbox: its URL, a `Client`, or another account of it.
        client_id: Its client id; by default it is the account that is given as the connection.
        client_secret: Its secret; without one the administrator asks, and there are no access tokens.
        settings: What the sandbox answered when the account was created.
    """

    _connection_class = Connection

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.drop()

    def __repr__(self) -> str:
        if not self._seen.get("clock"):
            try:
                authorization = self._target.authorization(self.client_id, self.client_secret) or ""
                call = self._target.call("GET", self._path, {"Authorization": authorization}, timeout=_GLANCE_SECONDS)
                shown = self._connection.send(call)
                self._notice(clock=shown.get("clock"), scenario=shown.get("scenario"))
            except ClientError:
                # Whoever looks at an object in a debugger wants no error of the network.
                pass
        return _description(self)


class AsyncAccount(_ConnectedAccount, Awaiting):
    """
    An account of a sandbox, as `Account`, whose methods are awaited; it takes the extra `async`, which brings httpx.

    An `async with` block drops it at its end.

    Args:
        connection, client_id, client_secret, settings: As for `Account`.
    """

    _connection_class = AsyncConnection

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.drop()

    def __repr__(self) -> str:
        return _description(self)


def target_of(connection: Any) -> Target:
    """
    Return the way to a sandbox that a URL, a client, an account or a connection means.

    Raises:
        ClientError: It is none of these.
    """
    found = getattr(connection, "_connection", connection)
    return found if isinstance(found, Target) else Target(found)


def _owner(connection: Any, client_id: Any, client_secret: Any) -> tuple[Any, Any]:
    """Id and secret of the account that is meant, which may be the one that leads to the sandbox."""
    if client_id is None and isinstance(connection, AccountInspection):
        return connection.client_id, connection.client_secret or None
    return client_id, client_secret


def _description(account: AccountInspection) -> str:
    clock, scenario = account._seen.get("clock"), account._seen.get("scenario") or "not known"
    plain = clock if isinstance(clock, Mapping) else {}
    mode = f"{plain['mode']} at {plain.get('at')}" if plain.get("mode") == "frozen" else plain.get("mode", "not known")
    return f"<{type(account).__name__} {account.client_id!r} at {account.url}: clock {mode}, scenario {scenario}>"
