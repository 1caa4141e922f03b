"""
The sandbox: all accounts of a database, opened as tenants.

It holds the stores of each part of an account's state, and the caches that all requests of a process share.
"""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, select

from kpn_sandbox.caching import BoundedCache, Run, SingleFlightCache, run_here
from kpn_sandbox.literals import ResetLayer
from kpn_sandbox.simulation.center import Center
from kpn_sandbox.simulation.profile import Epoch
from kpn_sandbox.storage import Database
from kpn_sandbox.storage.tables import accounts
from kpn_sandbox.tenants.accounts import Accounts, CredentialKind, account_of
from kpn_sandbox.tenants.clock import Clocks, WallClock, clock_from_dict, wall_time
from kpn_sandbox.tenants.configuration import LARGE, Configurations
from kpn_sandbox.tenants.errors import UnknownAccount
from kpn_sandbox.tenants.faults import Faults, plans_of
from kpn_sandbox.tenants.pins import Pins, pins_of
from kpn_sandbox.tenants.quota import Quota, Quotas
from kpn_sandbox.tenants.request_log import RequestLog
from kpn_sandbox.tenants.reset import reset
from kpn_sandbox.tenants.snapshot import AccountSnapshot, StateParts, restore_snapshot, take_snapshot
from kpn_sandbox.tenants.tenant import Tenant

TRACE_BYTES = 256 * 1024 * 1024
"""Computed days in the cache: those of some three hundred centers of 50 agents on a busy Monday."""

# Centers and tenants in the caches; several tenants may share a center.
CENTERS = 512
_TENANTS = 4096
_BY_ID = accounts.c.client_id == bindparam("client_id")
_VERSION = select(accounts.c.version).where(_BY_ID)
_ACCOUNT = select(accounts).where(_BY_ID)


class Sandbox:
    """
    All accounts of one database, each with its center; safe to share between threads.

    Args:
        database: The database.
        wall_clock: Returns wall time, in epoch seconds.
        credential_kinds: The kinds of credential that are stored beside the secrets of accounts.
        state_parts: What vendors store of accounts, for snapshots.
        log_requests: Whether requests are written into the request log.
        run: Runs the computation of a day.
    """

    def __init__(
        self,
        database: Database,
        wall_clock: WallClock = wall_time,
        *,
        credential_kinds: Sequence[CredentialKind] = (),
        state_parts: StateParts | None = None,
        log_requests: bool = True,
        run: Run = run_here,
    ) -> None:
        self.database = database
        self.wall_clock = wall_clock
        self.accounts = Accounts(database, wall_clock, credential_kinds)
        self.clocks = Clocks(database, wall_clock)
        self.configuration = Configurations(database, wall_clock, lambda client_id: self.tenant(client_id).warm())
        self.pins = Pins(database)
        self.faults = Faults(database)
        self.quotas = Quotas(database)
        self.request_log = RequestLog(database, on=log_requests)
        self._state_parts = state_parts or {}
        self._traces = SingleFlightCache(TRACE_BYTES, run)
        self._centers: BoundedCache[Center] = BoundedCache(CENTERS)
        self._tenants: BoundedCache[Tenant] = BoundedCache(_TENANTS)

    def tenant(self, client_id: str) -> Tenant:
        """
        Return an account as it is now, whichever worker changed it.

        Raises:
            UnknownAccount: There is no such account.
        """
        tenant = self.find_tenant(client_id)
        if tenant is None:
            raise UnknownAccount(client_id)
        return tenant

    def find_tenant(self, client_id: str) -> Tenant | None:
        """Return an account as it is now, None when there is none."""
        # PostgreSQL refuses even a query for a text with that character.
        version = None if "\x00" in client_id else self.database.fetch_one(_VERSION, client_id=client_id)
        if version is None:
            return None
        tenant = self._tenants.get(client_id)
        if tenant is None or tenant.version != version[0]:
            tenant = self._read(client_id)
            if tenant is not None:
                self._tenants.put(client_id, tenant)
        return tenant

    def reset(self, client_id: str, layers: Any = None) -> tuple[ResetLayer, ...]:
        """
        Reset layers of an account, as the function `reset` does, and return them.

        Args:
            client_id, layers: The account, and the names of its layers, None for all.
        """
        return reset(self.database, client_id, layers, self.wall_clock())

    def snapshot(self, client_id: str) -> AccountSnapshot:
        """Return the state of an account, as the function `take_snapshot` does."""
        return take_snapshot(self.database, client_id, self._state_parts, self.wall_clock())

    def restore(self, client_id: str, snapshot: AccountSnapshot, *, entry: str | None = None) -> bool:
        """
        Give an account the state of a snapshot, as the function `restore_snapshot` does.

        Args:
            client_id, snapshot, entry: The account, the snapshot, and the digest of the entry that it comes from.
        """
        wall = self.wall_clock()
        done = restore_snapshot(self.database, client_id, snapshot, self._state_parts, wall=wall, entry=entry)
        if done and snapshot.timeline.base.profile.agents >= LARGE:
            self.tenant(client_id).warm()
        return done

    def _read(self, client_id: str) -> Tenant | None:
        # One reader sees all tables at the same moment, so the tenant is that of the version in its own row.
        with self.database.read() as connection:
            row = connection.execute(_ACCOUNT, {"client_id": client_id}).one_or_none()
            if row is None:
                return None
            timeline = self.configuration.read(connection, row)
            pins = pins_of(connection, client_id)
            plans = tuple(plan for plan in plans_of(connection, client_id) if plan.remaining != 0)
        account = account_of(row)
        return Tenant(
            account=account,
            center=self._center(account.seed, timeline.epochs),
            clock=clock_from_dict(json.loads(row.clock)),
            wall_clock=self.wall_clock,
            timeline=timeline,
            pins=pins,
            plans=plans,
            quota=None if row.quota is None else Quota(**json.loads(row.quota)),
            version=row.version,
        )

    def _center(self, seed: str, epochs: tuple[Epoch, ...]) -> Center:
        """Return the center of a seed and a configuration, from the cache if any account had the same before."""
        key = (seed, tuple((epoch.since, epoch.profile.digest) for epoch in epochs))
        center = self._centers.get(key)
        if center is None:
            center = Center(seed, epochs, self._traces)
            self._centers.put(key, center)
        return center
