"""The sandbox: opens an account's center at its own instant."""

from dataclasses import dataclass
from functools import cached_property
from urllib.parse import quote

from ..simulation.center import Center
from ..simulation.randomness import ENGINE_VERSION
from ..simulation.traces import TraceCache
from ..storage import Database
from .accounts import Account, Accounts
from .clock import Source, wall_time
from .memory import Memory, Recent

TRACE_BYTES = 256 * 1024 * 1024
"""Days kept: those of some three hundred centers of 50 agents on a busy Monday."""
CENTERS = 512


@dataclass(frozen=True, eq=False)
class Tenant:
    """An account with its center and its time."""

    account: Account
    center: Center
    source: Source

    def now(self) -> float:
        """The account's instant."""
        return self.account.clock.now(self.source())

    @cached_property
    def world(self) -> tuple[str, str, str]:
        """What tells this center from all others: whose, which seed, which configuration."""
        return (self.account.client_id, self.account.seed, self.center.digest)

    def replay(self, instant: str) -> str:
        """Everything that is needed to get the answers of an instant (ISO 8601) again."""
        return f"{self._origin}; at={instant}"

    @cached_property
    def _origin(self) -> str:
        account, seed, digest = (quote(part, safe="") for part in self.world)
        return f"engine={ENGINE_VERSION}; account={account}; seed={seed}; config={digest}"


class Sandbox:
    """
    All accounts of one database, each with its center.

    Args:
        database: Where the accounts are.
        source: Tells wall time.
    """

    def __init__(self, database: Database, source: Source = wall_time) -> None:
        self.database = database
        self.accounts = Accounts(database)
        self.source = source
        self.memory = Memory(database.generation)
        self._traces = TraceCache(TRACE_BYTES)
        self._centers: Recent[Center] = Recent(CENTERS)

    def open(self, account: Account) -> Tenant:
        """The center of an account, kept for the next time as long as its seed and configuration stay."""
        epochs = account.epochs
        key = (account.seed, tuple((epoch.since, epoch.profile.digest) for epoch in epochs))
        center = self._centers.find(key)
        if center is None:
            center = Center(account.seed, epochs, self._traces)
            self._centers.put(key, center)
        return Tenant(account, center, self.source)
