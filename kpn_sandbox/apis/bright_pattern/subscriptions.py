"""What a client wishes to be told: applications, each with totals, grids and chat messages."""

from dataclasses import dataclass
from typing import NamedTuple

from kpn_sandbox.apis.bright_pattern.statistics import Place


@dataclass(frozen=True)
class Column:
    """A column of a grid: the sum of some statistics, mostly one."""

    id: str
    names: tuple[str, ...]
    adds: bool = False
    """Whether the names are added, also when it is one."""
    dispositions: tuple[str, ...] = ()


class Order(NamedTuple):
    """A column by which rows are ordered."""

    by: str
    descending: bool


class Filter(NamedTuple):
    """Which rows are told: those whose value in a column compares so with a given one."""

    by: str
    operation: str
    value: str


@dataclass(frozen=True)
class Grid:
    """A table: one row for each service or agent."""

    id: str
    columns: tuple[Column, ...]
    orders: tuple[Order, ...] = ()
    limit: int | None = None
    filter: Filter | None = None
    team_ids: frozenset[str] = frozenset()
    """Empty for all."""
    service_ids: frozenset[str] = frozenset()
    """Empty for all."""
    logged_in_only: bool = False

    def place_of(self, column: str) -> int:
        """The place of the column with an id, from 0."""
        return next(place for place, each in enumerate(self.columns) if each.id == column)


class Chat(NamedTuple):
    """Which chat messages are told."""

    filter: str
    limit: int | None


@dataclass(frozen=True)
class Application:
    """One part of a subscription."""

    totals: tuple[str, ...] | None = None
    """None when there is no such part."""
    total_services: frozenset[str] = frozenset()
    total_dispositions: tuple[str, ...] = ()
    services: tuple[Grid, ...] | None = None
    agents: tuple[Grid, ...] | None = None
    chat: Chat | None = None

    def grids(self, place: Place) -> tuple[Grid, ...] | None:
        """The grids of a kind."""
        return self.services if place is Place.SERVICES else self.agents


Wishes = dict[str, Application]
"""By the ids that the client chose."""
