"""
The pytest plugin: fixtures, markers and options.

pytest imports this module for every project in whose environment the package is installed. So the rest of the package
is imported inside functions, once a test asks for a fixture or has a marker: that takes 0.1 s, and 0.8 s with a server.
"""

from collections.abc import Generator, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from kpn_sandbox.testing import Account, AccountFactory, RunningSandbox
    from kpn_sandbox.testing.watched import WatchedSandbox

SANDBOX: "pytest.StashKey[WatchedSandbox]" = pytest.StashKey()
SETTINGS = pytest.StashKey[dict[str, Any]]()
SETUPS = pytest.StashKey[list[Any]]()
"""Requests of the fixtures that are being set up, the innermost one last."""
CURRENT = pytest.StashKey[list[Any]]()
"""The test that runs, alone in a list."""
BEFORE = pytest.StashKey[set[str]]()
"""Ids of what a test does not answer for, because it was there before."""
BEGUN = pytest.StashKey[float]()
"""When the set-up of a test began, in epoch seconds."""

OPTIONS: tuple[tuple[str, str, Any, Any], ...] = (
    ("kpn_sandbox_scenario", "Scenario of the accounts that tests get.", None, ""),
    ("kpn_sandbox_at", "Instant at which the clocks of these accounts stand; they run by default.", None, ""),
    ("kpn_sandbox_agents", "Agents of these accounts.", None, ""),
    ("kpn_sandbox_seed", "Seed of these accounts.", None, "pytest"),
    ("kpn_sandbox_require_faults_used", "Fail a test that leaves outcomes of faults unused.", "bool", False),
    ("kpn_sandbox_conduct", "Rules that no test's client may break, as in the marker kpn_conduct.", "args", []),
    ("kpn_sandbox_requests", "Requests that the report of a failed test shows.", None, "10"),
)
"""Name, help, type and default of each ini option."""

MARKERS = (
    "kpn_sandbox(scenario, at, agents, seed, profile, clock, client_id, client_secret): what kpn_account is like",
    "kpn_conduct(*rules, tokens=1): fail the test if its client breaks a rule of good conduct",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the ini options."""
    for name, summary, kind, default in OPTIONS:
        parser.addini(name, summary, type=kind, default=default)


def pytest_configure(config: pytest.Config) -> None:
    """
    Declare the markers.

    Raises:
        UsageError: An option has a value that cannot be used.
    """
    for marker in MARKERS:
        config.addinivalue_line("markers", marker)
    config.stash[SETUPS] = []
    config.stash[CURRENT] = []
    # A plain look at the names, because the values are checked by what is not imported yet.
    given = given_options(config)
    if given:
        from kpn_sandbox.testing.account_options import check_ini_options

        check_ini_options(config, given)


def given_options(config: pytest.Config) -> list[str]:
    """Return the names of the plugin's ini options that are given, unknown ones too."""
    # pytest 9 has another name for them, and warns of the one that pytest 8 has.
    names = vars(config).get("_inicfg") or vars(config).get("inicfg") or ()
    overridden = (text.partition("=")[0] for text in config.getoption("override_ini") or ())
    return [name for name in dict.fromkeys((*names, *overridden)) if name.startswith("kpn_sandbox_")]


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Refuse the tests of a module or class whose markers cannot be used."""
    report = yield
    marked = [each for each in report.result or () if isinstance(each, pytest.Item) and _is_marked(each)]
    if marked:
        from kpn_sandbox.testing.account_options import marker_errors

        errors = marker_errors(marked)
        if errors:
            return pytest.CollectReport(report.nodeid, "failed", "\n".join(errors), [])
    return report


def _is_marked(item: pytest.Item) -> bool:
    return any(item.get_closest_marker(name) for name in ("kpn_sandbox", "kpn_conduct"))


@pytest.fixture(scope="session")
def kpn_sandbox_settings() -> dict[str, Any]:
    """Settings of the tests' own sandbox by name, such as `{"token_body": "v2"}`; override it to choose some."""
    return {}


@pytest.fixture(scope="session")
def kpn_sandbox(request: pytest.FixtureRequest, kpn_sandbox_settings: dict[str, Any]) -> "Iterator[RunningSandbox]":
    """A sandbox that runs as long as the tests do, or the one that `KPN_SANDBOX_URL` names."""
    from kpn_sandbox.safe_text import terminal_text
    from kpn_sandbox.testing.sandbox import SandboxNotRunning, running
    from kpn_sandbox.testing.watched import WatchedSandbox

    stash = request.config.stash
    try:
        with running(kpn_sandbox_settings) as sandbox:
            watched = WatchedSandbox(sandbox, request.config, stash[SETUPS], stash[CURRENT])
            stash[SANDBOX] = watched
            stash[SETTINGS] = kpn_sandbox_settings
            yield watched
            watched.close()
    except SandboxNotRunning as error:
        pytest.fail(terminal_text(f"kpn_sandbox: {error}"), pytrace=False)


@pytest.fixture
def kpn_account_settings() -> dict[str, Any]:
    """Options of `kpn_account` by name, as in the marker, which goes before; override it where you like."""
    return {}


@pytest.fixture
def kpn_account(
    request: pytest.FixtureRequest, kpn_sandbox: "RunningSandbox", kpn_account_settings: dict[str, Any]
) -> "Iterator[Account]":
    """An account of the test's own; it is deleted afterwards."""
    yield from _account(request, kpn_sandbox, kpn_account_settings)


@pytest.fixture(scope="module")
def kpn_module_account(request: pytest.FixtureRequest, kpn_sandbox: "RunningSandbox") -> "Iterator[Account]":
    """An account that the tests of a module share, as the module's marker and the ini options say."""
    yield from _account(request, kpn_sandbox, {})


@pytest.fixture(scope="session")
def kpn_session_account(request: pytest.FixtureRequest, kpn_sandbox: "RunningSandbox") -> "Iterator[Account]":
    """An account that all tests share, as the ini options say; for servers that live as long as the tests run."""
    yield from _account(request, kpn_sandbox, {})


def _account(
    request: pytest.FixtureRequest, sandbox: "RunningSandbox", chosen: Mapping[str, Any]
) -> "Iterator[Account]":
    from kpn_sandbox.client import ClientError
    from kpn_sandbox.safe_text import terminal_text
    from kpn_sandbox.testing.account_options import OptionError, account_options

    markers: Iterable[pytest.Mark] = request.node.iter_markers("kpn_sandbox")
    reason = ""
    try:
        account = sandbox.new_account(**account_options(request.config, chosen, markers))
    except (OptionError, ClientError) as error:
        reason = terminal_text(f"{request.fixturename}: {error}")
    if reason:
        # Outside, or the report would show the error twice.
        pytest.fail(reason, pytrace=False)
    yield account
    sandbox.drop(account)


@pytest.fixture(scope="session")
def kpn_account_factory(kpn_sandbox: "RunningSandbox") -> "AccountFactory":
    """A function that makes accounts which live as long as the tests run, such as `factory(scenario="peak")`."""
    from kpn_sandbox.client import ClientError
    from kpn_sandbox.testing.account_options import OptionError
    from kpn_sandbox.testing.watched import WatchedSandbox

    def factory(*unnamed: Any, **settings: Any) -> "Account":
        if not isinstance(kpn_sandbox, WatchedSandbox):
            # The fixture is overridden.
            return kpn_sandbox.new_account(*unnamed, **settings)
        try:
            return kpn_sandbox.further_account(*unnamed, **settings)
        except OptionError as error:
            raise ClientError(f"kpn_account_factory: {error}") from None

    return factory


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(request: pytest.FixtureRequest) -> Generator[None, Any, Any]:
    """Note which fixture is set up, for the accounts that it makes."""
    __tracebackhide__ = True
    setups = request.config.stash[SETUPS]
    setups.append(request)
    try:
        return (yield)
    finally:
        setups.pop()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Note what was there before the test, so that it answers only for its own."""
    item.config.stash[CURRENT][:] = [item]
    sandbox = item.config.stash.get(SANDBOX, None)
    shared = sandbox.watched_by(item) if sandbox else []
    if shared:
        from kpn_sandbox.testing.checks import ids_before

        item.stash[BEFORE] = ids_before(item, shared)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Fail a test that passed, if its client broke a rule or a fault was left unused."""
    result = yield
    sandbox = item.config.stash.get(SANDBOX, None)
    accounts = sandbox.watched_by(item) if sandbox else []
    if accounts or item.get_closest_marker("kpn_conduct"):
        from kpn_sandbox.testing.checks import failed_checks

        failed = failed_checks(item, accounts, item.stash.get(BEFORE, set()))
        if failed:
            pytest.fail("\n".join(failed), pytrace=False)
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add its accounts to the report of a failed test."""
    report = yield
    if call.when == "setup":
        item.stash[BEGUN] = call.start
    sandbox = item.config.stash.get(SANDBOX, None)
    if report.failed and sandbox is not None and report.when != "teardown":
        from kpn_sandbox.testing.failure_report import report_sections

        most = int(item.config.getini("kpn_sandbox_requests") or 0)
        unassigned, settings = sandbox.unassigned_requests(item.stash[BEGUN]), item.config.stash[SETTINGS]
        report.sections += report_sections(sandbox.watched_by(item), unassigned, settings, most)
    return report
