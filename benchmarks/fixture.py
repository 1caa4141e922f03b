"""
The cost of the pytest plugin: loading it, the first fixture, an account per test, and many tests side by side.

CPU time is judged, as another program on the machine lengthens the seconds on the wall.

    python benchmarks/fixture.py
"""

import re
import subprocess
import sys
import time
from argparse import ArgumentParser, Namespace
from importlib.metadata import entry_points
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from start import IMPORTS

from kpn_sandbox.settings import environment_with
from kpn_sandbox.testing import running

LOAD = """
import pytest, time
begin = time.process_time()
import kpn_sandbox.pytest_plugin
print(time.process_time() - begin)
"""
KEEPING: dict[str, str] = {}
"""The environment of the processes that are measured."""

READY = """
import time
begin = time.process_time()
from kpn_sandbox.testing import running
with running() as sandbox:
    sandbox.new_account()
    print(time.process_time() - begin)
"""
IMPORTING = """
import time
begin = time.process_time()
{}
print(time.process_time() - begin)
"""
BARE = IMPORTING.format(IMPORTS)
ALL = IMPORTING.format(IMPORTS + ", apispec, click, flask_swagger_ui, gunicorn.app.base, orjson, platformdirs, tzdata")
"""All that the package depends on, where `BARE` is what a start depends on in any case."""

TESTS = """
import pytest

@pytest.mark.parametrize("number", range({count}))
def test_it(kpn_account, number):
    kpn_account.profile(agents=1 + number % 9)
    assert len(kpn_account.get("/agents")["DataSet"]["agents"]) == 1 + number % 9
"""


def main() -> None:
    """Print each figure with its target."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--tests", type=int, default=200)
    chosen = parser.parse_args()
    with TemporaryDirectory() as folder:
        # Compiled code is kept here, whatever the shell says about keeping it.
        KEEPING.update(environment_with({}), PYTHONPYCACHEPREFIX=folder, PYTHONDONTWRITEBYTECODE="")
        measure(chosen)


def measure(chosen: Namespace) -> None:
    """Print each figure."""
    print(f"loading the plugin: {judged(1000 * median_seconds(LOAD, chosen.rounds), 20)} ms of CPU")
    print_first_fixture(chosen.rounds)
    print_accounts()
    print_side_by_side(chosen.runs, chosen.tests)


def judged(value: float, most: float) -> str:
    """A figure with its goal."""
    return f"{value:.2f} (goal at most {most:g}: {'reached' if value <= most else 'MISSED'})"


def seconds(program: str) -> float:
    """Return the seconds of CPU that a program, in a process of its own, prints."""
    ran = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True, env=KEEPING)
    return float(ran.stdout)


def median_seconds(program: str, rounds: int) -> float:
    """The median of some rounds, after one that nobody counts."""
    seconds(program)
    return median([seconds(program) for _ in range(rounds)])


def print_first_fixture(rounds: int) -> None:
    """A server and an account, beside the bare import of the libraries, in turn."""
    for name, bare in (("all dependencies", ALL), ("those of a start", BARE)):
        seconds(READY), seconds(bare)
        pairs = [(seconds(READY), seconds(bare)) for _ in range(rounds)]
        ratios = sorted(ours / theirs for ours, theirs in pairs)
        ours, theirs = (median([pair[position] for pair in pairs]) for position in (0, 1))
        print(f"first fixture: {ours:.3f} s of CPU beside the bare import of {name} {theirs:.3f} s", end=", ")
        print(f"ratio {judged(median(ratios), 1.3)} ({ratios[0]:.2f} to {ratios[-1]:.2f})")


def print_accounts(count: int = 200) -> None:
    """Making accounts, dropping them, and the first answer of each."""
    taken: dict[str, list[float]] = {"account": [], "first answer": [], "dropping it": []}
    with running() as sandbox:
        for _ in range(count):
            begin = time.process_time()
            account = sandbox.new_account(seed="pytest")
            made = time.process_time()
            account.get("/agents")
            answered = time.process_time()
            sandbox.drop(account)
            steps = (made - begin, answered - made, time.process_time() - answered)
            for step, each in zip(taken.values(), steps, strict=True):
                step.append(1000 * each)
    for name, times in taken.items():
        shown = judged(median(times), 5) if name == "account" else f"{median(times):.1f}"
        print(f"{name}: {shown} ms of CPU, 95 % within {sorted(times)[int(0.95 * count)]:.1f} ms")


def print_side_by_side(runs: int, count: int) -> None:
    """Many tests with an account each, in two workers, again and again."""
    passed, taken = [], []
    with TemporaryDirectory() as folder:
        (Path(folder) / "test_it.py").write_text(TESTS.format(count=count), encoding="utf-8")
        command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "-p", "no:cacheprovider"]
        if not registered():
            command += ["-p", "kpn_sandbox.pytest_plugin"]
        for _ in range(runs):
            begin = time.perf_counter()
            ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=KEEPING)
            taken.append(time.perf_counter() - begin)
            passed.append(int((re.findall(r"(\d+) passed", ran.stdout) or ["0"])[-1]))
    print(f"{count} tests over two workers: {median(taken):.1f} s; passed in {runs} runs: {passed}")


def registered() -> bool:
    """Whether pytest finds the plugin by itself."""
    return "kpn_sandbox" in entry_points(group="pytest11").names


if __name__ == "__main__":
    main()
