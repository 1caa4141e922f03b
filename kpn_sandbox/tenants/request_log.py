"""
The request log: the last thousand requests of each account and how they were answered, without secrets.

An entry is written before the response goes out, so a client that has its response finds the entry, whichever worker
wrote it and whatever happened to that worker since.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import groupby
from operator import itemgetter
from random import Random
from types import MappingProxyType
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Column, Connection, Row, Table, bindparam, delete, func, insert, select
from sqlalchemy.exc import IntegrityError

from kpn_sandbox.safe_text import redacted_headers, redacted_path, redacted_query, redacted_value
from kpn_sandbox.storage import Database, StorageError
from kpn_sandbox.storage.tables import accounts, refused_requests, requests

CAPACITY = 1000
"""Entries of an account that can be read, and as many of requests that were refused."""

LARGEST_LOGGED_BODY = 8192
"""Bytes of a body that are logged at most, after secrets were taken out."""

# Redaction looks at no more of a body, so that a megabyte of it costs no time; secrets do not shrink text that much.
_REDACTED_BYTES = 8 * LARGEST_LOGGED_BODY
_FORM = "application/x-www-form-urlencoded"
# Headers of responses that hold no secret: a challenge names realm and nonce, the others are of the sandbox itself.
_PUBLIC = {"WWW-Authenticate", "Cache-Control", "Content-Length", "ETag", "X-Sandbox-Replay", "X-Sandbox-Time"}

# Share of the transactions that delete entries beyond the capacity. They are drawn, so that every account has its turn
# without a count; the generator is this module's own, because programs may seed that of the process.
_PRUNING = 0.01
_RANDOM = Random()

# Tries to get a number that no other machine takes at the same time.
_TRIES = 200
_EXISTS = select(accounts.c.client_id).where(accounts.c.client_id == bindparam("client_id"))


class _Share:
    """
    A table of the log, whose rows are numbered per owner; the last ones of each owner can be read.

    Args:
        table, owner: The table, and the name of its column of owners.
        computed: Values of further columns that the database computes.
    """

    def __init__(self, table: Table, owner: str, **computed: Any) -> None:
        self.table, self.owner = table, table.c[owner]
        next_number = select(func.coalesce(func.max(table.c.number), 0) + 1).where(self.owner == bindparam(owner))
        values: dict[str, Any] = {column.name: bindparam(column.name) for column in table.c}
        # Inline, so that it returns no row: SQLite would hold its lock until Python has fetched that, and Python 3.13
        # refuses to run a statement with rows many times.
        self.insert = insert(table).inline().values(values | {"number": next_number.scalar_subquery(), **computed})
        last = select(func.max(table.c.number) - CAPACITY).where(self.owner == bindparam("of_owner"))
        self.prune = delete(table).where(self.owner == bindparam("of_owner"), table.c.number <= last.scalar_subquery())


_KNOWN = _Share(requests, "client_id")
_REFUSED = _Share(
    refused_requests,
    "owner",
    after=select(func.coalesce(func.max(requests.c.number), 0))
    .where(requests.c.client_id == bindparam("client_id"))
    .scalar_subquery(),
)


class LoggedHeaders(dict[str, str]):
    """Headers of a response by their names, with a text that is made once for a response that is sent many times."""

    def __init__(self, headers: Iterable[tuple[str, str]]) -> None:
        listed = list(headers)
        super().__init__(listed)
        self._stored: str | None = None
        if len(self) < len(listed):
            self.clear()
            for name, value in listed:
                self[name] = f"{self[name]}, {value}" if name in self else value

    def stored(self, common: Mapping[str, str]) -> str:
        """Return as JSON, without secrets, what differs from the headers that are common to responses of the API."""
        if self._stored is None:
            changed = {name: value for name, value in self.items() if common.get(name) != value}
            for name, value in redacted_headers(each for each in changed.items() if each[0] not in _PUBLIC).items():
                changed[name] = _storable(value)
            self._stored = _json(changed | {name: None for name in common if name not in self}) if self else ""
        return self._stored


class SentHeaders(dict[str, str]):
    """Headers of a request by their names, with a text that is made once for a request that comes many times."""

    @cached_property
    def stored(self) -> str:
        """The headers as JSON, without secrets."""
        return _headers_json(tuple(self.items()))


class LogEntry(NamedTuple):
    """
    A request and how it was answered.

    Args:
        client_id: The account, None when the request belongs to none.
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
        refused: Whether the request was refused before its sender was known for sure.
        reason: Why the response is not the usual one, in fixed words: fault, quota, expired token; empty otherwise.
        response_headers: Headers of the response without its `X-Request-Id`, which is the id.
        request_body, response_body: Bodies as `loggable_body` returns them, None where they are not logged.
    """

    client_id: str | None
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
    refused: bool = False
    reason: str = ""
    response_headers: Mapping[str, str] = MappingProxyType({})
    request_body: str | None = None
    response_body: str | None = None

    @property
    def all_response_headers(self) -> dict[str, str]:
        """Headers of the response as it was sent; empty when the connection was broken."""
        return {**self.response_headers, "X-Request-Id": self.id} if self.response_headers else {}


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
        bodies: Whether bodies are written with them, those of responses that succeeded apart.
    """

    def __init__(self, database: Database, *, on: bool = True, bodies: bool = False) -> None:
        self._database = database
        self.on = on
        self.bodies = bodies
        self.commit: Callable[[LogEntry], None] = lambda entry: self.write_all([entry])
        """Writes an entry; a server may put a function here that writes entries of several requests at once."""
        self.common_headers: Mapping[str, Mapping[str, str]] = {}
        """
        By API the headers that all its responses have; the composition root sets them.

        They are not stored: half a kilobyte more in each row made a poll dearer by a tenth.
        """

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
        Write entries in their order, those that follow each other in a table in one transaction; those of deleted
        accounts are left out.

        Raises:
            StorageError: They could not be written.
        """
        for share, run in groupby(entries, _share):
            written = list(run)
            rows = [self._columns(entry) for entry in written]
            if not self._insert_together(share, rows):
                for row in rows:
                    self._insert(share, row)
            if _RANDOM.random() < _PRUNING:
                # Accounts whose entries are written together have old ones on the same pages.
                owners = sorted({entry.client_id or "" for entry in written})
                self._database.execute_many(share.prune, [{"of_owner": owner} for owner in owners])

    def entries(
        self, client_id: str, *, since: float | None = None, limit: int | None = None, **wanted: Any
    ) -> LogPage:
        """
        Return the last requests of an account.

        Args:
            client_id: The account.
            since: Only requests at this instant of the account or later.
            limit: Only this many, the last ones.
            wanted: Only requests with this `api`, `operation`, `method`; this `path`, as it was sent, where a `*`
                at its end stands for whatever follows; a `status` from the first to the second of a pair.
        """
        with self._database.read() as connection:
            parts = [self._read(connection, share, client_id, wanted, since) for share in (_KNOWN, _REFUSED)]
        entries = [entry for _, entry in sorted((pair for found, _ in parts for pair in found), key=itemgetter(0))]
        shown = entries if limit is None else entries[max(0, len(entries) - limit) :]
        return LogPage(len(entries), sum(dropped for _, dropped in parts), tuple(shown))

    def all_entries(self, *, since: float | None = None, limit: int | None = None, **wanted: Any) -> LogPage:
        """
        Return the last requests of all accounts and of none, by wall time.

        Args:
            since, limit, wanted: As for `entries`, but by wall time, and `CAPACITY` entries by default.
        """
        count = 0
        rows: list[Row[Any]] = []
        with self._database.read() as connection:
            for share in (_KNOWN, _REFUSED):
                conditions = _conditions(share, wanted, share.table.c.wall_at, since)
                count += connection.scalar(select(func.count()).select_from(share.table).where(*conditions)) or 0
                newest = (
                    select(share.table)
                    .where(*conditions)
                    .order_by(share.table.c.wall_at.desc(), share.table.c.number.desc())
                )
                rows += connection.execute(newest.limit(limit or CAPACITY)).all()
        rows.sort(key=lambda row: (row.wall_at, row.number))
        return LogPage(count, 0, tuple(map(self._entry, rows[-(limit or CAPACITY) :])))

    def entries_after(self, owner: str, numbers: tuple[int, int]) -> tuple[tuple[int, int], list[LogEntry]]:
        """
        Return what was written since an earlier look: the numbers of this look, and the entries, the oldest first.

        Args:
            owner: Client id of the account; empty for requests that belong to none.
            numbers: Numbers of the earlier look, (0, 0) for none. Once the log was cleared, they become lower, and the
                entries are all there are.
        """
        latest: list[int] = []
        found: list[tuple[tuple[int, int], LogEntry]] = []
        with self._database.read() as connection:
            for share, number in zip((_KNOWN, _REFUSED), numbers, strict=True):
                column = share.table.c.number
                last = connection.scalar(select(func.max(column)).where(share.owner == owner)) or 0
                first = max(number if number <= last else 0, last - CAPACITY)
                if first < last:
                    rows = connection.execute(select(share.table).where(share.owner == owner, column > first)).all()
                    found += [(_place(row), self._entry(row)) for row in rows]
                latest.append(last)
        return (latest[0], latest[1]), [entry for _, entry in sorted(found, key=itemgetter(0))]

    def last_number(self, client_id: str | None) -> int:
        """Return a number that is another one after each entry of an account, or of all for None; 0 without any."""
        queries = [
            select(func.count()).select_from(each.table)
            if client_id is None
            else select(func.max(each.table.c.number)).where(each.owner == client_id)
            for each in (_KNOWN, _REFUSED)
        ]
        with self._database.read() as connection:
            return sum(connection.scalar(query) or 0 for query in queries)

    def clear(self, client_id: str) -> int:
        """Delete all entries of an account and return how many there were."""
        with self._database.write() as connection:
            tables = (share.table for share in (_KNOWN, _REFUSED))
            return sum(
                connection.execute(delete(each).where(each.c.client_id == client_id)).rowcount for each in tables
            )

    def _insert_together(self, share: _Share, rows: list[dict[str, Any]]) -> bool:
        """Insert several rows in one transaction; False when nothing was inserted, so each must be tried by itself."""
        if len(rows) == 1:
            return False
        try:
            self._database.execute_many(share.insert, rows)
        except IntegrityError:
            return False
        return True

    def _insert(self, share: _Share, columns: dict[str, Any]) -> None:
        for _ in range(_TRIES):
            try:
                self._database.fetch_one(share.insert, **columns)
                return
            except IntegrityError:
                # Another machine took the number first, or the account was deleted meanwhile.
                if (
                    columns["client_id"] is not None
                    and self._database.fetch_one(_EXISTS, client_id=columns["client_id"]) is None
                ):
                    return
        raise StorageError("the request log is written to by too many at once")

    def _read(
        self, connection: Connection, share: _Share, owner: str, wanted: Mapping[str, Any], since: float | None
    ) -> tuple[list[tuple[tuple[int, int], LogEntry]], int]:
        """Return the entries of an owner with their places in the order of both tables, and how many were dropped."""
        highest = connection.scalar(select(func.max(share.table.c.number)).where(share.owner == owner)) or 0
        conditions = _conditions(share, wanted, share.table.c.at, since)
        conditions += [share.owner == owner, share.table.c.number > highest - CAPACITY]
        rows = connection.execute(select(share.table).where(*conditions)).all()
        return [(_place(row), self._entry(row)) for row in rows], max(0, highest - CAPACITY)

    def _columns(self, entry: LogEntry) -> dict[str, Any]:
        values = dict(zip(LogEntry._fields, entry, strict=True))
        values["owner"] = entry.client_id or ""
        values["path"] = _storable(redacted_path(entry.path))
        if entry.query:
            values["query"] = _storable(redacted_query(entry.query))
        sent = entry.headers
        values["headers"] = sent.stored if isinstance(sent, SentHeaders) else _headers_json(tuple(sent.items()))
        headers = entry.response_headers
        logged = headers if isinstance(headers, LoggedHeaders) else LoggedHeaders(headers.items())
        values["response_headers"] = logged.stored(self.common_headers.get(entry.api, {}))
        values["reason"] = _storable(entry.reason)
        return values

    def _entry(self, row: Row[Any]) -> LogEntry:
        values = {name: value for name, value in row._asdict().items() if name in LogEntry._fields}
        # Rows of an older schema lack the columns that were added since.
        values |= {
            "headers": json.loads(row.headers),
            "response_headers": _response_headers_of(row.response_headers, self.common_headers.get(row.api, {})),
            "reason": row.reason or "",
        }
        return LogEntry(**values, refused="after" in row._fields)


def _conditions(share: _Share, wanted: Mapping[str, Any], column: Column[Any], since: float | None) -> list[Any]:
    columns = share.table.c
    found: list[Any] = []
    for name, value in wanted.items():
        if name == "status":
            found.append(columns.status.between(*value))
        elif name == "path" and value.endswith("*"):
            found.append(columns.path.startswith(value[:-1], autoescape=True))
        else:
            found.append(columns[name] == value)
    return found if since is None else [*found, column >= since]


def _place(row: Row[Any]) -> tuple[int, int]:
    return (row.after, row.number) if "after" in row._fields else (row.number, 0)


def _share(entry: LogEntry) -> _Share:
    # Refused requests have a share of their own: nobody without credentials can push out the account's own rows.
    return _REFUSED if entry.refused or entry.client_id is None else _KNOWN


# A client sends the same headers again and again.
@lru_cache(maxsize=1000)
def _headers_json(headers: tuple[tuple[str, str], ...]) -> str:
    return _json({name: _storable(value) for name, value in redacted_headers(headers).items()})


def _json(values: Mapping[str, str | None]) -> str:
    try:
        return orjson.dumps(values).decode()
    except TypeError:
        # Half a character of UTF-16, which only escapes can express.
        return json.dumps(values)


def _response_headers_of(stored: str | None, common: Mapping[str, str]) -> dict[str, str]:
    merged = {**common, **json.loads(stored)} if stored else {}
    return {name: value for name, value in merged.items() if value is not None}


def loggable_body(body: bytes, content_type: str) -> str | None:
    """
    Return a body for the request log: without secrets, and not more than `LARGEST_LOGGED_BODY` bytes of it.

    Args:
        body: The body, None is returned for an empty one.
        content_type: Its `Content-Type`; a form is redacted by its parameters, all others by how they look.
    """
    if not body:
        return None
    text = body[:_REDACTED_BYTES].decode(errors="replace")
    redacted = redacted_query(text) if content_type.startswith(_FORM) else redacted_value(text)
    return _storable(redacted.encode(errors="replace")[:LARGEST_LOGGED_BODY].decode(errors="ignore"))


def _storable(text: str) -> str:
    # PostgreSQL cannot store that character.
    return text.replace("\x00", "\ufffd")
