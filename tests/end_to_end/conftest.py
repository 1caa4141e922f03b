"""A sandbox in a process of its own, as a user starts it."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from kpn_sandbox.client import Client

SOON = 20

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell that runs the tests in the background has Ctrl-C ignored, and processes started here would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)


class Sandbox:
    """A running `kpn-sandbox serve`."""

    def __init__(self, database: str, *flags: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "kpn_sandbox", "serve", "--port", "0", "--database-url", database, *flags],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.banner: list[str] = []
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.banner.append(line)
            if line.startswith("Ready: "):
                break
        self.url = self.banner[-1].removeprefix("Ready: ").strip() if self.banner else ""

    def token(self) -> str:
        """An access token of the demo account."""
        return Client(self.url).token("APP_CONSUMER_KEY", "APP_CONSUMER_SECRET")

    @property
    def admin_token(self) -> str:
        """The administrator's token, as it was printed."""
        return next(line for line in self.banner if "Administrator" in line).split()[-1]

    def processes(self) -> list[int]:
        """The master, and behind it its workers."""
        listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(self.process.pid)], capture_output=True, text=True)
        return [self.process.pid, *map(int, listed.stdout.split())]

    def kill_worker(self) -> int:
        """Kill the youngest worker, which has no time to log anything, and return its process id."""
        worker = self.processes()[-1]
        os.kill(worker, signal.SIGKILL)
        return worker

    def stop(self, *, group: bool = False, by: signal.Signals = signal.SIGTERM) -> tuple[int, str, str]:
        """
        Stop it.

        Returns:
            The exit code, and its output and errors since it was ready.
        """
        if group:
            os.killpg(self.process.pid, by)
        else:
            self.process.send_signal(by)
        out, err = self.process.communicate(timeout=SOON)
        return self.process.returncode, out, err


@pytest.fixture
def start_on() -> Iterator[Any]:
    """Start sandboxes on a database; those still running at the end are stopped."""
    started: list[Sandbox] = []

    def start_on(database: str, *flags: str) -> Sandbox:
        started.append(Sandbox(database, *flags))
        return started[-1]

    yield start_on
    for sandbox in started:
        if sandbox.process.poll() is None:
            sandbox.stop()
        sandbox.process.stdout.close()
        sandbox.process.stderr.close()


@pytest.fixture
def start(start_on, tmp_path) -> Any:
    """Start sandboxes on one file."""
    return partial(start_on, f"sqlite:///{tmp_path / 'sandbox.db'}")


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory) -> Iterator[Sandbox]:
    """One running sandbox for the tests of a module."""
    running = Sandbox(f"sqlite:///{tmp_path_factory.mktemp('sandbox') / 'sandbox.db'}")
    yield running
    running.stop()
