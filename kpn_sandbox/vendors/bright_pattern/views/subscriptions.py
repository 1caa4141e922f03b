"""Answers whoever has a session: the subscription and its data, the configuration, wallboards."""

from collections.abc import Callable, Mapping
from functools import partial
from hashlib import sha256
from typing import Any, NamedTuple

import orjson
from flask import Response, request

from kpn_sandbox.caching import BoundedCache
from kpn_sandbox.gateway.api import Operation
from kpn_sandbox.gateway.request_context import RequestLifecycle
from kpn_sandbox.gateway.responses import told as told_of
from kpn_sandbox.tenants.errors import UnknownAccount
from kpn_sandbox.tenants.sandbox import Sandbox
from kpn_sandbox.tenants.tenant import Tenant
from kpn_sandbox.vendors.bright_pattern.api import BrightPatternManners
from kpn_sandbox.vendors.bright_pattern.auth import BrightPatternAuth
from kpn_sandbox.vendors.bright_pattern.context import Call, answered, empty, forced
from kpn_sandbox.vendors.bright_pattern.errors import BadRequest, Code, NoSubscription
from kpn_sandbox.vendors.bright_pattern.evaluation import answer
from kpn_sandbox.vendors.bright_pattern.headers import JSON, fresh_headers
from kpn_sandbox.vendors.bright_pattern.operations import AVAILABLE_AGENTS
from kpn_sandbox.vendors.bright_pattern.snapshot import Snapshot
from kpn_sandbox.vendors.bright_pattern.store import Subscriptions, Wallboards
from kpn_sandbox.vendors.bright_pattern.subscription import Wishes, json_body, parsed, parsed_json
from kpn_sandbox.vendors.bright_pattern.views.configuration import RECORDS, availability, dispositions, tenant_names
from kpn_sandbox.vendors.bright_pattern.views.wallboards import Screens

ANSWER_BYTES = 16 * 1024 * 1024
"""Answers kept, for clients who ask again within the second."""


class Choices(NamedTuple):
    """What a start can choose about this API."""

    demo_account: str
    """The tenant of a URL that names no other."""
    dispositions: str = "object"
    """`object`, as on the page, or `array`, as in the reference."""
    most_subscriptions: int = 10
    """Users of one account who may have a subscription."""
    refresh_seconds: float = 1
    """How long after its creation a subscription has its first data."""


class Statsapi:
    """
    Answers whoever has a session.

    Args:
        gate: Tells who calls.
        around: Begins each exchange.
        manners: Bright Pattern's.
        sandbox: Knows the accounts.
        choices: What the start chose.
    """

    def __init__(
        self,
        gate: BrightPatternAuth,
        around: RequestLifecycle,
        manners: BrightPatternManners,
        sandbox: Sandbox,
        choices: Choices,
    ) -> None:
        self._gate = gate
        self._around = around
        self._manners = manners
        self._sandbox = sandbox
        self._choices = choices
        self._subscriptions = Subscriptions(sandbox.database)
        self._answers: BoundedCache[bytes] = BoundedCache(ANSWER_BYTES, len)
        self._views: dict[str, Callable[[Call], Response]] = {
            "subscribe": self._subscribe,
            "unsubscribe": self._unsubscribe,
            "data": self._data,
            "dispositions": self._dispositions,
            **Screens(Wallboards(sandbox.database)).views,
            **{key: partial(self._records, key) for key in RECORDS},
        }

    def respond(self, operation: Operation, variables: Mapping[str, str]) -> Response:
        """The answer to the current request."""
        exchange = self._around.begin(self._manners, operation.key, partial(forced, operation))
        session = self._gate.session(request)
        at = self._around.admit(exchange, session.tenant)
        return self._views[operation.key](Call(session.tenant, session.user, at // 1, variables))

    def available_agents(self) -> Response:
        """Whether an agent is ready for a service, for everybody."""
        refuse = partial(forced, AVAILABLE_AGENTS)
        exchange = self._around.begin(self._manners, AVAILABLE_AGENTS.key, refuse)
        given = {name: request.args.get(name) for name in ("tenantUrl", "service")}
        missing = [name for name, value in given.items() if not value]
        if missing:
            raise BadRequest(Code.MISSING, f"{missing[0]} is missing")
        tenant = self._tenant_at(str(given["tenantUrl"]))
        at = self._around.admit(exchange, tenant) // 1
        ready = availability(self._snapshot(tenant, at, "queues"), str(given["service"]))
        return answered({"availability": ready}, tenant, at)

    def _tenant_at(self, tenant_url: str) -> Tenant:
        for name in tenant_names(tenant_url):
            try:
                return self._sandbox.tenant(name)
            except UnknownAccount:
                continue
        return self._sandbox.tenant(self._choices.demo_account)

    def _subscribe(self, call: Call) -> Response:
        parsed(json_body(request))
        # Kept as it came: what is not known of it may be nested deeper than could be written again.
        text = request.get_data().decode()
        self._subscriptions.put(call.tenant, call.user, text, self._choices.most_subscriptions)
        return empty(200)

    def _unsubscribe(self, call: Call) -> Response:
        if not self._subscriptions.remove(call.tenant, call.user):
            raise NoSubscription()
        return empty(200)

    def _data(self, call: Call) -> Response:
        subscription = self._subscriptions.find(call.tenant, call.user)
        if subscription is None:
            raise NoSubscription()
        if subscription.age(call.tenant) < self._choices.refresh_seconds:
            return Response(status=204, headers=fresh_headers(call.at))
        body = self._told_data(call, _Wished.of(call.tenant, subscription.body))
        return told_of(body, call.tenant, call.at, [JSON, *fresh_headers(call.at)])

    def _told_data(self, call: Call, wished: "_Wished") -> bytes:
        if any(call.tenant.counts_reads(kind) for kind in wished.kinds):
            return self._made_data(call, wished)
        key = (call.tenant.cache_key, wished.digest, call.at)
        body = self._answers.find(key)
        if body is None:
            body = self._made_data(call, wished)
            self._answers.put(key, body)
        return body

    def _made_data(self, call: Call, wished: "_Wished") -> bytes:
        return orjson.dumps(answer(wished.wishes, self._snapshot(call.tenant, call.at, *wished.kinds)))

    def _snapshot(self, tenant: Tenant, at: float, *kinds: str) -> Snapshot:
        """The center as the account has it, with its pins on objects of these kinds."""
        pinned: dict[str, dict[str, Any]] = {"agents": {}, "queues": {}}
        for kind in kinds if tenant.pins else ():
            pinned[kind] = {
                pin.key: pin.fields
                for pin in self._sandbox.pins.read(tenant.account.client_id, tenant.pins_of(kind), keys=None, at=at)
            }
        return Snapshot(tenant.center, at, pinned["agents"], pinned["queues"])

    def _records(self, key: str, call: Call) -> Response:
        return answered(RECORDS[key](self._snapshot(call.tenant, call.at)), call.tenant, call.at)

    def _dispositions(self, call: Call) -> Response:
        form = request.args.get("format", self._choices.dispositions)
        if form not in ("object", "array"):
            raise BadRequest(Code.WRONG_TYPE, "format must be object or array")
        names = dispositions(request.args)
        return answered(names if form == "array" else {"dispositions": names}, call.tenant, call.at)


class _Wished(NamedTuple):
    """A subscription understood, kept as long as nobody changes the account."""

    wishes: Wishes
    digest: str
    kinds: tuple[str, ...]
    """What kinds of objects it shows, as pins name them."""

    @classmethod
    def of(cls, tenant: Tenant, body: str) -> "_Wished":
        digest = sha256(body.encode()).hexdigest()
        known = tenant.cache.get(f"wishes {digest}")
        if isinstance(known, cls):
            return known
        wishes = parsed(parsed_json(body))
        agents = any(each.agents for each in wishes.values())
        queues = any(each.services or each.totals for each in wishes.values())
        found = cls(wishes, digest, ("agents",) * agents + ("queues",) * queues)
        tenant.cache[f"wishes {digest}"] = found
        return found
