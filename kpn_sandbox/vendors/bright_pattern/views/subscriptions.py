"""Views of a user's subscription and of its data."""

from hashlib import sha256
from typing import NamedTuple

from flask import Response, request

from kpn_sandbox.gateway.fast_path import CachedResponse
from kpn_sandbox.gateway.operations import endpoint
from kpn_sandbox.tenants.tenant import CacheSlot, Tenant
from kpn_sandbox.vendors.bright_pattern.context import StatisticsRequest, empty_response, sent_response
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
    subscription = _subscription(call)
    if subscription is None:
        return Response(status=204, headers=fresh_headers(call.at))
    if subscription.counts_reads(call.tenant):
        return sent_response(_evaluated(call, subscription))
    return sent_response(_known(call, subscription))


def cacheable_data(call: StatisticsRequest) -> CachedResponse | None:
    """
    Return the data of the subscription, None while there are none and where a pin counts its reads.

    Raises:
        BrightPatternError: The user has no subscription.
    """
    subscription = _subscription(call)
    return None if subscription is None or subscription.counts_reads(call.tenant) else _known(call, subscription)


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

    def counts_reads(self, tenant: Tenant) -> bool:
        """Return whether its data may use up a pin."""
        return any(tenant.counts_reads(kind) for kind in self.kinds)


def _subscription(call: StatisticsRequest) -> ParsedSubscription | None:
    """Return the subscription of the user, None until it has its first data."""
    found = call.services.subscriptions.find(call.tenant, call.user)
    if found is None:
        raise no_subscription()
    is_early = found.age(call.tenant) < call.services.settings.bright_pattern_refresh
    return None if is_early else _parsed(call.tenant, found.body)


def _parsed(tenant: Tenant, body: str) -> ParsedSubscription:
    cache = tenant.cache(_PARSED)
    parsed = cache.get(body)
    if parsed is None:
        digest = sha256(body.encode()).hexdigest()
        applications = parse_subscription(parse_json(body))
        agents = any(each.agents for each in applications.values())
        queues = any(each.services or each.totals for each in applications.values())
        parsed = ParsedSubscription(applications, digest, ("agents",) * agents + ("queues",) * queues)
        cache.put(body, parsed)
    return parsed


_PARSED: CacheSlot[ParsedSubscription] = CacheSlot()


def _known(call: StatisticsRequest, subscription: ParsedSubscription) -> CachedResponse:
    key = (call.tenant.cache_key, subscription.digest, call.at)
    response = call.services.responses.get(key)
    if response is None:
        response = _evaluated(call, subscription)
        call.services.responses.put(key, response)
    return response


def _evaluated(call: StatisticsRequest, subscription: ParsedSubscription) -> CachedResponse:
    snapshot = call.snapshot(*subscription.kinds)
    return call.cacheable(evaluate(subscription.applications, snapshot), is_pinned=snapshot.is_pinned)
