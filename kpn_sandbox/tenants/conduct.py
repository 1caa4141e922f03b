"""
Client lint: rules that find in the request log what a client does wrong.

Polling without `If-None-Match` breaks no rule: a full response costs little.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kpn_sandbox.literals import TOOL_USER_AGENT, ConductRule
from kpn_sandbox.tenants.request_log import LogEntry

TOKEN = "token"
"""Key of the operation that issues access tokens, in every API."""

# Fewer tokens show nothing about how a client uses them.
_FEWEST_TOKENS = 3
_EXAMPLES = 5


@dataclass(frozen=True)
class ConductFinding:
    """
    A rule that a client has broken.

    Args:
        rule: Name of the rule.
        count: Number of requests that break it.
        examples: Ids of the last requests that break it.
        advice: What to do instead.
    """

    rule: str
    count: int
    examples: tuple[str, ...]
    advice: str


def conduct(entries: Sequence[LogEntry]) -> tuple[ConductFinding, ...]:
    """
    Return a finding for each rule that requests of one account, the oldest first, have broken.

    Those of the command line are not the client's, and break none.
    """
    sent = [entry for entry in entries if entry.headers.get("User-Agent") != TOOL_USER_AGENT]
    found = ((rule, advice, check(sent)) for rule, advice, check in RULES)
    return tuple(ConductFinding(rule, len(ids), tuple(ids[-_EXAMPLES:]), advice) for rule, advice, ids in found if ids)


def _many_tokens(entries: Sequence[LogEntry]) -> list[str]:
    """Return the token requests if there is more than one for every two other requests, and any of these at all."""
    given = [entry.id for entry in entries if entry.operation == TOKEN and entry.status == 200]
    uses = sum(1 for entry in entries if entry.operation != TOKEN)
    return given if len(given) >= _FEWEST_TOKENS and 0 < uses < 2 * len(given) else []


def _beyond_the_quota(entries: Sequence[LogEntry]) -> list[str]:
    return [entry.id for entry in entries if entry.status == 429]


def _too_early(entries: Sequence[LogEntry]) -> list[str]:
    """Return the requests within the `Retry-After` of the API's last rejection, by wall time and by the account's."""
    waits: dict[str, LogEntry] = {}
    early = []
    for entry in entries:
        last = waits.get(entry.api)
        if last is not None and entry.operation != TOKEN and _waited(last, entry) < (last.retry_after or 0):
            early.append(entry.id)
        if entry.retry_after is not None:
            waits[entry.api] = entry
    return early


def _waited(rejection: LogEntry, entry: LogEntry) -> float:
    # A client that moves the account's clock has waited by it; one that sleeps has waited by wall time.
    return max(entry.wall_at - rejection.wall_at, entry.at - rejection.at)


def _reused_tokens(entries: Sequence[LogEntry]) -> list[str]:
    """Return the rejected requests with a token that was rejected before."""
    rejected: set[str] = set()
    again = []
    for entry in (entry for entry in entries if entry.token):
        if entry.status == 401 and entry.token in rejected:
            again.append(entry.id)
        # A token is valid again when the account's clock was put back.
        rejected.add(entry.token) if entry.status == 401 else rejected.discard(entry.token)
    return again


RULES: tuple[tuple[ConductRule, str, Callable[[Sequence[LogEntry]], list[str]]], ...] = (
    (
        "token-per-request",
        "Fetch a token once and use it until it expires; the answer says so in expires_in.",
        _many_tokens,
    ),
    (
        "beyond-quota",
        "Ask less often: the quota-* headers say what is left and when counting begins anew.",
        _beyond_the_quota,
    ),
    ("retry-too-early", "Wait as many seconds as Retry-After says before asking again.", _too_early),
    ("expired-token-reused", "Fetch a new token after a 401 before asking again.", _reused_tokens),
)
"""Each rule with its advice and the check that returns the ids of the requests that break it."""
