"""
What serving costs: `GET /agents` beside a raw WSGI application of the same bytes on the same gunicorn.

Rounds alternate between the two, so that a machine that slows down slows down both. Two cases: one account asked again
within the second, and 200 accounts polled in turn, each time for another second, so that every answer is new.

    python -m benchmarks.serving
"""

import os
from argparse import ArgumentParser
from pathlib import Path
from urllib.request import Request, urlopen

from benchmarks.servers import folder, free_port, gunicorn, middle, requests_per_second, running
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
            compare("steady second, 100 agents", place, rounds, bound=bound, agents=100, accounts=1)
            compare("every answer new, 50 agents", place, rounds, bound=bound, agents=50, accounts=ACCOUNTS)


def compare(title: str, place: Path, rounds: int, *, bound: bool, agents: int, accounts: int) -> None:
    """Measure both servers in turn and print their medians and the ratio."""
    ports = free_port(), free_port()
    urls = [f"http://127.0.0.1:{port}" for port in ports]
    database = place / f"{agents}-{accounts}-{bound}.db"
    environment = {
        **os.environ,
        "KPN_SANDBOX_DATABASE_URL": f"sqlite:///{database}",
        "KPN_SANDBOX_AGENTS": str(agents),
        "KPN_SANDBOX_CLIENT_SECRET": "secret",
        "KPN_SANDBOX_LENIENT": "on",
        "RAW_BODY": str(place / "body.json"),
    }
    with running(gunicorn("wsgi:app", ports[0], bound=bound), f"{urls[0]}/_sandbox/ready", environment):
        tokens = [Client(urls[0]).token(name, "secret") for name in names(accounts)]
        (place / "body.json").write_bytes(agents_of(urls[0], tokens[0]))
        script = place / "accounts.lua"
        script.write_text(SCRIPT.format(tokens=", ".join(f'"{token}"' for token in tokens)))
        with running(gunicorn("benchmarks.raw:app", ports[1], bound=bound), urls[1], environment):
            # A day is computed at its first request; what is measured is what follows.
            for token in tokens:
                agents_of(urls[0], token, at="2026-11-23T10:00:00+01:00")
            ours, raw = [], []
            for _ in range(rounds):
                chosen = script if accounts > 1 else None
                ours.append(requests_per_second(f"{urls[0]}/agents", script=chosen, token=tokens[0]))
                raw.append(requests_per_second(f"{urls[1]}/agents", script=chosen, token=tokens[0]))
    figures = f"{middle(ours):8.0f}/s beside {middle(raw):8.0f}/s raw"
    ratios = sorted(a / b for a, b in zip(ours, raw))
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
