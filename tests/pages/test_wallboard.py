"""The wallboard shows the figures of the public API, and what its clients would meet."""

import pytest
from playwright.sync_api import expect

from tests.pages.browser import SIZES

pytestmark = pytest.mark.slow


@pytest.fixture
def wallboard(open_page, account):
    page = open_page("/wallboard")
    expect(page.locator("#queue-rows tr").first).to_be_visible()
    return page


def cells(page):
    return [row.locator("th, td").all_inner_texts() for row in page.locator("#queue-rows tr").all()]


def test_queues_are_those_of_the_api(wallboard, objects):
    """At an instant that stands still every figure of the table is the API's."""
    queues = objects("queues")

    shown = [[row[0], row[1], *row[4:]] for row in cells(wallboard)]

    names = ("Name", "InQueueCalls", "Staffed", "Available", "InACD", "InACW", "InAUX")
    assert shown == [[queue[name] for name in names] for queue in queues]
    levels = [row[3] for row in cells(wallboard)]
    assert all(f"{queue['ServiceLevel']} %" in level for queue, level in zip(queues, levels, strict=True))


def test_totals_are_the_sums_of_the_queues(wallboard, objects):
    """The large figures are the queues' together."""
    queues = objects("queues")

    def total(name):
        return sum(int(queue[name]) for queue in queues)

    left = total("OfferedCalls") - total("AnsweredCalls") - total("InQueueCalls") - total("Flowout")
    names = ("waiting", "free", "answered", "abandoned")
    shown = {name: wallboard.locator(f"#k-{name} dd").inner_text() for name in names}
    assert shown == {
        "waiting": str(total("InQueueCalls")),
        "free": str(total("Available")),
        "answered": f"{total('AnsweredCalls'):,}",
        "abandoned": f"{left:,}",
    }


def test_agents_are_those_of_the_api(wallboard, objects):
    """Each agent who is logged in has a tile with name, state and time."""
    inside = [agent for agent in objects("agents") if agent["Status"] != "UNSTAFF"]

    tiles = wallboard.locator("#agent-tiles li").all_inner_texts()

    assert len(tiles) == len(inside)
    assert all(agent["Agent"] in tile for agent, tile in zip(inside, tiles, strict=True))


def test_logged_out_agents_are_shown_on_demand(wallboard, objects):
    """A checkbox shows the agents who are logged out as well."""
    wallboard.get_by_label("logged out, too").check()

    expect(wallboard.locator("#agent-tiles li")).to_have_count(len(objects("agents")))


def test_trunks_are_those_of_the_api(wallboard, objects):
    """Each trunk shows its ports in use."""
    shown = wallboard.locator("#trunk-list .figures").all_inner_texts()

    assert [text.split(",")[0] for text in shown] == [
        f"{trunk['PortsInUse']} of {trunk['TotalPorts']} ports in use" for trunk in objects("trunks")
    ]


def test_the_board_moves_with_the_account(wallboard, account, objects):
    """When time is advanced the figures and the clock follow."""
    expect(wallboard.locator("#time")).to_have_text("10:20:00")

    account.advance(1800)

    expect(wallboard.locator("#time")).to_have_text("10:50:00")
    answered = sum(int(queue["AnsweredCalls"]) for queue in objects("queues"))
    expect(wallboard.locator("#k-answered dd")).to_have_text(f"{answered:,}")


def test_the_day_is_drawn_and_its_values_can_be_read(wallboard):
    """The mouse and the keyboard reach the calls of each half hour of the day."""
    chart = wallboard.locator("#chart svg")
    expect(chart.locator("polyline")).to_have_count(4)

    chart.focus()
    wallboard.keyboard.press("ArrowLeft")

    expect(wallboard.locator(".reading")).to_contain_text("10:00–10:20:")
    chart.hover(position={"x": 60, "y": 60})
    expect(wallboard.locator(".reading")).to_contain_text("arrivals")


def test_a_fault_is_shown_and_not_used_up(wallboard, account):
    """What a client would get is said in words beside the figures, and is still there for the client."""
    account.fail("queues", *[{"status": 503}] * 8)

    expect(wallboard.locator("#trouble")).to_have_text("GET /queues gets 503 Service Unavailable: fault, 8 left.")
    wallboard.wait_for_timeout(2500)
    assert account.faults()[0]["remaining"] == 8

    account.heal()
    expect(wallboard.locator("#trouble")).to_be_hidden()


def test_a_broken_connection_is_shown_plainly(wallboard, account):
    """A connection that would break is shown with its request."""
    account.fail("trunks", *[{"connection": "reset"}] * 20)

    expect(wallboard.locator("#trouble")).to_contain_text("GET /trunks gets broken connection (reset)")


def test_a_used_up_quota_is_shown_plainly(wallboard, account, objects):
    """A quota is used up by clients only, and the wallboard says so when it is."""
    account.quota(1, 1, "hour")
    objects("trunks")

    expect(wallboard.locator("#trouble")).to_contain_text("the quota is used up until 11:00:00")
    expect(wallboard.locator("#time")).to_have_text("10:20:00")


def test_neither_time_nor_revocation_disturbs_the_board(wallboard, account):
    """The board needs no token, so it follows the clock wherever it goes."""
    account.reset("tokens")
    account.advance(4000)

    expect(wallboard.locator("#time")).to_have_text("11:26:40")
    expect(wallboard.locator("#trouble")).to_be_hidden()


def test_an_address_shows_another_instant(open_page, account):
    """Instant and scenario of an address are shown, and the account stays as it is."""
    page = open_page("/wallboard?at=2026-11-23T15:00&scenario=peak")

    expect(page.locator("#time")).to_have_text("15:00:00")
    expect(page.locator("#clock")).to_contain_text("peak")
    assert account.scenario()["name"] == "normal"
    assert account.clock()["at"] == "2026-11-24T10:20:00+01:00"


def test_a_visitor_from_elsewhere_logs_in(browser, server, open_page, expected):
    """For a request from another machine the page asks for client id and secret, and holds none."""
    expected.append("401")
    page = open_page("/")
    page.context.set_extra_http_headers({"X-Forwarded-For": "192.0.2.7"})
    page.goto(f"{server.url}/wallboard")
    assert "APP_CONSUMER_SECRET" not in page.content()

    page.get_by_label("Client id").fill("APP_CONSUMER_KEY")
    page.get_by_label("Client secret").fill("wrong")
    page.get_by_role("button", name="Show the wallboard").click()
    expect(page.locator("#refused")).to_contain_text("not the client id and secret")

    page.get_by_label("Client secret").fill("APP_CONSUMER_SECRET")
    page.get_by_role("button", name="Show the wallboard").click()
    expect(page.locator("#queue-rows tr").first).to_be_visible()


@pytest.mark.parametrize("size", SIZES)
def test_nothing_is_cut_off(open_page, size):
    """No page needs scrolling to the side, and the hall display needs none at all."""
    page = open_page("/wallboard", size)
    expect(page.locator("#agent-tiles li").first).to_be_visible()

    wide, high = page.evaluate(
        "() => [document.documentElement.scrollWidth - innerWidth, document.documentElement.scrollHeight - innerHeight]"
    )
    assert wide <= 0
    assert size != "hall" or high <= 0
