"""Starting servers for a measurement, loading them, and looking at their memory."""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
from urllib.error import URLError
from urllib.request import urlopen

from kpn_sandbox.server.listener import listen

HERE = Path(__file__).parent
ADMIN = "benchmark-admin-token"


@contextmanager
def folder() -> Iterator[Path]:
    """A folder that is gone afterwards."""
    with TemporaryDirectory(prefix="kpn-sandbox-benchmark-") as path:
        yield Path(path)


def free_port() -> int:
    """A port that nobody listens on at the moment."""
    with listen("127.0.0.1", 0) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def running(command: list[str], url: str, environment: dict[str, str]) -> Iterator["subprocess.Popen[bytes]"]:
    """A server process, from its first answer at a URL until the end of the block."""
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, cwd=HERE.parent)
    try:
        _wait_for(url)
        yield process
    finally:
        process.terminate()
        process.wait()


class RunningSandbox(NamedTuple):
    """A sandbox that serves: the process of its master, and its port."""

    process: int
    port: int

    @property
    def url(self) -> str:
        """Base URL."""
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def serving_sandbox(*options: str, **settings: str) -> Iterator[RunningSandbox]:
    """Serve a sandbox with options of its command line, and settings by their names as its environment has them."""
    served = RunningSandbox(0, free_port())
    environment = {**os.environ, **{f"KPN_SANDBOX_{name.upper()}": text for name, text in settings.items()}}
    command = [sys.executable, "-m", "kpn_sandbox", "serve", "--port", str(served.port), *options]
    with running(command, f"{served.url}/_sandbox/ready", environment) as process:
        yield served._replace(process=process.pid)


def gunicorn(application: str, port: int, *options: str) -> list[str]:
    """The gunicorn command for an application, with one worker of the kind `sync` unless options say otherwise."""
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--log-level", "error"]
    return [*command, *options, application]


class Load(NamedTuple):
    """What wrk asks a server for."""

    url: str
    token: str
    script: Path | None = None
    connections: int = 16
    headers: tuple[str, ...] = ()

    def run(self, seconds: int) -> int:
        """Ask for some seconds and return the number of answers, all of which must be successes."""
        wrk = shutil.which("wrk")
        if wrk is None:
            raise SystemExit("wrk is not installed: it comes with Debian's package wrk")
        command = [wrk, "-t1", f"-c{self.connections}", f"-d{seconds}s", "-H", f"Authorization: Bearer {self.token}"]
        command += ["-s", str(self.script)] if self.script else []
        command += [part for header in self.headers for part in ("-H", header)]
        ran = subprocess.run([*command, self.url], capture_output=True, text=True)
        found = re.search(r"([0-9]+) requests in", ran.stdout)
        if found is None or "Non-2xx" in ran.stdout or "Socket errors" in ran.stdout:
            raise SystemExit(f"not all answers were good:\n{ran.stdout}{ran.stderr}")
        return int(found[1])


class Served(NamedTuple):
    """A server that is loaded."""

    process: int
    url: str
    load: Any
    """A `Load`, or another object with its method `run`."""


def measured(servers: Sequence[Served], rounds: int, seconds: int) -> dict[Served, list[float]]:
    """Load servers in turn and return for each the CPU microseconds of a request in each round."""
    costs: dict[Served, list[float]] = {served: [] for served in servers}
    for served in costs:
        served.load.run(1)
    for _ in range(rounds):
        for served, found in costs.items():
            before = processor_seconds(served.process)
            requests = served.load.run(seconds)
            found.append((processor_seconds(served.process) - before) * 1_000_000 / requests)
    return costs


def print_beside_flask(title: str, process: int, loads: tuple[Any, Any], goal: int) -> None:
    """
    Measure a request by the fast path and by Flask in alternating rounds and print both.

    Args:
        title: Name of the request.
        process: The server.
        loads: The same request, by the fast path and with a preference for which Flask answers.
        goal: CPU microseconds that it may take by the fast path.
    """
    fast, full = (median(found) for found in measured([Served(process, "", each) for each in loads], 5, 3).values())
    verdict = "reached" if fast <= goal else "MISSED"
    print(f"  {title:28s} {fast:5.0f} us of CPU beside {full:5.0f} us by Flask; goal {goal} us: {verdict}", flush=True)


def resident_megabytes(process: int) -> float:
    """Return the memory of a process and its descendants, with shared pages divided among them (PSS)."""
    return sum(map(proportional_megabytes, tree(process)))


def proportional_megabytes(process: int) -> float:
    """Return the memory of one process, with shared pages divided among those that share them (PSS)."""
    text = Path(f"/proc/{process}/smaps_rollup").read_text()
    return int(re.search(r"Pss:\s+([0-9]+)", text)[1]) / 1024  # type: ignore[index]


def processor_seconds(process: int) -> float:
    """Return the processor time of a process and its descendants so far."""
    return sum(map(_ticks, tree(process))) / os.sysconf("SC_CLK_TCK")


def tree(process: int) -> list[int]:
    """Return the ids of a process, its children, theirs and so on: npm starts a program through several."""
    found = [process]
    for parent in found:
        found += children(parent)
    return found


def children(process: int) -> list[int]:
    """Return the ids of a process's children."""
    listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(process)], capture_output=True, text=True)
    return list(map(int, listed.stdout.split()))


def started(process: int) -> int:
    """Return when a process was started, in ticks since the machine was."""
    return int(_statistics(process)[19])


def _ticks(process: int) -> int:
    # Fields 14 and 15: in user mode and in the kernel.
    fields = _statistics(process)
    return int(fields[11]) + int(fields[12])


def _statistics(process: int) -> list[str]:
    # From the third field on; the name before them may have spaces.
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()


def _wait_for(url: str, patience_seconds: float = 60) -> None:
    end = time.monotonic() + patience_seconds
    while True:
        try:
            urlopen(url).close()
            return
        except URLError as error:
            if time.monotonic() > end:
                raise SystemExit(f"nothing answers at {url}: {error}") from None
            time.sleep(0.02)
