"""
The cost of serving: CPU time of a poll of `GET /agents` beside a raw WSGI application of the same bytes on gunicorn.

Rounds alternate between the servers, so that a machine that slows down slows down all of them. CPU time is that of the
master and its workers, user and system; the load generator is not counted. Cases: one account asked again within the
second, with the request log and without it; 200 accounts in turn, each asked again when its clock is a second or a
little more ahead, so that every answer is new; and two workers beside one.

    python benchmarks/serving.py [--rounds 5] [--seconds 3]
"""

import os
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from secrets import token_hex
from statistics import median
from urllib.request import Request, urlopen

from servers import ADMIN, Load, Served, folder, free_port, gunicorn, measured, running, serving_sandbox

from kpn_sandbox.client import Client

ACCOUNTS = 200
AT = "2026-11-23T09:00:00+01:00"

SCRIPT = """
local tokens = {{ {tokens} }}
local n = 0
function request()
    n = n + 1
    return wrk.format("GET", nil, {{ Authorization = "Bearer " .. tokens[n % #tokens + 1] }})
end
"""


def main() -> None:
    """Print the table."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3)
    options = parser.parse_args()
    with folder() as place, ExitStack() as stack:
        steady = stack.enter_context(sandbox(place))
        off = stack.enter_context(sandbox(place, journal=False))
        pair = stack.enter_context(sandbox(place, workers=2))
        fresh = stack.enter_context(sandbox(place, agents=50, accounts=ACCOUNTS))
        body, smaller = place / "body.json", place / "smaller.json"
        for file, served in ((body, steady), (smaller, fresh)):
            file.write_bytes(agents_of(served.url, served.load.token))
        raw = stack.enter_context(raw_wsgi(body))
        raw_small = stack.enter_context(raw_wsgi(smaller))
        threads = stack.enter_context(raw_wsgi(body, "--threads", "8"))
        rows = [
            ("steady second, request log on", steady, raw, 0.75),
            ("steady second, request log off", off, raw, 0.50),
            (f"every answer new, {ACCOUNTS} accounts", fresh, raw_small, 1.2),
            ("two workers beside one", pair, steady, 1.1),
            ("steady second, beside raw threads", steady, threads, None),
        ]
        costs = measured([served for row in rows for served in row[1:3]], options.rounds, options.seconds)
    print("CPU time of a request, master and workers, median of the rounds")
    for title, ours, other, goal in rows:
        ratios = sorted(a / b for a, b in zip(costs[ours], costs[other], strict=True))
        ratio = median(ratios)
        verdict = "" if goal is None else f"   goal {goal}: {'reached' if ratio <= goal else 'MISSED'}"
        figures = f"{median(costs[ours]):5.0f} us beside {median(costs[other]):5.0f} us"
        print(f"  {title:34s} {figures}   ratio {ratio:.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f}){verdict}")


@contextmanager
def sandbox(
    place: Path, *, agents: int = 100, accounts: int = 1, journal: bool = True, workers: int = 1
) -> Iterator[Served]:
    """Run a sandbox that has computed its days."""
    database = f"sqlite:///{place}/{token_hex(4)}.db"
    options = ("--agents", str(agents), "--workers", str(workers), "--database-url", database)
    with serving_sandbox(*options, admin_token=ADMIN, journal="on" if journal else "off") as (process, port):
        url = f"http://127.0.0.1:{port}"
        client = Client(url, admin_token=ADMIN)
        tokens = [client.token("APP_CONSUMER_KEY", "APP_CONSUMER_SECRET")]
        script, made = None, []
        if accounts > 1:
            clock = {"mode": "running", "at": AT, "tokens": "wall"}
            made = [
                client.new_account(client_secret="secret", profile={"agents": agents}, clock=clock)
                for _ in range(accounts)
            ]
            tokens = [account.token() for account in made]
            script = place / "accounts.lua"
            script.write_text(SCRIPT.format(tokens=", ".join(f'"{token}"' for token in tokens)))
        for token in tokens:
            agents_of(url, token)
        load = Load(f"{url}/agents", tokens[0], script)
        # The first rate is that of answers of the same second, which are faster; with the second one most are new.
        for _ in range(2 if accounts > 1 else 0):
            speed = max(1.0, 1.25 * load.run(2) / 2 / accounts)
            for account in made:
                account.run(at=AT, speed=speed)
        yield Served(process, url, load)


@contextmanager
def raw_wsgi(body: Path, *options: str) -> Iterator[Served]:
    """Run the raw application on gunicorn's sync worker, or with other options."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with running(gunicorn("benchmarks.raw:app", port, *options), url, {**os.environ, "RAW_BODY": str(body)}) as process:
        yield Served(process.pid, url, Load(f"{url}/agents", ""))


def agents_of(url: str, token: str) -> bytes:
    """Return all agents of the account of a token, as they are sent."""
    body: bytes = urlopen(Request(f"{url}/agents", headers={"Authorization": f"Bearer {token}"})).read()
    return body


if __name__ == "__main__":
    main()
