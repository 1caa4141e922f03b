"""
One request of a vendor's API and its answer.

An outcome may be forced by the caller (`Prefer`), by a reserved number or by a fault plan, and always happens in the
same way: a status of 300 or more ends the request with the vendor's own refusal, a lower one replaces only the status
of an answer that succeeded. What is the vendor's own stands in its `Manners`.

What goes around every request of every vendor's API.

    begin       the stopwatch starts, and what the caller wishes happens
    admit       who calls is known: a quota counts, and a fault that is due happens
    finish      the answer is told what it needs to tell, the journal is written, and the connection may break
"""

import logging
from collections.abc import Callable, Collection
from time import perf_counter
from typing import Any, NamedTuple, Protocol

import orjson
from flask import Response, request

from kpn_sandbox.gateway.fault_injection import BREAKS, BrokenConnection, drip
from kpn_sandbox.gateway.prefer_header import NONE, preferences
from kpn_sandbox.gateway.request_info import STORAGE_ERROR, entry, request_id
from kpn_sandbox.storage import StorageError
from kpn_sandbox.tenants.faults import Outcome
from kpn_sandbox.tenants.quota import Quota, QuotaState
from kpn_sandbox.tenants.request_log import LogEntry
from kpn_sandbox.tenants.sandbox import Sandbox
from kpn_sandbox.tenants.tenant import Tenant

Pause = Callable[[float], None]
"""Lets some seconds pass while others are served."""

Refuse = Callable[[int], Exception]
"""Makes the vendor's refusal of a status."""

_WITHOUT_BODY = (204, 205)
_OF_A_BODY = ("Content-Length", "Content-Type", "ETag")
_NO_ANSWER = 0


class Caller(NamedTuple):
    """Whose a request is that was not admitted."""

    tenant: Tenant | None
    """None when nobody can tell."""
    note: str = ""
    """Why it was not admitted, for the journal."""


class Manners(Protocol):
    """How one vendor's API takes part in an exchange."""

    api: str
    """The one word for it in settings and in the journal."""
    statuses: Collection[int]
    """Those that a caller may wish for."""

    def caller(self) -> Caller:
        """Whose the current request is, though it was not admitted."""

    def quota_headers(self, count: QuotaState) -> list[tuple[str, str]]:
        """How a quota is told."""

    def refused(self, error: Exception) -> Response:
        """The answer when this went wrong."""


class RequestContext:
    """
    One request and its answer.

    Args:
        manners: Those of the API that is asked.
        operation: What is asked for; empty when nothing of the API is.
        refuse: Makes the refusal of a status.
        pause: Lets some seconds pass.
        wall_at: Wall time.
    """

    # One is made per request, and most of them need little of it.
    __slots__ = (
        "manners",
        "operation",
        "refuse",
        "wall_at",
        "at",
        "tenant",
        "applied",
        "count",
        "outcomes",
        "notes",
        "_pause",
        "_began",
    )

    def __init__(self, manners: Manners, operation: str, refuse: Refuse, pause: Pause, wall_at: float) -> None:
        self.manners = manners
        self.operation = operation
        self.wall_at = wall_at
        self.at: float | None = None
        """The instant that the caller wishes an answer of; None for now."""
        self.tenant: Tenant | None = None
        """Who calls, once he is known."""
        self.applied = ""
        """The wishes that were fulfilled."""
        self.count: QuotaState | None = None
        """How the quota stands, when the request was counted."""
        self.outcomes: list[Outcome] = []
        self.notes: list[str] = []
        """What the journal shall tell beside request and answer."""
        self.refuse = refuse
        self._pause = pause
        self._began = perf_counter()

    def happen(self, outcome: Outcome, refuse: Refuse | None = None) -> None:
        """
        Let an outcome happen as far as it comes before the answer.

        Args:
            outcome: What shall become of the request.
            refuse: Makes the refusal of its status, when that is another one than usual.

        Raises:
            Exception: The refusal.
        """
        self.outcomes.append(outcome)
        if outcome.delay_ms:
            self._pause(outcome.delay_ms / 1000)
        if outcome.connection in BREAKS:
            # Nobody will see this refusal; it only saves the making of an answer.
            raise self.refuse(503)
        if outcome.status is not None and outcome.status >= 300:
            raise (refuse or self.refuse)(outcome.status)

    def dress(self, response: Response) -> None:
        """Add to an answer what is forced, wished and counted."""
        for outcome in self.outcomes:
            _force(outcome, response)
        if self.applied:
            response.headers["Preference-Applied"] = self.applied
        if self.count is not None:
            response.headers.extend(self.manners.quota_headers(self.count))

    def delivered(self, response: Response) -> Response:
        """The answer as it shall arrive, if it does."""
        for outcome in self.outcomes:
            if outcome.connection in BREAKS:
                return BrokenConnection(str(outcome.connection))
            if outcome.connection is not None:
                return drip(response, self._pause)
        return response

    def entry(self, environ: dict[str, Any], response: Response) -> LogEntry | None:
        """What the journal keeps; None when nobody can tell whose request it is."""
        if self.tenant is None:
            self.tenant, note = self.manners.caller()
            if self.tenant is None:
                return None
            self.notes += [note] if note else []
        return entry(
            environ,
            self.tenant,
            api=self.manners.api,
            operation=self.operation,
            status=self._status(response),
            wall_at=self.wall_at,
            began=self._began,
            note="; ".join(self.notes),
            retry_after=_seconds(response.headers.get("Retry-After")),
        )

    def _status(self, response: Response) -> int:
        broken = self.outcomes and any(outcome.connection in BREAKS for outcome in self.outcomes)
        return _NO_ANSWER if broken else response.status_code


def _force(outcome: Outcome, response: Response) -> None:
    forced = response.status_code if outcome.status is None else outcome.status
    if response.status_code not in (200, forced) or outcome.ok:
        return
    response.status_code = forced
    if outcome.body is not None:
        response.set_data(outcome.body.encode() if isinstance(outcome.body, str) else orjson.dumps(outcome.body))
        response.headers.pop("ETag", None)
    if forced in _WITHOUT_BODY:
        response.set_data(b"")
        for name in _OF_A_BODY:
            response.headers.pop(name, None)
    for name, value in outcome.headers.items():
        response.headers[name] = value


def _seconds(retry_after: str | None) -> int | None:
    return int(retry_after) if retry_after and retry_after.isascii() and retry_after.isdigit() else None


_EXCHANGE = "kpn_sandbox.exchange"

_log = logging.getLogger(__name__)


class Limits(NamedTuple):
    """How often a vendor lets somebody ask whose account says nothing else."""

    quota: Quota | None = None
    counter: str = ""
    """What is counted apart from the API's other requests."""


NO_LIMITS = Limits()


class RequestLifecycle:
    """
    Begins and finishes exchanges.

    Args:
        sandbox: Counts, decides on faults, and keeps the journal.
        pause: Lets some seconds pass.
    """

    def __init__(self, sandbox: Sandbox, pause: Pause) -> None:
        self._sandbox = sandbox
        self._pause = pause

    def begin(self, manners: Manners, operation: str, refuse: Refuse) -> RequestContext:
        """
        Begin the exchange of the current request, and let happen what the caller wishes.

        Args:
            manners: Those of the API that is asked.
            operation: What is asked for.
            refuse: Makes the refusal of a status.

        Raises:
            MalformedPreference: A wish is not understood.
            StorageError: The request has met one already.
            Exception: What `refuse` makes of a wished status.
        """
        exchange = self._open(manners, operation, refuse)
        if STORAGE_ERROR in request.environ:
            raise request.environ[STORAGE_ERROR]
        wishes = preferences(request.environ, manners.statuses)
        if wishes is not NONE:
            exchange.at, exchange.applied = wishes.at, wishes.applied
            exchange.notes.append(wishes.note)
            if wishes.code is not None or wishes.delay_ms:
                exchange.happen(Outcome(status=wishes.code, delay_ms=wishes.delay_ms))
        return exchange

    def begin_refusal(self, manners: Manners) -> None:
        """Begin the exchange of a request that asks for nothing the API has, so that the journal tells it."""
        if _EXCHANGE not in request.environ:
            self._open(manners, "", _unforced)

    def admit(
        self, exchange: RequestContext, tenant: Tenant, *, counted: bool = True, limits: Limits = NO_LIMITS
    ) -> float:
        """
        Let the caller in: his quota counts, and a fault that is due happens.

        Args:
            exchange: That of the current request.
            tenant: Who calls.
            counted: Whether the request is one of those that a quota is about.
            limits: What the vendor itself allows.

        Returns:
            The instant that the answer shall be of.

        Raises:
            Exception: The refusal, when the quota is used up or a fault says so.
        """
        exchange.tenant = tenant
        if counted and (tenant.quota is not None or limits.quota is not None):
            self._count(exchange, tenant, limits)
        if tenant.plans:
            self._fail(exchange, tenant)
        return tenant.now() if exchange.at is None else exchange.at

    def finish(self, response: Response) -> Response:
        """Tell the request's id and all that belongs to its exchange, and note it in the journal."""
        environ = request.environ
        exchange: RequestContext | None = environ.get(_EXCHANGE)
        if exchange is not None:
            if exchange.outcomes or exchange.applied or exchange.count is not None:
                exchange.dress(response)
            response = self._noted(exchange, response)
            if exchange.outcomes:
                response = exchange.delivered(response)
        response.headers["X-Request-Id"] = request_id(environ)
        return response

    def _open(self, manners: Manners, operation: str, refuse: Refuse) -> RequestContext:
        exchange = RequestContext(manners, operation, refuse, self._pause, self._sandbox.wall_clock())
        request.environ[_EXCHANGE] = exchange
        return exchange

    def _count(self, exchange: RequestContext, tenant: Tenant, limits: Limits) -> None:
        counter = f"{exchange.manners.api}{limits.counter}"
        quota = tenant.quota or limits.quota
        if quota is None:
            return
        exchange.count = self._sandbox.quotas.count(tenant.account.client_id, quota, counter, tenant.now())
        if exchange.count.exceeded:
            exchange.notes.append("quota used up")
            raise exchange.refuse(429)

    def _fail(self, exchange: RequestContext, tenant: Tenant) -> None:
        outcome = self._sandbox.faults.take_outcome(
            tenant.account.client_id, tenant.plans, exchange.manners.api, exchange.operation
        )
        if outcome is not None:
            told = (f"{name} {value}" for name, value in outcome.to_dict().items() if name not in ("body", "headers"))
            exchange.notes.append(f"fault: {', '.join(told)}")
            exchange.happen(outcome)

    def _noted(self, exchange: RequestContext, response: Response) -> Response:
        """The answer once it is written down; without that it must not go out, unless it says that nothing works."""
        if not self._sandbox.request_log.on or STORAGE_ERROR in request.environ:
            return response
        try:
            entry = exchange.entry(request.environ, response)
            if entry is not None:
                self._sandbox.request_log.write(entry)
            return response
        except Exception as error:
            trace = None if isinstance(error, StorageError) else error
            _log.error("request %s not noted: %s", request_id(request.environ), error, exc_info=trace)
            return exchange.manners.refused(error)


def _unforced(status: int) -> Exception:
    raise AssertionError(f"nobody forces {status} on a request that is refused already")
