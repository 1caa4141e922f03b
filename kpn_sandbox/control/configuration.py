"""
The configuration of a center over time: what it began with, and a log of what was changed from which instant on.

Nothing that was is ever changed by a change: that is what instants are for.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import json_merge_patch

from kpn_sandbox.control.accounts import Account
from kpn_sandbox.simulation.profile import ALWAYS, Epoch, Profile
from kpn_sandbox.simulation.scenarios import scenario


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
