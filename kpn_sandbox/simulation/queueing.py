"""
The recursion of one queue: which agent takes which call, and which callers give up.

Calls are offered in order of their entry into the queue; each goes to the agent who is free earliest, who is also the
one idle longest. A caller whose patience ends before that leaves, and the agents never know. This is exact for first
come, first served with impatient callers, and costs one heap operation a call.

It only looks back: what happens before an instant does not depend on calls, breaks or shifts after it. That is why a
profile may change in the middle of a day without touching what was.

Source:
    The recursion of Kiefer and Wolfowitz (1955) for the waits of a queue with several servers, with abandonment added;
    the most-idle-agent rule is Avaya's.
"""

from collections.abc import Callable
from heapq import heapify, heappop, heappush, heapreplace
from typing import NamedTuple

from kpn_sandbox.simulation.arrivals import NO_ANSWER_TIMEOUT
from kpn_sandbox.simulation.calendar import MINUTE
from kpn_sandbox.simulation.roster import AgentShift
from kpn_sandbox.simulation.staffing import NO_ANSWER

NO_ANSWER_PENALTY = 2 * MINUTE
"""An agent who let a call ring is put in AUX this long, as Avaya's redirection on no answer (RONA) does."""

NEVER = 1 << 62
NOBODY = -1


class DayLimits(NamedTuple):
    """The latest instants of a day by which waits, talk, wrap-up and AUX end, so that every day ends empty."""

    wait: int
    talk: int
    wrap: int
    aux: int

    @classmethod
    def of(cls, length: int) -> "DayLimits":
        """The limits of a day of so many milliseconds."""
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
    """The calls of one queue; lists, because the recursion reads single values, for which arrays are far slower."""

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
        ends: For each call the instant at which it left the center: end of talk, hang-up or flow-out; -1 before.
        rings: Rings that were not answered.
        aux: Breaks and penalties that were taken.
        logins: Log-ins and log-outs as they happened.
        offer: ``offer(call, now)``: a call enters the queue; returns the instant at which it comes back, because its
            agent did not answer or because the profile changes before an agent is free, or None when it is settled.
    """

    def __init__(self, calls: OfferedCalls, limits: DayLimits) -> None:
        count = len(calls.patience)
        self.answers = [-1] * count
        self.agents = [NOBODY] * count
        self.ends = [-1] * count
        self.rings: list[UnansweredRing] = []
        self.aux: list[AuxPeriod] = []
        self.logins: list[LoginPeriod] = []
        self._limits = limits
        self._patience = calls.patience
        self._horizon = [NEVER]
        self._free: list[tuple[int, int]] = []
        self._due: dict[int, int] = {}
        self._schedules: dict[int, _AgentSchedule] = {}
        self.offer = self._recursion(calls)

    def set_horizon(self, instant: int) -> None:
        """Say when the profile changes next; what would begin later than that is not settled before."""
        self._horizon[0] = instant

    def add(self, shift: AgentShift, earliest: int = 0) -> None:
        """
        Let an agent log in; if the agent still has a shift here, the new one follows it.

        Args:
            shift, earliest: The shift, and the instant from which the agent is free of another queue.
        """
        if shift.agent in self._schedules:
            self._schedules[shift.agent].later.append(shift)
            return
        # A log-out may have been carried out ahead of time, after a call that outlasts the change of the profile.
        login = max(shift.login, earliest, self._last_logout(shift.agent))
        if login < shift.logout:
            self._begin(shift, login, [])
            heappush(self._free, (login, shift.agent))

    def remove(self, agent: int) -> int:
        """Let an agent carry out everything planned here and leave; returns the last log-out, 0 if there was none."""
        for place, (free, other) in enumerate(self._free):
            if other == agent:
                del self._free[place]
                heapify(self._free)
                self._finish(agent, free)
                break
        return self._last_logout(agent)

    def close(self) -> None:
        """Carry out all breaks and log-outs that are still planned; nothing can be offered afterwards."""
        for free, agent in self._free:
            self._finish(agent, free)
        self._free.clear()
        # The closure refers to the queue and the queue to it: left alone, the whole day would stay in memory until the
        # garbage collector finds the circle.
        del self.offer

    # `offer` is a closure over local names: it runs once for every call, and attributes would cost as much as the heap.
    def _recursion(self, calls: OfferedCalls) -> Callable[[int, int], int | None]:
        patience, deadline, rings, talks, wraps, unanswered = calls
        answers, agents, ends, queue, due = self.answers, self.agents, self.ends, self._free, self._due
        take_next_due, not_answered, horizon = self._take_next_due, self._not_answered, self._horizon
        _, last_talk, last_wrap, _ = self._limits

        def offer(call: int, now: int) -> int | None:
            while queue:
                free, agent = queue[0]
                start = free if free > now else now
                if start < due[agent]:
                    break
                # A break or log-out that is due when the call could begin comes first.
                take_next_due(agent, free)
            else:
                start = NEVER
            # The next profile may bring other agents, so nothing that would happen under it is decided here.
            if start >= horizon[0] <= deadline[call]:
                return horizon[0]
            if start >= deadline[call]:
                # A ring that nobody answered may have outlasted the deadline.
                ends[call] = max(deadline[call], now)
                return None
            answer = start + (NO_ANSWER_TIMEOUT if unanswered[call] else rings[call])
            # Patience lasts until the answer, while maximum wait and closing end only the wait in the queue.
            if unanswered[call] or answer > patience[call]:
                # Only the first ring of a call stays unanswered, or a call could go round forever.
                unanswered[call] = False
                return not_answered(call, agent, start, answer)
            talked = answer + talks[call]
            if talked > last_talk:
                talked = last_talk
            wrapped = talked + wraps[call]
            if wrapped > last_wrap:
                wrapped = last_wrap
            answers[call], agents[call], ends[call] = answer, agent, talked
            heapreplace(queue, (wrapped, agent))
            return None

        return offer

    def _not_answered(self, call: int, agent: int, start: int, end: int) -> int | None:
        """Let a call ring at the agent who is free first until its caller hangs up or the time-out returns it."""
        patience = self._patience[call]
        if patience < end:
            self.ends[call] = patience
            self.rings.append(UnansweredRing(call, agent, start, patience, False))
            heapreplace(self._free, (patience, agent))
            return None
        back = end + NO_ANSWER_PENALTY
        self.rings.append(UnansweredRing(call, agent, start, end, True))
        self.aux.append(AuxPeriod(agent, end, back, NO_ANSWER))
        heapreplace(self._free, (back, agent))
        return end

    def _last_logout(self, agent: int) -> int:
        return max((login.logout for login in self.logins if login.agent == agent), default=0)

    def _take_next_due(self, agent: int, free: int) -> None:
        """Let the agent who is free first carry out the next thing that is planned."""
        after = self._next(agent, free)
        if agent in self._schedules:
            heapreplace(self._free, (after, agent))
        else:
            heappop(self._free)

    def _finish(self, agent: int, free: int) -> None:
        while agent in self._schedules:
            free = self._next(agent, free)

    def _next(self, agent: int, free: int) -> int:
        """Carry out the next thing planned; returns the instant at which the agent is free again or left for good."""
        schedule = self._schedules[agent]
        if schedule.breaks:
            return self._take_break(agent, free, schedule)
        logout = max(free, schedule.logout)
        self.logins.append(LoginPeriod(agent, schedule.login, logout))
        while schedule.later:
            shift = schedule.later.pop(0)
            login = max(logout, shift.login)
            if login < shift.logout:
                self._begin(shift, login, schedule.later)
                return login
        del self._schedules[agent], self._due[agent]
        return logout

    def _take_break(self, agent: int, free: int, schedule: "_AgentSchedule") -> int:
        planned = schedule.breaks.pop()
        start = max(free, planned.due)
        end = max(start, min(start + planned.length, self._limits.aux))
        if end > start:
            self.aux.append(AuxPeriod(agent, start, end, planned.reason))
        self._due[agent] = schedule.next_due()
        return end

    def _begin(self, shift: AgentShift, login: int, later: list[AgentShift]) -> None:
        schedule = _AgentSchedule(shift, login, later)
        self._schedules[shift.agent] = schedule
        self._due[shift.agent] = schedule.next_due()


class _AgentSchedule:
    """The plans of an agent who is logged in: breaks, the next one last, then the log-out, then later shifts."""

    def __init__(self, shift: AgentShift, login: int, later: list[AgentShift]) -> None:
        self.login = login
        self.breaks = list(reversed(shift.breaks))
        self.logout = shift.logout
        self.later = later

    def next_due(self) -> int:
        return self.breaks[-1].due if self.breaks else self.logout
