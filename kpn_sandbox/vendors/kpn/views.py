"""
Views of the six resources and of the token endpoint.

A resource view takes the center and an instant and returns the `DataSet`. `ResourceResponses` makes the response and
caches it, both for Flask and for the fast path.
"""

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

import orjson
from flask import Response, request
from werkzeug.datastructures import Headers

from kpn_sandbox.auth import TokenServer
from kpn_sandbox.caching import BoundedCache
from kpn_sandbox.gateway.fast_path import CachedResponse
from kpn_sandbox.gateway.operations import Endpoint, Operation, endpoint
from kpn_sandbox.gateway.reasons import PIN
from kpn_sandbox.gateway.request_context import RequestContext
from kpn_sandbox.gateway.request_info import RESPONSE_REASON
from kpn_sandbox.gateway.responses import JSON, NO_STORE, etag, snapshot_headers, unchanged
from kpn_sandbox.settings import Settings
from kpn_sandbox.simulation.center import Center
from kpn_sandbox.simulation.facts import AgentFact, Status
from kpn_sandbox.tenants.clock import format_instant
from kpn_sandbox.tenants.pins import Pins
from kpn_sandbox.tenants.tenant import Tenant
from kpn_sandbox.vendors.kpn.auth import issue_token
from kpn_sandbox.vendors.kpn.errors import bad_request
from kpn_sandbox.vendors.kpn.headers import HEADERS
from kpn_sandbox.vendors.kpn.operations import AGENT, AGENTS, QUEUE, QUEUES, TOKEN, TRUNK, TRUNKS
from kpn_sandbox.vendors.kpn.records import agent_record, queue_record, trunk_record
from kpn_sandbox.vendors.kpn.schemas import AgedJsonCache, AgentSchema, QueueSchema, TrunkSchema, record_serializer

Data = dict[str, Any]
ReadPins = Callable[[Collection[str]], Mapping[str, Data]]

# The fields that identify objects, by kind.
_KEYS = {"agents": "Logid", "queues": "Number", "trunks": "Number"}

_DIGITS = re.compile(r"[0-9]{1,9}")

_agent = record_serializer(AgentSchema)
_agents = AgedJsonCache(AgentSchema, "Time")
_queue = record_serializer(QueueSchema)
_trunk = record_serializer(TrunkSchema)


@endpoint(TOKEN, methods=("GET", "POST"), authenticated=False, counted=False)
def token(context: RequestContext, server: TokenServer, settings: Settings) -> Response:
    """Issue an access token; requests for tokens do not count for the quota."""
    return Response(issue_token(server, settings, context.authorize_account), headers=[*HEADERS, *NO_STORE])


@endpoint(AGENTS)
def agents(center: Center, at: float) -> Data:
    """Show all agents."""
    return {"agents": [_agent(agent_record(fact, at)) for fact in center.agents(at)]}


@endpoint(AGENT)
def agent(center: Center, at: float, number: int | None) -> Data:
    """Show one agent, the first one without a number."""
    return {"agent": _agent(agent_record(center.agents(at)[0] if number is None else center.agent(number, at), at))}


@endpoint(QUEUES)
def queues(center: Center, at: float) -> Data:
    """Show all queues."""
    return {"queues": [_queue(queue_record(fact)) for fact in center.queues(at)]}


@endpoint(QUEUE)
def queue(center: Center, at: float, number: int | None) -> Data:
    """Show one queue, the first one without a number."""
    return {"queue": _queue(queue_record(center.queues(at)[0] if number is None else center.queue(number, at)))}


@endpoint(TRUNKS)
def trunks(center: Center, at: float) -> Data:
    """Show all trunks."""
    return {"trunks": [_trunk(trunk_record(fact)) for fact in center.trunks(at)]}


@endpoint(TRUNK)
def trunk(center: Center, at: float, number: int | None) -> Data:
    """Show one trunk, the first one without a number."""
    return {"trunk": _trunk(trunk_record(center.trunks(at)[0] if number is None else center.trunk(number, at)))}


RESOURCE_ENDPOINTS: tuple[Endpoint, ...] = (agents, agent, queues, queue, trunks, trunk)
ENDPOINTS = (token, *RESOURCE_ENDPOINTS)


def serialized_agents(center: Center, at: float, read_pins: ReadPins | None = None) -> Data:
    """
    Show all agents, with cached JSON of those without a pin: most have only aged in their status since the last time.

    Args:
        center: The center.
        at: Instant in whole epoch seconds.
        read_pins: Returns the pinned fields by number, given the numbers of all agents.
    """

    def make_record(fact: AgentFact) -> tuple[Any, ...]:
        return agent_record(fact, at)

    key, facts, everybody = center.key, center.agents(at), center.lists_logged_out(at)
    pinned: Mapping[str, Data] = {} if read_pins is None else read_pins({str(fact.login) for fact in facts})
    if everybody and not pinned:
        return {"agents": orjson.Fragment(b"[%b]" % _agents.joined(key, facts, int(at), make_record))}
    shown = zip(facts, _agents.rows(key, facts, int(at), make_record), strict=True)
    rows = [row for fact, text in shown for row in _listed(fact, text, at, pinned, everybody=everybody)]
    return {"agents": orjson.Fragment(b"[%b]" % b",".join(rows))}


def _listed(fact: AgentFact, text: bytes, at: float, pinned: Mapping[str, Data], *, everybody: bool) -> list[bytes]:
    """Return the row of an agent with the pinned fields; none for one who is logged out and therefore not listed."""
    fields = pinned.get(str(fact.login))
    record = {} if fields is None else {**_agent(agent_record(fact, at)), **fields}
    # Whoever is pinned to be logged in is listed, and the other way round.
    if not everybody and record.get("Status", fact.status) == Status.LOGGED_OUT:
        return []
    return [orjson.dumps(record) if record else text]


def parse_number(operation: Operation, text: str) -> int:
    """
    Return the number in a path.

    Args:
        operation: Operation of the path.
        text: Path variable.

    Raises:
        KpnError: The variable is not 1 to 9 digits.
    """
    if not _DIGITS.fullmatch(text):
        raise bad_request(f"{operation.parameter} must be 1 to 9 digits")
    return int(text)


class ResourceResponses:
    """
    Responses of the resources; the last one of each object is cached for its second, unless its pins count reads.

    Args:
        pins: Reads the pins that a response shows.
        cache_bytes: Size of the cached responses, for clients that repeat a request within the second.
    """

    def __init__(self, pins: Pins, cache_bytes: int) -> None:
        self._pins = pins
        # Clocks run on, so the response before is dropped where it is replaced: its memory is at hand for the next one.
        self._responses = BoundedCache[tuple[float, CachedResponse]](cache_bytes, lambda kept: kept[1].size())

    def find(self, endpoint: Endpoint, tenant: Tenant, at: float, number: int | None) -> CachedResponse:
        """
        Return the response with status 200 for a resource.

        Args:
            endpoint: View of the resource.
            tenant: Account.
            at: Instant in whole epoch seconds.
            number: Number of the object; None for a list, and for the first object.

        Raises:
            SimulationError: No object has that number, or the instant is out of range.
        """
        operation = endpoint.operation
        if tenant.counts_reads(operation.kind):
            return self._build(endpoint, tenant, at, number)
        key = (tenant.cache_key, operation.key, number)
        kept = self._responses.get(key)
        if kept is None or kept[0] != at:
            kept = at, self._build(endpoint, tenant, at, number)
            self._responses.put(key, kept)
        return kept[1]

    def _build(self, endpoint: Endpoint, tenant: Tenant, at: float, number: int | None) -> CachedResponse:
        client_id, pins = tenant.account.client_id, tenant.pins_of(endpoint.operation.kind)
        pinned: dict[str, Data] = {}

        def read_pins(numbers: Collection[str]) -> dict[str, Data]:
            pinned.update((pin.key, pin.fields) for pin in self._pins.read(client_id, pins, keys=numbers, at=at))
            return pinned

        data = _pinned_data(endpoint, tenant.center, at, number, read_pins=read_pins if pins else None)
        return _cached(data, tenant, format_instant(at), PIN if pinned else "")


def uncounted_records(tenant: Tenant, at: float) -> dict[str, list[Data]]:
    """
    Return the objects of all three lists as a client would get them, by kind; no read of a pin is counted.

    Args:
        tenant: Account.
        at: Instant in whole epoch seconds.
    """
    found: dict[str, list[Data]] = {}
    for listing in (agents, queues, trunks):
        operation = listing.operation
        fields = {pin.key: pin.fields for pin in tenant.pins_of(operation.kind) if pin.holds(at)}

        def read_pins(numbers: Collection[str], fields: Mapping[str, Data] = fields) -> Mapping[str, Data]:
            return {number: fields[number] for number in fields if number in numbers}

        data = _pinned_data(listing, tenant.center, at, None, read_pins=read_pins if fields else None)
        # Fragments of JSON are read again, so that these are the values of a response whatever it was made from.
        found[operation.key] = orjson.loads(orjson.dumps(data))[operation.key]
    return found


def _pinned_data(
    endpoint: Endpoint, center: Center, at: float, number: int | None, *, read_pins: ReadPins | None
) -> Data:
    """Return the `DataSet` of a resource with the pins that are read for it."""
    operation, view = endpoint.operation, endpoint.view
    if operation is AGENTS:
        return serialized_agents(center, at, read_pins)
    data: Data = view(center, at, number) if operation.parameter else view(center, at)
    if read_pins is not None:
        shown = _records(operation, data)
        for key, fields in read_pins(shown).items():
            shown[key].update(fields)
    return data


class FinalResponse(Response):
    """A response whose headers are complete, so that Flask need not copy and check them."""

    def get_wsgi_headers(self, environ: Any) -> Headers:
        """Return the headers as they are."""
        return self.headers


def resource_response(cached: CachedResponse) -> Response:
    """
    Return a cached response for the current request, 304 when the client has it already.

    Raises:
        PreconditionFailed: If-Match names other responses only.
    """
    request.environ[RESPONSE_REASON] = cached.reason
    if cached.tag is not None and unchanged(request.environ, cached.tag):
        return Response(status=304, headers=[header for header in cached.headers if header is not JSON])
    return FinalResponse(cached.body, 200, cached.headers)


def _records(operation: Operation, data: Data) -> dict[str, Data]:
    """Return the records of a `DataSet` by the numbers of their objects."""
    records = [data[operation.key]] if operation.parameter else data[operation.key]
    return {record[_KEYS[operation.kind]]: record for record in records}


def _cached(data: Data, tenant: Tenant, instant: str, reason: str) -> CachedResponse:
    body = orjson.dumps({"Error": None, "DataSet": data})
    tag = etag(body)
    headers = [*HEADERS, ("ETag", tag), ("Cache-Control", "no-cache"), *snapshot_headers(tenant, instant)]
    return CachedResponse(body, headers, tag, reason)
