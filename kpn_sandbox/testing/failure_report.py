"""The report of a failed test about its accounts: what their clients did, what is set, and how to have it again."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from tempfile import NamedTemporaryFile
from typing import Any

from kpn_sandbox.client import Account, ClientError, describe_fault
from kpn_sandbox.safe_text import terminal_text

MOST_PINS = 20
"""The number of pins that are shown."""

LONGEST_STATE = 20_000
"""Characters of a state that is shown; a longer one goes into a file."""

_PLACES = ("host", "port", "workers", "database_url", "admin_token", "certificate", "key", "access_log")
"""Settings that say where and how a sandbox runs, which another one need not share."""


def report_sections(
    accounts: Iterable[Account], unassigned: Sequence[Mapping[str, Any]], settings: Mapping[str, Any], most: int
) -> list[tuple[str, str]]:
    """
    Return headings and texts about the accounts of a failed test.

    Args:
        accounts: The accounts that it used.
        unassigned: The requests of its time that belong to no account, such as one with an unknown token.
        settings: The settings of its sandbox that were chosen.
        most: How many requests to show of each.
    """
    sections = [(f"kpn_sandbox: account {each.client_id}", _section(each, settings, most)) for each in accounts]
    if unassigned and most:
        lines = map(terminal_text, map(_request_line, unassigned[-most:]))
        sections.append(("kpn_sandbox: requests that belong to no account", "\n".join(lines)))
    return sections


def _section(account: Account, settings: Mapping[str, Any], most: int) -> str:
    try:
        return "\n".join(map(terminal_text, _lines(account, settings, most)))
    except ClientError as error:
        # The report of the failed test matters more than that its sandbox is gone.
        return f"nothing is known of it: {error}"


def _lines(account: Account, settings: Mapping[str, Any], most: int) -> Iterator[str]:
    shown = account.show()
    clock = shown["clock"]
    speed = f" at speed {clock['speed']:g}" if clock["mode"] == "running" and clock["speed"] != 1 else ""
    yield f"{account.url}, scenario {shown['scenario']}, clock {clock['mode']}{speed} at {clock['at']}"
    yield from _request_lines(account.requests(), most)
    yield from map(_fault_line, account.faults())
    yield from _pin_lines(account.pins())
    yield f"X-Sandbox-Replay: {shown['replay']}"
    yield "the same state in a REPL:"
    yield from (f"  >>> {line}" for line in repl_lines(account.snapshot(), settings))


def _request_lines(requests: Sequence[Mapping[str, Any]], most: int) -> Iterator[str]:
    shown = requests[len(requests) - min(most, len(requests)) :]
    yield f"requests: {len(requests)}, the last {len(shown)}:" if shown else f"requests: {len(requests)}"
    yield from map(_request_line, shown)


def _request_line(request: Mapping[str, Any]) -> str:
    query = f"?{request['query']}" if request["query"] else ""
    status = request["status"] or "no answer"
    # The note is the longer form of the reason where there are both.
    hint = (request.get("response_headers") or {}).get("X-Sandbox-Hint")
    reason = "; ".join(filter(None, (request["note"] or request["reason"], hint)))
    duration = f"{request['duration_ms']:.1f} ms"
    return f"  {request['at']}  {request['method']} {request['path']}{query}  {status}  {duration}" + (
        f"  ({reason})" if reason else ""
    )


def _fault_line(fault: Mapping[str, Any]) -> str:
    if fault["remaining"] is None:
        return f"fault without end: {fault['operation'] or 'any operation'} of {fault['api']} (fault {fault['id']})"
    return f"fault left unused: {describe_fault(fault)}" if fault["remaining"] else f"fault: {describe_fault(fault)}"


def _pin_lines(pins: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for pin in pins[:MOST_PINS]:
        fields = ", ".join(f"{name}={value!r}" for name, value in pin["fields"].items())
        yield f"pin: {pin['kind']} {pin['key']}: {fields}"
    if len(pins) > MOST_PINS:
        yield f"pins: {len(pins) - MOST_PINS} more"


def repl_lines(snapshot: Mapping[str, Any], settings: Mapping[str, Any]) -> tuple[str, str, str]:
    """
    Return the three lines of Python that rebuild the state of an account.

    Args:
        snapshot: The state.
        settings: The settings of the sandbox that were chosen.
    """
    given = {name: value for name, value in settings.items() if name not in _PLACES}
    state = json.dumps(snapshot)
    return (
        "from kpn_sandbox.testing import start",
        f"account = start({given or ''}).new_account()",
        f"account.restore({repr(state) if len(state) <= LONGEST_STATE else _file(state)})",
    )


def _file(state: str) -> str:
    with NamedTemporaryFile("w", prefix="kpn-sandbox-", suffix=".json", delete=False, encoding="utf-8") as file:
        file.write(state)
    return f'__import__("pathlib").Path({file.name!r})'
