"""The history page: charts whose values can be read."""

import pytest
from playwright.sync_api import expect

from tests.pages.browser import serious

pytestmark = pytest.mark.slow


def test_the_values_of_three_charts_can_be_read(open_page, account):
    """The keyboard reaches the value of each bar, and a table contains all."""
    page = open_page("/history")
    page.get_by_label("Days").select_option("7")
    expect(page.locator("#period")).to_contain_text("2026-11-18 to 2026-11-24")

    page.locator(".chart svg").first.focus()
    page.keyboard.press("ArrowRight")

    expect(page.locator(".reading").first).to_contain_text("2026-11-18: ")
    expect(page.locator(".chart").first.locator("tbody tr")).to_have_count(7)
    assert serious(page) == []


def test_a_customers_panel_is_shown(open_page):
    """The ITX panel of the first customer shows by itself, that of another one when it is entered."""
    page = open_page("/panel")
    expect(page.locator("#rows li").first).to_be_visible()

    page.get_by_label("Customer").fill("nobody at all")
    page.get_by_role("button", name="Show", exact=True).click()

    expect(page.locator("#message")).to_contain_text("Customer nobody at all")
    assert serious(page) == []
