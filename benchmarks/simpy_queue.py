"""
The plain queue of the theory in SimPy, as a yardstick for the simulation's own speed.

Calls arrive at random, last exponentially long, and give up after an exponential patience: M/M/s+M. Run as a program,
it prints the cost of a call:

    python benchmarks/simpy_queue.py --agents 50 --calls 20000
"""

from argparse import ArgumentParser
from collections.abc import Generator
from random import Random
from time import process_time
from typing import Any

import simpy

MEAN_TALK_SECONDS = 290.0
MEAN_PATIENCE_SECONDS = 360.0


def seconds_per_call(agents: int, calls: int, load: float = 0.92, seed: int = 1) -> float:
    """
    The cost of one call in SimPy.

    Args:
        agents: Size of the queue's staff.
        calls: How many calls arrive.
        load: Arrivals times mean talk per agent.
        seed: Another seed, other calls.

    Returns:
        Seconds of CPU time per call.
    """
    start = process_time()
    abandoned_share(agents, calls, load, seed)
    return (process_time() - start) / calls


def abandoned_share(agents: int, calls: int, load: float, seed: int) -> float:
    """Play that many calls to their end; the share of them that was abandoned, 0.0 to 1.0."""
    queue = Queue(agents, Random(seed))
    queue.environment.process(queue.let_in(calls, agents * load / MEAN_TALK_SECONDS))
    queue.environment.run()
    return queue.abandoned / calls


class Queue:
    """Callers and the staff they wait for."""

    def __init__(self, agents: int, random: Random) -> None:
        self.environment = simpy.Environment()
        self.staff = simpy.Resource(self.environment, agents)
        self.random = random
        self.abandoned = 0

    def let_in(self, calls: int, per_second: float) -> Generator[simpy.Event, Any, None]:
        """The arrivals: one call after the other."""
        for _ in range(calls):
            yield self.environment.timeout(self.random.expovariate(per_second))
            self.environment.process(self.call())

    def call(self) -> Generator[simpy.Event, Any, None]:
        """One call: it waits as long as its caller is patient, and talks when an agent takes it."""
        with self.staff.request() as turn:
            yield turn | self.environment.timeout(self.random.expovariate(1 / MEAN_PATIENCE_SECONDS))
            if not turn.triggered:
                self.abandoned += 1
                return
            yield self.environment.timeout(self.random.expovariate(1 / MEAN_TALK_SECONDS))


def main() -> None:
    """Print the cost of a call."""
    parser = ArgumentParser(description="The cost of a call in SimPy.")
    parser.add_argument("--agents", type=int, default=50)
    parser.add_argument("--calls", type=int, default=20_000)
    options = parser.parse_args()
    cost = min(seconds_per_call(options.agents, options.calls) for _ in range(3))
    print(f"{cost * 1e6:.1f} microseconds a call")


if __name__ == "__main__":
    main()
