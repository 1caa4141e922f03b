"""
Quotas: how often an account may ask, by its own clock.

Minutes and hours are counted through, days, weeks and months by the calendar in Europe/Amsterdam, all from the first
of January 2000 on; so every machine has the same windows and a day begins at midnight in summer and winter.

Keeping quotas, and counting the requests of all workers against them.
"""

import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Executable, bindparam, delete, update

from kpn_sandbox.literals import QUOTA_UNITS
from kpn_sandbox.simulation.calendar import zone
from kpn_sandbox.storage import Database
from kpn_sandbox.storage.tables import accounts, quota_counts
from kpn_sandbox.tenants.errors import InvalidSetting
from kpn_sandbox.tenants.transactions import account_transaction
from kpn_sandbox.validation import whole_number

_LIMIT = whole_number(1, 1_000_000)
_INTERVAL = whole_number(1, 1000)
_SECONDS = {"minute": 60, "hour": 3600}
_DAYS = {"day": 1, "week": 7}
_FIRST = datetime(2000, 1, 1)
_FIRST_MONDAY = datetime(2000, 1, 3)


class QuotaWindow(NamedTuple):
    """From an instant to before another one; epoch seconds."""

    starts_at: int
    ends_at: int


class QuotaState(NamedTuple):
    """What a request finds of its quota."""

    limit: int
    interval: int
    unit: str
    used: int
    """Requests of the window that were let through, this one included."""
    resets_at: int
    """When the next window begins; epoch seconds."""
    exceeded: bool
    retry_after: int | None
    """Seconds until then, None when the caller is not to be told."""


@dataclass(frozen=True)
class Quota:
    """
    So many requests in so many units of time.

    Args:
        limit: Requests, 1 to 1,000,000.
        interval: Units that a window lasts, 1 to 1,000.
        unit: One of `QUOTA_UNITS`.
        retry_after: Whether a refusal says how long to wait.

    Raises:
        InvalidSetting: Something is not what it may be.
    """

    limit: int
    interval: int = 1
    unit: str = "minute"
    retry_after: bool = False

    def __post_init__(self) -> None:
        _LIMIT("limit", self.limit, InvalidSetting)
        _INTERVAL("interval", self.interval, InvalidSetting)
        if self.unit not in QUOTA_UNITS:
            raise InvalidSetting("unit", self.unit, f"one of {', '.join(QUOTA_UNITS)}")
        if not isinstance(self.retry_after, bool):
            raise InvalidSetting("retry_after", self.retry_after, "true or false")

    def window(self, at: float) -> QuotaWindow:
        """The window that an instant lies in."""
        if self.unit in _SECONDS:
            return self._counted_through(int(at // 1), self.interval * _SECONDS[self.unit])
        local = datetime.fromtimestamp(at // 1, zone()).replace(tzinfo=None)
        if self.unit == "month":
            month = ((local.year - 2000) * 12 + local.month - 1) // self.interval * self.interval
            return QuotaWindow(_epoch(_month(month)), _epoch(_month(month + self.interval)))
        first = _FIRST_MONDAY if self.unit == "week" else _FIRST
        length = timedelta(days=self.interval * _DAYS[self.unit])
        start = first + (local - first) // length * length
        return QuotaWindow(_epoch(start), _epoch(start + length))

    def to_dict(self) -> dict[str, Any]:
        """The quota as JSON values, which make it again."""
        return asdict(self)

    def _counted_through(self, at: int, length: int) -> QuotaWindow:
        first = _epoch(_FIRST)
        start = first + (at - first) // length * length
        return QuotaWindow(start, start + length)


def _month(number: int) -> datetime:
    return datetime(2000 + number // 12, number % 12 + 1, 1)


def _epoch(local: datetime) -> int:
    return int(local.replace(tzinfo=zone()).timestamp())


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

    def remove(self, client_id: str) -> None:
        """
        Let an account ask as often as it likes.

        Raises:
            UnknownAccount: Nobody has that client id.
        """
        self._write(client_id, None)

    def count(self, client_id: str, quota: Quota, api: str, now: float) -> QuotaState:
        """
        Count a request.

        Args:
            client_id: The account.
            quota: Its quota.
            api: The API that the request counts for.
            now: The account's instant.

        Returns:
            How the quota stands with it.
        """
        window = quota.window(now)
        used = self._count(client_id, api, window.starts_at, quota.limit)
        exceeded = used is None
        wait = max(1, window.ends_at - int(now // 1)) if exceeded and quota.retry_after else None
        told = quota.limit if used is None else used
        return QuotaState(quota.limit, quota.interval, quota.unit, told, window.ends_at, exceeded, wait)

    def _count(self, client_id: str, api: str, starts_at: int, limit: int) -> int | None:
        row = self._database.fetch_one(self._counted, client_id=client_id, api=api, starts_at=starts_at, limit=limit)
        if row == (1,):
            self._database.fetch_one(_PRUNE, of_client=client_id, of_api=api, before=starts_at)
        return None if row is None else int(row[0])

    def _write(self, client_id: str, quota: Quota | None) -> None:
        text = None if quota is None else json.dumps(quota.to_dict())
        with account_transaction(self._database, client_id) as connection:
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
