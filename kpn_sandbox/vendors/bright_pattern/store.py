"""
Subscriptions: what each user of an account wishes to be told again and again; one each.

Wallboards: screens that the users of an account have stored with it.
"""

import json
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from sqlalchemy import Row, bindparam, delete, func, insert, select, update

from kpn_sandbox.storage import Database
from kpn_sandbox.storage.tables import subscriptions, wallboards
from kpn_sandbox.tenants.tenant import Tenant
from kpn_sandbox.tenants.transactions import account_transaction

_ROW = subscriptions.c
_FIND = select(_ROW.body, _ROW.made_at, _ROW.wall_at).where(
    _ROW.client_id == bindparam("client_id"), _ROW.user == bindparam("user")
)

_UNASKED = object()


class TooManySubscriptions(Exception):
    """So many users of the account have a subscription that no other one may."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"limit of {limit} active subscriptions exceeded for tenant")
        self.limit = limit


@dataclass(frozen=True)
class Subscription:
    """
    A subscription as it was made.

    Args:
        body: What is wished, as JSON.
        made_at: The account's instant.
        wall_at: Wall time.
    """

    body: str
    made_at: float
    wall_at: float

    def age(self, tenant: Tenant) -> float:
        """Seconds since it was made; by wall time where the account's clock stands still or was put back."""
        return max(tenant.now() - self.made_at, tenant.wall_clock() - self.wall_at)


class Subscriptions:
    """The subscriptions in a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, tenant: Tenant, user: str, body: str, limit: int) -> None:
        """
        Make a subscription in place of the one that the user had.

        Args:
            tenant: The account.
            user: Whose.
            body: What is wished, as JSON.
            limit: How many users of the account may have one.

        Raises:
            TooManySubscriptions: As many others have one already.
            UnknownAccount: The account is gone.
        """
        client_id = tenant.account.client_id
        values = {"body": body, "made_at": tenant.now(), "wall_at": tenant.wall_clock()}
        with account_transaction(self._database, client_id) as connection:
            connection.execute(delete(subscriptions).where(_ROW.client_id == client_id, _ROW.user == user))
            others = select(func.count()).select_from(subscriptions).where(_ROW.client_id == client_id)
            if (connection.scalar(others) or 0) >= limit:
                # Raised inside the transaction, so the user keeps what he had.
                raise TooManySubscriptions(limit)
            connection.execute(insert(subscriptions).values(client_id=client_id, user=user, **values))

    def find(self, tenant: Tenant, user: str) -> Subscription | None:
        """The subscription of a user, None when he has none."""
        key = f"subscription of {user}"
        found = tenant.cache.get(key, _UNASKED)
        if found is _UNASKED:
            row = self._database.fetch_one(_FIND, client_id=tenant.account.client_id, user=user)
            found = tenant.cache[key] = None if row is None else Subscription(*row)
        return found if isinstance(found, Subscription) else None

    def remove(self, tenant: Tenant, user: str) -> bool:
        """
        Forget the subscription of a user.

        Returns:
            Whether he had one.

        Raises:
            UnknownAccount: The account is gone.
        """
        client_id = tenant.account.client_id
        with account_transaction(self._database, client_id) as connection:
            gone = delete(subscriptions).where(_ROW.client_id == client_id, _ROW.user == user)
            return connection.execute(gone).rowcount > 0


MOST_WALLBOARDS = 100
"""Of one account; the oldest go first."""

_WALLBOARD_ROW = wallboards.c


class UnknownWallboard(Exception):
    """No wallboard has that id."""

    def __init__(self, wallboard: str) -> None:
        super().__init__(f"wallboard {wallboard} not found")


@dataclass(frozen=True)
class Wallboard:
    """A stored screen; what its configuration means is for who stored it."""

    id: str
    name: str
    is_global: bool
    config: Any


class Wallboards:
    """The wallboards in a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list(self, client_id: str) -> tuple[Wallboard, ...]:
        """All of an account, the oldest first."""
        with self._database.read() as connection:
            rows = connection.execute(
                select(wallboards).where(_WALLBOARD_ROW.client_id == client_id).order_by(_WALLBOARD_ROW.serial)
            )
            return tuple(map(_wallboard, rows))

    def show(self, client_id: str, wallboard: str) -> Wallboard:
        """
        One of them.

        Raises:
            UnknownWallboard: There is none of that id.
        """
        for each in self.list(client_id):
            if each.id == wallboard:
                return each
        raise UnknownWallboard(wallboard)

    def add(self, client_id: str, name: str, is_global: bool, config: Any) -> Wallboard:
        """
        Store one.

        Raises:
            UnknownAccount: Nobody has that client id.
        """
        made = Wallboard(str(uuid4()).upper(), name, is_global, config)
        with account_transaction(self._database, client_id) as connection:
            connection.execute(insert(wallboards).values(client_id=client_id, **_columns(made)))
            kept = (
                select(_WALLBOARD_ROW.serial)
                .where(_WALLBOARD_ROW.client_id == client_id)
                .order_by(_WALLBOARD_ROW.serial.desc())
            )
            oldest = connection.scalar(kept.offset(MOST_WALLBOARDS).limit(1))
            if oldest is not None:
                connection.execute(
                    delete(wallboards).where(_WALLBOARD_ROW.client_id == client_id, _WALLBOARD_ROW.serial <= oldest)
                )
        return made

    def change(self, client_id: str, changed: Wallboard) -> None:
        """
        Store one in place of that of the same id.

        Raises:
            UnknownWallboard: There is none of that id.
        """
        with account_transaction(self._database, client_id) as connection:
            where = update(wallboards).where(_WALLBOARD_ROW.client_id == client_id, _WALLBOARD_ROW.id == changed.id)
            if not connection.execute(where.values(**_columns(changed))).rowcount:
                raise UnknownWallboard(changed.id)

    def remove(self, client_id: str, wallboard: str) -> None:
        """
        Forget one.

        Raises:
            UnknownWallboard: There is none of that id.
        """
        self.show(client_id, wallboard)
        with account_transaction(self._database, client_id) as connection:
            connection.execute(
                delete(wallboards).where(_WALLBOARD_ROW.client_id == client_id, _WALLBOARD_ROW.id == wallboard)
            )


def _columns(wallboard: Wallboard) -> dict[str, Any]:
    config = json.dumps(wallboard.config)
    return {**vars(wallboard), "is_global": int(wallboard.is_global), "config": config}


def _wallboard(row: Row[Any]) -> Wallboard:
    return Wallboard(row.id, row.name, bool(row.is_global), json.loads(row.config))
