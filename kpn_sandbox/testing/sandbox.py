"""
The sandbox that tests talk to over a socket: one in the tests' own process, or one that runs elsewhere.

A server in the process costs a test run one start, and no test has to find a port or clean up a database.
"""

import atexit
import gc
import secrets
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import fields
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import Any, Protocol, Unpack

from kpn_sandbox.client import Account, Client, ClientError, NewAccountSettings
from kpn_sandbox.client.http import CONTROL_PATH
from kpn_sandbox.client.steps import checks_arguments
from kpn_sandbox.settings import SettingError, Settings, base_url, from_environment, remote_sandbox

_POLL_SECONDS = 0.05
"""How long the server may take to see that it shall stop."""

ABANDONED_SECONDS = 24 * 3600
"""How long an account lives in a shared sandbox when the tests that made it are killed before they drop it."""


class SandboxNotRunning(Exception):
    """The sandbox for the tests does not start or does not answer; the message says in one line what would be right."""


class AccountFactory(Protocol):
    """Makes accounts, as the fixture `kpn_account_factory` does."""

    def __call__(self, **settings: Unpack[NewAccountSettings]) -> Account: ...


class RunningSandbox:
    """
    A sandbox at a URL, with the accounts that tests made in it.

    Args:
        url: The base URL, without a slash at its end.
        admin_token: The administrator's token.
        expires_in_seconds: How long accounts made here live unless they are dropped before; None for ever.
    """

    def __init__(self, url: str, admin_token: str, expires_in_seconds: int | None = None) -> None:
        self.expires_in_seconds = expires_in_seconds
        self.url = url
        self.admin_token = admin_token
        self.made: list[Account] = []
        """The accounts made here and not dropped yet."""
        self._client = Client(url, admin_token)

    @checks_arguments
    def new_account(self, **settings: Unpack[NewAccountSettings]) -> Account:
        """Create an account, which lives until it is dropped; the sandbox chooses settings left out or None."""
        if settings.get("expires_in_seconds") is None:
            settings["expires_in_seconds"] = self.expires_in_seconds
        self.made.append(self._client.new_account(**settings))
        return self.made[-1]

    def drop(self, account: Account) -> None:
        """Delete an account with all of its state; one that is deleted already is no error."""
        self.made = [each for each in self.made if each is not account]
        with suppress(ClientError):
            self._client.account(account.client_id).delete()

    def drop_all(self) -> None:
        """Delete every account that was made here."""
        while self.made:
            self.drop(self.made[-1])


def start(settings: Mapping[str, Any] | None = None) -> RunningSandbox:
    """
    Run a sandbox until the process ends, as in a REPL or a notebook, or use the one that `KPN_SANDBOX_URL` names.

    Args:
        settings: As for `running`.

    Raises:
        SandboxNotRunning: As for `running`.
    """
    stack = ExitStack()
    sandbox = stack.enter_context(running(settings))
    atexit.register(stack.close)
    return sandbox


@contextmanager
def running(settings: Mapping[str, Any] | None = None) -> Iterator[RunningSandbox]:
    """
    Run a sandbox for as long as the block runs, or use the one that `KPN_SANDBOX_URL` names.

    Args:
        settings: Values by the names of `Settings`, for a sandbox of the tests' own.

    Raises:
        SandboxNotRunning: A setting cannot be used, or the sandbox that the environment names does not answer.
    """
    try:
        remote = remote_sandbox()
        with _remote(*remote) if remote else _local(_as_text(settings or {})) as sandbox:
            yield sandbox
    except SettingError as error:
        raise SandboxNotRunning(str(error)) from None


@contextmanager
def _remote(url: str, admin_token: str) -> Iterator[RunningSandbox]:
    try:
        client = Client(url, admin_token)
        client.ask("GET", f"{CONTROL_PATH}/accounts?limit=1", client.authorization("", None))
    except ClientError as error:
        raise SandboxNotRunning(str(error)) from None
    sandbox = RunningSandbox(url, admin_token, ABANDONED_SECONDS)
    yield sandbox
    sandbox.drop_all()


def _as_text(settings: Mapping[str, Any]) -> dict[str, str]:
    """Settings as the environment would spell them."""
    known = [setting.name for setting in fields(Settings)]
    for name in settings:
        if name not in known:
            raise SettingError(f"kpn_sandbox_settings must name settings ({', '.join(known)}), not {name!r}")
    return {name: _text(value) for name, value in settings.items() if value is not None}


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return str(value)


@contextmanager
def _local(chosen: Mapping[str, str]) -> Iterator[RunningSandbox]:
    with _collecting_later(), ExitStack() as stack:
        sandbox = stack.enter_context(_started(chosen))
        stay = stack.pop_all()
    with stay:
        yield sandbox


@contextmanager
def _collecting_later() -> Iterator[None]:
    """Put garbage collection off: a start makes objects that stay, and looking at all of them takes 50 ms."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if gc.get_freeze_count() == 0:
            # Frozen and thawed they are among the oldest objects, without having been looked at.
            gc.freeze()
            gc.unfreeze()
        if collects:
            gc.enable()


@contextmanager
def _started(chosen: Mapping[str, str]) -> Iterator[RunningSandbox]:
    # Not at the top: it takes 0.8 s, which tests that use a sandbox elsewhere, or only annotations, need not spend.
    from kpn_sandbox.app import create_app
    from kpn_sandbox.server.listener import AddressError, listen
    from kpn_sandbox.server.werkzeug_server import make_threaded
    from kpn_sandbox.simulation.errors import SimulationError
    from kpn_sandbox.simulation.names import load_faker
    from kpn_sandbox.tenants.errors import TenantError

    load_faker()
    # A delayed answer must not hold up the end of the tests.
    stopping = Event()

    with TemporaryDirectory(prefix="kpn-sandbox-", ignore_cleanup_errors=True) as folder:
        defaults = {"port": "0", "admin_token": secrets.token_urlsafe(24), "database_url": f"sqlite:///{folder}/s.db"}
        settings = from_environment({}, {**defaults, **chosen})
        try:
            app = create_app(settings, pause=stopping.wait)
            listener = listen(settings.host, settings.port)
        except (AddressError, SimulationError, TenantError) as error:
            raise SettingError(str(error)) from None
        url = base_url(settings.host, listener.getsockname()[1])
        server = make_threaded(app, listener)
        thread = Thread(target=server.serve_forever, args=(_POLL_SECONDS,), name="kpn-sandbox", daemon=True)
        thread.start()
        try:
            yield RunningSandbox(url, str(settings.admin_token))
        finally:
            stopping.set()
            server.shutdown()
            thread.join()
            app.extensions["kpn_sandbox"].sandbox.database.close()
