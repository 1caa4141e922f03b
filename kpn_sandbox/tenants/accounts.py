"""
Accounts: the tenants of the sandbox, each with its own seed, profile, scenario and clock.

Tests that run side by side use an account each, so they never affect one another. An account has one secret; the other
credentials that a client can present follow from its id and secret, and are stored as digests of their own kind.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from kpn_sandbox.literals import CLIENT_ID_ALLOWED, CLIENT_ID_PATTERN
from kpn_sandbox.simulation.errors import SimulationError
from kpn_sandbox.simulation.profile import Profile
from kpn_sandbox.simulation.scenarios import scenario
from kpn_sandbox.storage import Database, tables
from kpn_sandbox.tenants.clock import (
    Clock,
    FrozenClock,
    RunningClock,
    WallClock,
    clock_from_dict,
    format_instant,
    wall_time,
)
from kpn_sandbox.tenants.errors import AccountExists, InvalidSetting, TenantError, UnknownAccount, UnreadableAccount
from kpn_sandbox.tenants.secrets import matches, random_text, salted
from kpn_sandbox.tenants.transactions import account_transaction

CLIENT_ID = re.compile(CLIENT_ID_PATTERN)
_TEXT = re.compile(r"[^\x00-\x1f\x7f\ud800-\udfff]{1,128}")
# Compared with when there is no such account, so that unknown ids take as long as wrong secrets.
_NOBODY = salted("nobody")
_ROW = tables.accounts.c
IS_THERE = _ROW.expires_at.is_(None) | (_ROW.expires_at > bindparam("wall"))
"""Condition of accounts whose time, if they have one, is not over at a wall time."""

_BY_ID = select(tables.accounts).where(_ROW.client_id == bindparam("client_id"), IS_THERE)
_SECRET = select(_ROW.secret_salt, _ROW.secret_digest).where(_ROW.client_id == bindparam("client_id"), IS_THERE)
_EXISTS = select(_ROW.client_id).where(_ROW.client_id == bindparam("client_id"), IS_THERE)
_DROP_EXPIRED = delete(tables.accounts).where(_ROW.expires_at <= bindparam("wall"))
_DERIVED = tables.credentials


@dataclass(frozen=True)
class Account:
    """
    One tenant, with the profile, the scenario and the clock that a reset restores.

    They are those that it was created with, or those of the last snapshot that was restored.

    Raises:
        InvalidSetting: The client id or the seed is not allowed.
        UnknownScenario: There is no such scenario.
        InvalidProfile: The scenario makes the center too busy to simulate.
    """

    client_id: str
    seed: str
    scenario: str = "normal"
    profile: Profile = field(default_factory=Profile)
    clock: Clock = field(default_factory=RunningClock)
    created_at: float = field(default=0.0, compare=False)
    """Wall time, in epoch seconds."""
    expires_at: float | None = field(default=None, compare=False)
    """Wall time at which it is dropped; None for never."""

    def __post_init__(self) -> None:
        if not CLIENT_ID.fullmatch(self.client_id):
            raise InvalidSetting("client_id", self.client_id, CLIENT_ID_ALLOWED)
        if not _TEXT.fullmatch(self.seed):
            raise InvalidSetting("seed", self.seed, "1 to 128 characters, none of them a control character")
        scenario(self.scenario).over(self.profile)


@dataclass(frozen=True)
class NewAccount:
    """Settings of an account to be created; what is None is generated."""

    client_id: str | None = None
    client_secret: str | None = None
    seed: str | None = None
    profile: Profile = field(default_factory=Profile)
    scenario: str = "normal"
    clock: Clock = field(default_factory=RunningClock)
    expires_in_seconds: int | None = None
    """After so long, by wall time, it is dropped; never by default."""

    def account(self, created_at: float) -> Account:
        """Return the account of these settings; it raises what `Account` raises."""
        client_id = random_text() if self.client_id is None else self.client_id
        seed = client_id if self.seed is None else self.seed
        expires_at = None if self.expires_in_seconds is None else created_at + self.expires_in_seconds
        return Account(client_id, seed, self.scenario, self.profile, self.clock, created_at, expires_at)


@dataclass(frozen=True)
class Credentials:
    """An account with its secret, known only while the secret is new: the database has its digest."""

    account: Account
    client_secret: str = field(repr=False)


class CredentialKind(NamedTuple):
    """A kind of credential that follows from an account's id and secret."""

    name: str
    """Up to 32 characters, other than those of all other kinds."""
    digest: Callable[[str, str], str]
    """Returns what is stored for a client id and its secret, up to 64 characters."""


class ChangedSetting(NamedTuple):
    """A setting that an account would begin with in another way than it did; the values are texts for people."""

    name: str
    before: str
    after: str


class Accounts:
    """
    The accounts of a database.

    Args:
        database, wall_clock: The database, and what returns wall time, in epoch seconds.
        credential_kinds: The kinds of credential to store beside the secret.
        cached: Finds an account as `find` does, faster.
    """

    def __init__(
        self,
        database: Database,
        wall_clock: WallClock = wall_time,
        credential_kinds: Sequence[CredentialKind] = (),
        cached: Callable[[str], Account | None] | None = None,
    ) -> None:
        self._database = database
        self._cached = cached or self.find
        self._wall_clock = wall_clock
        self._credential_kinds = credential_kinds

    def create(self, new: NewAccount) -> Credentials:
        """
        Add an account.

        Raises:
            AccountExists: The client id is taken.
            InvalidSetting: The client id, the secret or the seed is not allowed.
        """
        credentials = Credentials(new.account(self._wall_clock()), _secret(new.client_secret))
        try:
            with self._database.write() as connection:
                connection.execute(_DROP_EXPIRED, {"wall": credentials.account.created_at})
                connection.execute(insert(tables.accounts).values(_row(credentials)))
                self._write_derived(connection, credentials)
        except IntegrityError:
            raise AccountExists(credentials.account.client_id) from None
        return credentials

    def exists(self, client_id: str) -> bool:
        """Return whether there is an account with a client id, readable or not."""
        found = CLIENT_ID.fullmatch(client_id)
        return found is not None and self._fetch_one(_EXISTS, client_id) is not None

    def find(self, client_id: str) -> Account | None:
        """
        Return the account of a client id, None when there is none.

        Raises:
            UnreadableAccount: A stored field means nothing to this version.
        """
        if not CLIENT_ID.fullmatch(client_id):
            return None
        with self._database.read() as connection:
            row = connection.execute(_BY_ID, {"client_id": client_id, "wall": self._wall_clock()}).one_or_none()
        if row is None:
            return None
        with understood(self._database, client_id):
            return account_of(row)

    def show(self, client_id: str) -> Account:
        """
        Return the account of a client id.

        Raises:
            UnknownAccount: There is none.
        """
        account = self.find(client_id)
        if account is None:
            raise UnknownAccount(client_id)
        return account

    def delete(self, client_id: str) -> None:
        """
        Delete an account with all that belongs to it.

        Raises:
            UnknownAccount: There is none.
        """
        with account_transaction(self._database, client_id) as connection:
            connection.execute(delete(tables.accounts).where(_ROW.client_id == client_id))

    def drop_expired(self) -> None:
        """Delete all accounts whose time is over."""
        with self._database.write() as connection:
            connection.execute(_DROP_EXPIRED, {"wall": self._wall_clock()})

    def rotate_secret(self, client_id: str, secret: str | None = None) -> Credentials:
        """
        Give an account a new secret; the old one and what follows from it are rejected, tokens stay valid.

        Args:
            client_id, secret: The account, and its new secret; None for a random one.

        Raises:
            UnknownAccount: There is no such account.
            InvalidSetting: The secret is not allowed.
        """
        credentials = Credentials(self.show(client_id), _secret(secret))
        self._write_secret(credentials)
        return credentials

    def authenticate(self, client_id: str, secret: str) -> Account | None:
        """
        Return the account of this id and secret, or None; unknown ids take as long as wrong secrets.

        Args:
            client_id: The client id.
            secret: The client secret.
        """
        return self._cached(client_id) if self.has_secret(client_id, secret) else None

    def has_secret(self, client_id: str, secret: str) -> bool:
        """
        Return whether a secret is that of an account, readable or not; unknown ids take as long as wrong secrets.

        Args:
            client_id: The client id.
            secret: The client secret.
        """
        row = self._fetch_one(_SECRET, client_id if CLIENT_ID.fullmatch(client_id) else "")
        salt, digest = _NOBODY if row is None else row
        return matches(secret, salt, digest) and row is not None

    def create_missing(self, client_id: str, secret: str) -> None:
        """
        Create an account of this id and secret if there is no such id.

        Args:
            client_id: The client id.
            secret: The client secret.
        """
        with suppress(AccountExists, InvalidSetting):
            if not self.exists(client_id):
                self.create(NewAccount(client_id, secret))

    def authenticate_or_create(self, client_id: str, secret: str) -> Account | None:
        """
        Return the account of this id and secret as `authenticate` does, creating it if there is no such id.

        Args:
            client_id: The client id.
            secret: The client secret.
        """
        self.create_missing(client_id, secret)
        return self.authenticate(client_id, secret)

    def _fetch_one(self, statement: Any, client_id: str) -> Any:
        return self._database.fetch_one(statement, client_id=client_id, wall=self._wall_clock())

    def changed_settings(self, new: NewAccount) -> tuple[ChangedSetting, ...]:
        """Return why `ensure` would make an account begin anew; nothing where it would not."""
        wanted = new.account(self._wall_clock())
        stored = self._created(wanted.client_id)
        if stored is None or stored == wanted:
            return ()
        pairs = zip(_settings_texts(stored).items(), _settings_texts(wanted).values(), strict=True)
        return tuple(ChangedSetting(name, before, after) for (name, before), after in pairs if before != after)

    def ensure(self, new: NewAccount) -> None:
        """
        Create an account, or adapt the one with its client id.

        What was changed of the account since it was created stays, unless it now begins in another way than then.
        Settings that are not allowed raise what `Account` raises.
        """
        wanted = Credentials(new.account(self._wall_clock()), _secret(new.client_secret))
        if self.find(wanted.account.client_id) is None:
            # Another worker may create it first; then there is nothing left to do.
            with suppress(AccountExists):
                self.create(new)
        self._adapt(wanted)

    def _adapt(self, wanted: Credentials) -> None:
        client_id = wanted.account.client_id
        # A snapshot that was restored since is a change of the account, no other beginning.
        if self._created(client_id) != wanted.account:
            with account_transaction(self._database, client_id) as connection:
                columns = {**state_columns(wanted.account), "created_with": _settings(wanted.account)}
                connection.execute(_update(client_id).values(columns))
                log = tables.configuration
                connection.execute(delete(log).where(log.c.client_id == client_id))
        if self.authenticate(client_id, wanted.client_secret) is None:
            self._write_secret(wanted)

    def _created(self, client_id: str) -> Account | None:
        """Return an account as it was created, whatever snapshot was restored since; None when there is none."""
        with self._database.read() as connection:
            text = connection.scalar(select(_ROW.created_with).where(_ROW.client_id == client_id))
        if text is None:
            return self.find(client_id)
        with understood(self._database, client_id):
            seed, scenario, profile, clock = json.loads(text)
            return Account(client_id, seed, scenario, Profile.from_dict(profile), clock_from_dict(clock))

    def _write_secret(self, credentials: Credentials) -> None:
        client_id = credentials.account.client_id
        with account_transaction(self._database, client_id) as connection:
            connection.execute(_update(client_id).values(_secret_columns(credentials)))
            self._write_derived(connection, credentials)

    def _write_derived(self, connection: Connection, credentials: Credentials) -> None:
        client_id = credentials.account.client_id
        connection.execute(delete(_DERIVED).where(_DERIVED.c.client_id == client_id))
        for kind in self._credential_kinds:
            digest = kind.digest(client_id, credentials.client_secret)
            connection.execute(insert(_DERIVED).values(client_id=client_id, kind=kind.name, digest=digest))


@contextmanager
def understood(database: Database, client_id: str, *, damaged: bool = True) -> Iterator[None]:
    """
    Name the account in the error of a stored field that means nothing to this version.

    Args:
        database, client_id: The database, and the account whose rows are read.
        damaged: Whether that holds of a field that is no JSON, too, which no version writes.

    Raises:
        UnreadableAccount: A field was not understood.
    """
    try:
        yield
    except (SimulationError, TenantError, ValueError, TypeError, KeyError, AttributeError) as error:
        if isinstance(error, json.JSONDecodeError) and not damaged:
            raise
        raise UnreadableAccount(client_id, database.shown_url, str(error)) from error


@lru_cache(maxsize=1024)
def stored_profile(text: str) -> Profile:
    """Return the profile of a column; most accounts have one of few, and checking it takes longer than reading it."""
    return Profile.from_dict(json.loads(text))


def account_of(row: Row[Any]) -> Account:
    """Return the account of a row of the table."""
    return Account(
        client_id=row.client_id,
        seed=row.seed,
        scenario=row.origin_scenario,
        profile=stored_profile(row.origin_profile),
        clock=clock_from_dict(json.loads(row.origin_clock)),
        created_at=row.created_at,
        expires_at=row.expires_at,
    )


def _settings_texts(account: Account) -> dict[str, str]:
    rest = {name: value for name, value in account.profile.to_dict().items() if name != "agents"}
    at = format_instant(account.clock.at) if isinstance(account.clock, FrozenClock) else account.clock.mode
    return {
        "seed": account.seed,
        "scenario": account.scenario,
        "agents": str(account.profile.agents),
        "clock": at,
        "profile": json.dumps(rest),
    }


def _update(client_id: str) -> Any:
    return update(tables.accounts).where(_ROW.client_id == client_id)


def _row(credentials: Credentials) -> dict[str, Any]:
    account = credentials.account
    return {
        "client_id": account.client_id,
        # Random at first: an account that is created again after it was deleted must not look like the old one.
        "version": int.from_bytes(random_text(6).encode(), "big"),
        "created_at": account.created_at,
        "expires_at": account.expires_at,
        **state_columns(account),
        "created_with": _settings(account),
        **_secret_columns(credentials),
    }


def state_columns(account: Account) -> dict[str, str]:
    """Return the columns of an account's seed, and of the profile, scenario and clock that it has and is reset to."""
    state = {
        "profile": json.dumps(account.profile.to_dict()),
        "scenario": account.scenario,
        "clock": json.dumps(account.clock.to_dict()),
    }
    return {"seed": account.seed, **state, **{f"origin_{name}": value for name, value in state.items()}}


def _settings(account: Account) -> str:
    """Return what an account is created with, as JSON."""
    return json.dumps([account.seed, account.scenario, account.profile.to_dict(), account.clock.to_dict()])


def _secret_columns(credentials: Credentials) -> dict[str, Any]:
    salt, digest = salted(credentials.client_secret)
    return {"secret_salt": salt, "secret_digest": digest}


def _secret(given: str | None) -> str:
    if given is not None and not _TEXT.fullmatch(given):
        raise InvalidSetting("client_secret", "***", "1 to 128 characters, none of them a control character")
    return random_text() if given is None else given
