"""A center may be of any size up to the largest, and everything in it can be told apart."""

from collections.abc import Iterable
from datetime import date
from random import Random

import numpy as np
import pytest

from kpn_sandbox.caching import SingleFlightCache
from kpn_sandbox.literals import MOST_AGENTS, MOST_PORTS, MOST_QUEUES, MOST_TRUNKS
from kpn_sandbox.simulation.calendar import calendar_day
from kpn_sandbox.simulation.center import Center
from kpn_sandbox.simulation.day_index import ShownAgents
from kpn_sandbox.simulation.day_trace import BLOCKED
from kpn_sandbox.simulation.facts import Status
from kpn_sandbox.simulation.profile import ALWAYS, Epoch
from kpn_sandbox.simulation.scenarios import scenario
from tests.reconciliation import answers, check_ageing, check_instant
from tests.simulation.changes import Counters, check_nobody_works_twice
from tests.simulation.days import AUTUMN, SPRING, WEDNESDAY, profile, trace

MONDAY = WEDNESDAY.replace(day=5)
TEN = float(calendar_day(MONDAY).starts_at + 10 * 3600)
LARGEST = {"agents": MOST_AGENTS, "queues": MOST_QUEUES, "trunks": MOST_TRUNKS}
SIZES = [1, 10, 50, 200, 1000, *(pytest.param(size, marks=pytest.mark.slow) for size in (400, 401, 2000, 5000))]


def center(seed: str = "seed", **settings: object) -> Center:
    """A center with a profile that always counts."""
    return Center(seed, (Epoch(ALWAYS, profile(**settings)),), SingleFlightCache())


def are_unique(values: Iterable[object]) -> bool:
    """Whether no value stands twice in a list."""
    found = list(values)
    return len(set(found)) == len(found)


@pytest.mark.parametrize("name", ["normal", "peak"])
@pytest.mark.parametrize("agents", SIZES)
def test_no_call_is_blocked_whatever_the_size(agents: int, name: str) -> None:
    """Trunks and ports that nobody sets suffice for every caller, on a busy Monday of a peak, too."""
    calls = trace(MONDAY, scenario(name).over(profile(agents=agents))).calls

    assert len(calls.outcome) and not (calls.outcome == BLOCKED).any()


@pytest.mark.parametrize("on", [MONDAY, SPRING, AUTUMN])
@pytest.mark.parametrize(
    "agents", [1, 2, 10, 50, 200, *(pytest.param(size, marks=pytest.mark.slow) for size in (1000, 2000, 5000))]
)
def test_a_day_adds_up_whatever_the_size(agents: int, on: date) -> None:
    """All day all figures reconcile, no counter falls, states age with the clock, and nobody works twice."""
    subject, day, counters = center(agents=agents), calendar_day(on), Counters()

    check_nobody_works_twice(subject.trace(day))
    for second in (*range(0, day.length // 1000, 4999), day.length // 1000 - 1):
        at = float(day.starts_at + second)
        lists = answers(subject, at)
        check_instant(*lists)
        counters.check(subject, at)
        check_ageing(answers(subject, max(at - 60, day.starts_at))[0], lists[0], min(second, 60))


@pytest.mark.parametrize("on", [MONDAY, SPRING, AUTUMN])
def test_midnight_is_as_the_readme_tells(on: date) -> None:
    """However busy, a center that never closes is empty at 23:59:30, step by step, and begins anew at midnight."""
    busy = {"load": 3, "patience_seconds": "unlimited", "talk_seconds": 900, "max_wait_seconds": 86_400}
    subject, day = center(**busy), calendar_day(on)
    calls = trace(on, profile(**busy), "seed").calls

    left = np.where(calls.answer < 0, calls.end, calls.answer)
    minutes_left = [(day.length - int(column.max())) / 60_000 for column in (calls.arrival, left, calls.end)]
    assert all(found >= least for found, least in zip(minutes_left, (10, 5, 2), strict=True)), minutes_left
    assert (day.length - int(calls.wrap_end.max())) / 60_000 >= 1
    over = day.starts_at + day.length / 1000
    assert {agent.status for agent in subject.agents(over - 30)} == {Status.LOGGED_OUT}
    assert {queue.offered for queue in subject.queues(over)} == {0}
    assert any(agent.status is not Status.LOGGED_OUT for agent in subject.agents(over))
    assert {agent.since for agent in subject.agents(over)} == {over}


@pytest.mark.slow
@pytest.mark.parametrize("locale", ["nl_NL", "ja_JP"])
def test_the_largest_center_adds_up_and_tells_everything_apart(locale: str) -> None:
    """With the most agents, queues and trunks all figures reconcile, and no number and no name stands twice."""
    agents, queues, trunks = answers(center(**LARGEST, locale=locale), TEN)

    check_instant(agents, queues, trunks)
    assert (len(agents), len(queues), len(trunks)) == (MOST_AGENTS, MOST_QUEUES, MOST_TRUNKS)
    for rows, key, name in ((agents, "Logid", "Agent"), (queues, "Number", "Name"), (trunks, "Number", "Name")):
        assert are_unique(row[key] for row in rows) and are_unique(row[name] for row in rows)
        assert all(1 <= len(row[key]) <= 9 and row[key].isdigit() for row in rows)


@pytest.mark.slow
def test_numbers_that_lead_to_queues_are_all_different() -> None:
    """No two queues share the label of a VDN, however many there are."""
    subject = center(**LARGEST)

    labels = subject.day_index(calendar_day(MONDAY)).vdn_labels[0]
    assert len(labels) == MOST_QUEUES and are_unique(label for each in labels for label in each)


@pytest.mark.parametrize("kind", ["queues", "trunks"])
def test_a_name_of_the_profile_is_not_given_to_another_object(kind: str) -> None:
    """A queue or trunk that is named like one of the center's own leaves all names different."""
    plain = {"queues": MOST_QUEUES, "trunks": MOST_TRUNKS}
    theirs = [fact.name for fact in getattr(center(**plain), kind)(TEN)]

    subject = center(**{**plain, kind: [{"name": theirs[-1]}, {"name": theirs[2]}, *[{}] * (len(theirs) - 2)]})
    found = [fact.name for fact in getattr(subject, kind)(TEN)]
    assert found[:2] == [theirs[-1], theirs[2]] and are_unique(found)


def test_most_ports_can_be_told_apart() -> None:
    """A center of the most trunks with the most ports shows each of them once."""
    subject = center(agents=10, trunks=[{"ports": MOST_PORTS}] * MOST_TRUNKS)

    assert [len(trunk.ports) for trunk in subject.trunks(TEN)] == [MOST_PORTS] * MOST_TRUNKS
    check_instant(*answers(subject, TEN))


@pytest.mark.parametrize("changed", [False, True])
@pytest.mark.parametrize("in_order", [False, True])
def test_agents_are_the_same_whatever_was_asked_before(*, changed: bool, in_order: bool) -> None:
    """Agents at an instant are those that a center shows that was asked nothing before, around each change of one."""
    day = calendar_day(WEDNESDAY)
    moved = day.starts_at + 10.5 * 3600
    epochs = (
        Epoch(ALWAYS, profile(agents=12)),
        Epoch(moved, profile(agents=9, queues=3)),
        Epoch(moved + 3600, profile(agents=14)),
    )
    asked, random = Center("seed", epochs if changed else epochs[:1], SingleFlightCache()), Random(3)
    changes = asked.day_index(day).agents.columns().instant.tolist()
    seconds = [change // 1000 + step for change in random.sample(changes, 60) for step in (-1, 0, 1)]
    seconds += [int(moved) - day.starts_at + step for step in (-1, 0, 1, 3599, 3600)]
    random.shuffle(seconds)

    for second in sorted(seconds) if in_order else seconds:
        at = float(day.starts_at + max(second, 0))
        index = asked.day_index(day)
        shown = asked.agents(at)
        index.last_agents = ShownAgents(0, 0, (), np.zeros(0, np.int64))
        assert shown == asked.agents(at) == tuple(asked.agent(fact.login, at) for fact in shown)
