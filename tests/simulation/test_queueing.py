"""The recursion gives every call the same outcome as the simulation that goes event by event."""

from heapq import heapify, heappop, heappush
from random import Random

import pytest

from kpn_sandbox.simulation.queueing import DayLimits, OfferedCalls, QueueSimulation, UnansweredRing
from kpn_sandbox.simulation.roster import AgentShift, Break
from kpn_sandbox.simulation.staffing import BREAK, NO_ANSWER
from tests.simulation.event_by_event import NEVER, RING_TIMEOUT, Agent, Call, Kind, Outcome, play, simulate

NO_LIMITS = DayLimits(NEVER, NEVER, NEVER, NEVER)


@pytest.mark.parametrize("unit", [1, 1000, 5000])
def test_no_call_differs(unit: int) -> None:
    """
    Over a hundred queues of all sizes and loads, no call differs in anything.

    Coarse units of time make many things happen in the same instant, so that the ties are checked as well.
    """
    for number in range(100):
        calls, agents = drawn_queue(Random(number), unit)

        queue = simulated(calls, agents)
        assert outcomes(queue, calls) == simulate(calls, agents), f"queue {number}"


def test_no_agent_differs() -> None:
    """Over a hundred queues, no break, penalty or log-out differs."""
    for number in range(100):
        calls, agents = drawn_queue(Random(number), 1000)

        queue, expected = simulated(calls, agents), play(calls, agents)
        aux = sorted((period.agent, period.start, period.end) for period in queue.aux)
        assert aux == sorted(period for period in expected.aux if period[1] < period[2]), f"queue {number}"
        assert {login.agent: login.logout for login in queue.logins} == expected.logouts, f"queue {number}"


def test_call_that_comes_back_too_late_leaves_then() -> None:
    """A call whose maximum wait ends during a ring that nobody answers leaves when it comes back to the queue."""
    calls = [Call(0, is_ignored_once=True, maximum_wait=RING_TIMEOUT - 1)]

    queue = simulated(calls, [Agent()])
    assert outcomes(queue, calls) == [Outcome(Kind.FLOWED_OUT, left_at=RING_TIMEOUT, rona=1)]


def drawn_queue(random: Random, unit: int) -> tuple[list[Call], list[Agent]]:
    """Calls and agents of one queue, all times in multiples of the unit."""
    agents = random.randint(1, 12)
    gap = 290_000 / agents / random.uniform(0.6, 1.5)
    calls = drawn_calls(random, unit, gap)
    return calls, [drawn_agent(random, unit, calls[-1].arrival) for _ in range(agents)]


def drawn_calls(random: Random, unit: int, gap: float) -> list[Call]:
    """Some hundred calls, the mean gap between them given in milliseconds."""
    arrival, calls = 0, []
    closing, patience = random.choice([NEVER, rounded(300 * gap, unit)]), random.choice([20_000, 120_000, 360_000])
    for _ in range(random.randint(50, 300)):
        arrival += exponential(random, unit, gap)
        calls.append(
            Call(
                arrival,
                ring=min(exponential(random, unit, 5000), RING_TIMEOUT - 1),
                talk=exponential(random, unit, 240_000),
                wrap=exponential(random, unit, 45_000),
                patience=exponential(random, unit, patience),
                maximum_wait=random.choice([600_000, 10_000]),
                closing=max(closing, arrival),
                is_ignored_once=random.random() < 0.05,
            )
        )
    return calls


def drawn_agent(random: Random, unit: int, day: int) -> Agent:
    """An agent with up to four breaks."""
    login = due = rounded(random.uniform(0, day / 3), unit)
    breaks = []
    for _ in range(random.randint(0, 4)):
        due += exponential(random, unit, day / 6)
        breaks.append((due, rounded(random.uniform(0, 1_800_000), unit)))
    return Agent(login, tuple(breaks), due + exponential(random, unit, day))


def exponential(random: Random, unit: int, mean: float) -> int:
    """An exponential duration."""
    return rounded(random.expovariate(1 / mean), unit)


def rounded(milliseconds: float, unit: int) -> int:
    """The nearest multiple of the unit."""
    return round(milliseconds / unit) * unit


def simulated(calls: list[Call], agents: list[Agent]) -> QueueSimulation:
    """The queue of the package after all calls."""
    queue = QueueSimulation(offered_calls(calls), NO_LIMITS)
    for index, agent in enumerate(agents):
        breaks = tuple(Break(due, length, BREAK) for due, length in agent.breaks)
        queue.add(AgentShift(index, 0, agent.login, agent.logout, breaks))
    entering = [(call.arrival, index) for index, call in enumerate(calls)]
    heapify(entering)
    while entering:
        now, index = heappop(entering)
        back_at = queue.offer(index, now)
        if back_at is not None:
            heappush(entering, (back_at, index))
    queue.close()
    return queue


def offered_calls(calls: list[Call]) -> OfferedCalls:
    """The calls as the recursion takes them."""
    return OfferedCalls(
        patience=[call.hangs_up_at for call in calls],
        deadline=[min(call.hangs_up_at, call.is_sent_away_at) for call in calls],
        ring=[call.ring for call in calls],
        talk=[call.talk for call in calls],
        wrap=[call.wrap for call in calls],
        unanswered=[call.is_ignored_once for call in calls],
    )


def outcomes(queue: QueueSimulation, calls: list[Call]) -> list[Outcome]:
    """The outcomes of all calls, in their order."""
    return [outcome(queue, index, call) for index, call in enumerate(calls)]


def outcome(queue: QueueSimulation, index: int, call: Call) -> Outcome:
    """The outcome of one call."""
    penalties = {(period.agent, period.start) for period in queue.aux if period.reason == NO_ANSWER}
    rings = [ring for ring in queue.rings if ring.call == index]
    ignored = [ring for ring in rings if (ring.agent, ring.end) in penalties]
    if queue.answers[index] >= 0:
        return answered(queue, index, call, len(ignored))
    return left(queue.ends[index], call, [ring for ring in rings if ring not in ignored], len(ignored))


def answered(queue: QueueSimulation, index: int, call: Call, rona: int) -> Outcome:
    """The outcome of a call that was answered."""
    answer, end = queue.answers[index], queue.ends[index]
    return Outcome(Kind.ANSWERED, queue.agents[index], answer - call.ring, answer, end, end + call.wrap, rona=rona)


def left(end: int, call: Call, rings: list[UnansweredRing], rona: int) -> Outcome:
    """The outcome of a call that was not answered."""
    kind = Kind.ABANDONED if rings or call.hangs_up_at <= call.is_sent_away_at else Kind.FLOWED_OUT
    ring = rings[0] if rings else None
    return Outcome(kind, ring and ring.agent, ring and ring.start, left_at=end, rona=rona)
