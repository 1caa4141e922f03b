"""Days to test with: whole ones without a center around them."""

from datetime import date, timedelta
from typing import Any

from kpn_sandbox.simulation.calendar import calendar_day
from kpn_sandbox.simulation.day_simulation import simulate_day
from kpn_sandbox.simulation.day_trace import DayTrace
from kpn_sandbox.simulation.profile import Profile
from kpn_sandbox.simulation.resolved_profile import Span, resolve_profile

WEDNESDAY = date(2026, 1, 7)
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)
"""The days of 23 and of 25 hours."""

HOUR = 3_600_000


def profile(**settings: Any) -> Profile:
    """A checked profile; what is not given has its default."""
    return Profile.from_dict(settings)


def one_span(on: date, plan: Profile) -> tuple[Span, ...]:
    """A day that is all under one profile."""
    return (Span(0, calendar_day(on).length, resolve_profile(plan)),)


def spans(on: date, *parts: tuple[int, Profile]) -> tuple[Span, ...]:
    """A day under several profiles, each given with the millisecond from which it is in force."""
    ends = [start for start, _ in parts[1:]] + [calendar_day(on).length]
    return tuple(Span(start, end, resolve_profile(plan)) for (start, plan), end in zip(parts, ends, strict=True))


def trace(on: date, plan: Profile, seed: str = "seed") -> DayTrace:
    """A day simulated."""
    return simulate_day(seed, calendar_day(on), one_span(on, plan))


def dates(count: int, first: date = WEDNESDAY, step: int = 1) -> list[date]:
    """So many dates, some days apart."""
    return [first + timedelta(days=step * number) for number in range(count)]
