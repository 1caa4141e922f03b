"""Views of teams, agents, services and dispositions, and of the check whether a service has a free agent."""

from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from flask import Request, Response, request

from kpn_sandbox.gateway.operations import endpoint
from kpn_sandbox.simulation.dispositions import DISPOSITIONS as CENTER_DISPOSITIONS
from kpn_sandbox.tenants.tenant import Tenant
from kpn_sandbox.vendors.bright_pattern.context import StatisticsRequest, StatisticsServices
from kpn_sandbox.vendors.bright_pattern.errors import BadRequestError, Code
from kpn_sandbox.vendors.bright_pattern.operations import AGENTS, AVAILABLE_AGENTS, DISPOSITIONS, SERVICES, TEAMS

_DIRECTIONS = ("inbound", "outbound", "preview")


@endpoint(TEAMS)
def teams(call: StatisticsRequest) -> Response:
    """List the teams that have agents, by name."""
    snapshot = call.snapshot()
    names = dict(zip(snapshot.team_of_agents, snapshot.agents.department_names, strict=True))
    return _id_and_name(call, sorted(names.items(), key=lambda team: team[1]))


@endpoint(AGENTS)
def agents(call: StatisticsRequest) -> Response:
    """List all agents."""
    snapshot = call.snapshot()
    return _id_and_name(
        call, zip(snapshot.agent_ids, (str(fact.login) for fact in snapshot.agents.agents), strict=True)
    )


@endpoint(SERVICES)
def services(call: StatisticsRequest) -> Response:
    """List all services."""
    snapshot = call.snapshot()
    facts = zip(snapshot.service_ids, snapshot.services, strict=True)
    return _id_and_name(call, ((identifier, fact.queue.name) for identifier, fact in facts if fact.exists))


@endpoint(DISPOSITIONS)
def dispositions(call: StatisticsRequest) -> Response:
    """
    List the names of dispositions, as an object or as a bare array.

    Raises:
        BadRequestError: The format or a flag is wrong.
    """
    form = request.args.get("format", call.services.settings.bright_pattern_dispositions)
    if form not in ("object", "array"):
        raise BadRequestError(Code.WRONG_TYPE, "format must be object or array")
    names = _disposition_names(request.args)
    return call.json_response(names if form == "array" else {"dispositions": names})


@endpoint(AVAILABLE_AGENTS)
def available_agents(call: StatisticsRequest) -> Response:
    """Show whether an agent is ready for a service; no agent is for a service that does not exist."""
    name = request.args["service"].casefold()
    snapshot = call.snapshot("queues")
    queues = [fact.queue for fact in snapshot.services if fact.exists]
    ready = any(queue.available > 0 for queue in queues if queue.name.casefold() == name)
    return call.json_response({"availability": ready}, is_pinned=snapshot.is_pinned)


ENDPOINTS = (teams, agents, services, dispositions, available_agents)


def _disposition_names(query: Mapping[str, str]) -> list[str]:
    directions = {name for name in _DIRECTIONS if _flag(query, name)}
    selectable = _flag(query, "agentCanSelect")
    return [
        each.name
        for each in CENTER_DISPOSITIONS
        if (not directions or each.uses & directions) and (not selectable or each.selectable)
    ]


def tenant_of_url(request: Request, services: StatisticsServices) -> Tenant:
    """
    Return the account that the tenant URL of a request names, the demo account when it names none.

    Args:
        request: Request of an operation that needs no session.
        services: Accounts and settings.

    Raises:
        BadRequestError: A parameter is missing.
    """
    missing = [name for name in ("tenantUrl", "service") if not request.args.get(name)]
    if missing:
        raise BadRequestError(Code.MISSING, f"{missing[0]} is missing")
    found = (services.sandbox.find_tenant(name) for name in _tenant_names(request.args["tenantUrl"]))
    named = next((tenant for tenant in found if tenant is not None), None)
    return named or services.sandbox.tenant(services.settings.client_id)


def _tenant_names(tenant_url: str) -> list[str]:
    """Return the client ids that a tenant URL may mean: the URL, its host, the first part of its host."""
    text = tenant_url if "//" in tenant_url else f"//{tenant_url}"
    try:
        host = urlsplit(text).hostname or ""
    except ValueError:
        return [tenant_url]
    # urlsplit makes the host lower case; client ids have capitals.
    start = text.lower().find(host)
    host = text[start : start + len(host)]
    return [tenant_url, host, host.partition(".")[0]]


def _id_and_name(call: StatisticsRequest, pairs: Iterable[tuple[str, str]]) -> Response:
    return call.json_response([{"id": identifier, "name": name} for identifier, name in pairs])


def _flag(query: Mapping[str, str], name: str) -> bool:
    text = query.get(name, "0")
    if text not in ("0", "1", ""):
        raise BadRequestError(Code.WRONG_TYPE, f"{name} must be 1 or 0")
    return text == "1"
