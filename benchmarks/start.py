"""
How long a start takes: from the process to the first answer of `/agents`, token included.

Beside it, in turn, the bare import of the libraries that the sandbox stands on.

    python benchmarks/start.py
"""

import subprocess
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from urllib.request import Request, urlopen

from servers import HERE, folder, middle

from kpn_sandbox.client import Client

IMPORTS = "import flask, authlib, authlib.integrations.flask_oauth2, marshmallow, faker, sqlalchemy, numpy"


def main() -> None:
    """Print both and their ratio."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    rounds = parser.parse_args().rounds
    with folder() as place:
        start(place / "warm-up.db")
        pairs = [(start(place / f"{number}.db"), bare_import()) for number in range(rounds)]
    ratios = sorted(ours / bare for ours, bare in pairs)
    ours, bare = (middle([pair[position] for pair in pairs]) for position in (0, 1))
    print(f"start to the first answer {ours:.3f} s beside the bare import {bare:.3f} s", end="   ")
    print(f"ratio {middle(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})")


def start(database: Path) -> float:
    """Seconds from starting the process to having all agents."""
    command = [sys.executable, "-m", "kpn_sandbox", "serve", "--port", "0", "--database-url", f"sqlite:///{database}"]
    begin = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=HERE.parent) as process:
        assert process.stdout is not None
        url = next(line for line in process.stdout if line.startswith("Ready: ")).removeprefix("Ready: ").strip()
        token = Client(url).token("APP_CONSUMER_KEY", "APP_CONSUMER_SECRET")
        urlopen(Request(f"{url}/agents", headers={"Authorization": f"Bearer {token}"})).read()
        taken = time.perf_counter() - begin
        process.terminate()
    return taken


def bare_import() -> float:
    """Seconds of a process that only imports."""
    begin = time.perf_counter()
    subprocess.run([sys.executable, "-c", IMPORTS], check=True)
    return time.perf_counter() - begin


if __name__ == "__main__":
    main()
