"""Everybody can use the pages: axe-core finds no serious violation, in dark and in light, at every size."""

import pytest
from playwright.sync_api import expect

from tests.pages.browser import SIZES, serious

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("scheme", ["dark", "light"])
@pytest.mark.parametrize("size", SIZES)
def test_the_wallboard(open_page, size, scheme):
    """A live wallboard has roles, names and contrast."""
    page = open_page("/wallboard", size, scheme)
    expect(page.locator("#agent-tiles li").first).to_be_visible()
    expect(page.locator("#chart svg")).to_be_visible()

    assert serious(page) == []


@pytest.mark.parametrize("scheme", ["dark", "light"])
@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_the_console(open_page, account, size, scheme, expected):
    """The console has roles, names and contrast: closed, open, with a banner, with wrong fields, in each dialog."""
    expected.append("400")
    page = open_page("/console", size, scheme)
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("button", name="Log in")).to_be_visible()
    assert serious(page) == []
    account.fail("queues", 503)
    account.pin("queues", 1000, InQueueCalls="7")
    page.get_by_role("button", name="Log in").click()
    expect(page.locator("#banner")).to_be_visible()
    page.get_by_text("More fields").click()
    page.locator("#profile").get_by_label("Agents", exact=True).fill("0")
    page.get_by_role("button", name="Change", exact=True).click()
    expect(page.locator("[aria-invalid]")).to_have_count(1)
    assert serious(page) == []

    page.get_by_role("button", name="All values…").click()
    expect(page.locator("#values tbody tr").first).to_be_visible()
    assert serious(page) == []
    page.get_by_role("button", name="Close", exact=True).click()
    page.get_by_role("button", name="Reset…").click()
    assert serious(page) == []


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_the_start_page(open_page, scheme):
    """The start page has roles, names and contrast."""
    assert serious(open_page("/", "phone", scheme)) == []


@pytest.mark.parametrize("scheme", ["dark", "light"])
@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_the_manual(open_page, size, scheme):
    """A page of the manual with code and tables has roles, names and contrast."""
    assert serious(open_page("/manual/time-and-scenarios", size, scheme)) == []
