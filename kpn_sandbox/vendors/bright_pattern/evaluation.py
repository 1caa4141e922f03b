"""
What a subscription comes to at an instant.

Values are told as they would stand in the answer before rows are chosen and put in order, so what a client sees is what
was compared.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from operator import eq, ge, gt, itemgetter, le, lt, ne
from typing import Any

from kpn_sandbox.simulation.facts import Status
from kpn_sandbox.vendors.bright_pattern.records import chat_record, names_of
from kpn_sandbox.vendors.bright_pattern.snapshot import Snapshot
from kpn_sandbox.vendors.bright_pattern.statistic_catalog import Place
from kpn_sandbox.vendors.bright_pattern.statistic_values import OF_AGENTS, OF_SERVICES, Pool, Value, spelled
from kpn_sandbox.vendors.bright_pattern.subscription import (
    Application,
    Chat,
    Column,
    Filter,
    Grid,
    SubscribedApplications,
)

OPERATIONS: dict[str, Callable[[Any, Any], bool]] = {"EQ": eq, "NE": ne, "LT": lt, "GT": gt, "LE": le, "GE": ge}
"""How a filter compares."""

_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")

Texts = Sequence[str]


def evaluate(applications: SubscribedApplications, snapshot: Snapshot) -> dict[str, Any]:
    """Return the data of a subscription as they stand in the response."""
    evaluation = _Evaluation(snapshot)
    return {name: evaluation.application(application) for name, application in applications.items()}


def number_of(text: str) -> float | None:
    """The number that a text is, None when it is none."""
    return float(text) if _NUMBER.fullmatch(text) else None


def compares(one: str, operation: str, other: str) -> bool:
    """Whether two values compare so: as numbers when both are, else as texts, whatever their case."""
    numbers = number_of(one), number_of(other)
    if None in numbers:
        return OPERATIONS[operation](one.casefold(), other.casefold())
    return OPERATIONS[operation](*numbers)


def ordered(rows: Iterable[int], texts: Texts, descending: bool) -> list[int]:
    """Rows by their values: numbers before texts, and empty values last, whichever the direction."""
    keys = {row: _rank(texts[row]) for row in rows}
    filled = [row for row in keys if texts[row]]
    filled.sort(key=keys.__getitem__, reverse=descending)
    # Sorting backwards keeps rows with equal values in their order, too.
    return filled + [row for row in keys if not texts[row]]


class _Evaluation:
    """One answer; columns that several grids show are made once."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._columns: dict[Any, Texts] = {}

    def application(self, application: Application) -> dict[str, Any]:
        data: dict[str, Any] = {}
        if application.totals is not None:
            data["stats_totals"] = self._totals(application, application.totals)
        if application.services is not None:
            data["service_grids"] = [self._grid(grid, Place.SERVICES) for grid in application.services]
        if application.agents is not None:
            data["agent_grids"] = [self._grid(grid, Place.AGENTS) for grid in application.agents]
        if application.chat is not None:
            data["chat_messages"] = self._messages(application.chat)
        return data

    def _totals(self, application: Application, names: Iterable[str]) -> dict[str, str]:
        chosen = [
            fact
            for fact, identifier in zip(self._snapshot.services, self._snapshot.service_ids)
            if not application.total_services or identifier in application.total_services
        ]
        pool = Pool(chosen, self._snapshot, application.total_dispositions)
        return {name: spelled(OF_SERVICES[name](pool)) for name in names}

    def _grid(self, grid: Grid, place: Place) -> dict[str, Any]:
        columns = [self._column(column, place) for column in grid.columns]
        rows = self._service_rows(grid) if place is Place.SERVICES else self._agent_rows(grid)
        if grid.filter is not None:
            rows = _kept(rows, columns[grid.place_of(grid.filter.by)], grid.filter)
        for order in reversed(grid.orders):
            rows = ordered(rows, columns[grid.place_of(order.by)], order.descending)
        ids = [column.id for column in grid.columns]
        return {"id": grid.id, "values": _rows(ids, columns, rows[: grid.limit])}

    def _service_rows(self, grid: Grid) -> list[int]:
        snapshot = self._snapshot
        served = self._served_by(grid.team_ids) if grid.team_ids else None
        return [
            row
            for row, identifier in enumerate(snapshot.service_ids)
            if (not grid.service_ids or identifier in grid.service_ids) and (served is None or identifier in served)
        ]

    def _served_by(self, teams: frozenset[str]) -> set[str]:
        pairs = zip(self._snapshot.team_of_agents, self._snapshot.service_of_agents)
        return {service for team, service in pairs if team in teams}

    def _agent_rows(self, grid: Grid) -> list[int]:
        snapshot = self._snapshot
        facts = snapshot.agents.agents
        rows: Iterable[int] = names_of(tuple(fact.name for fact in facts))[2]
        if grid.logged_in_only:
            rows = [row for row in rows if facts[row].status is not Status.LOGGED_OUT]
        if grid.team_ids:
            rows = [row for row in rows if snapshot.team_of_agents[row] in grid.team_ids]
        if grid.service_ids:
            rows = [row for row in rows if snapshot.service_of_agents[row] in grid.service_ids]
        return list(rows)

    def _column(self, column: Column, place: Place) -> Texts:
        key = (place, column.names, column.adds, column.dispositions)
        known = self._columns.get(key)
        if known is None:
            parts = [self._values(name, column.dispositions, place) for name in column.names]
            values = list(map(_added, zip(*parts))) if column.adds else parts[0]
            known = self._columns[key] = list(map(spelled, values))
        return known

    def _values(self, name: str, dispositions: tuple[str, ...], place: Place) -> Sequence[Value]:
        snapshot = self._snapshot
        if place is Place.AGENTS:
            return OF_AGENTS[name](snapshot, dispositions)
        return [OF_SERVICES[name](Pool([fact], snapshot, dispositions)) for fact in snapshot.services]

    def _messages(self, chat: Chat) -> list[dict[str, str]]:
        snapshot, part = self._snapshot, chat.filter.casefold()
        found = [fact for fact in snapshot.chats if part in fact.content.casefold()]
        return [chat_record(snapshot.seed, fact, snapshot.date) for fact in found[: chat.limit]]


def _added(values: Iterable[Value]) -> Value:
    return sum(value for value in values if value is not None and not isinstance(value, str))


def _kept(rows: Iterable[int], texts: Texts, condition: Filter) -> list[int]:
    passes = {text: compares(text, condition.operation, condition.value) for text in set(texts)}
    return [row for row in rows if passes[texts[row]]]


def _rank(text: str) -> tuple[bool, float, str]:
    number = number_of(text)
    return (True, 0, text.casefold()) if number is None else (False, number, "")


def _rows(ids: Sequence[str], columns: Sequence[Texts], rows: Sequence[int]) -> list[dict[str, str]]:
    if len(rows) < 2:
        return [{name: column[row] for name, column in zip(ids, columns)} for row in rows]
    chosen = itemgetter(*rows)
    return [dict(zip(ids, values)) for values in zip(*(chosen(column) for column in columns))]
