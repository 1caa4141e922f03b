"""A wallboard of any size fits the screen, and can be read across a hall."""

import json

import pytest
from playwright.sync_api import expect

from kpn_sandbox.client import Client
from tests.pages.browser import serious
from tests.pages.conftest import AT

pytestmark = pytest.mark.slow

HALL_PIXELS = 24

PROFILES = {10: {}, 50: {}, 1000: {"queues": 50, "trunks": 20}}

SMALL_TEXTS = """(least) => {
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const element = walker.currentNode.parentElement;
        const hidden = element.closest(".unseen, .skip, .word, script, style") || !element.getClientRects().length;
        if (!walker.currentNode.textContent.trim() || hidden) continue;
        const size = parseFloat(getComputedStyle(element).fontSize);
        if (size < least) found.push([size, element.textContent.trim().slice(0, 30)]);
    }
    return found;
}"""

PARTS = (
    "header, main, #wallboard > *, #agent-tiles > *, #agent-groups tr, .named li, #queue-rows tr, #calls li, .trunk,"
    "#chart text, #legend li, .kpis dd"
)

OUTSIDE = """(parts) => {
    const inside = (one, other) => one.left >= other.left - 1 && one.right <= other.right + 1
        && one.top >= other.top - 1 && one.bottom <= other.bottom + 1;
    const screen = {left: 0, top: 0, right: innerWidth, bottom: innerHeight};
    return [...document.querySelectorAll(parts)].filter((each) => {
        const own = each.getBoundingClientRect();
        const panel = each.closest(".panel, .kpis > div");
        return own.width && !(inside(own, screen) && (!panel || inside(own, panel.getBoundingClientRect())));
    }).map((each) => [each.tagName, each.className.baseVal ?? each.className, each.textContent.trim().slice(0, 30)]);
}"""


@pytest.fixture(scope="module")
def accounts(server):
    """An account of each size, on the same morning."""
    client = Client(server.url, server.admin_token)
    made = {}
    for agents, more in PROFILES.items():
        account = client.new_account(agents=agents, seed=f"size {agents}", profile=more)
        account.freeze(AT)
        made[agents] = account
    yield made
    for account in made.values():
        account.drop()


@pytest.fixture
def board(open_page, accounts):
    """Open the wallboard of the account with so many agents."""

    def board(agents, size, query="", scheme="dark"):
        page = open_page("/", size, scheme)
        login = {"id": accounts[agents].client_id, "secret": accounts[agents].client_secret}
        page.evaluate("(login) => sessionStorage.setItem('login', login)", json.dumps(login))
        page.goto(f"{page.url}wallboard{query}")
        expect(page.locator("#agent-count")).to_contain_text(f" {agents} ")
        expect(page.locator("#chart svg")).to_be_visible()
        # Pages of queues are as long as the panel allows once it is laid out.
        page.wait_for_timeout(1300)
        return page

    return board


def overflow(page):
    """How far the page is wider and higher than the screen."""
    sides = "document.documentElement.scrollWidth - innerWidth, document.documentElement.scrollHeight - innerHeight"
    return page.evaluate(f"() => [{sides}]")


@pytest.mark.parametrize("agents", PROFILES)
@pytest.mark.parametrize("size", ["desk", "hall"])
def test_everything_is_on_the_screen(board, agents, size):
    """Nothing is outside of its panel or of the screen, whatever the size of the center."""
    page = board(agents, size)

    assert overflow(page) == [0, 0]
    assert page.evaluate(OUTSIDE, PARTS) == []
    assert page.locator(".trunk").count() == PROFILES[agents].get("trunks", 2)


@pytest.mark.parametrize("agents", PROFILES)
def test_a_phone_scrolls_down_only(board, agents):
    """On a phone no part of the page is wider than the screen."""
    assert overflow(board(agents, "phone"))[0] <= 0


@pytest.mark.parametrize("agents", PROFILES)
@pytest.mark.parametrize("query", ["", "?kiosk"])
def test_letters_can_be_read_across_a_hall(board, agents, query):
    """At 1920 x 1080 no text is smaller than 24 pixels, in charts neither."""
    page = board(agents, "hall", query)

    assert page.evaluate(SMALL_TEXTS, HALL_PIXELS) == []
    assert overflow(page) == [0, 0]


def test_a_kiosk_has_no_controls(board):
    """With `?kiosk` neither navigation nor controls are shown."""
    page = board(50, "hall", "?kiosk")

    shown = page.locator("nav, #time-bar, #theme, #language, #copy-link, #all-agents, [data-save]")
    assert [each.is_visible() for each in shown.all()] == [False] * shown.count()


def test_names_of_twenty_letters_fit(board):
    """A tile has the whole of a name of up to 20 letters at a desk."""
    page = board(50, "desk")

    cut = page.locator("#agent-tiles b").evaluate_all(
        "(names) => names.filter((name) => name.scrollWidth > name.clientWidth).map((name) => name.textContent)"
    )
    assert [name for name in cut if len(name) <= 20] == []


@pytest.mark.parametrize("size", ["desk", "hall"])
def test_many_agents_are_groups(board, accounts, size):
    """Above 60 agents their states are counted, and the ten longest talks and stays in AUX have names."""
    page = board(1000, size)
    account = accounts[1000]
    agents = account.get("/agents").json()["DataSet"]["agents"]
    talks = sorted((int(agent["Time"]) for agent in agents if agent["Status"] == "ACD"), reverse=True)
    counted = [
        sum(agent["Status"] == status for agent in agents) for status in ("AVAIL", "RINGING", "ACD", "ACW", "AUX")
    ]

    total = page.locator("#agent-groups tbody tr").first.locator("td").all_inner_texts()
    times = page.locator(".talks i").all_inner_texts()

    assert [int(text.split(" · ")[0]) if text != "–" else 0 for text in total] == counted
    assert [seconds(text) for text in times] == talks[:10]
    assert page.locator(".stays li").count() == 10
    assert page.locator("#agent-tiles li").count() == 0


def seconds(text):
    """The seconds of a duration such as 1:02:03."""
    total = 0
    for part in text.split(":"):
        total = total * 60 + int(part)
    return total


@pytest.mark.parametrize("size", ["desk", "hall"])
def test_trouble_needs_no_more_room(board, accounts, size):
    """In Dutch, with an outage, a pin and a fault, the header is one line, nothing is cut and no word is English."""
    accounts[50].scenario("trunk outage")
    accounts[50].fail("any", *[503] * 5)
    accounts[50].pin("queues", 1000, InQueueCalls="7")
    page = board(50, size, "?lang=nl")
    expect(page.locator("#trouble")).to_have_text("Elk verzoek krijgt 503 Service Unavailable: storing, nog 5.")
    expect(page.locator(".trunk .counts").first).to_have_text("0/60 in gebruik ✕ 60")

    counts = "(all) => all.filter((each) => each.scrollWidth > each.clientWidth).length"
    assert page.locator(".trunk .counts").evaluate_all(counts) == 0
    assert page.evaluate(OUTSIDE, PARTS) == []
    assert page.locator(".bar").bounding_box()["height"] < 60
    accounts[50].reset("scenario", "faults", "pins")


def test_trunks_of_many_ports_are_bars(board):
    """A trunk of more than 120 ports or one of many is a bar with counts; no port is left out without a word."""
    page = board(1000, "desk")

    assert page.locator(".bar-of-ports:visible").count() == 20
    assert page.locator(".ports:visible").count() == 0
    assert all("/" in text for text in page.locator(".trunk .counts").all_inner_texts())


@pytest.mark.parametrize("scheme", ["dark", "light"])
@pytest.mark.parametrize(("agents", "size"), [(1000, "desk"), (10, "hall")])
def test_everybody_can_use_it(board, agents, size, scheme):
    """Groups and large tiles have roles, names and contrast, like the usual page."""
    assert serious(board(agents, size, scheme=scheme)) == []
