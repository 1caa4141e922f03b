"""
The sandbox: all accounts of a database, opened as tenants.

It holds the stores of each part of an account's state, and the caches that all requests of a process share.
"""

import json
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Select, bindparam, select, tuple_

from kpn_sandbox.caching import BoundedCache, Run, SingleFlightCache, run_here
from kpn_sandbox.literals import ResetLayer
from kpn_sandbox.simulation.center import Center
from kpn_sandbox.simulation.day_index import DayIndex
from kpn_sandbox.simulation.profile import Epoch
from kpn_sandbox.storage import Database
from kpn_sandbox.storage.tables import accounts, configuration
from kpn_sandbox.tenants.accounts import CLIENT_ID, IS_THERE, Account, Accounts, CredentialKind, account_of, understood
from kpn_sandbox.tenants.clock import Clocks, WallClock, clock_from_dict, wall_time
from kpn_sandbox.tenants.configuration import LARGE, Configurations, base_timeline, change_of
from kpn_sandbox.tenants.errors import InvalidSetting, UnknownAccount, UnreadableAccount
from kpn_sandbox.tenants.faults import FaultPlan, Faults, plans_of
from kpn_sandbox.tenants.pins import PINS_IN_ORDER, Pin, Pins, pin_of, pins_of
from kpn_sandbox.tenants.quota import Quota, Quotas
from kpn_sandbox.tenants.request_log import RequestLog
from kpn_sandbox.tenants.reset import reset
from kpn_sandbox.tenants.snapshot import AccountSnapshot, StateParts, restore_snapshot, take_snapshot
from kpn_sandbox.tenants.tenant import Tenant
from kpn_sandbox.tenants.timeline import AccountTimeline

CACHE_BYTES = 128 * 1024 * 1024
"""All caches of a process together: days of some two hundred centers of 50 agents on a busy Monday, and the rest."""

_TENANT_BYTES = 16 * 1024
"""Memory of a tenant in the cache beside its center, roughly."""

# Centers in the cache; several tenants may share one.
CENTERS = 512
_BY_ID = accounts.c.client_id == bindparam("client_id")
_VERSION = select(accounts.c.version, accounts.c.expires_at).where(_BY_ID)
_ACCOUNT = select(accounts).where(_BY_ID)
_AGE = select(accounts.c.created_at).where(_BY_ID)


class UnreadableListing(NamedTuple):
    """An account that a list shows though this version cannot read it."""

    client_id: str
    seed: str
    scenario: str
    created_at: float
    expires_at: float | None
    field_error: str
    """What is wrong with a stored field."""


class AccountPage(NamedTuple):
    """Some accounts, the oldest first, and what the next page comes after; None when there are no more."""

    accounts: tuple[Tenant | UnreadableListing, ...]
    next: str | None


class Sandbox:
    """
    All accounts of one database, each with its center; safe to share between threads.

    Args:
        database: The database.
        wall_clock: Returns wall time, in epoch seconds.
        credential_kinds: The kinds of credential that are stored beside the secrets of accounts.
        state_parts: What vendors store of accounts, for snapshots.
        log_requests: Whether requests are written into the request log.
        log_bodies: Whether bodies are written with them.
        run: Runs the computation of a day.
        cache_bytes: Size of all caches together: three quarters for days and history, an eighth each for tenants
            and for responses.
    """

    def __init__(
        self,
        database: Database,
        wall_clock: WallClock = wall_time,
        *,
        credential_kinds: Sequence[CredentialKind] = (),
        state_parts: StateParts | None = None,
        log_requests: bool = True,
        log_bodies: bool = False,
        run: Run = run_here,
        cache_bytes: int = CACHE_BYTES,
    ) -> None:
        self.database = database
        self.wall_clock = wall_clock
        self.accounts = Accounts(database, wall_clock, credential_kinds, self._account)
        self.clocks = Clocks(database, wall_clock)
        self.configuration = Configurations(database, wall_clock, lambda client_id: self.tenant(client_id).warm())
        self.pins = Pins(database)
        self.faults = Faults(database)
        self.quotas = Quotas(database)
        self.request_log = RequestLog(database, on=log_requests, bodies=log_bodies)
        self._state_parts = state_parts or {}
        self.cache_bytes = cache_bytes
        self.day_cache = SingleFlightCache(cache_bytes * 3 // 4, run)
        """Days of centers, and whatever else is computed of a day; the keys begin with a seed."""
        self._centers: BoundedCache[Center] = BoundedCache(CENTERS)
        self._tenants: BoundedCache[Tenant] = BoundedCache(cache_bytes // 8 // _TENANT_BYTES)

    def cache_figures(self) -> tuple[int, ...]:
        """Return days computed, what is cached of days and its bytes, and how many centers and tenants are cached."""
        days = self.day_cache
        return days.computed[DayIndex], len(days), days.total_bytes, len(self._centers), len(self._tenants)

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
        """
        Return an account as it is now, None when there is none or its time is over.

        Raises:
            UnreadableAccount: A stored field of it means nothing to this version.
        """
        # PostgreSQL refuses even a query for a text with that character.
        found = None if "\x00" in client_id else self.database.fetch_one(_VERSION, client_id=client_id)
        if found is not None and found[1] is not None and found[1] <= self.wall_clock():
            self.accounts.drop_expired()
            found = None
        if found is None:
            self._forget(client_id)
            return None
        tenant = self._tenants.get(client_id)
        if tenant is None or tenant.version != found[0]:
            tenant = self._read(client_id)
            if tenant is not None:
                self._tenants.put(client_id, tenant)
        return tenant

    def variant(self, tenant: Tenant, *, seed: str | None, scenario: str | None) -> Tenant:
        """
        Return an account as it would be with another seed or scenario; the account itself stays as it is.

        Args:
            tenant: The account.
            seed: Seed of the center; None for the account's own.
            scenario: Name of a scenario that counts always; None for those of the account.

        Raises:
            InvalidSetting: The seed is not allowed.
            UnknownScenario: There is no such scenario.
            InvalidProfile: The scenario makes the center too busy to simulate.
        """
        timeline = tenant.timeline if scenario is None else tenant.timeline.with_base(scenario=scenario)
        account = tenant.account if seed is None else replace(tenant.account, seed=seed)
        center = self._center(account.seed, timeline.epochs)
        return replace(tenant, account=account, center=center, timeline=timeline, _caches={})

    def page(self, limit: int, after: str | None = None) -> AccountPage:
        """
        Return some accounts as they are now, the oldest first.

        Args:
            limit: The greatest number of accounts, from 1 on.
            after: `next` of the page before, or the client id of an account; None for the first page.

        Raises:
            InvalidSetting: There is no account with that client id.
        """
        with self.database.read() as connection:
            rows = _page_of_rows(connection, self.wall_clock(), limit + 1, after)
            shown = rows[:limit]
            ids = [row.client_id for row in shown if not self._is_cached(row)]
            changes = _rows_by_account(connection, select(configuration).order_by(configuration.c.serial), ids)
            pins = _rows_by_account(connection, PINS_IN_ORDER, ids)
        listed = tuple(self._listed(row, changes, pins) for row in shown)
        return AccountPage(listed, _page_cursor(shown[-1]) if len(rows) > limit else None)

    def delete(self, client_id: str) -> None:
        """
        Delete an account with all that belongs to it, also from the caches.

        Raises:
            UnknownAccount: There is none.
        """
        self.accounts.delete(client_id)
        self._forget(client_id)

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

    def _account(self, client_id: str) -> Account | None:
        tenant = self.find_tenant(client_id)
        return None if tenant is None else tenant.account

    def _is_cached(self, row: Row[Any]) -> bool:
        tenant = self._tenants.get(row.client_id)
        return tenant is not None and tenant.version == row.version

    def _forget(self, client_id: str) -> None:
        """Drop an account that is gone from the caches."""
        tenant = self._tenants.drop(client_id)
        self.configuration.forget(client_id)
        if tenant is not None and tenant.account.seed == client_id:
            # Other accounts may have the center of a seed that somebody chose, but hardly of one that was made.
            self._centers.drop(_center_key(client_id, tenant.timeline.epochs))
            self.day_cache.drop_seed(client_id)

    def _read(self, client_id: str) -> Tenant | None:
        # One reader sees all tables at the same moment, so the tenant is that of the version in its own row.
        with self.database.read() as connection, understood(self.database, client_id, damaged=False):
            row = connection.execute(_ACCOUNT, {"client_id": client_id}).one_or_none()
            if row is None:
                return None
            timeline = self.configuration.read(connection, row)
            pins = pins_of(connection, client_id)
            plans = tuple(plan for plan in plans_of(connection, client_id) if plan.remaining != 0)
            center = self._center(row.seed, timeline.epochs)
            return self._tenant(row, center, timeline, pins, plans)

    def _listed(
        self, row: Row[Any], changes: Mapping[str, Sequence[Row[Any]]], pins: Mapping[str, Sequence[Row[Any]]]
    ) -> Tenant | UnreadableListing:
        tenant = self._tenants.get(row.client_id)
        if tenant is not None and tenant.version == row.version:
            return tenant
        try:
            with understood(self.database, row.client_id):
                timeline = base_timeline(row).extended(map(change_of, changes.get(row.client_id, ())))
                own_pins = tuple(map(pin_of, pins.get(row.client_id, ())))
                # Not from the caches, from which a long list would drive out whatever is in use.
                return self._tenant(row, Center(row.seed, timeline.epochs, self.day_cache), timeline, own_pins)
        except UnreadableAccount as error:
            described = row.client_id, row.seed, row.origin_scenario, row.created_at, row.expires_at
            return UnreadableListing(*described, error.field_error)

    def _tenant(
        self,
        row: Row[Any],
        center: Center,
        timeline: AccountTimeline,
        pins: tuple[Pin, ...],
        plans: tuple[FaultPlan, ...] = (),
    ) -> Tenant:
        return Tenant(
            account=account_of(row),
            center=center,
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
        key = _center_key(seed, epochs)
        center = self._centers.get(key)
        if center is None:
            center = Center(seed, epochs, self.day_cache)
            self._centers.put(key, center)
        return center


def _center_key(seed: str, epochs: tuple[Epoch, ...]) -> Hashable:
    return seed, tuple((epoch.since, epoch.profile.digest) for epoch in epochs)


def _page_of_rows(connection: Connection, wall: float, limit: int, after: str | None) -> Sequence[Row[Any]]:
    """
    Return rows of accounts, the oldest first.

    Args:
        connection: A connection to the database.
        wall: Wall time; accounts whose time is over are left out.
        limit: The greatest number of rows.
        after: What `_page_cursor` returned for the last row before, or the client id in it; None for the first page.

    Raises:
        InvalidSetting: There is no account with that client id.
    """
    rows = select(accounts).where(IS_THERE).order_by(accounts.c.created_at, accounts.c.client_id).limit(limit)
    if after is not None:
        at, colon, client_id = after.rpartition(":")
        created_at = _instant_of(at) if colon else connection.scalar(_AGE, {"client_id": after})
        if created_at is None or not CLIENT_ID.fullmatch(client_id):
            raise InvalidSetting("after", after, "what next was on the page before, or the client id of an account")
        rows = rows.where(tuple_(accounts.c.created_at, accounts.c.client_id) > tuple_(created_at, client_id))
    return connection.execute(rows, {"wall": wall}).all()


def _page_cursor(row: Row[Any]) -> str:
    """Return what the next page comes after; it stays right when the account of the row is deleted."""
    return f"{row.created_at!r}:{row.client_id}"


def _instant_of(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _rows_by_account(connection: Connection, rows: Select[Any], client_ids: Sequence[str]) -> dict[str, list[Row[Any]]]:
    """
    Return the rows of some accounts, found with one query.

    Args:
        connection: A connection to the database.
        rows: A query of a table with a client id.
        client_ids: The accounts.
    """
    found: dict[str, list[Row[Any]]] = {}
    if client_ids:
        for row in connection.execute(rows.where(rows.selected_columns.client_id.in_(client_ids))):
            found.setdefault(row.client_id, []).append(row)
    return found
