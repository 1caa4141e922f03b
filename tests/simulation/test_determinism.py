"""The same seed, configuration and instant give the same, wherever, whenever and in whatever order they are asked."""

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from kpn_sandbox.simulation.randomness import ENGINE_VERSION
from tests.simulation import golden

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("size", golden.SIZES)
def test_the_golden_day_is_as_it_always_was(size):
    """A day gives the digest kept for this engine version; another digest means a new version."""
    kept = json.loads(golden.DIGESTS.read_text())

    assert (kept["engine"], kept[size]) == (ENGINE_VERSION, golden.digest(size))


def imports_masked_arrays(program):
    command = [sys.executable, "-c", f"import sys; {program}; print('numpy.ma' in sys.modules)"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout == b"True\n"


def test_masked_arrays_are_never_imported():
    """A day needs no masked arrays, whose import costs the first request milliseconds and each worker a megabyte."""
    if imports_masked_arrays("import numpy"):
        pytest.skip("this version of NumPy imports its masked arrays at once")

    assert not imports_masked_arrays("from tests.simulation import golden; golden.digest('50 agents')")


@pytest.mark.parametrize("hash_seed", ["0", "4711"])
def test_another_process_says_the_same(hash_seed):
    """A process of its own, with its own hashes of strings, computes the same days."""
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    command = [sys.executable, "-m", "tests.simulation.golden"]

    printed = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, check=True).stdout

    assert json.loads(printed) == json.loads(golden.DIGESTS.read_text())


def test_the_order_of_questions_does_not_matter():
    """A center without a cache gives, at random instants of many days, what another one gives in order of time."""
    instants = [golden.MONDAY + 86_400 * day + 977 * step for day in range(-2, 3) for step in range(6)]
    shuffled = random.Random(1).sample(instants, len(instants))
    uncached, cached = golden.center("50 agents", limit_bytes=0), golden.center("50 agents")

    shown = {at: (uncached.agents(at), uncached.queues(at), uncached.trunks(at)) for at in shuffled}

    assert shown == {at: (cached.agents(at), cached.queues(at), cached.trunks(at)) for at in instants}


def test_another_seed_is_another_center():
    """Two seeds have other calls on the same day."""
    golden_center, other = golden.center("50 agents"), golden.center("50 agents", seed="another")

    assert golden_center.queues(golden.MONDAY) != other.queues(golden.MONDAY)
