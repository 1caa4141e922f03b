"""
What goes around every request of every vendor's API.

    begin       the stopwatch starts, and what the caller wishes happens
    admit       who calls is known: a quota counts, and a fault that is due happens
    finish      the answer is told what it needs to tell, the journal is written, and the connection may break
"""

import logging
from typing import NamedTuple

from flask import Response, request

from kpn_sandbox.apis.exchange import Exchange, Manners, Pause, Refuse
from kpn_sandbox.apis.preferences import NONE, preferences
from kpn_sandbox.apis.wire import STORAGE_ERROR, request_id
from kpn_sandbox.control.faults import Outcome
from kpn_sandbox.control.quota import Quota
from kpn_sandbox.control.sandbox import Sandbox
from kpn_sandbox.control.tenant import Tenant
from kpn_sandbox.storage import StorageError

_EXCHANGE = "kpn_sandbox.exchange"

_log = logging.getLogger(__name__)


class Limits(NamedTuple):
    """How often a vendor lets somebody ask whose account says nothing else."""

    quota: Quota | None = None
    counter: str = ""
    """What is counted apart from the API's other requests."""


NO_LIMITS = Limits()


class Hooks:
    """
    Begins and finishes exchanges.

    Args:
        sandbox: Counts, decides on faults, and keeps the journal.
        pause: Lets some seconds pass.
    """

    def __init__(self, sandbox: Sandbox, pause: Pause) -> None:
        self._sandbox = sandbox
        self._pause = pause

    def begin(self, manners: Manners, operation: str, refuse: Refuse) -> Exchange:
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
        self, exchange: Exchange, tenant: Tenant, *, counted: bool = True, limits: Limits = NO_LIMITS
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
        exchange: Exchange | None = environ.get(_EXCHANGE)
        if exchange is not None:
            if exchange.outcomes or exchange.applied or exchange.count is not None:
                exchange.dress(response)
            response = self._noted(exchange, response)
            if exchange.outcomes:
                response = exchange.delivered(response)
        response.headers["X-Request-Id"] = request_id(environ)
        return response

    def _open(self, manners: Manners, operation: str, refuse: Refuse) -> Exchange:
        exchange = Exchange(manners, operation, refuse, self._pause, self._sandbox.source())
        request.environ[_EXCHANGE] = exchange
        return exchange

    def _count(self, exchange: Exchange, tenant: Tenant, limits: Limits) -> None:
        counter = f"{exchange.manners.api}{limits.counter}"
        exchange.count = self._sandbox.quotas.count(tenant, counter, otherwise=limits.quota)
        if exchange.count is not None and exchange.count.exceeded:
            exchange.notes.append("quota used up")
            raise exchange.refuse(429)

    def _fail(self, exchange: Exchange, tenant: Tenant) -> None:
        outcome = self._sandbox.faults.due(tenant, exchange.manners.api, exchange.operation)
        if outcome is not None:
            told = (f"{name} {value}" for name, value in outcome.to_dict().items() if name not in ("body", "headers"))
            exchange.notes.append(f"fault: {', '.join(told)}")
            exchange.happen(outcome)

    def _noted(self, exchange: Exchange, response: Response) -> Response:
        """The answer once it is written down; without that it must not go out, unless it says that nothing works."""
        if not self._sandbox.journal.on or STORAGE_ERROR in request.environ:
            return response
        try:
            entry = exchange.entry(request.environ, response)
            if entry is not None:
                self._sandbox.journal.note(entry)
            return response
        except Exception as error:
            trace = None if isinstance(error, StorageError) else error
            _log.error("request %s not noted: %s", request_id(request.environ), error, exc_info=trace)
            return exchange.manners.refused(error)


def _unforced(status: int) -> Exception:
    raise AssertionError(f"nobody forces {status} on a request that is refused already")
