"""
The tables, in words that both SQLite and PostgreSQL know.

All that belongs to an account goes with it.
"""

from sqlalchemy import BigInteger, Column, Float, ForeignKey, Index, Integer, LargeBinary, MetaData, String, Table, Text
from sqlalchemy.types import TypeEngine

metadata = MetaData()


def _counted() -> TypeEngine[int]:
    return BigInteger().with_variant(Integer, "sqlite")


def _serial() -> Column[int]:
    return Column("serial", _counted(), primary_key=True, autoincrement=True)


def _owner(*, primary_key: bool = False) -> Column[str]:
    owner = ForeignKey("accounts.client_id", ondelete="CASCADE")
    return Column("client_id", owner, nullable=False, primary_key=primary_key)


accounts = Table(
    "accounts",
    metadata,
    Column("client_id", String(128), primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("created_at", Float, nullable=False),
    Column("secret_salt", LargeBinary, nullable=False),
    Column("secret_digest", LargeBinary, nullable=False),
    Column("kaisa_ha1", String(32), nullable=False),
    Column("itx_digest", String(64), nullable=False),
    Column("seed", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("clock", Text, nullable=False),
    Column("quota", Text),
    Index("accounts_by_itx_token", "itx_digest"),
)
"""
One row per account.

The version is another after every change of anything below the account that must be noticed at once. The origin is the
profile, the scenario and the clock that the account began with; origin, clock and quota are JSON.
"""

configuration = Table(
    "configuration",
    metadata,
    _serial(),
    _owner(),
    Column("effective_at", Float, nullable=False),
    Column("profile", Text),
    Column("scenario", Text),
    Column("ends", Integer, nullable=False),
    Index("configuration_by_account", "client_id"),
)
"""
What was changed of a center, and from which instant of the account on.

A row holds a merge patch of the profile as JSON, or a scenario; `ends` marks the end of a scenario set for some time.
"""

pins = Table(
    "pins",
    metadata,
    _owner(primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("key", String(64), primary_key=True),
    Column("mark", String(16), nullable=False),
    Column("fields", Text, nullable=False),
    Column("expires_at", Float),
    Column("reads_left", Integer),
)
"""Fields of one object that are fixed, as JSON; the mark is another whenever the pin is set anew."""

faults = Table(
    "faults",
    metadata,
    _serial(),
    _owner(),
    Column("id", String(16), nullable=False),
    Column("plan", Text, nullable=False),
    Column("used", BigInteger, nullable=False),
    Column("total", BigInteger),
    Index("faults_by_account", "client_id", "id", unique=True),
)
"""What shall go wrong, as JSON, and how often it already did; without a total it goes on for ever."""

quota_counts = Table(
    "quota_counts",
    metadata,
    _owner(primary_key=True),
    Column("api", String(32), primary_key=True),
    Column("starts_at", BigInteger, primary_key=True, autoincrement=False),
    Column("used", BigInteger, nullable=False),
)
"""Requests counted, per API and window."""

requests = Table(
    "requests",
    metadata,
    _owner(primary_key=True),
    Column("number", _counted(), primary_key=True, autoincrement=False),
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
    # Half the pages to write: the rows stand in the order of the key and need no index beside them.
    sqlite_with_rowid=False,
)
"""The journal: one row per request, numbered per account without a gap; headers are JSON."""

inbox = Table(
    "inbox",
    metadata,
    _serial(),
    _owner(),
    Column("type", Text),
    Column("context", Text),
    Column("kpi", Text),
    Column("element_id", Text),
    Column("received_at", Float, nullable=False),
    Column("body", Text, nullable=False),
    Index("inbox_by_account", "client_id"),
    Index("inbox_by_element", "client_id", "type", "context", "element_id"),
)
"""What an account sent in for others to read; the body is JSON."""

kaisa_customers = Table(
    "kaisa_customers",
    metadata,
    _owner(primary_key=True),
    Column("customer_id", BigInteger, primary_key=True, autoincrement=False),
    Column("fields", Text, nullable=False),
)
"""What an account changed of customers or added to them, as JSON."""

digest_uses = Table(
    "digest_uses",
    metadata,
    Column("nonce", String(64), primary_key=True),
    Column("count", BigInteger, primary_key=True, autoincrement=False),
    Column("ends_at", BigInteger, nullable=False),
    Index("digest_uses_by_end", "ends_at"),
)
"""Which counts of a nonce were used; ends_at is wall time."""

tokens = Table(
    "tokens",
    metadata,
    _serial(),
    Column("digest", String(64), nullable=False, unique=True),
    _owner(),
    Column("issued_at", Float, nullable=False),
    Column("revoked", Integer, nullable=False),
    Index("tokens_by_account", "client_id", "serial"),
)
"""One row per access token, known by the digest of its text; issued_at is the account's own time."""

sessions = Table(
    "sessions",
    metadata,
    _serial(),
    Column("digest", String(64), nullable=False, unique=True),
    _owner(),
    Column("user", String(256), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("nonce", String(64), nullable=False),
    Column("issued_at", Float, nullable=False),
    Column("ended", Integer, nullable=False),
    Index("sessions_by_user", "client_id", "user", "kind"),
)
"""
One row per session of a user of an account, known by the digest of its text; issued_at is the account's own time.

At most one of a user and kind has not ended. The nonce makes a text that follows from a secret another one each time.
"""

subscriptions = Table(
    "subscriptions",
    metadata,
    _owner(primary_key=True),
    Column("user", String(256), primary_key=True),
    Column("body", Text, nullable=False),
    Column("made_at", Float, nullable=False),
    Column("wall_at", Float, nullable=False),
)
"""What a user of an account wishes to be told, as JSON; made_at is the account's own time."""

wallboards = Table(
    "wallboards",
    metadata,
    _serial(),
    Column("id", String(36), nullable=False, unique=True),
    _owner(),
    Column("name", Text, nullable=False),
    Column("is_global", Integer, nullable=False),
    Column("config", Text, nullable=False),
    Index("wallboards_by_account", "client_id"),
)
"""Screens that users of an account have stored; the configuration is JSON."""

kept = Table(
    "kept",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)
"""What the sandbox made once and keeps: its admin token."""
