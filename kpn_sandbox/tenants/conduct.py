"""
What a client does wrong, told from its journal.

Asking again without `If-None-Match` is no fault: it is answered in full and costs little.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from kpn_sandbox.literals import ConductRule
from kpn_sandbox.tenants.request_log import LogEntry

TOKEN = "token"
"""The operation that gives out access tokens, in whichever API."""

FEWEST_TOKENS = 3
"""Fewer tokens than this tell nothing about how a client uses them."""

_EXAMPLES = 5


@dataclass(frozen=True)
class ConductFinding:
    """
    Something a client should not do.

    Args:
        rule: Its name.
        count: How often it was seen.
        examples: The ids of the last requests that show it.
        advice: What to do instead.
    """

    rule: str
    count: int
    examples: tuple[str, ...]
    advice: str


def conduct(entries: Sequence[LogEntry]) -> tuple[ConductFinding, ...]:
    """
    What is wrong with these requests.

    Args:
        entries: Requests of one account, the oldest first.

    Returns:
        A finding per rule that was broken, none when all is well.
    """
    found = ((rule, advice, seen(entries)) for rule, advice, seen in RULES)
    return tuple(ConductFinding(rule, len(ids), tuple(ids[-_EXAMPLES:]), advice) for rule, advice, ids in found if ids)


def _tokens_of_one_request(entries: Sequence[LogEntry]) -> list[str]:
    """Tokens, when there are more than one for every two requests that use them; tokens alone show no use at all."""
    given = [entry.id for entry in entries if entry.operation == TOKEN and entry.status == 200]
    uses = sum(1 for entry in entries if entry.operation != TOKEN)
    return given if len(given) >= FEWEST_TOKENS and 0 < uses < 2 * len(given) else []


def _beyond_the_quota(entries: Sequence[LogEntry]) -> list[str]:
    return [entry.id for entry in entries if entry.status == 429]


def _too_early(entries: Sequence[LogEntry]) -> list[str]:
    """Requests that came before the wait was over that the API's last refusal asked for, by whichever clock."""
    waits: dict[str, LogEntry] = {}
    early = []
    for entry in entries:
        refusal = waits.get(entry.api)
        if refusal is not None and entry.operation != TOKEN and _waited(refusal, entry) < (refusal.retry_after or 0):
            early.append(entry.id)
        if entry.retry_after is not None:
            waits[entry.api] = entry
    return early


def _waited(refusal: LogEntry, entry: LogEntry) -> float:
    # Whoever moved the account's clock has waited by it; whoever watches a clock on the wall has waited, too.
    return max(entry.wall_at - refusal.wall_at, entry.at - refusal.at)


def _spent_tokens(entries: Sequence[LogEntry]) -> list[str]:
    """Requests with a token that was refused before."""
    refused: set[str] = set()
    again = []
    for entry in _with_token(entries):
        if entry.status == 401 and entry.token in refused:
            again.append(entry.id)
        # A token that works again was brought back to life with the clock.
        refused.add(entry.token) if entry.status == 401 else refused.discard(entry.token)
    return again


def _with_token(entries: Iterable[LogEntry]) -> Iterable[LogEntry]:
    return (entry for entry in entries if entry.token)


RULES: tuple[tuple[ConductRule, str, Callable[[Sequence[LogEntry]], list[str]]], ...] = (
    (
        "token-per-request",
        "Fetch a token once and use it until it expires; the answer tells expires_in.",
        _tokens_of_one_request,
    ),
    (
        "beyond-quota",
        "Ask less often: the quota-* headers tell what is left and when counting begins anew.",
        _beyond_the_quota,
    ),
    ("retry-too-early", "Wait as many seconds as Retry-After tells before asking again.", _too_early),
    ("expired-token-reused", "Fetch a new token after a 401 before asking again.", _spent_tokens),
)
"""Each rule with its advice, and how its breaches are found."""
