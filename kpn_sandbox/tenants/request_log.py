"""
Making secrets unreadable before anything is written down.

The journal: what an account asked for and how it was answered; the last thousand requests.

It is written before the answer goes out, so whoever has an answer finds it here, whichever worker gave it and whatever
happened to that worker since.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from random import random
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import unquote_plus

from sqlalchemy import Row, bindparam, delete, func, insert, select
from sqlalchemy.exc import IntegrityError

from kpn_sandbox.storage import Database, StorageError
from kpn_sandbox.storage.tables import accounts, requests

REDACTED = "***"

_HEADERS = {"authorization", "proxy-authorization", "cookie", "set-cookie"}
_SECRET_NAME = re.compile(r"secret|token|passw|api[_-]?key|signature|credential|authorization|jwt|session", re.I)
_PLAIN_NAMES = {"token_type"}


def redacted_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers; whoever was allowed by one of them must not be found out from it."""
    return {name: REDACTED if _is_secret_header(name) else storable(value) for name, value in headers.items()}


def redacted_query(query: str) -> str:
    """A query string or a form; the names stay and so do the values that are no secrets."""
    if not query:
        return query
    return storable("&".join(map(_redacted_pair, query.split("&"))))


def _redacted_pair(pair: str) -> str:
    name, equals, _ = pair.partition("=")
    return f"{name}={REDACTED}" if equals and _is_secret(unquote_plus(name)) else pair


def _is_secret_header(name: str) -> bool:
    return name.lower() in _HEADERS or _is_secret(name)


def _is_secret(name: str) -> bool:
    return _SECRET_NAME.search(name) is not None and name.lower() not in _PLAIN_NAMES


def storable(text: str) -> str:
    """A text without the one character that PostgreSQL cannot keep."""
    return text.replace("\x00", "\ufffd")


CAPACITY = 1000
"""Requests that can be looked at."""

_PRUNED = 0.01
"""Share of the requests that take away what can no longer be looked at; drawn, so that every account has its turn."""

_TRIES = 200
_ROW = requests.c
_NUMBER = select(func.coalesce(func.max(_ROW.number), 0) + 1).where(_ROW.client_id == bindparam("client_id"))
# It gives nothing back: SQLite would hold its lock until Python has fetched that.
_NOTE = insert(requests).values(
    {column.name: bindparam(column.name) for column in _ROW} | {"number": _NUMBER.scalar_subquery()}
)
_LAST = select(func.max(_ROW.number) - CAPACITY).where(_ROW.client_id == bindparam("of_client")).scalar_subquery()
_PRUNE = delete(requests).where(_ROW.client_id == bindparam("of_client"), _ROW.number <= _LAST)
_EXISTS = select(accounts.c.client_id).where(accounts.c.client_id == bindparam("client_id"))


class LogEntry(NamedTuple):
    """
    One request and its answer, without secrets.

    Args:
        client_id: Whose account it met.
        id: The request's id.
        at: The account's instant.
        wall_at: Wall time.
        api: The API that was asked.
        operation: The operation of that API.
        method: The HTTP method.
        path: The path as it came.
        query: The query string as it came; secrets in it are made unreadable.
        status: The status of the answer, 0 when the connection was broken on purpose.
        duration_ms: How long it took, in milliseconds.
        headers: The request's headers; secrets in them are made unreadable.
        note: What is worth knowing beside that.
        token: The `fingerprint` of the access token, empty without one.
        retry_after: The seconds that the answer told to wait, None when it told none.
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
    """Some entries of a journal."""

    count: int
    """How many there are that match, before the limit."""
    dropped: int
    """How many of the account's requests can no longer be looked at."""
    entries: tuple[LogEntry, ...]
    """The oldest first."""


class RequestLog:
    """
    The journals in a database.

    Args:
        database: Where they are.
        on: Whether anything is written.
    """

    def __init__(self, database: Database, *, on: bool = True) -> None:
        self._database = database
        self.on = on

    def write(self, entry: LogEntry) -> None:
        """
        Write a request down; nothing happens when its account is gone.

        Raises:
            StorageError: It could not be written; nobody may be told that the request succeeded.
        """
        if not self.on:
            return
        self._insert(_columns(entry))
        if random() < _PRUNED:
            self._database.fetch_one(_PRUNE, of_client=entry.client_id)

    def entries(
        self,
        client_id: str,
        *,
        api: str | None = None,
        operation: str | None = None,
        status: int | None = None,
        since: float | None = None,
        limit: int | None = None,
    ) -> LogPage:
        """
        The last requests of an account.

        Args:
            client_id: Whose.
            api: Only those to an API.
            operation: Only those for an operation.
            status: Only those with that answer.
            since: Only those from an instant of the account on.
            limit: Only so many of the last ones.
        """
        wanted = {"api": api, "operation": operation, "status": status}
        conditions = [_ROW[name] == value for name, value in wanted.items() if value is not None]
        if since is not None:
            conditions.append(_ROW.at >= since)
        with self._database.read() as connection:
            highest = connection.scalar(select(func.max(_ROW.number)).where(_ROW.client_id == client_id)) or 0
            conditions += [_ROW.client_id == client_id, _ROW.number > highest - CAPACITY]
            rows = connection.execute(select(requests).where(*conditions).order_by(_ROW.number)).all()
        shown = rows if limit is None else rows[max(0, len(rows) - limit) :]
        return LogPage(len(rows), max(0, highest - CAPACITY), tuple(map(_entry, shown)))

    def clear(self, client_id: str) -> int:
        """
        Forget all requests of an account.

        Returns:
            How many there were.
        """
        with self._database.write() as connection:
            return connection.execute(delete(requests).where(_ROW.client_id == client_id)).rowcount

    def _insert(self, columns: dict[str, Any]) -> None:
        for _ in range(_TRIES):
            try:
                self._database.fetch_one(_NOTE, **columns)
                return
            except IntegrityError:
                # Another machine was faster with that number, or the account was deleted under our feet.
                if self._database.fetch_one(_EXISTS, client_id=columns["client_id"]) is None:
                    return
        raise StorageError("the journal is written to by too many at once")


def _columns(entry: LogEntry) -> dict[str, Any]:
    return {
        **entry._asdict(),
        "path": storable(entry.path),
        "query": redacted_query(entry.query),
        "headers": _written(tuple(entry.headers.items())),
    }


@lru_cache(maxsize=1000)
def _written(headers: tuple[tuple[str, str], ...]) -> str:
    # A client sends the same headers again and again.
    return json.dumps(redacted_headers(dict(headers)))


def _entry(row: Row[Any]) -> LogEntry:
    values = row._asdict()
    del values["number"]
    return LogEntry(**{**values, "headers": json.loads(row.headers)})
