"""
The data of a subscription at an instant.

Values are compared as they are in the response, so rows are filtered and ordered by what the client sees.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from operator import eq, ge, gt, itemgetter, le, lt, ne
from typing import Any

from kpn_sandbox.simulation.facts import Status
from kpn_sandbox.vendors.bright_pattern.records import chat_record, sorted_names
from kpn_sandbox.vendors.bright_pattern.snapshot import Snapshot
from kpn_sandbox.vendors.bright_pattern.statistic_catalog import ApplicationPart
from kpn_sandbox.vendors.bright_pattern.statistic_values import (
    AGENT_STATISTICS,
    SERVICE_STATISTICS,
    ServiceSelection,
    Value,
    text_of,
)
from kpn_sandbox.vendors.bright_pattern.subscription import (
    ChatSelection,
    Column,
    Grid,
    RowFilter,
    SubscribedApplication,
    SubscribedApplications,
)

_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {"EQ": eq, "NE": ne, "LT": lt, "GT": gt, "LE": le, "GE": ge}
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")

Texts = Sequence[str]


def evaluate(applications: SubscribedApplications, snapshot: Snapshot) -> dict[str, Any]:
    """
    Return the data of a subscription as they are in the response.

    Args:
        applications: Applications of the subscription.
        snapshot: The center at the instant of the response.
    """
    evaluation = _Evaluation(snapshot)
    return {name: evaluation.application(application) for name, application in applications.items()}


def _number_of(text: str) -> float | None:
    return float(text) if _NUMBER.fullmatch(text) else None


def _passes(text: str, condition: RowFilter) -> bool:
    """Compare as numbers when both values are numbers, else as texts without regard to case."""
    compare = _COMPARISONS[condition.operation]
    numbers = _number_of(text), _number_of(condition.value)
    return compare(text.casefold(), condition.value.casefold()) if None in numbers else compare(*numbers)


def _ordered(rows: Iterable[int], texts: Texts, descending: bool) -> list[int]:
    """Order rows by their values: numbers before texts, and empty values last in either direction."""
    keys = {row: _rank(texts[row]) for row in rows}
    filled = [row for row in keys if texts[row]]
    filled.sort(key=keys.__getitem__, reverse=descending)
    # Sorting is stable also in reverse: rows with equal values keep their order.
    return filled + [row for row in keys if not texts[row]]


class _Evaluation:
    """The evaluation for one response; columns that several grids have are made once."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._columns: dict[Any, Texts] = {}

    def application(self, application: SubscribedApplication) -> dict[str, Any]:
        data: dict[str, Any] = {}
        if application.totals is not None:
            data["stats_totals"] = self._totals(application, application.totals)
        if application.services is not None:
            data["service_grids"] = [self._grid(grid, ApplicationPart.SERVICES) for grid in application.services]
        if application.agents is not None:
            data["agent_grids"] = [self._grid(grid, ApplicationPart.AGENTS) for grid in application.agents]
        if application.chat is not None:
            data["chat_messages"] = self._messages(application.chat)
        return data

    def _totals(self, application: SubscribedApplication, names: Iterable[str]) -> dict[str, str]:
        chosen = [
            fact
            for fact, identifier in zip(self._snapshot.services, self._snapshot.service_ids, strict=True)
            if not application.total_services or identifier in application.total_services
        ]
        selection = ServiceSelection(chosen, self._snapshot, application.total_dispositions)
        return {name: text_of(SERVICE_STATISTICS[name](selection)) for name in names}

    def _grid(self, grid: Grid, part: ApplicationPart) -> dict[str, Any]:
        columns = [self._column(column, part) for column in grid.columns]
        rows = self._service_rows(grid) if part is ApplicationPart.SERVICES else self._agent_rows(grid)
        if grid.filter is not None:
            texts, condition = columns[grid.index_of(grid.filter.by)], grid.filter
            passes = {text: _passes(text, condition) for text in set(texts)}
            rows = [row for row in rows if passes[texts[row]]]
        for order in reversed(grid.orders):
            rows = _ordered(rows, columns[grid.index_of(order.by)], order.descending)
        ids = [column.id for column in grid.columns]
        return {"id": grid.id, "values": _rows(ids, columns, rows[: grid.limit])}

    def _service_rows(self, grid: Grid) -> list[int]:
        snapshot = self._snapshot
        served = self._served_by(grid.team_ids) if grid.team_ids else None
        return [
            row
            for row, identifier in enumerate(snapshot.service_ids)
            if snapshot.services[row].exists
            and (not grid.service_ids or identifier in grid.service_ids)
            and (served is None or identifier in served)
        ]

    def _served_by(self, teams: frozenset[str]) -> set[str]:
        pairs = zip(self._snapshot.team_of_agents, self._snapshot.service_of_agents, strict=True)
        return {service for team, service in pairs if team in teams}

    def _agent_rows(self, grid: Grid) -> list[int]:
        snapshot = self._snapshot
        facts = snapshot.agents.agents
        rows: Iterable[int] = sorted_names(tuple(fact.name for fact in facts))[2]
        if grid.logged_in_only:
            rows = [row for row in rows if facts[row].status is not Status.LOGGED_OUT]
        if grid.team_ids:
            rows = [row for row in rows if snapshot.team_of_agents[row] in grid.team_ids]
        if grid.service_ids:
            rows = [row for row in rows if snapshot.service_of_agents[row] in grid.service_ids]
        return list(rows)

    def _column(self, column: Column, part: ApplicationPart) -> Texts:
        key = (part, column.names, column.adds, column.dispositions)
        texts = self._columns.get(key)
        if texts is None:
            summands = [self._values(name, column.dispositions, part) for name in column.names]
            values = list(map(_added, zip(*summands, strict=True))) if column.adds else summands[0]
            texts = self._columns[key] = list(map(text_of, values))
        return texts

    def _values(self, name: str, dispositions: tuple[str, ...], part: ApplicationPart) -> Sequence[Value]:
        snapshot = self._snapshot
        if part is ApplicationPart.AGENTS:
            return AGENT_STATISTICS[name](snapshot, dispositions)
        selections = (ServiceSelection([fact], snapshot, dispositions) for fact in snapshot.services)
        return list(map(SERVICE_STATISTICS[name], selections))

    def _messages(self, chat: ChatSelection) -> list[dict[str, str]]:
        snapshot, part = self._snapshot, chat.filter.casefold()
        found = [fact for fact in snapshot.chats if part in fact.content.casefold()]
        return [chat_record(snapshot.seed, fact, snapshot.date) for fact in found[: chat.limit]]


def _added(values: Iterable[Value]) -> Value:
    return sum(value for value in values if value is not None and not isinstance(value, str))


def _rank(text: str) -> tuple[bool, float, str]:
    number = _number_of(text)
    return (True, 0, text.casefold()) if number is None else (False, number, "")


def _rows(ids: Sequence[str], columns: Sequence[Texts], rows: Sequence[int]) -> list[dict[str, str]]:
    if len(rows) < 2:
        return [{name: column[row] for name, column in zip(ids, columns, strict=True)} for row in rows]
    chosen = itemgetter(*rows)
    return [dict(zip(ids, values, strict=True)) for values in zip(*(chosen(column) for column in columns), strict=True)]
