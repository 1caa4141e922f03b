"""Whatever changes follow one another in an account, the figures add up, nobody works twice, and no counter falls."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from itertools import pairwise
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from kpn_sandbox.caching import SingleFlightCache
from kpn_sandbox.literals import ARRIVAL_RHYTHMS, NAME_STYLES, SCENARIO_NAMES, SERVICE_DISTRIBUTIONS, Effective
from kpn_sandbox.simulation.calendar import day_of
from kpn_sandbox.simulation.center import Center
from kpn_sandbox.simulation.errors import InvalidProfile
from kpn_sandbox.simulation.profile import ALWAYS, Profile, field_ranges
from kpn_sandbox.tenants.accounts import NewAccount
from kpn_sandbox.tenants.clock import FrozenClock
from kpn_sandbox.tenants.sandbox import Sandbox
from kpn_sandbox.tenants.timeline import AccountTimeline, Setting
from tests.reconciliation import answers, check_instant
from tests.simulation.changes import Counters, check_lists, check_nobody_works_twice

MIDNIGHT = datetime(2026, 11, 23, 23, tzinfo=UTC).timestamp()
DAY = 86_400

OF_QUEUES = {
    "load": some.floats(0, 2),
    "talk_seconds": some.integers(60, 600),
    "wrap_seconds": some.integers(0, 120),
    "patience_seconds": some.just("unlimited") | some.integers(10, 900),
    "service_level_seconds": some.integers(0, 60),
}
names = some.sampled_from(["Sales", "Service", "Support"])
queues = some.fixed_dictionaries(
    {}, optional={**OF_QUEUES, "agents": some.integers(0, 9), "service_level_target": some.floats(0, 1)}
)
trunks = some.fixed_dictionaries({"ports": some.integers(1, 40)}, optional={"name": names})
outages = some.sampled_from([("10:00", "15:00"), ("00:00", "24:00"), ("12:30", "12:31")])
FIELDS = {
    **OF_QUEUES,
    "agents": some.integers(1, 40) | some.sampled_from([1, 49, 50]),
    "queues": some.integers(1, 9) | some.lists(queues, min_size=1, max_size=4),
    "trunks": some.integers(1, 4) | some.lists(trunks, min_size=1, max_size=3, unique_by=lambda each: each.get("name")),
    "opening": some.sampled_from(["24x7", "08:00-20:00", "07:10-13:25", "00:00-00:15"]),
    "names": some.sampled_from(NAME_STYLES),
    "locale": some.sampled_from(["nl_NL", "en_GB"]),
    "list_logged_out": some.booleans(),
    "ring_seconds": some.integers(0, 10),
    "max_wait_seconds": some.integers(30, 900),
    "unanswered_share": some.floats(0, 0.3),
    "absent_share": some.floats(0, 0.9),
    "breaks": some.booleans(),
    "rhythm": some.sampled_from(ARRIVAL_RHYTHMS),
    "service": some.sampled_from(SERVICE_DISTRIBUTIONS),
    "outages": some.lists(
        outages.map(lambda hours: {"trunk": 1, "start": hours[0], "end": hours[1]}), min_size=0, max_size=2
    ),
}
assert FIELDS.keys() == field_ranges().keys()


class Step(NamedTuple):
    """A change of an account, so many seconds after the one before; a scenario, where none is given, of the profile."""

    gap: int
    now: bool
    patch: dict[str, Any]
    scenario: str | None = None
    for_seconds: int | None = None

    def after(self, timeline: AccountTimeline, at: float) -> AccountTimeline:
        """The timeline with the change, which is made at an instant."""
        if self.scenario is None:
            return timeline.with_profile(self.patch, at) if self.now else timeline.with_base(patch=self.patch)
        if self.now or self.for_seconds:
            return timeline.with_scenario(self.scenario, at, self.for_seconds)
        return timeline.with_base(scenario=self.scenario)


gaps = some.integers(1, 120) | some.integers(1, 3600)
patches = some.fixed_dictionaries({}, optional={name: some.none() | value for name, value in FIELDS.items()})
# Few fields at once: what a change breaks should be seen with little else around it.
few = some.dictionaries(some.sampled_from(sorted(FIELDS)), some.none(), min_size=1, max_size=2).flatmap(
    lambda chosen: some.fixed_dictionaries({name: some.none() | FIELDS[name] for name in chosen})
)
mostly = some.sampled_from([True, True, False])
steps = some.builds(Step, gaps, mostly, patches | few, some.none(), some.none()) | some.builds(
    Step, gaps, mostly, some.just({}), some.sampled_from(SCENARIO_NAMES), some.none() | gaps
)
sequences = {
    "seed": some.sampled_from(["m0", "m1", "acme"]),
    "begin": some.integers(0, DAY - 1) | some.integers(7 * 3600, 20 * 3600),
    "steps": some.lists(steps, min_size=2, max_size=6),
}


def check_sequence(seed: str, begin: int, steps: list[Step]) -> None:
    """Make changes one after the other, as users do, and look at the center between them."""
    timeline, counters, at = AccountTimeline(Setting(ALWAYS, Profile(agents=20), "normal")), Counters(), begin
    before = _center(seed, timeline)
    for step, following in pairwise([*steps, steps[-1]]):
        timeline = _changed(timeline, step, MIDNIGHT + at)
        center = _center(seed, timeline)
        if step.now or step.for_seconds:
            assert answers(center, MIDNIGHT + at - 1) == answers(before, MIDNIGHT + at - 1)
        else:
            counters.forget()
        for day in {day_of(MIDNIGHT + second) for second in (begin, at, at + following.gap)}:
            check_nobody_works_twice(center.trace(day))
        for second in _instants(at, following.gap, step.for_seconds):
            check_center(center, timeline, MIDNIGHT + second)
            counters.check(center, MIDNIGHT + second)
        before, at = center, at + following.gap


def check_center(center: Center, timeline: AccountTimeline, at: float) -> None:
    """The lists are those of the profile in force, and all figures reconcile."""
    longest = max(epoch.profile.max_wait_seconds for epoch in timeline.epochs)
    check_instant(*answers(center, at), longest_wait=int(longest))
    check_lists(center, at, timeline.setting_at(at).effective())


def _center(seed: str, timeline: AccountTimeline) -> Center:
    return Center(seed, timeline.epochs, SingleFlightCache(2**26))


def _changed(timeline: AccountTimeline, step: Step, at: float) -> AccountTimeline:
    """The timeline after a change, which is left out where it is refused."""
    try:
        after = step.after(timeline, at)
        assert after.epochs
    except InvalidProfile:
        return timeline
    return after


def _instants(at: int, gap: int, for_seconds: int | None) -> Iterator[int]:
    """Some seconds of a gap, in order: its first, its last, its middle, and those around the end of a scenario."""
    ends = () if for_seconds is None else (at + for_seconds - 1, at + for_seconds)
    yield from sorted({at, at + gap // 2, at + gap - 1, *(end for end in ends if end < at + gap)})


without_deadline = partial(settings, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@without_deadline(max_examples=12, derandomize=True)
@given(**sequences)
def test_everything_adds_up_after_any_sequence_of_changes(seed: str, begin: int, steps: list[Step]) -> None:
    """After changes of any kind, always or from now on, figures reconcile and nobody is in two calls."""
    check_sequence(seed, begin, steps)


@pytest.mark.slow
@without_deadline(max_examples=400)
@given(**sequences)
def test_everything_adds_up_after_more_sequences(seed: str, begin: int, steps: list[Step]) -> None:
    """The same holds for other sequences at every run."""
    check_sequence(seed, begin, steps)


def patch(**fields: Any) -> tuple[str, dict[str, Any]]:
    """A change of the profile from now on."""
    return "patch", fields


def scene(name: str, for_seconds: int | None = None) -> tuple[str, dict[str, Any]]:
    """A change of the scenario from now on, for good or for some seconds."""
    return "scenario", {"name": name, "for_seconds": for_seconds}


QUEUES, AGENTS = [patch(queues=4), patch(queues=5)], [patch(agents=40), patch(agents=50)]
TAKEN_BACK = {
    **{f"queues 5, 4, 5 after {gap} s": ("08:05:21", patch(queues=5), QUEUES, gap) for gap in (5, 60, 300, 900, 3600)},
    "agents 50, 40, 50": ("10:00:00", patch(agents=50), AGENTS, 60),
    "agents 50, 80, 50": ("10:00:00", patch(agents=50), [patch(agents=80), patch(agents=50)], 60),
    "agents 50, 1, 60": ("11:30:00", patch(agents=50), [patch(agents=1), patch(agents=60)], 60),
    "closed for a minute": ("14:00:00", patch(agents=50), [patch(opening="00:00-00:15"), patch(opening="24x7")], 60),
    "lab, normal, lab": ("10:00:00", scene("lab"), [scene("normal"), scene("lab")], 60),
    "understaffed for 60 s": ("10:00:00", patch(agents=50), [scene("understaffed", 60)], 60),
    "understaffed for 300 s": ("15:10:00", patch(agents=50), [scene("understaffed", 300)], 300),
    "night closed for 60 s": ("20:30:00", patch(agents=50), [scene("night closed", 60)], 60),
    "night closed for 60 s, twice": ("20:30:00", patch(agents=50), [scene("night closed", 60)] * 2, 30),
}
"""When, the change before that counts always, the changes from now on, and the seconds after each of them."""


@pytest.mark.parametrize("seed", ["m0", "m1", *(pytest.param(f"s{n}", marks=pytest.mark.slow) for n in range(10))])
@pytest.mark.parametrize("name", TAKEN_BACK)
def test_a_change_that_is_taken_back_lets_nobody_work_twice(sandbox: Sandbox, name: str, seed: str) -> None:
    """Staff that goes and comes back while agents still finish calls is counted once, for the hour after it."""
    time, (kind, first), changes, gap = TAKEN_BACK[name]
    begin = datetime.fromisoformat(f"2026-11-24T{time}+01:00").timestamp()
    sandbox.accounts.create(NewAccount("anna", "secret", seed, clock=FrozenClock(begin)))
    _apply(sandbox, kind, first, "always")
    counters = Counters()
    counters.check(sandbox.tenant("anna").center, begin)

    for kind, change in changes:
        _apply(sandbox, kind, change, "now")
        counters.check(sandbox.tenant("anna").center, sandbox.tenant("anna").now())
        sandbox.clocks.advance("anna", gap)

    tenant = sandbox.tenant("anna")
    check_nobody_works_twice(tenant.center.trace(day_of(begin)))
    for second in (-1, 0, 1, 30, 60, 180, 300, 780, 1500, 2400, 3600):
        check_center(tenant.center, tenant.timeline, tenant.now() + second)
        if second >= 0:
            counters.check(tenant.center, tenant.now() + second)


def _apply(sandbox: Sandbox, kind: str, change: dict[str, Any], effective: Effective) -> None:
    if kind == "patch":
        sandbox.configuration.patch("anna", change, effective)
    else:
        sandbox.configuration.set_scenario("anna", change["name"], effective, for_seconds=change["for_seconds"])
