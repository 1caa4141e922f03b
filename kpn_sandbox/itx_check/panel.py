"""
The panel as ITX would lay it out: rows of plain text with a color, for terminals and pages alike.

Source:
    Assumed: the page shows a picture only. Sections stand one below another, each document with number, date, status,
    amount and what belongs to it.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

NO_COLOR = "NORMAL"


class Row(NamedTuple):
    """A row of the panel."""

    depth: int
    """0 for sections, 1 for documents, 2 for what belongs to them, 3 for what belongs to that."""
    text: str
    mark: str = ""
    """The status, to be shown in its color."""
    color: str = NO_COLOR
    links: tuple[tuple[str, str], ...] = ()
    """Names and URLs."""


def rows(given: Any) -> list[Row]:
    """The rows of an answer; whatever is not what it should be is left out."""
    return [row for section in _objects(given, "sections") for row in _section(section)]


def _section(section: dict[str, Any]) -> Iterator[Row]:
    yield Row(0, _text(section.get("title")) or "(no title)")
    if section.get("message"):
        yield Row(1, _text(section["message"]))
    for document in _objects(section, "documents"):
        yield from _document(document)


def _document(document: dict[str, Any]) -> Iterator[Row]:
    given = document.get("status")
    status: dict[str, Any] = given if isinstance(given, dict) else {}
    updated = _moment(status.get("updatedDate"))
    mark = _text(status.get("name")) + (f" ({updated})" if updated else "")
    head = (_text(document.get("documentNumber")), _moment(document.get("documentDate")), _sum(document))
    links = tuple((name, _text(document[key])) for key, name in _LINKS.items() if document.get(key))
    yield Row(1, "  ".join(filter(None, head)), mark, _color(status.get("colorCode")), links)
    for field in _objects(document, "fields"):
        yield Row(2, _field(field))
    for line in _objects(document, "lines"):
        yield from _line(line)


def _line(line: dict[str, Any]) -> Iterator[Row]:
    quantity, delivered = _text(line.get("quantity")), _text(line.get("delivered"))
    head = f"{quantity} x {_text(line.get('name'))}" if quantity else _text(line.get("name"))
    links = (("open", _text(line["url"])),) if line.get("url") else ()
    yield Row(2, head + (f", {delivered} delivered" if delivered else ""), links=links)
    for field in _objects(line, "fields"):
        yield Row(3, _field(field))
    for table in _objects(line, "expandableFields"):
        columns = [_text(column) for column in table.get("columns") or [] if isinstance(column, str)]
        yield Row(3, " | ".join(columns))
        for cells in _cells(columns, table):
            yield Row(3, " | ".join(cells))


def _cells(columns: list[str], table: dict[str, Any]) -> Iterator[list[str]]:
    """Rows of a table: a column that is filled again begins a new row."""
    row: dict[str, str] = {}
    for field in _objects(table, "fields"):
        name = _text(field.get("name"))
        if name in row:
            yield [row.get(column, "") for column in columns]
            row = {}
        row[name] = _text(field.get("value"))
    if row:
        yield [row.get(column, "") for column in columns]


_LINKS = {"externalUrl": "open", "trackingUrl": "track"}


def _sum(document: dict[str, Any]) -> str:
    if document.get("amount") is None:
        return ""
    try:
        amount = f"{document['amount']:.2f}"
    except (TypeError, ValueError):
        amount = _text(document["amount"])
    return " ".join(filter(None, (_text(document.get("currency")), amount)))


def _field(field: dict[str, Any]) -> str:
    name, value = _text(field.get("name")), _text(field.get("value"))
    return f"{name}: {value}" if name else value


def _moment(given: Any) -> str:
    return _text(given).removesuffix("Z").replace("T", " ")


def _color(given: Any) -> str:
    return given if given in ("GREEN", "ORANGE", "RED") else NO_COLOR


def _objects(holder: Any, name: str) -> list[dict[str, Any]]:
    held = holder.get(name) if isinstance(holder, dict) else None
    return [each for each in held if isinstance(each, dict)] if isinstance(held, list) else []


def _text(given: Any) -> str:
    """A value in one line; control characters would command the terminal."""
    if given is None or isinstance(given, dict | list):
        return ""
    return "".join(character if character.isprintable() else " " for character in str(given))
