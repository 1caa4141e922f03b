"""
The recursion of one queue: which agent takes which call, and which callers give up.

Calls are offered in order of their entry into the queue; each goes to the agent who is free earliest, who is also the
one idle longest. A caller whose patience ends before that leaves, and the agents never know. This is exact for first
come, first served with impatient callers, and costs one heap operation a call.

It only looks back: what happens before an instant does not depend on calls, breaks or shifts after it. That is why a
profile may change in the middle of a day without touching what was. What lies beyond a change and is no longer to be,
because its agent, queue or port is gone, is cut off at the change.

Source:
    The recursion of Kiefer and Wolfowitz (1955) for the waits of a queue with several servers, with abandonment added;
    the most-idle-agent rule is Avaya's.
"""

from collections.abc import Callable
from heapq import heapify, heappop, heappush, heapreplace
from typing import Any, NamedTuple

from kpn_sandbox.simulation.arrivals import NO_ANSWER_TIMEOUT
from kpn_sandbox.simulation.calendar import MINUTE
from kpn_sandbox.simulation.roster import AgentShift
from kpn_sandbox.simulation.staffing import BACK_OFFICE, NO_ANSWER

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
    """An agent was in AUX; the planned end lies later than the end if the agent is gone before."""

    agent: int
    start: int
    end: int
    reason: int
    planned_end: int


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
        back_office: Of them those for the back office which nobody has asked for yet; whoever does clears the list.
        logins: Log-ins and log-outs as they happened.
        cut_off: The calls that ended because of a change; the planned end of one that was answered, None for others.
        wrap_ends: The ends of wrap-ups that a change moved, by call.
        offer: ``offer(call, now)``: a call enters the queue; returns the instant at which it comes back, because its
            agent did not answer or because the profile changes before an agent is free, or None when it is settled.
    """

    def __init__(self, calls: OfferedCalls, limits: DayLimits, logouts: dict[int, int] | None = None) -> None:
        count = len(calls.patience)
        self.answers = [-1] * count
        self.agents = [NOBODY] * count
        self.ends = [-1] * count
        self.rings: list[UnansweredRing] = []
        self.aux: list[AuxPeriod] = []
        self.back_office: list[AuxPeriod] = []
        self.logins: list[LoginPeriod] = []
        self.cut_off: dict[int, int | None] = {}
        self.wrap_ends: dict[int, int] = {}
        self._limits = limits
        self._patience, self._ring_times, self._wraps = calls.patience, calls.ring, calls.wrap
        self._logouts = {} if logouts is None else logouts
        self._horizon = [NEVER]
        self._free: list[tuple[int, int]] = []
        self._due: dict[int, int] = {}
        self._schedules: dict[int, _AgentSchedule] = {}
        self.offer = self._recursion(calls)

    def set_horizon(self, instant: int) -> None:
        """Say when the profile changes next; what would begin later than that is not settled before."""
        self._horizon[0] = instant

    def add(self, shift: AgentShift) -> None:
        """Let an agent log in, once logged out everywhere; a shift follows the one that the agent still has here."""
        if shift.agent in self._schedules:
            self._schedules[shift.agent].later.append(shift)
            return
        login = max(shift.login, self._logouts.get(shift.agent, 0))
        if login < shift.logout:
            self._begin(shift, login, [])
            heappush(self._free, (login, shift.agent))

    def remove(self, agent: int) -> None:
        """Let an agent carry out everything planned here and leave."""
        for place, (free, other) in enumerate(self._free):
            if other == agent:
                del self._free[place]
                heapify(self._free)
                self._finish(agent, free)
                break

    def carry_out(self, agent: int, instant: int) -> int | None:
        """
        Let an agent do all that is due by an instant, unless busy then.

        Args:
            agent, instant: The agent, and the instant, up to which all calls have been offered.

        Returns:
            The earliest instant at which the agent may go to the back office next, None if that is not planned.
        """
        for place, (free, other) in enumerate(self._free):
            if other == agent:
                break
        else:
            return None
        while agent in self._schedules and free <= instant >= self._due[agent]:
            free = self._next(agent, free)
        if agent not in self._schedules:
            del self._free[place]
            heapify(self._free)
            return None
        if self._free[place][0] != free:
            self._free[place] = free, agent
            heapify(self._free)
        schedule = self._schedules[agent]
        planned = (*schedule.breaks, *(each for shift in schedule.later for each in shift.breaks))
        dues = [each.due for each in planned if each.reason == BACK_OFFICE]
        return max(free, min(dues)) if dues else None

    def cut_agents(self, instant: int, first: int) -> list[int]:
        """
        Let agents be gone from an instant on, with their calls.

        Args:
            instant, first: The instant, and the first of the agents who leave; 0 for all.

        Returns:
            The calls that end by it, in no order.
        """
        for free, agent in self._free:
            # What was due before has not been carried out for somebody who was idle.
            while agent >= first and free < instant and self._due.get(agent, NEVER) < instant:
                free = self._next(agent, free)
        cut = [call for call, end in enumerate(self.ends) if end > instant and self.agents[call] >= first]
        cut += [ring.call for ring in self.rings if ring.end > instant and ring.agent >= first]
        for call in cut:
            self.cut_call(call, instant)
        for call, agent in enumerate(self.agents):
            if agent >= first and self.ends[call] + self._wraps[call] > instant:
                self.wrap_ends[call] = min(instant, self.wrap_ends.get(call, instant))
        self.aux = [_ended(each, instant) if each.agent >= first else each for each in self.aux]
        self.aux = [each for each in self.aux if each.start < each.end]
        for agent in [agent for agent in self._schedules if agent >= first]:
            login = self._schedules[agent].login
            if login < instant:
                self._log_out(LoginPeriod(agent, login, instant))
            del self._schedules[agent], self._due[agent]
        for period in self.logins:
            # The agent was to stay until the end of a call that is over now.
            if period.agent >= first and self._logouts[period.agent] == period.logout > instant:
                self._logouts[period.agent] = instant
        self.logins = [_ended(each, instant) if each.agent >= first else each for each in self.logins]
        self.logins = [each for each in self.logins if each.login < each.logout]
        self._set_free([(free, agent) for free, agent in self._free if agent < first])
        return cut

    def cut_call(self, call: int, instant: int) -> None:
        """
        Let a call that is in the center end at an instant; an agent who had answered it wraps up from then on.

        Args:
            call, instant: The call, and the instant in milliseconds since midnight.
        """
        end, agent = self.ends[call], self.agents[call]
        self.ends[call] = instant
        self.cut_off[call] = None
        if 0 <= self.answers[call] < instant:
            planned = min(end + self._wraps[call], self._limits.wrap)
            self.cut_off[call] = end
            self.wrap_ends[call] = min(instant + self._wraps[call], self._limits.wrap)
            self._release(agent, planned, self.wrap_ends[call])
        elif agent != NOBODY:
            # It was to ring, or to be answered, later than this.
            start = self.answers[call] - self._ring_times[call]
            planned = min(end + self._wraps[call], self._limits.wrap)
            self.answers[call], self.agents[call] = -1, NOBODY
            self.rings.append(UnansweredRing(call, agent, start, instant, False))
            self._release(agent, planned, instant)
        else:
            self._cut_ring(call, instant)

    def _cut_ring(self, call: int, instant: int) -> None:
        """End the ring at hand of a call that was not to be answered by it."""
        for place, ring in enumerate(self.rings):
            if ring.call == call and ring.end > instant:
                self.rings[place] = ring._replace(end=instant, returned=False)
                penalty = _penalty(ring.agent, ring.end)
                if ring.returned:
                    self.aux.remove(penalty)
                self._release(ring.agent, penalty.end if ring.returned else ring.end, instant)

    def _release(self, agent: int, planned: int, instant: int) -> None:
        """Let an agent be free at an instant instead of a planned one."""
        schedule = self._schedules.get(agent)
        if schedule is None or schedule.login > instant:
            # An agent with a shift elsewhere has been logged out ahead of time, behind the call and what was due.
            self.aux = [each for each in self.aux if each.agent != agent or each.start < instant]
            for place, period in enumerate(self.logins):
                if period.agent == agent and period.login < instant < period.logout:
                    self.logins[place] = period._replace(logout=instant)
                    if self._logouts[agent] == period.logout:
                        self._logouts[agent] = instant
            if schedule is not None:
                planned, schedule.login = schedule.login, instant
        self._set_free([(instant if each == (planned, agent) else each[0], each[1]) for each in self._free])

    def _set_free(self, free: list[tuple[int, int]]) -> None:
        # The recursion holds on to this very list.
        self._free[:] = free
        heapify(self._free)

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
                # What is due later than the next change is not carried out before, because it may never come to that.
                if start < due[agent] or start >= horizon[0]:
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
        self.rings.append(UnansweredRing(call, agent, start, end, True))
        penalty = _penalty(agent, end)
        self.aux.append(penalty)
        heapreplace(self._free, (penalty.end, agent))
        return end

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
        self._log_out(LoginPeriod(agent, schedule.login, logout))
        while schedule.later:
            shift = schedule.later.pop(0)
            login = max(logout, shift.login)
            if login < shift.logout:
                self._begin(shift, login, schedule.later)
                return login
        del self._schedules[agent], self._due[agent]
        return logout

    def _log_out(self, period: LoginPeriod) -> None:
        self.logins.append(period)
        self._logouts[period.agent] = max(period.logout, self._logouts.get(period.agent, 0))

    def _take_break(self, agent: int, free: int, schedule: "_AgentSchedule") -> int:
        planned = schedule.breaks.pop()
        start = max(free, planned.due)
        end = max(start, min(start + planned.length, self._limits.aux))
        if end > start:
            self.aux.append(AuxPeriod(agent, start, end, planned.reason, end))
            if planned.reason == BACK_OFFICE:
                self.back_office.append(self.aux[-1])
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


def _penalty(agent: int, start: int) -> AuxPeriod:
    """The time in AUX of an agent who let a call ring until an instant."""
    end = start + NO_ANSWER_PENALTY
    return AuxPeriod(agent, start, end, NO_ANSWER, end)


def _ended(period: Any, instant: int) -> Any:
    """An `AuxPeriod` or `LoginPeriod` of someone who is gone from an instant on."""
    return period._replace(**{period._fields[2]: min(period[2], instant)})
