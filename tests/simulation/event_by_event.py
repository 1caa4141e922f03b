"""
One queue simulated event by event, to check the recursion of the simulation call by call.

It is written from the rules alone and shares neither code nor method with what it checks: an event list carries the
time forward, and whoever waits or idles at an instant is looked at in that instant. Instants and durations are whole
milliseconds. The rules:

* Calls are taken first come, first served, by the instant they entered the queue and then by their index; of the
  idle agents the one who has been idle longest takes the call, and of several the one with the lowest index.
* What happens at an instant has happened in it. An agent who becomes free when a break or log-out is due takes that
  first; a caller whose wait ends when an agent becomes free leaves.
* Patience ends a wait or a ring; maximum wait and closing end only a wait.
* An agent who lets a call ring past the time-out is taken out for a while, and the call enters the queue anew at the
  time-out. It happens to a call once at most.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum, IntEnum
from heapq import heappop, heappush

RING_TIMEOUT = 15_000
PENALTY = 120_000
NEVER = 1 << 60


@dataclass(frozen=True)
class Call:
    """A call as drawn: ``patience`` and ``maximum_wait`` count from the arrival, ``closing`` is an instant."""

    arrival: int
    ring: int = 0
    talk: int = 0
    wrap: int = 0
    patience: int = NEVER
    maximum_wait: int = NEVER
    closing: int = NEVER
    is_ignored_once: bool = False

    @property
    def hangs_up_at(self) -> int:
        """When the caller has had enough."""
        return self.arrival + self.patience

    @property
    def is_sent_away_at(self) -> int:
        """When the center gives up on the waiting call."""
        return min(self.arrival + self.maximum_wait, self.closing)


@dataclass(frozen=True)
class Agent:
    """An agent's shift: breaks are pairs of the instant from which one is due and its duration, in order."""

    login: int = 0
    breaks: tuple[tuple[int, int], ...] = ()
    logout: int = NEVER


class Kind(Enum):
    """How a call ended."""

    ANSWERED = "answered"
    ABANDONED = "abandoned"
    FLOWED_OUT = "flowed_out"


@dataclass(frozen=True)
class Outcome:
    """
    What became of a call.

    Agent and ring start are those of the ring that ended the call, None when it left while it waited. ``rona`` counts
    the rings that nobody answered.
    """

    kind: Kind
    agent: int | None = None
    ring_start: int | None = None
    answer: int | None = None
    talk_end: int | None = None
    wrap_end: int | None = None
    left_at: int | None = None
    rona: int = 0


class Event(IntEnum):
    """What can happen; at the same instant the smaller happens first."""

    RING_ENDS = 0
    CALLER_HANGS_UP = 1
    AGENT_IS_FREE = 2
    CALL_ENTERS = 3
    SOMETHING_IS_DUE = 4


def simulate(calls: Sequence[Call], agents: Sequence[Agent]) -> list[Outcome]:
    """
    Plays the whole day.

    Args:
        calls: In order of arrival; the position is the call's index.
        agents: The position is the agent's index.

    Returns:
        The outcomes in the order of the calls.
    """
    queue = play(calls, agents)
    return [queue.outcomes[index] for index in range(len(calls))]


def play(calls: Sequence[Call], agents: Sequence[Agent]) -> "QueueState":
    """Plays the whole day and returns the queue as it is afterwards."""
    queue = QueueState(calls, agents)
    while queue.events:
        queue.play_next_instant()
    return queue


class QueueState:
    """
    The queue and its agents at the present instant.

    Attributes:
        outcomes: What became of the calls that are over, by index.
        rests: Agent, start and end of all breaks and penalties so far.
        logouts: When agents logged out, by index.
    """

    def __init__(self, calls: Sequence[Call], agents: Sequence[Agent]) -> None:
        self.calls = calls
        self.now = 0
        self.waiting: list[tuple[int, int]] = []
        self.idle: list[tuple[int, int]] = []
        self.ringing: dict[int, tuple[int, int]] = {}
        self.ignored: set[int] = set()
        self.outcomes: dict[int, Outcome] = {}
        self.aux: list[tuple[int, int, int]] = []
        self.logouts: dict[int, int] = {}
        self.plans = [deque([*agent.breaks, (agent.logout, NEVER)]) for agent in agents]
        self.events: list[tuple[int, Event, int]] = []
        for index, agent in enumerate(agents):
            self.expect(agent.login, Event.AGENT_IS_FREE, index)
            for due, _ in self.plans[index]:
                self.expect(due, Event.SOMETHING_IS_DUE, index)
        for index, call in enumerate(calls):
            self.expect(call.arrival, Event.CALL_ENTERS, index)
            self.expect(call.hangs_up_at, Event.CALLER_HANGS_UP, index)
            self.expect(call.is_sent_away_at, Event.SOMETHING_IS_DUE, index)

    def play_next_instant(self) -> None:
        """Lets all happen that happens at the next instant of the list."""
        self.now = self.events[0][0]
        while self.has_events_now() or self.connects_a_call():
            while self.has_events_now():
                _, event, subject = heappop(self.events)
                self.happen(event, subject)
            self.let_callers_go()
            self.let_agents_go()

    def has_events_now(self) -> bool:
        """Whether the list still holds events of this instant."""
        return bool(self.events) and self.events[0][0] == self.now

    def happen(self, event: Event, subject: int) -> None:
        """Lets one event happen to a call or an agent."""
        if event is Event.RING_ENDS and subject in self.ringing:
            self.end_ring(subject)
        elif event is Event.CALLER_HANGS_UP and subject in self.ringing:
            agent, ring_start = self.ringing.pop(subject)
            self.leave(subject, Kind.ABANDONED, agent=agent, ring_start=ring_start)
            self.idle.append((self.now, agent))
        elif event is Event.AGENT_IS_FREE:
            self.idle.append((self.now, subject))
        elif event is Event.CALL_ENTERS:
            self.waiting.append((self.now, subject))

    def let_callers_go(self) -> None:
        """Ends the waits that have lasted too long; a caller who hangs up when the center ends the wait has hung up."""
        for entry in list(self.waiting):
            call = self.calls[entry[1]]
            if min(call.hangs_up_at, call.is_sent_away_at) <= self.now:
                self.waiting.remove(entry)
                gave_up = call.hangs_up_at <= call.is_sent_away_at
                self.leave(entry[1], Kind.ABANDONED if gave_up else Kind.FLOWED_OUT)

    def let_agents_go(self) -> None:
        """Sends the idle agents off for whom a break or the end of the shift is due."""
        for entry in list(self.idle):
            plan = self.plans[entry[1]]
            if plan[0][0] <= self.now:
                self.idle.remove(entry)
                _, duration = plan.popleft()
                if plan:
                    self.rest(entry[1], duration)
                else:
                    self.logouts[entry[1]] = self.now

    def connects_a_call(self) -> bool:
        """Lets the first waiting call ring at the longest idle agent; False when there is nobody to connect."""
        if not self.waiting or not self.idle:
            return False
        call_entry, agent_entry = min(self.waiting), min(self.idle)
        self.waiting.remove(call_entry)
        self.idle.remove(agent_entry)
        index = call_entry[1]
        self.ringing[index] = (agent_entry[1], self.now)
        self.expect(self.now + self.ring_length(index), Event.RING_ENDS, index)
        return True

    def ring_length(self, index: int) -> int:
        """How long this ring may last at most."""
        return RING_TIMEOUT if self.is_about_to_be_ignored(index) else self.calls[index].ring

    def is_about_to_be_ignored(self, index: int) -> bool:
        """Whether nobody will answer this ring."""
        return self.calls[index].is_ignored_once and index not in self.ignored

    def end_ring(self, index: int) -> None:
        """Has the agent answer, or has the call go back to the queue and the agent out of it."""
        agent, ring_start = self.ringing.pop(index)
        if self.is_about_to_be_ignored(index):
            self.ignored.add(index)
            self.waiting.append((self.now, index))
            self.rest(agent, PENALTY)
            return
        talk_end = self.now + self.calls[index].talk
        wrap_end = talk_end + self.calls[index].wrap
        self.expect(wrap_end, Event.AGENT_IS_FREE, agent)
        self.outcomes[index] = Outcome(
            Kind.ANSWERED, agent, ring_start, self.now, talk_end, wrap_end, rona=int(index in self.ignored)
        )

    def rest(self, agent: int, duration: int) -> None:
        """Takes an agent out for a while."""
        end = self.now + duration
        self.aux.append((agent, self.now, end))
        self.expect(end, Event.AGENT_IS_FREE, agent)

    def leave(self, index: int, kind: Kind, agent: int | None = None, ring_start: int | None = None) -> None:
        """Notes that a call has left without an answer."""
        outcome = Outcome(kind, agent, ring_start, left_at=self.now)
        self.outcomes[index] = replace(outcome, rona=int(index in self.ignored))

    def expect(self, at: int, event: Event, subject: int) -> None:
        """Puts an event on the list."""
        heappush(self.events, (at, event, subject))
