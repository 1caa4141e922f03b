"""Fault plans, and the outcomes that workers take from them."""

from collections import Counter

import pytest

from kpn_sandbox.tenants.errors import InvalidSetting, UnknownAccount, UnknownFault
from kpn_sandbox.tenants.faults import FaultPlan, Outcome
from tests.tenants.concurrency import in_processes, in_threads

THREE = FaultPlan("kpn", "agents", (Outcome(503), Outcome(503, delay_ms=200), Outcome(ok=True)))


def take(sandbox, operation="agents", api="kpn"):
    return sandbox.faults.take_outcome("anna", sandbox.tenant("anna").plans, api, operation)


def status(sandbox):
    outcome = take(sandbox)
    return None if outcome is None else outcome.status


def test_outcomes_happen_in_order_and_are_used_up(anna, sandbox, other):
    """Outcomes happen in order, at whichever worker, until the plan is used up."""
    plan = sandbox.faults.add(anna, THREE)

    happened = [take(worker) for worker in (sandbox, other, sandbox, other, sandbox)]

    assert happened == [*THREE.outcomes, None, None]
    assert other.faults.show(anna, plan.id).remaining == 0
    assert sandbox.tenant(anna).plans == ()


def test_a_plan_applies_to_its_operation(anna, sandbox):
    """A plan without an operation applies to all operations of its API."""
    sandbox.faults.add(anna, THREE)
    sandbox.faults.add(anna, FaultPlan("kaisa", outcomes=(Outcome(500),)))

    assert take(sandbox, "queues") is None
    assert take(sandbox, "customers", "kaisa") == Outcome(500)


def test_a_plan_with_a_key_applies_to_one_object(anna, sandbox):
    """A plan with a key leaves requests for other objects, and for none, to the plans behind it."""
    sandbox.faults.add(anna, FaultPlan("kpn", "any", (Outcome(500), Outcome(501)), key="1000"))
    plans = sandbox.tenant("anna").plans

    taken = [
        sandbox.faults.take_outcome("anna", plans, "kpn", operation, key=key)
        for operation, key in (
            ("queues", ""),
            ("queue", "10000"),
            ("queue", "1000"),
            ("queue", "\u0661"),
            ("trunk", "001000"),
        )
    ]

    assert taken == [None, None, Outcome(500), None, Outcome(501)]


def test_whole_numbers_of_an_outcome_may_be_written_with_a_point():
    """A status of 503.0 is the status 503."""
    assert repr(Outcome(503.0, delay_ms=20.0)) == repr(Outcome(503, delay_ms=20))


def test_the_first_plan_with_something_left_decides(anna, sandbox):
    """The next plan applies when the first one is used up."""
    sandbox.faults.add(anna, FaultPlan("kpn", "agents", (Outcome(500),)))
    sandbox.faults.add(anna, FaultPlan("kpn", None, (Outcome(501), Outcome(502))))

    assert [status(sandbox) for _ in range(4)] == [500, 501, 502, None]


def test_a_plan_may_repeat(anna, sandbox):
    """A plan that repeats is never used up, so nothing is said to remain."""
    plan = sandbox.faults.add(anna, FaultPlan("kpn", "agents", (Outcome(500), Outcome(ok=True)), repeat=True))

    assert [status(sandbox) for _ in range(5)] == [500, None, 500, None, 500]
    assert plan.remaining is None


def test_a_seed_decides_which_requests_fail(anna, sandbox):
    """The same seed makes the same requests fail, another seed others."""
    plan = FaultPlan("kpn", "agents", probability=0.3, outcome=Outcome(503), seed="one")

    def statuses(plan):
        added = sandbox.faults.add(anna, plan)
        happened = [status(sandbox) for _ in range(40)]
        sandbox.faults.remove(anna, added.id)
        return happened

    first, again = statuses(plan), statuses(plan)
    another = statuses(FaultPlan("kpn", "agents", probability=0.3, outcome=Outcome(503), seed="two"))

    assert first == again != another
    assert set(first) == {503, None}


@pytest.mark.parametrize(("probability", "happens"), [(0, 0), (1, 1000), (0.2, 200)])
def test_a_probability_is_met(probability, happens):
    """Over a thousand requests the share of outcomes is the probability, within what chance allows."""
    plan = FaultPlan("kpn", probability=probability, outcome=Outcome(503)).with_id("made")

    happened = sum(plan.nth(position) is not None for position in range(1, 1001))

    assert abs(happened - happens) <= 40 * (0 < probability < 1)


def test_a_plan_without_a_seed_gets_one(anna, sandbox, other):
    """The generated seed is part of the plan, so it can be planned again."""
    plan = sandbox.faults.add(anna, FaultPlan("kpn", probability=0.5, outcome=Outcome(503)))

    assert plan.seed
    assert other.faults.show(anna, plan.id) == plan


def test_plans_are_stored_completely(anna, sandbox, other):
    """Bodies, headers and broken connections come back, in the order in which the plans were added."""
    odd = Outcome(418, 5, {"a": [1, None]}, {"X-Odd": "yes"})
    plans = [THREE, FaultPlan("kpn", "token", (odd, Outcome(connection="drip"))), THREE]

    added = [sandbox.faults.add(anna, plan) for plan in plans]

    assert list(other.faults.list(anna)) == added
    assert len({plan.id for plan in added}) == 3


def test_outcomes_are_exact_over_threads(anna, sandbox, other):
    """Each outcome happens to exactly one of the requests of many threads."""
    sandbox.faults.add(anna, FaultPlan("kpn", outcomes=tuple(Outcome(200 + number) for number in range(100))))

    happened = in_threads(lambda turn: status((sandbox, other)[turn % 2]), 150)

    assert Counter(happened) == Counter([*range(200, 300), *[None] * 50])


@pytest.mark.slow
def test_outcomes_are_exact_over_processes(anna, sandbox, url):
    """Each outcome happens to exactly one of the requests of processes that share only the database."""
    sandbox.faults.add(anna, FaultPlan("kpn", outcomes=tuple(Outcome(200 + number) for number in range(60))))

    happened = in_processes(url, status, 25)

    assert Counter(happened) == Counter([*range(200, 260), *[None] * 15])


def test_plans_are_removed(anna, sandbox, other):
    """One plan or all are deleted, and their outcomes do not happen any more."""
    first, second = sandbox.faults.add(anna, THREE), sandbox.faults.add(anna, THREE)

    assert sandbox.faults.remove(anna, first.id) == 1
    assert other.faults.list(anna) == (second,)
    assert other.faults.remove(anna) == 1
    assert take(sandbox) is None


def test_an_unknown_plan_is_an_error(anna, sandbox):
    """The plan of another account is as unknown as one that was never added."""
    sandbox.accounts.authenticate_or_create("berta", "secret")
    others = sandbox.faults.add("berta", THREE)

    for fault in ("nothing", "\x00", others.id):
        with pytest.raises(UnknownFault):
            sandbox.faults.remove(anna, fault)
    with pytest.raises(UnknownAccount):
        sandbox.faults.add("carla", THREE)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({}, "outcome"),
        ({"status": 199}, "status"),
        ({"status": 600}, "status"),
        ({"status": "503"}, "status"),
        ({"status": True}, "status"),
        ({"delay_ms": -1}, "delay_ms"),
        ({"delay_ms": 600_001}, "delay_ms"),
        ({"connection": "slow"}, "connection"),
        ({"ok": True, "status": 503}, "ok"),
    ],
)
def test_a_wrong_outcome_is_refused(given, field):
    """The error names the field and what would be right."""
    with pytest.raises(InvalidSetting) as refusal:
        Outcome(**given)

    assert refusal.value.field == field
    assert refusal.value.allowed


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({}, "outcomes"),
        ({"outcomes": (Outcome(503),), "probability": 0.5, "outcome": Outcome(500)}, "outcomes"),
        ({"outcomes": (Outcome(503),) * 1001}, "outcomes"),
        ({"probability": 0.5}, "outcome"),
        ({"outcome": Outcome(500)}, "outcome"),
        ({"probability": 1.5, "outcome": Outcome(500)}, "probability"),
        ({"probability": float("nan"), "outcome": Outcome(500)}, "probability"),
        ({"probability": 0.5, "outcome": Outcome(500), "repeat": True}, "repeat"),
    ],
)
def test_a_wrong_plan_is_refused(given, field):
    """A plan has outcomes in order, or one outcome with a probability."""
    with pytest.raises(InvalidSetting) as refusal:
        FaultPlan("kpn", **given)

    assert refusal.value.field == field
