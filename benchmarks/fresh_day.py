"""
The first request of a day that nobody has asked for, over the wire, and how others are answered meanwhile.

The cost is the CPU time of the server for `GET /agents` after the account's clock has moved to another Monday, the
lowest of the rounds, standardized by a reference loop in the same run. Meanwhile another connection asks the server
for its health, again and again; whoever is not held up is answered in milliseconds though a day takes longer. Waiting
is wall time, so what it takes while no day is computed stands beside it and is taken off before the verdict.

    python benchmarks/fresh_day.py [--rounds 9]
"""

from argparse import ArgumentParser
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from threading import Thread
from time import perf_counter

from reference import Reference
from servers import ADMIN, folder, processor_seconds, serving_sandbox

from kpn_sandbox.client import Client

GOALS = {50: 0.012, 200: 0.045, 1000: 0.180}
"""Standardized CPU seconds of the first request, by agents."""
LONGEST_WAIT = 0.030
"""Seconds by which 99 of 100 others are answered later, at most, while a day is computed."""
MONDAY = datetime(2026, 1, 5, 16, tzinfo=UTC)


def main() -> None:
    """Print the table."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    rounds = parser.parse_args().rounds
    reference = Reference()
    with folder() as place:
        with serving_sandbox(admin_token=ADMIN, database_url=f"sqlite:///{place}/a") as (process, port):
            for agents, goal in GOALS.items():
                print(row(agents, goal, Days(process, port, agents), reference, rounds))
    print(reference)


class Days:
    """An account of a server, whose days are asked for one after the other."""

    def __init__(self, process: int, port: int, agents: int) -> None:
        self._process, self._port = process, port
        client = Client(f"http://127.0.0.1:{port}", admin_token=ADMIN)
        self._account = client.new_account(client_secret="secret", profile={"agents": agents})
        self._headers = {"Authorization": f"Bearer {self._account.token()}"}
        self._week = 0
        self.ask()

    def ask(self) -> float:
        """Ask for all agents of the next Monday and return the CPU seconds of the server."""
        self._week += 1
        self._account.freeze(MONDAY + timedelta(weeks=self._week), tokens="wall")
        before = processor_seconds(self._process)
        get(HTTPConnection("127.0.0.1", self._port), "/agents", self._headers)
        return processor_seconds(self._process) - before

    def waits(self, until: Callable[[], bool]) -> list[float]:
        """Ask for the health until something is so; return how long each answer took."""
        connection, found = HTTPConnection("127.0.0.1", self._port), []
        while not until():
            begin = perf_counter()
            get(connection, "/_sandbox/health", {})
            found.append(perf_counter() - begin)
        connection.close()
        return found


def row(agents: int, goal: float, days: Days, reference: Reference, rounds: int) -> str:
    """Measure a size and return its line."""
    costs, waits, idle = [], [], []
    for _ in range(rounds):
        reference.measure()
        # CPU time is counted in hundredths of a second, so several days are one figure.
        costs.append(sum(days.ask() for _ in range(5)) / 5)
        asking = Thread(target=days.ask)
        asking.start()
        begin = perf_counter()
        waits += days.waits(lambda: not asking.is_alive())
        end = perf_counter() * 2 - begin
        idle += days.waits(lambda: perf_counter() > end)
    cost = min(costs)
    first = f"{agents:5d} agents: first request {cost * 1000:6.1f} ms CPU, standardized"
    verdict = f"{reference.standardized(cost) * 1000:6.1f}, goal {goal * 1000:.0f}: {reference.judge(cost, goal)}"
    late, usual = late_of(waits), late_of(idle)
    held = "reached" if late - usual <= LONGEST_WAIT else "MISSED"
    others = f"health meanwhile p99 {late * 1000:.1f} ms of {len(waits)}, else {usual * 1000:.1f} ms"
    return f"{first} {verdict}   {others}, goal {LONGEST_WAIT * 1000:.0f} more: {held}"


def late_of(waits: list[float]) -> float:
    """Return what 99 of 100 do not exceed."""
    return sorted(waits)[int(len(waits) * 0.99)]


def get(connection: HTTPConnection, path: str, headers: dict[str, str]) -> None:
    """Make a request that must succeed."""
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    answer.read()
    if answer.status != 200:
        raise SystemExit(f"{path} answered {answer.status}")


if __name__ == "__main__":
    main()
