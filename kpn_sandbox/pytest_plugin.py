"""
The pytest plugin: fixtures, markers and options.

Every project that has the package installed loads this module, also those that never ask for a fixture; so it imports
nothing of the sandbox before somebody does.
"""

import re
from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from kpn_sandbox.testing import Account, Sandbox

SANDBOX: "pytest.StashKey[Sandbox]" = pytest.StashKey()
ACCOUNT: "pytest.StashKey[Account]" = pytest.StashKey()
MADE_BEFORE = pytest.StashKey[int]()

OPTIONS: tuple[tuple[str, str, Any, Any], ...] = (
    ("kpn_sandbox_scenario", "Scenario of the accounts that tests get.", None, ""),
    ("kpn_sandbox_at", "Instant at which the clocks of these accounts stand; they run by default.", None, ""),
    ("kpn_sandbox_agents", "Agents of these accounts.", None, ""),
    ("kpn_sandbox_seed", "Seed of these accounts.", None, "pytest"),
    ("kpn_sandbox_require_faults_used", "Fail a test that leaves outcomes of faults unused.", "bool", False),
    ("kpn_sandbox_conduct", "Rules that no test's client may break, as in the marker kpn_conduct.", "args", []),
    ("kpn_sandbox_requests", "Requests that the report of a failed test shows.", None, "10"),
)
"""Name, meaning, kind and default of each ini option."""

MARKERS = (
    "kpn_sandbox(scenario, at, agents, seed, profile, clock, client_id, client_secret): what kpn_account is like",
    "kpn_conduct(*rules, tokens=1): fail the test if its client breaks a rule of good conduct",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the ini options."""
    for name, meaning, kind, default in OPTIONS:
        parser.addini(name, meaning, type=kind, default=default)


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
def kpn_sandbox(request: pytest.FixtureRequest, kpn_sandbox_settings: dict[str, Any]) -> "Iterator[Sandbox]":
    """A sandbox that runs as long as the tests do, or the one that `KPN_SANDBOX_URL` names."""
    from kpn_sandbox.testing.sandbox import WrongSetting, running

    try:
        with running(kpn_sandbox_settings) as sandbox:
            request.config.stash[SANDBOX] = sandbox
            yield sandbox
    except WrongSetting as error:
        raise pytest.fail.Exception(f"kpn_sandbox: {error}", pytrace=False) from None


@pytest.fixture
def kpn_account_settings() -> dict[str, Any]:
    """What `kpn_account` is like, as in the marker, which goes before; override it where you like."""
    return {}


@pytest.fixture
def kpn_account(
    request: pytest.FixtureRequest, kpn_sandbox: "Sandbox", kpn_account_settings: dict[str, Any]
) -> "Iterator[Account]":
    """An account of the test's own; it is gone afterwards."""
    from kpn_sandbox.client import ClientError
    from kpn_sandbox.testing.pytest_support import WrongWish, wishes

    try:
        account = kpn_sandbox.new_account(**wishes(request.node, kpn_account_settings))
    except (WrongWish, ClientError) as error:
        raise pytest.fail.Exception(f"kpn_account: {error}", pytrace=False) from None
    request.node.stash[ACCOUNT] = account
    yield account
    kpn_sandbox.drop(account)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, Any, Any]:
    """Remember which accounts there were before the test."""
    sandbox = item.config.stash.get(SANDBOX, None)
    item.stash[MADE_BEFORE] = len(sandbox.made) if sandbox else 0
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Fail a test that passed, if its client or its faults are not as it demands."""
    result = yield
    if ACCOUNT in item.stash or item.get_closest_marker("kpn_conduct"):
        from kpn_sandbox.testing.pytest_support import complaints

        wrong = complaints(item, item.stash.get(ACCOUNT, None))
        if wrong:
            pytest.fail("\n".join(wrong), pytrace=False)
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add to the report of a failed test what its accounts saw."""
    report = yield
    sandbox = item.config.stash.get(SANDBOX, None)
    if report.failed and sandbox is not None and report.when != "teardown":
        from kpn_sandbox.testing.pytest_support import sections

        made = sandbox.made[item.stash.get(MADE_BEFORE, 0) :]
        report.sections.extend(sections(made, int(item.config.getini("kpn_sandbox_requests") or 0)))
    return report
