"""
A running sandbox as tests have it.

The sandbox that tests talk to: one of their own in this process, over a real socket, or one that runs elsewhere.
"""

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import fields
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import Any

from kpn_sandbox.client import CONTROL_PATH, Client, ClientError
from kpn_sandbox.settings import SettingError, Settings, base_url, from_environment, remote_sandbox
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


_POLL_SECONDS = 0.05


class WrongSetting(Exception):
    """The sandbox does not start; the message says in one line what would be right."""


@contextmanager
def running(settings: Mapping[str, Any] | None = None) -> Iterator[Sandbox]:
    """
    A sandbox for as long as the block runs.

    Args:
        settings: Values by the names of `Settings`, for a sandbox of the tests' own.

    Raises:
        WrongSetting: A setting is wrong, or the sandbox that the environment names does not answer.
    """
    try:
        remote = remote_sandbox()
        with _remote(*remote) if remote else _local(_settings(settings or {})) as sandbox:
            yield sandbox
    except SettingError as error:
        raise WrongSetting(str(error)) from None


@contextmanager
def _remote(url: str, admin_token: str) -> Iterator[Sandbox]:
    try:
        Client(url, admin_token).accounts()
    except ClientError as error:
        raise WrongSetting(str(error)) from None
    sandbox = Sandbox(url, admin_token)
    yield sandbox
    sandbox.drop_all()


def _settings(given: Mapping[str, Any]) -> dict[str, str]:
    known = [setting.name for setting in fields(Settings)]
    for name in given:
        if name not in known:
            raise SettingError(f"kpn_sandbox_settings must name settings ({', '.join(known)}), not {name!r}")
    return {name: _spelled(value) for name, value in given.items() if value is not None}


def _spelled(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return str(value)


@contextmanager
def _local(given: Mapping[str, str]) -> Iterator[Sandbox]:
    # Imported here because tests may use a sandbox elsewhere, and importing takes time.
    from kpn_sandbox.app import create_app
    from kpn_sandbox.server.listener import AddressError, listen
    from kpn_sandbox.server.werkzeug_server import make_threaded
    from kpn_sandbox.simulation.errors import SimulationError

    stopping = Event()

    def pause(seconds: float) -> None:
        # Who waits when the tests are over waits no longer.
        stopping.wait(seconds)

    with TemporaryDirectory(prefix="kpn-sandbox-", ignore_cleanup_errors=True) as folder:
        chosen = {"port": "0", "admin_token": secrets.token_urlsafe(24), "database_url": f"sqlite:///{folder}/s.db"}
        settings = from_environment({}, {**chosen, **given})
        try:
            app = create_app(settings, pause=pause)
            listener = listen(settings.host, settings.port)
        except (AddressError, SimulationError) as error:
            raise SettingError(str(error)) from None
        url = base_url(settings.host, listener.getsockname()[1])
        server = make_threaded(app, listener)
        # A test may leave a connection open over which it never asks anything.
        server.daemon_threads = True
        thread = Thread(target=server.serve_forever, args=(_POLL_SECONDS,), name="kpn-sandbox", daemon=True)
        thread.start()
        try:
            yield Sandbox(url, str(settings.admin_token))
        finally:
            stopping.set()
            server.shutdown()
            thread.join()
            app.extensions["kpn_sandbox"].sandbox.database.close()
