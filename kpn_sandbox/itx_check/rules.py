"""What is wrong with a provider's answer, and what of it ITX could not show: each with its place and the rule."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple, NoReturn

from marshmallow import Schema, fields

from kpn_sandbox.vendors.itx.schemas import KpiResponseDTO

ERROR, WARNING = "error", "warning"
MANY = 20
"""Documents of a section beyond which a panel is hard to read."""

_CURRENCY = re.compile(r"[A-Z]{3}")
_WEB = re.compile(r"https?://[^\s/]+", re.IGNORECASE)
_RULES = {
    "Missing data for required field.": "is mandatory",
    "Field may not be null.": "must not be null: leave it out",
    "Not a valid list.": "must be an array",
    "Invalid input type.": "must be an object",
}


class Finding(NamedTuple):
    """One thing that is wrong."""

    severity: str
    """error: it breaks the page's rules; warning: ITX could not show it, or not well."""
    path: str
    """Where, in JSONPath."""
    rule: str

    def __str__(self) -> str:
        """In one line."""
        return f"{self.severity}: {self.path} {self.rule}"


def parsed(body: bytes) -> Any:
    """
    The JSON of an answer, its fractions exact.

    Raises:
        ValueError: It is none; the message says where.
    """
    try:
        return json.loads(body.decode("utf-8-sig"), parse_float=Decimal, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def check(body: bytes) -> tuple[Any, list[Finding]]:
    """
    Check an answer.

    Returns:
        Its JSON (None when it is none), and what is wrong with it, errors first.
    """
    try:
        given = parsed(body)
    except ValueError as error:
        return None, [Finding(ERROR, "$", f"must be JSON: {error}")]
    errors = [Finding(ERROR, path, rule) for path, rule in _paths(KpiResponseDTO().validate(given), "$")]
    return given, errors + [Finding(ERROR, *found) for found in _repeated(given)] + list(_warnings(given))


def _paths(messages: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(messages, list):
        yield from ((path, _RULES.get(str(text), str(text))) for text in messages)
        return
    for name, below in messages.items():
        step = "" if name == "_schema" else f"[{name}]" if isinstance(name, int) else f".{name}"
        yield from _paths(below, path + step)


def _repeated(given: Any) -> Iterator[tuple[str, str]]:
    for place, section in _members(given, "sections", "$"):
        numbers = Counter(
            document["documentNumber"]
            for _, document in _members(section, "documents", place)
            if isinstance(document.get("documentNumber"), str)
        )
        for number, count in numbers.items():
            if count > 1:
                yield f"{place}.documents", f"documentNumber must be unique: {number!r} stands there {count} times"


def _warnings(given: Any) -> Iterator[Finding]:
    found = [*_unknown(given, KpiResponseDTO(), "$"), *_about_panel(given)]
    return (Finding(WARNING, path, rule) for path, rule in found)


def _about_panel(given: Any) -> Iterator[tuple[str, str]]:
    if isinstance(given, dict) and not given.get("sections"):
        yield "$.sections", "is missing or empty: the panel shows nothing"
    for place, section in _members(given, "sections", "$"):
        documents = list(_members(section, "documents", place))
        if not documents and not section.get("message"):
            yield place, "has neither documents nor a message: the section shows a title alone"
        if len(documents) > MANY:
            yield f"{place}.documents", f"are {len(documents)}: a panel with more than {MANY} is hard to read"
        dates = [str(document.get("documentDate")) for _, document in documents]
        if dates != sorted(dates, reverse=True):
            yield f"{place}.documents", "do not stand newest first"
        for where, document in documents:
            yield from _about_document(where, document)


def _about_document(place: str, document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    currency = document.get("currency")
    if "amount" in document and currency is None:
        yield f"{place}.amount", "has no currency"
    if isinstance(currency, str) and not _CURRENCY.fullmatch(currency):
        yield f"{place}.currency", "is no code of ISO 4217, like EUR"
    yield from _links(place, document, ("externalUrl", "trackingUrl"))
    for where, line in _members(document, "lines", place):
        yield from _links(where, line, ("url",))
        for spot, table in _members(line, "expandableFields", where):
            yield from _about_table(spot, table)


def _about_table(place: str, table: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    columns = table.get("columns")
    named = {str(field.get("name")) for _, field in _members(table, "fields", place)}
    if not isinstance(columns, list):
        return
    for name in sorted(named - set(map(str, columns))):
        yield f"{place}.fields", f"{name!r} is no column: it has no place in the table"
    for name in (str(column) for column in columns if str(column) not in named):
        yield f"{place}.columns", f"{name!r} has no field: the column stays empty"


def _links(place: str, holder: Mapping[str, Any], names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for name in names:
        if isinstance(holder.get(name), str) and not _WEB.match(holder[name]):
            yield f"{place}.{name}", "is no absolute URL of HTTP: it could not be opened"


def _unknown(given: Any, schema: Schema, path: str) -> Iterator[tuple[str, str]]:
    """Members that the page does not know, at any depth."""
    if not isinstance(given, dict):
        return
    known = {field.data_key or name: field for name, field in schema.fields.items()}
    for name, value in given.items():
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
            yield from _unknown(each, inner.schema, step)


def _members(holder: Any, name: str, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The objects in an array, each with its path; whatever is no object was found already."""
    held = holder.get(name) if isinstance(holder, dict) else None
    for number, each in enumerate(held if isinstance(held, list) else []):
        if isinstance(each, dict):
            yield f"{path}.{name}[{number}]", each


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")
