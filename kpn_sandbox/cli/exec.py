"""
A command beside a sandbox of its own: free port, temporary database, gone when the command ends.

The sandbox runs in a session of its own, so that a Ctrl-C at the terminal reaches the command only; the sandbox stays
until the command has finished with it.
"""

import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType
from typing import Any

from kpn_sandbox.client import Client, ClientError, JsonObject
from kpn_sandbox.settings import Settings, environment_with

READY = "Ready: "
NOT_FOUND = 127
NOT_EXECUTABLE = 126


class StartError(Exception):
    """The sandbox or the command did not start; the message says why in one line."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code


def execute(command: Sequence[str], settings: Settings, given: Mapping[str, str], *, faults_used: bool = False) -> int:
    """
    Run a command with the variables `KPN_SANDBOX_URL`, `_CLIENT_ID`, `_CLIENT_SECRET` and `_ADMIN_TOKEN`.

    Args:
        command: The program and its arguments.
        settings: The settings as they are in force.
        given: Those of them that were given as flags, for the sandbox's own process.
        faults_used: Whether it is a failure to leave outcomes of faults unused.

    Returns:
        The command's exit code; 128 + n when signal n ended it; 1 when it succeeded but left faults that it must not.

    Raises:
        StartError: The sandbox or the command does not start.
    """
    signal.signal(signal.SIGTERM, _leave)
    admin_token = settings.admin_token or secrets.token_urlsafe(24)
    with TemporaryDirectory(prefix="kpn-sandbox-") as folder:
        database = f"sqlite:///{Path(folder) / 'sandbox.db'}"
        with _sandbox({**given, "admin_token": admin_token, "database_url": database}) as url:
            code = _run(command, _told(settings, url=url, admin_token=admin_token))
            return _unused_faults(Client(url, admin_token)) if faults_used and code == 0 else code


def _unused_faults(client: Client) -> int:
    """The exit code after a command that succeeded; what it left is told on standard error."""
    try:
        left = [(account["client_id"], fault) for account in client.accounts() for fault in _faults(client, account)]
    except ClientError as error:
        raise StartError(f"the faults cannot be looked up: {error}", 1) from None
    for client_id, fault in left:
        told = f"{client_id}: fault {fault['id']} on {fault['operation'] or 'any operation'} of {fault['api']}"
        print(f"kpn-sandbox: {told} has {fault['remaining']} outcomes left", file=sys.stderr)
    return 1 if left else 0


def _faults(client: Client, account: Mapping[str, Any]) -> list[JsonObject]:
    return [fault for fault in client.account(account["client_id"]).faults() if fault["remaining"]]


def _leave(number: int, frame: FrameType | None) -> None:
    """End this process by way of its clean-up, which stops the sandbox."""
    sys.exit(128 + number)


def _told(settings: Settings, *, url: str, admin_token: str) -> dict[str, str]:
    return {
        "url": url,
        "client_id": settings.client_id,
        "client_secret": settings.client_secret,
        "admin_token": admin_token,
    }


@contextmanager
def _sandbox(given: Mapping[str, str]) -> Iterator[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "kpn_sandbox", "serve", "--host", "127.0.0.1", "--port", "0"],
        env=environment_with(given),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with process:
        try:
            yield _url(process)
        finally:
            process.terminate()


def _url(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith(READY):
            return line.removeprefix(READY).strip()
    # The sandbox has said on standard error what is wrong.
    raise StartError("the sandbox did not start", 2)


def _run(command: Sequence[str], told: Mapping[str, str]) -> int:
    try:
        process = subprocess.Popen(command, env=environment_with(told))
    except FileNotFoundError:
        raise StartError(f"{command[0]}: no such command", NOT_FOUND) from None
    except OSError as error:
        raise StartError(f"{command[0]}: {error.strerror}", NOT_EXECUTABLE) from None
    with _forwarding(process):
        code = process.wait()
    return 128 - code if code < 0 else code


@contextmanager
def _forwarding(process: "subprocess.Popen[bytes]") -> Iterator[None]:
    """Hand signals on to the command; a Ctrl-C at a terminal has reached it already."""

    def forward(number: int, frame: FrameType | None) -> None:
        if number != signal.SIGINT or not sys.stdin.isatty():
            process.send_signal(number)

    numbers = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {number: signal.signal(number, forward) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
