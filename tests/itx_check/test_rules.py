"""The check plays ITX: it says where an answer breaks which rule, and what could not be shown."""

import json

import pytest

from kpn_sandbox.itx_check.panel import panel_rows
from kpn_sandbox.itx_check.rules import Severity, check_panel
from kpn_sandbox.vendors.itx.openapi import SAMPLE
from kpn_sandbox.vendors.itx.schemas import KpiResponseDTO

ORDER = {"documentNumber": "1", "documentDate": "2026-11-23T10:00:00Z"}
PLACE = "$.sections[0].documents[0]"


def panel(*documents, **section):
    """An answer with one section."""
    return {"sections": [{"title": "Orders", "documents": list(documents), **section}]}


def findings(given):
    text = given if isinstance(given, str) else json.dumps(given)
    return [(found.severity, found.path, found.rule) for found in check_panel(text.encode())[1]]


def test_a_full_answer_has_no_findings():
    """The sample of the document, which has everything, is fine."""
    assert findings(SAMPLE) == []
    assert KpiResponseDTO().validate(SAMPLE) == {}


@pytest.mark.parametrize(
    ("given", "path", "rule"),
    [
        ([], "$", "must be an object"),
        ({"sections": {}}, "$.sections", "must be an array"),
        ({"sections": [1]}, "$.sections[0]", "must be an object"),
        ({"sections": [{"documents": []}]}, "$.sections[0].title", "is mandatory"),
        ({"sections": [{"title": "Orders"}]}, "$.sections[0].documents", "is mandatory"),
        (panel(title=5), "$.sections[0].title", "must be a string"),
        (panel({**ORDER, "documentNumber": 5}), f"{PLACE}.documentNumber", "must be a string"),
        (panel({**ORDER, "documentNumber": ""}), f"{PLACE}.documentNumber", "must not be empty"),
        (panel({"documentNumber": "1"}), f"{PLACE}.documentDate", "is mandatory"),
        (panel({**ORDER, "amount": "5.00"}), f"{PLACE}.amount", "must be a number"),
        (panel({**ORDER, "amount": True}), f"{PLACE}.amount", "must be a number"),
        (panel({**ORDER, "amount": 5.001}), f"{PLACE}.amount", "must have two decimals (.00 precision)"),
        (panel({**ORDER, "currency": None}), f"{PLACE}.currency", "must not be null: leave it out"),
        (panel({**ORDER, "status": {}}), f"{PLACE}.status.name", "is mandatory"),
        (
            panel({**ORDER, "status": {"name": "x", "colorCode": "BLUE"}}),
            f"{PLACE}.status.colorCode",
            "must be one of NORMAL, GREEN, ORANGE, RED",
        ),
        (panel({**ORDER, "lines": [{}]}), f"{PLACE}.lines[0].name", "is mandatory"),
        (panel({**ORDER, "lines": [{"name": "x", "quantity": "2"}]}), f"{PLACE}.lines[0].quantity", "must be a number"),
        (
            panel({**ORDER, "lines": [{"name": "x", "fields": [{"value": "y"}]}]}),
            f"{PLACE}.lines[0].fields[0].name",
            "is mandatory",
        ),
        (
            panel({**ORDER, "lines": [{"name": "x", "expandableFields": [{}]}]}),
            f"{PLACE}.lines[0].expandableFields[0].columns",
            "is mandatory",
        ),
        (panel({**ORDER, "fields": [{"name": "x"}]}), f"{PLACE}.fields[0].value", "is mandatory"),
        (panel(ORDER, ORDER), "$.sections[0].documents", "documentNumber must be unique: '1' stands there 2 times"),
    ],
)
def test_a_broken_rule_is_named_with_its_place(given, path, rule):
    """Each error tells the JSON path and the rule."""
    assert (Severity.ERROR, path, rule) in findings(given)


@pytest.mark.parametrize(
    "date",
    [
        "2026-11-23",
        "2026-11-23T10:00:00",
        "2026-11-23T10:00:00.000Z",
        "2026-11-23T10:00:00+01:00",
        "2026-02-30T10:00:00Z",
        1795424400,
        "2026-11-23 10:00:00Z",
    ],
)
def test_dates_have_one_format(date):
    """UTC, to the second, with a Z: what other guides of ITX allow is not allowed here."""
    (severity, path, rule), *_ = findings(panel({**ORDER, "documentDate": date}))

    assert (severity, path) == (Severity.ERROR, f"{PLACE}.documentDate") and "must be a timestamp like" in rule


@pytest.mark.parametrize(
    ("given", "path", "rule"),
    [
        ({}, "$.sections", "is missing or empty"),
        (panel(), "$.sections[0]", "has neither documents nor a message"),
        (panel({**ORDER, "colour": "red"}), f"{PLACE}.colour", "is not known to ITX"),
        (panel({**ORDER, "status": {"name": "x", "color": "RED"}}), f"{PLACE}.status.color", "is not known to ITX"),
        (panel({**ORDER, "amount": 5}), f"{PLACE}.amount", "has no currency"),
        (panel({**ORDER, "currency": "euro"}), f"{PLACE}.currency", "is no code of ISO 4217"),
        (panel({**ORDER, "externalUrl": "orders/1"}), f"{PLACE}.externalUrl", "is no absolute URL"),
        (panel({**ORDER, "externalUrl": "javascript:alert(1)"}), f"{PLACE}.externalUrl", "is no absolute URL"),
        (panel(*({**ORDER, "documentNumber": str(each)} for each in range(21))), "$.sections[0].documents", "are 21"),
        (
            panel(ORDER, {"documentNumber": "2", "documentDate": "2026-11-24T10:00:00Z"}),
            "$.sections[0].documents",
            "do not stand newest first",
        ),
        (
            panel(
                {
                    **ORDER,
                    "lines": [
                        {"name": "x", "expandableFields": [{"columns": ["a"], "fields": [{"name": "b", "value": "1"}]}]}
                    ],
                }
            ),
            f"{PLACE}.lines[0].expandableFields[0].fields",
            "'b' is no column",
        ),
    ],
)
def test_what_could_not_be_shown_is_warned_of(given, path, rule):
    """A warning is no error, but somebody should know."""
    found = [each for each in findings(given) if each[1] == path]

    assert [(severity, told.startswith(rule)) for severity, _, told in found] == [(Severity.WARNING, True)]


@pytest.mark.parametrize("text", ["", "<html>", "{", '{"sections": [}', '{"amount": NaN}', "[" * 100_000])
def test_what_is_no_json_is_one_error(text):
    """Where it stops being JSON is told."""
    ((severity, path, rule),) = findings(text)

    assert (severity, path) == (Severity.ERROR, "$") and rule.startswith("must be JSON: ")


@pytest.mark.parametrize("amount", ["5", "5.00", "5.10", "0.1", "1e2", "12345678901234567890.12", "-3.50", "5.1000"])
def test_amounts_are_read_exactly(amount):
    """No binary fraction comes between the text and the rule."""
    text = json.dumps(panel({**ORDER, "amount": "A", "currency": "EUR"})).replace('"A"', amount)

    assert findings(text) == []


def test_the_panel_is_laid_out():
    """Sections, documents, fields, lines and tables follow one another, with marks and links."""
    told = [(row.depth, row.text, row.color) for row in panel_rows(SAMPLE)]

    assert told == [
        (0, "Orders", "NORMAL"),
        (1, "SO26110030  2026-11-19 10:30:00  EUR 179.90", "ORANGE"),
        (2, "Products: 1", "NORMAL"),
        (2, "Webshop", "NORMAL"),
        (2, "2 x Modem, 1 delivered", "NORMAL"),
        (3, "Price: 89.95", "NORMAL"),
        (3, "Piece | Serial number", "NORMAL"),
        (3, "1 | SO26110030-MOD-01", "NORMAL"),
        (0, "Invoices", "NORMAL"),
        (1, "No data available", "NORMAL"),
    ]
    assert panel_rows(SAMPLE)[1].links[0] == ("open", "https://shop.example.com/orders/SO26110030")


@pytest.mark.parametrize(
    "given", [None, 5, [], {"sections": 1}, {"sections": [{"documents": [{"lines": [{"fields": 3}]}]}]}]
)
def test_a_wrong_answer_has_a_panel_all_the_same(given):
    """What can be shown is shown."""
    assert all(isinstance(row.text, str) for row in panel_rows(given))


def test_control_characters_do_not_reach_the_terminal():
    """Text from elsewhere commands nobody's terminal."""
    evil = panel({**ORDER, "documentNumber": "\x1b[31mred\x07\n"}, title="\x1b]0;title\x07")

    assert not any(ord(character) < 32 or ord(character) == 127 for row in panel_rows(evil) for character in row.text)
