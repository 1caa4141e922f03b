"""Everybody can use the pages: axe-core finds no serious violation, in dark and in light, at every size."""

import pytest
from playwright.sync_api import expect

from tests.pages.browser import SIZES, axe


def serious(page):
    """What axe-core calls serious or critical."""
    # The policy of the pages keeps out scripts from elsewhere, so the tool is evaluated, not loaded.
    page.evaluate(axe())
    found = page.evaluate("async () => (await axe.run(document, {resultTypes: ['violations']})).violations")
    return [
        (each["id"], [node["html"] for node in each["nodes"]][:3])
        for each in found
        if each["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("scheme", ["dark", "light"])
@pytest.mark.parametrize("size", SIZES)
def test_the_wallboard(open_page, size, scheme):
    """A live wallboard has roles, names and contrast."""
    page = open_page("/wallboard", size, scheme)
    expect(page.locator("#agents li").first).to_be_visible()
    expect(page.locator("#chart svg")).to_be_visible()

    assert serious(page) == []


@pytest.mark.parametrize("scheme", ["dark", "light"])
@pytest.mark.parametrize("size", ["desk", "phone"])
def test_the_console(open_page, size, scheme):
    """An open console has roles, names and contrast."""
    page = open_page("/console", size, scheme)
    assert serious(page) == []
    page.get_by_role("button", name="Log in").click()
    expect(page.locator("#values tbody tr").first).to_be_visible()

    assert serious(page) == []


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_the_start_page(open_page, scheme):
    """The start page has roles, names and contrast."""
    assert serious(open_page("/", "phone", scheme)) == []
