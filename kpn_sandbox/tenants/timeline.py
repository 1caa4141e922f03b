"""
The timeline of an account: its base, which always counted, and dated changes that count from an instant on.

A change either counts always, as if the center had never been different, or from an instant on, and then nothing
changes that was before it. Timelines are immutable and know no database; `configuration` stores them.
"""

import json
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

import orjson

from kpn_sandbox.simulation.names import faker_version
from kpn_sandbox.simulation.profile import ALWAYS, Epoch, Profile
from kpn_sandbox.simulation.scenarios import scenario
from kpn_sandbox.tenants.clock import format_instant


@dataclass(frozen=True)
class Change:
    """
    A dated change of the profile or of the scenario.

    Args:
        effective_at: Instant of the account from which it counts, in epoch seconds.
        profile: Merge patch of the profile, None when the scenario changes.
        scenario: Name of the scenario, None when the profile changes.
        ends: Whether it ends a scenario that was set for some seconds.
        serial: Number of its row in the database, None before it is stored.
    """

    effective_at: float
    profile: dict[str, Any] | None = None
    scenario: str | None = None
    ends: bool = False
    serial: int | None = field(default=None, compare=False)


class Setting(NamedTuple):
    """
    A profile and a scenario that are in force from an instant on.

    Args:
        since: The instant, in epoch seconds; `ALWAYS` for the base of a timeline.
        profile: The account's own profile.
        scenario: Name of the scenario that is applied to it.
    """

    since: float
    profile: Profile
    scenario: str

    def changed(self, change: Change) -> "Setting":
        """
        Return what is in force after a change.

        Raises:
            InvalidProfile: The patch leads to a profile that is not allowed.
        """
        profile = self.profile if change.profile is None else patched(self.profile, change.profile)
        name = self.scenario if change.scenario is None else change.scenario
        return Setting(change.effective_at, profile, name)

    def effective(self) -> Profile:
        """
        Return the profile of the center: the scenario applied to the account's own.

        Raises:
            InvalidProfile: The two together make a center that is not allowed.
        """
        return _with_scenario(self.scenario, self.profile)


@dataclass(frozen=True)
class AccountTimeline:
    """
    The profile and the scenario that are in force in an account, instant by instant.

    Args:
        base: Profile and scenario without the dated changes.
        changes: Dated changes by instant; of one instant there is at most one of the profile and one of the scenario.
    """

    base: Setting
    changes: tuple[Change, ...] = ()

    @cached_property
    def settings(self) -> tuple[Setting, ...]:
        """
        The base and what is in force after each change, by instant.

        Raises:
            InvalidProfile: A patch leads to a profile that is not allowed.
        """
        return _folded((self.base,), self.changes)

    @cached_property
    def epochs(self) -> tuple[Epoch, ...]:
        """
        The profiles of the center, each with its instant; a change that makes no difference has no epoch.

        Raises:
            InvalidProfile: A profile and a scenario that meet make a center that is not allowed.
        """
        return _with_epochs_of((), self.settings)

    @property
    def names_source(self) -> str | None:
        """Where names come from: the locales and the release of Faker, on which bytes depend; None without Faker."""
        profiles = [epoch.profile for epoch in self.epochs]
        locales = sorted({profile.locale for profile in profiles if profile.names == "faker"})
        return f"{'+'.join(locales)}/{faker_version()}" if locales else None

    def setting_at(self, at: float) -> Setting:
        """Return what is in force at an instant (epoch seconds)."""
        return self.settings[bisect_right(self.settings, at, key=lambda setting: setting.since) - 1]

    def profile_since(self, at: float) -> float | None:
        """Return from which instant the profile that is in force at an instant counts, None for always."""
        return max((change.effective_at for change in self._of_profile if change.effective_at <= at), default=None)

    def scenario_since(self, at: float) -> float | None:
        """Return from which instant the scenario that is in force at an instant counts, None for always."""
        change, _ = self._scenarios_around(at)
        return None if change is None else change.effective_at

    def scenario_until(self, at: float) -> float | None:
        """Return at which instant the scenario that is in force at an instant is replaced, None for never."""
        _, following = self._scenarios_around(at)
        return None if following is None else following.effective_at

    def not_in_force(self, at: float) -> tuple[str, ...]:
        """
        Return the dated changes that do not hold at an instant, each in a sentence.

        These are the changes of a later instant, and the scenario whose end was the last change of the scenario.
        Changes that were replaced before the instant are not among them.

        Args:
            at: The instant, in epoch seconds.
        """
        spans: list[tuple[float, str, float | None]] = [
            (change.effective_at, f'scenario "{change.scenario}"', following.effective_at if following else None)
            for change, following in pairwise((*self._of_scenario, None))
            if change and not change.ends and (change.effective_at > at or self._is_over(following, at))
        ]
        later = [change for change in self._of_profile if change.effective_at > at]
        spans += [(change.effective_at, f"profile {json.dumps(change.profile)}", None) for change in later]
        return tuple(_sentence(*span) for span in sorted(spans, key=lambda span: span[0]))

    def extended(self, changes: Iterable[Change]) -> "AccountTimeline":
        """
        Return the timeline with more changes, at instants that have none of their kind.

        Changes after all others are folded into what is known already, so that a thousand changes, one after the other,
        cost a thousand steps.

        Raises:
            InvalidProfile: A change leads to a profile that is not allowed.
        """
        new = tuple(sorted(changes, key=_instant))
        if new and self.changes and new[0].effective_at <= self.changes[-1].effective_at:
            return AccountTimeline(self.base, tuple(sorted((*self.changes, *new), key=_instant)))
        timeline = AccountTimeline(self.base, (*self.changes, *new))
        settings = _folded(self.settings, new)
        epochs = _with_epochs_of(self.epochs, settings[len(self.settings) :])
        # Cached properties keep their values here, and a frozen dataclass lets nobody set them otherwise.
        vars(timeline).update(settings=settings, epochs=epochs)
        return timeline

    def with_base(self, *, patch: dict[str, Any] | None = None, scenario: str | None = None) -> "AccountTimeline":
        """
        Return the timeline with a change that counts always: dated changes of the same fields are dropped.

        Args:
            patch: Merge patch of the base profile, None to leave it.
            scenario: Name of the base scenario, None to leave it.

        Raises:
            InvalidProfile: The patch leads to a profile that is not allowed.
        """
        changes: Iterable[Change] = self.changes
        if patch is not None:
            changes = (_without_fields(change, patch) for change in changes)
        if scenario is not None:
            changes = (change for change in changes if change.scenario is None)
        base = self.base.changed(Change(ALWAYS, patch, scenario))
        return AccountTimeline(base, tuple(change for change in changes if change.profile != {}))

    def reset_to(self, *, profile: Profile | None = None, scenario: str | None = None) -> "AccountTimeline":
        """
        Return the timeline with another base, and without the dated changes of what is given.

        Args:
            profile: Profile of the base; None leaves it, and the dated changes of the profile.
            scenario: Scenario of the base; None leaves it, and the dated changes of the scenario.
        """
        base = Setting(ALWAYS, profile or self.base.profile, scenario or self.base.scenario)
        changes = (change for change in self.changes if (scenario if change.profile is None else profile) is None)
        return AccountTimeline(base, tuple(changes))

    def with_profile(self, patch: dict[str, Any], at: float) -> "AccountTimeline":
        """
        Return the timeline with a patch that counts from an instant on, merged with another one of that instant.

        Args:
            patch: Merge patch of the profile.
            at: The instant, in epoch seconds.
        """
        same = [change.profile or {} for change in self._of_profile if change.effective_at == at]
        # Fields of a profile are replaced as a whole, so the last value of each counts.
        merged = {name: value for each in (*same, patch) for name, value in each.items()}
        return self._with(Change(at, merged)) if merged else self

    def with_scenario(self, name: str, at: float, for_seconds: float | None = None) -> "AccountTimeline":
        """
        Return the timeline with a scenario that counts from an instant on, for good or for some seconds.

        Args:
            name: Name of the scenario.
            at: The instant, in epoch seconds.
            for_seconds: After how many seconds the scenario before comes back; None for never. When the scenario of
                the instant was set for some seconds itself, the one before that comes back.
        """
        _, following = self._scenarios_around(at)
        end = following if following is not None and following.ends else None
        before = self.setting_at(at).scenario if end is None else end.scenario
        timeline = self if end is None else self._without(end)
        timeline = timeline._with(Change(at, scenario=name))
        if for_seconds is None:
            return timeline
        return timeline._with(Change(at + for_seconds, scenario=before, ends=True))

    @cached_property
    def _of_profile(self) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.profile is not None)

    @cached_property
    def _of_scenario(self) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.scenario is not None)

    def _with(self, new: Change) -> "AccountTimeline":
        """Return the timeline with a change in place of one of the same instant and sort, so that it need not grow."""
        same = (
            change
            for change in reversed(self.changes)
            if change.effective_at == new.effective_at and (change.profile is None) == (new.profile is None)
        )
        replaced = next(same, None)
        return (self if replaced is None else self._without(replaced)).extended([new])

    def _without(self, gone: Change) -> "AccountTimeline":
        return AccountTimeline(self.base, tuple(change for change in self.changes if change is not gone))

    def _scenarios_around(self, at: float) -> tuple[Change | None, Change | None]:
        """Return the change that the scenario of an instant comes from, and the next one; None where there is none."""
        scenarios = self._of_scenario
        position = bisect_right(scenarios, at, key=_instant)
        before = scenarios[position - 1] if position else None
        return before, scenarios[position] if position < len(scenarios) else None

    def _is_over(self, end: Change | None, at: float) -> bool:
        """Return whether a change ended a scenario by itself and is the last one of the scenario before an instant."""
        last, _ = self._scenarios_around(at)
        return last is not None and last.ends and last is end


def patched(profile: Profile, patch: dict[str, Any]) -> Profile:
    """
    Return a profile with a merge patch applied (RFC 7396): null gives a field its default again.

    Args:
        profile: The profile.
        patch: The merge patch.

    Raises:
        InvalidProfile: The result is not allowed; nothing is applied.
    """
    return _patched(profile, orjson.dumps(patch))


# A timeline is read again after each change, and most of it is as it was.
@lru_cache(maxsize=8192)
def _with_scenario(name: str, profile: Profile) -> Profile:
    return scenario(name).over(profile)


def merge_patch(target: Any, patch: Any) -> Any:
    """
    Return a JSON value with a merge patch applied; the value itself stays as it is.

    Args:
        target: The value; of an absent one, None.
        patch: The patch, also a JSON value.

    Source:
        RFC 7396, section 2.
    """
    if not isinstance(patch, dict):
        return patch
    merged = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = merge_patch(merged.get(name), value)
    return merged


@lru_cache(maxsize=8192)
def _patched(profile: Profile, patch: bytes) -> Profile:
    merged: dict[str, Any] = merge_patch(profile.to_dict(), orjson.loads(patch))
    return Profile.from_dict(merged)


def _folded(settings: tuple[Setting, ...], changes: Iterable[Change]) -> tuple[Setting, ...]:
    """Return settings with those after each of the changes, which are ordered; of one instant the last one stays."""
    folded = list(settings)
    for change in changes:
        after = folded[-1].changed(change)
        if after.since == folded[-1].since:
            folded.pop()
        folded.append(after)
    return tuple(folded)


def _with_epochs_of(epochs: tuple[Epoch, ...], settings: Iterable[Setting]) -> tuple[Epoch, ...]:
    """Return epochs with those of later settings; a setting that changes nothing of the center has none."""
    more = list(epochs)
    for setting in settings:
        profile = setting.effective()
        if not more or profile != more[-1].profile:
            more.append(Epoch(setting.since, profile))
    return tuple(more)


def _instant(change: Change) -> float:
    return change.effective_at


def _without_fields(change: Change, patch: dict[str, Any]) -> Change:
    """Return a change without the fields that a patch has; the same object when it has none of them."""
    if change.profile is None or change.profile.keys().isdisjoint(patch):
        return change
    left = {name: value for name, value in change.profile.items() if name not in patch}
    return replace(change, profile=left, serial=None)


def _sentence(start: float, subject: str, end: float | None) -> str:
    until = "on" if end is None else f"to {format_instant(end)}"
    return f"{subject} counts from {format_instant(start)} {until}"
