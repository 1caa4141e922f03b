"""
CPU time of a day of a center: of the whole day beside a goal, of a call beside SimPy, and of answers once it is known.

All figures are the lowest of several rounds in which everything takes its turn, the reference loop included, by which
the whole day is judged. Names are given beforehand: a center names its agents once, whatever the day. Run as a program,
it prints a table:

    python benchmarks/day_trace.py --rounds 7
"""

import gc
import tracemalloc
from argparse import ArgumentParser
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from reference import Reference, cpu_seconds
from simpy_queue import MEAN_PATIENCE_SECONDS, MEAN_TALK_SECONDS, seconds_per_call

from kpn_sandbox.caching import SingleFlightCache
from kpn_sandbox.simulation.calendar import CalendarDay, calendar_day
from kpn_sandbox.simulation.center import Center
from kpn_sandbox.simulation.day_simulation import simulate_day
from kpn_sandbox.simulation.profile import ALWAYS, Epoch, Profile
from kpn_sandbox.simulation.resolved_profile import Span, resolve_profile
from kpn_sandbox.simulation.scenarios import scenario

FIRST_DAY = date(2026, 1, 5)
SEED = "benchmark"
TARGET = 10
QUEUE_AGENTS, QUEUE_LOAD, QUEUE_CALLS = 50, 0.92, 10_000


@dataclass
class Size:
    """A center and the standardized milliseconds of CPU time that a day of it may take; None where none are set."""

    agents: int
    queues: int
    trunks: int
    goal: float | None
    figures: dict[str, float] = field(default_factory=dict)

    @property
    def profile(self) -> Profile:
        """The center."""
        return Profile(agents=self.agents, queues=self.queues, trunks=self.trunks)

    def take(self, name: str, seconds: float) -> None:
        """Keep the lowest figure of that name."""
        self.figures[name] = min(seconds * 1000, self.figures.get(name, seconds * 1000))


def sizes() -> list[Size]:
    """The centers of the table."""
    return [Size(50, 5, 2, 10), Size(200, 15, 6, 32), Size(1000, 50, 20, 165), Size(5000, 200, 50, None)]


def monday(number: int) -> CalendarDay:
    """A day nobody has asked for yet."""
    return calendar_day(FIRST_DAY + timedelta(weeks=number))


def lab_seconds_per_call(number: int) -> float:
    """The cost of a call of the lab, in the queue that SimPy plays."""
    lab = scenario("lab").over(Profile(agents=QUEUE_AGENTS, queues=1, talk_seconds=MEAN_TALK_SECONDS))
    resolved = resolve_profile(replace(lab, patience_seconds=MEAN_PATIENCE_SECONDS, load=QUEUE_LOAD / 0.9))
    day = monday(number)
    spans = (Span(0, day.length, resolved),)
    taken = []
    seconds = cpu_seconds(lambda: taken.append(simulate_day(SEED, day, spans)))
    return seconds / len(taken[0].calls.arrival)


def measure(size: Size, number: int) -> None:
    """One round of a size: the first answers of a day, the ports, and answers about other instants of it."""
    center = Center(SEED, (Epoch(ALWAYS, size.profile),), SingleFlightCache())
    center.agents(monday(-1).starts_at)
    day = monday(number)
    at = day.starts_at + 17 * 3600
    size.take("build", cpu_seconds(lambda: (center.agents(at), center.queues(at))))
    size.take("ports", cpu_seconds(lambda: center.trunks(at)))
    for name, ask in (("agents", center.agents), ("queues", center.queues), ("trunks", center.trunks)):
        size.take(name, min(cpu_seconds(lambda: ask(day.starts_at + hour * 3600 + 1)) for hour in range(8, 20)))
    size.figures["calls"] = len(center.day_index(day).trace.calls.arrival)


def kept_bytes(size: Size) -> int:
    """Return the memory of a day with all its figures computed, without names."""
    center = Center(SEED, (Epoch(ALWAYS, size.profile),), SingleFlightCache())
    ask_everything(center, monday(-1))
    gc.collect()
    tracemalloc.start()
    ask_everything(center, monday(0))
    gc.collect()
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return kept


def ask_everything(center: Center, day: CalendarDay) -> None:
    """Have a day computed with all that is derived from it."""
    at = day.starts_at + 17 * 3600
    center.agents(at), center.queues(at), center.trunks(at)


def main() -> None:
    """Prints the table."""
    parser = ArgumentParser(description="The cost of a day of a center.")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--most-agents", type=int, default=5000, help="leave out the centers larger than this")
    options = parser.parse_args()
    centers = [size for size in sizes() if size.agents <= options.most_agents]
    lab, simpy, reference = [], [], Reference()
    for number in range(options.rounds):
        reference.measure()
        lab.append(lab_seconds_per_call(number))
        simpy.append(seconds_per_call(QUEUE_AGENTS, QUEUE_CALLS, QUEUE_LOAD))
        for size in centers:
            measure(size, number)
    print(comparison(min(lab), min(simpy)))
    print(f"{reference}\n")
    print(table(centers, reference))


def comparison(lab: float, simpy: float) -> str:
    """The line about SimPy."""
    ratio = simpy / lab
    verdict = "reached" if ratio >= TARGET else "MISSED"
    return (
        f"M/M/{QUEUE_AGENTS}+M, a call: lab {lab * 1e6:.2f} us, SimPy {simpy * 1e6:.1f} us, "
        f"{ratio:.1f} times (target {TARGET}: {verdict})"
    )


def table(centers: list[Size], reference: Reference) -> str:
    """The figures of all sizes, a line each; CPU time in milliseconds, that of the whole day also standardized."""
    heads = (
        "agents/queues/trunks",
        "calls",
        "build",
        "+ports",
        "whole",
        "standard",
        "goal",
        "",
        "agents",
        "queues",
        "trunks",
        "kept MB",
        "declared",
    )
    lines = ["{:>20} {:>6} {:>7} {:>7} {:>7} {:>8} {:>5} {:>7} {:>7} {:>7} {:>7} {:>8} {:>8}".format(*heads)]
    return "\n".join(lines + [line(size, reference) for size in centers])


def line(size: Size, reference: Reference) -> str:
    """The figures of one size."""
    found = size.figures
    whole = found["build"] + found["ports"]
    goal, verdict = "-", "-"
    if size.goal is not None:
        goal, verdict = f"{size.goal:g}", reference.judge(whole / 1000, size.goal / 1000)
    declared = Center(SEED, (Epoch(ALWAYS, size.profile),), SingleFlightCache()).day_index(monday(0)).size()
    return (
        f"{size.agents:>9}/{size.queues}/{size.trunks}".rjust(20)
        + f" {found['calls']:>6.0f} {found['build']:>7.2f} {found['ports']:>7.2f} {whole:>7.2f}"
        + f" {reference.standardized(whole):>8.2f} {goal:>5} {verdict:>7}"
        + f" {found['agents']:>7.3f} {found['queues']:>7.3f} {found['trunks']:>7.3f}"
        + f" {kept_bytes(size) / 1e6:>8.2f} {declared / 1e6:>8.2f}"
    )


if __name__ == "__main__":
    main()
