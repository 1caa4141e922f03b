"""What a failed test's report tells of its accounts: the last requests, faults left unused, the replay line."""

from collections.abc import Iterator, Sequence

from kpn_sandbox.client import Answer, ClientError
from kpn_sandbox.testing.account import Account, told_fault

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
    shown = requests[len(requests) - min(most, len(requests)):]
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
