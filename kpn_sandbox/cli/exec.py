"""
The command `exec`: another command beside a sandbox of its own, with a free port and a temporary database.

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

import click

from kpn_sandbox.cli.commands import command
from kpn_sandbox.cli.options import (
    CommandError,
    config_option,
    flag_texts,
    flagged_settings,
    gone_options,
    setting_options,
    settings_from,
    warn_of_gone,
)
from kpn_sandbox.client import Client, ClientError
from kpn_sandbox.safe_text import terminal_text
from kpn_sandbox.settings import environment_with

READY = "Ready: "
"""What the last line of `serve` begins with; the base URL follows."""

NOT_FOUND, NOT_EXECUTABLE = 127, 126
"""Exit codes of a shell for commands that do not exist and that cannot be run."""

STOP_SIGNALS = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
"""Signals that end this command beside Ctrl-C: by a program, and of a terminal that is closed."""

STOP_SECONDS = 2.0
"""Time in which a sandbox whose command has ended may finish the requests in flight."""

_CHOSEN_HERE = ("host", "port", "database_url")
"""Settings that have no flag here, because the sandbox gets an address and a database of its own."""


@command("exec", context_settings={"allow_interspersed_args": False})
@setting_options(*(name for name in flagged_settings() if name not in _CHOSEN_HERE))
@config_option
@gone_options
@click.option("--require-faults-used", is_flag=True, help="Fail if CMD succeeds but leaves outcomes of faults unused.")
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED, metavar="CMD [ARG]...")
def execute(command: tuple[str, ...], require_faults_used: bool, **flags: Any) -> int:
    """Run CMD beside a sandbox of its own, on a free port with a temporary database."""
    warn_of_gone(flags)
    # The sandbox reads the forms of an instant that have no day.
    clock = flags.pop("clock")
    settings = settings_from(flags)
    admin_token = settings.admin_token or secrets.token_urlsafe(24)
    for number in STOP_SIGNALS:
        # What is ignored, as SIGHUP under `nohup`, stays ignored.
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _exit)
    with TemporaryDirectory(prefix="kpn-sandbox-") as folder:
        database = f"sqlite:///{Path(folder) / 'sandbox.db'}"
        with _sandbox({**flag_texts(flags), "admin_token": admin_token, "database_url": database}, clock) as url:
            credentials = {"client_id": settings.client_id, "client_secret": settings.client_secret}
            code = _run(command, {"url": url, **credentials, "admin_token": admin_token})
            return _report_unused_faults(Client(url, admin_token)) if require_faults_used and code == 0 else code


COMMANDS = (execute,)


def _exit(number: int, frame: FrameType | None) -> None:
    """End this process in a way that runs its clean-up, which stops the sandbox."""
    sys.exit(128 + number)


@contextmanager
def _sandbox(settings: Mapping[str, str], clock: str | None) -> Iterator[str]:
    """Run a sandbox in a process of its own and give its base URL."""
    command = [sys.executable, "-m", "kpn_sandbox", "serve", "--host", "127.0.0.1", "--port", "0"]
    process = subprocess.Popen(
        command if clock is None else [*command, "--clock", clock],
        env=environment_with(settings),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with process:
        try:
            ready = next((line for line in process.stdout or () if line.startswith(READY)), None)
            if ready is None:
                # The sandbox has said on standard error what is wrong.
                raise CommandError("the sandbox did not start")
            yield ready.removeprefix(READY).strip()
        finally:
            _stop(process)


def _stop(process: "subprocess.Popen[str]") -> None:
    """Stop the sandbox; requests that are still computed belong to nobody who waits for them."""
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        # A second signal while it stops makes it stop at once.
        process.send_signal(signal.SIGINT)


def _run(command: Sequence[str], variables: Mapping[str, str]) -> int:
    """Run the command; its exit code is 128 + n when signal n ended it, as a shell has it."""
    try:
        process = subprocess.Popen(command, env=environment_with(variables))
    except FileNotFoundError:
        raise CommandError(f"{command[0]}: no such command", NOT_FOUND) from None
    except OSError as error:
        raise CommandError(f"{command[0]}: {error.strerror}", NOT_EXECUTABLE) from None
    with _forwarded_signals(process):
        code = process.wait()
    return 128 - code if code < 0 else code


@contextmanager
def _forwarded_signals(process: "subprocess.Popen[bytes]") -> Iterator[None]:
    """Forward signals to the command; a Ctrl-C at a terminal has reached it already."""

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


def _report_unused_faults(client: Client) -> int:
    """Write a line on standard error for each fault with outcomes left; the exit code is 1 if there are any."""
    try:
        names = [account["client_id"] for account in client.accounts()]
        unused = [(name, fault) for name in names for fault in client.account(name).unused_faults()]
    except ClientError as error:
        raise CommandError(f"the faults cannot be looked up: {error}", 1) from None
    for name, fault in unused:
        plan = f"{name}: fault {fault['id']} on {fault['operation'] or 'any operation'} of {fault['api']}"
        print(f"kpn-sandbox: {terminal_text(plan)} has {fault['remaining']} outcomes left", file=sys.stderr)
    return 1 if unused else 0
