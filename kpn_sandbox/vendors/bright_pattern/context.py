"""The context of views: the authorized request, the stores that all requests share, and the responses."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import orjson
from flask import Response, request

from kpn_sandbox.caching import BoundedCache
from kpn_sandbox.gateway.api import Services
from kpn_sandbox.gateway.fast_path import CachedResponse
from kpn_sandbox.gateway.reasons import PIN
from kpn_sandbox.gateway.request_info import RESPONSE_REASON
from kpn_sandbox.gateway.responses import JSON, snapshot_headers
from kpn_sandbox.tenants.clock import format_instant
from kpn_sandbox.tenants.tenant import Tenant
from kpn_sandbox.vendors.bright_pattern.headers import fresh_headers
from kpn_sandbox.vendors.bright_pattern.snapshot import Snapshot
from kpn_sandbox.vendors.bright_pattern.store import Subscriptions, Wallboards


class StatisticsServices:
    """
    Settings, stores and cached responses that the views of all requests share.

    Args:
        services: Parts of the application that the APIs share.
    """

    def __init__(self, services: Services) -> None:
        self.settings, self.sandbox = services.settings, services.sandbox
        self.subscriptions = Subscriptions(self.sandbox.database)
        self.wallboards = Wallboards(self.sandbox.database)
        # For clients that repeat a request within the second.
        self.responses: BoundedCache[CachedResponse] = BoundedCache(
            self.sandbox.cache_bytes * 3 // 64, CachedResponse.size
        )


class StatisticsRequest(NamedTuple):
    """An authorized request."""

    tenant: Tenant
    user: str
    """User name of the session; empty for an operation that needs none."""
    at: float
    """Instant of the response in whole epoch seconds."""
    variables: Mapping[str, str]
    """Variables of the path."""
    services: StatisticsServices

    @property
    def client_id(self) -> str:
        """Client id of the account."""
        return self.tenant.account.client_id

    def snapshot(self, *kinds: str) -> Snapshot:
        """Return the center at the instant of the request, with the account's pins on objects of these kinds."""
        pinned: dict[str, dict[str, Any]] = {"agents": {}, "queues": {}}
        for kind in kinds if self.tenant.pins else ():
            pins = self.services.sandbox.pins.read(self.client_id, self.tenant.pins_of(kind), keys=None, at=self.at)
            pinned[kind] = {pin.key: pin.fields for pin in pins}
        return Snapshot(self.tenant.center, self.at, pinned["agents"], pinned["queues"])

    def json_response(self, value: Any, *, is_pinned: bool = False) -> Response:
        """
        Return a response about the instant of the request.

        Args:
            value: Its body, as JSON.
            is_pinned: Whether pins show in it.
        """
        return sent_response(self.cacheable(value, is_pinned=is_pinned))

    def cacheable(self, value: Any, *, is_pinned: bool = False) -> CachedResponse:
        """
        Return what `json_response` sends, ready to be sent again.

        Args:
            value, is_pinned: As for `json_response`.
        """
        of_instant = snapshot_headers(self.tenant, format_instant(self.at))
        headers = [JSON, *fresh_headers(self.at), *of_instant]
        return CachedResponse(orjson.dumps(value), headers, reason=PIN if is_pinned else "")


def sent_response(cached: CachedResponse) -> Response:
    """Return a response of Flask with the parts of a cached one."""
    request.environ[RESPONSE_REASON] = cached.reason
    return Response(cached.body, headers=cached.headers)


def empty_response() -> Response:
    """Return a response without a body."""
    return Response(b"", 200, [JSON])
