"""
How much memory serving takes (PSS of master and worker): after 10,000 requests for one account, for 200 and for 2,000.

The caches are bounded by `--cache-mb`, so the last two must not lie far apart.

    python benchmarks/memory.py
"""

from http.client import HTTPConnection
from urllib.parse import urlsplit

from servers import folder, resident_megabytes, serving_sandbox

from kpn_sandbox.client import Client

REQUESTS = 10_000
GOAL = 85.0
"""Megabytes after the requests for one account."""


def main() -> None:
    """Print the table."""
    with folder() as place:
        for accounts in (1, 200, 2_000):
            with serving_sandbox(database_url=f"sqlite:///{place}/{accounts}.db", lenient="on") as served:
                before, client = resident_megabytes(served.process), Client(served.url)
                ask(served.url, [client.token(f"account-{number}", "secret") for number in range(accounts)])
                after = resident_megabytes(served.process)
            verdict = f", goal {GOAL:.0f}: {'reached' if after <= GOAL else 'MISSED'}" if accounts == 1 else ""
            line = f"{accounts:6d} accounts: {before:6.1f} MB at the start, {after:6.1f} MB after {REQUESTS} requests"
            print(line + verdict, flush=True)


def ask(url: str, tokens: list[str]) -> None:
    """All agents of one account after the other, over one connection."""
    connection = HTTPConnection(urlsplit(url).netloc)
    for number in range(REQUESTS):
        connection.request("GET", "/agents", headers={"Authorization": f"Bearer {tokens[number % len(tokens)]}"})
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise SystemExit(f"answered {answer.status}")
    connection.close()


if __name__ == "__main__":
    main()
