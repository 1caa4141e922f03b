"""
What the sandbox tells of this API: each operation and behavior with its label.

How Kaisa takes part in an exchange: whose a request is, how a quota is told, how something is refused.
"""

from collections.abc import Collection

from flask import Response, request

from kpn_sandbox.auth.errors import DigestRefused, MalformedDigest
from kpn_sandbox.gateway.api import STATUSES, Behavior, VendorApi
from kpn_sandbox.gateway.request_context import Caller
from kpn_sandbox.tenants.quota import QuotaState
from kpn_sandbox.vendors.kaisa.auth import KaisaAuth
from kpn_sandbox.vendors.kaisa.errors import refused
from kpn_sandbox.vendors.kaisa.operations import CUSTOMERS, CUSTOMERS_PAGE, LIBRARY, OPERATIONS, WIDGETS_PAGE

_OWN = "the sandbox's own"
_CLIENTS = "github.com/freespee/freespee-php-api-client"

BEHAVIORS = (
    Behavior("The eleven types, their frame, and the JSON type of each value", "documented", WIDGETS_PAGE),
    Behavior("`customer_id` 0 or empty means all customers; unknown parameters are ignored", "inferred", LIBRARY),
    Behavior(
        "Local days of Europe/Amsterdam, both ends included; without dates the last 30 days with today; at most 366",
        "invented",
        _OWN,
    ),
    Behavior(
        "`call_totals` counts calls that came; those that still wait are neither answered nor missed", "invented", _OWN
    ),
    Behavior("`call_durations` is about answered calls that have ended, rounded to seconds", "invented", _OWN),
    Behavior("Buckets from two minutes on; empty buckets left out, `missed` always there", "inferred", WIDGETS_PAGE),
    Behavior("Ten rows at most of areas and customers, ties by name; five of attributions", "invented", _OWN),
    Behavior("A customer whom nobody knows has no calls: 200 with zeros", "inferred", CUSTOMERS_PAGE),
    Behavior("HTTP Digest", "documented", 'support.kaisa.io, "Getting started" (201298061)'),
    Behavior(
        "MD5, `qop=auth`, a nonce for 300 seconds, each count once, `stale` when its time is over",
        "invented",
        "RFC 7616; the sandbox's choice of numbers",
    ),
    Behavior('Refusals as `{"errors": [text, ...]}`, 401 without a body', "inferred", _CLIENTS),
    Behavior(
        "Paging: `page` from 0, `pagesize` up to 1000", "documented", 'support.kaisa.io, "Introduction" (201050852)'
    ),
    Behavior("What POST and PUT of customers answer: a list of one", "invented", _OWN),
    Behavior(
        "An open widgets endpoint (`--kaisa-open`), `ETag`, CORS, all `X-Sandbox-` headers, `Prefer`", "invented", _OWN
    ),
)

FACE = VendorApi(
    key="kaisa",
    operations={each.key: Behavior(f"{each.method} {each.path}", each.label, each.source) for each in OPERATIONS},
    behaviors=BEHAVIORS,
    statuses=STATUSES,
)


class KaisaManners:
    """
    Kaisa's manners.

    Args:
        door: Knows whose credentials are.
    """

    api = "kaisa"
    statuses: Collection[int] = STATUSES

    def __init__(self, door: KaisaAuth) -> None:
        self._door = door

    def caller(self) -> Caller:
        """Whose the current request is: by its credentials, good or stale."""
        if "HTTP_AUTHORIZATION" not in request.environ:
            return Caller(None)
        try:
            return Caller(self._door.tenant(CUSTOMERS))
        except DigestRefused as error:
            return Caller(error.tenant, error.reason)
        except MalformedDigest:
            return Caller(None)

    def quota_headers(self, count: QuotaState) -> list[tuple[str, str]]:
        """Kaisa tells no quota, only how long to wait when it is used up."""
        return [] if count.retry_after is None else [("Retry-After", str(count.retry_after))]

    def refused(self, error: Exception) -> Response:
        """The answer when this went wrong."""
        return refused(error).response()
