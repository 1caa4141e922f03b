"""
What a test demands beyond its own asserts: that faults are used up, and that its client behaves.

What a test wishes its account to be like: the marker goes before the fixture, and both before the ini options.

What a failed test's report tells of its accounts: the last requests, faults left unused, the replay line.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import pytest

from kpn_sandbox.client import Answer, ClientError
from kpn_sandbox.literals import CONDUCT_RULES, ConductRule
from kpn_sandbox.testing.account import USER_AGENT, Account, told_fault

TOKEN_PER_REQUEST: ConductRule = "token-per-request"
MET_QUOTA: ConductRule = "beyond-quota"
ALWAYS_WRONG = tuple(rule for rule in CONDUCT_RULES if rule != MET_QUOTA)
"""Meeting a quota is no fault unless a test says so: it is how a client learns of it."""

TOKEN_SECONDS = 3599
EARLY_SECONDS = 300
"""So long before its end a token may be renewed."""


def complaints(item: pytest.Item, account: Account | None) -> list[str]:
    """
    What is wrong with a test that passed.

    Args:
        item: The test.
        account: What `kpn_account` gave it; None when it did not ask.

    Returns:
        A line for each complaint, none when all is well.
    """
    marker = item.get_closest_marker("kpn_conduct")
    rules = tuple(marker.args or ALWAYS_WRONG) if marker else tuple(item.config.getini("kpn_sandbox_conduct"))
    unknown = [rule for rule in rules if rule not in CONDUCT_RULES]
    if unknown:
        return [f"kpn_conduct: a rule is one of {', '.join(CONDUCT_RULES)}, not {unknown[0]!r}"]
    if account is None:
        return ["kpn_conduct: the test does not use kpn_account"]
    tokens = int(marker.kwargs.get("tokens", 1)) if marker else 1
    wrong = list(misconduct(account, rules, tokens)) if rules else []
    if item.config.getini("kpn_sandbox_require_faults_used"):
        wrong += [f"fault left unused: {told_fault(fault)}" for fault in account.unused_faults()]
    return wrong


def misconduct(account: Account, rules: Sequence[str], tokens: int) -> Iterator[str]:
    """
    What the client that a test is about did wrong; the test's own requests are left out.

    Args:
        account: Whose client.
        rules: Those that it may not break.
        tokens: How many tokens it may fetch without need.
    """
    requests = account.requests()
    own = {request["id"] for request in requests if _is_own(request)}
    theirs = [request for request in requests if request["id"] not in own]
    if TOKEN_PER_REQUEST in rules:
        needless = needless_tokens(theirs)
        if len(needless) >= tokens:
            fetched = f"{len(needless) + 1} tokens where one was enough"
            yield f"bad conduct, {TOKEN_PER_REQUEST}: {fetched}. Fetch a token once and use it until it expires."
    for finding in account.conduct()["findings"]:
        if finding["rule"] in rules and finding["rule"] != TOKEN_PER_REQUEST and set(finding["examples"]) - own:
            yield f"bad conduct, {finding['rule']} (requests {', '.join(finding['examples'])}): {finding['advice']}"


def needless_tokens(requests: Sequence[Answer]) -> list[str]:
    """
    Ids of the requests for a token while the last one of that API was good.

    Args:
        requests: As the journal tells them, the oldest first.
    """
    good_until: dict[str, datetime] = {}
    needless = []
    for request in requests:
        api, at = request["api"], datetime.fromisoformat(request["at"])
        if request["operation"] == "token" and request["status"] == 200:
            if api in good_until and at < good_until[api]:
                needless.append(str(request["id"]))
            good_until[api] = _from(at, TOKEN_SECONDS - EARLY_SECONDS)
        elif request["status"] == 401:
            # Whoever was refused does well to fetch another.
            good_until.pop(api, None)
    return needless


def _from(at: datetime, seconds: float) -> datetime:
    return datetime.fromtimestamp(at.timestamp() + seconds, at.tzinfo)


def _is_own(request: Answer) -> bool:
    headers: dict[str, Any] = request["headers"]
    return any(name.lower() == "user-agent" and value == USER_AGENT for name, value in headers.items())


KNOWN = ("scenario", "at", "agents", "seed", "profile", "clock", "client_id", "client_secret")


class WrongWish(ValueError):
    """Something is wished that there is not; the message says in one line what there is."""


def wishes(item: pytest.Item, chosen: Mapping[str, Any]) -> dict[str, Any]:
    """
    What `Sandbox.new_account` is to be told.

    Args:
        item: The test.
        chosen: What the fixture `kpn_account_settings` gives.

    Raises:
        WrongWish: A name is none of `KNOWN`.
    """
    wished = {**_options(item.config), **chosen}
    # The nearest marker comes first.
    for marker in reversed(list(item.iter_markers("kpn_sandbox"))):
        if marker.args:
            raise WrongWish(f"the marker kpn_sandbox takes names with values ({', '.join(KNOWN)})")
        wished.update(marker.kwargs)
    for name in wished:
        if name not in KNOWN:
            raise WrongWish(f"it can be told {', '.join(KNOWN)}, not {name!r}")
    # Who gives a clock means it instead of a standing one from further away.
    return {name: value for name, value in wished.items() if not (name == "at" and "clock" in wished)}


def _options(config: pytest.Config) -> dict[str, Any]:
    told = {name: config.getini(f"kpn_sandbox_{name}") for name in ("scenario", "at", "agents", "seed")}
    wished = {name: value for name, value in told.items() if value}
    return {**wished, **({"agents": int(wished["agents"])} if "agents" in wished else {})}


Section = tuple[str, str]
"""A heading and a text, as pytest shows them."""


def sections(accounts: Sequence[Account], most: int) -> list[Section]:
    """
    A section for each account.

    Args:
        accounts: Those of the test.
        most: How many requests to show of each.
    """
    return [(f"kpn_sandbox: account {account.client_id}", section(account, most)) for account in accounts]


def section(account: Account, most: int) -> str:
    """What there is to tell of an account; a sandbox that does not answer is told of, too."""
    try:
        return "\n".join(_lines(account, most))
    except ClientError as error:
        return f"nothing is known of it: {error}"


def _lines(account: Account, most: int) -> Iterator[str]:
    settings = account.show()
    yield f"{account.url}, scenario {settings['scenario']}, clock {settings['clock']['mode']}"
    requests = account.requests()
    shown = requests[len(requests) - min(most, len(requests)) :]
    yield f"requests: {len(requests)}, the last {len(shown)}:" if shown else f"requests: {len(requests)}"
    yield from map(told_request, shown)
    yield from (f"fault left unused: {told_fault(fault)}" for fault in account.unused_faults())
    yield f"X-Sandbox-Replay: {settings['replay']}"


def told_request(request: Answer) -> str:
    """A request in a line."""
    query = f"?{request['query']}" if request["query"] else ""
    status = request["status"] or "no answer"
    note = f"  ({request['note']})" if request["note"] else ""
    taken = f"{request['duration_ms']:.1f} ms"
    return f"  {request['at']}  {request['method']} {request['path']}{query}  {status}  {taken}{note}"
