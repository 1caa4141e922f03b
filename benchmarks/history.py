"""
CPU time of history: of 28 days that nobody has asked for yet, beside a goal, and of the same again.

Each round uses days of its own, in a process that knows the names and has computed one day, and measures the reference
loop by which the new days are judged. Run as a program, it prints a table:

    python benchmarks/history.py --rounds 3
"""

from argparse import ArgumentParser
from dataclasses import dataclass
from datetime import date, timedelta

from reference import Reference, cpu_seconds

from kpn_sandbox.caching import SingleFlightCache
from kpn_sandbox.simulation.calendar import calendar_day
from kpn_sandbox.simulation.center import Center
from kpn_sandbox.simulation.history import LONGEST_PERIOD, History
from kpn_sandbox.simulation.profile import ALWAYS, Epoch, Profile

LAST_DAY = date(2026, 11, 22)
DAYS = 28


@dataclass(frozen=True)
class Size:
    """A center and the standardized seconds of CPU time that 28 days of it may take."""

    agents: int
    queues: int
    trunks: int
    goal: float


SIZES = (Size(50, 5, 2, 0.3), Size(200, 15, 6, 0.9), Size(1000, 50, 20, 4.5))


def figures(size: Size, rounds: int, reference: Reference) -> tuple[float, float, float, float]:
    """
    Measure 28 days when they are new, known, known of one customer, and a known year in their place.

    Args:
        size: The center.
        rounds: How often; the lowest figures count.
        reference: The loop to measure in each round.

    Returns:
        The four in CPU seconds; no number for the year of a large center, which would take too long.
    """
    cold, warm, one, year = [], [], [], []
    for number in range(rounds):
        # Three times, because the lowest of few rounds is not yet that of an undisturbed one.
        for _ in range(3):
            reference.measure()
        center = Center(f"history {number}", (Epoch(ALWAYS, _profile(size)),), SingleFlightCache())
        history, at = History(), calendar_day(LAST_DAY).starts_at + 12 * 3600
        center.agents(at)

        def ask(days: int = DAYS, customer: int | None = None) -> None:
            history.days(center, LAST_DAY - timedelta(days=days), LAST_DAY - timedelta(days=1), at, customer=customer)

        cold.append(cpu_seconds(ask))
        warm.append(cpu_seconds(ask))
        one.append(cpu_seconds(lambda: ask(customer=number)))
        if size.agents < 1000:
            ask(LONGEST_PERIOD)
            year.append(cpu_seconds(lambda: ask(LONGEST_PERIOD)))
    return min(cold), min(warm), min(one), min(year, default=float("nan"))


def _profile(size: Size) -> Profile:
    return Profile(agents=size.agents, queues=size.queues, trunks=size.trunks)


def main() -> None:
    """Prints the table."""
    parser = ArgumentParser(description="The cost of history.")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--most-agents", type=int, default=1000, help="leave out the centers larger than this")
    options = parser.parse_args()
    heads = ("agents", "new s", "standard", "goal", "", "known ms", "customer ms", "known year ms")
    print("{:>7} {:>7} {:>8} {:>5} {:>7} {:>9} {:>12} {:>14}".format(*heads))
    for size in (each for each in SIZES if each.agents <= options.most_agents):
        reference = Reference()
        cold, warm, one, year = figures(size, options.rounds, reference)
        standard, verdict = reference.standardized(cold), reference.judge(cold, size.goal)
        print(
            f"{size.agents:>7} {cold:>7.3f} {standard:>8.3f} {size.goal:>5} {verdict:>7}"
            f" {warm * 1000:>9.2f} {one * 1000:>12.2f} {year * 1000:>14.2f}"
        )


if __name__ == "__main__":
    main()
