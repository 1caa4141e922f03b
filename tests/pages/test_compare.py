"""Two instants, scenarios or accounts side by side."""

import pytest
import requests as http
from playwright.sync_api import expect

from kpn_sandbox.client import Client
from tests.pages.browser import serious

pytestmark = pytest.mark.slow


def agents(server, at):
    """KPN's list of agents as of an instant, by login id."""
    headers = {"Authorization": f"Bearer {server.token()}", "Prefer": f'at="{at}"'}
    found = http.get(f"{server.url}/agents", headers=headers, timeout=9).json()["DataSet"]["agents"]
    return {agent["Logid"]: agent for agent in found}


def test_two_instants_are_compared(open_page, server, account):
    """Each agent whose status differs is listed with both, others are not, and nothing is counted or changed."""
    page = open_page("/compare?left_at=2026-11-24T09:00&right_at=2026-11-24T10:00")
    expect(page.locator("#agents table")).to_be_visible()

    shown = page.locator("#agents tbody th").all_text_contents()
    counted = account.requests()
    left, right = (agents(server, f"2026-11-24T{hour}:00:00+01:00") for hour in ("09", "10"))

    fields = ("Status", "Reason", "Direction", "Skill", "Lvl", "VDN", "Dep")
    differing = [key for key in left if any(left[key][name] != right[key][name] for name in fields)]
    assert shown == differing
    assert counted == []
    row = page.locator("#agents tbody tr", has=page.get_by_role("rowheader", name=differing[0], exact=True))
    for side in (left, right):
        expect(row).to_contain_text(side[differing[0]]["Status"])
    assert serious(page) == []


def test_the_address_is_a_permalink(open_page, account):
    """What is compared is in the address, and an address shows the same again; the sides can be swapped."""
    page = open_page("/compare")
    page.get_by_role("group", name="Right").get_by_label("Scenario").select_option("peak")
    page.get_by_role("button", name="Compare").click()
    expect(page.locator("[data-side=right] [data-shown]")).to_contain_text("peak")

    page.goto(page.url)
    expect(page.locator("[data-side=right] [data-shown]")).to_contain_text("10:00:00 · peak")
    page.get_by_role("button", name="Swap the sides").click()

    expect(page.locator("[data-side=left] [data-shown]")).to_contain_text("10:00:00 · peak")
    assert account.scenario()["name"] == "normal"


def test_two_accounts_are_compared(open_page, server, account, admin_token):
    """Another account is opened by its secret; agents that only one center has are said to be on one side."""
    other = Client(server.url, admin_token=admin_token).new_account(agents=58, at="2026-11-24T10:20:00+01:00")
    page = open_page("/compare")
    right = page.get_by_role("group", name="Right")
    right.get_by_text("Another account").click()
    right.get_by_label("Client id").fill(other.client_id)
    right.get_by_label("Client secret").fill(other.client_secret)
    page.get_by_role("button", name="Compare").click()

    expect(page.locator("[data-side=right] [data-shown]")).to_contain_text(other.client_id)
    expect(page.locator("#agents tr", has_text="only on the left")).to_have_count(2)
    other.delete()


def test_what_cannot_be_is_said_beside_it(open_page, expected, account):
    """A text that is no instant is refused with the forms that are."""
    expected.append("400")
    page = open_page("/compare?left_at=whenever")

    expect(page.locator("[data-side=left] .trouble")).to_contain_text("at must be an ISO 8601 instant")


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_a_phone_shows_it_in_dutch(open_page, account, scheme):
    """On a phone the page itself does not scroll sideways, and everybody can use it."""
    page = open_page("/compare", "phone", scheme, locale="nl-NL")
    expect(page.locator("#count-agents")).to_contain_text("verschillen")

    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert serious(page) == []
