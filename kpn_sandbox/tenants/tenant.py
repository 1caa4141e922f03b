"""One account as a request finds it: who, which center, what time, what is pinned, planned and allowed."""

import hashlib
import json
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import quote

from kpn_sandbox.simulation.center import Center
from kpn_sandbox.simulation.randomness import ENGINE_VERSION
from kpn_sandbox.tenants.accounts import Account
from kpn_sandbox.tenants.clock import Clock, WallClock
from kpn_sandbox.tenants.configuration import Setting, setting_at
from kpn_sandbox.tenants.errors import NoQuota
from kpn_sandbox.tenants.faults import FaultPlan
from kpn_sandbox.tenants.pins import Pin
from kpn_sandbox.tenants.quota import Quota


@dataclass(frozen=True, eq=False)
class Tenant:
    """
    An account with its center and its time.

    It is right as long as its version is the account's; `Sandbox.tenant` sees to that, so keep it for one request only.
    """

    account: Account
    center: Center
    clock: Clock
    wall_clock: WallClock
    settings: tuple[Setting, ...]
    pins: tuple[Pin, ...] = ()
    plans: tuple[FaultPlan, ...] = ()
    """Those that have something left."""
    quota: Quota | None = None
    version: int = 0
    cache: dict[str, object] = field(default_factory=dict)
    """What others have found out about this version of the account; it goes with it."""

    def now(self) -> float:
        """The account's instant."""
        return self.clock.now(self.wall_clock())

    def required_quota(self) -> Quota:
        """
        The quota of the account.

        Raises:
            NoQuota: It has none.
        """
        if self.quota is None:
            raise NoQuota()
        return self.quota

    def in_force(self, at: float) -> Setting:
        """The account's own profile and the scenario over it at an instant."""
        return setting_at(self.settings, at)

    def pins_of(self, kind: str) -> tuple[Pin, ...]:
        """The pins on objects of a kind, expired ones included."""
        return self._pins_by_kind.get(kind, ())

    def counts_reads(self, kind: str) -> bool:
        """Whether an answer that shows objects of a kind may use up a pin, so that it must be made anew."""
        return any(pin.reads_left is not None for pin in self.pins_of(kind))

    def warm(self) -> None:
        """Compute the present day."""
        at = self.now()
        self.center.agents(at)
        self.center.queues(at)

    @cached_property
    def cache_key(self) -> tuple[str, ...]:
        """What tells the answers of this account from all others: whose, which seed, which configuration and pins."""
        return (self.account.client_id, self.account.seed, self.center.digest, self._pins_digest)

    def replay(self, instant: str) -> str:
        """Everything that is needed to get the answers of an instant (ISO 8601) again, but for pins."""
        return f"{self._origin}; at={instant}"

    @cached_property
    def _origin(self) -> str:
        account, seed, digest = (quote(part, safe="") for part in self.cache_key[:3])
        return f"engine={ENGINE_VERSION}; account={account}; seed={seed}; config={digest}"

    @cached_property
    def _pins_digest(self) -> str:
        pins = [(pin.kind, pin.key, pin.fields, pin.expires_at) for pin in self.pins]
        return hashlib.sha256(json.dumps(pins).encode()).hexdigest()[:16] if pins else ""

    @cached_property
    def _pins_by_kind(self) -> dict[str, tuple[Pin, ...]]:
        return {kind: tuple(pin for pin in self.pins if pin.kind == kind) for kind in {pin.kind for pin in self.pins}}
