"""
The cost of history: 28 days that were not computed yet, and the same again.

Each round uses days of its own, in a process that knows the names and has computed one day. Run as a program, it prints
a table:

    python benchmarks/history.py --rounds 3

Source:
    The published figures are those of the prototype of this simulation for the same centers; the targets are the
    project's own.
"""

import gc
from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from time import perf_counter

from kpn_sandbox.caching import SingleFlightCache
from kpn_sandbox.simulation.calendar import calendar_day
from kpn_sandbox.simulation.center import Center
from kpn_sandbox.simulation.history import LONGEST_PERIOD, History
from kpn_sandbox.simulation.profile import ALWAYS, Epoch, Profile

LAST_DAY = date(2026, 11, 22)
DAYS = 28


@dataclass(frozen=True)
class Size:
    """A center, the published seconds for 28 days of it, and the seconds that they may take."""

    agents: int
    queues: int
    trunks: int
    published: float
    target: float


SIZES = (Size(50, 5, 2, 0.11, 0.2), Size(200, 15, 6, 0.4, 0.8), Size(1000, 50, 20, 2.4, 4.0))


def figures(size: Size, rounds: int) -> tuple[float, float, float, float]:
    """Seconds of 28 days when they are new, known, known of one customer, and a known year in its place."""
    cold, warm, one, year = [], [], [], []
    for number in range(rounds):
        center = Center(f"history {number}", (Epoch(ALWAYS, _profile(size)),), SingleFlightCache())
        history, at = History(), calendar_day(LAST_DAY).starts_at + 12 * 3600
        center.agents(at)

        def ask(days: int = DAYS, customer: int | None = None) -> None:
            history.days(center, LAST_DAY - timedelta(days=days), LAST_DAY - timedelta(days=1), at, customer=customer)

        cold.append(_timed(ask))
        warm.append(_timed(ask))
        one.append(_timed(lambda: ask(customer=number)))
        if size.agents < 1000:
            ask(LONGEST_PERIOD)
            year.append(_timed(lambda: ask(LONGEST_PERIOD)))
    return min(cold), min(warm), min(one), min(year, default=float("nan"))


def _profile(size: Size) -> Profile:
    return Profile(agents=size.agents, queues=size.queues, trunks=size.trunks)


def _timed(work: Callable[[], None]) -> float:
    gc.collect()
    start = perf_counter()
    work()
    return perf_counter() - start


def main() -> None:
    """Prints the table."""
    parser = ArgumentParser(description="The cost of history.")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--most-agents", type=int, default=1000, help="leave out the centers larger than this")
    options = parser.parse_args()
    heads = ("agents", "new s", "published", "target", "", "known ms", "customer ms", "known year ms")
    print("{:>7} {:>7} {:>9} {:>7} {:>8} {:>9} {:>12} {:>14}".format(*heads))
    for size in (each for each in SIZES if each.agents <= options.most_agents):
        cold, warm, one, year = figures(size, options.rounds)
        verdict = "reached" if cold <= size.target else "MISSED"
        print(
            f"{size.agents:>7} {cold:>7.3f} {size.published:>9} {size.target:>7} {verdict:>8}"
            f" {warm * 1000:>9.2f} {one * 1000:>12.2f} {year * 1000:>14.2f}"
        )


if __name__ == "__main__":
    main()
