"""Texts that the sandbox makes once and keeps, the same for all its workers and machines."""

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from kpn_sandbox.control.secrets import random_text
from kpn_sandbox.storage import Database
from kpn_sandbox.storage.tables import kept


def keep(database: Database, name: str) -> str:
    """The random text of that name, made when somebody asks for it first."""
    return _kept(database, name) or _made(database, name)


def _kept(database: Database, name: str) -> str | None:
    with database.read() as connection:
        return connection.scalar(select(kept.c.value).where(kept.c.name == name))


def _made(database: Database, name: str) -> str:
    text = random_text()
    try:
        with database.write() as connection:
            connection.execute(insert(kept).values(name=name, value=text))
    except IntegrityError:
        # Another start was faster; its text is the one that counts.
        return _kept(database, name) or text
    return text
