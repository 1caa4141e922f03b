"""The request log live: what it shows, finds, copies, sends again and makes faults of."""

import subprocess
import sys
from time import monotonic

import pytest
import requests as http
from playwright.sync_api import expect

from kpn_sandbox.client import Client
from tests.end_to_end.conftest import Sandbox
from tests.pages.browser import serious
from tests.pages.conftest import SECRET

pytestmark = pytest.mark.slow


@pytest.fixture
def traffic(server, account):
    """Send a request to KPN's API with a good token."""
    token = Client(server.url).token(*SECRET)

    def traffic(path, **headers):
        return http.get(server.url + path, headers={"Authorization": f"Bearer {token}", **headers}, timeout=5)

    return traffic


def test_requests_appear_as_they_are_answered(open_page, account, traffic):
    """A request appears without a look at the page, with the reason of its answer, and pausing holds others back."""
    page = open_page("/requests")
    expect(page.locator("#connection")).to_have_text("● Live")

    traffic("/agents", Prefer="code=503")

    first = page.locator("#rows tr").first
    expect(first).to_contain_text("GET /agents")
    expect(first).to_contain_text("503")
    expect(first).to_contain_text("Prefer header")
    page.get_by_role("button", name="Pause").click()
    traffic("/queues")
    expect(page.get_by_role("button", name="Resume (1 new)")).to_be_visible()
    page.get_by_role("button", name="Resume (1 new)").click()
    expect(first).to_contain_text("GET /queues")
    assert [entry["path"] for entry in account.requests() if entry["operation"] != "token"] == ["/agents", "/queues"]


def test_an_empty_log_says_how_to_begin(open_page, account):
    """While there is no request the page fits the screen, says so, and has a line for the shell that makes one."""
    page = open_page("/requests", "desk", locale="nl-NL")
    expect(page.locator("#empty")).to_contain_text("Nog geen verzoeken")
    assert page.evaluate("document.documentElement.scrollHeight - innerHeight") == 0
    assert page.locator(".bar").bounding_box()["height"] < 60

    subprocess.run(["sh", "-c", page.locator("#curl").text_content()], capture_output=True, check=True)

    expect(page.locator("#rows tr").first).to_contain_text("GET /agents")
    expect(page.locator("#empty")).to_be_hidden()


def test_reading_uses_up_nothing(open_page, account, traffic):
    """With the page open, faults, quota and pins are used by clients only."""
    account.fail("any", 503)
    account.quota(limit=5, interval=1, unit="minute")
    page = open_page("/requests")
    expect(page.locator("#connection")).to_have_text("● Live")
    page.wait_for_timeout(700)

    assert account.faults()[0]["remaining"] == 1
    assert traffic("/agents").status_code == 503


def test_typing_finds_requests(open_page, traffic):
    """Words must occur, those with a minus must not; errors alone can be shown."""
    page = open_page("/requests")
    for path in ("/agents", "/queues", "/agent/logid/99503"):
        traffic(path)
    shown = page.locator("#rows tr:not([hidden])")
    expect(page.locator("#rows tr")).to_have_count(4)

    page.get_by_label("Filter").fill("get -queues")
    expect(shown).to_have_count(2)
    page.get_by_label("only errors").check()
    expect(shown).to_have_count(1)
    expect(page.locator("#counted")).to_have_text("1 of 4 requests")
    page.reload()
    expect(page.get_by_label("Filter")).to_have_value("get -queues")
    expect(shown).to_have_count(2)


def test_the_keyboard_opens_and_closes_a_request(open_page, traffic):
    """Arrow keys move among the rows, Enter opens the details and Escape closes them where they were opened."""
    page = open_page("/requests")
    traffic("/agents")
    traffic("/queues")
    expect(page.locator("#rows tr")).to_have_count(3)

    page.locator("#rows button[tabindex='0']").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    expect(page.locator("#h-details")).to_be_focused()
    expect(page.locator("#h-details")).to_contain_text("GET /")
    page.keyboard.press("Escape")
    expect(page.locator("#details")).to_be_hidden()
    assert page.evaluate("document.activeElement.closest('tr')?.rowIndex") == 2

    page.keyboard.press("Enter")
    page.locator("#clear").press("Enter")
    expect(page.locator("#rows tr")).to_have_count(0)
    page.locator("#close").press("Enter")
    expect(page.locator("#filter")).to_be_focused()


@pytest.mark.parametrize("path", ["/agents", "/customers?filter=x", "/statsapi/cfg/teams", "/rest/kpi?customerId=1"])
def test_a_request_is_sent_again(open_page, server, account, expected, path):
    """A replay has credentials of its own for each API, and its answer is shown beside the old one."""
    # The challenge of HTTP Digest.
    expected.append("401")
    page = open_page("/requests")
    user, secret = SECRET
    if path.startswith("/customers"):
        http.get(server.url + path, auth=http.auth.HTTPDigestAuth(user, secret), timeout=9)
    elif path.startswith("/rest"):
        token = http.get(f"{server.url}/requests/itx-token", auth=SECRET, timeout=5).json()["token"]
        http.get(f"{server.url}{path}&token={token}", timeout=5)
    elif path.startswith("/statsapi"):
        form = {"grant_type": "client_credentials", "client_id": user, "client_secret": secret}
        token = http.post(f"{server.url}/configapi/v2/oauth/token", data=form, timeout=5).json()["access_token"]
        http.get(server.url + path, headers={"Authorization": f"Bearer {token}"}, timeout=5)
    else:
        http.get(
            server.url + path, headers={"Authorization": f"Bearer {Client(server.url).token(user, secret)}"}, timeout=5
        )
    page.locator("#rows tr", has_text=path).first.click()
    before = len(account.requests(path=path.partition("?")[0]))

    page.get_by_role("button", name="Replay").click()

    expect(page.locator("#replayed")).to_contain_text("Now", timeout=15_000)
    assert page.locator("#replayed b").all_text_contents() == ["200", "200"]
    assert len(account.requests(path=path.partition("?")[0])) > before


def test_a_session_of_cookies_is_a_token_in_code(open_page, server, account):
    """A request with the cookies of a log-in is copied with a token instead; of a lost body it is said."""
    user, secret = SECRET
    session = http.Session()
    session.post(
        f"{server.url}/statsapi/auth", json={"tenant_url": "localhost", "username": user, "password": secret}, timeout=5
    )
    session.get(f"{server.url}/statsapi/cfg/teams", timeout=5)
    page = open_page("/requests")

    page.locator("#rows tr", has_text="cfg/teams").first.click()
    page.get_by_role("button", name="curl").click()
    line = page.locator("#code").text_content()
    curl = subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=True)
    page.locator("#rows tr", has_text="/statsapi/auth").first.click()
    page.get_by_role("button", name="Python").click()

    assert curl.stdout.startswith("HTTP/1.1 200")
    expect(page.locator("#message")).to_contain_text("The body was not logged: start the sandbox with")


def test_copied_code_runs(open_page, server, traffic):
    """The curl line and the Python program give the answer that the client got."""
    page = open_page("/requests")
    traffic("/agents", Prefer="code=404")
    page.locator("#rows tr", has_text="/agents").first.click()

    page.get_by_role("button", name="curl").click()
    curl = subprocess.run(
        ["sh", "-c", page.locator("#code").text_content()], capture_output=True, text=True, check=True
    )
    page.get_by_role("button", name="Python").click()
    code = page.locator("#code").text_content()
    python = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert curl.stdout.startswith("HTTP/1.1 404") and python.stdout.startswith("404 ")
    page.get_by_role("button", name="HAR", exact=True).click()
    expect(page.locator("#code")).to_contain_text('"_operation": "agents"')
    page.get_by_role("button", name="JavaScript").click()
    expect(page.locator("#code")).to_contain_text("await fetch(")


def test_a_request_becomes_a_fault(open_page, account, traffic):
    """The dialog plans a fault for the operation and the number of the request."""
    page = open_page("/requests")
    traffic("/agent/logid/40001")
    page.locator("#rows tr", has_text="/agent/logid/40001").first.click()

    page.get_by_role("button", name="Make a fault of this").click()
    page.get_by_label("How many times").fill("2")
    page.get_by_role("button", name="Plan the fault").click()

    expect(page.locator("#message")).to_contain_text("Planned: the next 2 requests to agent get it.")
    fault = account.faults()[0]
    assert (fault["operation"], fault["key"], fault["remaining"]) == ("agent", "40001", 2)
    assert serious(page) == []


def test_the_administrator_sees_requests_of_nobody(open_page, server, account, admin_token):
    """A request that belongs to no account is shown to the administrator who asks for it."""
    http.get(f"{server.url}/nobody-has-this", timeout=5)
    page = open_page("/requests")
    page.get_by_role("button", name="Log out").click()
    page.get_by_label("Client id").fill(SECRET[0])
    page.get_by_label("Administrator's token").fill(admin_token)
    page.get_by_role("button", name="Log in").click()

    page.get_by_label("also requests of no account").check()

    row = page.locator("#rows tr", has_text="/nobody-has-this").first
    expect(row).to_contain_text("of no account")
    expect(row).to_contain_text("unknown path")


def test_a_thousand_rows_are_filtered_at_once(open_page, server, account):
    """A full log is shown whole, and a keystroke in the filter takes a part of a frame's time per hundred rows."""
    page = open_page("/requests")
    expect(page.locator("#connection")).to_have_text("● Live")
    page.evaluate(
        """async (token) => {
            const poll = () => fetch("trunks", {headers: {Authorization: `Bearer ${token}`}});
            for (let round = 0; round < 10; round += 1) await Promise.all(Array.from({length: 100}, poll));
        }""",
        Client(server.url).token(*SECRET),
    )
    expect(page.locator("#rows tr")).to_have_count(1000, timeout=15_000)

    page.get_by_label("Filter").fill("queues")
    expect(page.locator("#counted")).to_contain_text("of 1000 requests")
    assert page.locator("#rows tr:visible").count() < 1000
    assert serious(page) == []


@pytest.mark.parametrize("size", ["desktop", "phone"])
@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_everybody_can_use_it(open_page, traffic, size, scheme):
    """The list and the details have roles, names and contrast, and the page does not scroll sideways."""
    page = open_page("/requests", size, scheme, locale="nl-NL")
    traffic("/agents", Prefer="code=503")
    page.locator("#rows tr.failed").first.click()
    expect(page.locator("#facts")).to_contain_text("Het verzoek vroeg er zelf om")

    assert serious(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_stop_does_not_wait_for_the_page(tmp_path, browser):
    """A server with a live log open ends at once when it is told to."""
    running = Sandbox(f"sqlite:///{tmp_path / 'stop.db'}", "--agents", "5")
    page = browser.new_page()
    page.goto(f"{running.url}/requests")
    expect(page.locator("#connection")).to_have_text("● Live")

    began = monotonic()
    code, _, _ = running.stop()

    assert code == 0 and monotonic() - began < 3
    page.close()
    running.process.stdout.close()
    running.process.stderr.close()
