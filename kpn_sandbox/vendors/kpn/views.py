"""
Question to record: what each operation asks the center, spelled for the wire.

URL to question: the six resources and the token endpoint.
"""

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import orjson
from authlib.oauth2 import OAuth2Error
from flask import Blueprint, Response, request
from werkzeug.datastructures import Headers
from werkzeug.exceptions import NotFound as HttpNotFound

from kpn_sandbox.auth import BearerAuth
from kpn_sandbox.caching import BoundedCache
from kpn_sandbox.gateway.api import RESERVED
from kpn_sandbox.gateway.fast_path import CacheableRequest, CachedAnswer, FastRoute
from kpn_sandbox.gateway.request_context import RequestLifecycle
from kpn_sandbox.gateway.responses import etag, unchanged
from kpn_sandbox.simulation.center import Center
from kpn_sandbox.simulation.facts import AgentFact
from kpn_sandbox.tenants.accounts import Account
from kpn_sandbox.tenants.clock import format_instant
from kpn_sandbox.tenants.faults import Outcome
from kpn_sandbox.tenants.pins import Pins
from kpn_sandbox.tenants.sandbox import Sandbox
from kpn_sandbox.tenants.tenant import Tenant
from kpn_sandbox.vendors.kpn.api import KpnManners
from kpn_sandbox.vendors.kpn.auth import KpnTokenEndpoint
from kpn_sandbox.vendors.kpn.errors import BadRequest, allowed, told
from kpn_sandbox.vendors.kpn.headers import HEADERS, JSON, PREFLIGHT
from kpn_sandbox.vendors.kpn.operations import (
    AGENT,
    AGENTS,
    OPERATIONS,
    QUEUE,
    QUEUES,
    RESOURCES,
    TOKEN,
    TRUNK,
    TRUNKS,
    Operation,
)
from kpn_sandbox.vendors.kpn.records import agent_record, queue_record, trunk_record
from kpn_sandbox.vendors.kpn.schemas import AgentSchema, Pieces, QueueSchema, TrunkSchema, writer

Question = Callable[[Center, float, int | None], dict[str, Any]]

KEYS = {"agents": "Logid", "queues": "Number", "trunks": "Number"}
"""Per kind of object the field that tells them apart."""

_agent = writer(AgentSchema)
_agents = Pieces(AgentSchema, "Time")
_queue = writer(QueueSchema)
_trunk = writer(TrunkSchema)


def agents(center: Center, at: float, number: int | None) -> dict[str, Any]:
    """All agents."""
    return {"agents": [_agent(agent_record(fact, at)) for fact in center.agents(at)]}


def agent(center: Center, at: float, number: int | None) -> dict[str, Any]:
    """One agent, the first without a number."""
    return {"agent": _agent(agent_record(center.agents(at)[0] if number is None else center.agent(number, at), at))}


def queues(center: Center, at: float, number: int | None) -> dict[str, Any]:
    """All queues."""
    return {"queues": [_queue(queue_record(fact)) for fact in center.queues(at)]}


def queue(center: Center, at: float, number: int | None) -> dict[str, Any]:
    """One queue, the first without a number."""
    return {"queue": _queue(queue_record(center.queues(at)[0] if number is None else center.queue(number, at)))}


def trunks(center: Center, at: float, number: int | None) -> dict[str, Any]:
    """All trunks."""
    return {"trunks": [_trunk(trunk_record(fact)) for fact in center.trunks(at)]}


def trunk(center: Center, at: float, number: int | None) -> dict[str, Any]:
    """One trunk, the first without a number."""
    return {"trunk": _trunk(trunk_record(center.trunks(at)[0] if number is None else center.trunk(number, at)))}


QUESTIONS: dict[Operation, Question] = {
    AGENTS: agents,
    AGENT: agent,
    QUEUES: queues,
    QUEUE: queue,
    TRUNKS: trunks,
    TRUNK: trunk,
}


def ready_agents(center: Center, at: float, number: int | None) -> dict[str, Any]:
    """All agents, each spelled already: most of them have only grown older in their status since the last time."""

    def spelled(fact: AgentFact) -> orjson.Fragment:
        return orjson.Fragment(_agents.spell(fact, fact.seconds_in_status(at), lambda: agent_record(fact, at)))

    return {"agents": [spelled(fact) for fact in center.agents(at)]}


READY: dict[Operation, Question] = {**QUESTIONS, AGENTS: ready_agents}
"""The same questions, for answers that nothing is laid over."""


def records(operation: Operation, data: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The records in the answer to a question, by their keys."""
    held = data[operation.key] if operation.parameter is None else [data[operation.key]]
    return {record[KEYS[operation.kind]]: record for record in held}


ANSWER_BYTES = 16 * 1024 * 1024
"""Answers kept, for callers who ask again within the second."""

_DIGITS = re.compile(r"[0-9]{1,9}")
_UNSTORED = (("Cache-Control", "no-store"), ("Pragma", "no-cache"))


class Ready(Response):
    """A response whose headers are complete, so that they are not copied and looked through once more."""

    def get_wsgi_headers(self, environ: Any) -> Headers:
        """The headers as they are."""
        return self.headers


class Dashboard:
    """
    Answers requests for the six resources.

    The body of one account, question and second is built once, unless a pin counts who sees it.

    Args:
        guard: Tells who calls.
        around: Begins each exchange.
        manners: KPN's.
        pins: What is laid over the center.
    """

    def __init__(self, guard: BearerAuth, around: RequestLifecycle, manners: KpnManners, pins: Pins) -> None:
        self._guard = guard
        self._around = around
        self._manners = manners
        self._pins = pins
        self._answers: BoundedCache[CachedAnswer] = BoundedCache(ANSWER_BYTES, lambda answer: len(answer.body) + 1024)

    def respond(self, operation: Operation, text: str | None) -> Response:
        """
        The answer to the current request.

        Args:
            operation: What is asked for.
            text: The variable of the path.
        """
        refuse = partial(_forced, operation, None)
        exchange = self._around.begin(self._manners, operation.key, refuse)
        tenant = self._guard.authenticate(request.environ.get("HTTP_AUTHORIZATION"))
        at = self._around.admit(exchange, tenant)
        number = None if text is None else _number(operation, text)
        if number in RESERVED:
            refuse = partial(_forced, operation, f"{operation.subject} {number}")
            exchange.notes.append("reserved number")
            exchange.happen(Outcome(status=RESERVED[number]), refuse)
            number = None
        return _response(self._answer(operation, tenant, at // 1, number))

    def plain(
        self, operation: Operation, environ: dict[str, Any], text: str | None, at: float | None
    ) -> CacheableRequest | None:
        """
        The answer to a plain request.

        Args:
            operation: What is asked for.
            environ: The request.
            text: The variable of the path.
            at: The instant that the answer shall be of; None for now.

        Returns:
            None when it is not plain: a reserved number, an account with a quota, a fault or a pin that counts.
        """
        if (text is None) != (operation.parameter is None):
            return None
        tenant = self._guard.authenticate(environ.get("HTTP_AUTHORIZATION"))
        number = None if text is None else _number(operation, text)
        if tenant.quota or tenant.plans or number in RESERVED or tenant.counts_reads(operation.kind):
            return None
        answer = self._answer(operation, tenant, (tenant.now() if at is None else at) // 1, number)
        return CacheableRequest(tenant, self._manners.api, operation.key, answer)

    def _answer(self, operation: Operation, tenant: Tenant, at: float, number: int | None) -> CachedAnswer:
        if tenant.pins and tenant.counts_reads(operation.kind):
            return self._built(operation, tenant, at, number)
        key = (tenant.cache_key, operation.key, number, at)
        answer = self._answers.find(key)
        if answer is None:
            answer = self._built(operation, tenant, at, number)
            self._answers.put(key, answer)
        return answer

    def _built(self, operation: Operation, tenant: Tenant, at: float, number: int | None) -> CachedAnswer:
        if not tenant.pins:
            return _written(READY[operation](tenant.center, at, number), tenant, format_instant(at))
        data = QUESTIONS[operation](tenant.center, at, number)
        shown = records(operation, data)
        for pin in self._pins.read(tenant.account.client_id, tenant.pins_of(operation.kind), keys=shown, at=at):
            shown[pin.key].update(pin.fields)
        return _written(data, tenant, format_instant(at))


class Counter:
    """
    Answers requests for a token.

    Args:
        desk: Makes the answer.
        around: Begins each exchange.
        manners: KPN's.
        sandbox: Knows the accounts.
    """

    def __init__(self, desk: KpnTokenEndpoint, around: RequestLifecycle, manners: KpnManners, sandbox: Sandbox) -> None:
        self._desk = desk
        self._around = around
        self._manners = manners
        self._sandbox = sandbox

    def respond(self) -> Response:
        """The answer to the current request."""
        exchange = self._around.begin(self._manners, TOKEN.key, partial(_forced, TOKEN, None))

        def admit(account: Account) -> None:
            self._around.admit(exchange, self._sandbox.tenant(account.client_id), counted=False)

        return Response(self._desk.answer(request, admit), headers=[*HEADERS, *_UNSTORED])


def roads(dashboard: Dashboard, base_path: str) -> dict[str, FastRoute]:
    """The short ways to the resources."""
    return {
        home + operation.path.partition("/{")[0]: partial(dashboard.plain, operation)
        for operation in RESOURCES
        for home in ("", base_path)
    }


def blueprint(dashboard: Dashboard, counter: Counter, base_path: str) -> Blueprint:
    """
    The routes.

    Args:
        dashboard: Answers requests for resources.
        counter: Answers requests for a token.
        base_path: Second home of the resources, empty for none.
    """
    kpn = Blueprint("kpn", __name__)
    for operation in OPERATIONS:
        view = counter.respond if operation is TOKEN else _resource_view(dashboard, operation)
        methods = ["GET", "POST"] if operation is TOKEN else ["GET"]
        for home in {"", base_path} if operation is not TOKEN else {""}:
            name = operation.key + ("_at_base_path" if home else "")
            kpn.add_url_rule(home + operation.rules[0], name, view, methods=methods, provide_automatic_options=False)
            preflight = _preflight_view(operation)
            kpn.add_url_rule(home + operation.rules[0], f"{name}_preflight", preflight, methods=["OPTIONS"])
    return kpn


class Refusals:
    """
    Answers requests that went wrong, in KPN's shape.

    Args:
        guard: Tells who calls.
        around: Begins the exchange of a request that asks for nothing that exists.
        manners: KPN's.
        base_path: Second home of the resources, empty for none.
    """

    def __init__(self, guard: BearerAuth, around: RequestLifecycle, manners: KpnManners, base_path: str) -> None:
        self._guard = guard
        self._around = around
        self._manners = manners
        self._home = f"{base_path}/" if base_path else ""

    def respond(self, error: Exception) -> Response:
        """
        The answer to the current request.

        Below the base path a caller must first show that he may know which paths exist.
        """
        at_home = bool(self._home) and f"{request.path}/".startswith(self._home)
        # A path with a slip in it is what one looks for in the journal.
        self._around.begin_refusal(self._manners)
        if at_home and isinstance(error, HttpNotFound):
            try:
                self._guard.authenticate(request.environ.get("HTTP_AUTHORIZATION"))
            except OAuth2Error as stranger:
                error = stranger
        return self._manners.refused(error)


def _resource_view(dashboard: Dashboard, operation: Operation) -> Callable[..., Response]:
    def view(Logid: str | None = None, Number: str | None = None) -> Response:
        return dashboard.respond(operation, Logid or Number)

    return view


def _preflight_view(operation: Operation) -> Callable[..., Response]:
    methods = ", ".join(allowed(operation))
    headers = [*PREFLIGHT, ("Access-Control-Allow-Methods", methods), ("Allow", methods), JSON]

    def view(Logid: str | None = None, Number: str | None = None) -> Response:
        return Response(status=200, headers=headers)

    return view


def _number(operation: Operation, text: str) -> int:
    if not _DIGITS.fullmatch(text):
        raise BadRequest(f"{operation.parameter} must be 1 to 9 digits")
    return int(text)


def _forced(operation: Operation, subject: str | None, status: int) -> Exception:
    return told(status, operation, request.base_url, subject)


def _written(data: dict[str, Any], tenant: Tenant, instant: str) -> CachedAnswer:
    body = orjson.dumps({"Error": None, "DataSet": data})
    tag = etag(body)
    special = [
        ("ETag", tag),
        ("Cache-Control", "no-cache"),
        ("X-Sandbox-Time", instant),
        ("X-Sandbox-Replay", tenant.replay(instant)),
    ]
    return CachedAnswer(body, tag, [*HEADERS, *special])


def _response(answer: CachedAnswer) -> Response:
    if unchanged(request.environ, answer.tag):
        return Response(status=304, headers=[header for header in answer.headers if header is not JSON])
    return Ready(answer.body, 200, answer.headers)
