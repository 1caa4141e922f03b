"""
The cost of a subscription: 1,000 agents by 20 columns, beside `GET /agents` of the same account.

Two cases: asked again within the same second, and each time for another second. The time on the server is that of
the request log; the time of the client includes the way over the loopback. Then the CPU time of 100 agents by 20
columns with a running clock, that of master and worker, beside the same by Flask.

    python benchmarks/bright_pattern.py
"""

import json
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from statistics import median
from time import perf_counter
from typing import Any

from servers import Load, folder, print_beside_flask, serving_sandbox

from kpn_sandbox.client import Client
from kpn_sandbox.vendors.bright_pattern.statistic_catalog import STATISTICS, ApplicationPart

AGENTS, COLUMNS = 1000, 20
DATA = "/statsapi/subscription/data"
CLIENT_ID, SECRET = "benchmark", "secret"
SECOND = 'at="2026-11-23T{:02d}:{:02d}:{:02d}+01:00"'


def main() -> None:
    """Print the table."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=200)
    requests = parser.parse_args().requests
    with serving(AGENTS) as (_, port):
        token = subscribed(port)
        kpn = {"Authorization": f"Bearer {Client(f'http://127.0.0.1:{port}').token(CLIENT_ID, SECRET)}"}
        for title, prefer in (("steady second", steady), ("every answer new", moving)):
            measure(f"{title}, data", port, DATA, {"Authorization": token}, prefer, requests)
            measure(f"{title}, /agents", port, "/agents", kpn, prefer, requests)
    with serving(100) as (process, port):
        load = Load(f"http://127.0.0.1:{port}{DATA}", subscribed(port))
        loads = load, load._replace(headers=("Prefer: delay-ms=0",))
        print_beside_flask("100 agents by 20 columns", process, loads, 500)


@contextmanager
def serving(agents: int) -> Iterator[tuple[int, int]]:
    """Run a sandbox and yield its process and its port."""
    credentials = {"client_id": CLIENT_ID, "client_secret": SECRET}
    with folder() as place:
        settings = {"database_url": f"sqlite:///{place}/sandbox.db", "agents": str(agents), **credentials}
        with serving_sandbox(**settings, bright_pattern_refresh="0") as served:
            yield served


def subscribed(port: int) -> str:
    """Log in and subscribe; the token of the session."""
    login = {"tenant_url": "benchmark", "username": CLIENT_ID, "password": SECRET}
    token: str = asked(port, "POST", "/statsapi/auth", login)["token"]
    names = [name for name, each in STATISTICS.items() if ApplicationPart.AGENTS in each.parts][-COLUMNS:]
    columns = [{"id": str(number), "stat_name": name} for number, name in enumerate(names)]
    body = {"benchmark": {"agent_grids": [{"id": "agents", "columns": columns}]}}
    asked(port, "POST", "/statsapi/subscription", body, {"Authorization": token})
    return token


def asked(port: int, method: str, path: str, body: Any, headers: dict[str, str] | None = None) -> Any:
    """One request with a JSON body."""
    connection = HTTPConnection("127.0.0.1", port)
    connection.request(method, path, json.dumps(body), {"Content-Type": "application/json", **(headers or {})})
    answer = connection.getresponse()
    text = answer.read()
    if answer.status != 200:
        raise SystemExit(f"{method} {path} was answered {answer.status}: {text!r}")
    return json.loads(text) if text else None


def measure(
    title: str, port: int, path: str, headers: dict[str, str], prefer: Callable[[int], str], requests: int
) -> None:
    """Ask many times and print the median and the slowest of a hundred, on the server and for the client."""
    connection = HTTPConnection("127.0.0.1", port)
    seen, size = [], 0
    for number in range(-3, requests):
        began = perf_counter()
        connection.request("GET", path, headers={**headers, "Prefer": prefer(number)})
        answer = connection.getresponse()
        size = len(answer.read())
        seen.append((perf_counter() - began) * 1000)
        if answer.status != 200:
            raise SystemExit(f"{path} was answered {answer.status}")
    logged = Client(f"http://127.0.0.1:{port}").account(CLIENT_ID, SECRET).requests(limit=requests)
    server = [entry["duration_ms"] for entry in logged if entry["path"] == path]
    figures = f"server {median(server):6.2f} ms, one in a hundred {slow(server):6.2f} ms"
    print(f"  {title:28s} {figures}; client {median(seen[3:]):6.2f} ms; {size // 1024} KiB", flush=True)


def steady(number: int) -> str:
    """Always the same second."""
    return SECOND.format(10, 0, 0)


def moving(number: int) -> str:
    """A second of its own for each request."""
    second = number + 3
    return SECOND.format(10 + second // 3600, second // 60 % 60, second % 60)


def slow(values: list[float]) -> float:
    """Return the 99th percentile."""
    return sorted(values)[len(values) * 99 // 100]


if __name__ == "__main__":
    main()
