"""
A panel laid out as ITX would: rows of plain text with a color, for terminals, and the web page that shows them.

Source:
    Assumed: the page shows a picture only. Sections stand one below another, each document with number, date, status,
    amount and what belongs to it.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from flask import Flask, Response, render_template, request

from kpn_sandbox.itx_check.caller import CallFailed, panel_url, request_panel
from kpn_sandbox.itx_check.rules import check_panel

NO_COLOR = "NORMAL"
_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
    "Referrer-Policy": "no-referrer",
}
_LINKS = {"externalUrl": "open", "trackingUrl": "track"}


class PanelRow(NamedTuple):
    """A row of a panel; documents have their status as mark with its color, and links by name and URL."""

    depth: int
    """0 for sections, 1 for documents, 2 for their lines and fields, 3 for fields and tables of lines."""
    text: str
    mark: str = ""
    color: str = NO_COLOR
    links: tuple[tuple[str, str], ...] = ()
    cells: tuple[str, ...] = ()
    """Number, date and amount of a document one by one, for those who align them."""


def panel_rows(body: Any) -> list[PanelRow]:
    """The rows of a panel, from the JSON of a response; members of a wrong type are left out."""
    return [row for section in _objects(body, "sections") for row in _section(section)]


def panel_app(url: str, customer_id: str, seconds: float) -> Flask:
    """
    Make the application that serves the page.

    Args:
        url: The provider's URL, as configured in ITX.
        customer_id: The customer whose panel is shown first.
        seconds: How long to wait for a response.
    """
    app = Flask("kpn_sandbox.itx_panel", static_folder=None, template_folder=str(Path(__file__).parent))

    @app.get("/")
    def show() -> Response:
        chosen = request.args.get("customerId", customer_id).strip()
        page = render_template("panel.html", customer_id=chosen, **_content(url, chosen, seconds))
        return Response(page, headers=_HEADERS)

    return app


def _content(url: str, customer_id: str, seconds: float) -> dict[str, Any]:
    """The values of the template."""
    if not customer_id:
        return {"failure": "Whose panel? Give any identifier of a customer.", "rows": [], "findings": []}
    try:
        response = request_panel(url, customer_id, seconds)
    except CallFailed as error:
        return {"failure": str(error), "url": panel_url(url, customer_id), "rows": [], "findings": []}
    body, findings = check_panel(response.body)
    return {"url": response.url, "seconds": response.seconds, "rows": panel_rows(body), "findings": findings}


def _section(section: dict[str, Any]) -> Iterator[PanelRow]:
    yield PanelRow(0, _text(section.get("title")) or "(no title)")
    if section.get("message"):
        yield PanelRow(1, _text(section["message"]))
    for document in _objects(section, "documents"):
        yield from _document(document)


def _document(document: dict[str, Any]) -> Iterator[PanelRow]:
    held = document.get("status")
    status: dict[str, Any] = held if isinstance(held, dict) else {}
    color = status["colorCode"] if status.get("colorCode") in ("GREEN", "ORANGE", "RED") else NO_COLOR
    updated = _moment(status.get("updatedDate"))
    mark = _text(status.get("name")) + (f" ({updated})" if updated else "")
    head = (_text(document.get("documentNumber")), _moment(document.get("documentDate")), _amount(document))
    links = tuple((name, _text(document[key])) for key, name in _LINKS.items() if document.get(key))
    yield PanelRow(1, "  ".join(filter(None, head)), mark, color, links, head)
    for field in _objects(document, "fields"):
        yield PanelRow(2, _field(field))
    for line in _objects(document, "lines"):
        yield from _line(line)


def _line(line: dict[str, Any]) -> Iterator[PanelRow]:
    quantity, delivered = _text(line.get("quantity")), _text(line.get("delivered"))
    head = f"{quantity} x {_text(line.get('name'))}" if quantity else _text(line.get("name"))
    links = (("open", _text(line["url"])),) if line.get("url") else ()
    yield PanelRow(2, head + (f", {delivered} delivered" if delivered else ""), links=links)
    for field in _objects(line, "fields"):
        yield PanelRow(3, _field(field))
    for table in _objects(line, "expandableFields"):
        columns = [_text(column) for column in table.get("columns") or [] if isinstance(column, str)]
        yield PanelRow(3, " | ".join(columns))
        for cells in _cells(columns, table):
            yield PanelRow(3, " | ".join(cells))


def _cells(columns: list[str], table: dict[str, Any]) -> Iterator[list[str]]:
    """The rows of a table; its fields come in one list, so a column that is filled again begins a new row."""
    row: dict[str, str] = {}
    for field in _objects(table, "fields"):
        name = _text(field.get("name"))
        if name in row:
            yield [row.get(column, "") for column in columns]
            row = {}
        row[name] = _text(field.get("value"))
    if row:
        yield [row.get(column, "") for column in columns]


def _amount(document: dict[str, Any]) -> str:
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


def _moment(value: Any) -> str:
    # The API's dates with a Z are in UTC, and whoever reads them must not take them for local time.
    return re.sub(r"Z$", " UTC", _text(value).replace("T", " "))


def _objects(holder: Any, name: str) -> list[dict[str, Any]]:
    held = holder.get(name) if isinstance(holder, dict) else None
    return [each for each in held if isinstance(each, dict)] if isinstance(held, list) else []


def _text(value: Any) -> str:
    """A value in one line, without control characters, which could change the terminal."""
    if value is None or isinstance(value, dict | list):
        return ""
    return "".join(character if character.isprintable() else " " for character in str(value))
