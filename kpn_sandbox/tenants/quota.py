"""
Quotas: rate limits of accounts by their own clocks, their store, and the counts of all workers.

Windows of minutes and hours have equal lengths; those of days, weeks and months follow the calendar in
Europe/Amsterdam. All are counted from the first of January 2000 on, so every machine has the same windows.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, Executable, bindparam, delete, select, update

from kpn_sandbox.literals import MOST_REQUESTS, QUOTA_UNITS
from kpn_sandbox.simulation.calendar import zone
from kpn_sandbox.storage import Database
from kpn_sandbox.storage.tables import accounts, quota_counts
from kpn_sandbox.tenants.errors import InvalidSetting
from kpn_sandbox.tenants.transactions import account_transaction
from kpn_sandbox.validation import choice, true_or_false, whole_number

_LIMIT = whole_number(1, MOST_REQUESTS)
_INTERVAL = whole_number(1, 1000)
_UNIT = choice(*QUOTA_UNITS)
_SECONDS = {"minute": 60, "hour": 3600}
_DAYS = {"day": 1, "week": 7}
_FIRST = datetime(2000, 1, 1)
_FIRST_MONDAY = datetime(2000, 1, 3)
_ROW = quota_counts.c
_PRUNE = delete(quota_counts).where(
    _ROW.client_id == bindparam("of_client"), _ROW.api == bindparam("of_api"), _ROW.starts_at < bindparam("before")
)


class QuotaWindow(NamedTuple):
    """The time in which one quota counts: from an instant to before another one, in epoch seconds."""

    starts_at: int
    ends_at: int


class QuotaCount(NamedTuple):
    """Requests that were counted in one window."""

    api: str
    """What they were counted for: the key of the API, with a suffix where some operations are counted apart."""
    starts_at: int
    """Begin of the window, in epoch seconds."""
    used: int


class QuotaState(NamedTuple):
    """State of a quota after counting one request."""

    limit: int
    interval: int
    unit: str
    used: int
    """Requests of the window that were admitted, this one included."""
    resets_at: int
    """When the next window begins, in epoch seconds."""
    exceeded: bool
    retry_after: int | None
    """Seconds until the next window, for the client; None if it gets none."""


@dataclass(frozen=True)
class Quota:
    """
    The rate limit of an account.

    Args:
        limit: Requests per window, 1 to 1,000,000.
        interval: Length of a window in units, 1 to 1,000.
        unit: One of `QUOTA_UNITS`.
        retry_after: Whether the response to a rejected request says how long to wait.

    Raises:
        InvalidSetting: A value is not allowed.
    """

    limit: int
    interval: int = 1
    unit: str = "minute"
    retry_after: bool = False

    def __post_init__(self) -> None:
        _LIMIT("limit", self.limit, InvalidSetting)
        _INTERVAL("interval", self.interval, InvalidSetting)
        _UNIT("unit", self.unit, InvalidSetting)
        true_or_false("retry_after", self.retry_after, InvalidSetting)

    def window(self, at: float) -> QuotaWindow:
        """Return the window of an instant."""
        if self.unit in _SECONDS:
            return _equal_window(int(at // 1), self.interval * _SECONDS[self.unit])
        local = datetime.fromtimestamp(at // 1, zone()).replace(tzinfo=None)
        if self.unit == "month":
            month = ((local.year - 2000) * 12 + local.month - 1) // self.interval * self.interval
            return QuotaWindow(_epoch(_month(month)), _epoch(_month(month + self.interval)))
        first = _FIRST_MONDAY if self.unit == "week" else _FIRST
        length = timedelta(days=self.interval * _DAYS[self.unit])
        start = first + (local - first) // length * length
        return QuotaWindow(_epoch(start), _epoch(start + length))

    def to_dict(self) -> dict[str, Any]:
        """Return the quota as JSON values, which are its arguments."""
        return asdict(self)


def _equal_window(at: int, length: int) -> QuotaWindow:
    first = _epoch(_FIRST)
    start = first + (at - first) // length * length
    return QuotaWindow(start, start + length)


def _month(number: int) -> datetime:
    return datetime(2000 + number // 12, number % 12 + 1, 1)


def _epoch(local: datetime) -> int:
    return int(local.replace(tzinfo=zone()).timestamp())


class Quotas:
    """
    The quotas of all accounts of a database; the APIs of an account are counted separately.

    Changing the quota of an unknown account raises UnknownAccount.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._counted = _counted(database)

    def set(self, client_id: str, quota: Quota) -> Quota:
        """
        Give an account a quota, whose counts begin at 0, and return it.

        Args:
            client_id, quota: The account, and the quota.
        """
        self._write(client_id, quota)
        return quota

    def remove(self, client_id: str) -> None:
        """Remove the quota of an account."""
        self._write(client_id, None)

    def count(self, client_id: str, quota: Quota, api: str, now: float) -> QuotaState:
        """
        Count a request and return the state of the quota with it.

        Args:
            client_id, quota: The account, and its quota.
            api, now: The API that the request counts for, and the account's instant, in epoch seconds.
        """
        window = quota.window(now)
        used = self._count(client_id, api, window.starts_at, quota.limit)
        exceeded = used is None
        wait = max(1, window.ends_at - int(now // 1)) if exceeded and quota.retry_after else None
        shown = quota.limit if used is None else used
        return QuotaState(quota.limit, quota.interval, quota.unit, shown, window.ends_at, exceeded, wait)

    def counts(self, client_id: str) -> tuple[QuotaCount, ...]:
        """Return what was counted for an account, of all windows that are stored."""
        with self._database.read() as connection:
            return counts_of(connection, client_id)

    def _count(self, client_id: str, api: str, starts_at: int, limit: int) -> int | None:
        row = self._database.fetch_one(self._counted, client_id=client_id, api=api, starts_at=starts_at, limit=limit)
        # The first request of a window deletes the counts of those before, so there is one row per account and API.
        if row == (1,):
            self._database.fetch_one(_PRUNE, of_client=client_id, of_api=api, before=starts_at)
        return None if row is None else int(row[0])

    def _write(self, client_id: str, quota: Quota | None) -> None:
        text = None if quota is None else json.dumps(quota.to_dict())
        with account_transaction(self._database, client_id) as connection:
            connection.execute(update(accounts).where(accounts.c.client_id == client_id).values(quota=text))
            connection.execute(delete(quota_counts).where(_ROW.client_id == client_id))


def counts_of(connection: Connection, client_id: str) -> tuple[QuotaCount, ...]:
    """
    Return what was counted for an account, of all windows that are stored.

    Args:
        connection, client_id: A connection to the database, and the account.
    """
    query = select(_ROW.api, _ROW.starts_at, _ROW.used).where(_ROW.client_id == client_id)
    return tuple(QuotaCount(*row) for row in connection.execute(query.order_by(_ROW.api, _ROW.starts_at)))


def write_counts(database: Database, connection: Connection, client_id: str, counts: Iterable[QuotaCount]) -> None:
    """
    Store counts in place of all counts of an account.

    Args:
        database, connection: The database, and a transaction on the account.
        client_id, counts: The account, and at most one count for each API and window.
    """
    connection.execute(delete(quota_counts).where(_ROW.client_id == client_id))
    # Requests are counted outside transactions on the account, so one of them may just have added the same row.
    added = database.insert(quota_counts)
    same = [_ROW.client_id, _ROW.api, _ROW.starts_at]
    statement = added.on_conflict_do_update(index_elements=same, set_={"used": added.excluded.used})
    for count in counts:
        connection.execute(statement, {"client_id": client_id, **count._asdict()})


def _counted(database: Database) -> Executable:
    """Return a statement that counts one more in a window, for all workers in one step; no row if it is full."""
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
