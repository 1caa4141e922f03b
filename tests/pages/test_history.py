"""The history page: charts whose values can be read."""

import pytest
from playwright.sync_api import expect

from tests.pages.browser import serious

pytestmark = pytest.mark.slow


def test_the_values_of_three_charts_can_be_read(open_page, account):
    """The keyboard reaches the figures of each bar, and a table contains all."""
    page = open_page("/history")
    page.get_by_label("Days").select_option("7")
    expect(page.locator("#period")).to_have_text("APP_CONSUMER_KEY: 7 days")

    page.locator(".plot svg").first.focus()
    page.keyboard.press("ArrowRight")

    expect(page.locator(".tip").first).to_contain_text("2026-11-18: ")
    expect(page.locator(".tip").first).to_be_visible()
    expect(page.locator(".chart").first.locator("tbody tr")).to_have_count(7)
    assert serious(page) == []
    page.keyboard.press("Escape")
    expect(page.locator(".tip").first).to_be_hidden()


def test_days_are_chosen_by_date(open_page, account):
    """Two dates choose the days, the address shows the same again, and what cannot be is said in words."""
    page = open_page("/history?from=2026-11-02&to=2026-11-06")
    expect(page.locator("#period")).to_contain_text("5 days")

    page.get_by_label("To", exact=True).fill("2026-11-04")
    expect(page.locator("#period")).to_contain_text("3 days")
    page.reload()
    expect(page.locator(".chart").first.locator("tbody tr")).to_have_count(3)
    expect(page.get_by_label("From", exact=True)).to_have_value("2026-11-02")


def test_a_chart_is_saved_as_figures_and_picture(open_page, account):
    """A chart's figures come as CSV with heads, its picture as PNG."""
    page = open_page("/history?from=2026-11-02&to=2026-11-04", accept_downloads=True)
    with page.expect_download() as csv:
        page.get_by_role("button", name="CSV").first.click()
    with page.expect_download() as png:
        page.get_by_role("button", name="PNG").first.click()

    lines = csv.value.path().read_text(encoding="utf-8").splitlines()
    assert (lines[0], [line[:10] for line in lines[1:]]) == (
        "Name,Answered,Missed",
        ["2026-11-02", "2026-11-03", "2026-11-04"],
    )
    assert png.value.path().read_bytes().startswith(b"\x89PNG")
    assert png.value.suggested_filename == "calls_per_day-2026-11-02-2026-11-04.png"


@pytest.mark.parametrize("path", ["/history", "/panel"])
def test_a_phone_shows_all_in_dutch(open_page, account, path):
    """On a phone nothing is cut and nothing scrolls sideways, in Dutch as in English."""
    page = open_page(path, "phone", locale="nl-NL")
    expect(page.locator(".plot svg, #rows li").first).to_be_visible()

    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate(
        "[...document.querySelectorAll('.plot')].every((plot) => [...plot.querySelectorAll('text')].every((text) => {"
        " const [outer, inner] = [plot.getBoundingClientRect(), text.getBoundingClientRect()];"
        " return inner.left >= outer.left - 1 && inner.right <= outer.right + 1; }))"
    )
    assert serious(page) == []


def test_a_customers_panel_is_shown(open_page):
    """The ITX panel of the first customer shows by itself, that of another one when it is entered."""
    page = open_page("/panel")
    expect(page.locator("#rows li").first).to_be_visible()
    expect(page.locator("#rows")).to_contain_text(" UTC")

    page.get_by_label("Customer").fill("nobody at all")
    page.get_by_role("button", name="Show", exact=True).click()

    expect(page.locator("#message")).to_contain_text("Customer nobody at all")
    assert serious(page) == []
