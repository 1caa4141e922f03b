"""Question to record: what each reading operation asks the center or the sandbox."""

from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from kpn_sandbox.simulation.dispositions import DISPOSITIONS
from kpn_sandbox.vendors.bright_pattern.errors import BadRequest, Code
from kpn_sandbox.vendors.bright_pattern.records import named, service_id, team_id, user_id
from kpn_sandbox.vendors.bright_pattern.snapshot import Snapshot

Query = Mapping[str, str]
_DIRECTIONS = ("inbound", "outbound", "preview")


def teams(snapshot: Snapshot) -> list[dict[str, str]]:
    """The teams that have agents, by name."""
    agents = snapshot.agents
    found = {fact.department: name for fact, name in zip(agents.agents, agents.department_names)}
    records = [named(team_id(snapshot.seed, number), name) for number, name in found.items()]
    return sorted(records, key=lambda record: record["name"])


def agents(snapshot: Snapshot) -> list[dict[str, str]]:
    """All agents."""
    return [named(user_id(snapshot.seed, fact.login), str(fact.login)) for fact in snapshot.agents.agents]


def services(snapshot: Snapshot) -> list[dict[str, str]]:
    """All services."""
    queues = [fact.queue for fact in snapshot.services]
    return [named(service_id(snapshot.seed, queue.number), queue.name) for queue in queues]


def dispositions(query: Query) -> list[str]:
    """
    The names of dispositions; flags narrow them.

    Raises:
        BadRequest: A flag is neither 1 nor 0.
    """
    directions = {name for name in _DIRECTIONS if _flag(query, name)}
    selectable = _flag(query, "agentCanSelect")
    return [
        each.name
        for each in DISPOSITIONS
        if (not directions or each.uses & directions) and (not selectable or each.selectable)
    ]


def availability(snapshot: Snapshot, service: str) -> bool:
    """Whether an agent is ready for a service; nobody is for one that does not exist."""
    return any(
        fact.queue.available > 0 for fact in snapshot.services if fact.queue.name.casefold() == service.casefold()
    )


def tenant_names(tenant_url: str) -> list[str]:
    """The client ids that a tenant URL may mean: itself, its host, the first part of its host."""
    text = tenant_url if "//" in tenant_url else f"//{tenant_url}"
    try:
        host = urlsplit(text).hostname or ""
    except ValueError:
        return [tenant_url]
    # A host loses its capitals when it is read; a client id has kept them.
    start = text.lower().find(host)
    host = text[start : start + len(host)]
    return [tenant_url, host, host.partition(".")[0]]


RECORDS: dict[str, Callable[[Snapshot], list[dict[str, str]]]] = {
    "teams": teams,
    "agents": agents,
    "services": services,
}
"""By the key of the operation."""


def _flag(query: Query, name: str) -> bool:
    text = query.get(name, "0")
    if text not in ("0", "1", ""):
        raise BadRequest(Code.WRONG_TYPE, f"{name} must be 1 or 0")
    return text == "1"
