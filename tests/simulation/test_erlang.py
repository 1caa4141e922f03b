"""The formulas that judge the simulation give published values."""

import pytest

from tests.simulation.erlang import (
    answered_in_time,
    answered_in_time_with_endless_patience,
    blocked_share,
    endless_patience,
    limited_patience,
)

# Servers, load per server, then percent answered in 20 s, percent abandoned, mean wait in seconds; calls last 300 s and
# callers wait 120 s on average. Computed independently of this module, by another program.
ERLANG_A = [
    (10, 0.80, 82.40, 7.32, 8.79),
    (10, 1.00, 65.00, 15.24, 18.29),
    (50, 0.92, 89.11, 3.52, 4.22),
    (50, 1.10, 61.63, 12.25, 14.70),
    (200, 0.97, 95.35, 2.10, 2.53),
]


@pytest.mark.parametrize(("ports", "load", "percent"), [(10, 8, 12.17), (30, 28, 9.81), (5, 6, 36.04)])
def test_lost_calls(ports: int, load: float, percent: float) -> None:
    """Erlang B gives the tabled loss."""
    assert 100 * blocked_share(ports, load) == pytest.approx(percent, abs=0.005)


def test_waiting_without_end() -> None:
    """
    Erlang C gives the published figures of 100 calls in half an hour, 180 s each, for 14 agents.

    Source:
        The example in the documentation of pyworkforce 0.5.1.
    """
    load = 100 * 180 / 1800

    waiting_share = endless_patience(14, load, 180).waiting_share
    in_time = answered_in_time_with_endless_patience(14, load, 180, 20)
    assert 100 * waiting_share == pytest.approx(17.413, abs=0.0005)
    assert 100 * in_time == pytest.approx(88.835, abs=0.0005)


@pytest.mark.parametrize(("servers", "share", "in_time", "abandoned", "wait"), ERLANG_A)
def test_waiting_with_patience(servers: int, share: float, in_time: float, abandoned: float, wait: float) -> None:
    """Erlang A gives the known service level, abandonment and wait."""
    load = servers * share

    performance = limited_patience(servers, load, 300, 120)
    assert 100 * answered_in_time(servers, load, 300, 120, 20) == pytest.approx(in_time, abs=0.005)
    assert 100 * performance.abandoned_share == pytest.approx(abandoned, abs=0.005)
    assert performance.mean_wait == pytest.approx(wait, abs=0.005)


def test_every_call_is_answered_or_abandoned() -> None:
    """In Erlang A those who are not answered, however long one looks, are those who abandon."""
    answered = answered_in_time(10, 10, 300, 120, 20_000)

    assert answered == pytest.approx(1 - limited_patience(10, 10, 300, 120).abandoned_share, abs=1e-6)


def test_great_patience_is_endless_patience() -> None:
    """Erlang A becomes Erlang C as patience grows."""
    patient, endless = limited_patience(14, 10, 180, 1e9), endless_patience(14, 10, 180)

    assert patient.waiting_share == pytest.approx(endless.waiting_share, rel=1e-5)
    assert patient.mean_wait == pytest.approx(endless.mean_wait, rel=1e-5)


def test_one_impatient_caller_is_a_lost_call() -> None:
    """Erlang A becomes Erlang B as patience vanishes."""
    impatient = limited_patience(10, 8, 300, 1e-6)

    assert impatient.abandoned_share == pytest.approx(blocked_share(10, 8), rel=1e-4)
