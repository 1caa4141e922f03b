"""
The configuration of a center over time: what it began with, and a log of what was changed from which instant on.

Nothing that was is ever changed by a change: that is what instants are for.

Changing what the centers of accounts are like.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import json_merge_patch
from sqlalchemy import ColumnElement, Connection, Row, bindparam, delete, insert, select

from kpn_sandbox.simulation.calendar import day_of
from kpn_sandbox.simulation.errors import InvalidProfile
from kpn_sandbox.simulation.profile import ALWAYS, Epoch, Profile
from kpn_sandbox.simulation.scenarios import scenario
from kpn_sandbox.storage import Database
from kpn_sandbox.storage.tables import accounts, configuration
from kpn_sandbox.tenants.accounts import Account, account_of
from kpn_sandbox.tenants.clock import WallClock, clock_from_dict
from kpn_sandbox.tenants.errors import InvalidSetting
from kpn_sandbox.tenants.transactions import account_transaction
from kpn_sandbox.validation import number


@dataclass(frozen=True)
class Change:
    """
    One entry of the log.

    Args:
        effective_at: The instant of the account from which it counts.
        profile: A merge patch of the profile, None when it is about the scenario.
        scenario: The name of the scenario, None when it is about the profile.
        ends: Whether it ends a scenario that was set for some time.
    """

    effective_at: float
    profile: dict[str, Any] | None = None
    scenario: str | None = None
    ends: bool = False


@dataclass(frozen=True)
class Setting:
    """A profile and a scenario that are in force from an instant on."""

    since: float
    profile: Profile
    scenario: str

    def changed(self, change: Change) -> "Setting":
        """
        What is in force after a change.

        Raises:
            InvalidProfile: The patch leads to a profile that cannot be.
        """
        profile = self.profile if change.profile is None else patched(self.profile, change.profile)
        name = self.scenario if change.scenario is None else change.scenario
        return Setting(change.effective_at, profile, name)

    def effective(self) -> Profile:
        """
        The profile of the center: the scenario laid over the account's own.

        Raises:
            InvalidProfile: The two together make a center that cannot be.
        """
        return _over(self.scenario, self.profile)


def settings_of(account: Account, log: Iterable[Change]) -> tuple[Setting, ...]:
    """
    What is in force when, from ever to ever.

    Args:
        account: With what it began.
        log: The changes in the order of their making; those of the same instant count in that order.
    """
    settings = [Setting(ALWAYS, account.profile, account.scenario)]
    for change in sorted(log, key=lambda change: change.effective_at):
        after = settings[-1].changed(change)
        if after.since == settings[-1].since:
            settings.pop()
        settings.append(after)
    return tuple(settings)


def setting_at(settings: tuple[Setting, ...], at: float) -> Setting:
    """What is in force at an instant."""
    return next(setting for setting in reversed(settings) if setting.since <= at)


def epochs_of(settings: Iterable[Setting]) -> tuple[Epoch, ...]:
    """
    The profiles of the center; what changes nothing leaves no trace.

    Raises:
        InvalidProfile: Some profile and scenario that meet make a center that cannot be.
    """
    epochs: list[Epoch] = []
    for setting in settings:
        profile = setting.effective()
        if not epochs or profile != epochs[-1].profile:
            epochs.append(Epoch(setting.since, profile))
    return tuple(epochs)


def patched(profile: Profile, patch: dict[str, Any]) -> Profile:
    """
    A profile with a merge patch applied (RFC 7396): null gives a field its default again.

    Raises:
        InvalidProfile: That cannot be; nothing is applied.
    """
    return _patched(profile, json.dumps(patch))


def restated(changes: Iterable[Change], patch: dict[str, Any]) -> dict[str, Any]:
    """Several patches and a last one as one patch; fields of a profile are replaced as a whole, so the last counts."""
    whole: dict[str, Any] = {}
    for change in changes:
        whole.update(change.profile or {})
    return {**whole, **patch}


# A log is read again after each change, and most of it is as it was.
@lru_cache(maxsize=4096)
def _over(name: str, profile: Profile) -> Profile:
    return scenario(name).over(profile)


@lru_cache(maxsize=4096)
def _patched(profile: Profile, patch: str) -> Profile:
    merged: dict[str, Any] = json_merge_patch.merge(profile.to_dict(), json.loads(patch))
    return Profile.from_dict(merged)


LARGE = 500
"""From so many agents on, a day takes so long to compute that a change of the profile does it before it is answered."""

_LONGEST = 366 * 86400
_DURATION = number(0, _LONGEST, above=True, allowed="a number of seconds, more than 0 and at most a year")
_ROW = configuration.c
_LOG = select(configuration).where(_ROW.client_id == bindparam("client_id")).order_by(_ROW.serial)
_ACCOUNT = select(accounts).where(accounts.c.client_id == bindparam("client_id"))


class Configurations:
    """
    The configurations in a database.

    Args:
        database: Where they are.
        wall_clock: Returns wall time, in epoch seconds.
        warm: Computes the present day of an account.
    """

    def __init__(self, database: Database, wall_clock: WallClock, warm: Callable[[str], None]) -> None:
        self._database = database
        self._wall_clock = wall_clock
        self._warm = warm

    def log(self, client_id: str) -> tuple[Change, ...]:
        """All changes of an account, in the order of their making."""
        with self._database.read() as connection:
            return log_of(connection, client_id)

    def patch(self, client_id: str, patch: dict[str, Any], *, midnight: bool = False) -> Profile:
        """
        Change the profile of an account from now on.

        Args:
            client_id: Whose.
            patch: A JSON merge patch; null gives a field its default again.
            midnight: Rebuild today: it counts from the last midnight on, and so do the other patches of today.

        Returns:
            The profile that is in force now.

        Raises:
            UnknownAccount: Nobody has that client id.
            InvalidProfile: That profile cannot be, alone or with a scenario that meets it; nothing is changed.
        """
        if not isinstance(patch, dict):
            raise InvalidProfile("profile", patch, "an object")
        with account_transaction(self._database, client_id) as connection:
            draft = _Draft(connection, client_id, self._wall_clock())
            draft.rebuild(patch) if midnight else draft.add(Change(draft.now, profile=patch))
            profile = draft.finish().profile
        if profile.agents >= LARGE:
            self._warm(client_id)
        return profile

    def set_scenario(self, client_id: str, name: str, for_seconds: float | None = None) -> str:
        """
        Let another scenario begin now.

        Args:
            client_id: Whose.
            name: The scenario.
            for_seconds: How long, by the account's clock; then the one before comes back.

        Returns:
            The name of the scenario in force.

        Raises:
            UnknownAccount: Nobody has that client id.
            UnknownScenario: There is no such scenario.
            InvalidSetting: The duration is not what it may be.
            InvalidProfile: With this profile it makes a center too busy to simulate.
        """
        scenario(name)
        if for_seconds is not None:
            _DURATION("for_seconds", for_seconds, InvalidSetting)
        with account_transaction(self._database, client_id) as connection:
            draft = _Draft(connection, client_id, self._wall_clock())
            before = draft.scenario_to_return_to()
            draft.forget_ends()
            draft.add(Change(draft.now, scenario=name))
            if for_seconds is not None:
                draft.add(Change(draft.now + for_seconds, scenario=before, ends=True))
            return draft.finish().scenario


class _Draft:
    """The log of one account while it is changed."""

    def __init__(self, connection: Connection, client_id: str, wall: float) -> None:
        self._connection = connection
        self._client_id = client_id
        row = connection.execute(_ACCOUNT, {"client_id": client_id}).one()
        self._account: Account = account_of(row)
        self._log = list(log_of(connection, client_id))
        self.now: float = clock_from_dict(json.loads(row.clock)).now(wall) // 1
        """The account's instant in whole seconds, from which a change counts."""

    def add(self, change: Change) -> None:
        """Write a change down; one of the same instant and sort becomes part of it, so a log need not grow."""
        same = [
            known
            for known in self._log
            if known.effective_at == change.effective_at and (known.profile is None) == (change.profile is None)
        ]
        if change.profile is not None:
            change = replace(change, profile=restated(same, change.profile))
        self._log = [known for known in self._log if known not in same] + [change]
        which = _ROW.scenario if change.profile is None else _ROW.profile
        self._delete(which.is_not(None), _ROW.effective_at == change.effective_at)
        self._connection.execute(insert(configuration).values(client_id=self._client_id, **_columns(change)))

    def rebuild(self, patch: dict[str, Any]) -> None:
        """Let all patches of today, and a new one, count from midnight on."""
        midnight = float(day_of(self.now).starts_at)
        today = [
            change for change in self._log if change.profile is not None and midnight <= change.effective_at <= self.now
        ]
        self._log = [change for change in self._log if change not in today]
        self._delete(_ROW.profile.is_not(None), _ROW.effective_at.between(midnight, self.now))
        today.sort(key=lambda change: change.effective_at)
        self.add(Change(midnight, profile=restated(today, patch)))

    def scenario_to_return_to(self) -> str:
        """What follows when the present scenario was set for some time only, else the present one."""
        pending = [change for change in self._log if self._is_pending(change)]
        if pending:
            return str(min(pending, key=lambda change: change.effective_at).scenario)
        return setting_at(settings_of(self._account, self._log), self.now).scenario

    def forget_ends(self) -> None:
        """Ends of scenarios that are still to come will not come."""
        self._log = [change for change in self._log if not self._is_pending(change)]
        self._delete(_ROW.ends == 1, _ROW.effective_at > self.now)

    def finish(self) -> Setting:
        """
        What is in force now.

        Raises:
            InvalidProfile: The log as a whole cannot be.
        """
        settings = settings_of(self._account, self._log)
        epochs_of(settings)
        return setting_at(settings, self.now)

    def _delete(self, *which: ColumnElement[bool]) -> None:
        self._connection.execute(delete(configuration).where(_ROW.client_id == self._client_id, *which))

    def _is_pending(self, change: Change) -> bool:
        return change.ends and change.effective_at > self.now


def log_of(connection: Connection, client_id: str) -> tuple[Change, ...]:
    """All changes of an account, in the order of their making."""
    return tuple(map(_change, connection.execute(_LOG, {"client_id": client_id})))


def _columns(change: Change) -> dict[str, Any]:
    profile = None if change.profile is None else json.dumps(change.profile)
    return {**vars(change), "profile": profile, "ends": int(change.ends)}


def _change(row: Row[Any]) -> Change:
    profile = None if row.profile is None else json.loads(row.profile)
    return Change(row.effective_at, profile, row.scenario, bool(row.ends))
