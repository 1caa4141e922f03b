"""The rules for a panel: where it breaks which, and what of it ITX could not show."""

import json

import pytest

from kpn_sandbox.itx_check.rules import Severity, check_panel
from kpn_sandbox.vendors.itx.openapi import SAMPLE
from kpn_sandbox.vendors.itx.schemas import KpiResponseDTO
from tests.itx_check.conftest import ORDER, panel

PLACE = "$.sections[0].documents[0]"


def findings(given):
    """Severity, path and rule of each finding in a text or an object."""
    text = given if isinstance(given, str) else json.dumps(given)
    return [(found.severity, found.path, found.rule) for found in check_panel(text.encode())[1]]


def test_a_full_panel_has_no_findings():
    """The sample of the OpenAPI document, which has every member, has no findings."""
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
    """Each error has the JSON path of the member and the rule that it breaks."""
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
    """Dates are in UTC, to the second, with a Z; forms that other guides of ITX allow are errors here."""
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
def test_members_that_could_not_be_shown_are_warnings(given, path, rule):
    """A member that ITX could not show, or not well, is a warning and no error."""
    found = [each for each in findings(given) if each[1] == path]

    assert [(severity, text.startswith(rule)) for severity, _, text in found] == [(Severity.WARNING, True)]


@pytest.mark.parametrize("text", ["", "<html>", "{", '{"sections": [}', '{"amount": NaN}', "[" * 100_000])
def test_a_body_that_is_no_json_is_one_error(text):
    """A body that is no JSON is one error, which says where it stops being JSON."""
    ((severity, path, rule),) = findings(text)

    assert (severity, path) == (Severity.ERROR, "$") and rule.startswith("must be JSON: ")


@pytest.mark.parametrize("amount", ["5", "5.00", "5.10", "0.1", "1e2", "12345678901234567890.12", "-3.50", "5.1000"])
def test_amounts_are_read_exactly(amount):
    """Amounts are read as decimals, so that no binary fraction breaks the rule of two decimals."""
    text = json.dumps(panel({**ORDER, "amount": "A", "currency": "EUR"})).replace('"A"', amount)

    assert findings(text) == []
