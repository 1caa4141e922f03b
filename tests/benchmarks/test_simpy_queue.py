"""The SimPy yardstick plays the queue it claims to play."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

from tests.simulation.erlang import limited_patience

FILE = Path(__file__).parents[2] / "benchmarks" / "simpy_queue.py"


@pytest.fixture(scope="module", name="simpy_queue")
def load_simpy_queue() -> ModuleType:
    """The benchmark, which is a program beside the package."""
    spec = spec_from_file_location("simpy_queue", FILE)
    assert spec and spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_yardstick_abandons_as_theory_says(simpy_queue: ModuleType) -> None:
    """Over twenty thousand calls the share of abandoned ones is that of Erlang A within a point."""
    share = simpy_queue.abandoned_share(agents=10, calls=20_000, load=1.0, seed=1)

    assert share == pytest.approx(limited_patience(10, 10, 290, 360).abandoned_share, abs=0.01)


def test_yardstick_measures(simpy_queue: ModuleType) -> None:
    """A call costs some time."""
    assert simpy_queue.seconds_per_call(agents=5, calls=100) > 0
