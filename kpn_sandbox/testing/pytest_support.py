"""
Options of accounts, checks after a test, and sections of reports, for the pytest plugin.

pytest imports the plugin for every project; this module is imported once a test asks for a fixture.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from kpn_sandbox.client import USER_AGENT, Account, ClientError, describe_fault
from kpn_sandbox.literals import CONDUCT_RULES, ConductRule
from kpn_sandbox.safe_text import terminal_text

ACCOUNT_OPTIONS = ("scenario", "at", "agents", "seed", "profile", "clock", "client_id", "client_secret")
"""The names that the marker `kpn_sandbox` and the fixture `kpn_account_settings` take."""

TOKEN_PER_REQUEST: ConductRule = "token-per-request"
BEYOND_QUOTA: ConductRule = "beyond-quota"
DEFAULT_RULES = tuple(rule for rule in CONDUCT_RULES if rule != BEYOND_QUOTA)
"""The rules of a marker without rules. Meeting a quota is not among them: it is how a client learns of it."""

TOKEN_SECONDS = 3599
"""The life of an access token of KPN's API."""

EARLY_SECONDS = 300
"""How long before its end a token may be renewed without being needless."""


class MarkerError(ValueError):
    """An option of an account has an unknown name; the message says in one line which there are."""


def account_options(
    config: pytest.Config, chosen: Mapping[str, Any], markers: Iterable[pytest.Mark] = ()
) -> dict[str, Any]:
    """
    Collect the settings of an account: markers go before what was chosen, and both before the ini options.

    Args:
        config: The configuration with the ini options.
        chosen: What the fixture `kpn_account_settings` returned, or what the factory was called with.
        markers: The markers of the test, the nearest one first.

    Returns:
        Arguments for `RunningSandbox.new_account`.

    Raises:
        MarkerError: A name is none of `ACCOUNT_OPTIONS`.
    """
    values = {name: config.getini(f"kpn_sandbox_{name}") for name in ("scenario", "at", "agents", "seed")}
    options: dict[str, Any] = {name: value for name, value in values.items() if value}
    if "agents" in options:
        options["agents"] = int(options["agents"])
    options.update(chosen)
    # The last update wins.
    for marker in reversed(list(markers)):
        if marker.args:
            raise MarkerError(f"the marker kpn_sandbox takes names with values ({', '.join(ACCOUNT_OPTIONS)})")
        options.update(marker.kwargs)
    for name in options:
        if name not in ACCOUNT_OPTIONS:
            raise MarkerError(f"it takes {', '.join(ACCOUNT_OPTIONS)}, not {name!r}")
    # A clock is meant instead of the frozen instant of a marker or option further away.
    return {name: value for name, value in options.items() if not (name == "at" and "clock" in options)}


def failed_checks(item: pytest.Item, accounts: Sequence[Account], judged: set[str]) -> list[str]:
    """
    A line for each check that failed beyond the test's own: that its client behaves, and that planned faults happen.

    Args:
        item: The test, which passed.
        accounts: Those that `kpn_account` and `kpn_account_factory` gave it.
        judged: Ids of the requests of tests before; those of this test are added.
    """
    marker = item.get_closest_marker("kpn_conduct")
    rules = tuple(marker.args or DEFAULT_RULES) if marker else tuple(item.config.getini("kpn_sandbox_conduct"))
    unknown = [rule for rule in rules if rule not in CONDUCT_RULES]
    if unknown:
        return [f"kpn_conduct: a rule is one of {', '.join(CONDUCT_RULES)}, not {unknown[0]!r}"]
    if not accounts:
        return ["kpn_conduct: the test does not use kpn_account"]
    tokens = int(marker.kwargs.get("tokens", 1)) if marker else 1
    failed: list[str] = []
    for account in accounts:
        failed += map(terminal_text, _broken_rules(account, rules, tokens, judged)) if rules else ()
        if item.config.getini("kpn_sandbox_require_faults_used"):
            failed += [f"fault left unused: {describe_fault(fault)}" for fault in account.unused_faults()]
    return failed


def _broken_rules(account: Account, rules: Sequence[str], tokens: int, judged: set[str]) -> Iterator[str]:
    """A line for each rule that the client under test broke; `tokens` may be fetched without need."""
    requests = account.requests()
    own = {request["id"] for request in requests if _is_own(request)} | judged
    judged.update(request["id"] for request in requests)
    if TOKEN_PER_REQUEST in rules:
        needless = set(needless_tokens([request for request in requests if not _is_own(request)])) - own
        if len(needless) >= tokens:
            fetched = f"{len(needless) + 1} tokens where one was enough"
            yield f"bad conduct, {TOKEN_PER_REQUEST}: {fetched}. Fetch a token once and use it until it expires."
    for finding in account.conduct()["findings"]:
        if finding["rule"] in rules and finding["rule"] != TOKEN_PER_REQUEST and set(finding["examples"]) - own:
            yield f"bad conduct, {finding['rule']} (requests {', '.join(finding['examples'])}): {finding['advice']}"


def needless_tokens(requests: Sequence[Mapping[str, Any]]) -> list[str]:
    """The ids of token requests, in an ordered request log, that came while the last token of their API was good."""
    good_until: dict[str, datetime] = {}
    needless = []
    for request in requests:
        api, at = request["api"], datetime.fromisoformat(request["at"])
        if request["operation"] == "token" and request["status"] == 200:
            if api in good_until and at < good_until[api]:
                needless.append(str(request["id"]))
            good_until[api] = at + timedelta(seconds=TOKEN_SECONDS - EARLY_SECONDS)
        elif request["status"] == 401:
            # A refused client is right to fetch another token.
            good_until.pop(api, None)
    return needless


def _is_own(request: Mapping[str, Any]) -> bool:
    headers: dict[str, Any] = request["headers"]
    return any(name.lower() == "user-agent" and value == USER_AGENT for name, value in headers.items())


def report_sections(accounts: Sequence[Account], most: int) -> list[tuple[str, str]]:
    """
    Headings and texts about the accounts of a failed test: last requests, unused faults, replay line.

    Args:
        accounts: The accounts of the test.
        most: How many requests of each to show.
    """
    return [(f"kpn_sandbox: account {account.client_id}", _section(account, most)) for account in accounts]


def _section(account: Account, most: int) -> str:
    try:
        return "\n".join(map(terminal_text, _lines(account, most)))
    except ClientError as error:
        # The report of the failed test matters more than that its sandbox is gone.
        return f"nothing is known of it: {error}"


def _lines(account: Account, most: int) -> Iterator[str]:
    settings = account.show()
    yield f"{account.url}, scenario {settings['scenario']}, clock {settings['clock']['mode']}"
    requests = account.requests()
    shown = requests[len(requests) - min(most, len(requests)) :]
    yield f"requests: {len(requests)}, the last {len(shown)}:" if shown else f"requests: {len(requests)}"
    yield from map(_request_line, shown)
    yield from (f"fault left unused: {describe_fault(fault)}" for fault in account.unused_faults())
    yield f"X-Sandbox-Replay: {settings['replay']}"


def _request_line(request: Mapping[str, Any]) -> str:
    query = f"?{request['query']}" if request["query"] else ""
    status = request["status"] or "no answer"
    note = f"  ({request['note']})" if request["note"] else ""
    duration = f"{request['duration_ms']:.1f} ms"
    return f"  {request['at']}  {request['method']} {request['path']}{query}  {status}  {duration}{note}"
