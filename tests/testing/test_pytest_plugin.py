"""The pytest plugin in projects that have only the wheel: fixtures, markers, options, checks and reports."""

import re

import pytest

from tests.tools import tool

pytestmark = pytest.mark.slow

FAILING = """
def test_it_fails(kpn_account, kpn_sandbox):
    kpn_account.fail("agents", 503)
    kpn_account.fail("queues", 500, "ok")
    kpn_account.get("/agents")
    kpn_sandbox.new_account(scenario="peak")
    assert 1 == 2
"""
WITHOUT = """
def test_nothing():
    pass
"""
HANGING = """
import socket
from threading import Thread
from urllib.parse import urlsplit

def test_it_leaves_connections_open(kpn_account):
    address = urlsplit(kpn_account.url)
    kpn_account.open = socket.create_connection((address.hostname, address.port))
    kpn_account.fail("agents", {"delay_ms": 60_000})
    Thread(target=kpn_account.get, args=("/agents",), daemon=True).start()
    while not kpn_account.requests(operation="token"):
        pass
"""
LOADED = """
import sys

def pytest_sessionfinish():
    print(sorted(name for name in sys.modules if name.startswith("kpn_sandbox")), "flask" in sys.modules)
"""
LEFT = """
import os
from kpn_sandbox.client import Client

url, token = (os.environ[f"KPN_SANDBOX_{name}"] for name in ("URL", "ADMIN_TOKEN"))
print([each["client_id"] for each in Client(url, token).accounts()])
"""
LEAVING = """
import pytest

def test_it_leaves_a_fault(kpn_account):
    kpn_account.fail("agents", 503, 503)

def test_it_uses_all(kpn_account):
    kpn_account.fail("agents", 503)
    kpn_account.get("/agents")
"""
CONDUCT = """
import pytest
from kpn_sandbox.client import Client, ClientError

AT = "2026-11-23T10:00:00+01:00"

def fetch(account):
    return Client(account.url).token(account.client_id, account.client_secret)

def ask(account, token):
    try:
        Client(account.url).ask("GET", "/agents", f"Bearer {token}")
    except ClientError:
        pass

@pytest.mark.kpn_conduct
def test_bad_token_per_request(kpn_account):
    for _ in range(2):
        ask(kpn_account, fetch(kpn_account))

@pytest.mark.kpn_conduct(tokens=2)
def test_good_two_tokens_are_allowed(kpn_account):
    for _ in range(2):
        ask(kpn_account, fetch(kpn_account))

@pytest.mark.kpn_conduct
def test_good_a_token_is_renewed(kpn_account):
    ask(kpn_account, fetch(kpn_account))
    kpn_account.advance(3500)
    ask(kpn_account, fetch(kpn_account))

@pytest.mark.kpn_conduct
@pytest.mark.kpn_sandbox(at=AT)
def test_bad_retry_too_early(kpn_account):
    kpn_account.quota(1, retry_after=True)
    token = fetch(kpn_account)
    for _ in range(3):
        ask(kpn_account, token)

@pytest.mark.kpn_conduct("beyond-quota")
def test_bad_beyond_quota(kpn_account):
    kpn_account.quota(1)
    token = fetch(kpn_account)
    ask(kpn_account, token)
    ask(kpn_account, token)

@pytest.mark.kpn_conduct
def test_bad_expired_token_reused(kpn_account):
    token = fetch(kpn_account)
    kpn_account.advance(4000)
    ask(kpn_account, token)
    ask(kpn_account, token)

@pytest.mark.kpn_conduct
def test_good_the_tests_own_requests(kpn_account):
    for _ in range(3):
        kpn_account.get("/agents", token=kpn_account.token())

@pytest.mark.kpn_conduct
def test_bad_no_account():
    pass
"""
FACTORY = """
import pytest
from kpn_sandbox.client import ClientError

@pytest.fixture(scope="module")
def shared(kpn_account_factory):
    return kpn_account_factory(agents=3, at="2026-11-23T10:00:00+01:00")

def fetch(account):
    headers = {"User-Agent": "client", "Authorization": ""}
    form = {"client_id": account.client_id, "client_secret": account.client_secret}
    account.post("/oauth/client_credential/accesstoken?grant_type=client_credentials", data=form, headers=headers)

def test_good_first(shared):
    fetch(shared)

def test_good_a_token_for_each_test(shared):
    fetch(shared)

def test_bad_second(shared):
    fetch(shared)
    fetch(shared)
    shared.fail("agents", 503)

def test_good_third(shared):
    assert len(shared.get("/queues")["DataSet"]["queues"]) == 3

def test_good_own_account(kpn_account, shared):
    assert shared.client_id != kpn_account.client_id
    assert shared.scenario()["name"] == "calm"

def test_bad_report(shared):
    assert shared is None

def test_good_wrong_name(kpn_account_factory, kpn_sandbox):
    with pytest.raises(ClientError, match="not 'size'"):
        kpn_account_factory(size=3)
    for make in (kpn_account_factory, kpn_sandbox.new_account):
        with pytest.raises(ClientError, match="by name"):
            make(3)
        with pytest.raises(ClientError, match="profile must be"):
            make(profile=["agents"])

def test_good_another_account_of_the_factory(kpn_account_factory):
    kpn_account_factory(agents=2).get("/agents")

def test_bad_fault_of_a_further_account(kpn_sandbox):
    kpn_sandbox.new_account().fail("queues", 500)

def test_good_not_its_fault(kpn_account):
    pass
"""
SCOPES = """
import pytest

pytestmark = pytest.mark.kpn_sandbox(scenario="busy", agents=8)

def seen(*accounts):
    shown = [account.show() for account in accounts]
    return [(each["seed"], each["scenario"], each["profile"]["agents"]) for each in shown]

@pytest.fixture(scope="session")
def everybodys(kpn_account_factory):
    return kpn_account_factory(scenario="calm")

@pytest.fixture(scope="module")
def pair(kpn_account_factory):
    return [kpn_account_factory(), kpn_account_factory()]

@pytest.fixture(scope="module", params=[3, 4])
def sized(request, kpn_account_factory):
    return kpn_account_factory(agents=request.param)

@pytest.fixture
def own(kpn_sandbox):
    return kpn_sandbox.new_account()

def test_shared(kpn_session_account, kpn_module_account, everybodys, pair):
    assert seen(kpn_session_account, kpn_module_account) == [("mine", "normal", 7), ("mine", "busy", 8)]
    assert seen(everybodys) == [("mine-everybodys", "calm", 7)]
    assert seen(*pair) == [("mine-pair", "busy", 8), ("mine-pair-2", "busy", 8)]

def test_the_same(kpn_session_account, kpn_module_account, pair):
    kpn_module_account.pin("agents", 40001, Status="AUX")
    assert len({each.client_id for each in (kpn_session_account, kpn_module_account, *pair)}) == 4

@pytest.mark.kpn_sandbox(seed="other", client_id="somebody")
def test_of_its_own(kpn_account, own, kpn_sandbox, kpn_account_factory):
    further = [kpn_account_factory(), kpn_sandbox.new_account(profile={"agents": 2}), kpn_account_factory(seed="s")]
    assert seen(kpn_account, own) == [("other", "busy", 8), ("mine-2", "normal", 7)]
    assert seen(*further) == [("other-3", "busy", 8), ("mine-4", "normal", 2), ("s", "busy", 8)]

def test_by_parameter(sized):
    assert seen(sized)[0][0] == "mine-sized"

def test_chosen_by_the_sandbox(kpn_sandbox):
    assert kpn_sandbox.new_account(seed=None).show()["seed"] != kpn_sandbox.new_account(seed=None).show()["seed"]

@pytest.mark.parametrize("number", [1, 2, 3])
def test_the_answer(kpn_account, kpn_account_factory, number, record_property):
    one, two = kpn_account_factory(at="2026-11-23T10:00:00+01:00"), kpn_account_factory(at="2026-11-23T10:00:00+01:00")
    answers = [account.get("/agents").text for account in (one, two)]
    assert answers[0] != answers[1]
    record_property("answers", "".join(answers))
"""
SECTIONS = """
import pytest

@pytest.mark.kpn_sandbox(at="2026-11-23T10:00:00+01:00", agents=12)
def test_it_fails(kpn_account):
    kpn_account.scenario("peak", for_seconds=600)
    kpn_account.advance(300)
    kpn_account.pin("agents", 40001, Status="AUX", Reason="2", Agent="Ren\u00e9e 'X'")
    kpn_account.fail("trunks", 503, 503)
    kpn_account.fail_sometimes("queue", 0.5, 503)
    kpn_account.quota(100)
    kpn_account.get("/agents", token="nobody's")
    kpn_account.get("/nope")
    bodies = [kpn_account.get(path).text for path in ("/agents", "/queues")]
    open("bodies.txt", "w", encoding="utf-8").write("".join(bodies))
    assert False
"""
WRONG_MARKERS = """
import pytest

pytestmark = [pytest.mark.kpn_sandbox(agents=0)]

@pytest.mark.kpn_sandbox(client_id="a/b")
class TestThem:
    @pytest.mark.kpn_sandbox(
        scenario="peak",
        at="2026-13-23T10:00:00",
    )
    def test_a(self, kpn_account): pass

    @pytest.mark.parametrize("n", [1, pytest.param(2, marks=pytest.mark.kpn_sandbox(profile={"agnets": 2}))])
    def test_b(self, n): pass
"""
MORE_WRONG_MARKERS = """
import pytest

@pytest.mark.kpn_conduct("politeness")
@pytest.mark.kpn_conduct(tokens="x")
@pytest.mark.kpn_sandbox(clock={"mode": "frozen", "speed": 3})
@pytest.mark.kpn_sandbox(at="2026-11-23T10:00:00+01:00", clock={"mode": "running"})
@pytest.mark.kpn_sandbox(size=3)
@pytest.mark.kpn_sandbox(scenario="peek")
@pytest.mark.kpn_sandbox("peak")
@pytest.mark.kpn_sandbox(agents=3, profile={"agents": 4})
@pytest.mark.kpn_sandbox(seed="a",
    agents=-1)
def test_c(): pass

peek = pytest.mark.kpn_sandbox(scenario="peek")

@peek
def test_d(): pass
"""
WRONG_LINES = {
    "test_class.py:4": "agents must be a whole number from 1 to 5000, not 0",
    "test_class.py:6": "client_id must be 1 to 128 visible ASCII characters",
    "test_class.py:10": "at must be an ISO 8601 instant",
    "test_class.py:14": "profile.agnets must be a field of the profile",
    "test_wrong.py:4": "it takes rules (token-per-request",
    "test_wrong.py:5": "tokens must be a whole number from 1 to 1000, not 'x'",
    "test_wrong.py:6": "clock.speed must be left out: a frozen clock has none",
    "test_wrong.py:7": "it takes either at or clock, or both if they say the same",
    "test_wrong.py:8": "it takes scenario, at, agents, seed, profile, clock, client_id, client_secret, not 'size'",
    "test_wrong.py:9": "not 'peek'. Did you mean 'peak'?",
    "test_wrong.py:10": "it takes names with values",
    "test_wrong.py:11": "it takes agents once, not also another number in profile",
    "test_wrong.py:13": "agents must be a whole number from 1 to 5000, not -1",
    "test_wrong.py:18": "not 'peek'. Did you mean 'peak'?",
}
WRONG_INI = {
    "agents = many": "agents must be a whole number from 1 to 5000, not 'many'",
    "scenario = peek": "scenario must be one of calm,",
    "at = 2026-13-23T10:00": "at must be an ISO 8601 instant",
    "conduct = politeness": "conduct must name rules (token-per-request",
    "requests = few": "requests must be a whole number, not 'few'",
    "require_faults_used = maybe": "require_faults_used must be true or false",
    "agnets = 5": "agnets must be left out: the options are kpn_sandbox_scenario, kpn_sandbox_at,",
}
SETTINGS = """
import pytest

@pytest.fixture(scope="session")
def kpn_sandbox_settings():
    return {%s}

@pytest.fixture
def kpn_account_settings():
    return {%s}

def test_it(kpn_account): pass
"""
WRONG_SETTINGS = {
    "setting": (SETTINGS % ('"size": 3', ""), "kpn_sandbox_settings must name settings"),
    "value": (SETTINGS % ('"token_body": "v9"', ""), "--token-body must be"),
    "option": (SETTINGS % ("", '"agnets": 3'), "Did you mean 'agents'?"),
    "number": (SETTINGS % ("", '"agents": 0'), "agents must be a whole number from 1 to 5000"),
    "list": (SETTINGS.replace("{%s}", "%s") % ({}, ["peak"]), "kpn_account_settings must return a dictionary"),
}


@pytest.mark.parametrize("arguments", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_the_project_is_green(project, arguments):
    """Every fixture, option and name works for somebody who has only the wheel, with and without workers."""
    ran = project.pytest(*arguments)

    assert (ran.code, ran.outcomes) == (0, {"passed": 12}), ran.text


def test_a_failed_test_reports_its_accounts(empty):
    """The report has the last requests, the unused faults and the replay line of each of the test's accounts."""
    empty.write("test_it.py", FAILING)

    ran = empty.pytest("-o", "kpn_sandbox_requests=1")

    assert ran.outcomes == {"failed": 1}
    assert len(re.findall("- kpn_sandbox: account ", ran.text)) == 2
    assert "requests: 2, the last 1:" in ran.text
    assert re.search(r"GET /agents  503  [0-9.]+ ms  \(fault: status 503\)", ran.text)
    assert "fault left unused: queues of kpn: 2 outcomes left" in ran.text
    replay = r"engine=2; account=\w+; seed=pytest; config=\w+; names=nl_NL/[\d.]+; at=2"
    assert re.search(f"X-Sandbox-Replay: {replay}", ran.text)
    assert "scenario peak" in ran.text


def test_faults_left_unused_fail_a_test(empty):
    """With the option, a test that passes but leaves outcomes fails; without it, it does not."""
    empty.write("test_it.py", LEAVING)

    strict = empty.pytest("-o", "kpn_sandbox_require_faults_used=true")

    assert strict.outcomes == {"failed": 1, "passed": 1}
    assert "fault left unused: agents of kpn: 2 outcomes left" in strict.text
    assert empty.pytest().outcomes == {"passed": 2}


def test_bad_conduct_fails_a_test(empty):
    """A marked test fails where its client breaks a rule, and nowhere else."""
    empty.write("test_it.py", CONDUCT)

    ran = empty.pytest()

    failed = re.findall(r"^FAILED test_it.py::test_(\w+)_", ran.text.replace(" - ", "_ "), re.MULTILINE)
    assert ran.outcomes == {"failed": 5, "passed": 3}, ran.text
    assert {name.split("_")[0] for name in failed} == {"bad"}
    for rule in ("token-per-request", "retry-too-early", "expired-token-reused", "beyond-quota"):
        assert f"bad conduct, {rule}" in ran.text


def test_conduct_can_be_required_of_all_tests(empty):
    """The option checks every test that uses the fixture, as the marker checks one."""
    empty.write("test_it.py", CONDUCT.replace("@pytest.mark.kpn_conduct\n", ""))

    ran = empty.pytest("-o", "kpn_sandbox_conduct=token-per-request", "-k", "token_per_request or no_account")

    assert ran.outcomes == {"failed": 1, "passed": 1}


def test_a_factory_makes_accounts_that_are_watched(empty):
    """Accounts of the factory serve several tests; each answers for its own requests and faults, and reports them."""
    empty.write("test_it.py", FACTORY)
    options = (
        "kpn_sandbox_conduct=token-per-request",
        "kpn_sandbox_require_faults_used=true",
        "kpn_sandbox_scenario=calm",
    )

    ran = empty.pytest(*(word for option in options for word in ("-o", option)))

    failed = re.findall(r"^FAILED test_it.py::test_(\w+)", ran.text, re.MULTILINE)
    assert sorted(failed) == ["bad_fault_of_a_further_account", "bad_report", "bad_second"], ran.text
    assert "bad conduct, token-per-request" in ran.text and "fault left unused: agents of kpn" in ran.text
    assert len(re.findall("- kpn_sandbox: account ", ran.text)) == 3


@pytest.mark.parametrize("name", WRONG_SETTINGS)
def test_a_wrong_setting_is_one_line(empty, name):
    """What a fixture gives and cannot be used is an error that says what would be right, without a traceback."""
    text, message = WRONG_SETTINGS[name]
    empty.write("test_it.py", text)

    ran = empty.pytest()

    assert ran.outcomes == {"error": 1}
    assert message in ran.text and "Traceback" not in ran.text and "site-packages" not in ran.text


@pytest.mark.parametrize("arguments", [(), ("-n", "1")], ids=["alone", "xdist"])
def test_a_wrong_marker_is_found_at_collection(empty, arguments):
    """Every marker that cannot be used is refused when tests are collected, with its file and line; none runs."""
    empty.write("test_class.py", WRONG_MARKERS)
    empty.write("test_wrong.py", MORE_WRONG_MARKERS)

    ran = empty.pytest(*arguments)

    found = dict(re.findall(r"^(test_\w+\.py:\d+): the marker kpn_\w+: (.*)$", ran.text, re.MULTILINE))
    assert set(found) == set(WRONG_LINES), ran.text
    for place, message in WRONG_LINES.items():
        assert message in found[place]
    assert "passed" not in ran.outcomes and "Traceback" not in ran.text


@pytest.mark.parametrize("line", WRONG_INI)
def test_a_wrong_ini_option_ends_the_run(empty, line):
    """An ini option that cannot be used ends the run before it begins, with file and line, or without on `-o`."""
    empty.write("test_it.py", WITHOUT)
    name, _, value = line.partition(" = ")

    given = empty.pytest("-o", f"kpn_sandbox_{name}={value}")
    empty.write("pytest.ini", f"[pytest]\nkpn_sandbox_seed = a\nkpn_sandbox_{line}\n")
    written = empty.pytest()

    assert (given.code, written.code) == (4, 4)
    assert f"ERROR: kpn_sandbox_{WRONG_INI[line]}" in given.text
    assert f"pytest.ini:3: kpn_sandbox_{WRONG_INI[line]}" in written.text


@pytest.mark.parametrize("arguments", [(), ("-n", "2", "--dist", "load")], ids=["alone", "xdist"])
def test_accounts_of_every_scope_are_the_same_in_every_run(empty, arguments):
    """Options, markers of the scope and seeds make each account of a test or fixture, in any order and worker."""
    empty.write("test_it.py", SCOPES)
    empty.write("pytest.ini", "[pytest]\nkpn_sandbox_seed = mine\nkpn_sandbox_agents = 7\njunit_family = xunit1\n")

    ran = empty.pytest(*arguments, "--junit-xml", "report.xml")

    answers = re.findall('<property name="answers" value="([^"]+)"', (empty.folder / "report.xml").read_text())
    assert (ran.code, ran.outcomes) == (0, {"passed": 9}), ran.text
    assert len(answers) == 3 and len(set(answers)) == 1


def test_the_report_rebuilds_the_state(empty):
    """Three lines of the report, in a REPL, give an account with the same answers to the byte."""
    empty.write("test_it.py", SECTIONS)

    ran = empty.pytest()

    lines = re.findall("^  >>> (.*)$", ran.text, re.MULTILINE)
    bodies = "".join(f"account.get({path!r}).text + " for path in ("/agents", "/queues"))
    empty.write("again.py", "\n".join([*lines, f"print({bodies}str(account.unused_faults()[0]['remaining']))"]))
    again = empty.run("python", "-W", "error", "again.py").text
    assert len(lines) == 3 and "Renée 'X'" in (empty.folder / "bodies.txt").read_text(encoding="utf-8")
    assert again == (empty.folder / "bodies.txt").read_text(encoding="utf-8") + "2\n"
    assert "pin: agents 40001: Status='AUX'" in ran.text and "fault without end: queue of kpn" in ran.text
    assert "scenario peak, clock frozen at 2026-11-23T10:05:00+01:00" in ran.text
    assert re.search(r"GET /nope  404  [0-9.]+ ms  \(unknown path\)", ran.text)
    assert re.search(r"belong to no account -+\n.*GET /agents  401  [0-9.]+ ms  \(unknown token\)", ran.text)


def test_options_and_fixtures_are_listed(empty):
    """pytest lists the markers, options and fixtures of the plugin."""
    assert "kpn_conduct(*rules, tokens=1)" in empty.pytest("--markers").text
    assert "kpn_sandbox_require_faults_used (bool)" in empty.pytest("--help").text
    assert "kpn_account" in empty.pytest("--fixtures").text


def test_another_sandbox_is_used_when_the_environment_names_it(empty):
    """The same tests run against a sandbox elsewhere, and leave no account behind."""
    empty.write("test_it.py", FAILING.replace("assert 1 == 2", "assert kpn_account.url == kpn_sandbox.url"))
    empty.write("left.py", LEFT)
    script = "python -m pytest -p no:cacheprovider -n 2 test_it.py && python left.py"

    ran = empty.run("kpn-sandbox", "exec", "--", "sh", "-c", script)

    assert ran.code == 0 and "1 passed" in ran.text and "['APP_CONSUMER_KEY']" in ran.text, ran.text


def test_the_end_waits_for_nobody(empty):
    """Connections without a request and answers that are delayed do not hold up the end of the tests."""
    empty.write("test_it.py", HANGING)

    ran = empty.pytest("-W", "default", "--durations=1")

    assert ran.outcomes == {"passed": 1}, ran.text
    assert float(re.findall(r" in ([0-9.]+)s", ran.text)[-1]) < 30


def test_an_incomplete_environment_is_an_error(empty):
    """A URL without the administrator's token, or without a sandbox, is an error of the fixture that says so."""
    empty.write("test_it.py", FAILING)

    lacking = empty.pytest(KPN_SANDBOX_URL="http://127.0.0.1:1")
    nobody = empty.pytest(KPN_SANDBOX_URL="http://127.0.0.1:1", KPN_SANDBOX_ADMIN_TOKEN="12345678")

    assert "KPN_SANDBOX_ADMIN_TOKEN must hold the administrator's token" in lacking.text
    assert "no sandbox answers at http://127.0.0.1:1" in nobody.text


def test_a_project_that_does_not_use_it_does_not_load_it(empty):
    """A project that uses none of the fixtures imports nothing but the plugin's own module."""
    empty.write("conftest.py", LOADED)
    empty.write("test_it.py", WITHOUT)

    ran = empty.pytest("-s")

    assert "['kpn_sandbox', 'kpn_sandbox.pytest_plugin'] False" in ran.text


def test_users_get_types(project):
    """A type checker sees the annotations of the installed package."""
    ran = project.run("python", "-m", "mypy", "--no-incremental", "--strict", "conftest.py")

    assert ran.code == 0, ran.text


@pytest.mark.parametrize(
    ("needs", "recipe", "command"),
    [
        ("npm", "javascript", ("npm", "test")),
        ("curl", "shell", ("sh", "agents.sh")),
        ("newman", "newman", ("sh", "run.sh")),
    ],
)
def test_the_recipes_work(recipes, needs, recipe, command):
    """The recipes for other test frameworks pass beside a sandbox that `exec` starts."""
    tool(needs)
    recipes.folder /= recipe

    ran = recipes.run("kpn-sandbox", "exec", "--require-faults-used", "--", *command)

    assert ran.code == 0, ran.text
