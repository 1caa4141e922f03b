"""The time bar of the wallboard shows any instant, to this page only; days of agents and queues open from it."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.pages.browser import serious
from tests.pages.conftest import AT

pytestmark = pytest.mark.slow


@pytest.fixture
def page(open_page, account):
    """A wallboard whose account stands still; afterwards the account is as it was."""
    before = account.ask("GET", "/snapshot")
    page = open_page("/wallboard", "desk")
    expect(page.locator("#time-bar svg")).to_be_visible()
    yield page
    assert account.ask("GET", "/snapshot") == before
    assert account.requests() == []


@pytest.fixture
def slider(page):
    return page.get_by_role("slider", name="Time of day")


def test_dragging_shows_another_instant(page, slider, account):
    """The board shows the instant to which the handle is dragged, says so, and comes back on demand."""
    box = slider.bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * 10.34 / 24, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 13 / 24, middle, steps=4)
    page.mouse.move(box["x"] + box["width"] * 15 / 24, middle, steps=4)
    page.mouse.up()

    expect(page.locator("#time")).to_have_text("15:00:00")
    expect(page.get_by_role("button", name="Viewing 15:00 – back to live")).to_be_visible()
    assert account.clock()["at"] == AT
    page.get_by_role("button", name="Viewing 15:00 – back to live").click()
    expect(page.locator("#time")).to_have_text("10:20:00")


def test_the_figures_are_those_of_the_instant(page, slider, account):
    """What the bar shows is what the API answers as of that instant."""
    slider.focus()
    page.keyboard.press("PageUp")
    expect(page.locator("#time")).to_have_text("11:20:00")

    queues = account.get("/queues", headers={"Prefer": 'at="2026-11-24T11:20:00+01:00"'}).json()["DataSet"]["queues"]

    answered = sum(int(queue["AnsweredCalls"]) for queue in queues)
    expect(page.locator("#k-answered dd")).to_have_text(f"{answered:,}")
    account.ask("DELETE", "/requests")


@pytest.mark.parametrize(
    ("keys", "time"),
    [
        (["ArrowRight"], "10:21:00"),
        (["ArrowLeft", "ArrowLeft"], "10:18:00"),
        (["PageDown"], "09:20:00"),
        (["Home"], "00:00:00"),
        (["End"], "23:59:59"),
    ],
)
def test_the_keyboard_is_enough(page, slider, keys, time):
    """The keys of a slider move by a minute, by an hour, and to both ends of the day."""
    slider.focus()

    for key in keys:
        page.keyboard.press(key)

    expect(page.locator("#time")).to_have_text(time)
    assert slider.get_attribute("aria-valuetext").startswith(time[:5])


def test_buttons_step_a_minute(page):
    """Two buttons go a minute back and on."""
    page.get_by_role("button", name="1 minute on").click()
    expect(page.locator("#time")).to_have_text("10:21:00")

    page.get_by_role("button", name="1 minute back").click()
    expect(page.locator("#time")).to_have_text("10:20:00")


def test_another_day_has_the_same_time(page):
    """A day that is chosen shows the same time of it, also across a change of clocks."""
    page.get_by_label("Day", exact=True).fill("2026-07-06")

    expect(page.locator("#date")).to_have_text("2026-07-06")
    expect(page.locator("#time")).to_have_text("10:20:00")


def test_time_can_be_played(page):
    """Played at 600 times, ten minutes pass in a second, until it stands still."""
    page.get_by_role("button", name="Play at 600 times").click()

    expect(page.locator("#time")).to_have_text(re.compile(r"^(10:[345]|11)"), timeout=6000)
    page.get_by_role("button", name="Stand still").click()
    expect(page.get_by_role("button", name="Stand still")).to_have_attribute("aria-pressed", "true")
    page.wait_for_timeout(1500)
    stood = page.locator("#time").inner_text()
    page.wait_for_timeout(1500)
    assert page.locator("#time").inner_text() == stood


def test_the_address_shows_the_same_again(page, slider):
    """What is shown has an address, which shows it again."""
    slider.focus()
    page.keyboard.press("PageUp")
    expect(page.locator("#time")).to_have_text("11:20:00")
    assert page.url.endswith("/wallboard?at=2026-11-24T11:20")

    page.reload()

    expect(page.locator("#time")).to_have_text("11:20:00")
    expect(page.get_by_role("button", name="Viewing 11:20 – back to live")).to_be_visible()


def test_a_link_carries_instant_scenario_and_seed(page, server):
    """The copied link has everything that the page follows from."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])

    page.get_by_role("button", name="Copy link").click()

    expect(page.locator("#copy-link")).to_have_text("Copied")
    link = page.evaluate("navigator.clipboard.readText()")
    assert link == f"{server.url}/wallboard?at=2026-11-24T10:20&scenario=normal&seed=APP_CONSUMER_KEY"


def test_a_link_that_cannot_be_copied_is_not_called_copied(page):
    """Without a clipboard the link goes to the address bar, and the button says so."""
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")

    page.get_by_role("button", name="Copy link").click()

    expect(page.locator("#copy-link")).to_have_text("See the address bar")
    assert "scenario=normal" in page.url


@pytest.mark.parametrize(("query", "words"), [("at=noon", "at must be an ISO 8601 instant"), ("scenario=pek", "peak")])
def test_an_address_that_cannot_be_is_refused(open_page, expected, query, words):
    """A page whose address asks for what cannot be says what would be right."""
    expected.append("400")

    page = open_page(f"/wallboard?{query}", "desk")

    expect(page.get_by_role("alert").filter(has_text=words)).to_be_visible()


def test_a_seed_of_the_address_shows_another_center(open_page, page):
    """Another seed is another center, and the account keeps its own."""
    other = open_page("/wallboard?at=2026-11-24T10:20&seed=another", "desk")
    expect(other.locator("#agent-tiles li").first).to_be_visible()

    own, others = (each.locator("#agent-tiles li").all_inner_texts() for each in (page, other))

    assert own != others


def test_what_marks_the_day_is_named(open_page):
    """Opening, closing and outages are marked with their names."""
    closed = open_page("/wallboard?at=2026-11-23T10:00&scenario=night+closed", "desk")
    expect(closed.locator("#time-bar")).to_contain_text("Opens 08:00")
    expect(closed.locator("#time-bar")).to_contain_text("Closes 20:00")

    broken = open_page("/wallboard?at=2026-11-23T10:00&scenario=trunk+outage", "desk")
    expect(broken.locator("#time-bar")).to_contain_text("Outage of")


def test_the_day_of_an_agent(page, account):
    """An agent opens with the states of the day, half hours and calls, which can be saved and closed by a key."""
    page.locator("#agent-tiles button").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator(".gantt rect").nth(2)).to_be_attached()

    title = dialog.get_by_role("heading", level=2).inner_text()
    login = re.search(r"\((\d+)\)", title)[1]
    states = account.ask("GET", f"/truth/agents/{login}")["states"]
    # The first rectangle is the ground.
    assert dialog.locator(".gantt rect").count() == len(states) + 1
    assert serious(page) == []
    with page.expect_download() as saved:
        dialog.get_by_role("button", name="CSV").click()
    assert Path(saved.value.path()).read_text().startswith("Half hour,Answered,Service level,Talk")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_the_day_of_a_queue(page, account):
    """A queue opens with its half hours, whose calls are those of the intervals."""
    page.locator("#queue-rows button").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("tbody tr").first).to_be_visible()

    offered = [int(row.locator("td").first.inner_text()) for row in dialog.locator("tbody tr").all()]

    intervals = account.ask("GET", "/truth/intervals?minutes=30&queue=1000")["intervals"]
    assert offered == [interval["offered"] for interval in intervals]
    expect(dialog.locator(".call").first).to_be_visible()
