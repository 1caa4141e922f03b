"""The event-by-event simulation keeps the rules it is written from, so that it may judge the recursion."""

from math import sqrt
from random import Random
from statistics import fmean, stdev

import pytest

from tests.simulation.erlang import answered_in_time, limited_patience
from tests.simulation.event_by_event import NEVER, PENALTY, RING_TIMEOUT, Agent, Call, Kind, Outcome, simulate

ABANDONED, ANSWERED, FLOWED_OUT = Kind.ABANDONED, Kind.ANSWERED, Kind.FLOWED_OUT


def agents_of(outcomes: list[Outcome]) -> list[int | None]:
    """Who took each call."""
    return [outcome.agent for outcome in outcomes]


def test_call_rings_talks_and_wraps() -> None:
    """A call that finds an agent rings at once and occupies the agent until the wrap-up ends."""
    outcomes = simulate([Call(100, ring=5, talk=50, wrap=20), Call(110, talk=10)], [Agent()])

    assert outcomes == [
        Outcome(ANSWERED, 0, ring_start=100, answer=105, talk_end=155, wrap_end=175),
        Outcome(ANSWERED, 0, ring_start=175, answer=175, talk_end=185, wrap_end=185),
    ]


def test_longest_idle_agent_takes_the_call() -> None:
    """The agent who has been idle longest is next; of two equally idle ones, the one with the lower index."""
    calls = [Call(10, talk=100), Call(20, talk=5), Call(30, talk=5), Call(40, talk=5)]

    assert agents_of(simulate(calls, [Agent(), Agent(), Agent()])) == [0, 1, 2, 1]


def test_freed_at_once_comes_after_those_who_idle() -> None:
    """An agent who is free again at the very instant of a call has idled less long than the others."""
    calls = [Call(10, talk=20), Call(30, talk=20)]

    assert agents_of(simulate(calls, [Agent(), Agent(5)])) == [0, 1]


def test_patience_ends_a_wait() -> None:
    """A caller leaves when patience ends before an agent is free."""
    outcomes = simulate([Call(0, talk=100), Call(10, talk=5, patience=30)], [Agent()])

    assert outcomes[1] == Outcome(ABANDONED, left_at=40)


def test_patience_that_ends_as_an_agent_becomes_free_has_ended() -> None:
    """A caller whose patience ends when an agent becomes free leaves."""
    outcomes = simulate([Call(0, talk=100), Call(10, talk=5, patience=90)], [Agent()])

    assert outcomes[1] == Outcome(ABANDONED, left_at=100)


def test_patience_ends_a_ring() -> None:
    """A caller who hangs up while it rings frees the agent at that moment."""
    outcomes = simulate([Call(0, ring=10, patience=6), Call(1, talk=5)], [Agent()])

    assert outcomes[0] == Outcome(ABANDONED, 0, ring_start=0, left_at=6)
    assert outcomes[1].ring_start == 6


def test_patience_that_ends_with_the_answer_is_enough() -> None:
    """A call whose patience ends at the instant of the answer is answered."""
    (outcome,) = simulate([Call(0, ring=10, talk=1, patience=10)], [Agent()])

    assert outcome.kind is ANSWERED


@pytest.mark.parametrize("limited", [Call(10, talk=5, maximum_wait=30), Call(10, talk=5, closing=40)])
def test_center_ends_a_wait(limited: Call) -> None:
    """Maximum wait and closing send a waiting caller away."""
    outcomes = simulate([Call(0, talk=100), limited], [Agent()])

    assert outcomes[1] == Outcome(FLOWED_OUT, left_at=40)


@pytest.mark.parametrize("limited", [Call(0, ring=10, maximum_wait=5), Call(0, ring=10, closing=5)])
def test_center_does_not_end_a_ring(limited: Call) -> None:
    """A call that rings is answered although its maximum wait or closing has come."""
    (outcome,) = simulate([limited], [Agent()])

    assert outcome.kind is ANSWERED


def test_break_waits_for_the_call() -> None:
    """A break begins when the wrap-up has ended, lasts its full time, and comes before the waiting call."""
    calls = [Call(0, talk=100, wrap=10), Call(50, talk=5)]

    outcomes = simulate(calls, [Agent(breaks=((60, 1000),))])
    assert outcomes[1].ring_start == 1110


def test_break_that_is_due_as_a_call_comes_goes_first() -> None:
    """An idle agent whose break is due at the instant of an arrival takes the break."""
    (outcome,) = simulate([Call(60, talk=5)], [Agent(breaks=((60, 1000),))])

    assert outcome.ring_start == 1060


def test_break_makes_idleness_begin_anew() -> None:
    """An agent back from a break has been idle since the end of the break."""
    (outcome,) = simulate([Call(100, talk=5)], [Agent(breaks=((10, 20),)), Agent(login=20)])

    assert outcome.agent == 1


def test_breaks_that_are_due_together_follow_each_other() -> None:
    """Two breaks missed during one long call are taken one after the other, then the shift ends."""
    calls = [Call(0, talk=100), Call(50, talk=5, patience=500)]

    outcomes = simulate(calls, [Agent(breaks=((10, 30), (20, 40)), logout=90)])
    assert outcomes[1] == Outcome(ABANDONED, left_at=550)


def test_logout_waits_for_the_call() -> None:
    """An agent logs out after the call, and whoever waits then waits for the next shift."""
    calls = [Call(0, talk=100), Call(50, talk=5)]

    outcomes = simulate(calls, [Agent(logout=60), Agent(login=200)])
    assert outcomes[0].talk_end == 100
    assert (outcomes[1].agent, outcomes[1].ring_start) == (1, 200)


def test_ignored_call_enters_anew_and_costs_the_agent() -> None:
    """A call nobody answers rings once in vain; it goes on to another agent, the first is out for two minutes."""
    calls = [Call(0, talk=10, is_ignored_once=True), Call(RING_TIMEOUT + 1, ring=2, talk=PENALTY * 2)]

    outcomes = simulate(calls, [Agent(), Agent()])
    first_answer = RING_TIMEOUT
    assert outcomes[0] == Outcome(ANSWERED, 1, first_answer, first_answer, first_answer + 10, first_answer + 10, rona=1)
    assert outcomes[1].ring_start == RING_TIMEOUT + 10


def test_ignored_call_stands_behind_those_who_came_meanwhile() -> None:
    """The call's place in the queue is that of the time-out, not that of its arrival."""
    calls = [Call(0, talk=10, is_ignored_once=True), Call(1, talk=10)]

    outcomes = simulate(calls, [Agent()])
    assert [outcome.answer for outcome in outcomes] == [RING_TIMEOUT + PENALTY + 10, RING_TIMEOUT + PENALTY]


def test_patience_within_the_timeout_spares_the_agent() -> None:
    """A caller who hangs up before the time-out has abandoned, and the agent is free at that moment."""
    calls = [Call(0, is_ignored_once=True, patience=4000), Call(1, talk=10)]

    outcomes = simulate(calls, [Agent()])
    assert outcomes[0] == Outcome(ABANDONED, 0, ring_start=0, left_at=4000)
    assert outcomes[1].ring_start == 4000


@pytest.mark.parametrize(
    ("call", "kind"),
    [
        (Call(0, is_ignored_once=True, patience=RING_TIMEOUT), ABANDONED),
        (Call(0, is_ignored_once=True, patience=RING_TIMEOUT, maximum_wait=600_000), ABANDONED),
        (Call(0, is_ignored_once=True, maximum_wait=5000), FLOWED_OUT),
    ],
)
def test_limits_run_on_from_the_arrival(call: Call, kind: Kind) -> None:
    """A call whose limit is over when it comes back leaves at once, even with an idle agent there."""
    (outcome,) = simulate([call], [Agent(), Agent()])

    assert outcome == Outcome(kind, left_at=RING_TIMEOUT, rona=1)


def test_nobody_is_served_without_agents() -> None:
    """Without agents every caller leaves when patience or the maximum wait ends."""
    outcomes = simulate([Call(0, patience=10), Call(5, maximum_wait=3)], [])

    assert outcomes == [Outcome(ABANDONED, left_at=10), Outcome(FLOWED_OUT, left_at=8)]


def test_queue_behaves_as_theory_says() -> None:
    """With exponential times the queue shows what Erlang A says, within what fifty batches allow."""
    batches = [exponential_batch(Random(number)) for number in range(50)]

    in_time, abandoned = zip(*batches, strict=True)
    assert is_near(in_time, answered_in_time(10, 9, 300, 120, 20))
    assert is_near(abandoned, limited_patience(10, 9, 300, 120).abandoned_share)


def exponential_batch(random: Random) -> tuple[float, float]:
    """Shares answered in 20 s and abandoned among calls 200 to 1,000 of a queue of ten agents."""
    calls, now = [], 0.0
    for _ in range(1000):
        now += random.expovariate(9 / 300_000)
        talk, patience = random.expovariate(1 / 300_000), random.expovariate(1 / 120_000)
        calls.append(Call(round(now), talk=round(talk), patience=round(patience)))
    steady = list(zip(calls, simulate(calls, [Agent(logout=NEVER)] * 10), strict=True))[200:]
    in_time = sum(outcome.answer is not None and outcome.answer - call.arrival <= 20_000 for call, outcome in steady)
    return in_time / len(steady), sum(outcome.kind is ABANDONED for _, outcome in steady) / len(steady)


def is_near(shares: tuple[float, ...], expected: float) -> bool:
    """Whether the mean of the batches lies within four standard errors of what is expected."""
    standard_error = stdev(shares) / sqrt(len(shares))
    return abs(fmean(shares) - expected) < 4 * standard_error
