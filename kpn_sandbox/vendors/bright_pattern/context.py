"""What the views of a user with a session work on, and the responses that they return."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson
from flask import Response

from kpn_sandbox.caching import BoundedCache
from kpn_sandbox.gateway.responses import JSON, snapshot_response
from kpn_sandbox.settings import Settings
from kpn_sandbox.tenants.sandbox import Sandbox
from kpn_sandbox.tenants.tenant import Tenant
from kpn_sandbox.vendors.bright_pattern.headers import fresh_headers
from kpn_sandbox.vendors.bright_pattern.snapshot import Snapshot
from kpn_sandbox.vendors.bright_pattern.store import Subscriptions, Wallboards

RESPONSE_BYTES = 16 * 1024 * 1024
"""Bodies kept, for clients that ask again within the second."""


@dataclass(frozen=True)
class StatisticsServices:
    """Stores, settings and kept responses that the views of all requests share."""

    sandbox: Sandbox
    settings: Settings
    subscriptions: Subscriptions
    wallboards: Wallboards
    bodies: BoundedCache[bytes]

    @classmethod
    def of(cls, sandbox: Sandbox, settings: Settings) -> "StatisticsServices":
        """Return the services of an application."""
        database = sandbox.database
        bodies: BoundedCache[bytes] = BoundedCache(RESPONSE_BYTES, len)
        return cls(sandbox, settings, Subscriptions(database), Wallboards(database), bodies)


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
        """Return the center as the account has it, with its pins on objects of these kinds."""
        pinned: dict[str, dict[str, Any]] = {"agents": {}, "queues": {}}
        for kind in kinds if self.tenant.pins else ():
            pins = self.services.sandbox.pins.read(self.client_id, self.tenant.pins_of(kind), keys=None, at=self.at)
            pinned[kind] = {pin.key: pin.fields for pin in pins}
        return Snapshot(self.tenant.center, self.at, pinned["agents"], pinned["queues"])

    def json_response(self, value: Any, status: int = 200) -> Response:
        """Return a response with JSON about the instant of the request."""
        return self.body_response(orjson.dumps(value), status)

    def body_response(self, body: bytes, status: int = 200) -> Response:
        """Return a response with a body of JSON about the instant of the request."""
        return snapshot_response(body, self.tenant, self.at, [JSON, *fresh_headers(self.at)], status)


def empty_response(status: int = 200) -> Response:
    """Return a response without a body."""
    return Response(b"", status, [JSON])
