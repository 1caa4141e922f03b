"""
CPU time of benchmarks, made comparable between machines and hours by a loop that is measured in the same run.

Wall time tells how busy a machine is, and CPU time how fast; neither says whether the code has become slower. So a
reference loop of the kind of work that a simulation does takes its turn with whatever is measured. A figure is judged
as if the loop had taken the `STANDARD` time:

    reference = Reference()
    for _ in range(rounds):
        reference.measure()
        found = min(found, cpu_seconds(work))
    print(reference.judge(found, goal))
"""

import gc
from collections.abc import Callable
from heapq import heapreplace
from time import process_time

import numpy as np

STANDARD = 0.026
"""CPU seconds of the loop on the machine that the goals were set on: a virtual AMD EPYC, Python 3.11."""

_TURNS = 60_000
_COLUMN = np.arange(400_000, dtype=np.int64) * 2_654_435_769 % (1 << 32)


class Reference:
    """The reference loop with the lowest CPU time that it took so far."""

    def __init__(self) -> None:
        self.seconds = float("inf")

    def measure(self) -> None:
        """Run the loop once more."""
        self.seconds = min(self.seconds, cpu_seconds(_loop))

    def standardized(self, seconds: float) -> float:
        """Return the CPU seconds that something would take where the loop takes `STANDARD`."""
        return seconds * STANDARD / self.seconds

    def judge(self, seconds: float, goal: float) -> str:
        """
        Say in a word whether a goal is reached.

        Args:
            seconds: Measured CPU seconds, the lowest of as many rounds as the loop.
            goal: Standardized CPU seconds that it may take.
        """
        return "reached" if self.standardized(seconds) <= goal else "MISSED"

    def __str__(self) -> str:
        return f"reference loop: {self.seconds * 1000:.1f} ms CPU, standard {STANDARD * 1000:.1f} ms"


def cpu_seconds(work: Callable[[], object]) -> float:
    """CPU seconds of this process while it works, with nothing collected meanwhile."""
    gc.collect()
    gc.disable()
    try:
        start = process_time()
        work()
        return process_time() - start
    finally:
        gc.enable()


def _loop() -> None:
    # Half of it is a heap of small tuples, as in the queues of a day, half sorting and adding of columns, as in the
    # index of a day.
    queue = [(number, number) for number in range(50)]
    for turn in range(_TURNS):
        free, agent = queue[0]
        heapreplace(queue, (free + turn * 7919 % 1009, agent))
    np.cumsum(np.sort(_COLUMN))
    np.searchsorted(np.sort(_COLUMN), _COLUMN[:50_000])


if __name__ == "__main__":
    reference = Reference()
    for _ in range(30):
        reference.measure()
    print(reference)
