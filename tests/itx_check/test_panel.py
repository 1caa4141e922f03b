"""The layout of a panel as rows of text."""

import pytest

from kpn_sandbox.itx_check.panel import panel_rows
from kpn_sandbox.vendors.itx.openapi import SAMPLE
from tests.itx_check.conftest import ORDER, panel


def test_the_panel_is_laid_out():
    """Sections, documents, fields, lines and tables follow one another, with marks and links."""
    laid_out = [(row.depth, row.text, row.color) for row in panel_rows(SAMPLE)]

    assert laid_out == [
        (0, "Orders", "NORMAL"),
        (1, "SO26110030  2026-11-19 10:30:00 UTC  EUR 179.90", "ORANGE"),
        (2, "Products: 1", "NORMAL"),
        (2, "Webshop", "NORMAL"),
        (2, "2 x Modem, 1 delivered", "NORMAL"),
        (3, "Price: 89.95", "NORMAL"),
        (3, "Piece | Serial number", "NORMAL"),
        (3, "1 | SO26110030-MOD-01", "NORMAL"),
        (0, "Invoices", "NORMAL"),
        (1, "No data available", "NORMAL"),
    ]
    assert panel_rows(SAMPLE)[1].cells == ("SO26110030", "2026-11-19 10:30:00 UTC", "EUR 179.90")
    assert panel_rows(SAMPLE)[1].links[0] == ("open", "https://shop.example.com/orders/SO26110030")


@pytest.mark.parametrize(
    "given", [None, 5, [], {"sections": 1}, {"sections": [{"documents": [{"lines": [{"fields": 3}]}]}]}]
)
def test_a_wrong_panel_is_laid_out_all_the_same(given):
    """Members of a wrong type are left out, and the rest is shown."""
    assert all(isinstance(row.text, str) for row in panel_rows(given))


def test_control_characters_do_not_reach_the_terminal():
    """Control characters in a panel become spaces, so they cannot change the terminal."""
    evil = panel({**ORDER, "documentNumber": "\x1b[31mred\x07\n"}, title="\x1b]0;title\x07")

    assert not any(ord(character) < 32 or ord(character) == 127 for row in panel_rows(evil) for character in row.text)
