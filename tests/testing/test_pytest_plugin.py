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

@pytest.mark.kpn_conduct("politeness")
def test_bad_unknown_rule(kpn_account):
    pass

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

def test_bad_second(shared):
    fetch(shared)
    shared.fail("agents", 503)

def test_good_third(shared):
    shared.heal()
    assert len(shared.get("/agents")["DataSet"]["agents"]) == 3

def test_good_own_account(kpn_account, shared):
    assert shared.client_id != kpn_account.client_id
    assert shared.scenario()["name"] == "calm"

def test_bad_report(shared):
    assert shared is None

def test_good_wrong_name(kpn_account_factory):
    with pytest.raises(ClientError, match="not 'size'"):
        kpn_account_factory(size=3)
"""
MARKED = "import pytest\n@pytest.mark.kpn_sandbox({})\ndef test_it(kpn_account): pass"
WRONG = {
    "marker": (MARKED.format("size=3"), "not 'size'"),
    "scenario": (MARKED.format('scenario="x"'), "one of calm"),
    "words": (MARKED.format('"x"'), "names with values"),
    "setting": (
        'import pytest\n@pytest.fixture(scope="session")\ndef kpn_sandbox_settings(): return {"size": 3}\n'
        "def test_it(kpn_account): pass",
        "kpn_sandbox_settings must name settings",
    ),
    "value": (
        'import pytest\n@pytest.fixture(scope="session")\ndef kpn_sandbox_settings(): return {"token_body": "v9"}\n'
        "def test_it(kpn_account): pass",
        "--token-body must be",
    ),
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
    assert ran.outcomes == {"failed": 6, "passed": 3}, ran.text
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
    assert sorted(failed) == ["bad_report", "bad_second"], ran.text
    assert "bad conduct, token-per-request" in ran.text and "fault left unused: agents of kpn" in ran.text
    assert len(re.findall("- kpn_sandbox: account ", ran.text)) == 2


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_option_is_one_line(empty, name):
    """An option or setting that cannot be used is an error that says what would be right, without a traceback."""
    text, message = WRONG[name]
    empty.write("test_it.py", text)

    ran = empty.pytest()

    assert ran.outcomes == {"error": 1}
    assert message in ran.text and "Traceback" not in ran.text and "site-packages" not in ran.text


def test_a_wrong_ini_option_ends_the_run(empty):
    """An ini option that must be a number and is none ends the run."""
    empty.write("test_it.py", WITHOUT)

    ran = empty.pytest("-o", "kpn_sandbox_agents=many")

    assert "ERROR: kpn_sandbox_agents must be a whole number, not 'many'" in ran.text


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
