"""The wallboard shows the figures of the public API, and what its clients would meet."""

import csv
from pathlib import Path

import pytest
from playwright.sync_api import expect

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
    shown = wallboard.locator("#trunk-list .counts").all_inner_texts()

    assert [text.split(",")[0] for text in shown] == [
        f"{trunk['PortsInUse']} of {trunk['TotalPorts']} ports in use" for trunk in objects("trunks")
    ]


def test_reasons_are_words_with_a_legend(wallboard, objects):
    """An agent in AUX has the reason in words, and the legend has the code of each word."""
    auxiliary = [agent for agent in objects("agents") if agent["Status"] == "AUX"]
    legend = wallboard.locator("#reasons li").all_inner_texts()[1:]
    words = {text.split()[0]: text.split(maxsplit=1)[1].split(" (")[0] for text in legend}

    tiles = wallboard.locator("#agent-tiles .aux").all_inner_texts()

    assert len(auxiliary) > 0
    assert all(words[agent["Reason"]] in tile for agent, tile in zip(auxiliary, tiles, strict=True))
    assert words["2"] == "Lunch" and len(words) == 9


def test_calls_are_those_of_the_records(wallboard, account):
    """Under the figures stand the calls of the instant, those that wait first."""
    account.freeze("2026-11-24T11:10:00+01:00")
    expect(wallboard.locator("#time")).to_have_text("11:10:00")
    calls = account.ask("GET", "/truth/calls?direction=in")["calls"]
    waiting = [call for call in calls if call["left_at"] is None]

    expect(wallboard.locator("#calls li").first).to_be_visible()
    wallboard.wait_for_timeout(2500)

    shown = wallboard.locator("#calls .wait, #calls .ring").count()
    assert shown == min(len(waiting), 6) or len(waiting) > 6


def test_no_calls_are_neither_good_nor_bad(open_page):
    """A center that is closed says until when, and praises or alarms nobody for calls that did not come."""
    page = open_page("/wallboard?at=2026-11-23T03:00&scenario=night+closed")

    expect(page.locator("#closed")).to_have_text("Closed until 08:00")
    expect(page.locator("#closed")).to_be_visible()
    figures = [page.locator(f"#k-{name} dd").inner_text() for name in ("waiting", "longest", "level", "free")]
    assert figures == ["–"] * 4
    assert page.locator(".kpis [data-mark=warn], .kpis [data-mark=bad], .kpis [data-mark=good]").count() == 0
    assert [row[3] for row in cells(page)] == ["–"] * page.locator("#queue-rows tr").count()
    expect(page.locator("#no-agents")).to_have_text("Closed: nobody is logged in.")


def test_after_closing_the_next_day_is_named(open_page):
    """In the evening the center opens tomorrow."""
    page = open_page("/wallboard?at=2026-11-23T21:00&scenario=night+closed")

    expect(page.locator("#closed")).to_have_text("Closed until 08:00 tomorrow")


def test_the_chart_begins_anew_at_midnight(wallboard, account):
    """At midnight nothing is left of the day before."""
    account.freeze("2026-11-24T23:59:59+01:00")
    expect(wallboard.locator("#time")).to_have_text("23:59:59")
    expect(wallboard.locator("#day-table tbody tr")).to_have_count(48)

    account.advance(1)

    expect(wallboard.locator("#time")).to_have_text("00:00:00")
    expect(wallboard.locator("#day-table tbody tr")).to_have_count(0, timeout=2000)
    assert wallboard.locator("#chart polyline").count() == 0
    assert "2026-11-25" in wallboard.locator("#date").inner_text()


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


@pytest.mark.parametrize("name", ["csv", "png"])
def test_the_chart_can_be_saved(wallboard, name):
    """The day is saved as figures or as a picture."""
    expect(wallboard.locator("#chart polyline").first).to_be_visible()

    with wallboard.expect_download() as saved:
        wallboard.locator(f".day [data-save={name}]").click()

    content = Path(saved.value.path()).read_bytes()
    assert saved.value.suggested_filename == f"2026-11-24.{name}"
    assert content.startswith(b"\x89PNG" if name == "png" else b"Half hour,Arrivals,Answered,Abandoned,In time\r\n")


def test_the_csv_has_the_calls_of_the_day(wallboard, objects):
    """The calls of all half hours together are the counters of the queues."""
    expect(wallboard.locator("#chart polyline").first).to_be_visible()
    with wallboard.expect_download() as saved:
        wallboard.locator(".day [data-save=csv]").click()

    rows = list(csv.DictReader(Path(saved.value.path()).read_text().splitlines()))

    assert sum(int(row["Arrivals"]) for row in rows) == sum(int(queue["OfferedCalls"]) for queue in objects("queues"))


WATCH = """
    window.shifted = 0;
    new PerformanceObserver((list) => { for (const each of list.getEntries()) window.shifted += each.value; })
        .observe({type: "layout-shift", buffered: true});
"""


@pytest.mark.parametrize("size", ["desk", "desktop", "phone"])
def test_nothing_moves_while_a_page_is_loaded(open_page, server, account, objects, size):
    """What is in force when a page is loaded has its place from the beginning, also at speed 60."""
    number = objects("queues")[0]["Number"]
    account.ask("PUT", f"/pins/queues/{number}", {"fields": {"InQueueCalls": "7"}})
    account.ask("PATCH", "/profile", {"outages": [{"trunk": 1, "start": "09:00", "end": "12:00"}]})
    account.ask("PUT", "/clock", {"mode": "running", "at": "2026-11-24T10:00:00+01:00", "speed": 60})
    account.ask("PUT", "/quota", {"limit": 1, "interval": 1, "unit": "month"})
    objects("queues")
    account.ask("POST", "/faults", {"api": "itx", "operation": "any", "outcomes": [{"status": 500}], "repeat": True})
    page = open_page("/", size)
    page.add_init_script(WATCH)

    shifted = {}
    for path in ("/", "/wallboard", "/console", "/requests", "/history", "/compare", "/panel"):
        page.goto(server.url + path)
        page.wait_for_timeout(1500)
        shifted[path] = page.evaluate("window.shifted")

    assert {path: value for path, value in shifted.items() if value >= 0.01} == {}


def test_little_moves_and_little_is_asked_for(open_page, account):
    """At speed 60 nothing on the page jumps, and a page asks for less than six kilobytes a second."""
    account.ask("PUT", "/clock", {"mode": "running", "at": "2026-11-24T10:00:00+01:00", "speed": 60})
    page = open_page("/wallboard", "desk")
    expect(page.locator("#calls li").first).to_be_visible()
    page.wait_for_timeout(2000)
    page.evaluate(WATCH.replace("true", "false"))
    answers = []
    page.on("requestfinished", lambda request: answers.append(request))

    page.wait_for_timeout(8000)

    assert page.evaluate("window.shifted") < 0.01
    assert 4 <= len(answers)
    assert (
        sum(sum(answer.sizes()[part] for part in ("responseBodySize", "responseHeadersSize")) for answer in answers)
        < 8 * 6000
    )


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
