"""
The configuration of a center over time: its state at creation and a log of dated changes, and the store of that log.

A change counts from an instant on and leaves everything before as it was, so figures of the past never change. A
profile is changed by merge patches, a scenario is laid over the profile that is in force.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import json_merge_patch
from sqlalchemy import Connection, Row, bindparam, delete, insert, select

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

LARGE = 500
"""From this number of agents on, a day takes so long that a change of the profile computes it before it returns."""

_DURATION = number(0, 366 * 86400, above=True, allowed="a number of seconds, more than 0 and at most a year")
_ROW = configuration.c
_LOG = select(configuration).where(_ROW.client_id == bindparam("client_id")).order_by(_ROW.serial)
_ACCOUNT = select(accounts).where(accounts.c.client_id == bindparam("client_id"))


@dataclass(frozen=True)
class Change:
    """
    A dated change of a profile or a scenario.

    Args:
        effective_at: The account's instant from which it counts, in epoch seconds.
        profile: A merge patch of the profile, None for a change of the scenario.
        scenario: Name of the scenario, None for a change of the profile.
        ends: Whether it ends a scenario that was set for some time.
    """

    effective_at: float
    profile: dict[str, Any] | None = None
    scenario: str | None = None
    ends: bool = False


Log = list[Change]


@dataclass(frozen=True)
class Setting:
    """A profile and a scenario that are in force from an instant on."""

    since: float
    profile: Profile
    scenario: str

    def changed(self, change: Change) -> "Setting":
        """Return the setting after a change; InvalidProfile if its patch leads to a profile that is not allowed."""
        profile = self.profile if change.profile is None else patched(self.profile, change.profile)
        name = self.scenario if change.scenario is None else change.scenario
        return Setting(change.effective_at, profile, name)

    def effective(self) -> Profile:
        """Return the scenario laid over the profile; InvalidProfile if that center is too busy to simulate."""
        return _scenario_over(self.scenario, self.profile)


def settings_of(account: Account, log: Log) -> tuple[Setting, ...]:
    """
    Return the settings of an account, each in force until the next one; the first has always been.

    Args:
        account: The account, with its profile and scenario at creation.
        log: Its changes in the order in which they were made, which decides between those of the same instant.
    """
    settings = [Setting(ALWAYS, account.profile, account.scenario)]
    for change in sorted(log, key=lambda change: change.effective_at):
        after = settings[-1].changed(change)
        if after.since == settings[-1].since:
            settings.pop()
        settings.append(after)
    return tuple(settings)


def setting_at(settings: tuple[Setting, ...], at: float) -> Setting:
    """
    Return the setting in force at an instant.

    Args:
        settings, at: All settings of an account, and the instant, in epoch seconds.
    """
    return next(setting for setting in reversed(settings) if setting.since <= at)


def epochs_of(settings: Iterable[Setting]) -> tuple[Epoch, ...]:
    """Return the effective profiles of a center with the instants from which they hold; equal neighbors are one."""
    epochs: list[Epoch] = []
    for setting in settings:
        profile = setting.effective()
        if not epochs or profile != epochs[-1].profile:
            epochs.append(Epoch(setting.since, profile))
    return tuple(epochs)


def patched(profile: Profile, patch: dict[str, Any]) -> Profile:
    """
    Return a profile with a merge patch applied.

    Args:
        profile, patch: The profile, and a JSON merge patch (RFC 7396): null gives a field its default again.

    Raises:
        InvalidProfile: The result is not allowed.
    """
    return _patched(profile, json.dumps(patch))


# The whole log is read again after each change, and most of it is as it was before.
@lru_cache(maxsize=4096)
def _scenario_over(name: str, profile: Profile) -> Profile:
    return scenario(name).over(profile)


@lru_cache(maxsize=4096)
def _patched(profile: Profile, patch: str) -> Profile:
    merged: dict[str, Any] = json_merge_patch.merge(profile.to_dict(), json.loads(patch))
    return Profile.from_dict(merged)


class Configurations:
    """
    The configurations of all accounts of a database; changing that of an unknown account raises UnknownAccount.

    Args:
        database, wall_clock: The database, and what returns wall time, in epoch seconds.
        warm: Computes the present day of an account.
    """

    def __init__(self, database: Database, wall_clock: WallClock, warm: Callable[[str], None]) -> None:
        self._database = database
        self._wall_clock = wall_clock
        self._warm = warm

    def patch(self, client_id: str, patch: dict[str, Any], *, midnight: bool = False) -> Profile:
        """
        Change the profile of an account from its present second on and return the profile in force.

        Args:
            client_id: The account.
            patch: A JSON merge patch; null gives a field its default again.
            midnight: Whether it, and the other patches of today, count from the last midnight on.

        Raises:
            InvalidProfile: The profile is not allowed, alone or with a scenario that it meets; nothing is changed.
        """
        if not isinstance(patch, dict):
            raise InvalidProfile("profile", patch, "an object")

        def changed(account: Account, log: Log, now: float) -> Log:
            return _rebuilt(log, patch, now) if midnight else _added(log, Change(now, profile=patch))

        profile = self._change(client_id, changed).profile
        if profile.agents >= LARGE:
            self._warm(client_id)
        return profile

    def set_scenario(self, client_id: str, name: str, for_seconds: float | None = None) -> str:
        """
        Begin a scenario now and return the name of the one in force.

        Args:
            client_id: The account.
            name: The scenario.
            for_seconds: How long, by the account's clock, until the scenario before returns; None for good.

        Raises:
            UnknownScenario: There is no such scenario.
            InvalidSetting: The duration is not allowed.
            InvalidProfile: With the account's profile it makes a center that is too busy to simulate.
        """
        scenario(name)
        if for_seconds is not None:
            _DURATION("for_seconds", for_seconds, InvalidSetting)

        def changed(account: Account, log: Log, now: float) -> Log:
            pending = [change for change in log if change.ends and change.effective_at > now]
            if pending:
                # The scenario now in force was set for some time only; it does not return after the new one.
                before = min(pending, key=lambda change: change.effective_at).scenario
            else:
                before = setting_at(settings_of(account, log), now).scenario
            log = _added([change for change in log if change not in pending], Change(now, scenario=name))
            return log if for_seconds is None else _added(log, Change(now + for_seconds, scenario=before, ends=True))

        return self._change(client_id, changed).scenario

    def _change(self, client_id: str, changed: Callable[[Account, Log, float], Log]) -> Setting:
        """Replace the log of an account and return the setting in force; an error leaves the log as it is."""
        with account_transaction(self._database, client_id) as connection:
            row = connection.execute(_ACCOUNT, {"client_id": client_id}).one()
            account = account_of(row)
            # A change counts from a whole second on, because responses are those of whole seconds.
            now = clock_from_dict(json.loads(row.clock)).now(self._wall_clock()) // 1
            log = changed(account, log_of(connection, client_id), now)
            settings = settings_of(account, log)
            epochs_of(settings)
            connection.execute(delete(configuration).where(_ROW.client_id == client_id))
            connection.execute(insert(configuration), [{"client_id": client_id, **_columns(each)} for each in log])
        return setting_at(settings, now)


def _added(log: Log, change: Change) -> Log:
    """Return the log with one more change, which is merged with one of the same kind and instant: a log stays small."""
    same = [
        known
        for known in log
        if known.effective_at == change.effective_at and (known.profile is None) == (change.profile is None)
    ]
    if change.profile is not None:
        change = replace(change, profile=_merged(same, change.profile))
    return [*(known for known in log if known not in same), change]


def _rebuilt(log: Log, patch: dict[str, Any], now: float) -> Log:
    """Return the log with a single patch from midnight on in place of all patches of today and a new one."""
    midnight = float(day_of(now).starts_at)
    today = [change for change in log if change.profile is not None and midnight <= change.effective_at <= now]
    rest = [change for change in log if change not in today]
    today.sort(key=lambda change: change.effective_at)
    return _added(rest, Change(midnight, profile=_merged(today, patch)))


def log_of(connection: Connection, client_id: str) -> Log:
    """
    Return all changes of an account, in the order in which they were made.

    Args:
        connection, client_id: A connection to the database, and the account.
    """
    return list(map(_change, connection.execute(_LOG, {"client_id": client_id})))


def _merged(changes: Log, patch: dict[str, Any]) -> dict[str, Any]:
    # The fields of a profile are replaced as a whole, so of several patches the last that names a field counts.
    whole: dict[str, Any] = {}
    for change in changes:
        whole.update(change.profile or {})
    return {**whole, **patch}


def _columns(change: Change) -> dict[str, Any]:
    profile = None if change.profile is None else json.dumps(change.profile)
    return {**vars(change), "profile": profile, "ends": int(change.ends)}


def _change(row: Row[Any]) -> Change:
    profile = None if row.profile is None else json.loads(row.profile)
    return Change(row.effective_at, profile, row.scenario, bool(row.ends))
