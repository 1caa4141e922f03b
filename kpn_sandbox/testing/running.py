"""The sandbox that tests talk to: one of their own in this process, over a real socket, or one that runs elsewhere."""

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import Any

from kpn_sandbox.client import Client, ClientError
from kpn_sandbox.settings import SettingError, Settings, base_url, from_environment, remote_sandbox
from kpn_sandbox.testing.sandbox import Sandbox

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
    from kpn_sandbox.server.threaded import make_threaded
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
