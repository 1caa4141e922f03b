"""
The rules for a panel: what breaks the documented ones, and what of it ITX could not show or not well.

Each finding has its place in the body, so that a developer sees which member to change.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple, NoReturn

from marshmallow import Schema, fields

from kpn_sandbox.vendors.itx.schemas import KpiResponseDTO

MANY_DOCUMENTS = 20
"""A panel with more documents in a section is hard to read; assumed."""

_CURRENCY = re.compile(r"[A-Z]{3}")
_WEB = re.compile(r"https?://[^\s/]+", re.IGNORECASE)
_RULES = {
    "Missing data for required field.": "is mandatory",
    "Field may not be null.": "must not be null: leave it out",
    "Not a valid list.": "must be an array",
    "Invalid input type.": "must be an object",
}
"""marshmallow's messages, in the words of the other rules."""


class Severity(StrEnum):
    """An error breaks a documented rule; a warning is about what ITX could not show, or not well."""

    ERROR = "error"
    WARNING = "warning"


class PanelFinding(NamedTuple):
    """One thing that is wrong with a panel: where, in JSONPath, and the rule as the rest of the sentence."""

    severity: Severity
    path: str
    rule: str

    def __str__(self) -> str:
        """The finding in one line."""
        return f"{self.severity}: {self.path} {self.rule}"


def check_panel(content: bytes) -> tuple[Any, list[PanelFinding]]:
    """Check the body of a response: its JSON (None when it is none), and all that is wrong with it, errors first."""
    try:
        body = _parsed(content)
    except ValueError as error:
        return None, [PanelFinding(Severity.ERROR, "$", f"must be JSON: {error}")]
    errors = (*_schema_errors(KpiResponseDTO().validate(body), "$"), *_repeated_numbers(body))
    warnings = (*_unknown_members(body, KpiResponseDTO(), "$"), *_panel_warnings(body))
    found = ((Severity.ERROR, errors), (Severity.WARNING, warnings))
    return body, [PanelFinding(severity, path, rule) for severity, pairs in found for path, rule in pairs]


def _parsed(content: bytes) -> Any:
    """The JSON of a body; fractions are decimals, so that the number of their digits can be checked."""
    try:
        return json.loads(content.decode("utf-8-sig"), parse_float=Decimal, parse_constant=_refuse_constant)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")


def _schema_errors(messages: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(messages, list):
        yield from ((path, _RULES.get(str(text), str(text))) for text in messages)
        return
    for name, below in messages.items():
        step = "" if name == "_schema" else f"[{name}]" if isinstance(name, int) else f".{name}"
        yield from _schema_errors(below, path + step)


def _repeated_numbers(body: Any) -> Iterator[tuple[str, str]]:
    for path, section in _objects(body, "sections", "$"):
        numbers = (document.get("documentNumber") for _, document in _objects(section, "documents", path))
        for number, count in Counter(number for number in numbers if isinstance(number, str)).items():
            if count > 1:
                yield f"{path}.documents", f"documentNumber must be unique: {number!r} stands there {count} times"


def _panel_warnings(body: Any) -> Iterator[tuple[str, str]]:
    if isinstance(body, dict) and not body.get("sections"):
        yield "$.sections", "is missing or empty: the panel shows nothing"
    for path, section in _objects(body, "sections", "$"):
        documents = list(_objects(section, "documents", path))
        if not documents and not section.get("message"):
            yield path, "has neither documents nor a message: the section shows a title alone"
        if len(documents) > MANY_DOCUMENTS:
            yield f"{path}.documents", f"are {len(documents)}: a panel with more than {MANY_DOCUMENTS} is hard to read"
        dates = [str(document.get("documentDate")) for _, document in documents]
        if dates != sorted(dates, reverse=True):
            yield f"{path}.documents", "do not stand newest first"
        for document_path, document in documents:
            yield from _document_warnings(document_path, document)


def _document_warnings(path: str, document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    currency = document.get("currency")
    if "amount" in document and currency is None:
        yield f"{path}.amount", "has no currency"
    if isinstance(currency, str) and not _CURRENCY.fullmatch(currency):
        yield f"{path}.currency", "is no code of ISO 4217, like EUR"
    yield from _link_warnings(path, document, ("externalUrl", "trackingUrl"))
    for line_path, line in _objects(document, "lines", path):
        yield from _link_warnings(line_path, line, ("url",))
        for table_path, table in _objects(line, "expandableFields", line_path):
            yield from _table_warnings(table_path, table)


def _table_warnings(path: str, table: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    columns = table.get("columns")
    named = {str(field.get("name")) for _, field in _objects(table, "fields", path)}
    if not isinstance(columns, list):
        return
    for name in sorted(named - set(map(str, columns))):
        yield f"{path}.fields", f"{name!r} is no column: it has no place in the table"
    for name in (str(column) for column in columns if str(column) not in named):
        yield f"{path}.columns", f"{name!r} has no field: the column stays empty"


def _link_warnings(path: str, holder: Mapping[str, Any], names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for name in names:
        if isinstance(holder.get(name), str) and not _WEB.match(holder[name]):
            yield f"{path}.{name}", "is no absolute URL of HTTP: it could not be opened"


def _unknown_members(body: Any, schema: Schema, path: str) -> Iterator[tuple[str, str]]:
    """Find members that ITX does not know, at any depth."""
    if not isinstance(body, dict):
        return
    known = {field.data_key or name: field for name, field in schema.fields.items()}
    for name, value in body.items():
        if name not in known:
            yield f"{path}.{name}", "is not known to ITX: it is not shown"
            continue
        field = known[name]
        inner = field.inner if isinstance(field, fields.List) else field
        if not isinstance(inner, fields.Nested):
            continue
        held = list(enumerate(value)) if isinstance(value, list) else [(None, value)]
        for number, each in held:
            step = f"{path}.{name}" if number is None else f"{path}.{name}[{number}]"
            yield from _unknown_members(each, inner.schema, step)


def _objects(holder: Any, name: str, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The objects in an array, each with its path; what is no object is an error of the schema already."""
    held = holder.get(name) if isinstance(holder, dict) else None
    for number, each in enumerate(held if isinstance(held, list) else []):
        if isinstance(each, dict):
            yield f"{path}.{name}[{number}]", each
