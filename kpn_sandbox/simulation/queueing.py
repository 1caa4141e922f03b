"""
The recursion: which agent takes which call, who gives up.

Calls are offered in order of their entry into the queue; each goes to the agent who is free earliest, who is also the
one idle longest. A caller whose patience ends before that leaves, and the agents never know. This is exact for first
come, first served with impatient callers, and costs one heap operation a call.

It only looks back: what happens before an instant does not depend on calls, breaks or shifts after it.
"""

from collections.abc import Callable
from heapq import heapify, heappop, heappush, heapreplace
from typing import NamedTuple

from kpn_sandbox.simulation.arrivals import NO_ANSWER_TIMEOUT
from kpn_sandbox.simulation.calendar import MINUTE
from kpn_sandbox.simulation.roster import NO_ANSWER, AgentShift

NO_ANSWER_PENALTY = 2 * MINUTE
"""The agent who did not answer is put in AUX this long."""

NEVER = 1 << 62
NOBODY = -1


class DayLimits(NamedTuple):
    """The latest instants of a day by which things end, so that it ends empty."""

    wait: int
    talk: int
    wrap: int
    rest: int

    @classmethod
    def of(cls, length: int) -> "DayLimits":
        """The limits of a day of that many milliseconds."""
        return cls(length - 5 * MINUTE, length - 2 * MINUTE, length - MINUTE, length - MINUTE // 2)


class UnansweredRing(NamedTuple):
    """A call rang at an agent and was not answered; it went back to its queue unless the caller hung up."""

    call: int
    agent: int
    start: int
    end: int
    returned: bool


class AuxPeriod(NamedTuple):
    """An agent was in AUX."""

    agent: int
    start: int
    end: int
    reason: int


class LoginPeriod(NamedTuple):
    """An agent was logged in."""

    agent: int
    login: int
    logout: int


class OfferedCalls(NamedTuple):
    """What the recursion needs to know of the calls of one queue; plain lists, because it reads them one by one."""

    patience: list[int]
    """The instant at which the caller hangs up."""
    deadline: list[int]
    """The instant at which the call leaves the queue for whatever reason."""
    ring: list[int]
    talk: list[int]
    wrap: list[int]
    unanswered: list[bool]


class QueueSimulation:
    """
    One queue on one day: its agents and what became of its calls.

    Attributes:
        answers: For each call the instant of the answer, or -1.
        agents: For each call the agent who answered, or -1.
        ends: For each call the instant at which it left the line: end of talk, hang-up or flow-out; -1 before.
        rings: Rings that were not answered.
        rests: Breaks and penalties taken.
        stays: Log-ins and log-outs as they happened.
        offer: ``offer(call, now)``: a call enters the queue; returns the instant at which it comes back, because its
            agent did not answer or because the shifts change before an agent is free, or None when it is settled.
        look_ahead_to: ``look_ahead_to(instant)``: the shifts change then; what would begin later is not settled yet.
    """

    def __init__(self, offers: OfferedCalls, limits: DayLimits) -> None:
        count = len(offers.patience)
        self.answers = [-1] * count
        self.agents = [NOBODY] * count
        self.ends = [-1] * count
        self.rings: list[UnansweredRing] = []
        self.rests: list[AuxPeriod] = []
        self.stays: list[LoginPeriod] = []
        self._limits = limits
        self._free: list[tuple[int, int]] = []
        self._due: dict[int, int] = {}
        self._agendas: dict[int, _AgentSchedule] = {}
        self.offer, self.look_ahead_to = self._recursion(offers)

    def join(self, session: AgentShift, earliest: int = 0) -> None:
        """An agent will log in; if he still has a session here, the new one follows it."""
        if session.agent in self._agendas:
            self._agendas[session.agent].later.append(session)
            return
        login = max(session.login, earliest)
        if login < session.logout:
            self._begin(session, login, [])
            heappush(self._free, (login, session.agent))

    def leave(self, agent: int) -> int:
        """Let an agent carry out all that he has planned here, and tell when he logged out, or 0 if he never came."""
        for place, (free, who) in enumerate(self._free):
            if who == agent:
                del self._free[place]
                heapify(self._free)
                self._finish(agent, free)
                break
        return max((stay.logout for stay in self.stays if stay.agent == agent), default=0)

    def close(self) -> None:
        """Carry out all breaks and log-outs that are still planned; nothing can be offered afterwards."""
        for free, agent in self._free:
            self._finish(agent, free)
        self._free.clear()
        # They know the line and the line knows them: left alone, the whole day would wait for the garbage collector.
        del self.offer, self.look_ahead_to

    def _recursion(self, offers: OfferedCalls) -> tuple[Callable[[int, int], int | None], Callable[[int], None]]:
        # A closure over plain lists: this runs once for every call of the day.
        patience, deadline, rings, talks, wraps, unanswered = offers
        answers, agents, ends = self.answers, self.agents, self.ends
        queue, due, step_aside, not_answered = self._free, self._due, self._step_aside, self._not_answered
        last_talk, last_wrap = self._limits.talk, self._limits.wrap
        horizon = NEVER

        def look_ahead_to(instant: int) -> None:
            nonlocal horizon
            horizon = instant

        def offer(call: int, now: int) -> int | None:
            while queue:
                free, agent = queue[0]
                start = free if free > now else now
                if start < due[agent]:
                    break
                step_aside(agent, free)
            else:
                start = NEVER
            if start >= horizon and deadline[call] >= horizon:
                return horizon
            if start >= deadline[call]:
                # A ring that nobody answered may have outlasted the deadline.
                ends[call] = max(deadline[call], now)
                return None
            if unanswered[call]:
                unanswered[call] = False
                return not_answered(call, agent, start, start + NO_ANSWER_TIMEOUT, patience[call])
            answer = start + rings[call]
            if answer > patience[call]:
                return not_answered(call, agent, start, answer, patience[call])
            talked = answer + talks[call]
            if talked > last_talk:
                talked = last_talk
            wrapped = talked + wraps[call]
            if wrapped > last_wrap:
                wrapped = last_wrap
            answers[call] = answer
            agents[call] = agent
            ends[call] = talked
            heapreplace(queue, (wrapped, agent))
            return None

        return offer, look_ahead_to

    def _not_answered(self, call: int, agent: int, start: int, end: int, patience: int) -> int | None:
        """The call at the agent who is free first rings until its caller hangs up or the time-out sends it back."""
        if patience < end:
            self.ends[call] = patience
            self.rings.append(UnansweredRing(call, agent, start, patience, False))
            heapreplace(self._free, (patience, agent))
            return None
        back = end + NO_ANSWER_PENALTY
        self.rings.append(UnansweredRing(call, agent, start, end, True))
        self.rests.append(AuxPeriod(agent, end, back, NO_ANSWER))
        heapreplace(self._free, (back, agent))
        return end

    def _step_aside(self, agent: int, free: int) -> None:
        """The agent who is free first carries out the next thing that he has planned."""
        after = self._next(agent, free)
        if agent in self._agendas:
            heapreplace(self._free, (after, agent))
        else:
            heappop(self._free)

    def _finish(self, agent: int, free: int) -> None:
        while agent in self._agendas:
            free = self._next(agent, free)

    def _next(self, agent: int, free: int) -> int:
        """Carry out what an agent has planned next; returns when he is free again, or when he left for good."""
        agenda = self._agendas[agent]
        if agenda.breaks:
            return self._rest(agent, free, agenda)
        logout = max(free, agenda.logout)
        self.stays.append(LoginPeriod(agent, agenda.login, logout))
        while agenda.later:
            session = agenda.later.pop(0)
            login = max(logout, session.login)
            if login < session.logout:
                self._begin(session, login, agenda.later)
                return login
        del self._agendas[agent], self._due[agent]
        return logout

    def _rest(self, agent: int, free: int, agenda: "_AgentSchedule") -> int:
        pause = agenda.breaks.pop()
        start = max(free, pause.due)
        end = max(start, min(start + pause.length, self._limits.rest))
        if end > start:
            self.rests.append(AuxPeriod(agent, start, end, pause.reason))
        self._due[agent] = agenda.next_due()
        return end

    def _begin(self, session: AgentShift, login: int, later: list[AgentShift]) -> None:
        agenda = _AgentSchedule(session, login, later)
        self._agendas[session.agent] = agenda
        self._due[session.agent] = agenda.next_due()


class _AgentSchedule:
    """What an agent who is logged in has planned: breaks, the next one last, then the log-out, then later sessions."""

    def __init__(self, session: AgentShift, login: int, later: list[AgentShift]) -> None:
        self.login = login
        self.breaks = list(reversed(session.breaks))
        self.logout = session.logout
        self.later = later

    def next_due(self) -> int:
        return self.breaks[-1].due if self.breaks else self.logout
