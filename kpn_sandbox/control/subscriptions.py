"""Subscriptions: what each user of an account wishes to be told again and again; one each."""

from dataclasses import dataclass

from sqlalchemy import bindparam, delete, func, insert, select

from kpn_sandbox.control.changes import changing
from kpn_sandbox.control.tenant import Tenant
from kpn_sandbox.storage import Database
from kpn_sandbox.storage.tables import subscriptions

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
        return max(tenant.now() - self.made_at, tenant.source() - self.wall_at)


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
        values = {"body": body, "made_at": tenant.now(), "wall_at": tenant.source()}
        with changing(self._database, client_id) as connection:
            connection.execute(delete(subscriptions).where(_ROW.client_id == client_id, _ROW.user == user))
            others = select(func.count()).select_from(subscriptions).where(_ROW.client_id == client_id)
            if (connection.scalar(others) or 0) >= limit:
                # Raised inside the transaction, so the user keeps what he had.
                raise TooManySubscriptions(limit)
            connection.execute(insert(subscriptions).values(client_id=client_id, user=user, **values))

    def find(self, tenant: Tenant, user: str) -> Subscription | None:
        """The subscription of a user, None when he has none."""
        key = f"subscription of {user}"
        found = tenant.notes.get(key, _UNASKED)
        if found is _UNASKED:
            row = self._database.row(_FIND, client_id=tenant.account.client_id, user=user)
            found = tenant.notes[key] = None if row is None else Subscription(*row)
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
        with changing(self._database, client_id) as connection:
            gone = delete(subscriptions).where(_ROW.client_id == client_id, _ROW.user == user)
            return connection.execute(gone).rowcount > 0
