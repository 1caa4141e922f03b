"""
The cost of a start: CPU time from the process to the first answer of `/agents`, token included, master and worker.

Beside it, in turn, the bare import of the libraries that the sandbox stands on, gunicorn's worker with gevent's loop
among them. CPU time is judged, as another program on the machine lengthens the seconds on the wall.

    python benchmarks/start.py [--rounds 9]
"""

import compileall
import os
import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path
from statistics import median
from urllib.request import Request, urlopen

from servers import HERE, folder, processor_seconds

from kpn_sandbox.client import Client

IMPORTS = (
    "import flask, authlib, authlib.integrations.flask_oauth2, marshmallow, faker, sqlalchemy, numpy, "
    "gevent.monkey, gunicorn.workers.ggevent"
)
GOAL = 1.10


def main() -> None:
    """Print both and their ratio."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    rounds = parser.parse_args().rounds
    # The environment may keep Python from storing what it compiles, and each start would compile all of it.
    compileall.compile_dir(HERE.parent / "kpn_sandbox", quiet=1)
    with folder() as place:
        start(place / "warm-up.db"), bare_import()
        pairs = [(start(place / f"{number}.db"), bare_import()) for number in range(rounds)]
    ratios = sorted(ours / bare for ours, bare in pairs)
    ours, bare = (median([pair[position] for pair in pairs]) for position in (0, 1))
    ratio = median(ratios)
    verdict = "reached" if ratio <= GOAL else "MISSED"
    print(f"start to the first answer {ours:.3f} s of CPU beside the bare import {bare:.3f} s", end="   ")
    print(f"ratio {ratio:.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})   goal {GOAL:.2f}: {verdict}")


def start(database: Path) -> float:
    """Return the CPU seconds from starting the process to having all agents."""
    command = [sys.executable, "-m", "kpn_sandbox", "serve", "--port", "0", "--database-url", f"sqlite:///{database}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=HERE.parent) as process:
        assert process.stdout is not None
        url = next(line for line in process.stdout if line.startswith("Ready: ")).removeprefix("Ready: ").strip()
        token = Client(url).token("APP_CONSUMER_KEY", "APP_CONSUMER_SECRET")
        urlopen(Request(f"{url}/agents", headers={"Authorization": f"Bearer {token}"})).read()
        spent = processor_seconds(process.pid)
        process.terminate()
    return spent


def bare_import() -> float:
    """Return the CPU seconds of a process that only imports."""
    process = subprocess.Popen([sys.executable, "-c", IMPORTS])
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"the import ended with {process.returncode}")
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
