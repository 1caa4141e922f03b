"""Every control of the console changes the account, says so beside itself, and shows the request as code."""

import json
import os
import subprocess
import sys

import pytest
from playwright.sync_api import expect

from kpn_sandbox.client import Client, ClientError
from tests.pages.conftest import AT, SECRET

pytestmark = pytest.mark.slow

WIDE = (1440, 900)


@pytest.fixture
def console(open_page, account):
    page = open_page("/console")
    page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
    expect(page.locator("#scenario-period")).not_to_be_empty()
    expect(page.locator("#time-bar .handle")).to_be_attached()
    return page


@pytest.fixture
def said(console):
    """Wait until a part of the console says something."""

    def said(card, text):
        expect(console.locator(f"#m-{card}")).to_contain_text(text)

    return said


def test_scenarios_are_set(console, account, said):
    """A scenario's button puts it in force all day, and looks pressed."""
    console.get_by_role("button", name="trunk outage").click()
    said("scenario", "✓ trunk outage counts all day.")

    assert account.scenario()["name"] == "trunk outage"
    expect(console.locator("[data-scenario='trunk outage']")).to_have_attribute("aria-pressed", "true")
    expect(console.locator("#scenario-now")).to_have_text("trunk outage")


def test_a_scenario_counts_for_some_minutes(console, account, said):
    """From now on, or for so many minutes: the period is shown, and told once the clock leaves it."""
    console.get_by_label("Minutes").fill("15")
    console.get_by_role("button", name="peak").click()
    said("scenario", "peak counts for 15 minutes.")
    expect(console.locator("#scenario-period")).to_have_text(
        "peak counts from 2026-11-24 10:20:00 to 2026-11-24 10:35:00"
    )
    assert account.scenario()["ends_at"] == "2026-11-24T10:35:00+01:00"

    account.freeze("2026-11-23T09:00:00+01:00")

    expect(console.locator("#not-in-force li")).to_have_text(
        [f'scenario "peak" counts from {AT} to 2026-11-24T10:35:00+01:00']
    )


def test_the_curl_line_does_the_same(console, account):
    """The line that is shown when the pointer is over a button works in a shell as it is."""
    console.get_by_role("button", name="busy").hover()
    line = console.locator("#code").inner_text()
    assert account.scenario()["name"] == "normal"

    subprocess.run(["sh", "-c", line], env={"PATH": os.environ["PATH"]}, check=True, capture_output=True)

    assert account.scenario()["name"] == "busy"


def test_what_is_set_is_copied_as_code(console, server, account, tmp_path):
    """Commands, and a snapshot, make another account the same as this one."""
    account.profile(agents=31, talk_seconds=200)
    account.scenario("busy")
    account.pin("queues", 1000, InQueueCalls="9", reads=4)
    account.fail("queues", 503, {"status": 429, "delay_ms": 20})
    account.fail_sometimes("agents", 0.5, "reset", seed="4")
    account.quota(70, 2, "hour", retry_after=True)
    console.get_by_role("button", name="+ 1 s").click()
    expect(console.locator("#m-clock")).to_contain_text("The clock stands at 2026-11-24 10:20:01.")

    def code(kind):
        console.locator(f"[data-code={kind}]").click()
        return console.locator("#code").inner_text()

    wanted = account.snapshot()
    assert json.loads(code("snapshot")) == wanted
    shell = code("shell").replace("kpn-sandbox ", f"{sys.executable} -m kpn_sandbox ")
    done = subprocess.run(["sh", "-ec", shell], env={**os.environ}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    ids = [{name: plan for name, plan in each.items() if name != "id"} for each in account.snapshot()["faults"]]
    assert {**account.snapshot(), "faults": ids} == {
        **wanted,
        "faults": [{name: plan for name, plan in each.items() if name != "id"} for each in wanted["faults"]],
    }

    compile(code("pytest"), "test_my_client.py", "exec")
    assert 'kpn_account.fail("queues", {"status": 503}, {"status": 429, "delay_ms": 20})' in code("pytest")
    (tmp_path / "snapshot.json").write_text(json.dumps(wanted), encoding="utf-8")
    line = code("exec").replace("kpn-sandbox ", f"{sys.executable} -m kpn_sandbox ")
    line = line.replace(
        "$KPN_SANDBOX_URL/", f'$KPN_SANDBOX_URL/_sandbox/accounts/{SECRET[0]}/quota" -u "{":".join(SECRET)}'
    )
    done = subprocess.run(["sh", "-ec", line], cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, json.loads(done.stdout)) == (0, account.snapshot()["quota"]), done.stderr
    expect(console.locator("#code-about")).to_contain_text("Save a snapshot")


def test_a_copied_test_passes(console, account, tmp_path):
    """The test that the console writes runs as it is, with the clock, its tokens and faults, which it leaves."""
    account.scenario("calm")
    account.profile(agents=7)
    account.fail("any", 503)
    account.freeze(tokens="wall")
    account.pin("agents", 40001, Status="AUX", Reason="1")
    console.get_by_role("button", name="+ 1 s").click()
    expect(console.locator("#m-clock")).not_to_be_empty()
    console.locator("[data-code=pytest]").click()
    test = tmp_path / "test_copied.py"
    test.write_text(console.locator("#code").inner_text(), encoding="utf-8")
    assert 'kpn_account.freeze("2026-11-24T10:20:01+01:00", tokens="wall")' in test.read_text(encoding="utf-8")

    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(test)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)

    assert done.returncode == 0, done.stdout


def test_copied_is_said_only_when_it_is(console, browser):
    """The button says so when the clipboard has the text, and what to press when a script may not write there."""
    console.context.grant_permissions(["clipboard-read", "clipboard-write"])
    console.locator("#copy-code").click()
    expect(console.locator("#copy-code")).to_have_text("Copied")
    assert console.evaluate("navigator.clipboard.readText()") == console.locator("#code").inner_text()

    console.evaluate("() => { navigator.clipboard.writeText = async () => { throw new Error('refused'); }; }")
    console.evaluate("() => { document.execCommand = () => false; }")
    console.locator("#copy-code").click()
    expect(console.locator("#copy-code")).to_have_text("Press Ctrl+C")
    assert console.evaluate("getSelection().toString()") == console.locator("#code").inner_text()


def test_the_clock_is_changed(console, account, said):
    """Step, jump, speed, run and freeze; instants are chosen by Amsterdam's clock."""
    console.get_by_role("button", name="+ 1 h").click()
    said("clock", "The clock stands at 2026-11-24 11:20:00.")
    assert account.clock()["at"].startswith("2026-11-24T11:20:00")

    console.get_by_label("Instant").fill("2026-07-01T09:00:00")
    console.get_by_role("button", name="Freeze there").click()
    expect(console.locator("#now")).to_have_text("2026-07-01 09:00:00")
    assert account.clock()["at"] == "2026-07-01T09:00:00+02:00"

    console.get_by_role("spinbutton", name="Speed").fill("120")
    console.get_by_role("button", name="Run at this speed").click()
    expect(console.locator("#mode")).to_contain_text("× 120")
    assert account.clock()["speed"] == 120

    console.get_by_role("button", name="Freeze", exact=True).click()
    expect(console.locator("#mode")).to_contain_text("frozen")

    console.get_by_label("Instant").fill("2027-01-04T09:00:00")
    console.get_by_role("button", name="Run from there").click()
    expect(console.locator("#now")).to_contain_text("2027-01-04 09:0")
    assert account.clock()["mode"] == "running"

    console.get_by_role("button", name="Follow wall time").click()
    expect(console.locator("#mode")).to_have_text("▶ running")
    assert account.clock()["speed"] == 1


def test_the_time_bar_moves_the_account(console, account):
    """Its keys freeze the account at another minute of the day, its speeds let it run."""
    console.get_by_role("slider").focus()
    console.keyboard.press("ArrowRight")
    expect(console.locator("#now")).to_have_text("2026-11-24 10:21:00")
    assert account.clock()["at"] == "2026-11-24T10:21:00+01:00"

    console.get_by_role("button", name="Play at 60 times").click()
    expect(console.locator("#mode")).to_contain_text("× 60")
    assert account.clock()["speed"] == 60


def test_a_drag_sets_the_clock_where_it_ends(console, account):
    """While the handle is dragged the account stays where it is; it goes to where the handle is left."""
    sent = []
    console.on("request", lambda request: sent.append(request.method) if request.url.endswith("/clock") else None)
    box = console.get_by_role("slider").bounding_box()
    middle = box["y"] + box["height"] / 2

    console.mouse.move(box["x"] + box["width"] * 10 / 24, middle)
    console.mouse.down()
    console.mouse.move(box["x"] + box["width"] * 15 / 24, middle, steps=12)
    console.mouse.up()

    expect(console.locator("#now")).to_have_text("2026-11-24 15:00:00")
    assert sent == ["PUT"]
    assert account.clock()["at"] == "2026-11-24T15:00:00+01:00"


def test_tokens_follow_the_time_that_is_chosen(console, account, said):
    """The choice counts at once, and leaves the clock as it is."""
    account.run(at="2026-12-01T10:00:00+01:00", speed=0.001)
    expect(console.locator("#now")).to_contain_text("2026-12-01")
    console.locator("#tokens").select_option("wall")
    said("clock", "Tokens age by the time of: wall.")

    clock = account.clock()
    assert (clock["tokens"], clock["speed"], clock["at"][:16]) == ("wall", 0.001, "2026-12-01T10:00")
    expect(console.locator("#mode")).to_contain_text("tokens by wall time")


def test_the_profile_is_changed(console, account, objects, said):
    """Only the changed field is sent, and the API has as many agents; fields that people use less are folded."""
    console.locator("#profile").get_by_label("Agents", exact=True).fill("90")
    expect(console.locator("#code")).to_contain_text("""-d '{"agents":90}'""")
    console.get_by_role("button", name="Change", exact=True).click()
    said("profile", "1 field is changed.")
    assert len(objects("agents")) == 90

    expect(console.get_by_label("Wrap-up")).to_be_hidden()
    console.get_by_text("More fields").click()
    console.get_by_label("Agents take breaks").select_option("false")
    console.locator("#profile [name='!effective']").select_option("now")
    console.get_by_role("button", name="Change", exact=True).click()
    expect(console.locator("#profile-period")).to_have_text("counts from 2026-11-24 10:20:00 on")
    assert account.profile()["breaks"] is False


def test_wrong_fields_are_marked(console, account, expected):
    """A refused field is marked, described by what would be right, and has the focus; nothing is changed."""
    expected.append("400")
    console.locator("#profile").get_by_label("Agents", exact=True).fill("5001")
    console.get_by_label("Opening hours").fill("late")
    console.get_by_role("button", name="Change", exact=True).click()

    expect(console.locator("#m-profile")).to_have_text("▲ Not changed: 2 fields are wrong.")
    agents = console.locator("#profile").get_by_label("Agents", exact=True)
    expect(agents).to_have_attribute("aria-invalid", "true")
    expect(agents).to_have_accessible_description("a whole number from 1 to 5000 must be a whole number from 1 to 5000")
    expect(agents).to_be_focused()
    assert account.profile()["agents"] == 60

    agents.fill("61")
    console.get_by_label("Opening hours").fill("24x7")
    console.get_by_role("button", name="Change", exact=True).click()
    expect(console.locator("[aria-invalid]")).to_have_count(0)
    assert account.profile()["agents"] == 61


def test_a_wrong_fault_is_marked(console, account, expected):
    """The field of an outcome is marked where it is typed."""
    expected.append("400")
    console.get_by_label("Delay, ms").fill("600001")
    console.get_by_role("button", name="Add the fault").click()

    expect(console.get_by_label("Delay, ms")).to_have_attribute("aria-invalid", "true")
    assert account.faults() == []


def test_a_value_is_pinned(console, account, objects, said):
    """Kind, object, field and value are chosen; the API answers with the value until it is unpinned."""
    console.locator("#pin [name=field]").select_option("InQueueCalls")
    console.locator("#pin [name=value]").fill("77")
    console.get_by_role("button", name="Pin", exact=True).click()
    said("pins", "InQueueCalls of 1000 in queues stays 77.")
    assert objects("queues")[0]["InQueueCalls"] == "77"

    console.locator("#pin [name=field]").select_option("Staffed")
    console.locator("#pin [name=value]").fill("3")
    console.locator("#pin [name=reads]").fill("5")
    console.get_by_role("button", name="Pin", exact=True).click()
    expect(console.locator("#pins li")).to_contain_text("InQueueCalls = 77, Staffed = 3")
    assert account.pins()[0]["fields"] == {"InQueueCalls": "77", "Staffed": "3"}
    assert account.pins()[0]["reads"] == 5

    console.get_by_role("button", name="Remove all pins").click()
    expect(console.locator("#pins li")).to_have_count(0)
    assert account.pins() == []


def test_a_value_is_chosen_in_the_table(console, account, objects, expected):
    """The table has every value of the API, a click takes one into the form; an end that is over is refused."""
    expected.append("400")
    console.get_by_role("button", name="All values…").click()
    console.locator("#values-dialog [data-kind=agents]").click()
    agents = objects("agents")
    expect(console.locator("#values tbody tr")).to_have_count(len(agents))
    assert console.locator("#values tbody tr").nth(3).locator("th, td").all_inner_texts() == [
        "–" if value is None else value for value in agents[3].values()
    ]
    console.locator("[data-pin='40004 Status']").click()
    console.locator("#pin [name=value]").fill("AUX")
    console.locator("#pin [name=expires_at]").fill("2026-11-24T10:00:00")
    console.get_by_role("button", name="Pin", exact=True).click()
    expect(console.locator("#pin [name=expires_at]")).to_have_attribute("aria-invalid", "true")

    console.locator("#pin [name=expires_at]").fill("2026-11-24T11:00:00")
    console.get_by_role("button", name="Pin", exact=True).click()
    expect(console.locator("#pins li")).to_contain_text("until 2026-11-24 11:00:00")
    assert objects("agents")[3]["Status"] == "AUX"
    console.get_by_role("button", name="Remove the pin of agents 40004").click()
    expect(console.locator("#pins li")).to_have_count(0)
    expect(console.locator("#unpin-all")).to_be_focused()
    assert account.pins() == []


def test_a_fault_is_planned_and_stays_until_a_client_meets_it(console, account, objects):
    """The page says what a client would get, and uses nothing of it up; what is left is shown when one has."""
    console.locator("#fault [name=operation]").select_option("queues")
    console.get_by_role("spinbutton", name="Times").fill("3")
    console.get_by_role("button", name="Add the fault").click()
    expect(console.locator("#banner")).to_contain_text("GET /queues – 503 Service Unavailable: fault, 3 left")
    console.get_by_role("button", name="+ 1 s").click()
    console.wait_for_timeout(2500)
    assert account.faults()[0]["remaining"] == 3

    with pytest.raises(ClientError):
        objects("queues")
    expect(console.locator("#faults b")).to_have_text("2 left")
    expect(console.locator("#requests tr").first).to_contain_text("fault")

    console.get_by_role("button", name="Remove all faults").click()
    expect(console.locator("#faults li")).to_have_count(0)
    expect(console.locator("#banner")).to_be_hidden()
    assert account.faults() == []


def test_every_kind_of_fault_can_be_planned(console, account):
    """Each outcome of the list makes the plan that it names: once, every time, by chance, late, for one object."""
    fault = console.locator("#fault")
    outcomes = [option.get_attribute("value") for option in fault.locator("[name=outcome] option").all()]
    fault.locator("[name=operation]").select_option("agent")
    fault.locator("[name=key]").fill("40001")
    fault.locator("[name=delay_ms]").fill("5")
    for number, outcome in enumerate(outcomes, 1):
        fault.locator("[name=outcome]").select_option(outcome)
        fault.get_by_role("button", name="Add the fault").click()
        expect(console.locator("#faults li")).to_have_count(number)

    made = [plan["outcomes"][0] for plan in account.faults()]
    named = [str(each.get("status") or each.get("connection") or ("ok" if each.get("ok") else "")) for each in made]
    assert named == outcomes
    assert {(plan["key"], plan["operation"], plan["outcomes"][0]["delay_ms"]) for plan in account.faults()} == {
        ("40001", "agent", 5)
    }

    fault.locator("[name=how]").select_option("chance")
    fault.locator("[name=probability]").fill("0.0001")
    fault.get_by_role("button", name="Add the fault").click()
    expect(console.locator("#faults li")).to_have_count(len(outcomes) + 1)
    assert account.faults()[-1]["probability"] == 0.0001
    fault.locator("[name=how]").select_option("repeat")
    fault.get_by_role("button", name="Add the fault").click()
    expect(console.locator("#faults li")).to_have_count(len(outcomes) + 2)
    assert account.faults()[-1]["repeat"] is True


def test_a_quota_is_set_and_removed(console, account, objects):
    """The console shows the quota as clients use it up, and says when it is."""
    console.get_by_role("spinbutton", name="Requests").fill("1")
    console.get_by_label("Unit").select_option("hour")
    console.get_by_label("Retry-After header").check()
    console.get_by_role("button", name="Set the quota").click()
    expect(console.locator("#quota-now")).to_have_text("1 calls in 1 hour; 0 used until 11:00:00")

    objects("agents")
    expect(console.locator("#quota-now")).to_contain_text("1 used")
    expect(console.locator("#banner")).to_contain_text("the quota is used up until 11:00:00")

    console.get_by_role("button", name="Remove the quota").click()
    expect(console.locator("#quota-now")).to_have_text("none")


def test_the_last_requests_are_shown(console, objects, account):
    """A request shows by itself; emptying the log empties the table, which has no request of a page."""
    expect(console.locator("#no-requests")).to_be_visible()

    objects("trunks")
    expect(console.locator("#requests tr").first).to_contain_text("GET /trunks")
    expect(console.locator("#requests tr")).to_have_count(2)

    console.get_by_role("button", name="Empty the log").click()
    expect(console.locator("#requests tr")).to_have_count(0)
    assert account.requests() == []


def test_a_snapshot_is_saved_and_restored(console, account, tmp_path, said, expected):
    """The file holds the snapshot of the control API, and gives it back; another file is refused in words."""
    account.scenario("lab")
    with console.expect_download() as started:
        console.get_by_role("button", name="Save a snapshot").click()
    saved = tmp_path / "saved.json"
    started.value.save_as(saved)
    assert json.loads(saved.read_text(encoding="utf-8")) == account.snapshot()
    account.scenario("calm")

    console.locator("#restore-snapshot").set_input_files(saved)
    said("account", "The snapshot is restored.")
    assert account.scenario()["name"] == "lab"

    expected.append("400")
    saved.write_text('{"format": 1}', encoding="utf-8")
    console.locator("#restore-snapshot").set_input_files(saved)
    said("account", "▲")
    assert account.scenario()["name"] == "lab"


def test_a_reset_takes_chosen_layers(console, account, said):
    """Only the layers that are ticked are reset; the button says whether that is everything."""
    account.scenario("calm")
    account.quota(9)
    console.get_by_role("button", name="Reset…").click()
    expect(console.get_by_role("button", name="Reset everything")).to_be_visible()
    console.locator("#reset [name=scenario]").uncheck()
    console.get_by_role("button", name="Reset what is ticked").click()
    said("reset", "✓ Reset: profile, clock,")

    console.locator("#reset").get_by_role("button", name="Cancel").click()
    expect(console.locator("#quota-now")).to_have_text("none")
    assert account.scenario()["name"] == "calm"


def test_tokens_are_revoked(console, server, account, said):
    """Clients need another token afterwards, the console does not."""
    token = Client(server.url).token(*SECRET)
    console.get_by_role("button", name="Revoke all tokens").click()
    said("account", "revoked.")

    with pytest.raises(ClientError):
        Client(server.url).ask("GET", "/queues", f"Bearer {token}")
    console.get_by_role("button", name="+ 1 s").click()
    expect(console.locator("#now")).to_have_text("2026-11-24 10:20:01")


def test_the_administrator_chooses_makes_and_deletes_accounts(open_page, admin_token, server, account):
    """With the admin token any account is opened, made, its secret shown once, and deleted after a question."""
    client = Client(server.url, admin_token)
    page = open_page("/console")
    page.get_by_role("button", name="Log out").click()
    page.locator("#login").get_by_label("Client id").fill("")
    page.get_by_label("Client secret").fill("")
    page.get_by_label("Administrator's token").fill(admin_token)
    page.get_by_role("button", name="Log in").click()
    expect(page.locator("#accounts")).to_have_value(SECRET[0])
    page.get_by_role("button", name="calm").click()
    expect(page.locator("#m-scenario")).to_contain_text("calm counts all day.")
    expect(page.locator("#code")).to_contain_text("$KPN_SANDBOX_ADMIN_TOKEN")
    expect(page.locator("#code-about")).to_have_text("Set KPN_SANDBOX_ADMIN_TOKEN first.")
    assert account.scenario()["name"] == "calm"

    page.get_by_role("button", name="New account").click()
    page.locator("#account-form [name=client_id]").fill("made-here")
    page.locator("#account-form [name=agents]").fill("4")
    page.get_by_role("button", name="Make the account").click()
    expect(page.locator("#made-text")).to_contain_text('"client_id": "made-here"')
    expect(page.locator("#accounts")).to_have_value("made-here")
    assert client.account("made-here").profile()["agents"] == 4
    page.locator("#account-form").get_by_role("button", name="Close").click()

    page.get_by_role("button", name="Delete this account").click()
    page.get_by_role("button", name="Cancel").last.click()
    assert client.account("made-here").profile()["agents"] == 4
    page.get_by_role("button", name="Delete this account").click()
    page.get_by_role("button", name="Delete it").click()
    expect(page.locator("#accounts")).to_have_value(SECRET[0])
    with pytest.raises(ClientError):
        client.account("made-here").show()


def test_wrong_credentials_open_nothing(open_page, expected):
    """Whoever has logged out stays so, and the console says why it does not open."""
    expected.append("401")
    page = open_page("/console")
    page.get_by_role("button", name="Log out").click()
    page.reload()
    page.get_by_label("Client secret").fill("wrong")
    page.get_by_role("button", name="Log in").click()

    expect(page.locator("#refused")).to_contain_text("not the client id and secret")
    expect(page.locator("#console")).to_be_hidden()


def test_three_regions_fit_a_desk(console, account):
    """At 1440 x 900 pixels nothing scrolls while nothing is unfolded: neither the page nor one of its regions."""
    sizes = console.evaluate(
        "() => [document.documentElement, ...document.querySelectorAll('.region')].map((each) =>"
        " [each.scrollWidth - each.clientWidth, each.scrollHeight - each.clientHeight])"
    )

    assert sizes == [[0, 0]] * 4


def test_the_keyboard_alone_changes_the_account(console, account, said):
    """Every control has its place in the order of the keyboard, and Enter or Space do what a click does."""
    console.locator("#copy-replay").focus()
    for _ in range(60):
        console.keyboard.press("Tab")
        if console.evaluate("document.activeElement.dataset.scenario") == "peak":
            break
    console.keyboard.press("Enter")
    said("scenario", "peak counts all day.")

    controls = "#console :is(button, input, select, summary, [tabindex='0']):not([tabindex='-1'])"
    unreachable = console.evaluate(
        "(controls) => [...document.querySelectorAll(controls)].filter((each) => each.tabIndex < 0).length", controls
    )
    assert unreachable == 0
    assert account.scenario()["name"] == "peak"
