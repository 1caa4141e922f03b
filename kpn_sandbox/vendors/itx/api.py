"""
What the sandbox tells of this API: each operation and behavior with its label.

How this API takes part in an exchange: whose a request is, how a quota is told, how something is refused.
"""

from collections.abc import Collection

from flask import Response

from kpn_sandbox.gateway.api import STATUSES, Behavior, VendorApi
from kpn_sandbox.gateway.request_context import Caller
from kpn_sandbox.tenants.quota import QuotaState
from kpn_sandbox.vendors.itx.auth import ItxAuth
from kpn_sandbox.vendors.itx.errors import refused
from kpn_sandbox.vendors.itx.operations import OPERATIONS, PAGE

_OWN = "the sandbox's own"

BEHAVIORS = (
    Behavior(
        "GET with `customerId`; sections, documents, lines, fields, expandable fields, color codes, dates",
        "documented",
        PAGE,
    ),
    Behavior(
        "Primary key, entity id, customer number, phone number and external id lead to the same customer",
        "documented",
        PAGE,
    ),
    Behavior(
        "All kinds of identifiers are tried, in that order; ITX sends the one kind it is configured for",
        "invented",
        _OWN,
    ),
    Behavior("A fixed `token` in the URL, 401 without", "inferred", PAGE),
    Behavior("A customer whom nobody knows: 200, empty sections, `No data available`", "inferred", PAGE),
    Behavior("400 without `customerId`, refusals as a panel with one section", "invented", _OWN),
    Behavior(
        "Orders, invoices and contacts, newest first, 20 of each at most; `amount` with two decimals on the wire",
        "invented",
        _OWN,
    ),
    Behavior("`Cache-Control: no-store`, CORS, all `X-Sandbox-` headers, `Prefer`, reserved numbers", "invented", _OWN),
)

FACE = VendorApi(
    key="itx",
    operations={each.key: Behavior(f"{each.method} {each.path}", each.label, each.source) for each in OPERATIONS},
    behaviors=BEHAVIORS,
    statuses=STATUSES,
)


class ItxManners:
    """
    The manners of a provider.

    Args:
        door: Knows whose a token is.
    """

    api = "itx"
    statuses: Collection[int] = STATUSES

    def __init__(self, door: ItxAuth) -> None:
        self._door = door

    def caller(self) -> Caller:
        """Whose the current request is: by its token."""
        return Caller(self._door.owner())

    def quota_headers(self, count: QuotaState) -> list[tuple[str, str]]:
        """Only how long to wait when a quota is used up."""
        return [] if count.retry_after is None else [("Retry-After", str(count.retry_after))]

    def refused(self, error: Exception) -> Response:
        """The answer when this went wrong."""
        return refused(error).response()
