"""
The request log: the last thousand requests of each account and how they were answered, without secrets.

An entry is written before the response goes out, so a client that has its response finds the entry, whichever worker
wrote it and whatever happened to that worker since.

Source:
    HAR 1.2, http://www.softwareishard.com/blog/har-12-spec/, for the log as an HTTP archive, which browsers and many
    tools open. Bodies are not logged, so their sizes are unknown (-1).
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from random import Random
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from sqlalchemy import Row, bindparam, delete, func, insert, select
from sqlalchemy.exc import IntegrityError

from kpn_sandbox.safe_text import redacted_headers, redacted_path, redacted_query
from kpn_sandbox.storage import Database, StorageError
from kpn_sandbox.storage.tables import accounts, requests
from kpn_sandbox.tenants.clock import format_instant

CAPACITY = 1000
"""Entries of an account that can be read."""

# Share of the requests that delete entries beyond the capacity. They are drawn, so that every account has its turn
# without a count; the generator is this module's own, because programs may seed that of the process.
_PRUNING = 0.01
_RANDOM = Random()

# Tries to get a number that no other machine takes at the same time.
_TRIES = 200
_ROW = requests.c
_NUMBER = select(func.coalesce(func.max(_ROW.number), 0) + 1).where(_ROW.client_id == bindparam("client_id"))
# It returns no row: SQLite would hold its lock until Python has fetched that.
_INSERT = insert(requests).values(
    {column.name: bindparam(column.name) for column in _ROW} | {"number": _NUMBER.scalar_subquery()}
)
_LAST = select(func.max(_ROW.number) - CAPACITY).where(_ROW.client_id == bindparam("of_client")).scalar_subquery()
_PRUNE = delete(requests).where(_ROW.client_id == bindparam("of_client"), _ROW.number <= _LAST)
_EXISTS = select(accounts.c.client_id).where(accounts.c.client_id == bindparam("client_id"))
_HAR_VERSION: dict[str, Any] = {"httpVersion": "HTTP/1.1", "cookies": []}
_HAR_SIZES = {"headersSize": -1, "bodySize": -1}


class LogEntry(NamedTuple):
    """
    A request and how it was answered.

    Args:
        client_id: The account.
        id: Id of the request.
        at: The account's instant, in epoch seconds.
        wall_at: Wall time, in epoch seconds.
        api: Key of the API.
        operation: Key of the operation, empty for an unknown path.
        method: HTTP method.
        path: Path as the client sent it; secrets in it are redacted when it is written.
        query: Query string as the client sent it; secrets in it are redacted when it is written.
        status: Status of the response, 0 when the connection was broken on purpose.
        duration_ms: Duration in milliseconds.
        headers: Headers of the request; secrets in them are redacted when they are written.
        note: Faults, preferences and reasons of a rejection, for people.
        token: Mark of the access token that distinguishes it from others, empty without one.
        retry_after: Seconds in the `Retry-After` of the response, None without one.
    """

    client_id: str
    id: str
    at: float
    wall_at: float
    api: str
    operation: str
    method: str
    path: str
    query: str
    status: int
    duration_ms: float
    headers: Mapping[str, str] = MappingProxyType({})
    note: str = ""
    token: str = ""
    retry_after: int | None = None


@dataclass(frozen=True)
class LogPage:
    """Some entries of a request log, the oldest first."""

    count: int
    """Number of entries that match the filters, before the limit."""
    dropped: int
    """Number of the account's requests beyond the capacity, which can no longer be read."""
    entries: tuple[LogEntry, ...]


class RequestLog:
    """
    The request logs of all accounts of a database.

    Args:
        database: The database.
        on: Whether requests are written.
    """

    def __init__(self, database: Database, *, on: bool = True) -> None:
        self._database = database
        self.on = on
        self.commit: Callable[[LogEntry], None] = lambda entry: self.write_all([entry])
        """Writes an entry; a server may put a function here that writes entries of several requests at once."""

    def write(self, entry: LogEntry) -> None:
        """
        Write an entry; nothing happens if its account was deleted.

        Raises:
            StorageError: The entry could not be written, so the response must not say that the request succeeded.
        """
        if self.on:
            self.commit(entry)

    def write_all(self, entries: Sequence[LogEntry]) -> None:
        """
        Write entries in one transaction, in their order; those of deleted accounts are left out.

        Raises:
            StorageError: They could not be written.
        """
        rows = [_columns(entry) for entry in entries]
        if not self._insert_together(rows):
            for row in rows:
                self._insert(row)
        for entry in entries:
            if _RANDOM.random() < _PRUNING:
                self._database.fetch_one(_PRUNE, of_client=entry.client_id)

    def entries(
        self,
        client_id: str,
        *,
        api: str | None = None,
        operation: str | None = None,
        method: str | None = None,
        path: str | None = None,
        status: tuple[int, int] | None = None,
        since: float | None = None,
        limit: int | None = None,
    ) -> LogPage:
        """
        Return the last requests of an account.

        Args:
            client_id: The account.
            api: Only requests to this API.
            operation: Only requests for this operation.
            method: Only requests with this method.
            path: Only requests with this path, as it was sent; with a `*` at its end, those whose path begins so.
            status: Only requests with a status from the first to the second.
            since: Only requests at this instant of the account or later.
            limit: Only this many, the last ones.
        """
        wanted = {"api": api, "operation": operation, "method": method}
        conditions = [_ROW[name] == value for name, value in wanted.items() if value is not None]
        if path is not None:
            whole, begun, _ = path.rpartition("*") if path.endswith("*") else (path, "", "")
            conditions.append(_ROW.path.startswith(whole, autoescape=True) if begun else _ROW.path == whole)
        if status is not None:
            conditions.append(_ROW.status.between(*status))
        if since is not None:
            conditions.append(_ROW.at >= since)
        with self._database.read() as connection:
            highest = connection.scalar(select(func.max(_ROW.number)).where(_ROW.client_id == client_id)) or 0
            conditions += [_ROW.client_id == client_id, _ROW.number > highest - CAPACITY]
            rows = connection.execute(select(requests).where(*conditions).order_by(_ROW.number)).all()
        shown = rows if limit is None else rows[max(0, len(rows) - limit) :]
        return LogPage(len(rows), max(0, highest - CAPACITY), tuple(map(_entry, shown)))

    def last_number(self, client_id: str) -> int:
        """Return the number of an account's last entry; 0 without any. It grows with each entry."""
        with self._database.read() as connection:
            return connection.scalar(select(func.max(_ROW.number)).where(_ROW.client_id == client_id)) or 0

    def clear(self, client_id: str) -> int:
        """Delete all entries of an account and return how many there were."""
        with self._database.write() as connection:
            return connection.execute(delete(requests).where(_ROW.client_id == client_id)).rowcount

    def _insert_together(self, rows: list[dict[str, Any]]) -> bool:
        """Insert several rows in one transaction; False when nothing was inserted, so each must be tried by itself."""
        if len(rows) == 1:
            return False
        try:
            self._database.execute_many(_INSERT, rows)
        except IntegrityError:
            return False
        return True

    def _insert(self, columns: dict[str, Any]) -> None:
        for _ in range(_TRIES):
            try:
                self._database.fetch_one(_INSERT, **columns)
                return
            except IntegrityError:
                # Another machine took the number first, or the account was deleted meanwhile.
                if self._database.fetch_one(_EXISTS, client_id=columns["client_id"]) is None:
                    return
        raise StorageError("the request log is written to by too many at once")


def _columns(entry: LogEntry) -> dict[str, Any]:
    return {
        **entry._asdict(),
        "path": _storable(redacted_path(entry.path)),
        "query": _storable(redacted_query(entry.query)) if entry.query else "",
        "headers": _headers_json(tuple(entry.headers.items())),
    }


# A client sends the same headers again and again.
@lru_cache(maxsize=1000)
def _headers_json(headers: tuple[tuple[str, str], ...]) -> str:
    return json.dumps({name: _storable(value) for name, value in redacted_headers(headers).items()})


def _storable(text: str) -> str:
    # PostgreSQL cannot store that character.
    return text.replace("\x00", "\ufffd")


def _entry(row: Row[Any]) -> LogEntry:
    values = row._asdict()
    del values["number"]
    return LogEntry(**{**values, "headers": json.loads(row.headers)})


def har(entries: Iterable[LogEntry], *, base_url: str, version: str) -> dict[str, Any]:
    """
    Return the archive of a request log, as JSON values.

    Args:
        entries: Entries of the log, the oldest first.
        base_url, version: URL of the server, without a slash at the end, and version of the sandbox.
    """
    creator = {"name": "kpn-sandbox", "version": version}
    return {
        "log": {"version": "1.2", "creator": creator, "entries": [_archive_entry(entry, base_url) for entry in entries]}
    }


def _archive_entry(entry: LogEntry, base_url: str) -> dict[str, Any]:
    query = f"?{entry.query}" if entry.query else ""
    request = {
        "method": entry.method,
        "url": f"{base_url}{entry.path}{query}",
        **_HAR_VERSION,
        "headers": _pairs(entry.headers.items()),
        "queryString": _pairs(parse_qsl(entry.query, keep_blank_values=True)),
        **_HAR_SIZES,
    }
    response = {
        "status": entry.status,
        "statusText": "",
        **_HAR_VERSION,
        "headers": [] if entry.retry_after is None else _pairs([("Retry-After", str(entry.retry_after))]),
        "content": {"size": -1, "mimeType": "application/json"},
        "redirectURL": "",
        **_HAR_SIZES,
    }
    return {
        "startedDateTime": datetime.fromtimestamp(entry.wall_at, UTC).isoformat(timespec="milliseconds"),
        "time": entry.duration_ms,
        "request": request,
        "response": response,
        "cache": {},
        "timings": {"send": 0, "wait": entry.duration_ms, "receive": 0},
        "comment": entry.note,
        "_id": entry.id,
        "_api": entry.api,
        "_operation": entry.operation,
        "_at": format_instant(entry.at),
    }


def _pairs(items: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in items]
