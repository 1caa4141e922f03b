"""
The cost of serving: `GET /agents` beside a raw WSGI application of the same bytes on the same gunicorn.

Rounds alternate between the two, so that a machine that slows down slows down both. Cases: one account asked again
within the second, with the request log and without it; 200 accounts polled in turn, each time for another second, so
that every answer is new; and two workers beside one.

    python benchmarks/serving.py
"""

import os
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from servers import folder, free_port, gunicorn, middle, requests_per_second, running

from kpn_sandbox.client import Client
from kpn_sandbox.settings import Settings

ACCOUNTS = 200

SCRIPT = """
local tokens = {{ {tokens} }}
local n = 0
function request()
    local second = 36000 + math.floor(n / #tokens)
    local at = string.format('at="2026-11-23T%02d:%02d:%02d+01:00"', second / 3600, second / 60 % 60, second % 60)
    n = n + 1
    return wrk.format("GET", nil, {{ Authorization = "Bearer " .. tokens[n % #tokens + 1], Prefer = at }})
end
"""


def main() -> None:
    """Print the table."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    with folder() as place:
        for bound in (True, False):
            print(f"workers bound to a CPU: {'yes' if bound else 'no'}")
            beside_raw("steady second, 100 agents", place, rounds, bound=bound, agents=100)
            beside_raw("the same, request log off", place, rounds, bound=bound, agents=100, journal=False)
            beside_raw("every answer new, 50 agents", place, rounds, bound=bound, agents=50, accounts=ACCOUNTS)
            beside_raw(
                "the same, request log off", place, rounds, bound=bound, agents=50, accounts=ACCOUNTS, journal=False
            )
        print("two workers beside one, each bound to a CPU")
        beside_one("steady second, 100 agents", place, rounds)


def beside_raw(
    title: str, place: Path, rounds: int, *, bound: bool, agents: int, accounts: int = 1, journal: bool = True
) -> None:
    """Measure the sandbox and the raw application in turn and print their medians and the ratio."""
    with serving(place, bound=bound, agents=agents, accounts=accounts, journal=journal) as (ours, tokens):
        body = place / "body.json"
        body.write_bytes(agents_of(ours, tokens[0]))
        script = place / "accounts.lua"
        script.write_text(SCRIPT.format(tokens=", ".join(f'"{token}"' for token in tokens)))
        port = free_port()
        raw = f"http://127.0.0.1:{port}"
        with running(gunicorn("benchmarks.raw:app", port, bound=bound), raw, {**os.environ, "RAW_BODY": str(body)}):
            alternate(title, (ours, raw), rounds, token=tokens[0], script=script if accounts > 1 else None)


def beside_one(title: str, place: Path, rounds: int) -> None:
    """Measure the sandbox with two workers and with one in turn."""
    with serving(place, workers=2) as (two, tokens), serving(place, workers=1) as (one, others):
        # Workers take connections as they come; with few of them one worker may get most.
        alternate(title, (two, one), rounds, token=tokens[0], other_token=others[0], connections=32)


@contextmanager
def serving(
    place: Path, *, bound: bool = True, agents: int = 100, accounts: int = 1, journal: bool = True, workers: int = 1
) -> Iterator[tuple[str, list[str]]]:
    """A sandbox that has computed its days; its URL and a token of each account."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    environment = {
        **os.environ,
        "KPN_SANDBOX_DATABASE_URL": f"sqlite:///{place}/{port}.db",
        "KPN_SANDBOX_AGENTS": str(agents),
        "KPN_SANDBOX_CLIENT_SECRET": "secret",
        "KPN_SANDBOX_LENIENT": "on",
        "KPN_SANDBOX_JOURNAL": "on" if journal else "off",
    }
    with running(gunicorn("wsgi:app", port, bound=bound, workers=workers), f"{url}/_sandbox/ready", environment):
        tokens = [Client(url).token(name, "secret") for name in names(accounts)]
        # A day is computed at its first request to a worker; only later requests are measured.
        for token in tokens:
            for _ in range(1 if workers == 1 else 20):
                agents_of(url, token, at="2026-11-23T10:00:00+01:00")
        yield url, tokens


def alternate(
    title: str, urls: tuple[str, str], rounds: int, *, token: str, other_token: str = "", **load: Any
) -> None:
    """Load two servers in turn and print the medians and the ratio of the first to the second."""
    first, second = [], []
    for _ in range(rounds):
        first.append(requests_per_second(f"{urls[0]}/agents", token=token, **load))
        second.append(requests_per_second(f"{urls[1]}/agents", token=other_token or token, **load))
    figures = f"{middle(first):8.0f}/s beside {middle(second):8.0f}/s"
    ratios = sorted(a / b for a, b in zip(first, second, strict=True))
    print(f"  {title:28s} {figures}   ratio {middle(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})", flush=True)


def agents_of(url: str, token: str, **wishes: str) -> bytes:
    """All agents of the account of a token."""
    prefer = ", ".join(f'{name}="{value}"' for name, value in wishes.items())
    headers = {"Authorization": f"Bearer {token}", "Prefer": prefer}
    body: bytes = urlopen(Request(f"{url}/agents", headers=headers)).read()
    return body


def names(accounts: int) -> list[str]:
    """Client ids: the demo account, or as many that come into being at their first token."""
    return [Settings(database_url="").client_id] if accounts == 1 else [f"account-{n}" for n in range(accounts)]


if __name__ == "__main__":
    main()
