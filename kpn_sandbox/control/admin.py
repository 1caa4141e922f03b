"""The administrator's token."""

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from ..storage import Database
from ..storage.tables import kept
from .secrets import random_text

_NAME = "admin_token"


def admin_token(database: Database, configured: str | None) -> str:
    """The configured token, else the one that was generated at the first start and kept."""
    return configured or _kept(database) or _generated(database)


def _kept(database: Database) -> str | None:
    with database.read() as connection:
        return connection.scalar(select(kept.c.value).where(kept.c.name == _NAME))


def _generated(database: Database) -> str:
    token = random_text()
    try:
        with database.write() as connection:
            connection.execute(insert(kept).values(name=_NAME, value=token))
    except IntegrityError:
        # Another start was faster; its token is the one that counts.
        return _kept(database) or token
    return token
