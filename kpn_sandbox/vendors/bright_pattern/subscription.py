"""
Subscriptions, parsed from the body of a request: applications, each with totals, grids and chat messages.

The schemas check the shape of a body; this module checks what depends on several members.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson
from flask import Request

from kpn_sandbox.vendors.bright_pattern.errors import BadRequestError, Code
from kpn_sandbox.vendors.bright_pattern.schemas import ApplicationSchema, loaded, shortened
from kpn_sandbox.vendors.bright_pattern.statistic_catalog import STATISTICS, SUM, ApplicationPart

MOST_APPLICATIONS = 200
MOST_CELLS = 1000
"""Most totals, statistics of columns and orders of a subscription, together."""


@dataclass(frozen=True)
class Column:
    """
    A column of a grid.

    Args:
        id: Id that the client chose.
        names: Statistics of the column; more than one only in a sum.
        adds: Whether the column is a sum, even of one statistic.
        dispositions: Dispositions that `calls_dispositions_per_day` counts.
    """

    id: str
    names: tuple[str, ...]
    adds: bool = False
    dispositions: tuple[str, ...] = ()


class RowOrder(NamedTuple):
    """An order of rows by a column."""

    by: str
    descending: bool


class RowFilter(NamedTuple):
    """A condition for rows: their value in a column compares so with another value."""

    by: str
    operation: str
    value: str


@dataclass(frozen=True)
class Grid:
    """A table with a row for each service or agent; empty sets of ids select all."""

    id: str
    columns: tuple[Column, ...]
    orders: tuple[RowOrder, ...] = ()
    limit: int | None = None
    filter: RowFilter | None = None
    team_ids: frozenset[str] = frozenset()
    service_ids: frozenset[str] = frozenset()
    logged_in_only: bool = False

    def index_of(self, column: str) -> int:
        """Return the index of the column with an id."""
        return [each.id for each in self.columns].index(column)


class ChatSelection(NamedTuple):
    """Chat messages that contain a text, at most so many."""

    filter: str
    limit: int | None


@dataclass(frozen=True)
class SubscribedApplication:
    """An application of a subscription; None for parts that it has not subscribed to."""

    totals: tuple[str, ...] | None = None
    total_services: frozenset[str] = frozenset()
    total_dispositions: tuple[str, ...] = ()
    services: tuple[Grid, ...] | None = None
    agents: tuple[Grid, ...] | None = None
    chat: ChatSelection | None = None


SubscribedApplications = dict[str, SubscribedApplication]
"""Applications by the ids that the client chose."""


def json_body(request: Request) -> Any:
    """
    Return the JSON of a request.

    Raises:
        BadRequestError: The content type or the body is not JSON.
    """
    if not (request.mimetype == "application/json" or request.mimetype.endswith("+json")):
        raise BadRequestError(Code.WRONG_CONTENT_TYPE, "Content-Type must be application/json")
    return parse_json(request.get_data())


def parse_json(body: bytes | str) -> Any:
    """
    Return the value of a JSON text.

    Raises:
        BadRequestError: The text is not JSON, or nested too deeply.
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
        BadRequestError: A member is wrong; the error has its path.
    """
    if not isinstance(body, dict) or not body:
        code = Code.MISSING if body == {} else Code.WRONG_TYPE
        raise BadRequestError(code, "Body must be an object of application ids")
    if len(body) > MOST_APPLICATIONS:
        raise BadRequestError(Code.TOO_LARGE, f"A subscription has at most {MOST_APPLICATIONS} application ids")
    applications = {name: _application(members, shortened(name)) for name, members in body.items()}
    if sum(map(_cells, applications.values())) > MOST_CELLS:
        raise BadRequestError(Code.TOO_LARGE, f"A subscription asks for at most {MOST_CELLS:,} statistics")
    return applications


def _application(members: Any, path: str) -> SubscribedApplication:
    sent = loaded(ApplicationSchema, members, path)
    chat = sent.get("chat_messages")
    return SubscribedApplication(
        totals=_totals(sent["stats_totals"], f"{path}.stats_totals") if "stats_totals" in sent else None,
        total_services=_ids(sent.get("stats_totals_service_ids")),
        total_dispositions=tuple(sent.get("stats_totals_dispositions", ())),
        services=_grids(sent, ApplicationPart.SERVICES, path),
        agents=_grids(sent, ApplicationPart.AGENTS, path),
        chat=None if chat is None else ChatSelection(chat.get("filter") or "", chat.get("limit")),
    )


def _cells(application: SubscribedApplication) -> int:
    grids = (*(application.services or ()), *(application.agents or ()))
    columns = sum(len(column.names) for grid in grids for column in grid.columns)
    return len(application.totals or ()) + columns + sum(len(grid.orders) for grid in grids)


def _totals(names: Sequence[str], path: str) -> tuple[str, ...]:
    for index, name in enumerate(names):
        _check_statistic(name, ApplicationPart.TOTALS, f"{path}[{index}]")
    return tuple(names)


def _grids(sent: dict[str, Any], part: ApplicationPart, path: str) -> tuple[Grid, ...] | None:
    if part.value not in sent:
        return None
    path = f"{path}.{part.value}"
    grids = tuple(_grid(grid, part, f"{path}[{index}]") for index, grid in enumerate(sent[part.value]))
    _check_ids((grid.id for grid in grids), "Grid", path)
    return grids


def _grid(sent: dict[str, Any], part: ApplicationPart, path: str) -> Grid:
    sent = {name: value for name, value in sent.items() if value is not None}
    columns = tuple(_column(column, part, f"{path}.columns[{index}]") for index, column in enumerate(sent["columns"]))
    _check_ids((column.id for column in columns), "Column", f"{path}.columns")
    ids = {column.id for column in columns}
    return Grid(
        id=sent["id"],
        columns=columns,
        orders=tuple(_orders(sent, ids, path)),
        limit=sent.get("limit"),
        filter=_filter(sent, ids, path),
        team_ids=_ids(sent.get("team_ids")),
        service_ids=_ids(sent.get("service_ids")),
        logged_in_only=sent.get("logged_in_agents_only", False),
    )


def _column(sent: dict[str, Any], part: ApplicationPart, path: str) -> Column:
    names = {sent[name] for name in ("stat_name", "statName") if sent.get(name) is not None}
    if len(names) != 1:
        text = "stat_name and statName differ" if names else "stat_name is missing"
        raise BadRequestError(Code.WRONG_TYPE if names else Code.MISSING, text, path)
    name = names.pop()
    dispositions = tuple(sent.get("dispositions") or ())
    if name == SUM:
        return Column(sent["id"], _summands(sent, part, path), True, dispositions)
    _check_statistic(name, part, f"{path}.{'stat_name' if sent.get('stat_name') else 'statName'}")
    return Column(sent["id"], (name,), False, dispositions)


def _summands(sent: dict[str, Any], part: ApplicationPart, path: str) -> tuple[str, ...]:
    names = tuple(sent.get("sum_stat_names") or ())
    if not names:
        raise BadRequestError(Code.WRONG_SUM, "SUM needs sum_stat_names", path)
    for index, name in enumerate(names):
        name_path = f"{path}.sum_stat_names[{index}]"
        _check_statistic(name, part, name_path)
        if not STATISTICS[name].is_number:
            raise BadRequestError(Code.WRONG_SUM, f"Statistic {name} cannot be added", name_path)
    return names


def _orders(sent: dict[str, Any], ids: set[str], path: str) -> Iterator[RowOrder]:
    if sent.get("order_by", "") != "":
        by = _checked_column(sent["order_by"], ids, f"{path}.order_by")
        yield RowOrder(by, sent.get("order_dir") == "DESC")
    else:
        for index, order in enumerate(sent.get("order", ())):
            by = _checked_column(order["by"], ids, f"{path}.order[{index}].by")
            yield RowOrder(by, order.get("dir") == "DESC")


def _filter(sent: dict[str, Any], ids: set[str], path: str) -> RowFilter | None:
    if sent.get("filter_by", "") == "":
        return None
    by = _checked_column(sent["filter_by"], ids, f"{path}.filter_by")
    if not sent.get("filter_operation"):
        raise BadRequestError(Code.WRONG_OPERATION, "filter_operation is missing", path)
    return RowFilter(by, sent["filter_operation"], sent.get("filter_value", ""))


def _checked_column(column: str, ids: set[str], path: str) -> str:
    if column not in ids:
        raise BadRequestError(Code.UNKNOWN_COLUMN, f"Unknown column: {shortened(column)}", path)
    return column


def _ids(sent: Iterable[str] | None) -> frozenset[str]:
    return frozenset(text.strip().upper() for text in sent or ())


def _check_statistic(name: str, part: ApplicationPart, path: str) -> None:
    if name not in STATISTICS:
        raise BadRequestError(Code.UNKNOWN_STATISTIC, f"Unknown statistic: {shortened(name)}", path)
    if part not in STATISTICS[name].parts:
        raise BadRequestError(Code.UNKNOWN_STATISTIC, f"Unknown statistic in {part.value}: {name}", path)


def _check_ids(ids: Iterable[str], noun: str, path: str) -> None:
    seen: set[str] = set()
    for each in ids:
        if each in seen:
            raise BadRequestError(Code.REPEATED_ID, f"{noun} id {shortened(each)} stands there twice", path)
        seen.add(each)
