"""Every control of the console changes the account, and shows the curl line that does the same."""

import os
import subprocess

import pytest
from playwright.sync_api import expect

from tests.pages.conftest import SECRET

pytestmark = pytest.mark.slow


@pytest.fixture
def console(open_page, account):
    page = open_page("/console")
    page.get_by_role("button", name="Log in").click()
    expect(page.locator("#values tbody tr").first).to_be_visible()
    return page


@pytest.fixture
def done(console):
    """Wait until the console says that an action is done."""

    def done():
        expect(console.locator("#message")).to_contain_text("done.")

    return done


def test_scenarios_are_set(console, account, done):
    """A scenario's button puts it in force, and looks pressed."""
    console.get_by_role("button", name="trunk outage").click()
    done()

    assert account.scenario()["name"] == "trunk outage"
    expect(console.locator("[data-scenario='trunk outage']")).to_have_attribute("aria-pressed", "true")


def test_a_change_counts_always_or_from_now_on(console, account, done):
    """The console offers both, says from when on scenario and profile count, and what the clock leaves behind."""
    now = account.clock()["at"]
    expect(console.locator("#scenario-period")).to_have_text("normal counts always.")
    console.locator("#scenario-effective").select_option("now")
    console.get_by_role("button", name="busy").click()
    done()
    expect(console.locator("#scenario-period")).to_have_text(f"busy counts from {now} on.")

    console.locator("#profile [name='!effective']").select_option("now")
    console.locator("#profile [name=agents]").fill("9")
    console.get_by_role("button", name="Change the profile").click()
    expect(console.locator("#profile-period")).to_have_text(f"This profile counts from {now} on.")
    expect(console.locator("#not-in-force")).to_be_hidden()

    account.freeze("2026-11-23T09:00:00+01:00")
    expect(console.locator("#not-in-force li")).to_have_text(
        [f'scenario "busy" counts from {now} on', f'profile {{"agents": 9}} counts from {now} on']
    )


def test_the_curl_line_does_the_same(console, server, account):
    """The line that is shown when the pointer is over a button works in a shell."""
    console.get_by_role("button", name="busy").hover()
    line = console.locator("#curl-scenario").inner_text()
    assert account.scenario()["name"] == "normal"

    names = {"KPN_SANDBOX_CLIENT_ID": SECRET[0], "KPN_SANDBOX_CLIENT_SECRET": SECRET[1]}
    subprocess.run(["sh", "-c", line], env={**os.environ, **names}, check=True, capture_output=True)

    assert account.scenario()["name"] == "busy"


def test_the_clock_is_changed(console, account, expected, done):
    """Step, jump, speed, run and freeze; a token that expires on the way is renewed."""
    expected.append("401")
    console.get_by_role("button", name="+ 1 h").click()
    done()
    assert account.clock()["at"].startswith("2026-11-24T11:20:00")

    console.get_by_label("Instant").fill("2026-12-01T09:00:00+01:00")
    console.get_by_role("button", name="Freeze there").click()
    expect(console.locator("#now")).to_have_text("2026-12-01 09:00:00")
    assert account.clock()["mode"] == "frozen"

    console.get_by_label("Speed").fill("120")
    console.get_by_role("button", name="Run so fast").click()
    expect(console.locator("#mode")).to_contain_text("× 120")
    assert account.clock()["speed"] == 120

    console.get_by_role("button", name="Freeze", exact=True).click()
    expect(console.locator("#mode")).to_contain_text("frozen")

    console.get_by_role("button", name="Run with wall time").click()
    expect(console.locator("#mode")).to_have_text("▶ running")
    assert account.clock()["speed"] == 1

    console.get_by_label("Instant").fill("2027-01-04T09:00:00+01:00")
    console.get_by_role("button", name="Run from there").click()
    expect(console.locator("#now")).to_contain_text("2027-01-04 09:0")
    assert account.clock()["mode"] == "running"


def test_tokens_follow_the_time_that_is_chosen(console, account, done):
    """The choice goes along with the next change of the clock, and shows what is in force."""
    expect(console.locator("#tokens")).to_have_value("account")
    console.locator("#tokens").select_option("wall")
    console.get_by_role("button", name="Freeze", exact=True).click()
    done()

    assert account.clock()["tokens"] == "wall"
    expect(console.locator("#mode")).to_have_text("❚❚ frozen · tokens by wall time")
    console.get_by_role("button", name="Run with wall time").click()
    expect(console.locator("#mode")).to_have_text("▶ running · tokens by wall time")


def test_the_profile_is_changed(console, account, objects, done):
    """Only the changed field is sent, and the API has as many agents."""
    console.locator("#profile [name=agents]").fill("90")
    expect(console.locator("#curl-profile")).to_contain_text("""-d '{"agents":90}'""")
    console.get_by_role("button", name="Change the profile").click()
    done()

    assert len(objects("agents")) == 90


def test_a_wrong_profile_is_refused_with_what_would_be_right(console, account, expected):
    """The error message contains the range that is shown beside the field."""
    expected.append("400")
    console.locator("#profile [name=agents]").fill("5001")
    console.get_by_role("button", name="Change the profile").click()

    expect(console.locator("#message")).to_contain_text("a whole number from 1 to 5000")
    expect(console.locator("#r-agents")).to_have_text("a whole number from 1 to 5000")


def test_a_value_is_pinned_by_a_click(console, account, objects, done):
    """The API answers with the pinned value until it is unpinned."""
    console.locator("[data-pin='1000 InQueueCalls']").click()
    console.get_by_label("Value", exact=True).fill("77")
    console.get_by_role("button", name="Pin", exact=True).click()
    done()
    assert objects("queues")[0]["InQueueCalls"] == "77"

    console.locator("[data-pin='1000 Staffed']").click()
    console.get_by_label("Value", exact=True).fill("3")
    console.get_by_role("button", name="Pin", exact=True).click()
    expect(console.locator("button.pinned")).to_have_count(2)
    assert account.pins()[0]["fields"] == {"InQueueCalls": "77", "Staffed": "3"}

    console.get_by_role("button", name="Unpin everything").click()
    expect(console.locator("button.pinned")).to_have_count(0)
    assert account.pins() == []


def test_an_agent_is_pinned(console, account, objects, done):
    """Agents are a click away, and one pin can be taken away alone."""
    console.get_by_role("button", name="agents", exact=True).click()
    console.locator("[data-pin='40001 Status']").click()
    console.get_by_label("Value", exact=True).fill("AUX")
    console.get_by_role("button", name="Pin", exact=True).click()
    done()
    assert objects("agents")[0]["Status"] == "AUX"

    console.get_by_role("button", name="Unpin agents 40001").click()
    expect(console.locator("#pins li")).to_have_count(0)
    assert account.pins() == []


def test_a_fault_is_planned_and_what_is_left_is_shown(console, account, expected, done):
    """Three faults are planned, one happens, two are left; then they are dropped."""
    expected.append("503")
    console.get_by_label("Operation").first.select_option("queues")
    console.get_by_label("Times").fill("3")
    console.get_by_role("button", name="Let it happen").click()
    done()

    expect(console.locator("#faults b")).to_have_text("3 left")
    expect(console.locator("#values")).to_contain_text("It answers 503")
    console.get_by_role("button", name="+ 1 s").click()
    expect(console.locator("#faults b")).to_have_text("2 left")
    # The console's own look at the queues takes the next one when it comes.
    assert account.faults()[0]["remaining"] in (1, 2)

    console.get_by_role("button", name="Drop all").click()
    expect(console.locator("#faults li")).to_have_count(0)
    assert account.faults() == []


def test_a_fault_by_chance_is_planned(console, account, done):
    """A probability makes a plan of its own kind."""
    console.get_by_label("or by chance").fill("0.0001")
    console.get_by_label("What").select_option("drip")
    console.get_by_role("button", name="Let it happen").click()
    done()

    fault = account.faults()[0]
    assert (fault["probability"], fault["outcome"]) == (0.0001, {"connection": "drip"})


def test_a_fault_for_one_object_is_planned(console, account, done):
    """A number makes a plan for the requests about one object, and shows beside the operation."""
    console.get_by_label("Operation").first.select_option("agent")
    console.get_by_label("Logid or Number").first.fill("40001")
    console.get_by_label("What").select_option("truncate")
    console.get_by_role("button", name="Let it happen").click()
    done()

    assert account.faults()[0]["key"] == "40001"
    expect(console.locator("#faults li")).to_contain_text("kpn agent 40001")


def test_a_quota_is_set_and_dropped(console, account, done):
    """The console shows the quota as the headers of the answers do."""
    console.get_by_role("spinbutton", name="Calls").fill("500")
    console.get_by_label("Unit").select_option("hour")
    console.get_by_role("button", name="Set the quota").click()
    done()
    expect(console.locator("#quota-now")).to_contain_text("500 calls in 1 hour; 1 used")

    console.get_by_role("button", name="Drop it").click()
    expect(console.locator("#quota-now")).to_have_text("No quota.")


def test_the_request_log_is_live_and_can_be_filtered(console, objects, account):
    """A request shows by itself; a filter leaves what it names; forgetting empties the log."""
    expect(console.locator("#requests tr").first).to_be_visible()
    console.get_by_role("button", name="Forget all").click()
    expect(console.locator("#requests tr")).to_have_count(1)

    objects("trunks")
    expect(console.locator("#requests")).to_contain_text("GET /trunks")

    console.locator("#filter [name=operation]").fill("trunks")
    console.get_by_role("button", name="Filter").click()
    expect(console.locator("#requests tr")).to_have_count(1)
    expect(console.locator("#requests")).not_to_contain_text("GET /queues")


def test_the_replay_line_is_the_accounts(console, account):
    """The line to copy is the one of the control API."""
    assert console.locator("#replay").inner_text() == account.show()["replay"]


def test_a_reset_takes_chosen_layers(console, account, expected, done):
    """Only the layers that are ticked are as in the beginning."""
    # The console's own token goes, too; it is refused once and fetches another.
    expected.append("401")
    account.scenario("calm")
    account.quota(9)
    console.locator("#reset [name=scenario]").uncheck()
    console.get_by_role("button", name="As in the beginning").click()
    done()

    expect(console.locator("#quota-now")).to_have_text("No quota.")
    assert account.scenario()["name"] == "calm"


def test_the_administrator_controls_any_account(open_page, admin_token, account):
    """With the admin token and a client id the console opens that account."""
    page = open_page("/console")
    page.get_by_label("Client secret").fill("")
    page.get_by_label("Admin token").fill(admin_token)
    page.get_by_role("button", name="Log in").click()

    page.get_by_role("button", name="calm").click()

    expect(page.locator("#message")).to_contain_text("done.")
    expect(page.locator("#curl-scenario")).to_contain_text("$KPN_SANDBOX_ADMIN_TOKEN")
    assert account.scenario()["name"] == "calm"


def test_wrong_credentials_open_nothing(open_page, expected):
    """The console says why it does not open."""
    expected.append("401")
    page = open_page("/console")
    page.get_by_label("Client secret").fill("wrong")
    page.get_by_role("button", name="Log in").click()

    expect(page.locator("#refused")).to_contain_text("not the client id and secret")
    expect(page.locator("#console")).to_be_hidden()
