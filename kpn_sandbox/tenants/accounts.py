"""
Accounts: the tenants of the sandbox.

A client id has its own seed, profile, scenario and clock, so tests that run side by side never meet.
"""

import json
import re
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from kpn_sandbox.simulation.profile import Profile
from kpn_sandbox.simulation.scenarios import scenario
from kpn_sandbox.storage import Database, tables
from kpn_sandbox.tenants.clock import Clock, RunningClock, WallClock, clock_from_dict, wall_time
from kpn_sandbox.tenants.errors import AccountExists, InvalidSetting, UnknownAccount
from kpn_sandbox.tenants.secrets import digest_ha1, itx_token, matches, random_text, salted, text_digest
from kpn_sandbox.tenants.transactions import account_transaction

_CLIENT_ID = re.compile(r"[!-9;-~]{1,128}")
_TEXT = re.compile(r"[^\x00-\x1f\x7f\ud800-\udfff]{1,128}")
_NOBODY = salted("nobody")
_ROW = tables.accounts.c
_BY_ID = select(tables.accounts).where(_ROW.client_id == bindparam("client_id"))
_SECRET = select(_ROW.secret_salt, _ROW.secret_digest).where(_ROW.client_id == bindparam("client_id"))


@dataclass(frozen=True)
class Account:
    """
    One tenant, and the profile, the scenario and the clock that it began with.

    Raises:
        InvalidSetting: The client id or the seed is not what it may be.
        UnknownScenario: There is no such scenario.
        InvalidProfile: The scenario makes the center too busy to simulate.
    """

    client_id: str
    seed: str
    scenario: str = "normal"
    profile: Profile = field(default_factory=Profile)
    clock: Clock = field(default_factory=RunningClock)
    created_at: float = field(default=0.0, compare=False)
    """Wall time."""

    def __post_init__(self) -> None:
        if not _CLIENT_ID.fullmatch(self.client_id):
            raise InvalidSetting("client_id", self.client_id, "1 to 128 visible ASCII characters without a colon")
        if not _TEXT.fullmatch(self.seed):
            raise InvalidSetting("seed", self.seed, "1 to 128 characters, none of them a control character")
        scenario(self.scenario).over(self.profile)


@dataclass(frozen=True)
class NewAccount:
    """An account that somebody wishes; what he leaves open is made up."""

    client_id: str | None = None
    client_secret: str | None = None
    seed: str | None = None
    profile: Profile = field(default_factory=Profile)
    scenario: str = "normal"
    clock: Clock = field(default_factory=RunningClock)

    def account(self, created_at: float) -> Account:
        """The account itself."""
        client_id = random_text() if self.client_id is None else self.client_id
        seed = client_id if self.seed is None else self.seed
        return Account(client_id, seed, self.scenario, self.profile, self.clock, created_at)


@dataclass(frozen=True)
class Credentials:
    """What opens the doors of an account; nobody can tell it again."""

    account: Account
    client_secret: str = field(repr=False)

    @property
    def itx_token(self) -> str:
        """The token in the URL of ITX; it follows from id and secret, so it need not be told beside them."""
        return itx_token(self.account.client_id, self.client_secret)


class Accounts:
    """
    The accounts in a database.

    Args:
        database: Where they are.
        wall_clock: Returns wall time, in epoch seconds.
    """

    def __init__(self, database: Database, wall_clock: WallClock = wall_time) -> None:
        self._database = database
        self._wall_clock = wall_clock

    def create(self, new: NewAccount) -> Credentials:
        """
        Add an account.

        Raises:
            AccountExists: The client id is taken.
            InvalidSetting: Client id, secret or seed are not what they may be.
        """
        credentials = Credentials(new.account(self._wall_clock()), _secret(new.client_secret))
        try:
            with self._database.write() as connection:
                connection.execute(insert(tables.accounts).values(_row(credentials)))
        except IntegrityError:
            raise AccountExists(credentials.account.client_id) from None
        return credentials

    def list(self) -> tuple[Account, ...]:
        """All accounts, the oldest first."""
        with self._database.read() as connection:
            rows = connection.execute(select(tables.accounts).order_by(_ROW.created_at, _ROW.client_id)).all()
        return tuple(map(account_of, rows))

    def find(self, client_id: str) -> Account | None:
        """The account of a client id, None when there is none."""
        if not _CLIENT_ID.fullmatch(client_id):
            return None
        with self._database.read() as connection:
            row = connection.execute(_BY_ID, {"client_id": client_id}).one_or_none()
        return None if row is None else account_of(row)

    def show(self, client_id: str) -> Account:
        """
        The account of a client id.

        Raises:
            UnknownAccount: There is none.
        """
        account = self.find(client_id)
        if account is None:
            raise UnknownAccount(client_id)
        return account

    def delete(self, client_id: str) -> None:
        """
        Take an account away with all that belongs to it.

        Raises:
            UnknownAccount: There is none.
        """
        with account_transaction(self._database, self.show(client_id).client_id) as connection:
            connection.execute(delete(tables.accounts).where(_ROW.client_id == client_id))

    def rotate(self, client_id: str) -> Credentials:
        """
        Give an account another secret; the old one opens nothing any more, tokens live on.

        Raises:
            UnknownAccount: There is none.
        """
        credentials = Credentials(self.show(client_id), random_text())
        with account_transaction(self._database, client_id) as connection:
            connection.execute(_change(client_id).values(_secret_columns(credentials)))
        return credentials

    def authenticate(self, client_id: str, secret: str) -> Account | None:
        """The account whose id and secret these are; unknown ids take as long as wrong secrets."""
        row = self._database.fetch_one(_SECRET, client_id=client_id) if _CLIENT_ID.fullmatch(client_id) else None
        salt, digest = _NOBODY if row is None else row
        return self.find(client_id) if matches(secret, salt, digest) and row is not None else None

    def authenticate_or_create(self, client_id: str, secret: str) -> Account | None:
        """As `authenticate`, but a client id that nobody has is given an account of its own."""
        with suppress(AccountExists, InvalidSetting):
            if self.find(client_id) is None:
                self.create(NewAccount(client_id, secret))
        return self.authenticate(client_id, secret)

    def ensure(self, new: NewAccount) -> None:
        """
        Make an account begin as told, whether it exists or not.

        What was changed of it since stays unless it is told to begin in another way than before.
        """
        wished = Credentials(new.account(self._wall_clock()), _secret(new.client_secret))
        if self.find(wished.account.client_id) is None:
            # Another start may be faster; then there is nothing left to do.
            with suppress(AccountExists):
                self.create(new)
        self._adapt(wished)

    def _adapt(self, wished: Credentials) -> None:
        client_id = wished.account.client_id
        if self.show(client_id) != wished.account:
            with account_transaction(self._database, client_id) as connection:
                connection.execute(_change(client_id).values(_origin_columns(wished.account)))
                log = tables.configuration
                connection.execute(delete(log).where(log.c.client_id == client_id))
        if self.authenticate(client_id, wished.client_secret) is None:
            with account_transaction(self._database, client_id) as connection:
                connection.execute(_change(client_id).values(_secret_columns(wished)))


def account_of(row: Row[Any]) -> Account:
    """The account of a row of the table."""
    origin = json.loads(row.origin)
    return Account(
        client_id=row.client_id,
        seed=row.seed,
        scenario=origin["scenario"],
        profile=Profile.from_dict(origin["profile"]),
        clock=clock_from_dict(origin["clock"]),
        created_at=row.created_at,
    )


def _change(client_id: str) -> Any:
    return update(tables.accounts).where(_ROW.client_id == client_id)


def _row(credentials: Credentials) -> dict[str, Any]:
    account = credentials.account
    return {
        "client_id": account.client_id,
        # An account that is made again after it was deleted must not look like the old one.
        "version": int.from_bytes(random_text(6).encode(), "big"),
        "created_at": account.created_at,
        **_origin_columns(account),
        **_secret_columns(credentials),
    }


def _origin_columns(account: Account) -> dict[str, str]:
    clock = account.clock.to_dict()
    origin = {"profile": account.profile.to_dict(), "scenario": account.scenario, "clock": clock}
    return {"seed": account.seed, "origin": json.dumps(origin), "clock": json.dumps(clock)}


def _secret_columns(credentials: Credentials) -> dict[str, Any]:
    salt, digest = salted(credentials.client_secret)
    return {
        "secret_salt": salt,
        "secret_digest": digest,
        "kaisa_ha1": digest_ha1(credentials.account.client_id, credentials.client_secret),
        "itx_digest": text_digest(credentials.itx_token),
    }


def _secret(given: str | None) -> str:
    if given is not None and not _TEXT.fullmatch(given):
        raise InvalidSetting("client_secret", "***", "1 to 128 characters, none of them a control character")
    return random_text() if given is None else given
