"""
The tenant of a request: an account with its center, its clock, and its pins, fault plans and quota.

A tenant is an immutable reading of the account at one version; whatever is computed from it may be cached with it.
"""

import hashlib
import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic, TypeVar
from urllib.parse import quote

from kpn_sandbox.caching import BoundedCache
from kpn_sandbox.simulation.center import Center
from kpn_sandbox.simulation.randomness import ENGINE_VERSION
from kpn_sandbox.tenants.accounts import Account
from kpn_sandbox.tenants.clock import Clock, WallClock
from kpn_sandbox.tenants.errors import NoQuota
from kpn_sandbox.tenants.faults import FaultPlan
from kpn_sandbox.tenants.pins import Pin
from kpn_sandbox.tenants.quota import Quota
from kpn_sandbox.tenants.timeline import AccountTimeline, Setting

Value = TypeVar("Value")


@dataclass(frozen=True, eq=False)
class CacheSlot(Generic[Value]):
    """
    A cache that every tenant has for one owner of the slot, who alone knows the type of its values.

    Args:
        limit: Greatest number of values that one tenant holds.
    """

    limit: int = 1000


@dataclass(frozen=True, eq=False)
class Tenant:
    """
    An account at one version, with its center and its clock.

    Keep it for one request only: `Sandbox.tenant` compares the version with that of the account.
    """

    account: Account
    center: Center
    clock: Clock
    wall_clock: WallClock
    timeline: AccountTimeline
    pins: tuple[Pin, ...] = ()
    plans: tuple[FaultPlan, ...] = ()
    """The fault plans that are not used up, in the order in which they were made."""
    quota: Quota | None = None
    version: int = 0
    _caches: dict[CacheSlot[Any], BoundedCache[Any]] = field(default_factory=dict)

    def cache(self, slot: CacheSlot[Value]) -> BoundedCache[Value]:
        """
        Return the cache of a slot, for what follows from this version of the account.

        What is read after the tenant may be newer than its version, never older, so it may be cached here: a change
        that happens in between raises the version, and the next request gets another tenant with empty caches.
        """
        found = self._caches.get(slot)
        # `setdefault` is atomic: two threads that miss at the same time get the same cache.
        return self._caches.setdefault(slot, BoundedCache(slot.limit)) if found is None else found

    def now(self) -> float:
        """Return the account's instant, in epoch seconds."""
        return self.clock.now(self.wall_clock())

    def required_quota(self) -> Quota:
        """
        Return the quota of the account.

        Raises:
            NoQuota: The account has none.
        """
        if self.quota is None:
            raise NoQuota("no quota is set")
        return self.quota

    def in_force(self, at: float) -> Setting:
        """Return the account's own profile and the scenario laid over it at an instant."""
        return self.timeline.setting_at(at)

    def pins_of(self, kind: str) -> tuple[Pin, ...]:
        """Return the pins on objects of a kind, expired ones included."""
        return self._pins_by_kind.get(kind, ())

    def counts_reads(self, kind: str) -> bool:
        """Return whether a response with objects of a kind may use up a pin, so that it must not be cached."""
        return bool(self.pins) and any(pin.reads_left is not None for pin in self.pins_of(kind))

    def warm(self) -> None:
        """Compute the present day, so that the next request finds it in the cache."""
        at = self.now()
        self.center.agents(at)
        self.center.queues(at)

    @cached_property
    def cache_key(self) -> tuple[str, ...]:
        """Key of responses in caches: client id, seed, digest of the configuration, digest of the pins."""
        return (self.account.client_id, self.account.seed, self.center.digest, self._pins_digest)

    def replay(self, instant: str) -> str:
        """Return the replay line: what it takes to get the responses of an instant (ISO 8601) again."""
        return f"{self._origin}; at={instant}"

    @cached_property
    def _origin(self) -> str:
        account, seed, digest = (quote(part, safe="") for part in self.cache_key[:3])
        line = f"engine={ENGINE_VERSION}; account={account}; seed={seed}; config={digest}"
        names = self.timeline.names_source
        if names:
            line += f"; names={names}"
        return f"{line}; pins={self._pins_digest}" if self.pins else line

    @cached_property
    def _pins_digest(self) -> str:
        pins = [(pin.kind, pin.key, pin.fields, pin.expires_at) for pin in self.pins]
        return hashlib.sha256(json.dumps(pins).encode()).hexdigest()[:16] if pins else ""

    @cached_property
    def _pins_by_kind(self) -> dict[str, tuple[Pin, ...]]:
        return {kind: tuple(pin for pin in self.pins if pin.kind == kind) for kind in {pin.kind for pin in self.pins}}
