"""
The subscriptions and wallboards that users of an account have stored.

A user has at most one subscription; wallboards belong to the account.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any, NamedTuple
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Float,
    Index,
    Integer,
    Row,
    String,
    Table,
    Text,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)

from kpn_sandbox.storage import Database
from kpn_sandbox.storage.tables import RESET_LAYER, client_id_column, metadata, serial_column
from kpn_sandbox.tenants.tenant import CacheSlot, Tenant
from kpn_sandbox.tenants.transactions import account_transaction

MOST_WALLBOARDS = 100
"""Wallboards of one account; when one more is added, the oldest is deleted."""

subscriptions = Table(
    "subscriptions",
    metadata,
    client_id_column(primary_key=True),
    Column("user", String(256), primary_key=True),
    Column("body", Text, nullable=False),
    Column("made_at", Float, nullable=False),
    Column("wall_at", Float, nullable=False),
    info={RESET_LAYER: "tokens"},
)
"""One row per user with a subscription; the body is JSON, made_at an instant of the account."""

wallboards = Table(
    "wallboards",
    metadata,
    serial_column(),
    Column("id", String(36), nullable=False),
    client_id_column(),
    Column("name", Text, nullable=False),
    Column("is_global", Integer, nullable=False),
    Column("is_default", Integer, nullable=False, server_default="0"),
    Column("config", Text, nullable=False),
    # Not unique by itself: a snapshot with wallboards may be restored into several accounts.
    Index("wallboards_by_account", "client_id", "id", unique=True),
    info={RESET_LAYER: "inbox"},
)
"""One row per wallboard; the configuration is JSON. At most one of an account is the default."""

_SUBSCRIPTION = subscriptions.c
_WALLBOARD = wallboards.c
_FIND = select(_SUBSCRIPTION.body, _SUBSCRIPTION.made_at, _SUBSCRIPTION.wall_at).where(
    _SUBSCRIPTION.client_id == bindparam("client_id"), _SUBSCRIPTION.user == bindparam("user")
)


class TooManySubscriptions(Exception):
    """As many users of the account have a subscription as may have one."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"limit of {limit} active subscriptions exceeded for tenant")
        self.limit = limit


@dataclass(frozen=True)
class Subscription:
    """
    A subscription as it was made.

    Args:
        body: The requested statistics, as JSON.
        made_at: The account's instant, in epoch seconds.
        wall_at: Wall time, in epoch seconds.
    """

    body: str
    made_at: float
    wall_at: float

    def age(self, tenant: Tenant) -> float:
        """Return the seconds since it was made; those of wall time if the account's clock was stopped or put back."""
        return max(tenant.now() - self.made_at, tenant.wall_clock() - self.wall_at)


class _Lookup(NamedTuple):
    """The result of a search, cached even if there is no subscription."""

    subscription: Subscription | None


class Subscriptions:
    """The subscriptions of all users; changing those of an unknown account raises UnknownAccount."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lookups = CacheSlot[_Lookup]()

    def put(self, tenant: Tenant, user: str, body: str, limit: int) -> None:
        """
        Make a subscription in place of the one that the user had.

        Args:
            tenant: The account.
            user: Name of the user.
            body: The requested statistics, as JSON.
            limit: How many users of the account may have a subscription.

        Raises:
            TooManySubscriptions: As many others have one already.
        """
        client_id = tenant.account.client_id
        values = {"body": body, "made_at": tenant.now(), "wall_at": tenant.wall_clock()}
        with account_transaction(self._database, client_id) as connection:
            connection.execute(
                delete(subscriptions).where(_SUBSCRIPTION.client_id == client_id, _SUBSCRIPTION.user == user)
            )
            others = select(func.count()).select_from(subscriptions).where(_SUBSCRIPTION.client_id == client_id)
            if (connection.scalar(others) or 0) >= limit:
                # Raised inside the transaction, so the deletion is undone.
                raise TooManySubscriptions(limit)
            connection.execute(insert(subscriptions).values(client_id=client_id, user=user, **values))

    def find(self, tenant: Tenant, user: str) -> Subscription | None:
        """
        Return the subscription of a user, None when there is none.

        Args:
            tenant: Account of the user.
            user: User name.
        """
        lookups = tenant.cache(self._lookups)
        found = lookups.get(user)
        if found is None:
            row = self._database.fetch_one(_FIND, client_id=tenant.account.client_id, user=user)
            found = _Lookup(None if row is None else Subscription(*row))
            lookups.put(user, found)
        return found.subscription

    def remove(self, tenant: Tenant, user: str) -> bool:
        """
        Delete the subscription of a user and return whether there was one.

        Args:
            tenant: The account.
            user: Name of the user.
        """
        client_id = tenant.account.client_id
        with account_transaction(self._database, client_id) as connection:
            return connection.execute(delete(subscriptions).where(*_of_user(client_id, user))).rowcount > 0


def _of_user(client_id: str, user: str) -> tuple[ColumnElement[bool], ...]:
    return _SUBSCRIPTION.client_id == client_id, _SUBSCRIPTION.user == user


class UnknownWallboard(Exception):
    """The account has no wallboard with that id."""

    def __init__(self, wallboard: str) -> None:
        super().__init__(f"wallboard {wallboard} not found")


@dataclass(frozen=True)
class Wallboard:
    """A stored wallboard; only the client that stored it understands its configuration."""

    id: str
    name: str
    is_global: bool = False
    is_default: bool = False
    config: Any = field(default_factory=lambda: {"widgets": []})


def wallboard_id(client_id: str, number: int) -> str:
    """
    Return the id of a wallboard; a new one has the first that is free, so that documents can name it.

    Args:
        client_id: The account.
        number: Number of the wallboard, from 1.
    """
    return str(uuid5(NAMESPACE_URL, f"kpn-sandbox:wallboard/{number}/{client_id}")).upper()


class Wallboards:
    """The wallboards of all accounts; changing those of an unknown account raises UnknownAccount."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list(self, client_id: str) -> tuple[Wallboard, ...]:
        """Return all wallboards of an account, the oldest first."""
        with self._database.read() as connection:
            return tuple(Wallboard(**each) for each in read_wallboards(connection, client_id))

    def show(self, client_id: str, wallboard: str) -> Wallboard:
        """
        Return one wallboard of an account.

        Args:
            client_id: The account.
            wallboard: Id of the wallboard.

        Raises:
            UnknownWallboard: There is none with that id.
        """
        for each in self.list(client_id):
            if each.id == wallboard:
                return each
        raise UnknownWallboard(wallboard)

    def add(self, client_id: str, **properties: Any) -> Wallboard:
        """
        Store a wallboard under a new id.

        Args:
            client_id: The account.
            properties: The name, and what else a `Wallboard` has.
        """
        with account_transaction(self._database, client_id) as connection:
            taken = set(connection.scalars(select(_WALLBOARD.id).where(_WALLBOARD.client_id == client_id)))
            ids = (wallboard_id(client_id, number) for number in count(1))
            added = Wallboard(next(each for each in ids if each not in taken), **properties)
            _insert(connection, client_id, added)
            newest_first = (
                select(_WALLBOARD.serial).where(_WALLBOARD.client_id == client_id).order_by(_WALLBOARD.serial.desc())
            )
            oldest = connection.scalar(newest_first.offset(MOST_WALLBOARDS).limit(1))
            if oldest is not None:
                connection.execute(
                    delete(wallboards).where(_WALLBOARD.client_id == client_id, _WALLBOARD.serial <= oldest)
                )
        return added

    def change(self, client_id: str, wallboard: str, **properties: Any) -> None:
        """
        Set properties of a wallboard and leave the others as they are.

        Args:
            client_id: The account.
            wallboard: Id of the wallboard.
            properties: What a `Wallboard` has, beside the id.

        Raises:
            UnknownWallboard: There is none with that id.
        """
        with account_transaction(self._database, client_id) as connection:
            # Clients set several properties at a time, so each request writes its own column only.
            where = update(wallboards).where(_WALLBOARD.client_id == client_id, _WALLBOARD.id == wallboard)
            if properties.get("is_default"):
                _clear_default(connection, client_id)
            if not connection.execute(where.values(**_columns(properties))).rowcount:
                # Raised inside the transaction, so the default is as it was.
                raise UnknownWallboard(wallboard)

    def remove(self, client_id: str, wallboard: str) -> None:
        """
        Delete a wallboard.

        Args:
            client_id: The account.
            wallboard: Id of the wallboard.

        Raises:
            UnknownWallboard: There is none with that id.
        """
        self.show(client_id, wallboard)
        with account_transaction(self._database, client_id) as connection:
            connection.execute(delete(wallboards).where(_WALLBOARD.client_id == client_id, _WALLBOARD.id == wallboard))


def read_wallboards(connection: Connection, client_id: str) -> list[dict[str, Any]]:
    """
    Return the wallboards of an account as a snapshot has them, the oldest first.

    Args:
        connection, client_id: A connection to the database, and the account.
    """
    rows = connection.execute(select(wallboards).where(_WALLBOARD.client_id == client_id).order_by(_WALLBOARD.serial))
    return [vars(_wallboard(row)) for row in rows]


def write_wallboards(connection: Connection, client_id: str, stored: Sequence[dict[str, Any]]) -> None:
    """
    Store the wallboards of a snapshot in place of all wallboards of an account.

    Args:
        connection, client_id, stored: A transaction on the account, the account, and wallboards with different ids.
    """
    connection.execute(delete(wallboards).where(_WALLBOARD.client_id == client_id))
    for each in stored:
        _insert(connection, client_id, Wallboard(**each))


def _insert(connection: Connection, client_id: str, wallboard: Wallboard) -> None:
    if wallboard.is_default:
        _clear_default(connection, client_id)
    connection.execute(insert(wallboards).values(client_id=client_id, **_columns(vars(wallboard))))


def _clear_default(connection: Connection, client_id: str) -> None:
    connection.execute(update(wallboards).where(_WALLBOARD.client_id == client_id).values(is_default=0))


def _columns(properties: Mapping[str, Any]) -> dict[str, Any]:
    texts = {"config": json.dumps(properties["config"])} if "config" in properties else {}
    flags = {name: int(properties[name]) for name in ("is_global", "is_default") if name in properties}
    return {**properties, **flags, **texts}


def _wallboard(row: Row[Any]) -> Wallboard:
    return Wallboard(row.id, row.name, bool(row.is_global), bool(row.is_default), json.loads(row.config))
