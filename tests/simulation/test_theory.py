"""
Over many days the center behaves as queueing theory says.

Waits of one day depend on one another, so a day is one observation, and the spread of the days gives the standard
error. Days begin empty: what is compared begins two hours after midnight.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from math import inf, log, sqrt
from typing import NamedTuple

import numpy as np
import pytest

from kpn_sandbox.caching import SingleFlightCache
from kpn_sandbox.simulation.arrivals import DrawnCalls, draw_calls
from kpn_sandbox.simulation.calendar import calendar_day
from kpn_sandbox.simulation.center import Center
from kpn_sandbox.simulation.day_trace import ABANDONED, ANSWERED, BLOCKED, DayTrace
from kpn_sandbox.simulation.facts import TheoryFact
from kpn_sandbox.simulation.profile import ALWAYS, Epoch, Profile
from kpn_sandbox.simulation.resolved_profile import Span
from kpn_sandbox.simulation.scenarios import scenario
from tests.simulation import erlang
from tests.simulation.days import HOUR, WEDNESDAY, dates, one_span, profile, trace

NOON = float(calendar_day(WEDNESDAY).starts_at + 12 * 3600)
STEADY = 2 * HOUR, 23 * HOUR
STANDARD_ERRORS = 4
THRESHOLD = 20.0
KOLMOGOROV = 2.23
"""One sample in ten thousand lies further from its distribution, times the root of its size."""

# Agents, calls relative to those planned for, mean patience in seconds, days.
WITH_PATIENCE = [
    (1, 2.0, 60, 60),
    (10, 1.04, 120, 60),
    (10, 1.3, 360, 40),
    (50, 1.02, 120, 20),
    (50, 1.22, 60, 16),
    (200, 1.08, 120, 10),
    pytest.param(1000, 1.11, 120, 8, marks=pytest.mark.slow),
    pytest.param(5000, 1.135, 120, 4, marks=pytest.mark.slow),
]
ORDERED = [("demo", 28, {}), ("amsterdam", 28, {}), ("demo", 7, {"agents": 200, "queues": 15, "trunks": 6})]
WITHOUT_PATIENCE = [
    *[(3, 1.0, 60), (14, 0.87, 60), (50, 0.98, 40)],
    *(pytest.param(*each, marks=pytest.mark.slow) for each in [(1, 1.0, 60), (1000, 1.11, 8), (5000, 1.13, 4)]),
]
SIZES = [(1, 28, 0.68), (10, 28, 0.75), (50, 28, 0.77), (200, 28, 0.8)]
SIZES += [pytest.param(*each, marks=pytest.mark.slow) for each in [(1000, 14, 0.9), (5000, 7, 0.9)]]
"""Agents, days, and the least share of calls answered in time; large queues are planned with agents who pause."""


class Figures(NamedTuple):
    """What callers and agents of one queue meet; shares from 0 to 1, the wait in seconds."""

    in_time: float
    abandoned: float
    wait: float
    waiting_share: float
    occupancy: float


@pytest.mark.parametrize(("agents", "load", "patience", "count"), WITH_PATIENCE)
def test_callers_with_patience_meet_erlang_a(agents: int, load: float, patience: float, count: int) -> None:
    """Service level, abandonment, wait, share of waiting calls and occupancy are those of Erlang A."""
    center = replace(lab(agents=agents, load=load), patience_seconds=patience)
    facts = theory(center)

    measured = [figures(trace(day, center), facts.staff) for day in dates(count)]
    assert surprises(measured, expected_with_patience(facts)) == []


@pytest.mark.parametrize(("agents", "load", "count"), WITHOUT_PATIENCE)
def test_callers_without_end_meet_erlang_c(agents: int, load: float, count: int) -> None:
    """When nobody hangs up, the same figures are those of Erlang C."""
    center = replace(lab(agents=agents, load=load), patience_seconds=inf)
    facts = theory(center)

    measured = [figures(trace(day, center), facts.staff) for day in dates(count)]
    assert surprises(measured, expected_without_patience(facts)) == []


def test_abandonment_is_wait_over_patience() -> None:
    """With exponential patience the share who hang up is the mean wait over the mean patience, whatever the load."""
    days = [figures(trace(day, lab(agents=10, load=1.2)), 10) for day in dates(40)]

    gaps = [day.abandoned - day.wait / 120 for day in days]
    assert standard_errors(gaps, 0) < STANDARD_ERRORS


def test_constant_arrivals_are_poisson() -> None:
    """Counts per quarter of an hour spread as much as their mean, and gaps are exponential."""
    center = lab(agents=30)
    mean = theory(center).arrivals_per_hour / 4
    days = [drawn(day, center).arrival for day in dates(40)]

    counts = np.array([quarters(arrival) for arrival in days])[:, :95]
    gaps = np.concatenate([np.diff(arrival) for arrival in days]) / 1000
    assert dispersion(counts, mean) < STANDARD_ERRORS
    assert distance(gaps, lambda gap: -np.expm1(-gap * mean / 900)) < KOLMOGOROV / sqrt(len(gaps))


def test_constant_arrivals_do_not_know_of_one_another() -> None:
    """Without a rhythm a busy morning tells nothing about the afternoon."""
    counts = np.array([quarters(drawn(day, lab(agents=30)).arrival) for day in dates(60)])

    assert abs(halves_correlation(counts)) < STANDARD_ERRORS / sqrt(60)


def test_real_days_differ() -> None:
    """With the daily rhythm some days are busier than chance allows, and a busy morning promises a busy afternoon."""
    counts = np.array([quarters(drawn(day, profile(queues=1)).arrival) for day in dates(40, step=7)])

    totals = counts.sum(axis=1)
    assert totals.var(ddof=1) / totals.mean() > 3
    assert halves_correlation(counts) > 0.5


@pytest.mark.parametrize(("column", "mean", "cv"), [("talk", 60_000, 1.0), ("wrap", 30_000, 0.7), ("ring", 2_000, 0.7)])
def test_durations_are_lognormal(column: str, mean: int, cv: float) -> None:
    """Talk, wrap-up and ring have the mean and spread asked for, and their logarithm is normal."""
    center = profile(queues=1, agents=100, talk_seconds=60, wrap_seconds=30, ring_seconds=2)
    durations = np.concatenate([getattr(drawn(day, center), column) for day in dates(8)])

    logs, spread = np.log(np.maximum(durations, 1)), log(1 + cv * cv)
    assert durations.mean() == pytest.approx(mean, rel=STANDARD_ERRORS * cv / sqrt(len(durations)))
    assert durations.std() / durations.mean() == pytest.approx(cv, rel=0.05)
    assert logs.mean() == pytest.approx(log(mean) - spread / 2, abs=0.02)
    assert logs.std() == pytest.approx(sqrt(spread), rel=0.02)


@pytest.mark.parametrize("column", ["talk", "patience"])
def test_durations_of_the_lab_are_exponential(column: str) -> None:
    """In the lab talk and patience are exponential."""
    center = replace(lab(agents=100), talk_seconds=120)
    durations = np.concatenate([getattr(drawn(day, center), column) for day in dates(2)]) / 1000

    assert distance(durations, lambda seconds: -np.expm1(-seconds / 120)) < KOLMOGOROV / sqrt(len(durations))


@pytest.mark.parametrize(("ports", "erlangs", "count"), [(5, 6, 40), (10, 8, 40), (30, 28, 20)])
def test_lost_calls_are_those_of_erlang_b(ports: int, erlangs: float, count: int) -> None:
    """With an agent for everybody, calls are lost for want of a port as in Erlang B."""
    center = few_ports(erlangs, ports)
    load = theory(center).arrivals_per_hour * theory(center).service_seconds / 3600

    shares = [blocked_share(trace(day, center)) for day in dates(count)]
    assert standard_errors(shares, erlang.blocked_share(ports, load)) < STANDARD_ERRORS


def test_overflow_makes_one_trunk_of_two() -> None:
    """Two trunks that overflow into one another lose the very calls that one of their size loses."""
    for day in dates(5):
        one, two = trace(day, few_ports(8, 10)).calls, trace(day, few_ports(8, 4, 6)).calls

        assert all(map(np.array_equal, two, one))


@pytest.mark.parametrize(("agents", "count", "least"), SIZES)
def test_normal_day_is_staffed_for_its_target(agents: int, count: int, least: float) -> None:
    """Over many dates a normal day answers about 80 % within 20 seconds, and more where queues are large."""
    center = scenario("normal").over(profile(agents=agents))

    levels = [service_level(trace(day, center)) for day in dates(count)]
    assert least < sum(levels) / len(levels) < (0.86 if agents <= 50 else 1)


@pytest.mark.parametrize(("seed", "count", "settings"), ORDERED)
def test_scenarios_are_what_they_say(seed: str, count: int, settings: dict[str, int]) -> None:
    """
    On every working day a calm day goes better than a normal one, that better than a busy and that than a peak day.

    Weekends have so few calls that a single one decides.
    """
    names = ["calm", "normal", "busy", "peak"]

    for day in (each for each in dates(count) if each.weekday() < 5):
        levels = [service_level(trace(day, scenario(name).over(profile(**settings)), seed)) for name in names]
        assert levels == sorted(set(levels), reverse=True), day


def lab(**settings: float) -> Profile:
    """A center of one queue that theory can predict."""
    return scenario("lab").over(profile(queues=1, **settings))


def few_ports(erlangs: float, *ports: int) -> Profile:
    """Many agents, little work, and trunks of a few ports."""
    quiet = lab(agents=100, load=1)
    share = erlangs * 3600 / (theory(quiet).arrivals_per_hour * theory(quiet).service_seconds)
    return lab(agents=100, load=share, trunks=[{"ports": each} for each in ports])


def theory(center: Profile) -> TheoryFact:
    """What the center says of itself."""
    return Center("seed", (Epoch(ALWAYS, center),), SingleFlightCache()).theory(NOON)[0]


def drawn(day: date, center: Profile) -> DrawnCalls:
    """The calls of the first queue, without anybody to take them."""
    found: tuple[Span, ...] = one_span(day, center)
    return draw_calls("seed", calendar_day(day), 0, found)


def expected_with_patience(facts: TheoryFact) -> Figures:
    """What Erlang A says of a queue."""
    assert facts.patience_seconds is not None
    load = facts.arrivals_per_hour * facts.service_seconds / 3600
    rates = facts.staff, load, facts.service_seconds, facts.patience_seconds
    found = erlang.limited_patience(*rates)
    answered = erlang.answered_in_time(*rates, THRESHOLD)
    occupancy = load * (1 - found.abandoned_share) / facts.staff
    return Figures(answered, found.abandoned_share, found.mean_wait, found.waiting_share, occupancy)


def expected_without_patience(facts: TheoryFact) -> Figures:
    """What Erlang C says of a queue."""
    load = facts.arrivals_per_hour * facts.service_seconds / 3600
    rates = facts.staff, load, facts.service_seconds
    found = erlang.endless_patience(*rates)
    answered = erlang.answered_in_time_with_endless_patience(*rates, THRESHOLD)
    return Figures(answered, 0.0, found.mean_wait, found.waiting_share, load / facts.staff)


def figures(day: DayTrace, staff: int) -> Figures:
    """What happened on a day once it had begun."""
    start, end = STEADY
    table = day.calls
    chosen = (table.arrival >= start) & (table.arrival < end)
    answered = table.outcome == ANSWERED
    wait = np.where(answered, table.answer, table.end) - table.arrival
    talked = np.minimum(table.end, end) - np.maximum(table.answer, start)
    return Figures(
        in_time=table.in_time[chosen].mean(),
        abandoned=(table.outcome == ABANDONED)[chosen].mean(),
        wait=wait[chosen].mean() / 1000,
        waiting_share=(wait > 0)[chosen].mean(),
        occupancy=talked[answered & (talked > 0)].sum() / (staff * (end - start)),
    )


def service_level(day: DayTrace) -> float:
    """Share of the calls of a day answered in time."""
    return float(day.calls.in_time.mean())


def blocked_share(day: DayTrace) -> float:
    """Share of the calls of a day that found no port, once it had begun."""
    chosen = (day.calls.arrival >= STEADY[0]) & (day.calls.arrival < STEADY[1])
    return float((day.calls.outcome == BLOCKED)[chosen].mean())


def surprises(measured: Sequence[Figures], expected: Figures) -> list[str]:
    """The figures that lie further from theory than chance allows."""
    found = []
    for name, values, value in zip(Figures._fields, zip(*measured, strict=True), expected, strict=True):
        if standard_errors(values, value) >= STANDARD_ERRORS:
            found.append(f"{name} is {np.mean(values):.4f}, not {value:.4f}")
    return found


def standard_errors(values: Sequence[float], expected: float) -> float:
    """How many standard errors the mean of independent values lies from what was expected."""
    error = np.std(values, ddof=1) / sqrt(len(values))
    gap = abs(np.mean(values) - expected)
    return float(gap / error) if error else float(gap)


def quarters(arrival: np.ndarray) -> np.ndarray:
    """Calls in each quarter of an hour."""
    return np.bincount(arrival // (HOUR // 4), minlength=96)


def dispersion(counts: np.ndarray, mean: float) -> float:
    """How many standard errors the spread of counts lies from that of a Poisson distribution."""
    chi_square = ((counts - mean) ** 2 / mean).sum()
    return float(abs(chi_square - counts.size) / sqrt(2 * counts.size))


def halves_correlation(counts: np.ndarray) -> float:
    """The correlation of morning and afternoon."""
    return float(np.corrcoef(counts[:, :48].sum(axis=1), counts[:, 48:].sum(axis=1))[0, 1])


def distance(values: np.ndarray, distribution: Callable[[np.ndarray], np.ndarray]) -> float:
    """The greatest distance between a sample and its distribution, after Kolmogorov and Smirnov."""
    below = distribution(np.sort(values))
    steps = np.arange(len(values) + 1) / len(values)
    return float(max((below - steps[:-1]).max(), (steps[1:] - below).max()))
