"""gunicorn's configuration for workers that keep to one CPU each."""

import os
from typing import Any


def post_fork(server: Any, worker: Any) -> None:
    """Bind a new worker to a CPU; workers that follow each other get different ones."""
    if hasattr(os, "sched_setaffinity"):
        cpus = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {cpus[worker.age % len(cpus)]})
