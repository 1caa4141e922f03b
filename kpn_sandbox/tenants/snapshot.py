"""
Snapshots: the exportable state of an account, read at one moment and restored in one transaction.

What belongs to clients is no part of it: the secret, tokens, sessions and the request log stay as they are when a
snapshot is restored. State that a vendor stores takes part by the `StatePart` that the vendor declares.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, select, update

from kpn_sandbox.storage import Database, tables
from kpn_sandbox.tenants.accounts import Account, state_columns
from kpn_sandbox.tenants.clock import Clock, clock_from_dict
from kpn_sandbox.tenants.configuration import save_timeline, timeline_of
from kpn_sandbox.tenants.errors import UnknownAccount
from kpn_sandbox.tenants.faults import FaultPlan, plans_of, write_plans
from kpn_sandbox.tenants.pins import Pin, pins_of, write_pins
from kpn_sandbox.tenants.quota import Quota, QuotaCount, counts_of, write_counts
from kpn_sandbox.tenants.timeline import AccountTimeline
from kpn_sandbox.tenants.transactions import account_transaction
from kpn_sandbox.validation import Check

_ACCOUNTS = tables.accounts


class StatePart(NamedTuple):
    """Entries that a vendor stores for an account; in a snapshot they are a list below the key of the API."""

    name: str
    """Name of the list."""
    check: Check[Any]
    """Returns an entry of a snapshot as `write` takes it."""
    read: Callable[[Connection, str], list[Any]]
    """Returns the entries of an account as JSON values."""
    write: Callable[[Connection, str, Sequence[Any]], None]
    """Stores checked entries in place of all that an account has."""
    identity: Callable[[Any], object]
    """Returns by what a checked entry differs from all others of an account."""
    most: int | None = None
    """Greatest number of entries; None for any number."""


StateParts = Mapping[str, tuple[StatePart, ...]]
"""What vendors store, by the keys of their APIs."""

State = Mapping[str, Mapping[str, Sequence[Any]]]
"""Entries by the key of the API and the name of the part."""


@dataclass(frozen=True)
class AccountSnapshot:
    """
    The exportable state of an account.

    Args:
        seed: Seed of the center.
        timeline: Base profile and scenario, and the dated changes.
        clock: The clock, with the instant of the snapshot as its `at`, in epoch seconds.
        pins: The pins that have reads left, expired ones included.
        plans: The fault plans, used up ones included, in the order in which they were added.
        quota: Rate limit of the account, None without one.
        counts: Requests that were counted against a quota.
        state: What vendors store; JSON values of a snapshot that was taken, checked entries of one to be restored.
    """

    seed: str
    timeline: AccountTimeline
    clock: Clock
    pins: tuple[Pin, ...] = ()
    plans: tuple[FaultPlan, ...] = ()
    quota: Quota | None = None
    counts: tuple[QuotaCount, ...] = ()
    state: State = field(default_factory=dict)


def take_snapshot(database: Database, client_id: str, parts: StateParts, wall: float) -> AccountSnapshot:
    """
    Return the state of an account.

    Args:
        database, client_id: The database, and the account.
        parts, wall: What vendors store, and wall time, in epoch seconds.

    Raises:
        UnknownAccount: There is no such account.
    """
    # One reader sees all tables at the same moment.
    with database.read() as connection:
        row = _row(connection, client_id)
        clock = clock_from_dict(json.loads(row.clock))
        stored = {
            api: {part.name: part.read(connection, client_id) for part in of_api} for api, of_api in parts.items()
        }
        return AccountSnapshot(
            seed=row.seed,
            timeline=timeline_of(connection, row),
            clock=replace(clock, at=clock.now(wall)),
            pins=pins_of(connection, client_id),
            plans=plans_of(connection, client_id),
            quota=None if row.quota is None else Quota(**json.loads(row.quota)),
            counts=counts_of(connection, client_id),
            state=stored,
        )


def restore_snapshot(
    database: Database,
    client_id: str,
    snapshot: AccountSnapshot,
    parts: StateParts,
    *,
    wall: float,
    entry: str | None = None,
) -> bool:
    """
    Give an account the state of a snapshot, in one transaction, and return whether that was necessary.

    A reset restores profile, scenario and clock of the snapshot from then on.

    Args:
        database, client_id: The database, and the account, which keeps its secret and its tokens.
        snapshot, parts: The snapshot, whose clock goes on from its `at`, and what vendors store.
        wall: Wall time, in epoch seconds.
        entry: Digest of the entry of a snapshot file that the snapshot comes from: nothing is done when the account
            was restored from the same one already. None restores always.

    Raises:
        UnknownAccount: There is no such account.
        InvalidProfile: A profile of the timeline is not allowed.
    """
    clock = snapshot.clock.restarted(wall)
    # The rows of the changes are new ones, whichever account the snapshot was taken of.
    changes = tuple(replace(change, serial=None) for change in snapshot.timeline.changes)
    timeline = AccountTimeline(snapshot.timeline.base, changes)
    with account_transaction(database, client_id) as connection:
        row = _row(connection, client_id)
        if entry is not None and row.loaded_entry == entry:
            return False
        account = Account(client_id, snapshot.seed, timeline.base.scenario, timeline.base.profile, clock)
        quota = None if snapshot.quota is None else json.dumps(snapshot.quota.to_dict())
        columns = {**state_columns(account), "quota": quota, "loaded_entry": entry or row.loaded_entry}
        save_timeline(connection, client_id, timeline_of(connection, row), timeline)
        connection.execute(update(_ACCOUNTS).where(_ACCOUNTS.c.client_id == client_id).values(columns))
        write_pins(connection, client_id, snapshot.pins)
        write_plans(connection, client_id, snapshot.plans)
        write_counts(database, connection, client_id, snapshot.counts)
        for api, of_api in parts.items():
            for part in of_api:
                part.write(connection, client_id, snapshot.state.get(api, {}).get(part.name, ()))
    return True


def _row(connection: Connection, client_id: str) -> Row[Any]:
    row = connection.execute(select(_ACCOUNTS).where(_ACCOUNTS.c.client_id == client_id)).one_or_none()
    if row is None:
        raise UnknownAccount(client_id)
    return row
