"""The tables, in words that both SQLite and PostgreSQL know."""

from sqlalchemy import BigInteger, Column, Float, ForeignKey, Index, Integer, LargeBinary, MetaData, String, Table, Text

metadata = MetaData()

accounts = Table(
    "accounts",
    metadata,
    Column("client_id", String(128), primary_key=True),
    Column("secret_salt", LargeBinary, nullable=False),
    Column("secret_digest", LargeBinary, nullable=False),
    Column("seed", Text, nullable=False),
    Column("scenario", Text, nullable=False),
    Column("profile", Text, nullable=False),
    Column("clock", Text, nullable=False),
)
"""One row per account; profile and clock are JSON."""

tokens = Table(
    "tokens",
    metadata,
    Column("serial", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("client_id", ForeignKey("accounts.client_id", ondelete="CASCADE"), nullable=False),
    Column("issued_at", Float, nullable=False),
    Column("revoked", Integer, nullable=False),
    Index("tokens_by_account", "client_id"),
)
"""One row per access token, known by the digest of its text; issued_at is the account's own time."""

kept = Table(
    "kept",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)
"""What the sandbox made once and keeps: its admin token."""

changes = Table(
    "changes",
    metadata,
    Column("name", String(16), primary_key=True),
    Column("count", BigInteger, nullable=False),
)
"""How often something was written, where the database itself does not tell."""
