"""
The processing of one request by an API, written once for all of them.

    open            the Prefer header is read, and a status or delay that it forces applies
    authenticate    the API finds the account (token endpoints do that in their view)
    authorize       the request counts for the quota, and a fault that is due applies
    reserved        an identifier that is reserved for a status forces it
    view            the API's own part
    close           headers of what was applied, the request log, a broken connection

An outcome is forced by the client (`Prefer`), by a reserved identifier or by a fault plan, and applies in the same way
whoever forces it: a status of 300 or more ends the request with the API's own error, a lower one replaces only the
status of a response that succeeded.
"""

import logging
from collections.abc import Callable, Collection, Iterator, Mapping
from io import BytesIO
from time import perf_counter
from typing import NamedTuple, Protocol

import orjson
from flask import Response, request

from kpn_sandbox.gateway.error_handling import ApiError
from kpn_sandbox.gateway.fault_injection import BREAKS, DAMAGES, BrokenConnection
from kpn_sandbox.gateway.hosts import own_url
from kpn_sandbox.gateway.operations import Endpoint, Operation, phrase
from kpn_sandbox.gateway.prefer_header import NO_PREFERENCES, preferences
from kpn_sandbox.gateway.reasons import FAULT, PREFER_HEADER, QUOTA, RESERVED_NUMBER, joined_reasons
from kpn_sandbox.gateway.request_info import (
    AUTHENTICATED,
    LOG_FACTS,
    REFUSAL,
    RESPONSE_REASON,
    STORAGE_ERROR,
    WITHOUT_HSTS,
    LogFacts,
    log_entry,
    request_id,
)
from kpn_sandbox.gateway.request_metrics import RequestMetrics
from kpn_sandbox.storage import StorageError
from kpn_sandbox.tenants.accounts import Account
from kpn_sandbox.tenants.faults import Outcome
from kpn_sandbox.tenants.quota import Quota, QuotaState
from kpn_sandbox.tenants.request_log import LogEntry, LoggedHeaders, loggable_body
from kpn_sandbox.tenants.sandbox import Sandbox
from kpn_sandbox.tenants.tenant import Tenant

Pause = Callable[[float], bool]
"""
Waits for some seconds while other requests are served.

Returns whether the server is stopping; it then returns at once, so that a delayed response is still sent. `wait` of an
event that is set at the stop is such a function.
"""

CONTROL_KEY = "sandbox"
"""Key of the control API among those of the vendors' APIs."""
CONTROL = "control"
"""Name of its blueprint."""

_CONTEXT = "kpn_sandbox.request_context"
_BEGAN = "kpn_sandbox.began"
_WITHOUT_BODY = (204, 205)
_BODY_HEADERS = ("Content-Length", "Content-Type", "ETag")

_log = logging.getLogger(__name__)


class Caller(NamedTuple):
    """The account that a rejected request is logged for."""

    tenant: Tenant | None
    """None when the request identifies no account."""
    note: str = ""
    """Reason of the rejection, for the request log."""


class Reserved(NamedTuple):
    """A reserved identifier in a request."""

    status: int
    subject: str = ""
    """What the identifier names, for the text of a 404."""


class _Api(Protocol):
    """As much of `gateway.api.VendorApi` as a request needs; that module imports this one."""

    @property
    def key(self) -> str: ...
    @property
    def statuses(self) -> Collection[int]: ...
    @property
    def redirects(self) -> tuple[int, ...]: ...
    @property
    def default_quota(self) -> Quota | None: ...
    def authenticate(self, context: "RequestContext") -> Tenant: ...
    def identify(self) -> Caller: ...
    def reserved(self, context: "RequestContext") -> Reserved | None: ...
    def respond(self, context: "RequestContext", endpoint: Endpoint) -> Response: ...
    def quota_headers(self, count: QuotaState) -> list[tuple[str, str]]: ...
    def error_response(self, error: Exception) -> Response: ...
    def error_for_status(self, status: int, operation: Operation, subject: str = "") -> ApiError: ...


class RequestContext:
    """
    One request of an API, from its first byte to its entry in the request log.

    Args:
        api: API of the request.
        endpoint: View of its operation; None when its path or method has none.
        variables: Variables of the path.
        lifecycle: Counts quotas, takes fault outcomes, waits.
    """

    def __init__(
        self, api: _Api, endpoint: Endpoint | None, variables: Mapping[str, str], lifecycle: "RequestLifecycle"
    ) -> None:
        self.api = api
        self.endpoint = endpoint
        self.operation = None if endpoint is None else endpoint.operation
        self.variables = variables
        self.wall_at = lifecycle.sandbox.wall_clock()
        self.preferred_at: float | None = None
        """Instant that the client wants the response of; None for now."""
        self.tenant: Tenant | None = None
        """Account of the request, None until the request is authorized."""
        self.user = ""
        """User within the account, where an API has several."""
        self.is_reserved = False
        """Whether an identifier in the request is reserved for a status."""
        self.preferred = NO_PREFERENCES
        self.count: QuotaState | None = None
        """State of the quota, when the request was counted."""
        self.outcomes: list[Outcome] = []
        self.notes: list[str] = []
        """Facts for the request log beside request and response."""
        self.reasons: list[str] = []
        """Reasons why the response is not the usual one, in the words of `reasons`."""
        self._sandbox = lifecycle.sandbox
        self._pause = lifecycle.pause
        self._is_forced = False
        self._began = perf_counter()

    @property
    def account(self) -> Tenant:
        """Account of an authorized request; an AssertionError before `authorize`."""
        assert self.tenant is not None, "the request is not authorized yet"
        return self.tenant

    @property
    def at(self) -> float:
        """Instant that the response shows, in epoch seconds."""
        return self.account.now() if self.preferred_at is None else self.preferred_at

    def authorize(self, tenant: Tenant) -> None:
        """Count the request for the account's quota, and apply a fault that is due; both may raise the API's error."""
        self.tenant = tenant
        assert self.endpoint is not None, "a request without an operation is never authorized"
        quota = tenant.quota or self.api.default_quota
        if quota is not None and self.endpoint.counted:
            self._count(tenant, quota, self.endpoint.counter)
        if tenant.plans:
            self._apply_due_fault(tenant, self.endpoint.operation)

    def authorize_account(self, account: Account) -> None:
        """Authorize the account whose credentials a token endpoint has checked, before it issues the token."""
        self.authorize(self._sandbox.tenant(account.client_id))

    def apply_outcome(self, outcome: Outcome, subject: str = "") -> None:
        """
        Apply the part of an outcome that comes before the response.

        Args:
            outcome: Delay, status or broken connection that is forced.
            subject: Object that a 404 names.

        Raises:
            ApiError: A status of 300 or more is forced.
        """
        self.outcomes.append(outcome)
        if outcome.delay_ms:
            self._pause(outcome.delay_ms / 1000)
        if outcome.connection in BREAKS:
            # The client never sees this error; it only saves the work of a response.
            raise self._forced(503)
        if outcome.status is not None and outcome.status >= 300:
            raise self._forced(outcome.status, subject)

    def apply_reserved(self, reserved: Reserved) -> None:
        """Force the status that an identifier is reserved for."""
        self.is_reserved = True
        self.notes.append(RESERVED_NUMBER)
        self.reasons.append(RESERVED_NUMBER)
        self.apply_outcome(Outcome(status=reserved.status), reserved.subject)

    def apply_headers(self, response: Response) -> None:
        """Add forced statuses and headers, applied preferences and the state of the quota to a response."""
        for outcome in self.outcomes:
            _force(outcome, response)
        if applied := self.preferred.applied_to(response.status_code):
            response.headers["Preference-Applied"] = applied
        if self.count is not None:
            response.headers.extend(self.api.quota_headers(self.count))

    def delivered(self, response: Response) -> Response:
        """Return the response with the broken or dripping connection that a fault plan forces on it."""
        for outcome in self.outcomes:
            if outcome.connection in BREAKS:
                return BrokenConnection(str(outcome.connection), self._pause)
            if outcome.connection is not None:
                return DAMAGES[outcome.connection](response, self._pause)
        return response

    def refuse(self, reason: str) -> None:
        """Note why the request is refused, unless an outcome forced that."""
        if not self._is_forced:
            self.reasons.append(reason)

    def identify(self) -> None:
        """Find the account of a request that was refused before it was authorized, if it names one."""
        if self.tenant is None:
            self.tenant, note = self.api.identify()
            self.notes += [note] if note else []

    def log_entry(self, response: Response) -> LogEntry:
        """Return the entry of the request log with a response."""
        refused = self.tenant is None
        self.identify()
        entry = log_entry(
            request.environ,
            self.tenant,
            api=self.api.key,
            operation=self.operation.key if self.operation else "",
            status=self._status(response),
            wall_at=self.wall_at,
            began=self._began,
            note="; ".join(self.notes),
            reason=joined_reasons([*self.reasons, request.environ.get(RESPONSE_REASON, "")]),
            retry_after=_seconds(response.headers.get("Retry-After")),
            refused=refused,
            response_headers=LoggedHeaders(() if self._is_broken else _sent_headers(response)),
        )
        return self._with_bodies(entry, response) if self._sandbox.request_log.bodies else entry

    def figures(self, response: Response) -> tuple[str, int, float]:
        """Return operation, status and duration of the request, for its count; 0 for a broken connection."""
        operation = self.operation.key if self.operation else ""
        return operation, self._status(response), perf_counter() - self._began

    @property
    def _is_broken(self) -> bool:
        return any(outcome.connection in BREAKS for outcome in self.outcomes)

    def _status(self, response: Response) -> int:
        # A connection that was broken on purpose has no status.
        return 0 if self._is_broken else response.status_code

    def _with_bodies(self, entry: LogEntry, response: Response) -> LogEntry:
        # The middleware has put the whole body where the stream was; without a body there is the server's stream.
        stream = request.environ["wsgi.input"]
        body = stream.getvalue() if isinstance(stream, BytesIO) else b""
        sent = response.get_data() if entry.status >= 300 and response.is_sequence else b""
        return entry._replace(
            request_body=loggable_body(body, request.headers.get("Content-Type", "")),
            response_body=loggable_body(sent, response.headers.get("Content-Type", "")),
        )

    def _forced(self, status: int, subject: str = "") -> ApiError:
        assert self.operation is not None, "a request without an operation is never authorized"
        self._is_forced = True
        error = self.api.error_for_status(status, self.operation, subject)
        if status in self.api.redirects:
            error.headers = [*error.headers, ("Location", own_url(request.environ))]
        return error

    def _count(self, tenant: Tenant, quota: Quota, counter: str) -> None:
        client_id, now = tenant.account.client_id, tenant.now()
        self.count = self._sandbox.quotas.count(client_id, quota, f"{self.api.key}{counter}", now)
        if self.count.exceeded:
            self.notes.append("quota used up")
            self.reasons.append(QUOTA)
            raise self._forced(429)

    def _apply_due_fault(self, tenant: Tenant, operation: Operation) -> None:
        key = self.variables.get(operation.parameter, "")
        faults, client_id = self._sandbox.faults, tenant.account.client_id
        outcome = faults.take_outcome(client_id, tenant.plans, self.api.key, operation.key, key=key)
        if outcome is not None:
            parts = (f"{name} {value}" for name, value in outcome.to_dict().items() if name not in ("body", "headers"))
            self.notes.append(f"fault: {', '.join(parts)}")
            if not outcome.ok or outcome.delay_ms:
                self.reasons.append(FAULT)
            self.apply_outcome(outcome)


class RequestLifecycle:
    """
    Opens, runs and closes the requests of all APIs.

    Args:
        sandbox: Counts quotas, takes fault outcomes and keeps the request log.
        pause: Waits for some seconds, at most until the server stops.
        metrics: Counts the requests.
    """

    def __init__(self, sandbox: Sandbox, pause: Pause, metrics: RequestMetrics) -> None:
        self.sandbox = sandbox
        self.pause = pause
        self.metrics = metrics

    def run(self, api: _Api, endpoint: Endpoint, variables: Mapping[str, str]) -> Response:
        """
        Return the response to the current request; the API's `error_response` makes one of what this raises.

        Args:
            api: API of the request.
            endpoint: View of its operation.
            variables: Variables of the path.
        """
        context = self._open(api, endpoint, variables)
        if endpoint.authenticated:
            # The fast path has authenticated already where it left a request to Flask.
            tenant: Tenant | None = request.environ.pop(AUTHENTICATED, None)
            context.authorize(api.authenticate(context) if tenant is None else tenant)
            reserved = api.reserved(context)
            if reserved is not None:
                context.apply_reserved(reserved)
        return api.respond(context, endpoint)

    def _open(self, api: _Api, endpoint: Endpoint, variables: Mapping[str, str]) -> RequestContext:
        context = RequestContext(api, endpoint, variables, self)
        environ = request.environ
        environ[_CONTEXT] = context
        if STORAGE_ERROR in environ:
            raise environ[STORAGE_ERROR]
        preferred = preferences(environ, api.statuses)
        if preferred is not NO_PREFERENCES:
            context.preferred_at, context.preferred = preferred.at, preferred
            context.notes.append(preferred.note)
            context.reasons.append(PREFER_HEADER)
            if preferred.code is not None or preferred.delay_ms:
                context.apply_outcome(Outcome(status=preferred.code, delay_ms=preferred.delay_ms))
        return context

    def refuse(self) -> None:
        """
        Refuse the current request if it is not as it must be.

        Raises:
            HTTPException: What the middleware found.
        """
        request.environ[_BEGAN] = perf_counter()
        if REFUSAL in request.environ:
            raise request.environ[REFUSAL]

    def note_error(self, api: _Api, reason: str) -> None:
        """
        Note for the request log why the current request is refused, whether or not it matches an operation.

        Args:
            api: API that refuses it.
            reason: The reason, which does not count if the sandbox was made to refuse it.
        """
        context: RequestContext | None = request.environ.get(_CONTEXT)
        if context is None:
            context = request.environ[_CONTEXT] = RequestContext(api, None, {}, self)
        context.refuse(reason)

    def close(self, response: Response) -> Response:
        """Log the current request; return its response with the request id and everything that was applied."""
        environ = request.environ
        context: RequestContext | None = environ.get(_CONTEXT)
        if context is not None:
            if context.outcomes or context.preferred.applied or context.count is not None:
                context.apply_headers(response)
            response = self._logged(context, response)
            if LOG_FACTS in environ:
                _tell(context, environ[LOG_FACTS])
            self.metrics.count(context.api.key, *context.figures(response))
            if context.outcomes:
                response = context.delivered(response)
        elif request.blueprint == CONTROL:
            began = environ.get(_BEGAN, perf_counter())
            operation = (request.endpoint or "").rpartition(".")[2]
            self.metrics.count(CONTROL_KEY, operation, response.status_code, perf_counter() - began)
        response.headers["X-Request-Id"] = request_id(environ)
        # Werkzeug writes reason phrases in capitals, and gateways as the RFC does.
        response.status = f"{response.status_code} {phrase(response.status_code)}"
        if response.is_sequence and response.calculate_content_length() == 0:
            response.headers.pop("Content-Type", None)
        return response

    def _logged(self, context: RequestContext, response: Response) -> Response:
        """Log a response and return it; in place of one that cannot be logged, return the error."""
        if not self.sandbox.request_log.on or STORAGE_ERROR in request.environ:
            return response
        try:
            self.sandbox.request_log.write(context.log_entry(response))
            return response
        except Exception as error:  # noqa: BLE001 - whatever fails here, the client must not get an unlogged response
            trace = None if isinstance(error, StorageError) else error
            _log.error("request %s not logged: %s", request_id(request.environ), error, exc_info=trace)
            return context.api.error_response(error)


def _tell(context: RequestContext, facts: LogFacts) -> None:
    if STORAGE_ERROR not in request.environ:
        context.identify()
    facts.account = "" if context.tenant is None else context.tenant.account.client_id
    facts.api, facts.operation = context.api.key, "" if context.operation is None else context.operation.key
    facts.notes = [note for note in context.notes if note and note != facts.refusal]


def _force(outcome: Outcome, response: Response) -> None:
    forced = response.status_code if outcome.status is None else outcome.status
    # A plan with both status and body is the whole answer, also where the center would have none.
    is_whole = outcome.status is not None and outcome.body is not None
    if outcome.ok or (response.status_code not in (200, forced) and not is_whole):
        return
    response.status_code = forced
    if outcome.body is not None:
        response.set_data(outcome.body.encode() if isinstance(outcome.body, str) else orjson.dumps(outcome.body))
        response.headers.pop("ETag", None)
    if forced in _WITHOUT_BODY:
        response.set_data(b"")
        for name in _BODY_HEADERS:
            response.headers.pop(name, None)
    for name, value in outcome.headers.items():
        response.headers[name] = value


def _sent_headers(response: Response) -> Iterator[tuple[str, str]]:
    """Return the headers of a response as it is sent, as far as the framework adds or takes them on the way out."""
    length = response.calculate_content_length() if response.is_sequence else None
    unsent = {"Content-Type"} if length == 0 else set()
    if WITHOUT_HSTS in request.environ:
        unsent.add("Strict-Transport-Security")
    yield from (each for each in response.headers if each[0] not in unsent)
    if length is not None and "Content-Length" not in response.headers and response.status_code not in (204, 304):
        yield "Content-Length", str(length)


def _seconds(retry_after: str | None) -> int | None:
    return int(retry_after) if retry_after and retry_after.isascii() and retry_after.isdigit() else None
