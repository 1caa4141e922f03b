"""
The sessions of a day whose profile changes: each plan's roster as far as that plan is in force.

Whoever works under both plans stays; whoever works under the old one only logs out at the change, after the call he
is on; whoever works under the new one only logs in.
"""

from collections.abc import Sequence

from kpn_sandbox.simulation.arrivals import Span
from kpn_sandbox.simulation.calendar_day import CalendarDay
from kpn_sandbox.simulation.roster import Session, sessions


def day_sessions(seed: str, day: CalendarDay, spans: Sequence[Span]) -> list[list[Session]]:
    """For each span the sessions that begin in it, in order of the agents."""
    begun: list[list[Session]] = [[] for _ in spans]
    open_at: dict[int, tuple[int, int]] = {}
    for number, span in enumerate(spans):
        for session in sessions(seed, span.plan, day):
            part = _clipped(session, span)
            if part is None:
                continue
            before = open_at.get(part.agent)
            if before and _continues(begun[before[0]][before[1]], part):
                begun[before[0]][before[1]] = _joined(begun[before[0]][before[1]], part)
            else:
                open_at[part.agent] = (number, len(begun[number]))
                begun[number].append(part)
    return begun


def _clipped(session: Session, span: Span) -> Session | None:
    login, logout = max(session.login, span.start), min(session.logout, span.end)
    if login >= logout:
        return None
    breaks = tuple(each for each in session.breaks if login <= each.due < logout)
    return session._replace(login=login, logout=logout, breaks=breaks)


def _continues(before: Session, after: Session) -> bool:
    return before.queue == after.queue and before.logout == after.login


def _joined(before: Session, after: Session) -> Session:
    return before._replace(logout=after.logout, breaks=before.breaks + after.breaks)
