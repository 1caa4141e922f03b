"""
Accounts: the tenants of the sandbox.

A client id has its own seed, profile, scenario and clock, so tests that run side by side never meet.
"""

import json
import re
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.exc import IntegrityError

from ..simulation.profile import ALWAYS, Epoch, Profile
from ..simulation.scenarios import scenario
from ..storage import Database
from ..storage import tables
from .clock import Clock, RunningClock, clock_from_dict
from .errors import AccountExists, InvalidAccount
from .secrets import matches, salted

_CLIENT_ID = re.compile(r"[!-9;-~]{1,128}")
_NOBODY = salted("nobody")


@dataclass(frozen=True)
class Account:
    """
    One tenant.

    Raises:
        InvalidAccount: The client id is not 1 to 128 visible ASCII characters without a colon.
        UnknownScenario: There is no such scenario.
    """

    client_id: str
    seed: str
    scenario: str = "normal"
    profile: Profile = field(default_factory=Profile)
    clock: Clock = field(default_factory=RunningClock)

    def __post_init__(self) -> None:
        if not _CLIENT_ID.fullmatch(self.client_id):
            raise InvalidAccount("client_id", "1 to 128 visible ASCII characters without a colon")
        scenario(self.scenario)

    @property
    def epochs(self) -> tuple[Epoch, ...]:
        """The profiles of its center and since when each is in force."""
        return (Epoch(ALWAYS, scenario(self.scenario).over(self.profile)),)


class Accounts:
    """The accounts in a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, account: Account, secret: str) -> None:
        """
        Add an account.

        Raises:
            AccountExists: The client id is taken.
        """
        try:
            with self._database.write() as connection:
                connection.execute(insert(tables.accounts).values(**_row(account), **_secret_columns(secret)))
        except IntegrityError:
            raise AccountExists(account.client_id) from None

    def follow(self, account: Account, secret: str) -> None:
        """Make an account what it should be, whether it exists or not; writes only what differs."""
        with self._database.read() as connection:
            found = connection.execute(_by_id(account.client_id)).one_or_none()
        if found is None:
            self.create(account, secret)
        elif _account(found) != account or not matches(secret, found.secret_salt, found.secret_digest):
            with self._database.write() as connection:
                change = update(tables.accounts).where(tables.accounts.c.client_id == account.client_id)
                connection.execute(change.values(**_row(account), **_secret_columns(secret)))

    def find(self, client_id: str) -> Account | None:
        """The account of a client id, None when there is none."""
        with self._database.read() as connection:
            row = connection.execute(_by_id(client_id)).one_or_none()
        return None if row is None else _account(row)

    def authenticate(self, client_id: str, secret: str) -> Account | None:
        """The account whose id and secret these are; unknown ids take as long as wrong secrets."""
        row = None
        if _CLIENT_ID.fullmatch(client_id):
            with self._database.read() as connection:
                row = connection.execute(_by_id(client_id)).one_or_none()
        salt, digest = _NOBODY if row is None else (row.secret_salt, row.secret_digest)
        return _account(row) if matches(secret, salt, digest) and row is not None else None

    def welcome(self, client_id: str, secret: str) -> Account | None:
        """As `authenticate`, but a client id that nobody has is given an account of its own."""
        with suppress(AccountExists, InvalidAccount):
            if self.find(client_id) is None:
                self.create(Account(client_id, seed=client_id), secret)
        return self.authenticate(client_id, secret)


def _by_id(client_id: str) -> Any:
    return select(tables.accounts).where(tables.accounts.c.client_id == client_id)


def _row(account: Account) -> dict[str, Any]:
    return {
        "client_id": account.client_id,
        "seed": account.seed,
        "scenario": account.scenario,
        "profile": json.dumps(account.profile.to_dict()),
        "clock": json.dumps(account.clock.to_dict()),
    }


def _secret_columns(secret: str) -> dict[str, bytes]:
    salt, digest = salted(secret)
    return {"secret_salt": salt, "secret_digest": digest}


def _account(row: Row[Any]) -> Account:
    return Account(
        client_id=row.client_id,
        seed=row.seed,
        scenario=row.scenario,
        profile=Profile.from_dict(json.loads(row.profile)),
        clock=clock_from_dict(json.loads(row.clock)),
    )
