"""Keeping quotas, and counting the requests of all workers against them."""

import json

from sqlalchemy import Executable, bindparam, delete, update

from kpn_sandbox.control.changes import changing
from kpn_sandbox.control.errors import NoQuota
from kpn_sandbox.control.quota import Count, Quota
from kpn_sandbox.control.tenant import Tenant
from kpn_sandbox.storage import Database
from kpn_sandbox.storage.tables import accounts, quota_counts

_ROW = quota_counts.c
_PRUNE = delete(quota_counts).where(
    _ROW.client_id == bindparam("of_client"), _ROW.api == bindparam("of_api"), _ROW.starts_at < bindparam("before")
)


class Quotas:
    """The quotas in a database, one per account at most; each API of the account is counted for itself."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._counted = _counted(database)

    def set(self, client_id: str, quota: Quota) -> Quota:
        """
        Give an account a quota; counting begins anew.

        Raises:
            UnknownAccount: Nobody has that client id.
        """
        self._write(client_id, quota)
        return quota

    def show(self, tenant: Tenant) -> Quota:
        """
        The quota of an account.

        Raises:
            NoQuota: There is none.
        """
        if tenant.quota is None:
            raise NoQuota()
        return tenant.quota

    def remove(self, client_id: str) -> None:
        """
        Let an account ask as often as it likes.

        Raises:
            UnknownAccount: Nobody has that client id.
        """
        self._write(client_id, None)

    def count(self, tenant: Tenant, api: str, *, otherwise: Quota | None = None) -> Count | None:
        """
        Count a request.

        Args:
            tenant: Who asks.
            api: What the request counts for.
            otherwise: The quota of accounts that were given none.

        Returns:
            How the quota stands with it, None when there is none.
        """
        quota = tenant.quota or otherwise
        if quota is None:
            return None
        now = tenant.now()
        window = quota.window(now)
        used = self._count(tenant.account.client_id, api, window.starts_at, quota.limit)
        exceeded = used is None
        wait = max(1, window.ends_at - int(now // 1)) if exceeded and quota.retry_after else None
        told = quota.limit if used is None else used
        return Count(quota.limit, quota.interval, quota.unit, told, window.ends_at, exceeded, wait)

    def _count(self, client_id: str, api: str, starts_at: int, limit: int) -> int | None:
        row = self._database.row(self._counted, client_id=client_id, api=api, starts_at=starts_at, limit=limit)
        if row == (1,):
            self._database.row(_PRUNE, of_client=client_id, of_api=api, before=starts_at)
        return None if row is None else int(row[0])

    def _write(self, client_id: str, quota: Quota | None) -> None:
        text = None if quota is None else json.dumps(quota.to_dict())
        with changing(self._database, client_id) as connection:
            connection.execute(update(accounts).where(accounts.c.client_id == client_id).values(quota=text))
            connection.execute(delete(quota_counts).where(_ROW.client_id == client_id))


def _counted(database: Database) -> Executable:
    """Counts one more in a window that is not full yet; gives no row when it is."""
    statement: Executable = (
        database.insert(quota_counts)
        .values({name: bindparam(name) for name in ("client_id", "api", "starts_at")} | {"used": 1})
        .on_conflict_do_update(
            index_elements=[_ROW.client_id, _ROW.api, _ROW.starts_at],
            set_={"used": _ROW.used + 1},
            where=_ROW.used < bindparam("limit"),
        )
        .returning(_ROW.used)
    )
    return statement
