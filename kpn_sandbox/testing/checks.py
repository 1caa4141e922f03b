"""Checks after a test that passed: that its client behaves, and that planned faults happened."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest

from kpn_sandbox.client import USER_AGENT, Account, ClientError, describe_fault
from kpn_sandbox.literals import CONDUCT_RULES, ConductRule
from kpn_sandbox.safe_text import terminal_text

TOKEN_PER_REQUEST: ConductRule = "token-per-request"
BEYOND_QUOTA: ConductRule = "beyond-quota"
DEFAULT_RULES = tuple(rule for rule in CONDUCT_RULES if rule != BEYOND_QUOTA)
"""The rules of a marker without rules. Meeting a quota is not among them: it is how a client learns of it."""

TOKEN_SECONDS = 3599
"""The life of an access token of KPN's API."""

EARLY_SECONDS = 300
"""How long before its end a token may be renewed without being needless."""


def required_rules(item: pytest.Item) -> tuple[str, ...]:
    """Return the rules of conduct that a test's client must not break."""
    marker = item.get_closest_marker("kpn_conduct")
    return tuple(marker.args or DEFAULT_RULES) if marker else tuple(item.config.getini("kpn_sandbox_conduct"))


def ids_before(item: pytest.Item, accounts: Iterable[Account]) -> set[str]:
    """
    Return the ids of requests and faults that a test does not answer for, because they were there before it.

    Args:
        item: The test, which has not begun.
        accounts: Those that tests before it have used, too.
    """
    found: set[str] = set()
    for account in accounts:
        # An account that is gone has nothing left to answer for.
        with suppress(ClientError):
            if required_rules(item):
                found.update(request["id"] for request in account.requests())
            if item.config.getini("kpn_sandbox_require_faults_used"):
                found.update(fault["id"] for fault in account.faults())
    return found


def failed_checks(item: pytest.Item, accounts: Sequence[Account], before: set[str]) -> list[str]:
    """
    Return a line for each check that failed beyond the test's own.

    Args:
        item: The test, which passed.
        accounts: Those that it used.
        before: What `ids_before` returned.
    """
    marker = item.get_closest_marker("kpn_conduct")
    if marker and not accounts:
        return ["kpn_conduct: the test uses no account"]
    rules, tokens = required_rules(item), int(marker.kwargs.get("tokens", 1)) if marker else 1
    failed: list[str] = []
    for account in accounts:
        failed += map(terminal_text, _broken_rules(account, rules, tokens, before)) if rules else ()
        if item.config.getini("kpn_sandbox_require_faults_used"):
            unused = (fault for fault in account.unused_faults() if fault["id"] not in before)
            failed += [f"fault left unused: {describe_fault(fault)}" for fault in unused]
    return failed


def _broken_rules(account: Account, rules: Sequence[str], tokens: int, before: set[str]) -> Iterator[str]:
    """A line for each rule that the client under test broke; `tokens` may be fetched without need."""
    requests = [request for request in account.requests() if request["id"] not in before]
    clients = [request for request in requests if not _is_own(request)]
    if TOKEN_PER_REQUEST in rules:
        needless = needless_tokens(clients)
        if len(needless) >= tokens:
            fetched = f"{len(needless) + 1} tokens where one was enough"
            yield f"bad conduct, {TOKEN_PER_REQUEST}: {fetched}. Fetch a token once and use it until it expires."
    ids = {request["id"] for request in clients}
    for finding in account.conduct()["findings"]:
        if finding["rule"] in rules and finding["rule"] != TOKEN_PER_REQUEST and ids.intersection(finding["examples"]):
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
