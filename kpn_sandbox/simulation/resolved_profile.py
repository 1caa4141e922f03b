"""
The resolved profile: what each queue, trunk and agent gets, in the integers of the simulation.

A profile leaves most things open; here every default is filled in and every derived number computed, once for each
profile. Durations are milliseconds, loads thousandths.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import inf
from typing import NamedTuple

import numpy as np

from kpn_sandbox.literals import MOST_PORTS, SERVICE_LEVEL_TARGET
from kpn_sandbox.simulation.profile import PORTS_PER_HUNDRED_AGENTS, Profile, QueueSettings, TrunkSettings
from kpn_sandbox.simulation.randomness import Integers
from kpn_sandbox.validation import minutes

PORTS_PER_GROUP = 30
"""The voice channels of one E1 line (ITU-T G.704); trunks come in whole lines."""


@dataclass(frozen=True)
class ResolvedQueue:
    """One queue, with everything that it does not say for itself taken from the profile."""

    name: str | None
    """Its own name; None leaves the naming to the center."""
    load: int
    """The factor on the calls that its staff is planned for, in thousandths."""
    talk: int
    wrap: int
    patience: int | None
    """None: callers never hang up."""
    threshold: int
    """How long a call may wait to count as answered in time."""
    target: float
    """The share of calls to answer in time, 0 to 1."""


@dataclass(frozen=True)
class ResolvedTrunk:
    """One trunk: its own name, None if it has none, and its number of ports."""

    name: str | None
    ports: int


class OpeningHours(NamedTuple):
    """When the center is open, in minutes of the wall clock; 0 to 1,440 for one that never closes."""

    opens: int
    closes: int


@dataclass(frozen=True)
class ResolvedProfile:
    """A profile and what follows from it."""

    profile: Profile
    queues: tuple[ResolvedQueue, ...]
    trunks: tuple[ResolvedTrunk, ...]
    homes: tuple[int, ...]
    """The queue (from 0) of each agent."""
    hours: OpeningHours
    ring: int
    max_wait: int

    @property
    def constant(self) -> bool:
        """Whether arrivals and staff stay the same all day."""
        return self.profile.rhythm == "constant"

    @cached_property
    def queue_names(self) -> frozenset[str | None]:
        """The names that queues have of their own."""
        return frozenset(queue.name for queue in self.queues)

    @cached_property
    def trunk_names(self) -> frozenset[str | None]:
        """The names that trunks have of their own."""
        return frozenset(trunk.name for trunk in self.trunks)

    def staff(self, queue: int) -> list[int]:
        """The agents (from 0) whose home a queue is, in order."""
        return [agent for agent, home in enumerate(self.homes) if home == queue]


class Span(NamedTuple):
    """A part of a day under one profile, in milliseconds since midnight."""

    start: int
    end: int
    resolved: ResolvedProfile


def span_positions(spans: Sequence[Span], instants: Integers) -> Integers:
    """
    The position of the span that each instant lies in.

    Args:
        spans, instants: The parts of a day, in order, and milliseconds since its midnight.
    """
    return np.searchsorted([span.start for span in spans], instants, side="right") - 1


def most_queues(spans: Sequence[Span]) -> int:
    """The greatest number of queues at any time of some spans."""
    return max(len(span.resolved.queues) for span in spans)


@lru_cache(maxsize=4096)
def resolve_profile(profile: Profile) -> ResolvedProfile:
    """Work out what each queue, trunk and agent of a profile gets; equal profiles share one result."""
    queues = _queues(profile)
    return ResolvedProfile(
        profile=profile,
        queues=tuple(_resolved_queue(profile, queue) for queue in queues),
        trunks=tuple(_resolved_trunk(profile, trunk) for trunk in _trunks(profile)),
        homes=_homes(_targets(profile.agents, queues)),
        hours=_hours(profile.opening),
        ring=_milliseconds(profile.ring_seconds),
        max_wait=_milliseconds(profile.max_wait_seconds),
    )


def _queues(profile: Profile) -> tuple[QueueSettings, ...]:
    if isinstance(profile.queues, int):
        return (QueueSettings(),) * profile.queues
    return profile.queues


def _trunks(profile: Profile) -> tuple[TrunkSettings, ...]:
    return profile.trunks if isinstance(profile.trunks, tuple) else (TrunkSettings(),) * profile.trunk_count


def _resolved_queue(profile: Profile, queue: QueueSettings) -> ResolvedQueue:
    patience = queue.value("patience_seconds", profile)
    return ResolvedQueue(
        name=queue.name,
        load=round(profile.load * 1000 * (1 if queue.load is None else queue.load)),
        talk=_milliseconds(queue.value("talk_seconds", profile)),
        wrap=_milliseconds(queue.value("wrap_seconds", profile)),
        patience=None if patience == inf else _milliseconds(patience),
        threshold=_milliseconds(queue.value("service_level_seconds", profile)),
        target=SERVICE_LEVEL_TARGET if queue.service_level_target is None else queue.service_level_target,
    )


def _resolved_trunk(profile: Profile, trunk: TrunkSettings) -> ResolvedTrunk:
    if trunk.ports is not None:
        return ResolvedTrunk(trunk.name, trunk.ports)
    # Rounded up twice: to whole ports for each trunk, then to whole lines.
    share = -(-profile.agents * PORTS_PER_HUNDRED_AGENTS // (100 * profile.trunk_count))
    groups = -(-share // PORTS_PER_GROUP)
    return ResolvedTrunk(trunk.name, min(groups * PORTS_PER_GROUP, MOST_PORTS))


def _targets(agents: int, queues: tuple[QueueSettings, ...]) -> list[int]:
    # Agents that no queue asks for are spread evenly over the queues that ask for no number, or over all of them if
    # every queue asks for one; the first queues get what is left over.
    targets = [queue.agents or 0 for queue in queues]
    takers = [number for number, queue in enumerate(queues) if queue.agents is None] or list(range(len(queues)))
    each, left = divmod(agents - sum(targets), len(takers))
    for position, number in enumerate(takers):
        targets[number] += each + (position < left)
    return targets


def _homes(targets: list[int]) -> tuple[int, ...]:
    # Agents are dealt to the queues in turn, like cards, so that the first ones keep their homes when more come.
    homes: list[int] = []
    for place in range(max(targets)):
        homes += [queue for queue, target in enumerate(targets) if place < target]
    return tuple(homes)


def _hours(opening: str) -> OpeningHours:
    if opening == "24x7":
        return OpeningHours(0, 24 * 60)
    start, _, end = opening.partition("-")
    return OpeningHours(minutes(start), minutes(end))


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000)
