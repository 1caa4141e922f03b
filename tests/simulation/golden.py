"""
The digests of one day at three sizes.

Run as a program it writes them anew, which only a new engine version may do:

    python -m tests.simulation.golden --write
"""

import hashlib
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from kpn_sandbox.caching import SingleFlightCache
from kpn_sandbox.simulation.calendar import day_of
from kpn_sandbox.simulation.center import Center
from kpn_sandbox.simulation.profile import ALWAYS, Epoch, Profile
from kpn_sandbox.simulation.randomness import ENGINE_VERSION

DIGESTS = Path(__file__).with_name("golden.json")
MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC).timestamp()
SIZES = {"50 agents": (50, 5, 2), "200 agents": (200, 15, 6), "1000 agents": (1000, 50, 20)}


def center(size: str, limit_bytes: int = 64_000_000, seed: str = "golden") -> Center:
    """The center of a golden day; its names are numbered, because Faker's change with its releases."""
    agents, queues, trunks = SIZES[size]
    profile = Profile(agents=agents, queues=queues, trunks=trunks, names="numbered")
    return Center(seed, (Epoch(ALWAYS, profile),), SingleFlightCache(limit_bytes))


def digest(size: str) -> str:
    """Everything that happens on the golden day, and the facts at a few instants of it, in one number."""
    subject = center(size)
    trace = subject.day_index(day_of(MONDAY)).trace
    sum_of_all = hashlib.sha256()
    for table in (trace.calls, trace.rings, trace.aux, trace.logins, trace.outbound):
        for column in table:
            sum_of_all.update(column.astype("<i8").tobytes())
    for column in (*trace.everybody, trace.port_usage.port, trace.port_usage.outbound):
        sum_of_all.update(column.astype("<i8").tobytes())
    sum_of_all.update(repr(sorted(trace.port_usage.outages)).encode())
    for hour in range(-8, 12, 3):
        at = MONDAY + 3600 * hour + 1234
        sum_of_all.update(repr((subject.agents(at), subject.queues(at), subject.trunks(at))).encode())
    return sum_of_all.hexdigest()


def main() -> None:
    """Print the digests, or write them with ``--write``."""
    digests = {"engine": ENGINE_VERSION, **{size: digest(size) for size in SIZES}}
    text = json.dumps(digests, indent=4) + "\n"
    if sys.argv[1:] == ["--write"]:
        DIGESTS.write_text(text)
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
