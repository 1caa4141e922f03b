"""URL to question to record: the six resources and the token endpoint."""

import re
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import quote

import orjson
from authlib.oauth2 import OAuth2Error
from flask import Blueprint, Response, request
from werkzeug.datastructures import Headers
from werkzeug.exceptions import NotFound as HttpNotFound

from ...auth import Guard
from ...control.clock import format_instant
from ...control.memory import Recent
from ...control.sandbox import Tenant
from ...simulation.center import Center
from .. import hooks
from . import errors
from ..conditional import etag, unchanged
from .auth import TokenDesk
from .errors import BadRequest, allowed, told
from .headers import HEADERS, JSON, PREFLIGHT
from .operations import AGENT, AGENTS, OPERATIONS, QUEUE, QUEUES, RESERVED, STATUSES, TOKEN, TRUNK, TRUNKS, Operation
from .records import agent_record, queue_record, trunk_record
from .schemas import AgentSchema, QueueSchema, TrunkSchema, writer

ANSWER_BYTES = 16 * 1024 * 1024
"""Answers kept, for callers who ask again within the second."""

_AUTHORITY = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*://[^/?]*")
_DIGITS = re.compile(r"[0-9]{1,9}")

Question = Callable[[Center, float, int | None], dict[str, Any]]

_agent = writer(AgentSchema)
_queue = writer(QueueSchema)
_trunk = writer(TrunkSchema)


def agents(center: Center, at: float, number: int | None) -> dict[str, Any]:
    """All agents."""
    return {"agents": [_agent(agent_record(fact)) for fact in center.agents(at)]}


def agent(center: Center, at: float, number: int | None) -> dict[str, Any]:
    """One agent, the first without a number."""
    return {"agent": _agent(agent_record(center.agents(at)[0] if number is None else center.agent(number, at)))}


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


class Answer(NamedTuple):
    """What is sent, ready to be sent again."""

    body: bytes
    tag: str
    headers: list[tuple[str, str]]


class Ready(Response):
    """A response whose headers are complete, so that they are not copied and looked through once more."""

    def get_wsgi_headers(self, environ: Any) -> Headers:
        """The headers as they are."""
        return self.headers


class Dashboard:
    """
    Answers requests for the six resources.

    The body of one account, question and second is built once.

    Args:
        guard: Tells who calls.
        pause: Lets some seconds pass.
    """

    def __init__(self, guard: Guard, pause: hooks.Pause) -> None:
        self._guard = guard
        self._pause = pause
        self._answers: Recent[Answer] = Recent(ANSWER_BYTES, lambda answer: len(answer.body) + 1024)

    def respond(self, operation: Operation, text: str | None) -> Response:
        """
        The answer to the current request.

        Args:
            operation: What is asked for.
            text: The variable of the path.
        """
        wishes = hooks.wished(self._pause, STATUSES, lambda status: told(status, operation, request.base_url))
        tenant = self._guard.tenant(request.environ.get("HTTP_AUTHORIZATION"))
        number = None if text is None else _number(operation, text)
        at = tenant.now() if wishes.at is None else wishes.at
        if number in RESERVED:
            return self._reserved(operation, tenant, at, RESERVED[number])
        return _response(self._answer(operation, tenant, at, number))

    def _answer(self, operation: Operation, tenant: Tenant, at: float, number: int | None) -> Answer:
        key = (tenant.world, operation.key, number, at // 1)
        answer = self._answers.find(key)
        if answer is None:
            answer = _built(operation, tenant, at, number)
            self._answers.put(key, answer)
        return answer

    def _reserved(self, operation: Operation, tenant: Tenant, at: float, status: int) -> Response:
        def refuse(status: int) -> Exception:
            return told(status, operation, request.base_url, f"{operation.subject} {99_000 + status}")

        hooks.Outcome(status).happen(self._pause, refuse)
        response = _response(self._answer(operation, tenant, at, None))
        response.status_code = status if response.status_code == 200 else response.status_code
        return response


def blueprint(dashboard: Dashboard, desk: TokenDesk, pause: hooks.Pause, base_path: str) -> Blueprint:
    """
    The routes.

    Args:
        dashboard: Answers requests for resources.
        desk: Answers requests for a token.
        pause: Lets some seconds pass.
        base_path: Second home of the resources, empty for none.
    """
    kpn = Blueprint("kpn", __name__)
    for operation in OPERATIONS:
        view = _token_view(desk, pause) if operation is TOKEN else _resource_view(dashboard, operation)
        methods = ["GET", "POST"] if operation is TOKEN else ["GET"]
        for home in {"", base_path} if operation is not TOKEN else {""}:
            name = operation.key + ("_at_base_path" if home else "")
            kpn.add_url_rule(home + operation.rule, name, view, methods=methods, provide_automatic_options=False)
            preflight = _preflight_view(operation)
            kpn.add_url_rule(home + operation.rule, f"{name}_preflight", preflight, methods=["OPTIONS"])
    return kpn


def refused(error: Exception, guard: Guard, base_path: str) -> Response:
    """
    The answer to a request that went wrong, in KPN's shape.

    Below the base path a caller must first show that he may know which paths exist.
    """
    if isinstance(error, HttpNotFound) and base_path and f"{request.path}/".startswith(f"{base_path}/"):
        try:
            guard.tenant(request.environ.get("HTTP_AUTHORIZATION"))
        except OAuth2Error as stranger:
            error = stranger
    return errors.refused(error, raw_path(request.environ)).response()


def raw_path(environ: dict[str, Any]) -> str:
    """The path as it came over the wire, nothing decoded."""
    target: str = environ.get("RAW_URI") or environ.get("REQUEST_URI") or quote(environ.get("PATH_INFO", ""))
    return _AUTHORITY.sub("", target).partition("?")[0]


def _resource_view(dashboard: Dashboard, operation: Operation) -> Callable[..., Response]:
    def view(Logid: str | None = None, Number: str | None = None) -> Response:
        return dashboard.respond(operation, Logid or Number)

    return view


def _token_view(desk: TokenDesk, pause: hooks.Pause) -> Callable[..., Response]:
    def view() -> Response:
        hooks.wished(pause, STATUSES, lambda status: told(status, TOKEN, request.base_url))
        return Response(desk.answer(request), headers=[*HEADERS, ("Cache-Control", "no-store"), ("Pragma", "no-cache")])

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


def _built(operation: Operation, tenant: Tenant, at: float, number: int | None) -> Answer:
    body = orjson.dumps({"Error": None, "DataSet": QUESTIONS[operation](tenant.center, at, number)})
    tag, instant = etag(body), format_instant(at)
    special = [
        ("ETag", tag),
        ("Cache-Control", "no-cache"),
        ("X-Sandbox-Time", instant),
        ("X-Sandbox-Replay", tenant.replay(instant)),
    ]
    return Answer(body, tag, [*HEADERS, *special])


def _response(answer: Answer) -> Response:
    if unchanged(request.environ, answer.tag):
        return Response(status=304, headers=[header for header in answer.headers if header is not JSON])
    return Ready(answer.body, 200, answer.headers)
