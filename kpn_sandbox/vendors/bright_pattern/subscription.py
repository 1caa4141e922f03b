"""
Subscriptions: applications, each with totals, grids and chat messages, parsed from the body of a request.

The schemas check the shape of a body; here is checked what must fit together.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson
from flask import Request

from kpn_sandbox.vendors.bright_pattern.errors import BadRequestError, Code
from kpn_sandbox.vendors.bright_pattern.schemas import ApplicationSchema, loaded, shown
from kpn_sandbox.vendors.bright_pattern.statistic_catalog import STATISTICS, SUM, Place


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
    """Rows that are shown: those whose value in a column compares so with a given one."""

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
    """Chat messages that are shown."""

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


SubscribedApplications = dict[str, Application]
"""By the ids that the client chose."""


MOST_APPLICATIONS = 200
MOST_CELLS = 1000
"""Totals, statistics of columns and orders of one subscription."""


def json_body(request: Request) -> Any:
    """
    Return the JSON of a request.

    Raises:
        BadRequestError: Its content type is another one, or its body is not JSON.
    """
    if not (request.mimetype == "application/json" or request.mimetype.endswith("+json")):
        raise BadRequestError(Code.WRONG_CONTENT_TYPE, "Content-Type must be application/json")
    return parse_json(request.get_data())


def parse_json(body: bytes | str) -> Any:
    """
    Return the value of a JSON text.

    Raises:
        BadRequestError: It is not JSON, or nested too deeply.
    """
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        text = f"Body is no JSON: {error.msg} (line {error.lineno}, column {error.colno})"
        raise BadRequestError(Code.MALFORMED_JSON, text) from None


def parse_subscription(body: Any) -> SubscribedApplications:
    """
    Return the applications of a subscription by the ids that the client chose.

    Raises:
        BadRequestError: A member is wrong; the text names it and its place.
    """
    if not isinstance(body, dict) or not body:
        raise BadRequestError(
            Code.MISSING if body == {} else Code.WRONG_TYPE, "Body must be an object of application ids"
        )
    if len(body) > MOST_APPLICATIONS:
        raise BadRequestError(Code.TOO_LARGE, f"A subscription has at most {MOST_APPLICATIONS} application ids")
    applications = {name: _application(part, shown(name)) for name, part in body.items()}
    if sum(map(_cells, applications.values())) > MOST_CELLS:
        raise BadRequestError(Code.TOO_LARGE, f"A subscription asks for at most {MOST_CELLS:,} statistics")
    return applications


def _application(part: Any, place: str) -> Application:
    given = loaded(ApplicationSchema, part, place)
    chat = given.get("chat_messages")
    return Application(
        totals=_totals(given["stats_totals"], f"{place}.stats_totals") if "stats_totals" in given else None,
        total_services=_ids(given.get("stats_totals_service_ids")),
        total_dispositions=tuple(given.get("stats_totals_dispositions", ())),
        services=_grids(given, Place.SERVICES, place),
        agents=_grids(given, Place.AGENTS, place),
        chat=None if chat is None else Chat(chat.get("filter") or "", chat.get("limit")),
    )


def _cells(application: Application) -> int:
    grids = (*(application.services or ()), *(application.agents or ()))
    columns = sum(len(column.names) for grid in grids for column in grid.columns)
    return len(application.totals or ()) + columns + sum(len(grid.orders) for grid in grids)


def _totals(names: Sequence[str], place: str) -> tuple[str, ...]:
    for position, name in enumerate(names):
        _check_statistic(name, Place.TOTALS, f"{place}[{position}]")
    return tuple(names)


def _grids(given: dict[str, Any], kind: Place, place: str) -> tuple[Grid, ...] | None:
    if kind.value not in given:
        return None
    place = f"{place}.{kind.value}"
    grids = tuple(_grid(grid, kind, f"{place}[{position}]") for position, grid in enumerate(given[kind.value]))
    _check_ids((grid.id for grid in grids), "Grid", place)
    return grids


def _grid(given: dict[str, Any], kind: Place, place: str) -> Grid:
    given = {name: value for name, value in given.items() if value is not None}
    columns = tuple(
        _column(column, kind, f"{place}.columns[{position}]") for position, column in enumerate(given["columns"])
    )
    _check_ids((column.id for column in columns), "Column", f"{place}.columns")
    ids = {column.id for column in columns}
    return Grid(
        id=given["id"],
        columns=columns,
        orders=tuple(_orders(given, ids, place)),
        limit=given.get("limit"),
        filter=_filter(given, ids, place),
        team_ids=_ids(given.get("team_ids")),
        service_ids=_ids(given.get("service_ids")),
        logged_in_only=given.get("logged_in_agents_only", False),
    )


def _column(given: dict[str, Any], kind: Place, place: str) -> Column:
    names = {given[name] for name in ("stat_name", "statName") if given.get(name) is not None}
    if len(names) != 1:
        text = "stat_name and statName differ" if names else "stat_name is missing"
        raise BadRequestError(Code.WRONG_TYPE if names else Code.MISSING, text, place)
    name = names.pop()
    dispositions = tuple(given.get("dispositions") or ())
    if name == SUM:
        return Column(given["id"], _summands(given, kind, place), True, dispositions)
    _check_statistic(name, kind, f"{place}.{'stat_name' if given.get('stat_name') else 'statName'}")
    return Column(given["id"], (name,), False, dispositions)


def _summands(given: dict[str, Any], kind: Place, place: str) -> tuple[str, ...]:
    names = tuple(given.get("sum_stat_names") or ())
    if not names:
        raise BadRequestError(Code.WRONG_SUM, "SUM needs sum_stat_names", place)
    for position, name in enumerate(names):
        where = f"{place}.sum_stat_names[{position}]"
        _check_statistic(name, kind, where)
        if not STATISTICS[name].numeric:
            raise BadRequestError(Code.WRONG_SUM, f"Statistic {name} cannot be added", where)
    return names


def _orders(given: dict[str, Any], ids: set[str], place: str) -> Iterator[Order]:
    if given.get("order_by", "") != "":
        by = _known(given["order_by"], ids, f"{place}.order_by")
        yield Order(by, given.get("order_dir") == "DESC")
    else:
        for position, order in enumerate(given.get("order", ())):
            by = _known(order["by"], ids, f"{place}.order[{position}].by")
            yield Order(by, order.get("dir") == "DESC")


def _filter(given: dict[str, Any], ids: set[str], place: str) -> Filter | None:
    if given.get("filter_by", "") == "":
        return None
    by = _known(given["filter_by"], ids, f"{place}.filter_by")
    if not given.get("filter_operation"):
        raise BadRequestError(Code.WRONG_OPERATION, "filter_operation is missing", place)
    return Filter(by, given["filter_operation"], given.get("filter_value", ""))


def _known(column: str, ids: set[str], place: str) -> str:
    if column not in ids:
        raise BadRequestError(Code.UNKNOWN_COLUMN, f"Unknown column: {shown(column)}", place)
    return column


def _ids(given: Iterable[str] | None) -> frozenset[str]:
    return frozenset(text.strip().upper() for text in given or ())


def _check_statistic(name: str, kind: Place, place: str) -> None:
    if name not in STATISTICS:
        raise BadRequestError(Code.UNKNOWN_STATISTIC, f"Unknown statistic: {shown(name)}", place)
    if kind not in STATISTICS[name].places:
        raise BadRequestError(Code.UNKNOWN_STATISTIC, f"Unknown statistic in {kind.value}: {name}", place)


def _check_ids(ids: Iterable[str], noun: str, place: str) -> None:
    seen: set[str] = set()
    for each in ids:
        if each in seen:
            raise BadRequestError(Code.REPEATED_ID, f"{noun} id {shown(each)} stands there twice", place)
        seen.add(each)
