"""
The pytest plugin: fixtures, markers and options.

pytest imports this module for every project in whose environment the package is installed. So the rest of the package
is imported inside functions, once a test asks for a fixture: that takes 0.1 s, and 0.8 s with a server.
"""

import re
from collections.abc import Callable, Generator, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from kpn_sandbox.testing import Account, RunningSandbox

SANDBOX: "pytest.StashKey[RunningSandbox]" = pytest.StashKey()
ACCOUNT: "pytest.StashKey[Account]" = pytest.StashKey()
ACCOUNTS_BEFORE = pytest.StashKey[int]()
FACTORY_ACCOUNTS: "pytest.StashKey[list[Account]]" = pytest.StashKey()
JUDGED = pytest.StashKey[set[str]]()
"""Ids of the requests whose conduct tests before have answered for."""

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
    for name in ("kpn_sandbox_agents", "kpn_sandbox_requests"):
        if not re.fullmatch("[0-9]{0,6}", config.getini(name)):
            raise pytest.UsageError(f"{name} must be a whole number, not {config.getini(name)!r}")


@pytest.fixture(scope="session")
def kpn_sandbox_settings() -> dict[str, Any]:
    """Settings of the tests' own sandbox by name, such as `{"token_body": "v2"}`; override it to choose some."""
    return {}


@pytest.fixture(scope="session")
def kpn_sandbox(request: pytest.FixtureRequest, kpn_sandbox_settings: dict[str, Any]) -> "Iterator[RunningSandbox]":
    """A sandbox that runs as long as the tests do, or the one that `KPN_SANDBOX_URL` names."""
    from kpn_sandbox.safe_text import terminal_text
    from kpn_sandbox.testing.sandbox import SandboxNotRunning, running

    try:
        with running(kpn_sandbox_settings) as sandbox:
            request.config.stash[SANDBOX] = sandbox
            yield sandbox
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
    from kpn_sandbox.client import ClientError
    from kpn_sandbox.safe_text import terminal_text
    from kpn_sandbox.testing.pytest_support import MarkerError, account_options

    markers = request.node.iter_markers("kpn_sandbox")
    try:
        account = kpn_sandbox.new_account(**account_options(request.config, kpn_account_settings, markers))
    except (MarkerError, ClientError) as error:
        pytest.fail(terminal_text(f"kpn_account: {error}"), pytrace=False)
    request.node.stash[ACCOUNT] = account
    yield account
    kpn_sandbox.drop(account)


@pytest.fixture(scope="session")
def kpn_account_factory(
    request: pytest.FixtureRequest, kpn_sandbox: "RunningSandbox"
) -> "Iterator[Callable[..., Account]]":
    """A function that makes accounts which live as long as the tests run, such as `factory(scenario="peak")`."""
    from kpn_sandbox.client import ClientError
    from kpn_sandbox.testing.pytest_support import MarkerError, account_options

    made: list[Account] = request.config.stash.setdefault(FACTORY_ACCOUNTS, [])

    def factory(**settings: Any) -> "Account":
        try:
            options = account_options(request.config, settings)
        except MarkerError as error:
            raise ClientError(f"kpn_account_factory: {error}") from None
        made.append(kpn_sandbox.new_account(**options))
        return made[-1]

    yield factory
    while made:
        kpn_sandbox.drop(made.pop())


def _watched(item: pytest.Item) -> "list[Account]":
    """The accounts that a test asked for, its own and those of the factory."""
    own = [item.stash[ACCOUNT]] if ACCOUNT in item.stash else []
    uses_factory = "kpn_account_factory" in getattr(item, "fixturenames", ())
    return own + (item.config.stash.get(FACTORY_ACCOUNTS, []) if uses_factory else [])


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, Any, Any]:
    """Count the accounts before the test, so that its report shows only its own."""
    sandbox = item.config.stash.get(SANDBOX, None)
    item.stash[ACCOUNTS_BEFORE] = len(sandbox.made) if sandbox else 0
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Fail a test that passed, if its client broke a rule or a fault was left unused."""
    result = yield
    watched = _watched(item)
    if watched or item.get_closest_marker("kpn_conduct"):
        from kpn_sandbox.testing.pytest_support import failed_checks

        failed = failed_checks(item, watched, item.config.stash.setdefault(JUDGED, set()))
        if failed:
            pytest.fail("\n".join(failed), pytrace=False)
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add the last requests of its accounts to the report of a failed test."""
    report = yield
    sandbox = item.config.stash.get(SANDBOX, None)
    if report.failed and sandbox is not None and report.when != "teardown":
        from kpn_sandbox.testing.pytest_support import report_sections

        made = sandbox.made[item.stash.get(ACCOUNTS_BEFORE, 0) :]
        accounts = [*(each for each in _watched(item) if each not in made), *made]
        report.sections.extend(report_sections(accounts, int(item.config.getini("kpn_sandbox_requests") or 0)))
    return report
