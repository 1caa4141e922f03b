"""Views of a user's subscription and of its data."""

from hashlib import sha256
from typing import NamedTuple

import orjson
from flask import Response, request

from kpn_sandbox.gateway.operations import endpoint
from kpn_sandbox.tenants.tenant import CacheSlot, Tenant
from kpn_sandbox.vendors.bright_pattern.context import StatisticsRequest, empty_response
from kpn_sandbox.vendors.bright_pattern.errors import no_subscription
from kpn_sandbox.vendors.bright_pattern.evaluation import evaluate
from kpn_sandbox.vendors.bright_pattern.headers import fresh_headers
from kpn_sandbox.vendors.bright_pattern.operations import DATA, SUBSCRIBE, UNSUBSCRIBE
from kpn_sandbox.vendors.bright_pattern.subscription import (
    SubscribedApplications,
    json_body,
    parse_json,
    parse_subscription,
)


@endpoint(SUBSCRIBE)
def subscribe(call: StatisticsRequest) -> Response:
    """Subscribe to statistics, in place of an earlier subscription."""
    parse_subscription(json_body(request))
    # Stored as it was sent: unknown members may be nested deeper than can be serialized again.
    text = request.get_data().decode()
    limit = call.services.settings.bright_pattern_subscriptions
    call.services.subscriptions.put(call.tenant, call.user, text, limit)
    return empty_response()


@endpoint(DATA)
def data(call: StatisticsRequest) -> Response:
    """
    Show the statistics of the subscription; 204 until it has its first data.

    Raises:
        BrightPatternError: The user has no subscription.
    """
    subscription = call.services.subscriptions.find(call.tenant, call.user)
    if subscription is None:
        raise no_subscription()
    if subscription.age(call.tenant) < call.services.settings.bright_pattern_refresh:
        return Response(status=204, headers=fresh_headers(call.at))
    return call.body_response(_body(call, _parsed(call.tenant, subscription.body)))


@endpoint(UNSUBSCRIBE)
def unsubscribe(call: StatisticsRequest) -> Response:
    """
    Delete the subscription.

    Raises:
        BrightPatternError: The user has no subscription.
    """
    if not call.services.subscriptions.remove(call.tenant, call.user):
        raise no_subscription()
    return empty_response()


ENDPOINTS = (subscribe, data, unsubscribe)


class ParsedSubscription(NamedTuple):
    """A subscription, parsed once and cached until the account changes."""

    applications: SubscribedApplications
    digest: str
    kinds: tuple[str, ...]
    """Kinds of objects that it shows, by the names that pins have for them."""


def _parsed(tenant: Tenant, body: str) -> ParsedSubscription:
    digest = sha256(body.encode()).hexdigest()
    cache = tenant.cache(_PARSED)
    parsed = cache.get(digest)
    if parsed is None:
        applications = parse_subscription(parse_json(body))
        agents = any(each.agents for each in applications.values())
        queues = any(each.services or each.totals for each in applications.values())
        parsed = ParsedSubscription(applications, digest, ("agents",) * agents + ("queues",) * queues)
        cache.put(digest, parsed)
    return parsed


_PARSED: CacheSlot[ParsedSubscription] = CacheSlot()


def _body(call: StatisticsRequest, subscription: ParsedSubscription) -> bytes:
    if any(call.tenant.counts_reads(kind) for kind in subscription.kinds):
        return _evaluated(call, subscription)
    key = (call.tenant.cache_key, subscription.digest, call.at)
    body = call.services.bodies.get(key)
    if body is None:
        body = _evaluated(call, subscription)
        call.services.bodies.put(key, body)
    return body


def _evaluated(call: StatisticsRequest, subscription: ParsedSubscription) -> bytes:
    return orjson.dumps(evaluate(subscription.applications, call.snapshot(*subscription.kinds)))
