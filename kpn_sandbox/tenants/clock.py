"""
The clock of an account: value objects and store; the only reader of wall time in the package.

An instant is float seconds since the epoch, UTC. Wall time is handed in, so tests move time instead of waiting for it.
"""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, lru_cache
from typing import Any, ClassVar

from sqlalchemy import Connection, select, update

from kpn_sandbox.literals import TOKEN_TIMES, ClockMode, TokenTime
from kpn_sandbox.simulation.calendar import FIRST_DATE, LAST_DATE, calendar_day, day_of, zone
from kpn_sandbox.simulation.errors import InstantOutOfRange
from kpn_sandbox.storage import Database
from kpn_sandbox.storage.tables import accounts
from kpn_sandbox.tenants.errors import InvalidSetting
from kpn_sandbox.tenants.transactions import account_transaction
from kpn_sandbox.validation import choice, number

WallClock = Callable[[], float]
"""Returns wall time, in epoch seconds."""

FASTEST = 3600
"""Greatest speed of a clock: seconds of the account per second of wall time."""

_SPEED = number(
    0, FASTEST, above=True, allowed=f"a number of more than 0 and at most {FASTEST:,}, given with a running clock"
)
# Centers exist from 2000 to 2100, so no clock can be moved further than that.
_TOKENS = choice(*TOKEN_TIMES)
_SECONDS = number(0, 101 * 366 * 86400, allowed="a number of seconds from 0 on")


def wall_time() -> float:
    """Return the time of this machine."""
    return time.time()


@dataclass(frozen=True)
class RunningClock:
    """
    A clock that runs from the first second of the year 2000 to the last of 2100; by default it follows wall time.

    Args:
        at: The account's instant when the clock was started.
        since: Wall time when the clock was started.
        speed: Seconds of the account per second of wall time.
        tokens: Whose time the life of the account's tokens follows.
    """

    at: float = 0.0
    since: float = 0.0
    speed: float = 1.0
    tokens: TokenTime = "account"
    mode: ClassVar[ClockMode] = "running"

    def now(self, wall: float) -> float:
        """Return the account's instant at a wall time."""
        return min(max(self.at + (wall - self.since) * self.speed, first_instant()), last_instant())

    def advanced(self, seconds: float, wall: float) -> "RunningClock":
        """
        Return a clock that runs on from a later instant, at the same speed.

        Args:
            seconds: By how many seconds, from 0 on.
            wall: Wall time now, in seconds since 1970.
        """
        return replace(self, at=instant(self.now(wall) + seconds), since=wall)

    def restarted(self, wall: float) -> "RunningClock":
        """Return a clock that starts at `at` now; one that follows wall time stays as it is."""
        return self if (self.at, self.since, self.speed) == (0.0, 0.0, 1.0) else replace(self, since=wall)

    def to_dict(self) -> dict[str, Any]:
        """Return the clock as JSON values."""
        return {"mode": self.mode, "at": self.at, "since": self.since, "speed": self.speed, "tokens": self.tokens}


@dataclass(frozen=True)
class FrozenClock:
    """A clock that stands still, with the methods of `RunningClock`."""

    at: float
    tokens: TokenTime = "account"
    mode: ClassVar[ClockMode] = "frozen"
    speed = 0.0

    def now(self, wall: float) -> float:
        """Return the instant at which the clock stands."""
        return self.at

    def advanced(self, seconds: float, wall: float) -> "FrozenClock":
        """
        Return a clock that stands at a later instant.

        Args:
            seconds: By how many seconds, from 0 on.
            wall: Wall time now, in seconds since 1970.
        """
        return replace(self, at=instant(self.at + seconds))

    def restarted(self, wall: float) -> "FrozenClock":
        """Return self; a frozen clock has no start to go back to."""
        return self

    def to_dict(self) -> dict[str, Any]:
        """Return the clock as JSON values."""
        return {"mode": self.mode, "at": self.at, "tokens": self.tokens}


Clock = RunningClock | FrozenClock
_KINDS: dict[str, Any] = {kind.mode: kind for kind in (RunningClock, FrozenClock)}


def clock_from_dict(settings: Mapping[str, Any]) -> Clock:
    """
    Return the clock that `to_dict` described.

    Raises:
        KeyError, TypeError: A newer version described it.
    """
    values = {name: value for name, value in settings.items() if name != "mode"}
    clock: Clock = _KINDS[settings["mode"]](**values)
    return clock


def new_clock(
    before: Clock,
    wall: float,
    mode: str,
    *,
    at: float | None = None,
    speed: float | None = None,
    tokens: TokenTime | None = None,
) -> Clock:
    """
    Return the clock of a request to set one.

    Args:
        before, wall: The account's clock before, and wall time, in epoch seconds.
        mode: `running` or `frozen`.
        at: Instant at which it stands or from which it runs; None for where it is.
        speed: Seconds of the account per second of wall time; a clock with neither instant nor speed follows wall time.
        tokens: Whose time the life of tokens follows; None for the same as before.

    Raises:
        InvalidSetting: The mode, the speed or the time of tokens is not allowed.
    """
    now, kept = before.now(wall), tokens or before.tokens
    _TOKENS("tokens", kept, InvalidSetting)
    if mode == "frozen":
        if speed is not None:
            raise InvalidSetting("speed", speed, _SPEED.allowed)
        return FrozenClock(now // 1 if at is None else at, kept)
    if mode != "running":
        raise InvalidSetting("mode", mode, "running or frozen")
    if at is None and speed is None:
        return RunningClock(tokens=kept)
    checked = float(_SPEED("speed", 1.0 if speed is None else speed, InvalidSetting))
    return RunningClock(now if at is None else at, wall, checked, kept)


def instant(at: float) -> float:
    """
    Return an instant that lies in the years of a center.

    Raises:
        InstantOutOfRange: It is before 2000 or after 2100.
    """
    day_of(at)
    return at


@cache
def first_instant() -> float:
    """Return the first second of the year 2000."""
    return calendar_day(FIRST_DATE).starts_at


@cache
def last_instant() -> float:
    """Return the last second of the year 2100."""
    last = calendar_day(LAST_DATE)
    return last.starts_at + last.length / 1000 - 1


def format_instant(at: float) -> str:
    """Return an instant in the center's zone, to the second, as ISO 8601 with its offset."""
    minute, second = divmod(int(at // 1), 60)
    before, after = _minute(minute)
    return f"{before}{second:02d}{after}"


@lru_cache(maxsize=10_000)
def _minute(number: int) -> tuple[str, str]:
    """Return how instants of a minute since 1970 begin and end; in a century with whole hours of offset, all do."""
    text = datetime.fromtimestamp(number * 60, zone()).isoformat()
    return text[:-8], text[-6:]


def exact_instant(at: float) -> str:
    """Return an instant as `format_instant` does, with its microseconds where it has any, and in the same second."""
    second, microseconds = int(at // 1), round(at % 1 * 1_000_000)
    moment = datetime.fromtimestamp(second, zone())
    return moment.replace(microsecond=min(microseconds, 999_999)).isoformat()


class Clocks:
    """
    The clocks of all accounts of a database; changing that of an unknown account raises UnknownAccount.

    Args:
        database: The database.
        wall_clock: Returns wall time, in epoch seconds.
    """

    def __init__(self, database: Database, wall_clock: WallClock) -> None:
        self._database = database
        self._wall_clock = wall_clock

    def set(
        self,
        client_id: str,
        mode: str,
        *,
        at: float | None = None,
        speed: float | None = None,
        tokens: TokenTime | None = None,
    ) -> Clock:
        """
        Give an account another clock, which every worker reads at the next request.

        Args:
            client_id, mode, at, speed, tokens: The account, and the rest as for `new_clock`.

        Raises:
            InvalidSetting: The mode, the speed or the time of tokens is not allowed.
            InstantOutOfRange: The instant is before 2000 or after 2100.
        """
        wall = self._wall_clock()
        if at is not None:
            instant(at)
        return self._changed(client_id, lambda clock: new_clock(clock, wall, mode, at=at, speed=speed, tokens=tokens))

    def advance(self, client_id: str, seconds: float) -> Clock:
        """
        Put the clock of an account forward, whether it runs or stands.

        Args:
            client_id, seconds: The account, and a number of its seconds, from 0 on.

        Raises:
            InvalidSetting: The seconds are not allowed, or the clock would leave the year 2100.
        """
        _SECONDS("seconds", seconds, InvalidSetting)
        wall = self._wall_clock()
        try:
            return self._changed(client_id, lambda clock: clock.advanced(seconds, wall))
        except InstantOutOfRange:
            raise InvalidSetting("seconds", seconds, "so few that the clock does not leave the year 2100") from None

    def _changed(self, client_id: str, change: Callable[[Clock], Clock]) -> Clock:
        with account_transaction(self._database, client_id) as connection:
            stored = connection.scalar(select(accounts.c.clock).where(accounts.c.client_id == client_id))
            clock = change(clock_from_dict(json.loads(stored or "")))
            save_clock(connection, client_id, clock)
        return clock


def save_clock(connection: Connection, client_id: str, clock: Clock) -> None:
    """
    Store the clock of an account.

    Args:
        connection, client_id, clock: A transaction on the account, the account, and its clock.
    """
    columns = {"clock": json.dumps(clock.to_dict())}
    connection.execute(update(accounts).where(accounts.c.client_id == client_id).values(columns))
