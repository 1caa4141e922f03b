"""A sandbox in a process of its own, as a user starts it."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from kpn_sandbox.client import Client

SOON = 20


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
        self.greeting: list[str] = []
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.greeting.append(line)
            if line.startswith("Ready: "):
                break
        self.url = self.greeting[-1].removeprefix("Ready: ").strip() if self.greeting else ""

    def token(self) -> str:
        """An access token of the demo account."""
        return Client(self.url).token("APP_CONSUMER_KEY", "APP_CONSUMER_SECRET")

    def stop(self, *, group: bool = False, by: signal.Signals = signal.SIGTERM) -> tuple[int, str, str]:
        """
        Stop it.

        Returns:
            The exit code and what it said since it was ready.
        """
        if group:
            os.killpg(self.process.pid, by)
        else:
            self.process.send_signal(by)
        out, err = self.process.communicate(timeout=SOON)
        return self.process.returncode, out, err


@pytest.fixture
def start(tmp_path) -> Iterator[Any]:
    """Start sandboxes; those still running at the end are stopped."""
    started: list[Sandbox] = []

    def start(*flags: str) -> Sandbox:
        started.append(Sandbox(f"sqlite:///{tmp_path / 'sandbox.db'}", *flags))
        return started[-1]

    yield start
    for sandbox in started:
        if sandbox.process.poll() is None:
            sandbox.stop()
        sandbox.process.stdout.close()
        sandbox.process.stderr.close()


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory) -> Iterator[Sandbox]:
    """One running sandbox for the tests of a module."""
    running = Sandbox(f"sqlite:///{tmp_path_factory.mktemp('sandbox') / 'sandbox.db'}")
    yield running
    running.stop()
