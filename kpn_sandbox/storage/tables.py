"""
The tables that every sandbox has, in types that both SQLite and PostgreSQL know.

A vendor that stores rows of its own adds its tables to the same `metadata` in its `store` module. Rows of an account
are deleted with it, because `client_id_column` cascades; a table whose rows belong to a layer that can be reset names
the layer in its `info` under `RESET_LAYER`.
"""

from typing import Any

from sqlalchemy import BigInteger, Column, Float, ForeignKey, Index, Integer, LargeBinary, MetaData, String, Table, Text
from sqlalchemy.types import TypeEngine

SCHEMA = 5
"""Number of the schema; raise it when a table changes, one of a vendor too, or when a kind of credential is added."""

OLDEST_SCHEMA = 2
"""Oldest schema that a start brings up to date; raise it with a change that is more than an added table or column."""

RESET_LAYER = "reset_layer"
"""Key in the `info` of a table: the layer whose reset deletes the account's rows."""

metadata = MetaData()


def big_integer() -> TypeEngine[int]:
    """Return the type of a 64-bit key; SQLite numbers rows by itself only where the type is INTEGER."""
    return BigInteger().with_variant(Integer, "sqlite")


def serial_column() -> Column[int]:
    """Return a primary key that the database counts up."""
    return Column("serial", big_integer(), primary_key=True, autoincrement=True)


def client_id_column(*, primary_key: bool = False) -> Column[str]:
    """Return the column of the account that a row belongs to, and is deleted with."""
    account = ForeignKey("accounts.client_id", ondelete="CASCADE")
    return Column("client_id", account, nullable=False, primary_key=primary_key)


schema_version = Table("schema_version", metadata, Column("number", Integer, primary_key=True, autoincrement=False))
"""One row: the `SCHEMA` that the tables were made with."""

accounts = Table(
    "accounts",
    metadata,
    Column("client_id", String(128), primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("created_at", Float, nullable=False),
    Column("secret_salt", LargeBinary, nullable=False),
    Column("secret_digest", LargeBinary, nullable=False),
    Column("seed", Text, nullable=False),
    Column("profile", Text, nullable=False),
    Column("scenario", Text, nullable=False),
    Column("clock", Text, nullable=False),
    Column("origin_profile", Text, nullable=False),
    Column("origin_scenario", Text, nullable=False),
    Column("origin_clock", Text, nullable=False),
    Column("created_with", Text),
    Column("loaded_entry", String(64)),
    Column("quota", Text),
    Column("expires_at", Float),
    Index("accounts_by_age", "created_at", "client_id"),
    Index("accounts_by_end", "expires_at"),
)
"""
One row per account; it is dropped at a wall time, if it has one.

Every change of the account, or of rows below it that other workers cache, raises the version. Profile and scenario are
the base of the timeline, without dated changes. What a reset restores is in the columns of the origin: that of the last
snapshot that was restored, else that of the creation, which also stays in `created_with`
(empty in rows of an older schema, which no snapshot was restored into). Profiles, clocks and the
quota are JSON. `loaded_entry` is the digest of the entry of a snapshot file that the account was made from.
"""

credentials = Table(
    "credentials",
    metadata,
    client_id_column(primary_key=True),
    Column("kind", String(32), primary_key=True),
    Column("digest", String(64), nullable=False),
    Index("credentials_by_digest", "kind", "digest"),
)
"""Further credentials that follow from an account's id and secret, one row for each kind, as digests."""

configuration = Table(
    "configuration",
    metadata,
    serial_column(),
    client_id_column(),
    Column("effective_at", Float, nullable=False),
    Column("profile", Text),
    Column("scenario", Text),
    Column("ends", Integer, nullable=False),
    Index("configuration_by_account", "client_id", "serial"),
    # Whoever knows the rows up to a number looks for later ones, so SQLite must not give a number twice.
    sqlite_autoincrement=True,
)
"""
Dated changes of a timeline, each effective from an instant of the account on.

A row holds a merge patch of the profile as JSON, or a scenario; `ends` marks the end of a scenario set for some time.
Profile and scenario are two layers in one table, so `RESET_LAYER` is not used here.
"""

pins = Table(
    "pins",
    metadata,
    client_id_column(primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("key", String(64), primary_key=True),
    Column("mark", String(16), nullable=False),
    Column("fields", Text, nullable=False),
    Column("expires_at", Float),
    Column("reads_left", Integer),
    info={RESET_LAYER: "pins"},
)
"""Pinned fields of one object, as JSON; the mark changes whenever the pin is set anew."""

faults = Table(
    "faults",
    metadata,
    serial_column(),
    client_id_column(),
    Column("id", String(16), nullable=False),
    Column("plan", Text, nullable=False),
    Column("used", BigInteger, nullable=False),
    Column("total", BigInteger),
    Index("faults_by_account", "client_id", "id", unique=True),
    info={RESET_LAYER: "faults"},
)
"""Fault plans, as JSON, and how many requests each has met; a plan without a total is never used up."""

quota_counts = Table(
    "quota_counts",
    metadata,
    client_id_column(primary_key=True),
    Column("api", String(32), primary_key=True),
    Column("starts_at", BigInteger, primary_key=True, autoincrement=False),
    Column("used", BigInteger, nullable=False),
    info={RESET_LAYER: "quota"},
)
"""Requests counted against a quota, per API and window."""


def _log_columns() -> list[Column[Any]]:
    return [
        Column("number", big_integer(), primary_key=True, autoincrement=False),
        Column("id", String(64), nullable=False),
        Column("at", Float, nullable=False),
        Column("wall_at", Float, nullable=False),
        Column("api", String(32), nullable=False),
        Column("operation", String(64), nullable=False),
        Column("method", String(32), nullable=False),
        Column("path", Text, nullable=False),
        Column("query", Text, nullable=False),
        Column("status", Integer, nullable=False),
        Column("duration_ms", Float, nullable=False),
        Column("headers", Text, nullable=False),
        Column("note", Text, nullable=False),
        Column("token", String(16), nullable=False),
        Column("retry_after", Integer),
        Column("reason", Text),
        Column("response_headers", Text),
        Column("request_body", Text),
        Column("response_body", Text),
    ]


requests = Table(
    "requests", metadata, client_id_column(primary_key=True), *_log_columns(), info={RESET_LAYER: "requests"}
)
"""
The request log: one row per request, numbered per account without a gap; headers are JSON.

SQLite stores the rows in the order in which they come, with an index beside them: requests of many accounts that are
written together share pages, where each would have a page of its own if the rows were stored in the order of the key.
"""

refused_requests = Table(
    "refused_requests",
    metadata,
    Column("owner", String(128), primary_key=True),
    *_log_columns(),
    Column("client_id", ForeignKey("accounts.client_id", ondelete="CASCADE"), index=True),
    Column("after", BigInteger, nullable=False),
    info={RESET_LAYER: "requests"},
)
"""
The log of requests that were refused before their sender was known for sure, numbered per owner.

The owner is the account, or empty where a request names none that exists; then it has no client id. `after` is the
number of the last row that the account had in `requests` by then, which gives both tables one order.
"""

digest_uses = Table(
    "digest_uses",
    metadata,
    Column("nonce", String(64), primary_key=True),
    Column("count", BigInteger, primary_key=True, autoincrement=False),
    Column("ends_at", BigInteger, nullable=False),
    Index("digest_uses_by_end", "ends_at"),
)
"""Counts of HTTP Digest nonces that were used; ends_at is wall time."""

tokens = Table(
    "tokens",
    metadata,
    serial_column(),
    Column("digest", String(64), nullable=False, unique=True),
    client_id_column(),
    Column("kind", String(32), nullable=False),
    Column("user", String(256), nullable=False),
    Column("nonce", String(64), nullable=False),
    Column("issued_at", Float, nullable=False),
    Column("wall_at", Float, nullable=False, server_default="0"),
    Column("revoked", Integer, nullable=False),
    Index("tokens_by_user", "client_id", "kind", "user", "serial"),
    info={RESET_LAYER: "tokens"},
)
"""
One row per access token or session, found by the digest of its text.

It was issued at an instant of the account and at a wall time; which of the two its life counts from is the clock's.

A session has a user. Where its text follows from the user's secret, the nonce makes it a new one each time.
"""

generated_secrets = Table(
    "generated_secrets", metadata, Column("name", String(64), primary_key=True), Column("value", Text, nullable=False)
)
"""Texts generated on first use and shared by all workers: the administrator token, the key of HTTP Digest nonces."""
