"""
The store of the timelines of accounts, and the two ways of changing one.

A change counts always, or from the account's present second on; which of the two is said with every change.
"""

import json
from collections.abc import Callable
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select, update

from kpn_sandbox.caching import BoundedCache
from kpn_sandbox.literals import MOST_DATED_CHANGES, Effective
from kpn_sandbox.simulation.errors import InvalidProfile
from kpn_sandbox.simulation.profile import ALWAYS
from kpn_sandbox.simulation.scenarios import scenario
from kpn_sandbox.storage import Database
from kpn_sandbox.storage.tables import accounts, configuration
from kpn_sandbox.tenants.accounts import stored_profile
from kpn_sandbox.tenants.clock import WallClock, clock_from_dict
from kpn_sandbox.tenants.errors import InvalidSetting, TooManyChanges
from kpn_sandbox.tenants.timeline import AccountTimeline, Change, Setting
from kpn_sandbox.tenants.transactions import account_transaction
from kpn_sandbox.validation import number

LARGE = 500
"""From this number of agents on, a day takes so long that a change of the profile computes it before it returns."""

KNOWN = 4096
"""Timelines in the cache."""

_DURATION = number(0, 366 * 86400, above=True, allowed="a number of seconds, more than 0 and at most a year")
_ROW = configuration.c
_LATER = (
    select(_ROW.effective_at, _ROW.profile, _ROW.scenario, _ROW.ends, _ROW.serial)
    .where(_ROW.client_id == bindparam("client_id"), _ROW.serial > bindparam("after"))
    .order_by(_ROW.serial)
)
_EXTENT = select(func.count(), func.max(_ROW.serial)).where(_ROW.client_id == bindparam("client_id"))
_ACCOUNT = select(accounts).where(accounts.c.client_id == bindparam("client_id"))
_CHANGE_BASE = update(accounts).where(accounts.c.client_id == bindparam("of_client"))
_DELETE = delete(configuration).where(_ROW.serial == bindparam("of_serial"))


class AppliedChange(NamedTuple):
    """
    A change that was made.

    Args:
        setting: What is in force after it, at the account's present instant.
        effective_from: Instant from which the change counts, in epoch seconds; None for always.
    """

    setting: Setting
    effective_from: float | None


class Configurations:
    """
    The timelines of all accounts of a database; changing that of an unknown account raises UnknownAccount.

    Args:
        database, wall_clock: The database, and what returns wall time, in epoch seconds.
        warm: Computes the present day of an account.
    """

    def __init__(self, database: Database, wall_clock: WallClock, warm: Callable[[str], None]) -> None:
        self._database = database
        self._wall_clock = wall_clock
        self._warm = warm
        self._known: BoundedCache[AccountTimeline] = BoundedCache(KNOWN)

    def read(self, connection: Connection, row: Row[Any]) -> AccountTimeline:
        """
        Return the timeline of an account as `timeline_of` does, from the one that was read last where it grew since.

        Args:
            connection, row: A connection to the database, and the account's row.
        """
        timeline = timeline_of(connection, row, self._known.get(row.client_id))
        self._known.put(row.client_id, timeline)
        return timeline

    def forget(self, client_id: str) -> None:
        """Drop the timeline of an account that is gone from the cache."""
        self._known.drop(client_id)

    def patch(self, client_id: str, patch: dict[str, Any], effective: Effective = "always") -> AppliedChange:
        """
        Change the profile of an account.

        Args:
            client_id: The account.
            patch: A JSON merge patch; null gives a field its default again.
            effective: From when on it counts.

        Raises:
            InvalidProfile: The profile is not allowed, alone or with a scenario that it meets; nothing is changed.
            TooManyChanges: The account has as many dated changes as it may have.
        """
        if not isinstance(patch, dict):
            raise InvalidProfile("profile", patch, "an object")

        def changed(timeline: AccountTimeline, now: float) -> AccountTimeline:
            return timeline.with_base(patch=patch) if effective == "always" else timeline.with_profile(patch, now)

        applied = self._change(client_id, changed, effective)
        if applied.setting.profile.agents >= LARGE:
            self._warm(client_id)
        return applied

    def set_scenario(
        self, client_id: str, name: str, effective: Effective | None = None, *, for_seconds: float | None = None
    ) -> AppliedChange:
        """
        Set the scenario of an account.

        Args:
            client_id: The account.
            name: The scenario.
            effective: From when on it counts; None for always, or for now when there is a duration.
            for_seconds: How long, by the account's clock, until the scenario before returns; None for good.

        Raises:
            UnknownScenario: There is no such scenario.
            InvalidSetting: The duration is not allowed, or the scenario is to count always in spite of it.
            InvalidProfile: With the account's profile it makes a center that is too busy to simulate.
            TooManyChanges: The account has as many dated changes as it may have.
        """
        scenario(name)
        if for_seconds is not None:
            _DURATION("for_seconds", for_seconds, InvalidSetting)
            if effective == "always":
                raise InvalidSetting("effective", effective, "now, or left out, beside for_seconds")
        chosen: Effective = effective or ("always" if for_seconds is None else "now")

        def changed(timeline: AccountTimeline, now: float) -> AccountTimeline:
            if chosen == "always":
                return timeline.with_base(scenario=name)
            return timeline.with_scenario(name, now, for_seconds)

        return self._change(client_id, changed, chosen)

    def _change(
        self, client_id: str, changed: Callable[[AccountTimeline, float], AccountTimeline], effective: Effective
    ) -> AppliedChange:
        """Replace the timeline of an account; an error leaves it as it is."""
        with account_transaction(self._database, client_id) as connection:
            row = connection.execute(_ACCOUNT, {"client_id": client_id}).one()
            before = self.read(connection, row)
            # A change counts from a whole second on, because responses are those of whole seconds.
            now = clock_from_dict(json.loads(row.clock)).now(self._wall_clock()) // 1
            after = changed(before, now)
            if len(after.changes) > max(MOST_DATED_CHANGES, len(before.changes)):
                raise TooManyChanges()
            save_timeline(connection, client_id, before, after)
        return AppliedChange(after.setting_at(now), None if effective == "always" else now)


def base_timeline(row: Row[Any]) -> AccountTimeline:
    """Return the timeline of an account's row, without dated changes."""
    return AccountTimeline(Setting(ALWAYS, stored_profile(row.profile), row.scenario))


def timeline_of(connection: Connection, row: Row[Any], known: AccountTimeline | None = None) -> AccountTimeline:
    """
    Return the timeline of an account.

    Args:
        connection, row: A connection to the database, and the account's row.
        known: What the timeline was at another time, for the rows that it still has.
    """
    base = base_timeline(row).base
    count, last = connection.execute(_EXTENT, {"client_id": row.client_id}).one()
    if known is None or known.base != base:
        known = AccountTimeline(base)
    newest = max((change.serial or 0 for change in known.changes), default=0)
    if (len(known.changes), newest) == (count, last or 0):
        return known
    later = _changes_after(connection, row.client_id, newest)
    # Rows never change and their numbers only rise, so counting tells whether all that was known is still there. A
    # transaction that began before the known rows were written does not see them, and has a lower number.
    if newest <= (last or 0) and len(known.changes) + len(later) == count:
        return known.extended(later)
    return AccountTimeline(base).extended(_changes_after(connection, row.client_id, 0))


def _changes_after(connection: Connection, client_id: str, serial: int) -> list[Change]:
    return list(map(change_of, connection.execute(_LATER, {"client_id": client_id, "after": serial})))


def save_timeline(connection: Connection, client_id: str, before: AccountTimeline, after: AccountTimeline) -> None:
    """
    Store a timeline in place of another one; only the rows that differ are written.

    Args:
        connection: A transaction on the account.
        client_id: The account.
        before: The timeline as it was read.
        after: The timeline as it shall be.

    Raises:
        InvalidProfile: The new timeline has a profile that is not allowed, or one that its scenario does not allow.
    """
    # All profiles of a timeline are checked by computing its epochs.
    _ = after.epochs
    if after.base != before.base:
        base = {"profile": json.dumps(after.base.profile.to_dict()), "scenario": after.base.scenario}
        connection.execute(_CHANGE_BASE.values(base), {"of_client": client_id})
    kept = {change.serial for change in after.changes}
    gone = [{"of_serial": change.serial} for change in before.changes if change.serial not in kept]
    new = [{"client_id": client_id, **_columns(change)} for change in after.changes if change.serial is None]
    if gone:
        connection.execute(_DELETE, gone)
    if new:
        connection.execute(insert(configuration), new)


def _columns(change: Change) -> dict[str, Any]:
    return {
        "effective_at": change.effective_at,
        "profile": None if change.profile is None else json.dumps(change.profile),
        "scenario": change.scenario,
        "ends": int(change.ends),
    }


def change_of(row: Any) -> Change:
    """Return the dated change of a row of the table."""
    profile = None if row.profile is None else orjson.loads(row.profile)
    return Change(row.effective_at, profile, row.scenario, bool(row.ends), row.serial)
