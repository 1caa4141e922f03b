"""
The cost of serving beside other mock servers: CPU time of a poll of 100 agents, the same JSON from each, and memory.

The sandbox checks a token, moves its clock and writes the request log; the others answer constant bytes to anybody.
json-server, Prism, Mockoon and WireMock come from npm (WireMock also needs Java); those that cannot be installed or do
not start are left out, with a line that says so. All are warmed up first, and rounds alternate between them. CPU time
is that of the whole process tree, memory its share of it (PSS) after the last round.

    python benchmarks/peers.py [--rounds 5] [--seconds 3] [--warm-up 15] [--packages FOLDER]
"""

import json
import os
import shutil
import subprocess
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple
from urllib.request import urlopen

from servers import Load, Served, folder, free_port, measured, resident_megabytes, running
from serving import agents_of, sandbox


class Peer(NamedTuple):
    """A mock server from npm, and how it is made to serve an answer."""

    name: str
    package: str
    command: Callable[[Path, Path, Path, int], list[str]]
    """Made of the folder of its package, a folder of its own, the file of the answer and a port."""


def json_server(packages: Path, place: Path, body: Path, port: int) -> list[str]:
    """The command of json-server, whose database has the answer."""
    data = written(place / "db.json", {"agents": json.loads(body.read_bytes())})
    return [program(packages, "json-server"), "--quiet", "--host", "127.0.0.1", "--port", str(port), data]


def prism(packages: Path, place: Path, body: Path, port: int) -> list[str]:
    """The command of Prism, for a document whose example is the answer."""
    content = {"application/json": {"schema": {}, "example": json.loads(body.read_bytes())}}
    operation = {"get": {"responses": {"200": {"description": "Agents.", "content": content}}}}
    information = {"title": "Agents", "version": "1"}
    document = {"openapi": "3.0.3", "info": information, "paths": {"/agents": operation}}
    data = written(place / "openapi.json", document)
    options = ["--host", "127.0.0.1", "--port", str(port), "--verboseLevel", "silent"]
    return [program(packages, "prism"), "mock", *options, data]


def mockoon(packages: Path, place: Path, body: Path, port: int) -> list[str]:
    """The command of Mockoon, with one route that has the answer."""
    header = {"key": "Content-Type", "value": "application/json"}
    response = {"uuid": "r", "statusCode": 200, "body": body.read_text(), "headers": [header], "default": True}
    route = {"uuid": "a", "type": "http", "method": "get", "endpoint": "agents", "responses": [response]}
    environment = {"uuid": "e", "name": "agents", "port": port, "hostname": "127.0.0.1", "routes": [route]}
    data = written(place / "environment.json", environment)
    return [program(packages, "mockoon-cli"), "start", "--data", data, "--disable-log-to-file", "--repair"]


def wiremock(packages: Path, place: Path, body: Path, port: int) -> list[str]:
    """The command of WireMock, which keeps a journal of requests as it does by default."""
    java = shutil.which("java")
    jar = next((packages / "node_modules").glob("wiremock*/**/wiremock-standalone-*.jar"), None)
    if java is None or jar is None:
        raise FileNotFoundError("Java or WireMock's jar is missing")
    response = {"status": 200, "bodyFileName": "agents.json", "headers": {"Content-Type": "application/json"}}
    for name in ("mappings", "__files"):
        (place / name).mkdir()
    shutil.copy(body, place / "__files" / "agents.json")
    written(place / "mappings" / "agents.json", {"request": {"method": "GET", "url": "/agents"}, "response": response})
    return [java, "-jar", str(jar), "--port", str(port), "--root-dir", str(place), "--disable-banner"]


PEERS = (
    Peer("json-server", "json-server", json_server),
    Peer("Prism", "@stoplight/prism-cli", prism),
    Peer("Mockoon", "@mockoon/cli", mockoon),
    Peer("WireMock", "wiremock", wiremock),
)


def main() -> None:
    """Print the table."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--warm-up", type=int, default=15, help="seconds of load for each before the first round")
    parser.add_argument("--packages", type=Path, help="where the npm packages are kept; else a temporary folder")
    options = parser.parse_args()
    with folder() as place, ExitStack() as stack:
        packages = options.packages or place / "packages"
        ours = stack.enter_context(sandbox(place))
        body = place / "body.json"
        body.write_bytes(agents_of(ours.url, ours.load.token))
        servers = {"kpn_sandbox": ours}
        for peer in PEERS:
            try:
                servers[peer.name] = stack.enter_context(serving(peer, packages, place / peer.name, body))
            except (OSError, ValueError, SystemExit, subprocess.SubprocessError) as error:
                print(f"{peer.name} is left out: {error}")
        for server in servers.values():
            server.load.run(options.warm_up)
        costs = measured(list(servers.values()), options.rounds, options.seconds)
        print(f"CPU time of a poll of {body.stat().st_size} bytes, median of {options.rounds} rounds, and memory after")
        for name, server in servers.items():
            print(line(name, costs[ours], costs[server], resident_megabytes(server.process)))


def line(name: str, ours: list[float], theirs: list[float], megabytes: float) -> str:
    """One server's figures, and the ratio of the sandbox's cost to its."""
    ratios = sorted(a / b for a, b in zip(ours, theirs, strict=True))
    ratio = f"ratio of ours {median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})"
    cost = f"{median(theirs):6.0f} us ({min(theirs):.0f} to {max(theirs):.0f})"
    return f"  {name:12s} {cost}   {megabytes:6.0f} MB   {ratio}"


@contextmanager
def serving(peer: Peer, packages: Path, place: Path, body: Path) -> Iterator[Served]:
    """
    Run a mock server that answers the same JSON.

    Raises:
        ValueError: It answers something else.
    """
    place.mkdir()
    installed = packages / peer.name
    if not (installed / "node_modules").exists():
        installed.mkdir(parents=True, exist_ok=True)
        command = ["npm", "install", "--no-audit", "--no-fund", "--prefix", str(installed), peer.package]
        subprocess.run(command, check=True, capture_output=True, cwd=place)
    port = free_port()
    url = f"http://127.0.0.1:{port}/agents"
    with running(peer.command(installed, place, body, port), url, dict(os.environ)) as process:
        if json.loads(urlopen(url).read()) != json.loads(body.read_bytes()):
            raise ValueError(f"{peer.name} answers something else")
        yield Served(process.pid, url, Load(url, ""))


def program(packages: Path, name: str) -> str:
    """Return the path of a package's program."""
    return str(packages / "node_modules" / ".bin" / name)


def written(path: Path, content: Any) -> str:
    """Write a JSON file and return its path."""
    path.write_text(json.dumps(content))
    return str(path)


if __name__ == "__main__":
    main()
